//! Skills: promotion from a person to a team.

use llmos_api::skill::{PromoteSkill, SavedSkill};
use llmos_core::{
    access::Action,
    skill::{self, SkillEdit},
    slug::Slug,
    store::{BlobId, Edit, Expected},
    volume::{VolumeId, VolumePath},
};
use serde_json::Value;

use super::change::{Current, checked, views};
use crate::{Caller, Error, Workbench, ids};

/// The longest reason, in bytes.
const MAX_REASON_LEN: u64 = 2000;

/// Where a promoted skill says what it is a copy of.
const FROM: &str = "promoted_from";
const VERSION: &str = "promoted_version";

impl Workbench {
    /// Copies a skill of the caller into the volume of a team.
    ///
    /// The copy says where it came from. One that was promoted earlier from the same volume is replaced as long as
    /// the team did not change it; everything else of that id is left alone and the promotion refused.
    pub fn promote_skill(
        &self,
        caller: &Caller,
        asked: &PromoteSkill,
    ) -> Result<SavedSkill, Error> {
        let team = asked.team_id.as_deref().ok_or(Error::MissingField {
            field: "team_id",
            hint: "name the team that gets the skill",
        })?;
        let to = VolumeId::Team(ids::slug("team_id", team)?);
        let id = ids::slug("skill_id", &asked.skill_id)?;
        let reason = reason(&asked.reason)?;
        let from = caller.own_volume();
        caller.must(Action::Read, &from)?;
        caller.must(Action::Promote, &to)?;
        let source = self.current(&from, &id)?;
        let text = self.text(&from, &source.blob)?;
        let check = checked(&source.path, &text)?;
        let copy = stamped(&text, &from, &source.blob)?;
        let upgrades = self.may_replace(&to, &id, &from, &copy)?;
        let version = BlobId::of(copy.as_bytes());
        let mut edits = vec![Edit {
            path: source.path.clone(),
            expected: upgrades.clone().map_or(Expected::Absent, Expected::Version),
            content: Some(copy.into_bytes()),
        }];
        edits.extend(self.resources(&from, &source, upgrades.is_some())?);
        let message = format!(
            "skill: promote {id} from {from}\n\n{reason}\n\nPromoted-From: {from}\nPromoted-Version: {}\n",
            source.blob
        );
        let commit = self.commit(caller, &to, edits, message).map_err(|error| match error {
            Error::Stale { current: Some(version), .. } => taken(&id, &to, version),
            other => other,
        })?;
        Ok(SavedSkill {
            skill_id: id.to_string(),
            volume: to.to_string(),
            path: source.path.to_string(),
            version: Some(version.to_string()),
            commit: commit.to_string(),
            diagnostics: views(&check.diagnostics),
        })
    }

    /// Returns the version that may be replaced; `None` where the team has nothing of that id.
    fn may_replace(
        &self,
        to: &VolumeId,
        id: &Slug,
        from: &VolumeId,
        copy: &str,
    ) -> Result<Option<BlobId>, Error> {
        let snapshot = self.catalogue.snapshot(to)?;
        let Some(there) = snapshot.skills.get(id) else { return Ok(None) };
        let said = |key: &str| there.skill.frontmatter.get(key).and_then(Value::as_str);
        let same_source = said(FROM) == Some(&from.to_string());
        let old =
            said(VERSION).filter(|_| same_source).and_then(|text| ids::version("", text).ok());
        let untouched = match old {
            Some(old) => {
                let before = self.text(from, &old).and_then(|text| stamped(&text, from, &old));
                before.is_ok_and(|before| BlobId::of(before.as_bytes()) == there.blob)
            }
            None => false,
        };
        if untouched || there.blob == BlobId::of(copy.as_bytes()) {
            return Ok(Some(there.blob.clone()));
        }
        Err(taken(id, to, there.blob.clone()))
    }

    /// Copies the other files of a skill's folder.
    fn resources(
        &self,
        from: &VolumeId,
        source: &Current,
        upgrades: bool,
    ) -> Result<Vec<Edit>, Error> {
        let others =
            self.files_of(from, source)?.into_iter().filter(|(path, _)| *path != source.path);
        let copy = |(path, blob): (VolumePath, BlobId)| {
            let expected = if upgrades { Expected::Anything } else { Expected::Absent };
            let content = Some(self.store.read(from, &blob)?);
            Ok(Edit { path, expected, content })
        };
        others.map(copy).collect()
    }
}

/// Returns the text with a note of what it is a copy of.
fn stamped(text: &str, from: &VolumeId, version: &BlobId) -> Result<String, Error> {
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

fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        let hint = "say why others should have the skill; the commit keeps it";
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

fn taken(id: &Slug, to: &VolumeId, version: BlobId) -> Error {
    Error::Exists {
        what: "skill",
        id: id.clone(),
        volume: to.clone(),
        version,
        hint: "give your skill another `skill_id`, or agree with the team on one of the two",
    }
}
