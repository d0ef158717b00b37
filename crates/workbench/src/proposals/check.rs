//! What is looked at before a proposal can be merged.

use llmos_api::proposal::{CheckOutcome, CheckView};
use llmos_core::{
    diagnostic::{Diagnostic, Severity},
    skill::Executable,
    slug::Slug,
    volume::{VolumeId, VolumePath},
    workflow::{Inner, SkillSource, Uses, validate},
};

use super::{difference::Difference, record::Record};
use crate::{
    Error, Workbench,
    catalogue::{View, skill_paths},
};

impl Workbench {
    /// Checks a proposal. One that has a failed check is not merged.
    pub(super) fn checks(
        &self,
        record: &Record,
        difference: &Difference,
    ) -> Result<Vec<CheckView>, Error> {
        let mut checks = vec![reads(difference), own_files(record, difference)];
        checks.push(not_overtaken(difference));
        checks.extend(self.clashes(record, difference)?);
        checks.extend(self.shadows(record)?);
        checks.extend(self.workflows_that_break(record, difference)?);
        Ok(checks)
    }

    /// Another skill that people would mistake for this one.
    fn clashes(&self, record: &Record, difference: &Difference) -> Result<Vec<CheckView>, Error> {
        let snapshot = self.catalogue.snapshot(&record.volume)?;
        let Some((skill, _)) = &difference.skill else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mine = difference.changed.keys().find(|path| is_of(path, &record.name.skill));
        if let Some(there) = snapshot.skills.get(&record.name.skill)
            && mine.is_some_and(|mine| folder_form(mine) != folder_form(&there.path))
        {
            let text = format!("the volume has this skill as `{}` already", there.path);
            let hint = "propose it in the same form: one file, or a folder with `SKILL.md`";
            found.push(check("name-clash", CheckOutcome::Failed, text, Some(hint)));
        }
        let same_name = snapshot.skills.values().find(|other| {
            other.skill.id != record.name.skill
                && other.skill.name.to_lowercase() == skill.name.to_lowercase()
        });
        found.push(match same_name {
            Some(other) => {
                let text = format!("skill `{}` of the volume has the same name", other.skill.id);
                check(
                    "name-clash",
                    CheckOutcome::Warned,
                    text,
                    Some("let one of them have another name"),
                )
            }
            None => check(
                "name-clash",
                CheckOutcome::Passed,
                "no other skill has this name".into(),
                None,
            ),
        });
        if let Some(there) = snapshot.skills.get(&record.name.skill) {
            let from = llmos_core::proposal::Provenance::read(&record.proposed.message);
            let said =
                there.skill.frontmatter.get("promoted_from").and_then(|value| value.as_str());
            let same = from.is_some_and(|from| said == Some(&from.from.to_string()));
            found.push(match same {
                true => check(
                    "replaces",
                    CheckOutcome::Passed,
                    "it replaces an earlier copy from the same place".into(),
                    None,
                ),
                false => check(
                    "replaces",
                    CheckOutcome::Warned,
                    "it replaces a skill of the volume that did not come from there".into(),
                    Some("read what would be gone, or decline it and ask for another id"),
                ),
            });
        }
        Ok(found)
    }

    /// The skills of volumes below that nobody would see any more.
    fn shadows(&self, record: &Record) -> Result<Option<CheckView>, Error> {
        if record.volume == VolumeId::System {
            return Ok(None);
        }
        let system = self.catalogue.snapshot(&VolumeId::System)?;
        Ok(Some(if system.skills.contains_key(&record.name.skill) {
            let text = "it hides the skill of the same id in volume `system` from the whole team";
            check(
                "shadowing",
                CheckOutcome::Warned,
                text.into(),
                Some("ask for another id unless that is meant"),
            )
        } else {
            check("shadowing", CheckOutcome::Passed, "it hides no other skill".into(), None)
        }))
    }

