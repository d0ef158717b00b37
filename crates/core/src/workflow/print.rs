//! From a [`Workflow`] to a Markdown file that merges well.
//!
//! Each node, each edge and each position stands on a line of its own, and
//! positions stand apart, so moving a node does not touch the line that says
//! what it does. A workflow whose author wrote nothing gets a summary that
//! people can read; it is marked, left out when the file is read, and written
//! anew on each save.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Map, Value, json};

use super::{
    Interface, Node, OuterPort, Uses, Workflow,
    read::{FIELDS, SUMMARY_BEGINS, SUMMARY_ENDS},
};
use crate::{
    markdown::{self, spaced},
    skill::code,
    slug::Slug,
    yaml,
};

/// Prints the file of a workflow. Reading it gives the same workflow back,
/// blank lines around the body apart.
pub fn print(workflow: &Workflow) -> String {
    let body = tidy(&workflow.body);
    let mut out = format!("---\n{}---\n\n", yaml::print(&head(workflow)));
    if body.is_empty() {
        summary(&mut out, workflow);
    } else {
        out.push_str(&body);
        out.push_str("\n\n");
    }
    out.push_str("```json\n");
    graph(&mut out, workflow);
    out.push_str("\n```\n");
    out
}

/// Brings a body into the form in which it is kept: lines ended by `\n`, no
/// blank lines around it, no code block left open, no summary of ours.
fn tidy(body: &str) -> String {
    let body = crate::document::unified(body).replace(SUMMARY_BEGINS, "").replace(SUMMARY_ENDS, "");
    let mut body = body.trim().to_owned();
    if let Some(open) =
        code::fences(&body, 0).into_iter().next_back().filter(|fence| fence.close.is_none())
    {
        let line = body[open.open].trim_start();
        let mark = line.chars().next().unwrap_or('`');
        let fence: String = line.chars().take_while(|c| *c == mark).collect();
        body.push('\n');
        body.push_str(&fence);
    }
    body
}

fn head(workflow: &Workflow) -> Map<String, Value> {
    let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    let values = [
        json!(workflow.id.as_str()),
        json!(workflow.name),
        json!(workflow.description),
        json!(workflow.tags),
        optional(&workflow.version),
        optional(&workflow.author),
    ];
    let fields = FIELDS.iter().map(|field| (*field).to_owned()).zip(values);
    let empty = |value: &Value| value.is_null() || *value == json!("") || *value == json!([]);
    fields.filter(|(_, value)| !empty(value)).collect()
}

fn summary(out: &mut String, workflow: &Workflow) {
    let _ = writeln!(out, "{SUMMARY_BEGINS}\n\n# {}\n", markdown::line(&workflow.name));
    if !workflow.description.is_empty() {
        let _ = writeln!(out, "{}\n", markdown::line(&workflow.description));
    }
    let mut feeds: BTreeMap<&Slug, Vec<String>> = BTreeMap::new();
    for edge in &workflow.edges {
        feeds.entry(&edge.to.node).or_default().push(markdown::code(&edge.from.to_string()));
    }
    for node in &workflow.nodes {
        let of = if matches!(node.uses, Uses::Workflow(_)) { "the workflow " } else { "" };
        let _ = write!(out, "- `{}` runs {of}`{}`", node.id, node.uses.id());
        if let Some(feeds) = feeds.get(&node.id) {
            let _ = write!(out, " on {}", feeds.join(", "));
        }
        out.push('\n');
    }
    let _ = write!(out, "{}{SUMMARY_ENDS}\n\n", if workflow.nodes.is_empty() { "" } else { "\n" });
}

/// Writes the graph as JSON, without a line end.
pub(crate) fn graph(out: &mut String, workflow: &Workflow) {
    let nodes = workflow.nodes.iter().map(|node| spaced(&node_line(node)));
    let edges = workflow.edges.iter();
    let edges = edges
        .map(|edge| spaced(&json!({"from": edge.from.to_string(), "to": edge.to.to_string()})));
    let mut placed = BTreeSet::new();
    let mut layout = Vec::new();
    for node in &workflow.nodes {
        if let (Some((x, y)), true) = (node.position, placed.insert(&node.id)) {
            layout.push(format!(
                "\"{}\": {}",
                node.id,
                spaced(&json!({"x": number(x), "y": number(y)}))
            ));
        }
    }
    out.push_str("{\n");
    lines(out, "nodes", ['[', ']'], nodes.collect());
    out.push_str(",\n");
    lines(out, "edges", ['[', ']'], edges.collect());
    out.push_str(",\n");
    lines(out, "layout", ['{', '}'], layout);
    if let Some(Interface { inputs, outputs }) = &workflow.interface {
        let side = |name: &str, ports: &[OuterPort]| {
            let ports: Vec<_> = ports.iter().map(outer_port).collect();
            format!("\"{name}\": [{}]", ports.join(", "))
        };
        out.push_str(",\n");
        lines(out, "interface", ['{', '}'], vec![side("inputs", inputs), side("outputs", outputs)]);
    }
    out.push_str("\n}");
}

fn outer_port(port: &OuterPort) -> String {
    let OuterPort { name, inner } = port;
    spaced(&json!({"name": name, "node": inner.node.as_str(), "port": inner.port}))
}

fn lines(out: &mut String, name: &str, [open, close]: [char; 2], lines: Vec<String>) {
    let _ = write!(out, "  \"{name}\": {open}");
    for (i, line) in lines.iter().enumerate() {
        let _ = write!(out, "{}\n    {line}", if i > 0 { "," } else { "" });
    }
    let _ = write!(out, "{}{close}", if lines.is_empty() { "" } else { "\n  " });
}

fn node_line(node: &Node) -> Value {
    let uses = match node.uses {
        Uses::Skill(_) => "skill_id",
        Uses::Workflow(_) => "workflow",
    };
    let mut line = json!({"id": node.id.as_str(), uses: node.uses.id().as_str()});
    if let Some(name) = &node.name {
        line["name"] = json!(name);
    }
    if !node.inputs.is_empty() {
        let inputs: Map<_, _> = node.inputs.clone().into_iter().collect();
        line["inputs"] = inputs.into();
    }
    if let Some(timeout_ms) = node.timeout_ms {
        line["timeout_ms"] = json!(timeout_ms);
    }
    if let Some(memory_mb) = node.memory_mb {
        line["memory_mb"] = json!(memory_mb);
    }
    if node.retries > 0 {
        line["retries"] = json!(node.retries);
    }
    line
}

/// Writes a whole number without a fraction; what is not finite counts as nought.
fn number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and small enough")]
    match number {
        n if !n.is_finite() => json!(0),
        n if n.fract() == 0.0 && n.abs() < EXACT => json!(n as i64),
        n => json!(n),
    }
}

#[cfg(test)]
mod tests;
