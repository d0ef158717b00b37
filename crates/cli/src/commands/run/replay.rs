//! Running again what a trace tells of, and comparing.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::trace::{NodeReport, NodeState, RunReport};
use llmos_core::digest::{compare, result_hash};
use serde::Serialize;
use serde_json::Value;

use super::show;
use crate::out::say;

/// By how much numbers may differ, relative to the largest beside them: hashes round to as many digits.
const TOLERANCE: f64 = 1e-9;
/// How many differences are said one by one.
const MAX_SAID: usize = 20;

/// How the results of a run compare with those of an earlier one.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Replay {
    trace_id: String,
    /// Whether there are no differences.
    pub(super) equal: bool,
    /// How many outputs were compared.
    n_outputs: usize,
    differences: Vec<Difference>,
}

/// One place in which the two differ.
#[derive(Debug, PartialEq, Serialize)]
struct Difference {
    node: String,
    /// The output; absent where the node itself ended otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<String>,
    /// The place in the output: `$` is all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// What the trace has there.
    then: Option<Value>,
    /// What there is now.
    now: Option<Value>,
}

impl Replay {
    /// Compares what every node gave then and now.
    pub(super) fn new(trace_id: &str, then: &RunReport, now: &RunReport) -> Self {
        let nodes: BTreeMap<&str, &NodeReport> =
            now.nodes.iter().map(|node| (node.node.as_str(), node)).collect();
        let (mut n_outputs, mut differences) = (0, Vec::new());
        for was in &then.nodes {
            let Some(is) = nodes.get(was.node.as_str()) else { continue };
            if has_results(was) != has_results(is) {
                differences.push(Difference {
                    node: was.node.clone(),
                    port: None,
                    path: None,
                    then: Some(show::name(was.state).into()),
                    now: Some(show::name(is.state).into()),
                });
                continue;
            }
            let ports: BTreeSet<&String> = was.outputs.keys().chain(is.outputs.keys()).collect();
            n_outputs += ports.len();
            for port in ports {
                let values = (was.outputs.get(port), is.outputs.get(port));
                differences.extend(differing(&was.node, port, values));
            }
        }
        let equal = differences.is_empty();
        Self { trace_id: trace_id.to_owned(), equal, n_outputs, differences }
    }

    /// Says on standard error what differs.
    pub(super) fn say(&self) {
        let Self { trace_id, n_outputs, differences, .. } = self;
        if self.equal {
            return say(&format!("the same as in {trace_id}: {n_outputs} outputs"));
        }
        for Difference { node, port, path, then, now } in differences.iter().take(MAX_SAID) {
            let place = match (port, path.as_deref().map(|path| path.trim_start_matches('$'))) {
                (Some(port), Some(path)) => format!("{node}.{port}{path}"),
                _ => node.clone(),
            };
            let brief =
                |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), show::brief);
            say(&format!("different: {place}: {} then, {} now", brief(then), brief(now)));
        }
        let more = differences.len().saturating_sub(MAX_SAID);
        if more > 0 {
            say(&format!("different: {more} more places, all of them with `--json`"));
        }
    }
}

fn has_results(node: &NodeReport) -> bool {
    matches!(node.state, NodeState::Success | NodeState::Cached)
}

fn differing(node: &str, port: &str, values: (Option<&Value>, Option<&Value>)) -> Vec<Difference> {
    let difference = |path: String, then: Option<Value>, now: Option<Value>| Difference {
        node: node.to_owned(),
        port: Some(port.to_owned()),
        path: Some(path),
        then,
        now,
    };
    let (Some(then), Some(now)) = values else {
        return vec![difference("$".to_owned(), values.0.cloned(), values.1.cloned())];
    };
    if result_hash(then) == result_hash(now) {
        return Vec::new();
    }
    // Two numbers that are as good as equal may be rounded to different sides.
    let found = compare(then, now, TOLERANCE).differences.into_iter();
    found.map(|found| difference(found.path, found.a, found.b)).collect()
}

#[cfg(test)]
mod tests {
    use llmos_api::trace::{NodeReport, RunReport};
    use serde_json::{Value, json};

    use super::Replay;

    fn report(nodes: &[(&str, &str, Value)]) -> RunReport {
        let node = |(id, state, outputs): &(&str, &str, Value)| -> NodeReport {
            let node = json!({"node": id, "skill_id": "s", "state": state, "outputs": outputs});
            serde_json::from_value(node).expect("it is a node")
        };
        RunReport {
            workflow: llmos_api::workflow::WorkflowDoc::default(),
            workflow_volume: None,
            workflow_version: None,
            outcome: llmos_api::trace::Outcome::Success,
            started_at: String::new(),
            finished_at: String::new(),
            nodes: nodes.iter().map(node).collect(),
        }
    }

    #[test]
    fn noise_is_no_difference_and_everything_else_is_told_with_its_place() {
        let then = report(&[
            ("a", "success", json!({"y": [1.0, 2.0], "gone": 1})),
            ("b", "cached", json!({"y": 0.1})),
            ("c", "success", json!({"y": 1})),
        ]);
        assert!(Replay::new("t", &then, &then).equal);
        let noise = report(&[
            ("a", "success", json!({"y": [1.000_000_000_000_1, 2], "gone": 1})),
            ("b", "success", json!({"y": 0.1})),
            ("c", "success", json!({"y": 1})),
        ]);
        assert!(Replay::new("t", &then, &noise).equal);
        let now = report(&[
            ("a", "success", json!({"y": [1.0, 2.5]})),
            ("b", "success", json!({"y": 0.1})),
            ("c", "error", json!({})),
        ]);
        let found = Replay::new("t", &then, &now);
        assert!(!found.equal);
        assert_eq!(
            serde_json::to_value(&found.differences).expect("it is plain data"),
            json!([
                {"node": "a", "port": "gone", "path": "$", "then": 1, "now": null},
                {"node": "a", "port": "y", "path": "$[1]", "then": 2.0, "now": 2.5},
                {"node": "c", "then": "success", "now": "error"},
            ])
        );
    }
}
