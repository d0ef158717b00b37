//! The port through which volumes talk to Git clients in Git's own protocol.
//!
//! Who may do so, and what files must be, is said by whoever uses it.

use std::io::{self, Read, Write};

use jiff::Timestamp;

use crate::{
    diagnostic::Diagnostic,
    proposal::PushedRef,
    store::{Author, StoreError},
    volume::{VolumeId, VolumePath},
};

/// What a client wants of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Clone it, or fetch what is new.
    Fetch,
    /// Bring commits to it.
    Push,
}

/// The version of Git's protocol that a client asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// What every client speaks.
    #[default]
    V0,
    /// The first with a version of its own.
    V1,
    /// The one in which a client asks for refs.
    V2,
}

/// Why something is not taken, as whoever pushes is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub reason: String,
    /// What to do instead.
    pub hint: String,
}

/// What judges what somebody wants to bring.
pub trait Judge: Send + Sync {
    /// Says whether it wants to see the file.
    fn looks_at(&self, path: &VolumePath) -> bool;

    /// Says what is wrong with the file; an error refuses it.
    fn check(&self, path: &VolumePath, content: &[u8]) -> Vec<Diagnostic>;

    /// Says why a branch or tag may not move.
    fn refuses(&self, pushed: PushedRef<'_>) -> Option<Refusal>;

    /// Says why a commit with this message is not taken.
    fn refuses_message(&self, message: &str) -> Option<Refusal>;
}

/// Who pushes, when, and what judges the files.
pub struct Push<'a> {
    /// Who pushes: the log of the branch names them.
    pub pusher: Author,
    /// When.
    pub time: Timestamp,
    /// What judges the files.
    pub judge: &'a dyn Judge,
}

/// Why a conversation with a client ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The volume failed.
    #[error(transparent)]
    Store {
        /// How.
        source: StoreError,
    },
    /// The client said something that the protocol does not know, or went away.
    #[error("the client does not speak Git's protocol: {reason}")]
    Client {
        /// What is wrong with it.
        reason: String,
    },
    /// The program `git` is not there, failed, or took too long.
    #[error("`git` failed while {doing}")]
    Git {
        /// What it was to do.
        doing: &'static str,
        /// The cause.
        source: io::Error,
    },
}

impl ExchangeError {
    /// Says what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Store { source } => source.hint(),
            Self::Client { .. } => Some("use the ordinary `git` program"),
            Self::Git { .. } => {
                Some("see with `llmos doctor` whether `git` can be started, then try again")
            }
        }
    }
}

impl From<StoreError> for ExchangeError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

/// Volumes that speak Git's protocol, as it goes over HTTP.
///
/// Methods block. Nothing that a volume's own configuration says is obeyed.
pub trait Exchange: Send + Sync {
    /// Returns how a conversation begins: the branches and tags, and what the volume can do.
    ///
    /// A volume that does not exist looks empty, and nothing is made.
    fn advertise(
        &self,
        volume: &VolumeId,
        service: Service,
        protocol: Protocol,
    ) -> Result<Vec<u8>, ExchangeError>;

    /// Answers a client that fetches.
    fn fetch(
        &self,
        volume: &VolumeId,
        protocol: Protocol,
        request: &[u8],
        answer: &mut dyn Write,
    ) -> Result<(), ExchangeError>;

    /// Takes what a client pushes, or says in the answer why not; the first push makes the volume.
    ///
    /// `main` only ever moves forward, together with working tree and index, and
    /// what the answer calls done would survive a power cut.
    fn push(
        &self,
        volume: &VolumeId,
        push: &Push<'_>,
        request: &mut dyn Read,
    ) -> Result<Vec<u8>, ExchangeError>;
}
