//! A session as one file to take along.

use llmos_api::session::{
    EXPORT_FORMAT, EXPORT_VERSION, ExportedCommit, SessionExport, SessionMessage,
};
use llmos_core::{
    session::{KeptMessage, Part, SessionHead, print_document},
    slug::Slug,
};

use super::commit::session_of;
use crate::{Caller, Error, Workbench};

/// The largest session that is exported, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// What an exported session looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionFormat {
    /// The document that a commit keeps.
    #[default]
    Markdown,
    /// Everything, also what artifacts hold.
    Json,
}

/// A session as one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// What the file is called.
    pub file: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub text: String,
}

impl Workbench {
    /// Writes a session as one file.
    pub fn export_session(
        &self,
        caller: &Caller,
        id: &Slug,
        format: SessionFormat,
    ) -> Result<Exported, Error> {
        self.session(caller, id, Part::Look)?;
        let (head, messages) = self.whole(id, MAX_BYTES)?;
        Ok(match format {
            SessionFormat::Markdown => Exported {
                file: format!("{id}.md"),
                media_type: "text/markdown; charset=utf-8",
                text: print_document(&session_of(&head, messages)),
            },
            SessionFormat::Json => {
                let export = exported(head, messages);
                let text = serde_json::to_string_pretty(&export);
                let text = text.expect("because it is plain data") + "\n";
                Exported { file: format!("{id}.json"), media_type: "application/json", text }
            }
        })
    }
}

/// The session as its JSON has it.
fn exported(head: SessionHead, messages: Vec<KeptMessage>) -> SessionExport {
    let message = |kept: KeptMessage| {
        let mut message = SessionMessage::new(kept, &head.replaced);
        // Its text says it.
        message.artifacts.iter_mut().for_each(|artifact| artifact.workflow = None);
        message
    };
    let messages = messages.into_iter().map(message).collect();
    SessionExport {
        format: EXPORT_FORMAT.to_owned(),
        version: EXPORT_VERSION,
        id: head.id.to_string(),
        name: head.name,
        volume: head.volume.to_string(),
        user_id: head.user.to_string(),
        status: head.status.into(),
        created_at: head.created_at.to_string(),
        updated_at: head.updated_at.to_string(),
        commit: head.committed.map(|kept| ExportedCommit {
            hash: kept.commit.to_string(),
            volume: kept.volume.to_string(),
            at: kept.at.to_string(),
            message_count: kept.n_messages,
        }),
        messages,
    }
}
