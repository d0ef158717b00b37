//! Shares as JSON. Of the token of a link only the hash is there.

use llmos_core::session::{Share, SharedWith};
use serde_json::{Value, json};

use super::{Members, TextError};

/// Writes a share.
pub(crate) fn print_share(share: &Share) -> String {
    let (team, sha256) = match &share.with {
        SharedWith::Team(team) => (Some(team.as_str()), None),
        SharedWith::Link(hash) => (None, Some(hash.to_string())),
    };
    json!({
        "id": share.id.as_str(),
        "session": share.session.as_str(),
        "team": team,
        "sha256": sha256,
        "by": share.by.as_str(),
        "created_at": share.created_at.to_string(),
        "ends_at": share.ends_at.map(|end| end.to_string()),
        "messages": share.n_messages,
    })
    .to_string()
}

/// Reads what [`print_share`] wrote.
pub(crate) fn parse_share(text: &str) -> Result<Share, TextError> {
    let members = Members::parse("share", text)?;
    let is_there = |member: &str| !matches!(members.map.get(member), None | Some(Value::Null));
    let with = match is_there("team") {
        true => SharedWith::Team(members.parsed("team")?),
        false => SharedWith::Link(members.parsed("sha256")?),
    };
    Ok(Share {
        id: members.parsed("id")?,
        session: members.parsed("session")?,
        with,
        by: members.parsed("by")?,
        created_at: members.parsed("created_at")?,
        ends_at: is_there("ends_at").then(|| members.parsed("ends_at")).transpose()?,
        n_messages: is_there("messages").then(|| members.number("messages")).transpose()?,
    })
}
