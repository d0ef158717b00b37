//! Shares of sessions on the wire: who else may read one, and what they get to see.

use llmos_core::session::{self, SharedWith};
use serde::{Deserialize, Serialize};

use crate::session::SessionMessage;

/// Body of `POST /sessions/{id}/shares`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareSession {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// The team that it is offered to; a link is made when left out.
    #[serde(default)]
    pub with_team: Option<String>,
    /// When it ends by itself (RFC 3339); never when left out.
    #[serde(default)]
    pub ends_at: Option<String>,
    /// Whether a link shows what is said later, too; no when left out. What is offered to a team always is.
    #[serde(default)]
    pub follow: Option<bool>,
}

/// Whom a share lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareKind {
    /// Whoever has the link.
    Link,
    /// The members of a team.
    Team,
}

/// A share of a session. Its token is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareView {
    /// Its id, by which it is revoked. It opens nothing.
    pub share_id: String,
    /// Whom it lets in.
    pub kind: ShareKind,
    /// The team, where it is offered to one.
    pub team: Option<String>,
    /// Who made it.
    pub by: String,
    /// When it was made (RFC 3339, UTC).
    pub created_at: String,
    /// When it ends by itself (RFC 3339, UTC); `null` where it does not.
    pub ends_at: Option<String>,
    /// Whether it has ended.
    pub ended: bool,
    /// How many messages it shows, from the first; `null` where it shows also what is said later.
    pub message_count: Option<u64>,
}

/// Answer of `POST /sessions/{id}/shares`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeShare {
    /// The share.
    #[serde(flatten)]
    pub share: ShareView,
    /// What `GET /shared/session` wants to be shown; nobody can be told it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The link, without the server's own address. What stands behind `#` is never sent to a server by a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Answer of `GET /sessions/{id}/shares`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareList {
    /// The shares of the session, the newest first.
    pub shares: Vec<ShareView>,
}

/// Answer of `GET /shared/session`: a session as whoever has a link sees it.
///
/// Nothing in it says where the session is kept, who began it or what else there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedSession {
    /// What it is called.
    pub name: String,
    /// When it began (RFC 3339, UTC).
    pub created_at: String,
    /// When the link ends (RFC 3339, UTC); `null` where it does not end by itself.
    pub ends_at: Option<String>,
    /// How many messages the link shows.
    pub message_count: u64,
    /// Messages, the oldest first: the newest ones where nothing else was asked for.
    pub messages: Vec<SessionMessage>,
    /// What to send as `before` to read the messages before these; `null` at the beginning.
    pub earlier: Option<u64>,
    /// What to send as `after` to read the messages after these; `null` at the end.
    pub later: Option<u64>,
}

impl ShareView {
    /// Shows a share as it is at some moment.
    pub fn new(share: &session::Share, now: jiff::Timestamp) -> Self {
        let team = match &share.with {
            SharedWith::Link(_) => None,
            SharedWith::Team(team) => Some(team.to_string()),
        };
        Self {
            share_id: share.id.to_string(),
            kind: if team.is_some() { ShareKind::Team } else { ShareKind::Link },
            team,
            by: share.by.to_string(),
            created_at: share.created_at.to_string(),
            ends_at: share.ends_at.map(|end| end.to_string()),
            ended: !share.is_open(now),
            message_count: share.n_messages,
        }
    }
}
