//! Skills: create, change, delete.

use llmos_api::{
    problem,
    skill::{CreateSkill, SavedSkill, UpdateSkill},
};
use llmos_core::{
    access::Action,
    diagnostic::{Diagnostic, Severity},
    skill::{self, NewSkill, SkillCheck, SkillEdit},
    slug::Slug,
    store::{BlobId, Edit, Expected},
    volume::{VolumeId, VolumePath},
};
use serde_json::Value;

use super::unknown_skill;
use crate::{Caller, Error, Workbench, catalogue::skill_paths, ids, saving};

/// A skill file as it is now.
pub(super) struct Current {
    pub(super) path: VolumePath,
    pub(super) blob: BlobId,
}

impl Workbench {
    /// Creates a skill.
    pub fn create_skill(&self, caller: &Caller, asked: &CreateSkill) -> Result<SavedSkill, Error> {
        let volume = target(caller, asked.volume.as_deref())?;
        let (id, text) = match &asked.source {
            Some(source) => (id_in_source(asked, source)?, source.clone()),
            None => print(caller, asked)?,
        };
        let [path, _] = skill_paths(&id);
        let check = checked(&path, &text)?;
        let exists = |version| Error::Exists {
            what: "skill",
            id: id.clone(),
            volume: volume.clone(),
            version,
            hint: "change it with `PUT`, or choose another `skill_id`",
        };
        if let Some(there) = self.catalogue.snapshot(&volume)?.skills.get(&id) {
            return Err(exists(there.blob.clone()));
        }
        let version = BlobId::of(text.as_bytes());
        let edit = Edit {
            path: path.clone(),
            expected: Expected::Absent,
            content: Some(text.into_bytes()),
        };
        let message = format!("skill: add {id}");
        let commit =
            self.commit(caller, &volume, vec![edit], message).map_err(|error| match error {
                Error::Stale { current: Some(version), .. } => exists(version),
                other => other,
            })?;
        Ok(SavedSkill {
            skill_id: id.to_string(),
            volume: volume.to_string(),
            path: path.to_string(),
            version: Some(version.to_string()),
            commit: commit.to_string(),
            diagnostics: views(&check.diagnostics),
            merged: None,
        })
    }

    /// Changes a skill. With `base` the file must still have that version.
    ///
    /// With a `base_version` in the request the change is brought together with what others changed
    /// since; it fails with [`Error::Conflict`] where that is not possible.
    pub fn update_skill(
        &self,
        caller: &Caller,
        id: &Slug,
        base: Option<&BlobId>,
        asked: &UpdateSkill,
    ) -> Result<SavedSkill, Error> {
        let volume = target(caller, asked.volume.as_deref())?;
        let try_once = || self.try_update_skill(caller, id, &volume, base, asked);
        // Without a base there is nothing that tells one's own change from those of others.
        if asked.base_version.is_some() { saving::again_if_stale(try_once) } else { try_once() }
    }

    fn try_update_skill(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: &VolumeId,
        base: Option<&BlobId>,
        asked: &UpdateSkill,
    ) -> Result<SavedSkill, Error> {
        let current = self.current(volume, id)?;
        let stale =
            || Error::Stale { path: current.path.clone(), current: Some(current.blob.clone()) };
        if base.is_some_and(|base| *base != current.blob) {
            return Err(stale());
        }
        let rests_on = asked.base_version.as_deref();
        let rests_on = rests_on.map(|base| ids::version("base_version", base)).transpose()?;
        let rests_on = rests_on.filter(|base| *base != current.blob);
        let mine = |blob: &BlobId| match &asked.source {
            Some(source) => Ok(source.clone()),
            None => self.edited(volume, &current.path, blob, asked),
        };
        let (text, merged) = match rests_on {
            None => (mine(&current.blob)?, None),
            Some(base) => {
                let old = self.version(volume, &base)?.ok_or_else(stale)?;
                let mine = mine(&base)?.into_bytes();
                let file = saving::OldFile { path: &current.path, base, current: &current.blob };
                let (text, merged) =
                    self.merged_file(volume, &file, &old, &mine, &saving::choices(&asked.choices))?;
                (text, Some(merged))
            }
        };
        let check = checked(&current.path, &text)?;
        if check.skill.as_ref().is_some_and(|skill| skill.id != *id) {
            return Err(Error::BadField {
                field: "source",
                reason: format!("its `skill_id` is not `{id}`"),
                hint: "keep the id, or create a new skill and delete this one".to_owned(),
            });
        }
        let version = BlobId::of(text.as_bytes());
        let edit = Edit {
            path: current.path.clone(),
            expected: Expected::Version(current.blob.clone()),
            content: Some(text.into_bytes()),
        };
        let message = format!("skill: change {id}{}", saving::note(merged.as_ref()));
        let commit = self.commit(caller, volume, vec![edit], message)?;
        Ok(SavedSkill {
            skill_id: id.to_string(),
            volume: volume.to_string(),
            path: current.path.to_string(),
            version: Some(version.to_string()),
            commit: commit.to_string(),
            diagnostics: views(&check.diagnostics),
            merged,
        })
    }

