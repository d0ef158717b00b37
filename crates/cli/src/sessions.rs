//! Where sessions are kept: in a file beside the volumes, or in a Redis.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_core::session::Sessions;
use llmos_store::{RedisOpenError, RedisSessions, SqliteSessions};

use crate::{
    failure::{Failure, FailureKind},
    out::say,
};

/// Where sessions are kept.
#[derive(clap::Args)]
pub(crate) struct SessionPlace {
    /// Keep sessions in this Redis, which several servers may share; in a file when left out
    #[arg(long, global = true, value_name = "URL", env = "REDIS_URL", hide_env_values = true)]
    redis: Option<String>,
    /// The folder that holds what no volume does; `state` in that of the volumes when left out
    #[arg(long, global = true, value_name = "FOLDER", env = "LLMOS_STATE_PATH")]
    state: Option<PathBuf>,
}

impl SessionPlace {
    /// The folder that holds what no volume does.
    pub(crate) fn state(&self, volumes: &Path) -> PathBuf {
        self.state.clone().unwrap_or_else(|| volumes.join("state"))
    }

    /// Says whether sessions were ever kept there, as far as that can be told without opening them.
    pub(crate) fn are_there(&self, volumes: &Path) -> bool {
        let has_redis = self.redis.as_deref().is_some_and(|url| !url.is_empty());
        has_redis || self.file(volumes).is_file()
    }

    fn file(&self, volumes: &Path) -> PathBuf {
        self.state(volumes).join("sessions.sqlite")
    }

    /// Opens the sessions of these volumes.
    pub(crate) fn open(&self, volumes: &Path) -> Result<Arc<dyn Sessions>, Failure> {
        match self.redis.as_deref().filter(|url| !url.is_empty()) {
            None => Ok(Arc::new(SqliteSessions::open(&self.file(volumes))?)),
            Some(url) => {
                let sessions = RedisSessions::open(url)?;
                if sessions.writes_through() == Some(false) {
                    say("warning: this Redis answers before it has written to its disk");
                    say(
                        "hint: set `appendonly yes` and `appendfsync always`, or a power cut loses what was said last",
                    );
                }
                Ok(Arc::new(sessions))
            }
        }
    }
}

impl From<RedisOpenError> for Failure {
    fn from(error: RedisOpenError) -> Self {
        Self::new(FailureKind::Input, error.to_string(), error.hint())
    }
}
