//! The tools of this program that a model may call, as they are told to it. None of them
//! writes, sends or deletes anything; those of outside servers are another matter.

use serde_json::{Value, json};

use crate::model::ToolSpec;

use super::graph;

/// The most skills or workflows that one search gives.
pub(super) const MAX_FOUND: u64 = 20;
/// The most traces that one list gives.
pub(super) const MAX_TRACES: u64 = 20;
/// The most subagents of one call.
pub const MAX_SUBAGENTS: usize = 4;
/// The most passages that one edit replaces.
pub(super) const MAX_CHANGES: usize = 20;

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Finds skills and workflows.
    SearchSkills,
    /// Reads the file of a skill.
    ReadSkill,
    /// Lists the files of a folder.
    ListFiles,
    /// Reads a file.
    ReadFile,
    /// Lists workflows.
    ListWorkflows,
    /// Reads a workflow.
    ReadWorkflow,
    /// Lists traces.
    ListTraces,
    /// Reads a trace.
    ReadTrace,
    /// Runs a workflow or skill.
    Run,
    /// Proposes an edit of a skill.
    ProposeEdit,
    /// Proposes a workflow.
    ProposeWorkflow,
    /// Gives parts of a task to subagents.
    Delegate,
}

/// Who calls tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asker {
    /// The model that answers the person.
    Chief,
    /// One that works on a part for it: it proposes nothing and has no subagents of its own.
    Subagent,
}

