//! The fake keeps what the port promises.

use llmos_testkit::MemoryBlobs;

fn fresh() -> Box<MemoryBlobs> {
    Box::default()
}

llmos_testkit::blobs_tests!(fresh);
