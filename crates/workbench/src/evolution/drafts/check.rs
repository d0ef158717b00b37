//! What must hold before something is decided on a draft.

use llmos_api::problem;
use llmos_core::{
    diagnostic::Severity,
    evolution::draft::{Draft, DraftKind},
    skill, workflow,
};

use crate::{Error, catalogue::skill_paths};

/// Makes sure that the text of a draft is a skill of the kind and id that it says.
pub(super) fn check(draft: &Draft) -> Result<(), Error> {
    let path = draft.target_path();
    let (id, diagnostics) = match draft.kind {
        DraftKind::Compound => {
            let check = workflow::parse(path.as_str(), draft.text.as_bytes());
            (check.workflow.map(|workflow| workflow.id), check.diagnostics)
        }
        DraftKind::Guide => {
            let [path, _] = skill_paths(&draft.target);
            let check = skill::check(path.as_str(), draft.text.as_bytes());
            let context = check.skill.filter(|skill| skill.executable().is_none());
            (context.map(|skill| skill.id), check.diagnostics)
        }
    };
    if diagnostics.iter().any(|found| found.severity == Severity::Error) || id.is_none() {
        let diagnostics = diagnostics.iter().map(problem::Diagnostic::from).collect();
        return Err(Error::BadSkill { diagnostics });
    }
    if id.as_ref() != Some(&draft.target) {
        return Err(Error::BadField {
            field: "text",
            reason: format!("its id is not `{}`", draft.target),
            hint: "keep the id of the draft; the skill can be renamed once it is accepted"
                .to_owned(),
        });
    }
    Ok(())
}

pub(super) fn decided(draft: &Draft, hint: &str) -> Error {
    Error::BadField {
        field: "draft_id",
        reason: format!("the draft is {} already", draft.status),
        hint: hint.to_owned(),
    }
}
