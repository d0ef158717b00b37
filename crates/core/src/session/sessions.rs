//! The port to the sessions that go on. Several servers may share one.

use jiff::Timestamp;

use super::{KeptMessage, NewMessage, SessionChange, SessionHead, Shares};
use crate::{slug::Slug, volume::VolumeId};

/// The most messages of one session.
pub const MAX_MESSAGES: u64 = 100_000;

/// A page of the sessions of some volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionPage {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, the one that was changed last first.
    pub heads: Vec<SessionHead>,
}

/// Where messages that were sent are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The session with them.
    pub head: SessionHead,
    /// One for each message, in their order.
    pub places: Vec<MessagePlace>,
}

/// Where a message that was sent is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePlace {
    /// Its place in the session.
    pub number: u64,
    /// Whether a message of its key was there before: that one stays as it is.
    pub again: bool,
}

/// Why sessions did not do what they were asked.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// There is no such session.
    #[error("there is no session `{id}`")]
    Unknown {
        /// What was asked for.
        id: Slug,
    },
    /// Another session has this id.
    #[error("there is a session `{id}` already")]
    Exists {
        /// The id.
        id: Slug,
    },
    /// It changed since the caller read it.
    #[error("session `{id}` changed in the meantime")]
    Moved {
        /// Which.
        id: Slug,
        /// Its revision now.
        revision: u64,
    },
    /// It has as many messages as one may have.
    #[error("session `{id}` cannot have more than {MAX_MESSAGES} messages")]
    Full {
        /// Which.
        id: Slug,
    },
    /// Another share has this id.
    #[error("there is a share `{id}` already")]
    ShareExists {
        /// The id.
        id: Slug,
    },
    /// Where sessions are kept failed.
    #[error("the sessions failed while {doing}")]
    Medium {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Sessions that go on.
///
/// Methods block: callers on an async runtime move them to a blocking thread. Each is one step
/// that happens whole or not at all, also among programs that share the sessions, and is kept
/// when it returns. Times come back to the nanosecond. Nobody is asked for permission here.
pub trait Sessions: Shares {
    /// Keeps a new session with what is said first, and returns its head.
    ///
    /// A head that is there exactly as it is given counts as kept: the answer got lost.
    fn create(
        &self,
        head: &SessionHead,
        first: &[NewMessage],
    ) -> Result<SessionHead, SessionsError>;

    /// Lists the sessions of these volumes, the one that was changed last first.
    fn list(
        &self,
        volumes: &[VolumeId],
        limit: usize,
        offset: usize,
    ) -> Result<SessionPage, SessionsError>;

    /// Reads a session, and up to `limit` of its messages from number `first` on, as of one moment.
    fn read(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<Option<(SessionHead, Vec<KeptMessage>)>, SessionsError>;

    /// Adds messages at the end, all or none. One whose key is there already is not added again.
    fn append(
        &self,
        id: &Slug,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError>;

    /// Changes a head, where its revision is still the expected one.
    fn change(
        &self,
        id: &Slug,
        expected: Option<u64>,
        change: &SessionChange,
        at: Timestamp,
    ) -> Result<SessionHead, SessionsError>;

    /// Forgets a session, all that was said in it and its shares, where its revision is still the expected one.
    fn remove(&self, id: &Slug, expected: Option<u64>) -> Result<(), SessionsError>;
}

impl SessionHead {
    /// Refuses a change that rests on another revision.
    pub fn expect(&self, expected: Option<u64>) -> Result<(), SessionsError> {
        match expected {
            Some(revision) if revision != self.revision => {
                Err(SessionsError::Moved { id: self.id.clone(), revision: self.revision })
            }
            _ => Ok(()),
        }
    }

    /// Says where messages come, and how many of them are new. `known` has the number of each
    /// message whose key is there already.
    pub fn places(
        &self,
        messages: &[NewMessage],
        known: &[Option<u64>],
    ) -> Result<(Vec<MessagePlace>, u64), SessionsError> {
        let mut places: Vec<MessagePlace> = Vec::with_capacity(messages.len());
        let mut next = self.n_messages + 1;
        for (i, message) in messages.iter().enumerate() {
            let same = messages[..i].iter().position(|before| before.key == message.key);
            let there = same.map(|at| places[at].number).or(known.get(i).copied().flatten());
            places.push(match there {
                Some(number) => MessagePlace { number, again: true },
                None => {
                    next += 1;
                    MessagePlace { number: next - 1, again: false }
                }
            });
        }
        let n_new = next - 1 - self.n_messages;
        if n_new > 0 && next - 1 > MAX_MESSAGES {
            return Err(SessionsError::Full { id: self.id.clone() });
        }
        Ok((places, n_new))
    }
}
