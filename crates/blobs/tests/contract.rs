//! All places for blobs keep what the port promises.

mod support;

use std::ops::Deref;

use llmos_blobs::{DiskBlobs, ObjectBlobs, S3, Vercel};
use tempfile::TempDir;

use support::{S3Server, VercelServer};

/// Something with what must live as long.
struct Fresh<T, H> {
    what: T,
    _held: H,
}

impl<T, H> Deref for Fresh<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.what
    }
}

mod disk {
    use super::*;

    fn fresh() -> Fresh<DiskBlobs, TempDir> {
        let folder = TempDir::new().expect("there is room for a folder");
        Fresh { what: DiskBlobs::open(folder.path().join("home/blobs")), _held: folder }
    }

    llmos_testkit::blobs_tests!(fresh);
}

mod s3 {
    use super::*;

    fn fresh() -> Fresh<ObjectBlobs<S3>, S3Server> {
        let server = S3Server::start();
        let s3 = S3::open(&server.settings()).expect("the settings make sense");
        let what = ObjectBlobs::new(s3, "team-one/blobs");
        Fresh { what: what.expect("the prefix is plain"), _held: server }
    }

    llmos_testkit::blobs_tests!(fresh);
}

mod vercel {
    use super::*;

    fn fresh() -> Fresh<ObjectBlobs<Vercel>, VercelServer> {
        let server = VercelServer::start();
        let vercel = Vercel::open(&server.settings()).expect("the settings make sense");
        Fresh { what: ObjectBlobs::new(vercel, "").expect("the prefix is plain"), _held: server }
    }

    llmos_testkit::blobs_tests!(fresh);
}
