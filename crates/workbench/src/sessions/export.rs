//! A session as one file to take along.

use llmos_api::session::{SessionExport, SessionMessage};
use llmos_core::{
    session::{Part, print_document},
    slug::Slug,
};

use super::{commit::session_of, view};
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
                let session = view::session(caller, &head);
                let messages = messages.into_iter().map(SessionMessage::from).collect();
                let export = SessionExport { session, messages };
                let text = serde_json::to_string_pretty(&export);
                let text = text.expect("because it is plain data") + "\n";
                Exported { file: format!("{id}.json"), media_type: "application/json", text }
            }
        })
    }
}
