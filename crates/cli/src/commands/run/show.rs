//! What a person sees of a run: a bar while it goes on, a table when it is over.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::IsTerminal,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use llmos_api::trace::{LogLine, NodeReport, NodeState, RunReport};
use llmos_core::{run, slug::Slug};
use llmos_headless::{LoadProgress, Watch};

use crate::{
    commands::files::escaped,
    out::{Heard, Out, say},
};

/// Shows how a run goes: a bar on a terminal, a line for each node elsewhere.
pub(super) struct Watcher {
    bar: Option<ProgressBar>,
    running: BTreeSet<String>,
    loading: BTreeSet<String>,
    runs: Option<Runs>,
}

/// The runs of a sweep: which nodes each still waits for.
pub(super) struct Runs {
    waiting: BTreeMap<String, Vec<usize>>,
    left: Vec<usize>,
    n_over: usize,
}

impl Runs {
    pub(super) fn new<'a>(waits: impl Iterator<Item = impl Iterator<Item = &'a str>>) -> Self {
        let mut runs = Self { waiting: BTreeMap::new(), left: Vec::new(), n_over: 0 };
        for (run, nodes) in waits.enumerate() {
            let nodes: BTreeSet<&str> = nodes.collect();
            runs.left.push(nodes.len());
            for node in nodes {
                runs.waiting.entry(node.to_owned()).or_default().push(run);
            }
        }
        runs
    }

    /// Notes the end of a node; returns how many runs are over with it.
    fn ended(&mut self, node: &str) -> usize {
        let mut n_over = 0;
        for run in self.waiting.remove(node).unwrap_or_default() {
            self.left[run] -= 1;
            n_over += usize::from(self.left[run] == 0);
        }
        self.n_over += n_over;
        n_over
    }
}

impl Watcher {
    pub(super) fn new(n_nodes: usize, runs: Option<Runs>) -> Self {
        let length = runs.as_ref().map_or(n_nodes, |runs| runs.left.len());
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(length as u64);
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar, running: BTreeSet::new(), loading: BTreeSet::new(), runs }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    fn message(&self) {
        if let Some(bar) = &self.bar {
            let loading = self.loading.iter().map(|runtime| format!("starting {runtime}"));
            let all: Vec<String> = loading.chain(self.running.iter().cloned()).collect();
            bar.set_message(all.join(", "));
        }
    }
}

impl Watch for Watcher {
    fn state(&mut self, node: &Slug, state: run::NodeState) {
        use run::NodeState::{Cancelled, Error, Running, Skipped, Success};
        match state {
            Running => {
                self.running.insert(node.to_string());
            }
            Success | Error | Skipped | Cancelled => {
                self.running.remove(node.as_str());
                let n_over = self.runs.as_mut().map(|runs| runs.ended(node.as_str()));
                match (&self.bar, &self.runs) {
                    (Some(bar), _) => bar.inc(n_over.unwrap_or(1) as u64),
                    (None, Some(runs)) if n_over > Some(0) => {
                        say(&format!("{} of {} runs", runs.n_over, runs.left.len()));
                    }
                    (None, Some(_)) => {}
                    (None, None) => say(&format!("{node}: {}", state.as_str())),
                }
            }
            _ => {}
        }
        self.message();
    }

    fn line(&mut self, node: &str, line: &LogLine) {
        self.say(&format!("{node}| {}", escaped(&line.text)));
    }

    fn progress(&mut self, progress: &LoadProgress) {
        match progress.stage.as_str() {
            "ready" | "failed" => self.loading.remove(&progress.runtime),
            _ => self.loading.insert(progress.runtime.clone()),
        };
        self.message();
    }
}

/// Prints a line for each node: its state, how long it took, what it gave.
pub(super) fn table(out: &mut Out, report: &RunReport) -> Heard {
    let width = report.nodes.iter().map(|node| node.node.len()).max().unwrap_or(0);
    for node in &report.nodes {
        let state = name(node.state);
        let took = node.duration_ms.map(time).unwrap_or_default();
        let gave: Vec<String> =
            node.outputs.iter().map(|(port, value)| format!("{port} = {}", brief(value))).collect();
        let line = format!("{:width$}  {state:9}  {took:>8}  {}", node.node, gave.join(", "));
        let heard = out.line(&line.trim_end())?;
        if heard.is_break() {
            return Ok(heard);
        }
    }
    Ok(std::ops::ControlFlow::Continue(()))
}

