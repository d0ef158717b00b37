//! Skills that guide a model, as prompts.

use llmos_api::skill::{SkillKind, SkillSummary};
use llmos_core::slug::Slug;
use llmos_workbench::{Caller, Error, SkillFilter, Workbench};
use rmcp::{
    ErrorData,
    model::{
        ErrorCode, GetPromptRequestParams, GetPromptResult, ListPromptsResult, Prompt,
        PromptArgument, PromptMessage, Role,
    },
};

use crate::{page, refusal};

/// What can be given to each prompt.
const TASK: &str = "task";

/// How many bytes of a skill go into a prompt.
const MAX_SKILL: usize = 256 << 10;

/// Lists one page of the skills that guide a model: context skills, then agent skills.
pub(crate) fn list(
    workbench: &Workbench,
    caller: &Caller,
    offset: usize,
) -> Result<ListPromptsResult, Error> {
    let of = |kind, offset, limit| {
        let page = page::from(offset, limit);
        workbench
            .list_skills(caller, &SkillFilter { q: None, category: None, kind: Some(kind), page })
    };
    let context = of(SkillKind::Context, offset, page::SIZE)?;
    let rest = page::SIZE - context.skills.len();
    let agent = of(SkillKind::Agent, offset.saturating_sub(context.total), rest)?;
    let prompts = context.skills.iter().chain(agent.skills.iter().take(rest)).map(prompt);
    let mut result = ListPromptsResult::with_all_items(prompts.collect());
    result.next_cursor = page::next(offset, context.total + agent.total);
    Ok(result)
}

fn prompt(skill: &SkillSummary) -> Prompt {
    let task = PromptArgument::new(TASK)
        .with_description("What is to be done with the help of the skill")
        .with_required(false);
    Prompt::new(skill.skill_id.clone(), Some(described(skill)), Some(vec![task]))
        .with_title(skill.name.clone())
}

fn described(skill: &SkillSummary) -> String {
    refusal::cut(skill.description.clone(), 1000)
}

/// Reads a prompt: the text of the skill, and the task behind it.
pub(crate) fn get(
    workbench: &Workbench,
    caller: &Caller,
    asked: &GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    let unknown = || {
        let name: String = asked.name.chars().take(60).flat_map(char::escape_debug).collect();
        let message = format!("there is no prompt `{name}`\nhint: `prompts/list` lists them");
        ErrorData::invalid_params(message, None)
    };
    let id: Slug = asked.name.parse().ok().ok_or_else(unknown)?;
    let skill = workbench.read_skill(caller, &id, None, None).map_err(|error| match error {
        Error::Unknown { .. } => unknown(),
        error => refusal::fault(&error, ErrorCode::INVALID_PARAMS),
    })?;
    if skill.summary.kind == SkillKind::Executable {
        return Err(unknown());
    }
    let arguments = asked.arguments.iter().flatten();
    let mut task = None;
    for (name, value) in arguments {
        match (name.as_str(), value.as_str()) {
            (TASK, Some(text)) => task = Some(text).filter(|text| !text.trim().is_empty()),
            _ => {
                let message = "a prompt takes `task`, a text, and nothing else";
                return Err(ErrorData::invalid_params(message, None));
            }
        }
    }
    let name = &skill.summary.name;
    let volume = &skill.summary.volume;
    let body = refusal::cut(skill.body.trim().to_owned(), MAX_SKILL);
    let mut text = format!(
        "Follow the guidance of the skill \"{name}\" (`{id}` of volume `{volume}`):\n\n<skill>\n{body}\n</skill>"
    );
    if let Some(task) = task {
        text.push_str("\n\nThe task: ");
        text.push_str(task);
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(described(&skill.summary)))
}
