//! An edit of a skill that a model proposes: made on a copy of the text, and
//! checked as one that somebody saves would be. It is written by nobody here.

use crate::{
    diagnostic::Severity,
    skill,
    slug::Slug,
    store::BlobId,
    volume::{VolumeId, VolumePath},
};

use super::fields::short;

/// The largest text that an edit may leave, in bytes.
const MAX_TEXT: usize = 256 << 10;
/// How many findings go back to a model.
const MAX_FINDINGS: usize = 12;

/// A passage and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// What stands there, exactly once.
    pub old: String,
    /// What stands there then.
    pub new: String,
}

/// An edit for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedEdit {
    /// Which skill.
    pub id: Slug,
    /// What people call it.
    pub name: String,
    /// Where it would be saved.
    pub volume: VolumeId,
    /// Its file there.
    pub path: VolumePath,
    /// The version that the edit rests on; `None` where it would be a new file of that volume.
    pub base: Option<BlobId>,
    /// The volume whose skill is copied, where the person may not change that one.
    pub copy_of: Option<VolumeId>,
    /// Why, in the words of the model.
    pub reason: String,
    /// The text as it is.
    pub before: String,
    /// The text as it would be.
    pub after: String,
}

/// Makes the text that an edit leaves; else says what is wrong, one sentence each.
pub fn edit_skill(
    path: &VolumePath,
    id: &Slug,
    before: &str,
    changes: &[Replace],
) -> Result<String, Vec<String>> {
    let mut text = before.to_owned();
    for Replace { old, new } in changes {
        let shown = short(old, 40);
        let mut found = text.match_indices(old.as_str());
        let Some((at, _)) = found.next() else {
            return Err(vec![format!(
                "`{shown}` does not stand in the file; read the skill and copy the passage as it is"
            )]);
        };
        if found.next().is_some() {
            return Err(vec![format!(
                "`{shown}` stands in the file more than once; take more of what is around it"
            )]);
        }
        text.replace_range(at..at + old.len(), new);
        if text.len() > MAX_TEXT {
            return Err(vec![format!("the file would have more than {MAX_TEXT} bytes")]);
        }
    }
    if text == before {
        return Err(vec!["the edit changes nothing".to_owned()]);
    }
    let check = skill::check(path.as_str(), text.as_bytes());
    let errors = check.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let mut wrong: Vec<_> = errors
        .take(MAX_FINDINGS)
        .map(|found| {
            let hint = found.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("line {}: {}{hint}", found.position.line, found.message)
        })
        .collect();
    match &check.skill {
        Some(skill) if skill.id != *id => {
            wrong.push(format!("the file would be the skill `{}`; keep the id `{id}`", skill.id));
        }
        None if wrong.is_empty() => wrong.push("the file would be no skill any more".to_owned()),
        _ => {}
    }
    if wrong.is_empty() { Ok(text) } else { Err(wrong) }
}