    /// The workflows of the volume that would not run any more.
    fn workflows_that_break(
        &self,
        record: &Record,
        difference: &Difference,
    ) -> Result<Option<CheckView>, Error> {
        let Some((skill, _)) = &difference.skill else { return Ok(None) };
        let mut layers = vec![self.catalogue.snapshot(&record.volume)?];
        if record.volume != VolumeId::System {
            layers.push(self.catalogue.snapshot(&VolumeId::System)?);
        }
        let now = View::new(layers, None);
        let then = Replaced { view: &now, id: &record.name.skill, by: skill.executable() };
        let errors = |found: &[llmos_core::workflow::Finding]| {
            found.iter().filter(|finding| finding.severity == Severity::Error).count()
        };
        let used = now.workflows.iter().filter(|seen| {
            seen.file
                .workflow
                .nodes
                .iter()
                .any(|node| matches!(&node.uses, Uses::Skill(id) if *id == record.name.skill))
        });
        let breaks = |seen: &&crate::catalogue::Visible<crate::catalogue::WorkflowFile>| {
            let workflow = &seen.file.workflow;
            errors(&validate(workflow, &then)) > errors(&validate(workflow, &now))
        };
        let broken: Vec<String> =
            used.filter(breaks).map(|seen| format!("`{}`", seen.file.workflow.id)).collect();
        Ok(Some(if broken.is_empty() {
            check(
                "workflows",
                CheckOutcome::Passed,
                "every workflow of the volume still fits it".into(),
                None,
            )
        } else {
            let text = format!("workflows would not run any more: {}", broken.join(", "));
            check(
                "workflows",
                CheckOutcome::Warned,
                text,
                Some("keep the ports that they use, or mend them too"),
            )
        }))
    }
}

/// What a view would be with another skill of some id.
struct Replaced<'a> {
    view: &'a View,
    id: &'a Slug,
    by: Option<&'a Executable>,
}

impl SkillSource for Replaced<'_> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        if id == self.id { self.by } else { self.view.executable(id) }
    }

    fn ids(&self) -> Vec<&Slug> {
        SkillSource::ids(self.view)
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        SkillSource::workflow(self.view, id)
    }

    fn workflow_ids(&self) -> Vec<&Slug> {
        SkillSource::workflow_ids(self.view)
    }
}

fn reads(difference: &Difference) -> CheckView {
    let first = |severity| difference.diagnostics.iter().find(|found| found.severity == severity);
    let told = |found: &Diagnostic| format!("line {}: {}", found.position.line, found.message);
    if let Some(found) = first(Severity::Error) {
        return check("reads", CheckOutcome::Failed, told(found), found.hint.as_deref());
    }
    if difference.skill.is_none() {
        let hint = "push `skills/<id>.md` on the branch, with the id of its name";
        return check(
            "reads",
            CheckOutcome::Failed,
            "there is no skill on the branch".into(),
            Some(hint),
        );
    }
    match first(Severity::Warning) {
        Some(found) => check("reads", CheckOutcome::Warned, told(found), found.hint.as_deref()),
        None => check("reads", CheckOutcome::Passed, "it is a skill without mistakes".into(), None),
    }
}

/// A branch may bring its own skill and nothing else: what is beside it would be merged unseen.
fn own_files(record: &Record, difference: &Difference) -> CheckView {
    let id = &record.name.skill;
    let other = difference.changed.keys().find(|path| !is_of(path, id));
    let other_id =
        difference.skill.as_ref().map(|(skill, _)| &skill.id).filter(|other| *other != id);
    match (other, other_id, &difference.base) {
        (Some(path), ..) => {
            let text = format!("the branch also changes `{path}`");
            check(
                "own-files",
                CheckOutcome::Failed,
                text,
                Some("push a branch that changes the skill alone"),
            )
        }
        (None, Some(other), _) => {
            let text = format!("the file says that it is the skill `{other}`");
            check("own-files", CheckOutcome::Failed, text, Some("propose it under its own id"))
        }
        (None, None, None) => {
            let hint = "begin the branch at `main` of the volume";
            check(
                "own-files",
                CheckOutcome::Failed,
                "the branch has nothing in common with the volume".into(),
                Some(hint),
            )
        }
        _ => check(
            "own-files",
            CheckOutcome::Passed,
            "it changes nothing but its skill".into(),
            None,
        ),
    }
}

fn not_overtaken(difference: &Difference) -> CheckView {
    let moved = difference
        .changed
        .keys()
        .find(|path| difference.before.get(path) != difference.at_base.get(path));
    match moved {
        Some(path) => {
            let text = format!("`{path}` changed in the volume since the branch began");
            check(
                "overtaken",
                CheckOutcome::Failed,
                text,
                Some("propose it again, on top of what is there now"),
            )
        }
        None => check(
            "overtaken",
            CheckOutcome::Passed,
            "the volume did not change it meanwhile".into(),
            None,
        ),
    }
}

fn check(code: &str, outcome: CheckOutcome, text: String, hint: Option<&str>) -> CheckView {
    CheckView { code: code.to_owned(), outcome, text, hint: hint.map(str::to_owned) }
}

/// Says whether a file belongs to a skill: it is the skill, or lies in its folder.
pub(super) fn is_of(path: &VolumePath, id: &Slug) -> bool {
    skill_paths(id).contains(path) || path.as_str().starts_with(&format!("skills/{id}/"))
}

fn folder_form(path: &VolumePath) -> bool {
    !path.as_str().ends_with(".md") || path.as_str().matches('/').count() > 1
}
