//! Connections to a Redis: one for each caller at a time, kept for the next one.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use llmos_core::session::SessionsError;
use redis::{Client, Connection, RedisError, RedisResult};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// How many connections wait for a next caller.
const IDLE: usize = 16;

/// Why there is no way to a Redis.
#[derive(Debug, thiserror::Error)]
pub enum RedisOpenError {
    /// The address is none. It may hold a password, so it is not shown.
    #[error("the address of Redis makes no sense")]
    Address {
        /// Why.
        source: RedisError,
    },
    /// Nobody answers there, or not to us.
    #[error("Redis at `{place}` does not answer: {source}")]
    Unreachable {
        /// Where, without user and password.
        place: String,
        /// Why.
        source: RedisError,
    },
}

impl RedisOpenError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => {
                "write it as in `redis://127.0.0.1:6379/0` or `redis://:password@host/`"
            }
            Self::Unreachable { .. } => {
                "start it, or unset `REDIS_URL`: sessions are then kept in a file"
            }
        }
    }
}

/// Connections to one server.
pub(super) struct Connections {
    client: Client,
    place: String,
    idle: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Connections {
    /// Makes sure that the server answers.
    pub(super) fn open(url: &str) -> Result<Self, RedisOpenError> {
        let client = Client::open(url).map_err(|source| RedisOpenError::Address { source })?;
        let place = client.get_connection_info().addr().to_string();
        let connections = Self { client, place: place.clone(), idle: Mutex::default() };
        let ask = || -> RedisResult<Connection> {
            let mut connection = connections.connect()?;
            redis::cmd("PING").query::<()>(&mut connection)?;
            Ok(connection)
        };
        let first = ask().map_err(|source| RedisOpenError::Unreachable { place, source })?;
        connections.give_back(first);
        Ok(connections)
    }

    /// Lends a connection. One that waited too long and broke is replaced by a new one, once:
    /// everything that is asked may be asked twice.
    pub(super) fn with<T>(
        &self,
        doing: &'static str,
        ask: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, SessionsError> {
        let failed = |source: RedisError| SessionsError::Medium { doing, source: Box::new(source) };
        let waiting = self.lock().pop();
        if let Some(mut connection) = waiting {
            match ask(&mut connection) {
                Err(error) if error.is_unrecoverable_error() => self.lock().clear(),
                answer => {
                    self.give_back(connection);
                    return answer.map_err(failed);
                }
            }
        }
        let mut connection = self.connect().map_err(failed)?;
        let answer = ask(&mut connection).map_err(failed)?;
        self.give_back(connection);
        Ok(answer)
    }

    fn connect(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(CONNECT)?;
        connection.set_read_timeout(Some(ANSWER))?;
        connection.set_write_timeout(Some(ANSWER))?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.lock();
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
