//! Heads and messages of sessions as JSON, in the layout that every adapter keeps.
//!
//! The members that the layout names for everybody are read by other programs
//! too; what only this one knows stands in `metadata`.

mod share;

use std::str::FromStr;

use llmos_core::{
    session::{
        Committed, KeptMessage, Message, NewMessage, Replaced, Role, SessionFile, SessionHead,
        SessionStatus,
    },
    store::CommitId,
    volume::VolumeId,
};
use serde_json::{Map, Value, json};

pub(crate) use share::{parse_share, print_share};

/// What the system volume has for a name.
const NO_NAME: &str = "default";

/// Why a kept text is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{member}` of a kept {what} is wrong: {reason}")]
pub(crate) struct TextError {
    what: &'static str,
    member: &'static str,
    reason: String,
}

/// The kind and the name of a volume.
pub(crate) fn volume_parts(volume: &VolumeId) -> (&'static str, &str) {
    match volume {
        VolumeId::System => ("system", NO_NAME),
        VolumeId::Team(team) => ("team", team.as_str()),
        VolumeId::User(user) => ("user", user.as_str()),
    }
}

/// Writes a head.
pub(crate) fn print_head(head: &SessionHead) -> String {
    let (volume, volume_id) = volume_parts(&head.volume);
    let commit = head.committed.as_ref().map(|kept| {
        json!({
            "hash": kept.commit.0,
            "volume": kept.volume.to_string(),
            "at": kept.at.to_string(),
            "name": kept.name,
            "messages": kept.n_messages,
        })
    });
    let mut text = json!({
        "id": head.id.as_str(),
        "name": head.name,
        "volume": volume,
        "volume_id": volume_id,
        "status": head.status.as_str(),
        "created_at": head.created_at.to_string(),
        "updated_at": head.updated_at.to_string(),
        "metadata": {
            "user_id": head.user.as_str(),
            "messages": head.n_messages,
            "revision": head.revision,
            "commit": commit,
        },
    });
    if !head.replaced.stretches().is_empty() {
        text["metadata"]["replaced"] = json!(head.replaced.stretches());
    }
    text.to_string()
}

/// Reads what [`print_head`] wrote.
pub(crate) fn parse_head(text: &str) -> Result<SessionHead, TextError> {
    let members = Members::parse("session", text)?;
    let about = members.members("metadata")?;
    let volume = match (members.text("volume")?, members.text("volume_id")?) {
        ("system", _) => Ok(VolumeId::System),
        (kind, name) => format!("{kind}/{name}").parse(),
    };
    let committed = match about.map.get("commit") {
        None | Some(Value::Null) => None,
        Some(_) => {
            let kept = about.members("commit")?;
            Some(Committed {
                commit: CommitId(kept.text("hash")?.to_owned()),
                volume: kept.parsed("volume")?,
                at: kept.parsed("at")?,
                name: kept.text("name")?.to_owned(),
                n_messages: kept.number("messages")?,
            })
        }
    };
    let status = members.text("status")?;
    let known = SessionStatus::ALL.into_iter().find(|known| known.as_str() == status);
    Ok(SessionHead {
        id: members.parsed("id")?,
        name: members.text("name")?.to_owned(),
        volume: volume.map_err(|source| members.bad("volume_id", &source))?,
        user: about.parsed("user_id")?,
        status: known.ok_or_else(|| members.bad("status", &"nobody knows it"))?,
        created_at: members.parsed("created_at")?,
        updated_at: members.parsed("updated_at")?,
        n_messages: about.number("messages")?,
        replaced: replaced(&about)?,
        committed,
        revision: about.number("revision")?,
    })
}

/// Reads which messages were replaced: pairs of numbers, or nothing.
fn replaced(about: &Members) -> Result<Replaced, TextError> {
    let Some(kept) = about.map.get("replaced") else { return Ok(Replaced::default()) };
    let stretches = serde_json::from_value(kept.clone()).ok().and_then(Replaced::from_stretches);
    stretches.ok_or_else(|| about.bad("replaced", &"it is no list of stretches"))
}

/// Writes a message.
pub(crate) fn print_message(new: &NewMessage) -> String {
    let NewMessage { message, files, .. } = new;
    let list = |lines: Vec<String>| if lines.is_empty() { Value::Null } else { json!(lines) };
    let mut text = json!({
        "role": message.role.as_str(),
        "content": message.content,
        "timestamp": message.at.to_string(),
        "traces": list(message.traces.iter().map(ToString::to_string).collect()),
        "artifacts": list(message.artifacts.iter().map(ToString::to_string).collect()),
    });
    if let Some(number) = message.replaces {
        text["replaces"] = json!(number);
    }
    if !files.is_empty() {
        let file =
            |file: &SessionFile| json!({"path": file.path.as_str(), "content": file.content});
        text["files"] = files.iter().map(file).collect();
    }
    text.to_string()
}

