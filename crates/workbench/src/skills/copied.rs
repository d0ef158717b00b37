//! A skill that goes from one volume up to another, with a note of where it came from.

use llmos_core::{
    access::Action,
    diagnostic::Diagnostic,
    proposal::{Provenance, origin},
    skill::{self, SkillEdit},
    slug::Slug,
    store::BlobId,
    volume::{VolumeId, VolumePath},
};
use serde_json::Value;

use super::change::checked;
use crate::{Caller, Error, Workbench, ids};

/// The longest reason, in bytes.
const MAX_REASON_LEN: u64 = 2000;

/// Where a promoted skill says what it is a copy of.
pub(super) const FROM: &str = "promoted_from";
pub(super) const VERSION: &str = "promoted_version";

/// A copy of a skill for another volume.
pub(crate) struct Copied {
    pub(crate) id: Slug,
    pub(crate) provenance: Provenance,
    /// Where the skill itself stands.
    pub(crate) path: VolumePath,
    /// The skill and, where it has a folder, all other files of it.
    pub(crate) files: Vec<(VolumePath, Vec<u8>)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Copied {
    /// Returns the file or the folder that holds all of it.
    pub(crate) fn root(&self) -> VolumePath {
        let folder = self.path.as_str().strip_suffix("/SKILL.md").map(str::parse);
        folder.and_then(Result::ok).unwrap_or_else(|| self.path.clone())
    }

    /// Returns every file with what it holds.
    pub(crate) fn contents(&self) -> impl Iterator<Item = (&VolumePath, &[u8])> {
        self.files.iter().map(|(path, content)| (path, content.as_slice()))
    }

    /// Returns the text of the copy.
    pub(super) fn text(&self) -> &[u8] {
        self.files.first().map(|(_, text)| text.as_slice()).unwrap_or_default()
    }
}

impl Workbench {
    /// Returns the volume that is asked and the one that a skill comes from, if the caller may take that way.
    pub(crate) fn way(
        &self,
        caller: &Caller,
        to: Option<&str>,
        team: Option<&str>,
        action: Action,
    ) -> Result<(VolumeId, VolumeId), Error> {
        let team = team.map(|team| ids::slug("team_id", team)).transpose()?;
        let to = match (to, &team) {
            (Some(to), _) => ids::volume(to)?,
            (None, Some(team)) => VolumeId::Team(team.clone()),
            (None, None) => {
                let hint = "name the team that gets the skill";
                return Err(Error::MissingField { field: "team_id", hint });
            }
        };
        let from =
            origin(&to, &caller.own_volume(), team.as_ref()).map_err(|error| Error::BadField {
                field: "to",
                reason: error.to_string(),
                hint: error.hint().to_owned(),
            })?;
        caller.must(Action::Read, &from)?;
        caller.must(action, &to)?;
        Ok((to, from))
    }

    /// Copies a skill of a volume, and says in the copy where it came from. Asks for no permission.
    pub(crate) fn copied(&self, from: &VolumeId, id: &str, why: &str) -> Result<Copied, Error> {
        let id = ids::slug("skill_id", id)?;
        let reason = reason(why)?.to_owned();
        let source = self.current(from, &id)?;
        let text = self.text(from, &source.blob)?;
        let check = checked(&source.path, &text)?;
        let copy = stamped(&text, from, &source.blob)?;
        let mut files = vec![(source.path.clone(), copy.into_bytes())];
        for (path, blob) in self.files_of(from, &source)? {
            if path != source.path {
                files.push((path, self.store.read(from, &blob)?));
            }
        }
        let commit = self.store.head(from)?;
        let provenance = Provenance { from: from.clone(), version: source.blob, commit, reason };
        Ok(Copied { id, provenance, path: source.path, files, diagnostics: check.diagnostics })
    }
}

/// Returns the text with a note of what it is a copy of.
pub(super) fn stamped(text: &str, from: &VolumeId, version: &BlobId) -> Result<String, Error> {
    let note = |key: &str, value: String| (key.to_owned(), Some(Value::String(value)));
    let changes = SkillEdit {
        set: vec![note(FROM, from.to_string()), note(VERSION, version.to_string())],
        ..SkillEdit::default()
    };
    skill::edit(text, &changes).map_err(|error| Error::BadField {
        field: "skill_id",
        reason: error.to_string(),
        hint: error.hint(),
    })
}

pub(crate) fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        let hint = "say why; the commit keeps it";
        return Err(Error::MissingField { field: "reason", hint });
    }
    if text.len() as u64 > MAX_REASON_LEN {
        return Err(Error::OutOfRange {
            field: "length of reason",
            least: 1,
            most: MAX_REASON_LEN,
        });
    }
    Ok(text)
}
