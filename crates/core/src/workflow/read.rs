//! From a Markdown file to a [`Workflow`], with findings that say where in the file they stand.

use std::collections::BTreeMap;

use super::{
    Workflow, WorkflowCheck,
    graph_text::{self, Mistake},
};
use crate::{
    diagnostic::{Diagnostic, Position, Severity},
    document::{self, Document, Front},
    skill::{
        code::{self, Fence},
        report::Report,
    },
    slug::Slug,
    yaml,
};

/// What stands before and after the summary that [`print`](super::print) writes.
pub(super) const SUMMARY_BEGINS: &str = "<!-- summary of the graph, written anew on each save -->";
pub(super) const SUMMARY_ENDS: &str = "<!-- end of the summary -->";

/// The fields that front matter may have.
pub(super) const FIELDS: [&str; 6] =
    ["workflow_id", "name", "description", "tags", "version", "author"];

/// Reads the file of a workflow.
///
/// `path` gives the id where the front matter does not. Mistakes in the text
/// are diagnostics; what only shows with the skills at hand is for
/// [`validate`](super::validate).
pub fn parse(path: &str, bytes: &[u8]) -> WorkflowCheck {
    let (text, trouble) = document::decode(bytes);
    let cut = Document::split(&text);
    let base = match &cut.front {
        Front::Found { yaml, .. } => yaml.start,
        Front::Missing | Front::Unclosed => 0,
    };
    let mut report = Report::new(&text, base);
    trouble.into_iter().for_each(|found| report.add(found));
    let head = head(path, &cut, &mut report);
    let (graph, body) = match graph_block(&cut) {
        Some(block) => (read_graph(&text, &block, &mut report), body_without(&cut, &block)),
        None => {
            let found = Diagnostic::error(
                "no-graph",
                report.in_file(cut.body.start),
                "the file has no graph",
            );
            report.add(found.with_hint("add a ```json block with `nodes` and `edges`"));
            (graph_text::Graph::default(), String::new())
        }
    };
    let at = |offset: usize| report.in_file(offset).line;
    let mut node_lines = BTreeMap::new();
    for (node, offset) in graph.nodes.iter().zip(&graph.offsets) {
        node_lines.entry(node.id.clone()).or_insert_with(|| at(*offset));
    }
    let workflow = head.filter(|_| !report.has_errors()).map(|head| Workflow {
        nodes: graph.nodes,
        edges: graph.edges,
        interface: graph.interface,
        body,
        ..head
    });
    WorkflowCheck { workflow, diagnostics: report.finish(), node_lines }
}

/// Reads the front matter: a workflow without nodes.
fn head(path: &str, cut: &Document<'_>, report: &mut Report<'_>) -> Option<Workflow> {
    let Some(yaml) = cut.yaml() else {
        let (code, message, hint) = match cut.front {
            Front::Unclosed => (
                "frontmatter-unclosed",
                "the front matter is not closed",
                "end it with a line `---`",
            ),
            _ => (
                "frontmatter-missing",
                "the file has no front matter",
                "begin it with `---`, `workflow_id: …`, `---`",
            ),
        };
        report.add(Diagnostic::error(code, Position::START, message).with_hint(hint));
        return None;
    };
    let root = match yaml::parse(yaml) {
        Ok(root) => root,
        Err(err) => {
            report.error(err.code, err.offset, err.message, err.hint);
            return None;
        }
    };
    if !root.is_null() && !matches!(root.content, yaml::Content::Map(_)) {
        let message = format!("the front matter is {}, not a mapping", root.noun());
        report.error(
            "not-a-mapping",
            root.span.start,
            message,
            "write `workflow_id: …` and `name: …`",
        );
        return None;
    }
    for entry in root.entries().iter().filter(|entry| !FIELDS.contains(&entry.name.as_str())) {
        let message =
            format!("a workflow has no field `{}`: it is lost on the next save", entry.name);
        let hint = format!(
            "remove it, or use one of {}",
            FIELDS.map(|name| format!("`{name}`")).join(", ")
        );
        report.warning("unknown-field", entry.key.start, message, hint);
    }
    let id = id(path, &root, report)?;
    Some(Workflow {
        name: report
            .text(&root, "name")
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| id.to_string()),
        id,
        description: report.text(&root, "description").unwrap_or_default(),
        tags: report.texts(&root, "tags"),
        version: report.text(&root, "version"),
        author: report.text(&root, "author"),
        nodes: Vec::new(),
        edges: Vec::new(),
        interface: None,
        body: String::new(),
    })
}