/// Reads what [`print_message`] wrote.
pub(crate) fn parse_message(number: u64, text: &str) -> Result<KeptMessage, TextError> {
    let members = Members::parse("message", text)?;
    let role = members.text("role")?;
    let role = Role::ALL.into_iter().find(|known| known.as_str() == role);
    let files = match members.map.get("files").and_then(Value::as_array) {
        None => Vec::new(),
        Some(files) => files.iter().map(file).collect::<Result<_, _>>()?,
    };
    let message = Message {
        role: role.ok_or_else(|| members.bad("role", &"nobody knows it"))?,
        at: members.parsed("timestamp")?,
        content: members.text("content")?.to_owned(),
        traces: members.list("traces")?,
        artifacts: members.list("artifacts")?,
        replaces: members.map.get("replaces").map(|_| members.number("replaces")).transpose()?,
    };
    Ok(KeptMessage { number, message, files })
}

fn file(value: &Value) -> Result<SessionFile, TextError> {
    let members = Members::of("file", value)?;
    Ok(SessionFile { path: members.parsed("path")?, content: members.text("content")?.to_owned() })
}

/// The members of a JSON object, and what it is one of.
struct Members {
    what: &'static str,
    map: Map<String, Value>,
}

impl Members {
    fn parse(what: &'static str, text: &str) -> Result<Self, TextError> {
        let value: Value = serde_json::from_str(text).map_err(|source| TextError {
            what,
            member: "text",
            reason: source.to_string(),
        })?;
        Self::of(what, &value)
    }

    fn of(what: &'static str, value: &Value) -> Result<Self, TextError> {
        let none = || TextError { what, member: "text", reason: "it is no object".to_owned() };
        let map = value.as_object().cloned().ok_or_else(none)?;
        Ok(Self { what, map })
    }

    fn bad(&self, member: &'static str, reason: &dyn ToString) -> TextError {
        TextError { what: self.what, member, reason: reason.to_string() }
    }

    fn members(&self, member: &'static str) -> Result<Self, TextError> {
        Self::of(self.what, self.map.get(member).unwrap_or(&Value::Null))
    }

    fn text(&self, member: &'static str) -> Result<&str, TextError> {
        let text = self.map.get(member).and_then(Value::as_str);
        text.ok_or_else(|| self.bad(member, &"it is no text"))
    }

    fn number(&self, member: &'static str) -> Result<u64, TextError> {
        let number = self.map.get(member).and_then(Value::as_u64);
        number.ok_or_else(|| self.bad(member, &"it is no number"))
    }

    fn parsed<T: FromStr<Err: ToString>>(&self, member: &'static str) -> Result<T, TextError> {
        self.text(member)?.parse().map_err(|error| self.bad(member, &error))
    }

    /// What the texts of a list say; nothing where there is no list.
    fn list<T: FromStr<Err: ToString>>(&self, member: &'static str) -> Result<Vec<T>, TextError> {
        let Some(items) = self.map.get(member).and_then(Value::as_array) else {
            return Ok(Vec::new());
        };
        let parse = |item: &Value| {
            let text = item.as_str().ok_or_else(|| self.bad(member, &"it holds no text"))?;
            text.parse().map_err(|error| self.bad(member, &error))
        };
        items.iter().map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The members that other programs read, as they read them.
    #[test]
    fn the_layout_is_the_one_that_was_agreed_upon() {
        let at = "2026-11-20T15:30:00Z".parse().expect("it is a time");
        let slug = |text: &str| text.parse().expect("it is a slug");
        let volume = VolumeId::Team(slug("atlas"));
        let head = SessionHead::new(slug("s1"), "Work".to_owned(), volume, slug("ana"), at);
        let want = r#"{"id":"s1","name":"Work","volume":"team","volume_id":"atlas","status":"active","created_at":"2026-11-20T15:30:00Z","updated_at":"2026-11-20T15:30:00Z","metadata":{"user_id":"ana","messages":0,"revision":1,"commit":null}}"#;
        assert_eq!(print_head(&head), want);
        assert_eq!(parse_head(want), Ok(head));
        let said = NewMessage {
            key: "k".parse().expect("it is a key"),
            message: Message {
                role: Role::Assistant,
                at,
                content: "hi".to_owned(),
                traces: Vec::new(),
                artifacts: vec!["code: vqe.py".parse().expect("it is an artifact")],
                replaces: None,
            },
            files: Vec::new(),
        };
        let want = r#"{"role":"assistant","content":"hi","timestamp":"2026-11-20T15:30:00Z","traces":null,"artifacts":["code: vqe.py"]}"#;
        assert_eq!(print_message(&said), want);
        let kept = KeptMessage { number: 7, message: said.message, files: Vec::new() };
        assert_eq!(parse_message(7, want), Ok(kept));
    }

    #[test]
    fn what_is_no_session_says_why() {
        for (text, want) in [
            ("x", "`text` of a kept session is wrong: expected value at line 1 column 1"),
            ("[]", "`text` of a kept session is wrong: it is no object"),
            (r#"{"metadata":{}}"#, "`volume` of a kept session is wrong: it is no text"),
        ] {
            let error = parse_head(text).expect_err("it is none");
            assert_eq!(error.to_string(), want);
        }
    }
}
