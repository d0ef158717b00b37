//! The tools that look for skills and read them, for clients and models that do not go through lists.

use std::{fmt::Write, sync::Arc};

use llmos_api::skill::{ExecutableSkill, SkillSummary, WORKFLOW};
use llmos_core::{slug::Slug, volume::VolumeId};
use llmos_workbench::{Caller, SkillFilter, Workbench};
use rmcp::model::{CallToolResult, ContentBlock, Tool, ToolAnnotations};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    name, page,
    refusal::{cut, failed, refused},
    resource, tool,
};

pub(crate) const SEARCH: &str = "search_skills";
pub(crate) const READ: &str = "read_skill";

const MAX_FOUND: usize = 50;
const MAX_LOOKED_AT: usize = 500;
const MAX_TEXT: usize = 256 << 10;

/// The two tools.
pub(crate) fn tools() -> [Tool; 2] {
    let made = |name: &'static str, title: &str, text: &'static str, arguments: Value| {
        let arguments = match arguments {
            Value::Object(arguments) => arguments,
            _ => Map::new(),
        };
        Tool::new(name, text, Arc::new(arguments))
            .with_title(title)
            .with_annotations(ToolAnnotations::new().read_only(true).open_world(false))
    };
    [
        made(
            SEARCH,
            "Search skills",
            "Finds skills and workflows by words, best first, each with its id, its address for `resources/read`, and the tool that calls it where it can be called",
            json!({
                "type": "object",
                "properties": {
                    "query": { "type": "string", "description": "Words to look for" },
                    "limit": { "type": "integer", "minimum": 1, "maximum": MAX_FOUND, "default": 10 }
                },
                "required": ["query"],
                "additionalProperties": false
            }),
        ),
        made(
            READ,
            "Read a skill",
            "Reads the file of a skill: Markdown with what it is for, its ports and its code, or guidance",
            json!({
                "type": "object",
                "properties": {
                    "skill_id": { "type": "string", "description": "The id, as `search_skills` tells it" },
                    "volume": { "type": "string", "description": "`system`, `team/<id>` or `user/<id>`; the nearest that has it when left out" }
                },
                "required": ["skill_id"],
                "additionalProperties": false
            }),
        ),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    query: String,
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    skill_id: String,
    #[serde(default)]
    volume: Option<String>,
}

/// Looks for skills and workflows.
pub(crate) fn search(
    workbench: &Workbench,
    caller: &Caller,
    arguments: Map<String, Value>,
) -> CallToolResult {
    let Search { query, limit } = match read_arguments(arguments) {
        Ok(asked) => asked,
        Err(refused) => return failed(refused),
    };
    let limit = limit.unwrap_or(10);
    if !(1..=MAX_FOUND).contains(&limit) {
        return failed(format!("`limit` must be 1 to {MAX_FOUND}"));
    }
    let query: String = query.chars().take(1000).collect();
    if query.trim().is_empty() {
        return failed("`query` is empty\nhint: give words to look for".to_owned());
    }
    let page = page::from(0, limit);
    let filter = SkillFilter { q: Some(query), category: None, kind: None, page };
    let skills = match workbench.list_skills(caller, &filter) {
        Ok(list) => list,
        Err(error) => return refused(&error),
    };
    // Skills match more often, and workflows should not be lost behind them.
    let deeper = SkillFilter { page: page::from(0, MAX_LOOKED_AT), ..filter };
    let callable = match workbench.list_executable(caller, &deeper) {
        Ok(list) => list,
        Err(error) => return refused(&error),
    };
    let workflows = callable.skills.iter().filter(|found| found.ty == WORKFLOW);
    let workflows: Vec<Value> = workflows.take(limit).map(workflow).collect();
    let found: Vec<Value> = skills.skills.iter().map(skill).collect();
    let mut text = format!("{} skills match", skills.total);
    for item in found.iter().chain(&workflows) {
        let field = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let call = match field("tool") {
            "" => String::new(),
            tool => format!("; call it with the tool `{tool}`"),
        };
        let (id, kind, description) = (field("skill_id"), field("kind"), field("description"));
        // Writing to a text cannot fail.
        let _ = write!(text, "\n- `{id}` ({kind}{call}): {description}");
    }
    let structured = json!({ "total": skills.total, "skills": found, "workflows": workflows });
    answer(text, structured)
}

fn skill(found: &SkillSummary) -> Value {
    let mut item = json!({
        "skill_id": found.skill_id,
        "name": found.name,
        "description": cut(found.description.clone(), 500),
        "kind": found.kind,
        "volume": found.volume,
        "uri": resource::uri(&found.volume, &found.path),
        "score": found.score,
        "why": found.why,
    });
    if let (Some(_), Ok(id)) = (&found.ty, found.skill_id.parse()) {
        item["tool"] = json!(name::of(&llmos_core::workflow::Uses::Skill(id)));
    }
    item
}

fn workflow(found: &ExecutableSkill) -> Value {
    json!({
        "skill_id": found.skill_id,
        "name": found.name,
        "description": cut(found.description.clone(), 500),
        "kind": WORKFLOW,
        "volume": found.volume,
        "tool": tool::uses(found).map(|what| name::of(&what)),
    })
}

/// Reads a skill.
pub(crate) fn read(
    workbench: &Workbench,
    caller: &Caller,
    arguments: Map<String, Value>,
) -> CallToolResult {
    let Read { skill_id, volume } = match read_arguments(arguments) {
        Ok(asked) => asked,
        Err(refused) => return failed(refused),
    };
    let shown = |text: &str| text.chars().take(60).flat_map(char::escape_debug).collect::<String>();
    let Ok(id) = skill_id.parse::<Slug>() else {
        let id = shown(&skill_id);
        return failed(format!("`{id}` is no id of a skill\nhint: `search_skills` tells the ids"));
    };
    let volume: Option<VolumeId> = match volume.as_deref().map(str::parse).transpose() {
        Ok(volume) => volume,
        Err(_) => {
            let volume = shown(&volume.unwrap_or_default());
            let hint = "use `system`, `team/<id>` or `user/<id>`, or leave it out";
            return failed(format!("`{volume}` is no volume\nhint: {hint}"));
        }
    };
    let skill = match workbench.read_skill(caller, &id, volume.as_ref(), None) {
        Ok(skill) => skill,
        Err(error) => return refused(&error),
    };
    let summary = &skill.summary;
    let content = cut(skill.content, MAX_TEXT);
    let structured = json!({
        "skill_id": summary.skill_id,
        "name": summary.name,
        "kind": summary.kind,
        "volume": summary.volume,
        "version": summary.version,
        "uri": resource::uri(&summary.volume, &summary.path),
        "content": content,
    });
    answer(content, structured)
}

fn answer(text: String, structured: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(structured);
    result
}

fn read_arguments<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let text = cut(error.to_string(), 300);
        format!("the arguments are wrong: {text}\nhint: `tools/list` shows what is taken")
    })
}
