//! What a model asks for by calling a tool, once its arguments are checked.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{
    model::ToolCall,
    outside::OutsideCall,
    slug::Slug,
    trace::TraceId,
    volume::{VolumeId, VolumePath},
    workflow::Uses,
};

use super::{
    edit::Replace,
    fields::{Fields, kind, short},
    tool::{Asker, MAX_CHANGES, MAX_FOUND, MAX_SUBAGENTS, MAX_TRACES, Tool},
};

/// The most that the arguments of a call may have, in bytes of JSON.
pub const MAX_ARGUMENTS: usize = 64 << 10;
/// The longest text to search by, in bytes.
const MAX_QUERY: usize = 1000;
/// The longest instructions of a subagent, in bytes.
const MAX_INSTRUCTIONS: usize = 8 << 10;

/// What a model asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Skills and workflows that match words.
    Search {
        /// The words.
        query: String,
        /// How many at most.
        limit: usize,
    },
    /// The file of a skill.
    ReadSkill {
        /// Which.
        id: Slug,
        /// Where; the nearest where it is left out.
        volume: Option<VolumeId>,
    },
    /// The files below a folder.
    ListFiles {
        /// Where.
        volume: VolumeId,
        /// Which folder.
        folder: VolumePath,
    },
    /// A file.
    ReadFile {
        /// Where.
        volume: VolumeId,
        /// Which.
        path: VolumePath,
        /// The byte to begin at.
        from: usize,
    },
    /// The saved workflows.
    ListWorkflows {
        /// How many to leave out first.
        from: usize,
    },
    /// A saved workflow.
    ReadWorkflow {
        /// Which.
        id: Slug,
        /// Where; the nearest where it is left out.
        volume: Option<VolumeId>,
    },
    /// The person's traces.
    ListTraces {
        /// Only those before this one.
        before: Option<TraceId>,
        /// How many at most.
        limit: usize,
    },
    /// A trace.
    ReadTrace {
        /// Which.
        id: TraceId,
    },
    /// A run.
    Run {
        /// Of what.
        what: Uses,
        /// With these values.
        inputs: Map<String, Value>,
    },
    /// An edit for the person to accept.
    ProposeEdit {
        /// Of which skill.
        id: Slug,
        /// Where; the nearest where it is left out.
        volume: Option<VolumeId>,
        /// Why.
        reason: String,
        /// What is replaced.
        changes: Vec<Replace>,
    },
    /// A workflow for the person. Its graph is checked by [`check_graph`](super::check_graph).
    ProposeWorkflow,
    /// A call of an outside tool that a person has allowed.
    Outside(Box<OutsideCall>),
    /// Subagents.
    Delegate {
        /// What each of them works on.
        tasks: Vec<Task>,
    },
}

/// What a subagent works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// A few words for people.
    pub title: String,
    /// What it is told.
    pub instructions: String,
    /// The words by which skills are chosen for it.
    pub skills: String,
}

impl Ask {
    /// Checks a call; else says what is wrong, one sentence each.
    pub fn check(call: &ToolCall, asker: Asker) -> Result<Self, Vec<String>> {
        let tool = Tool::named(&call.name).filter(|tool| tool.is_for(asker));
        let tool = tool.ok_or_else(|| vec![unknown(&call.name, asker)])?;
        if tool == Tool::ProposeWorkflow {
            return Ok(Self::ProposeWorkflow);
        }
        let map = object_of(&call.arguments, MAX_ARGUMENTS)?;
        let mut fields = Fields::new(tool.as_str().to_owned(), &map);
        let ask = read(tool, &mut fields);
        fields.end()?;
        ask.ok_or_else(|| vec!["the arguments cannot be read".to_owned()])
    }
}

