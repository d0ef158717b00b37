//! The list of tools: two that look for skills, then one for each executable skill and workflow.

use std::sync::Arc;

use llmos_api::skill::{ExecutableSkill, WORKFLOW};
use llmos_core::workflow::Uses;
use llmos_workbench::{Caller, Error, SkillFilter, Workbench};
use rmcp::model::{ListToolsResult, Tool, ToolAnnotations};

use crate::{
    find,
    name::{self, Meant},
    page,
    refusal::cut,
    schema,
};

/// How many bytes of the description of a skill are told.
const MAX_DESCRIPTION: usize = 1000;

/// How many tools are looked through at a time for one whose name was cut.
const PIECE: usize = 1000;

/// Lists one page of the tools that the caller sees.
pub(crate) fn list(
    workbench: &Workbench,
    caller: &Caller,
    offset: usize,
) -> Result<ListToolsResult, Error> {
    let own = find::tools();
    let n_own = own.len();
    let mut tools: Vec<Tool> = own.into_iter().skip(offset).collect();
    let limit = page::SIZE - tools.len();
    let list = workbench.list_executable(caller, &all(offset.saturating_sub(n_own), limit))?;
    tools.extend(list.skills.iter().filter_map(tool));
    let mut result = ListToolsResult::with_all_items(tools);
    result.next_cursor = page::next(offset, n_own + list.total);
    Ok(result)
}

/// Finds what a name of a tool calls; `None` where the caller sees nothing of that name.
pub(crate) fn find(
    workbench: &Workbench,
    caller: &Caller,
    name: &str,
) -> Result<Option<ExecutableSkill>, Error> {
    match name::meant(name) {
        Meant::Nothing => Ok(None),
        Meant::This(what) => match workbench.read_callable(caller, &what) {
            Err(Error::Unknown { .. }) => Ok(None),
            found => found.map(Some),
        },
        Meant::Cut => {
            let mut offset = 0;
            loop {
                let piece = workbench.list_executable(caller, &all(offset, PIECE))?;
                let fits = |skill: &&ExecutableSkill| {
                    uses(skill).is_some_and(|what| name::of(&what) == name)
                };
                if let Some(found) = piece.skills.iter().find(fits) {
                    return Ok(Some(found.clone()));
                }
                offset += PIECE;
                if offset >= piece.total {
                    return Ok(None);
                }
            }
        }
    }
}

/// Says what something callable is.
pub(crate) fn uses(skill: &ExecutableSkill) -> Option<Uses> {
    let id = skill.skill_id.parse().ok()?;
    Some(if skill.ty == WORKFLOW { Uses::Workflow(id) } else { Uses::Skill(id) })
}

fn all(offset: usize, limit: usize) -> SkillFilter {
    SkillFilter { q: None, category: None, kind: None, page: page::from(offset, limit) }
}

/// Shows something callable as a tool; `None` for what can only be called by an edge.
fn tool(skill: &ExecutableSkill) -> Option<Tool> {
    if schema::cannot_be_called(&skill.inputs) {
        return None;
    }
    let what = uses(skill)?;
    let origin = format!("{} `{}` of volume `{}`", what.noun(), skill.skill_id, skill.volume);
    let said = cut(skill.description.clone(), MAX_DESCRIPTION);
    let text =
        if said.is_empty() { format!("Runs {origin}") } else { format!("{said} ({origin})") };
    let annotations = ToolAnnotations::new()
        // Each run leaves a trace in the volume of its user.
        .read_only(false)
        .destructive(false)
        .idempotent(skill.deterministic)
        .open_world(false);
    Some(
        Tool::new(name::of(&what), text, Arc::new(schema::arguments(&skill.inputs)))
            .with_title(cut(skill.name.clone(), MAX_DESCRIPTION))
            .with_raw_output_schema(Arc::new(schema::result(&skill.outputs)))
            .with_annotations(annotations),
    )
}
