//! Why something could not be fetched, and what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::StatusCode;

/// Why something could not be fetched.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FetchError {
    /// Nobody answers there.
    #[error("`{url}` cannot be reached: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// It answered, but not with what was asked for.
    #[error("`{url}` answered {status}")]
    Status {
        /// Where.
        url: String,
        /// What it answered.
        status: StatusCode,
        /// When it wants to be asked again.
        after: Option<Duration>,
    },
    /// It is too slow.
    #[error("`{url}` is too slow: {bytes} bytes in {secs} seconds")]
    Slow {
        /// Where.
        url: String,
        /// What arrived.
        bytes: u64,
        /// In how long.
        secs: u64,
    },
    /// It ended before its end.
    #[error("`{url}` broke off after {bytes} bytes: {reason}")]
    BrokeOff {
        /// Where.
        url: String,
        /// What had arrived.
        bytes: u64,
        /// Why.
        reason: String,
    },
    /// It is larger than it may be.
    #[error("`{url}` is larger than the {limit} bytes that it should have at most")]
    TooLarge {
        /// Where.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// It is shorter than the lock or index says.
    #[error("`{url}` has {bytes} bytes instead of the {expected} that were promised")]
    OtherSize {
        /// Where.
        url: String,
        /// What there is.
        bytes: u64,
        /// What was promised.
        expected: u64,
    },
    /// What arrived cannot be written.
    #[error("cannot write `{path}`: {reason}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// The sort of error.
        kind: io::ErrorKind,
        /// Why.
        reason: String,
    },
}

impl FetchError {
    /// Says whether trying again may help.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Status { status, .. } => {
                matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Unreachable { .. } | Self::Slow { .. } | Self::BrokeOff { .. } => true,
            Self::TooLarge { .. } | Self::OtherSize { .. } | Self::Disk { .. } => false,
        }
    }

    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check the network, or name another source with `--index URL` or \
                `--distribution URL`"
                    .to_owned()
            }
            Self::Status { status, .. } if status.as_u16() == 429 => {
                "the server has had enough for now: try again in a few minutes".to_owned()
            }
            Self::Status { status, .. } if status.is_server_error() => {
                "the server is in trouble: try again later, or name another one with `--index URL`"
                    .to_owned()
            }
            Self::Status { .. } => "check the address of the index or distribution".to_owned(),
            Self::Slow { .. } | Self::BrokeOff { .. } => {
                "run the same command again: it goes on where this attempt ended".to_owned()
            }
            Self::TooLarge { .. } | Self::OtherSize { .. } => {
                "the index and its files do not agree: name another one with `--index URL`"
                    .to_owned()
            }
            Self::Disk { kind, .. } if is_full(*kind) => {
                "make room, or keep packages elsewhere with `--packages FOLDER`".to_owned()
            }
            Self::Disk { .. } => "check who may write there, or use `--packages FOLDER`".to_owned(),
        }
    }
}

pub(super) fn disk(path: &Path, error: &io::Error) -> FetchError {
    FetchError::Disk { path: path.to_owned(), kind: error.kind(), reason: error.to_string() }
}

/// Says whether there is no room left.
pub(crate) fn is_full(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(kind, StorageFull | QuotaExceeded | FileTooLarge)
}
