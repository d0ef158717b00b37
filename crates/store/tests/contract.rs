//! `SqliteJobs` keeps what the port promises.

use std::ops::Deref;

use llmos_store::SqliteJobs;
use tempfile::TempDir;

/// A schedule in a folder of its own.
struct Fresh(SqliteJobs, #[expect(dead_code, reason = "the folder lives as long as this")] TempDir);

impl Deref for Fresh {
    type Target = SqliteJobs;

    fn deref(&self) -> &SqliteJobs {
        &self.0
    }
}

fn fresh() -> Fresh {
    let folder = TempDir::new().expect("there is room for a folder");
    let jobs = SqliteJobs::open(&folder.path().join("state/jobs.sqlite")).expect("it opens");
    Fresh(jobs, folder)
}

llmos_testkit::jobs_tests!(fresh);
