//! The fake keeps the promises of its port.

use llmos_testkit::MemoryJobs;

llmos_testkit::jobs_tests!(|| Box::new(MemoryJobs::new()));
