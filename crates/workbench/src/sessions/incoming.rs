//! What is sent, made into what the core knows.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use llmos_api::session::{AddMessage, SentArtifact, SessionArtifact};
use llmos_core::{
    blob::{Pointer, pointer_path},
    session::{Artifact, Message, MessageKey, NewMessage, Role, SessionFile, artifact_path},
    slug::Slug,
    trace::TraceId,
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, ids};

/// Reads a volume by its address, or by its kind and name.
pub(crate) fn volume(
    caller: &Caller,
    volume: Option<&str>,
    name: Option<&str>,
) -> Result<VolumeId, Error> {
    let name = name.filter(|name| *name != "default");
    match (volume, name) {
        (None, None) => Ok(caller.own_volume()),
        (None | Some("user"), Some(name)) => Ok(VolumeId::User(ids::slug("volume_id", name)?)),
        (Some("user"), None) => Ok(caller.own_volume()),
        (Some("team"), Some(name)) => Ok(VolumeId::Team(ids::slug("volume_id", name)?)),
        (Some("team"), None) => caller.team_volume(),
        (Some(address), _) => ids::volume(address),
    }
}

/// Reads what tells a message from others.
pub(super) fn key(text: &str) -> Result<MessageKey, Error> {
    text.parse().map_err(|source: llmos_core::session::MessageKeyError| Error::BadField {
        field: "Idempotency-Key",
        reason: source.to_string(),
        hint: "send a UUID".to_owned(),
    })
}

/// Something that is said, with nothing beside it.
pub(super) fn said(key: MessageKey, role: Role, content: &str, at: Timestamp) -> NewMessage {
    let (traces, artifacts) = (Vec::new(), Vec::new());
    let content = content.to_owned();
    let message = Message { role, at, content, traces, artifacts, replaces: None };
    NewMessage { key, message, files: Vec::new() }
}

/// Reads a message.
pub(super) fn message(
    session: &Slug,
    key: MessageKey,
    asked: &AddMessage,
    now: Timestamp,
) -> Result<NewMessage, Error> {
    let at = asked.timestamp.as_deref().map_or(Ok(now), time)?;
    let mut new = said(key, asked.role.into(), &asked.content, at);
    new.message.replaces = asked.replaces;
    for text in asked.traces.iter().flatten() {
        new.message.traces.push(trace(text)?);
    }
    for sent in asked.artifacts.iter().flatten() {
        let (artifact, file) = artifact(session, sent)?;
        new.message.artifacts.push(artifact);
        new.files.extend(file);
    }
    Ok(new)
}

/// Makes an artifact with what it holds.
pub(super) fn made(
    session: &Slug,
    kind: Slug,
    name: String,
    content: Option<String>,
) -> (Artifact, Option<SessionFile>) {
    let file = content.map(|content| {
        let path = artifact_path(session, &kind, &name);
        // A pointer to a blob is named like one, or it would not be known again.
        let pointer =
            Pointer::parse(content.as_bytes()).ok().and_then(|_| pointer_path(&path).ok());
        SessionFile { path: pointer.unwrap_or(path), content }
    });
    let path = file.as_ref().map(|file| file.path.clone());
    (Artifact { kind, name, path }, file)
}

fn artifact(session: &Slug, sent: &SentArtifact) -> Result<(Artifact, Option<SessionFile>), Error> {
    let bad = |reason: String| {
        Error::BadField {
        field: "artifacts",
        reason,
        hint: "send `{\"kind\": \"code\", \"name\": \"vqe.py\", \"content\": \"…\"}`, or the line `code: vqe.py`".to_owned(),
    }
    };
    match sent {
        SentArtifact::Line(line) => Ok((
            match line.parse::<Artifact>() {
                Ok(artifact) => artifact,
                Err(_) if line.trim().is_empty() => return Err(bad("one has no name".to_owned())),
                Err(_) => Artifact {
                    kind: "file".parse().expect("because it is a slug"),
                    name: line.clone(),
                    path: None,
                },
            },
            None,
        )),
        SentArtifact::Whole(SessionArtifact { kind, name, path, content, .. }) => {
            if name.trim().is_empty() {
                return Err(bad("one has no name".to_owned()));
            }
            let kind = ids::slug("kind", kind)?;
            let (mut artifact, file) = made(session, kind, name.clone(), content.clone());
            if artifact.path.is_none() {
                artifact.path = path.as_deref().map(ids::path).transpose()?;
            }
            Ok((artifact, file))
        }
    }
}

/// A trace by its id or its path.
fn trace(text: &str) -> Result<VolumePath, Error> {
    match text.parse::<TraceId>() {
        Ok(id) => Ok(id.path()),
        Err(_) if text.starts_with("traces/") => ids::path(text),
        Err(error) => Err(Error::BadField {
            field: "traces",
            reason: error.to_string(),
            hint: error.hint().to_owned(),
        }),
    }
}

/// Reads when something ends: not before now.
pub(super) fn end(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    let bad = |reason: &str| Error::BadField {
        field: "ends_at",
        reason: reason.to_owned(),
        hint: "write a time that is still to come, as in `2030-01-31T12:00:00Z`".to_owned(),
    };
    let end: Timestamp = text.parse().map_err(|_no_time| bad("it is no time with its zone"))?;
    if end <= now {
        return Err(bad("it is over"));
    }
    Ok(end)
}

/// A time with its zone; one without is taken as UTC, as many programs write it.
fn time(text: &str) -> Result<Timestamp, Error> {
    let bare = || {
        let civil: DateTime = text.parse().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    text.parse().ok().or_else(bare).ok_or_else(|| Error::BadField {
        field: "timestamp",
        reason: format!(
            "`{}` is no time",
            text.chars().take(60).collect::<String>().escape_debug()
        ),
        hint: "write it as in `2026-11-20T15:30:00Z`".to_owned(),
    })
}
