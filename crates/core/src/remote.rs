//! A repository elsewhere that a volume is kept equal with: its address, when to
//! talk to it, and what becomes of files that changed on both sides.

mod merge;
mod port;

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};

use crate::{store::CommitId, volume::VolumePath};

pub use merge::{Conflict, FileVersion, Files, Merged, merge};
pub use port::{Remote, RemoteError, Remotes, Synced};

/// The longest address.
const MAX_URL_LEN: usize = 500;

/// The address of a repository: HTTPS, SSH or a folder; HTTP only on this machine.
///
/// It holds no password and can be no option or command of `git`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteUrl {
    text: String,
    transport: Transport,
}

/// How a repository is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over HTTPS, or HTTP on this machine.
    Http {
        /// The host, with its port if it says one.
        host: String,
    },
    /// Over SSH.
    Ssh,
    /// A folder of this machine.
    Folder,
}

/// Why a text is no [`RemoteUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteUrlError {
    /// It is empty, too long, or holds blanks or control characters.
    #[error("it is no address")]
    NoAddress,
    /// It is of another kind.
    #[error("it is not reached over HTTPS or SSH")]
    OtherTransport,
    /// It would go over the network in the clear.
    #[error("it goes over the network without encryption")]
    Clear,
    /// It holds a password.
    #[error("it holds a password")]
    Password,
}

impl RemoteUrlError {
    /// Says what to write instead.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Password => {
                "leave it out: give it to a credential helper, or as `LLMOS_REMOTE_TOKEN`"
            }
            Self::Clear => "write `https://` instead of `http://`",
            Self::NoAddress | Self::OtherTransport => {
                "write it as `https://host/owner/name.git` or `git@host:owner/name.git`"
            }
        }
    }
}

impl RemoteUrl {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Says how it is reached.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }
}

impl FromStr for RemoteUrl {
    type Err = RemoteUrlError;

    fn from_str(text: &str) -> Result<Self, RemoteUrlError> {
        let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '\\' | '`');
        if text.is_empty() || text.len() > MAX_URL_LEN || text.contains(odd) {
            return Err(RemoteUrlError::NoAddress);
        }
        let transport = transport(text)?;
        Ok(Self { text: text.to_owned(), transport })
    }
}

fn transport(text: &str) -> Result<Transport, RemoteUrlError> {
    if let Some(path) = text.strip_prefix("file://") {
        return if path.starts_with('/') {
            Ok(Transport::Folder)
        } else {
            Err(RemoteUrlError::NoAddress)
        };
    }
    if text.starts_with('/') {
        return Ok(Transport::Folder);
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        // `user@host:path`, as SSH itself takes it.
        let (host, path) = text.split_once(':').ok_or(RemoteUrlError::OtherTransport)?;
        let host = host.rsplit_once('@').ok_or(RemoteUrlError::OtherTransport)?;
        let fits = is_plain(host.0)
            && is_host(host.1)
            && !path.is_empty()
            && !path.starts_with([':', '-']);
        return if fits { Ok(Transport::Ssh) } else { Err(RemoteUrlError::OtherTransport) };
    };
    let (authority, path) = rest.split_once('/').ok_or(RemoteUrlError::NoAddress)?;
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains(':') {
        return Err(RemoteUrlError::Password);
    }
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    if !is_host(name) || !(user.is_empty() || is_plain(user)) || path.is_empty() {
        return Err(RemoteUrlError::NoAddress);
    }
    match scheme {
        "https" => Ok(Transport::Http { host: host.to_owned() }),
        "http" if matches!(name, "localhost" | "127.0.0.1" | "[::1]") => {
            Ok(Transport::Http { host: host.to_owned() })
        }
        "http" => Err(RemoteUrlError::Clear),
        "ssh" => Ok(Transport::Ssh),
        _ => Err(RemoteUrlError::OtherTransport),
    }
}

fn is_host(name: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(plain)
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(plain)
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a volume and its remote came to when they last met, and what is wrong since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteState {
    /// When both were last equal.
    pub synced_at: Option<Timestamp>,
    /// What both held then.
    pub commit: Option<CommitId>,
    /// How often in a row it failed since.
    pub n_failures: u32,
    /// When it failed last, and why.
    pub failure: Option<(Timestamp, String)>,
    /// Files that were changed on both sides, so that somebody has to decide.
    pub conflicts: Vec<VolumePath>,
}

/// When to talk to a remote: soon after a commit, now and then without one, and
/// less and less often while it does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    due: Timestamp,
    n_failures: u32,
}

impl Schedule {
    /// Commits that follow each other within this time go together.
    pub const BATCH: SignedDuration = SignedDuration::from_secs(3);

    /// How long a remote is not asked while nothing is committed here.
    pub const QUIET: SignedDuration = SignedDuration::from_secs(300);

    /// The first pause after a failure, and the longest.
    pub const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(5);
    /// See [`Self::FIRST_PAUSE`].
    pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(3600);

    /// Starts with a talk at once, or in the pause after so many failures.
    pub fn new(now: Timestamp, n_failures: u32, chance: u32) -> Self {
        let due = if n_failures == 0 { now } else { later(now, pause(n_failures, chance)) };
        Self { due, n_failures }
    }

    /// Says whether it is time.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due <= now
    }

    /// Notes a commit: while the remote answers, it is to have it soon.
    pub fn committed(&mut self, now: Timestamp) {
        if self.n_failures == 0 {
            self.due = self.due.min(later(now, Self::BATCH));
        }
    }

    /// Notes that both sides are equal.
    pub fn done(&mut self, now: Timestamp) {
        *self = Self { due: later(now, Self::QUIET), n_failures: 0 };
    }

    /// Notes that it did not work; `chance` keeps many servers from coming back at once.
    pub fn failed(&mut self, now: Timestamp, chance: u32) {
        self.n_failures = self.n_failures.saturating_add(1);
        self.due = later(now, pause(self.n_failures, chance));
    }
}

/// Doubles with each failure; half of it is left to chance.
fn pause(n_failures: u32, chance: u32) -> SignedDuration {
    let doubled = Schedule::FIRST_PAUSE.as_secs() << n_failures.saturating_sub(1).min(20);
    let most_ms = doubled.min(Schedule::LONGEST_PAUSE.as_secs()) * 1000;
    let part = i64::from(chance) * (most_ms / 2) / i64::from(u32::MAX);
    SignedDuration::from_millis(most_ms / 2 + part)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
