//! A session step by step on the wire: what was said, with what went along with it and what came of it.

use serde::{Deserialize, Serialize};

use crate::session::SessionMessage;

/// Answer of `GET /sessions/{id}/replay`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionReplay {
    /// The session.
    pub session_id: String,
    /// What it is called there.
    pub name: String,
    /// The commit that it is shown from; `null` where it is shown as it is kept now.
    pub commit: Option<String>,
    /// The address of the volume of that commit, or of the session.
    pub volume: String,
    /// How many steps there are: one for each message.
    pub message_count: u64,
    /// Steps, the oldest first.
    pub steps: Vec<ReplayStep>,
    /// What to send as `after` to read the steps after these; `null` at the end.
    pub later: Option<u64>,
}

/// A message of a session, with what is known of how it came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayStep {
    /// The message. Its artifacts hold what they held at the commit.
    #[serde(flatten)]
    pub message: SessionMessage,
    /// What answered, as `provider/model`; `null` where none did, or where the trace cannot be read.
    pub model: Option<String>,
    /// The skills that went along.
    pub skills: Vec<ReplaySkill>,
}

/// A skill as it was when it went along with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplaySkill {
    /// Its id.
    pub skill_id: String,
    /// What it was called; its id where it is not found any more.
    pub name: String,
    /// Where it was found. `GET /skills/{id}?volume=…&at=…` with this commit gives its text of that time.
    pub found: Option<ReplayPlace>,
}

/// A version of a file, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayPlace {
    /// The address of the volume.
    pub volume: String,
    /// A commit that holds it.
    pub commit: String,
    /// Its Git blob id.
    pub version: String,
}