    /// Deletes a skill with all files of its folder. With `base` it must still have that version.
    pub fn delete_skill(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        base: Option<&BlobId>,
    ) -> Result<SavedSkill, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let current = self.current(&volume, id)?;
        if base.is_some_and(|base| *base != current.blob) {
            return Err(Error::Stale { path: current.path, current: Some(current.blob) });
        }
        let files = self.files_of(&volume, &current)?;
        let edits = files.into_iter().map(|(path, blob)| Edit {
            path,
            expected: Expected::Version(blob),
            content: None,
        });
        let message = format!("skill: delete {id}");
        let commit = self.commit(caller, &volume, edits.collect(), message)?;
        Ok(SavedSkill {
            skill_id: id.to_string(),
            volume: volume.to_string(),
            path: current.path.to_string(),
            version: None,
            commit: commit.to_string(),
            diagnostics: Vec::new(),
            merged: None,
        })
    }

    /// Finds the file of a skill, also one that is too broken to be listed.
    pub(super) fn current(&self, volume: &VolumeId, id: &Slug) -> Result<Current, Error> {
        let snapshot = self.catalogue.snapshot(volume)?;
        if let Some(file) = snapshot.skills.get(id) {
            return Ok(Current { path: file.path.clone(), blob: file.blob.clone() });
        }
        if let Some(head) = &snapshot.head {
            for path in skill_paths(id) {
                let found = self.store.list(volume, head, Some(&path))?;
                if let Some(entry) = found.into_iter().find(|entry| entry.path == path) {
                    return Ok(Current { path, blob: entry.blob });
                }
            }
        }
        Err(unknown_skill(id, Some(volume)))
    }

    /// Lists the files that belong to a skill: its own, or all of its folder.
    pub(super) fn files_of(
        &self,
        volume: &VolumeId,
        current: &Current,
    ) -> Result<Vec<(VolumePath, BlobId)>, Error> {
        let folder = current.path.as_str().strip_suffix("/SKILL.md");
        let head = self.store.head(volume)?;
        let (Some(Ok(folder)), Some(head)) = (folder.map(str::parse::<VolumePath>), head) else {
            return Ok(vec![(current.path.clone(), current.blob.clone())]);
        };
        let entries = self.store.list(volume, &head, Some(&folder))?;
        Ok(entries.into_iter().map(|entry| (entry.path, entry.blob)).collect())
    }

    /// Reads a skill file that is to be changed or copied.
    pub(super) fn text(&self, volume: &VolumeId, blob: &BlobId) -> Result<String, Error> {
        let bytes = self.store.read(volume, blob)?;
        String::from_utf8(bytes).map_err(|source| Error::BadField {
            field: "skill_id",
            reason: format!("the file is not UTF-8: {source}"),
            hint: "give the whole new file as `source`".to_owned(),
        })
    }

    fn edited(
        &self,
        volume: &VolumeId,
        path: &VolumePath,
        blob: &BlobId,
        asked: &UpdateSkill,
    ) -> Result<String, Error> {
        let text = self.text(volume, blob)?;
        let frontmatter = skill::check(path.as_str(), text.as_bytes()).frontmatter;
        let has = |key: &str| frontmatter.as_ref().is_some_and(|front| front.get(key).is_some());
        let words = if has("tags") && !has("keywords") { "tags" } else { "keywords" };
        let text_of = |field: &Option<String>| field.clone().map(Value::String);
        let set = [
            ("name", text_of(&asked.name)),
            ("category", text_of(&asked.category)),
            ("description", text_of(&asked.description)),
            (words, asked.keywords.clone().map(Value::from)),
        ];
        let changes = SkillEdit {
            set: set
                .into_iter()
                .filter_map(|(key, value)| value.map(|value| (key.to_owned(), Some(value))))
                .collect(),
            body: asked.content.clone(),
            code: None,
        };
        skill::edit(&text, &changes).map_err(|error| Error::BadField {
            field: "skill_id",
            reason: error.to_string(),
            hint: error.hint(),
        })
    }
}

