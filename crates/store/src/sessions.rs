//! Sessions: in SQLite, or in a Redis that several servers share.

mod redis;
mod sqlite;
mod text;

pub use self::redis::{RedisOpenError, RedisSessions};
pub use self::sqlite::SqliteSessions;
