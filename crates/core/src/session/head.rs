//! What is kept of a session that goes on: its head, its numbered messages, and
//! how the head changes. Whoever keeps sessions applies these rules and adds none.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use super::{Message, MessagePlace, Replaced};
use crate::{
    slug::Slug,
    store::CommitId,
    volume::{VolumeId, VolumePath},
};

/// The longest [`MessageKey`], in bytes.
pub const MAX_KEY_LEN: usize = 100;

/// What is kept of a session apart from its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHead {
    /// Its id.
    pub id: Slug,
    /// What people call it.
    pub name: String,
    /// Whose it is: that of a person, or of all in a team.
    pub volume: VolumeId,
    /// Who began it.
    pub user: Slug,
    /// Where it stands, as people say.
    pub status: SessionStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When something was last said or changed.
    pub updated_at: Timestamp,
    /// How many messages it has; they are numbered from 1 without a gap.
    pub n_messages: u64,
    /// Which of them were replaced by later ones.
    pub replaced: Replaced,
    /// The last commit that keeps it in a volume.
    pub committed: Option<Committed>,
    /// Counts every change, from 1.
    pub revision: u64,
}

/// Where a session stands, as people say. It decides nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionStatus {
    /// It goes on.
    #[default]
    Active,
    /// It waits.
    Paused,
    /// It is done.
    Completed,
}

/// The commit that keeps a session in a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The commit.
    pub commit: CommitId,
    /// The volume.
    pub volume: VolumeId,
    /// When it was made.
    pub at: Timestamp,
    /// What the session was called then.
    pub name: String,
    /// How many messages it had then.
    pub n_messages: u64,
}

/// A change of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// What people say of it.
    Described {
        /// Another name.
        name: Option<String>,
        /// Where it stands now.
        status: Option<SessionStatus>,
    },
    /// A commit keeps it now.
    Committed(Committed),
}

/// A message that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// What tells it from others of its session: a second one of the same key is not kept.
    pub key: MessageKey,
    /// What is said.
    pub message: Message,
    /// What its artifacts hold, by the path that they have in a volume.
    pub files: Vec<SessionFile>,
}

/// A message that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMessage {
    /// Its place in the session, from 1.
    pub number: u64,
    /// What was said.
    pub message: Message,
    /// What its artifacts hold.
    pub files: Vec<SessionFile>,
}

/// A file that came of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFile {
    /// Where a commit puts it.
    pub path: VolumePath,
    /// Its text.
    pub content: String,
}

/// What tells a message from the others of its session, so that sending it again keeps it once:
/// up to [`MAX_KEY_LEN`] visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(String);

/// Why a text is not a [`MessageKey`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to {MAX_KEY_LEN} visible ASCII characters")]
pub struct MessageKeyError;

impl SessionStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Completed];

    /// Returns the name that programs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
        }
    }
}

impl SessionHead {
    /// The head of a session that begins.
    pub fn new(id: Slug, name: String, volume: VolumeId, user: Slug, at: Timestamp) -> Self {
        Self {
            id,
            name,
            volume,
            user,
            status: SessionStatus::Active,
            created_at: at,
            updated_at: at,
            n_messages: 0,
            replaced: Replaced::default(),
            committed: None,
            revision: 1,
        }
    }

    /// Says whether the last commit holds all of it, under its name.
    pub fn is_committed(&self) -> bool {
        self.committed
            .as_ref()
            .is_some_and(|kept| kept.n_messages == self.n_messages && kept.name == self.name)
    }

    /// The head after these messages have come to these places.
    #[must_use]
    pub fn with(&self, messages: &[NewMessage], places: &[MessagePlace], at: Timestamp) -> Self {
        let new = || messages.iter().zip(places).filter(|(_, place)| !place.again);
        let mut head = self.with_messages(new().count() as u64, at);
        for (new, place) in new() {
            if let Some(from) = new.message.replaces {
                head.replaced = head.replaced.with(place.number, from);
            }
        }
        head
    }

    /// The head after so many more messages.
    #[must_use]
    pub fn with_messages(&self, n: u64, at: Timestamp) -> Self {
        if n == 0 {
            return self.clone();
        }
        Self { n_messages: self.n_messages + n, ..self.touched(at) }
    }

    /// The head after a change.
    #[must_use]
    pub fn changed(&self, change: &SessionChange, at: Timestamp) -> Self {
        let touched = self.touched(at);
        match change {
            SessionChange::Described { name, status } => Self {
                name: name.clone().unwrap_or(touched.name),
                status: status.unwrap_or(touched.status),
                ..touched
            },
            SessionChange::Committed(committed) => {
                Self { committed: Some(committed.clone()), ..touched }
            }
        }
    }

    /// One revision later; time never goes back, whatever a clock says.
    fn touched(&self, at: Timestamp) -> Self {
        let mut head = self.clone();
        head.revision += 1;
        head.updated_at = head.updated_at.max(at);
        head
    }
}

impl MessageKey {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of something that is said because of this message, such as its answer.
    #[must_use]
    pub fn then(&self, what: &str) -> Self {
        Self(format!("{}/{what}", self.0))
    }
}

impl FromStr for MessageKey {
    type Err = MessageKeyError;

    fn from_str(text: &str) -> Result<Self, MessageKeyError> {
        let fits = (1..=MAX_KEY_LEN).contains(&text.len());
        if !fits || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(MessageKeyError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for MessageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
