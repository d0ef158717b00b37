//! Between sessions of the core and their wire form.

use llmos_core::{
    blob::Pointer,
    session::{self, Artifact, KeptMessage, Replaced, Role, SessionFile},
    trace::TraceId,
    volume::VolumePath,
    workflow,
};

use crate::{blob::BlobFacts, workflow::WorkflowDoc};

use super::{SessionArtifact, SessionMessage, SessionRole, SessionStatus};

impl From<session::SessionStatus> for SessionStatus {
    fn from(status: session::SessionStatus) -> Self {
        match status {
            session::SessionStatus::Active => Self::Active,
            session::SessionStatus::Paused => Self::Paused,
            session::SessionStatus::Completed => Self::Completed,
        }
    }
}

impl From<SessionStatus> for session::SessionStatus {
    fn from(status: SessionStatus) -> Self {
        match status {
            SessionStatus::Active => Self::Active,
            SessionStatus::Paused => Self::Paused,
            SessionStatus::Completed => Self::Completed,
        }
    }
}

impl From<Role> for SessionRole {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Assistant => Self::Assistant,
            Role::System => Self::System,
        }
    }
}

impl From<SessionRole> for Role {
    fn from(role: SessionRole) -> Self {
        match role {
            SessionRole::User => Self::User,
            SessionRole::Assistant => Self::Assistant,
            SessionRole::System => Self::System,
        }
    }
}

impl SessionMessage {
    /// Shows a message of a session in which these were replaced.
    pub fn new(kept: KeptMessage, replaced: &Replaced) -> Self {
        let KeptMessage { number, message, files } = kept;
        let artifact = |artifact: Artifact| {
            let content = content(&files, artifact.path.as_ref());
            let held = content.as_deref().filter(|_| artifact.kind.as_str() == "workflow");
            SessionArtifact {
                workflow: held.and_then(held_workflow).map(Box::new),
                blob: content.as_deref().and_then(|content| {
                    Some(BlobFacts::from(&Pointer::parse(content.as_bytes()).ok()?))
                }),
                content,
                kind: artifact.kind.to_string(),
                name: artifact.name,
                path: artifact.path.map(|path| path.to_string()),
            }
        };
        Self {
            number,
            role: message.role.into(),
            timestamp: message.at.to_string(),
            traces: message.traces.iter().map(trace_name).collect(),
            artifacts: message.artifacts.into_iter().map(artifact).collect(),
            content: message.content,
            replaces: message.replaces,
            replaced: replaced.has(number),
        }
    }
}

fn content(files: &[SessionFile], path: Option<&VolumePath>) -> Option<String> {
    let file = files.iter().rfind(|file| Some(&file.path) == path)?;
    Some(file.content.clone())
}

/// The workflow that a text is, where it is a sound one.
fn held_workflow(text: &str) -> Option<WorkflowDoc> {
    let read = workflow::parse("workflows/proposal.md", text.as_bytes());
    read.workflow.as_ref().map(WorkflowDoc::from)
}

/// The id of a trace where its path is that of one, and the path elsewhere.
fn trace_name(path: &VolumePath) -> String {
    let name = path.file_name().strip_suffix(".md").unwrap_or_default();
    match name.parse::<TraceId>() {
        Ok(id) if id.path() == *path => id.to_string(),
        _ => path.to_string(),
    }
}