fn id(path: &str, root: &yaml::Node, report: &mut Report<'_>) -> Option<Slug> {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
    let named = stem.parse::<Slug>().ok();
    let entry = root.entry("workflow_id").filter(|entry| !entry.value.is_null());
    let Some(entry) = entry else {
        if named.is_none() {
            report.error(
                "missing-id",
                0,
                "the workflow has no id",
                "add `workflow_id: my-workflow`",
            );
        }
        return named;
    };
    let at = entry.value.span.start;
    let text = entry.value.text().unwrap_or_default();
    match text.parse::<Slug>() {
        Ok(id) => {
            if named.is_some_and(|named| named != id) {
                let message =
                    format!("`workflow_id` is `{id}`, but the file is called `{stem}.md`");
                report.warning("id-mismatch", at, message, format!("call the file `{id}.md`"));
            }
            Some(id)
        }
        Err(err) => {
            let hint = Slug::nearest(text)
                .map_or_else(|| err.hint().to_owned(), |id| format!("did you mean `{id}`?"));
            report.error("bad-id", at, format!("bad `workflow_id`: {err}"), hint);
            None
        }
    }
}

/// Finds the graph: the last block of JSON or YAML.
fn graph_block(cut: &Document<'_>) -> Option<Fence> {
    let is_graph = |fence: &Fence| matches!(fence.language.as_str(), "json" | "yaml" | "yml");
    code::fences(cut.text, cut.body.start).into_iter().rfind(is_graph)
}

/// Returns the author's own text: no graph, no summary, no blank lines around it.
fn body_without(cut: &Document<'_>, block: &Fence) -> String {
    let before = document::unified(&cut.text[cut.body.start..block.open.start]).into_owned();
    let end = block.close.as_ref().map_or(cut.text.len(), |close| close.end);
    let after = document::unified(&cut.text[end..]);
    let before = match (before.find(SUMMARY_BEGINS), before.rfind(SUMMARY_ENDS)) {
        (Some(begin), Some(end)) if begin < end => {
            [before[..begin].trim(), before[end + SUMMARY_ENDS.len()..].trim()].join("\n\n")
        }
        _ => before,
    };
    [before.trim(), after.trim()].join("\n\n").trim().to_owned()
}

fn read_graph(text: &str, block: &Fence, report: &mut Report<'_>) -> graph_text::Graph {
    let content = &text[block.content.clone()];
    let mut graph = match block.language.as_str() {
        "json" => graph_text::read_json(content),
        _ => graph_text::read_yaml(content),
    };
    let add = |report: &mut Report<'_>, mistake: Mistake| {
        let offset = block.content.start + mistake.offset.min(content.len());
        let position = report.in_file(offset);
        let found = match mistake.severity {
            Severity::Error => Diagnostic::error(mistake.code, position, mistake.message),
            Severity::Warning => Diagnostic::warning(mistake.code, position, mistake.message),
        };
        report.add(found.with_hint(mistake.hint));
    };
    if block.close.is_none() {
        let position = report.in_file(block.open.start);
        let found =
            Diagnostic::warning("block-unclosed", position, "the block of the graph is not closed");
        report.add(found.with_hint("end it with a line of three backticks"));
    }
    std::mem::take(&mut graph.mistakes).into_iter().for_each(|mistake| add(report, mistake));
    graph.offsets.iter_mut().for_each(|offset| *offset += block.content.start);
    graph
}

#[cfg(test)]
mod tests;