impl Tool {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::SearchSkills,
        Self::ReadSkill,
        Self::ListFiles,
        Self::ReadFile,
        Self::ListWorkflows,
        Self::ReadWorkflow,
        Self::ListTraces,
        Self::ReadTrace,
        Self::Run,
        Self::ProposeEdit,
        Self::ProposeWorkflow,
        Self::Delegate,
    ];

    /// Returns the name by which models call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SearchSkills => "search_skills",
            Self::ReadSkill => "read_skill",
            Self::ListFiles => "list_files",
            Self::ReadFile => "read_file",
            Self::ListWorkflows => "list_workflows",
            Self::ReadWorkflow => "read_workflow",
            Self::ListTraces => "list_traces",
            Self::ReadTrace => "read_trace",
            Self::Run => "run_workflow",
            Self::ProposeEdit => "propose_skill_edit",
            Self::ProposeWorkflow => graph::TOOL,
            Self::Delegate => "delegate",
        }
    }

    /// Returns the tool of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }

    /// Says whether somebody may call it.
    pub fn is_for(self, asker: Asker) -> bool {
        match self {
            Self::ProposeEdit | Self::ProposeWorkflow | Self::Delegate => asker == Asker::Chief,
            _ => true,
        }
    }

    /// Describes the tools that somebody may call.
    pub fn specs(asker: Asker) -> Vec<ToolSpec> {
        Self::ALL.into_iter().filter(|tool| tool.is_for(asker)).map(Self::spec).collect()
    }

    fn spec(self) -> ToolSpec {
        if self == Self::ProposeWorkflow {
            return graph::tool();
        }
        ToolSpec {
            name: self.as_str().to_owned(),
            description: self.description().to_owned(),
            schema: self.schema(),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::SearchSkills => {
                "Find skills and workflows by words, the best first, with their ids and ports."
            }
            Self::ReadSkill => {
                "Read the file of a skill: what it is for, its ports and code, or guidance."
            }
            Self::ListFiles => {
                "List the files below a folder of a volume. For traces use `list_traces`."
            }
            Self::ReadFile => {
                "Read a text file of a volume that the person may read, such as one below `files` that they uploaded."
            }
            Self::ListWorkflows => "List the saved workflows that the person sees.",
            Self::ReadWorkflow => "Read a saved workflow: nodes, edges, and what is wrong with it.",
            Self::ListTraces => "List the person's traces of runs and chats, newest first.",
            Self::ReadTrace => {
                "Read what happened in a run or an earlier chat, with errors, log lines and small values."
            }
            Self::Run => {
                "Run a saved workflow, or an executable skill alone, with values for its inputs, in a sandbox on the \
                 server. Its trace is kept. What needs the browser of the person says so when it fails: propose it \
                 as a workflow then, and tell the person to run it on the canvas."
            }
            Self::ProposeEdit => {
                "Propose an edit of a skill. Nothing is written: the person sees the difference and accepts it or \
                 not. Each `old` must stand in the file exactly once; read the skill first."
            }
            Self::ProposeWorkflow => "",
            Self::Delegate => {
                "Give independent parts of a task to subagents that work side by side. Each has instructions and \
                 skills of its own, knows nothing of this conversation, and shares your budget. They read and run; \
                 they cannot propose or delegate. Their answers come back together."
            }
        }
    }

    fn schema(self) -> Value {
        let text = |about: &str| json!({"type": "string", "description": about});
        let number = |least: u64, most: u64, about: &str| json!({"type": "integer", "minimum": least, "maximum": most, "description": about});
        let volume = text("`system`, `team/<id>` or `user/<id>`");
        let nearest =
            text("`system`, `team/<id>` or `user/<id>`; the nearest that has it when left out");
        let (required, properties) = match self {
            Self::SearchSkills => (
                vec!["query"],
                json!({"query": text("words to look for"), "limit": number(1, MAX_FOUND, "how many at most; 8 when left out")}),
            ),
            Self::ReadSkill => {
                (vec!["skill_id"], json!({"skill_id": text("the id"), "volume": nearest}))
            }
            Self::ListFiles => (
                vec!["volume", "folder"],
                json!({"volume": volume, "folder": text("a folder, such as `skills` or `sessions`")}),
            ),
            Self::ReadFile => (
                vec!["volume", "path"],
                json!({"volume": volume, "path": text("the path inside the volume"),
                    "from": number(0, u64::from(u32::MAX), "the byte to begin at, for what was cut")}),
            ),
            Self::ListWorkflows => {
                (vec![], json!({"from": number(0, 1_000_000, "how many to leave out first")}))
            }
            Self::ReadWorkflow => {
                (vec!["workflow_id"], json!({"workflow_id": text("the id"), "volume": nearest}))
            }
            Self::ListTraces => (
                vec![],
                json!({"limit": number(1, MAX_TRACES, "how many at most; 10 when left out"),
                    "before": text("only those before this trace id")}),
            ),
            Self::ReadTrace => (vec!["trace_id"], json!({"trace_id": text("the id")})),
            Self::Run => (
                vec![],
                json!({"workflow_id": text("a saved workflow; or `skill_id`"),
                    "skill_id": text("an executable skill; or `workflow_id`"),
                    "inputs": {"type": "object", "description": "values of its inputs, by name"}}),
            ),
            Self::ProposeEdit => (
                vec!["skill_id", "changes", "reason"],
                json!({"skill_id": text("the id"), "volume": nearest,
                "reason": text("why, in one sentence for the person"),
                "changes": {"type": "array", "minItems": 1, "maxItems": MAX_CHANGES, "items": {
                    "type": "object",
                    "required": ["old", "new"],
                    "additionalProperties": false,
                    "properties": {"old": text("a passage of the file, as it stands there"), "new": text("what stands there then")},
                }}}),
            ),
            Self::ProposeWorkflow => (vec![], json!({})),
            Self::Delegate => (
                vec!["tasks"],
                json!({"tasks": {"type": "array", "minItems": 1, "maxItems": MAX_SUBAGENTS, "items": {
                    "type": "object",
                    "required": ["title", "instructions"],
                    "additionalProperties": false,
                    "properties": {
                        "title": text("a few words for the person"),
                        "instructions": text("everything that the subagent must know, and what it must answer"),
                        "skills": text("words by which skills are chosen for it; its instructions when left out"),
                    },
                }}}),
            ),
        };
        json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
    }
}