/// Prints rows with their columns under each other.
pub(super) fn columns(out: &mut Out, rows: &[Vec<String>]) -> Heard {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let heard = out.line(&line.trim_end())?;
        if heard.is_break() {
            return Ok(heard);
        }
    }
    Ok(std::ops::ControlFlow::Continue(()))
}

/// Says what went wrong with each node that failed by itself.
pub(super) fn say_failures(report: &RunReport) {
    let failed = report.nodes.iter().filter(|node| node.state == NodeState::Error);
    for NodeReport { node, error, .. } in failed {
        let Some(error) = error else { continue };
        let message: Vec<String> = error.message.lines().map(escaped).collect();
        say(&format!("error: {node}: {}", message.join("\n  ")));
        if let Some(hint) = &error.hint {
            say(&format!("hint: {}", escaped(hint)));
        }
    }
}

/// Milliseconds for people.
pub(super) fn time(ms: f64) -> String {
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

pub(super) fn name(state: NodeState) -> &'static str {
    match state {
        NodeState::Idle => "-",
        NodeState::Queued => "queued",
        NodeState::Running => "running",
        NodeState::Success => "success",
        NodeState::Error => "error",
        NodeState::Skipped => "skipped",
        NodeState::Cached => "cached",
        NodeState::Cancelled => "cancelled",
    }
}

/// A value in a few words.
pub(super) fn brief(value: &serde_json::Value) -> String {
    use serde_json::Value;
    const MAX_CHARS: usize = 40;
    match value {
        Value::Array(items) => format!("list of {}", items.len()),
        Value::Object(map) => {
            let inner = |name: &str| map.get(name).and_then(Value::as_array).map(Vec::len);
            if let Some(n) = inner("columns") {
                format!("table of {n} columns")
            } else if let Some(n) = inner("series") {
                format!("plot of {n} series")
            } else if let (1, Some((name, inner))) = (map.len(), map.iter().next()) {
                match name.as_str() {
                    "$number" | "$bigint" => escaped(inner.as_str().unwrap_or_default()),
                    "$bytes" => "bytes".to_owned(),
                    "$omitted" => "too large to show".to_owned(),
                    _ => "object of 1".to_owned(),
                }
            } else if let Some(name) = map.get("name").and_then(Value::as_str) {
                format!("file {}", escaped(name))
            } else {
                format!("object of {}", map.len())
            }
        }
        Value::String(text) if text.starts_with("data:image/") => "picture".to_owned(),
        Value::String(text) => {
            let cut: String = text.chars().take(MAX_CHARS).collect();
            let dots = if cut.len() < text.len() { "…" } else { "" };
            format!("\"{}{dots}\"", escaped(&cut))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Runs, brief, time};

    #[test]
    fn a_run_is_over_with_the_last_node_that_it_waits_for() {
        let waits = [["a--1", "shared"], ["a--2", "shared"]];
        let mut runs = Runs::new(waits.into_iter().map(IntoIterator::into_iter));
        let over = ["a--1", "other", "shared", "shared", "a--2"].map(|node| runs.ended(node));
        assert_eq!((over, runs.n_over), ([0, 0, 1, 0, 1], 2));
    }

    #[test]
    fn values_are_told_in_a_few_words() {
        let cases = [
            (json!(1.5), "1.5"),
            (json!([1, 2]), "list of 2"),
            (json!({"columns": [1]}), "table of 1 columns"),
            (json!({"series": [1, 2]}), "plot of 2 series"),
            (json!({"$number": "NaN"}), "NaN"),
            (json!({"$bytes": "AA=="}), "bytes"),
            (json!({"name": "a.csv", "text": ""}), "file a.csv"),
            (json!("data:image/png;base64,AA"), "picture"),
            (json!("a\u{1b}[31m"), "\"a\\u{1b}[31m\""),
            (json!({"a": 1, "b": 2}), "object of 2"),
        ];
        for (value, want) in cases {
            assert_eq!(brief(&value), want, "{value}");
        }
    }

    #[test]
    fn times_have_as_many_digits_as_they_deserve() {
        assert_eq!([time(0.46), time(46.2), time(46_200.0)], ["0.5 ms", "46 ms", "46.2 s"]);
    }
}
