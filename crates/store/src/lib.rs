//! State that no volume holds: the schedule of the jobs and the sessions that go
//! on, each in a file of embedded SQLite; programs on one machine that open the
//! same file share it. Sessions can be kept in a Redis instead, which servers on
//! several machines share. This crate does not know what a job does, nor who may
//! read a session.

mod copy;
mod database;
mod jobs;
mod sessions;

pub use copy::copy;
pub use database::OpenError;
pub use jobs::SqliteJobs;
pub use sessions::{RedisOpenError, RedisSessions, SqliteSessions};