/// Returns the volume that a change goes to, if the caller may change it.
pub(crate) fn target(caller: &Caller, volume: Option<&str>) -> Result<VolumeId, Error> {
    let volume = volume.map(ids::volume).transpose()?.unwrap_or_else(|| caller.own_volume());
    caller.must(Action::Write, &volume)?;
    Ok(volume)
}

/// Finds the id of a skill that is given as a whole file.
fn id_in_source(asked: &CreateSkill, source: &str) -> Result<Slug, Error> {
    let wanted = asked.skill_id.as_deref().map(|id| ids::slug("skill_id", id)).transpose()?;
    let path = wanted.as_ref().map_or("skills/new.md".to_owned(), |id| format!("skills/{id}.md"));
    let check = skill::check(&path, source.as_bytes());
    let stated = check.frontmatter.as_ref().is_some_and(|front| front.get("skill_id").is_some());
    let named = check.name.as_deref().and_then(Slug::nearest);
    let found = check.skill.as_ref().map(|skill| skill.id.clone());
    match (wanted, found) {
        (Some(wanted), Some(found)) if stated && wanted != found => Err(Error::BadField {
            field: "skill_id",
            reason: format!("the file says `{found}`"),
            hint: "give the same id in both places, or leave `skill_id` out".to_owned(),
        }),
        (Some(wanted), _) => Ok(wanted),
        (None, Some(found)) if stated => Ok(found),
        (None, Some(_)) => named.ok_or(Error::MissingField {
            field: "skill_id",
            hint: "give the skill an id, such as `my-skill`",
        }),
        (None, None) => Err(Error::BadSkill { diagnostics: views(&check.diagnostics) }),
    }
}

/// Prints a new context skill from the fields of the request.
fn print(caller: &Caller, asked: &CreateSkill) -> Result<(Slug, String), Error> {
    let id = match (&asked.skill_id, &asked.name) {
        (Some(id), _) => ids::slug("skill_id", id)?,
        (None, Some(name)) => Slug::nearest(name).ok_or(Error::MissingField {
            field: "skill_id",
            hint: "give the skill an id, such as `my-skill`: its name has no letters a-z",
        })?,
        (None, None) => {
            let hint = "give the skill a name, or the whole file as `source`";
            return Err(Error::MissingField { field: "name", hint });
        }
    };
    let text = skill::print_new(&NewSkill {
        name: asked.name.clone().unwrap_or_else(|| id.to_string()),
        id: id.clone(),
        description: asked.description.clone().unwrap_or_default(),
        category: asked.category.clone(),
        keywords: asked.keywords.clone(),
        author: Some(caller.author().name),
        body: asked.content.clone().unwrap_or_default(),
    });
    Ok((id, text))
}

/// Refuses a text with errors.
pub(super) fn checked(path: &VolumePath, text: &str) -> Result<SkillCheck, Error> {
    let check = skill::check(path.as_str(), text.as_bytes());
    let wrong = check.diagnostics.iter().any(|found| found.severity == Severity::Error);
    if wrong || check.skill.is_none() {
        return Err(Error::BadSkill { diagnostics: views(&check.diagnostics) });
    }
    Ok(check)
}

pub(crate) fn views(diagnostics: &[Diagnostic]) -> Vec<problem::Diagnostic> {
    diagnostics.iter().map(problem::Diagnostic::from).collect()
}
