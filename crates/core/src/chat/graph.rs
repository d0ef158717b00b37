//! Workflows that a model writes: the schema it is given, and the check that
//! nothing but a workflow which could run gets through.

use serde_json::{Value, json};

use crate::{
    diagnostic::Severity,
    model::ToolSpec,
    slug::Slug,
    workflow::{Finding, SkillSource, Workflow, read_graph, validate},
};

/// The tool by which a model proposes a workflow.
pub const TOOL: &str = "propose_workflow";

/// The most of a graph that is read, in bytes.
const MAX_BYTES: usize = 256 << 10;
/// The most nodes of a proposal: more is nothing that a person can look through.
const MAX_NODES: usize = 64;
/// How many findings go back to a model.
const MAX_FINDINGS: usize = 12;

/// Describes the tool to a model.
pub fn tool() -> ToolSpec {
    let end = json!({"type": "string", "description": "`node.port`"});
    let node = json!({
        "type": "object",
        "required": ["id", "skill_id"],
        "additionalProperties": false,
        "properties": {
            "id": {"type": "string", "description": "lower-case letters, digits and `-`; unique"},
            "skill_id": {"type": "string", "description": "the id of an executable skill"},
            "name": {"type": "string"},
            "inputs": {"type": "object", "description": "values of inputs that no edge feeds"},
        },
    });
    ToolSpec {
        name: TOOL.to_owned(),
        description: "Propose a workflow: a graph of executable skills. It opens in front of the person, who decides \
                      whether to run it. What is wrong with it comes back to you."
            .to_owned(),
        schema: json!({
            "type": "object",
            "required": ["name", "nodes", "edges"],
            "additionalProperties": false,
            "properties": {
                "name": {"type": "string", "description": "what people call it"},
                "description": {"type": "string", "description": "what it does, in one sentence"},
                "nodes": {"type": "array", "items": node},
                "edges": {"type": "array", "items": {
                    "type": "object",
                    "required": ["from", "to"],
                    "additionalProperties": false,
                    "properties": {"from": end, "to": end},
                }},
            },
        }),
    }
}

/// Reads what a model wrote as a workflow; else says what is wrong, one sentence each.
pub fn check_graph(written: &Value, source: &dyn SkillSource) -> Result<Workflow, Vec<String>> {
    let one = |text: &str| vec![text.to_owned()];
    let parsed;
    let written = match written {
        // Some models write the object as a text.
        Value::String(text) if text.len() <= MAX_BYTES => {
            parsed = serde_json::from_str::<Value>(text)
                .map_err(|error| vec![format!("the arguments are no JSON: {error}")])?;
            &parsed
        }
        other => other,
    };
    let Value::Object(fields) = written else {
        return Err(one("the arguments are no object with `name`, `nodes` and `edges`"));
    };
    let known = ["name", "description", "nodes", "edges"];
    if let Some(other) = fields.keys().find(|field| !known.contains(&field.as_str())) {
        let other: String = other.chars().take(40).collect();
        return Err(vec![format!("`{other}` is no field of a workflow; leave it out")]);
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let short = |name: &str, most: usize| {
        let words = text(name).split(|c: char| c.is_whitespace() || c.is_control());
        let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        line.chars().take(most).collect::<String>()
    };
    let graph = json!({
        "nodes": fields.get("nodes").cloned().unwrap_or_default(),
        "edges": fields.get("edges").cloned().unwrap_or_else(|| json!([])),
    });
    let graph = graph.to_string();
    if graph.len() > MAX_BYTES {
        return Err(one("the graph is larger than 256 KiB; use fewer nodes and smaller values"));
    }
    let graph = read_graph(&graph).map_err(|(_, message)| vec![message])?;
    if graph.nodes.is_empty() {
        return Err(one("the workflow has no nodes"));
    }
    if graph.nodes.len() > MAX_NODES {
        return Err(vec![format!("a proposal has {MAX_NODES} nodes at most")]);
    }
    let name = match short("name", 100) {
        name if name.is_empty() => "Proposal".to_owned(),
        name => name,
    };
    let workflow = Workflow {
        id: Slug::nearest(&name)
            .or_else(|| Slug::nearest("proposal"))
            .unwrap_or_else(|| graph.nodes[0].id.clone()),
        description: short("description", 500),
        name,
        tags: vec!["proposal".to_owned()],
        version: None,
        author: None,
        nodes: graph.nodes,
        edges: graph.edges,
        interface: None,
        body: String::new(),
    };
    let errors: Vec<_> = validate(&workflow, source)
        .into_iter()
        .filter(|found| found.severity == Severity::Error)
        .collect();
    if errors.is_empty() {
        return Ok(workflow);
    }
    Err(errors.iter().take(MAX_FINDINGS).map(sentence).collect())
}

/// Finds a graph that a model wrote into its text, in a block of its own.
pub(super) fn graph_in(text: &str) -> Option<Value> {
    let mut rest = text;
    while let Some(at) = rest.find("```workflow") {
        let block = &rest[at + "```workflow".len()..];
        let (block, after) = block.split_once("```").unwrap_or((block, ""));
        let block = block.trim();
        if !block.is_empty() {
            let parsed = serde_json::from_str(block);
            return Some(parsed.unwrap_or_else(|_| Value::String(block.to_owned())));
        }
        rest = after;
    }
    None
}

fn sentence(found: &Finding) -> String {
    let mut text = found.message.clone();
    if let Some(node) = &found.node {
        text = format!("node `{node}`: {text}");
    }
    match &found.hint {
        Some(hint) => format!("{text}; {hint}"),
        None => text,
    }
}
