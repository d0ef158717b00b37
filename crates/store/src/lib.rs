//! State that no volume holds, kept in one file of embedded SQLite: for now the
//! schedule of the jobs. Programs on one machine that open the same file share
//! it. This crate does not know what a job does.

mod copy;
mod database;
mod jobs;

pub use copy::copy;
pub use database::OpenError;
pub use jobs::SqliteJobs;