/// Takes arguments as an object of at most so many bytes; else says what is wrong.
pub(super) fn object_of(
    arguments: &Value,
    most: usize,
) -> Result<Cow<'_, Map<String, Value>>, Vec<String>> {
    let one = |sentence: String| Err(vec![sentence]);
    let bytes = match arguments {
        Value::String(text) => text.len(),
        json => json.to_string().len(),
    };
    if bytes > most {
        return one(format!("the arguments have {bytes} bytes; {most} are the most"));
    }
    match arguments {
        Value::Object(map) => Ok(Cow::Borrowed(map)),
        // Some models write the object as a text; what is cut off is one too.
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Ok(Cow::Owned(map)),
            Ok(other) => one(format!("the arguments are {}, not an object", kind(&other))),
            Err(error) => one(format!("the arguments are no JSON: {error}")),
        },
        other => one(format!("the arguments are {}, not an object", kind(other))),
    }
}

fn read(tool: Tool, fields: &mut Fields<'_>) -> Option<Ask> {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Some(match tool {
        Tool::SearchSkills => {
            let query = fields.text("query", MAX_QUERY);
            let limit = size(fields.number("limit", (1, MAX_FOUND), 8));
            Ask::Search { query: query?, limit }
        }
        Tool::ReadSkill => {
            let (id, volume) = (fields.parsed("skill_id"), fields.maybe_parsed("volume"));
            Ask::ReadSkill { id: id?, volume }
        }
        Tool::ListFiles => {
            let (volume, folder) = (fields.parsed("volume"), fields.parsed("folder"));
            Ask::ListFiles { volume: volume?, folder: folder? }
        }
        Tool::ReadFile => {
            let (volume, path) = (fields.parsed("volume"), fields.parsed("path"));
            let from = size(fields.number("from", (0, u64::from(u32::MAX)), 0));
            Ask::ReadFile { volume: volume?, path: path?, from }
        }
        Tool::ListWorkflows => {
            Ask::ListWorkflows { from: size(fields.number("from", (0, 1_000_000), 0)) }
        }
        Tool::ReadWorkflow => {
            let (id, volume) = (fields.parsed("workflow_id"), fields.maybe_parsed("volume"));
            Ask::ReadWorkflow { id: id?, volume }
        }
        Tool::ListTraces => {
            let limit = size(fields.number("limit", (1, MAX_TRACES), 10));
            Ask::ListTraces { before: fields.maybe_parsed("before"), limit }
        }
        Tool::ReadTrace => Ask::ReadTrace { id: fields.parsed("trace_id")? },
        Tool::Run => {
            let workflow = fields.maybe_parsed("workflow_id").map(Uses::Workflow);
            let skill = fields.maybe_parsed("skill_id").map(Uses::Skill);
            let inputs = fields.object("inputs");
            let ((Some(what), None) | (None, Some(what))) = (workflow, skill) else {
                fields.blame("give either `workflow_id` or `skill_id`".to_owned());
                return None;
            };
            Ask::Run { what, inputs }
        }
        Tool::ProposeEdit => {
            let (id, volume) = (fields.parsed("skill_id"), fields.maybe_parsed("volume"));
            let reason = fields.text("reason", 1000);
            let changes = fields.list("changes", MAX_CHANGES, replace);
            Ask::ProposeEdit { id: id?, volume, reason: reason?, changes }
        }
        Tool::ProposeWorkflow => Ask::ProposeWorkflow,
        Tool::Delegate => Ask::Delegate { tasks: fields.list("tasks", MAX_SUBAGENTS, task) },
    })
}

fn replace(fields: &mut Fields<'_>) -> Option<Replace> {
    let old = fields.text("old", MAX_ARGUMENTS);
    let new = fields.maybe_text("new", MAX_ARGUMENTS).unwrap_or_default();
    Some(Replace { old: old?, new })
}

fn task(fields: &mut Fields<'_>) -> Option<Task> {
    let title = fields.text("title", 200);
    let instructions = fields.text("instructions", MAX_INSTRUCTIONS);
    let skills = fields.maybe_text("skills", MAX_QUERY);
    let (title, instructions) = (short(&title?, 80), instructions?);
    Some(Task { skills: skills.unwrap_or_else(|| instructions.clone()), title, instructions })
}

fn unknown(name: &str, asker: Asker) -> String {
    let names: Vec<_> = Tool::ALL
        .into_iter()
        .filter(|tool| tool.is_for(asker))
        .map(|tool| format!("`{}`", tool.as_str()))
        .collect();
    format!("there is no tool `{}`; use {}", short(name, 60), names.join(", "))
}
