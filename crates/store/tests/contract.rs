//! `SqliteJobs`, `SqliteSessions` and `RedisSessions` keep what their ports promise.

use std::ops::Deref;

use llmos_store::SqliteJobs;
use tempfile::TempDir;

/// Something in a folder of its own.
struct Fresh<T, H> {
    what: T,
    /// Lives as long as this.
    _held: H,
}

impl<T, H> Deref for Fresh<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.what
    }
}

fn folder() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

fn fresh() -> Fresh<SqliteJobs, TempDir> {
    let folder = folder();
    let jobs = SqliteJobs::open(&folder.path().join("state/jobs.sqlite")).expect("it opens");
    Fresh { what: jobs, _held: folder }
}

llmos_testkit::jobs_tests!(fresh);

mod sqlite_sessions {
    use llmos_store::SqliteSessions;

    fn fresh() -> super::Fresh<SqliteSessions, super::TempDir> {
        let folder = super::folder();
        let file = folder.path().join("state/sessions.sqlite");
        super::Fresh { what: SqliteSessions::open(&file).expect("it opens"), _held: folder }
    }

    llmos_testkit::sessions_tests!(fresh);
}

mod redis_sessions {
    use llmos_store::RedisSessions;
    use llmos_testkit::RedisServer;

    fn fresh() -> super::Fresh<RedisSessions, (RedisServer, super::TempDir)> {
        let folder = super::folder();
        let server = RedisServer::start(folder.path());
        let what = RedisSessions::open(&server.url()).expect("it answers");
        super::Fresh { what, _held: (server, folder) }
    }

    llmos_testkit::sessions_tests!(fresh);
}
