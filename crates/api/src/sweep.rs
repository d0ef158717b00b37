//! Sweeps and comparisons of results on the wire, as the page and the command speak them.

use std::collections::BTreeMap;

use llmos_core::{
    digest,
    slug::Slug,
    sweep::{Axis, AxisError, AxisValues, Expanded, Mode, Scale, Sweep, SweepError},
    workflow::{Part, PortRef},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    problem::Finding,
    run::Refusal,
    workflow::{PartDoc, WorkflowDoc},
};

/// Which inputs take which values.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct SweepDoc {
    /// The inputs with their values.
    pub axes: Vec<AxisDoc>,
    /// How the values of several inputs go together.
    #[serde(default)]
    pub mode: ModeDoc,
    /// What became of nodes that ran workflows, so that their inputs can be swept.
    #[serde(default)]
    pub parts: BTreeMap<String, PartDoc>,
}

/// One input and its values: `values`, or `from`, `to` and `steps`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct AxisDoc {
    /// The node.
    pub node: String,
    /// Its input.
    pub port: String,
    /// The values.
    #[serde(default)]
    pub values: Option<Vec<Value>>,
    /// The first number of a range.
    #[serde(default)]
    pub from: Option<f64>,
    /// The last number of a range.
    #[serde(default)]
    pub to: Option<f64>,
    /// How many numbers a range has.
    #[serde(default)]
    pub steps: Option<usize>,
    /// How they are spread.
    #[serde(default)]
    pub scale: ScaleDoc,
}

/// How the values of several inputs go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeDoc {
    /// Each with each.
    #[default]
    Product,
    /// The first with the first, and so on.
    Zip,
}

/// How numbers are spread over a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleDoc {
    /// At equal distances.
    #[default]
    Linear,
    /// At equal ratios.
    Log,
}

/// All runs of a sweep as one workflow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExpandedDoc {
    /// The workflow.
    pub workflow: WorkflowDoc,
    /// The runs, in order.
    pub runs: Vec<SweepRunDoc>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepRunDoc {
    /// Its number, counted from 1.
    pub index: usize,
    /// The value of each swept input.
    pub values: Vec<SweptValue>,
    /// Which node stands for one of the workflow in this run; the others are themselves.
    pub nodes: BTreeMap<String, String>,
}

/// The value of a swept input in one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweptValue {
    /// The node.
    pub node: String,
    /// Its input.
    pub port: String,
    /// The value.
    pub value: Value,
}

/// Whether two results are the same, and where they differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparisonDoc {
    /// Whether they are.
    pub equal: bool,
    /// In how many places they differ.
    pub n_differences: usize,
    /// The first of these.
    pub differences: Vec<DifferenceDoc>,
}

/// A place in which two results differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferenceDoc {
    /// The place: `$` is the result itself, `$.series[0].y[3]` a part of it.
    pub path: String,
    /// What the first result has there; absent where it has nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<Value>,
    /// What the second result has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<Value>,
}

impl SweepDoc {
    /// Reads the wire form: the sweep, and what became of nodes that ran workflows.
    pub fn to_sweep(&self) -> Result<(Sweep, BTreeMap<Slug, Part>), Refusal> {
        let mut parts = BTreeMap::new();
        for (id, part) in &self.parts {
            let part = part.to_part().map_err(|findings| first(&findings))?;
            parts.insert(node(id)?, part);
        }
        let axes: Result<_, Refusal> = self.axes.iter().map(AxisDoc::to_axis).collect();
        let mode = match self.mode {
            ModeDoc::Product => Mode::Product,
            ModeDoc::Zip => Mode::Zip,
        };
        Ok((Sweep { axes: axes?, mode }, parts))
    }
}

impl AxisDoc {
    fn to_axis(&self) -> Result<Axis, Refusal> {
        let input = PortRef { node: node(&self.node)?, port: self.port.clone() };
        let values = match (&self.values, self.from, self.to, self.steps) {
            (Some(values), None, None, None) => AxisValues::List(values.clone()),
            (None, Some(from), Some(to), Some(steps)) => {
                let scale = match self.scale {
                    ScaleDoc::Linear => Scale::Linear,
                    ScaleDoc::Log => Scale::Log,
                };
                AxisValues::Range { from, to, steps, scale }
            }
            _ => {
                return Err(Refusal {
                    message: format!("`{input}` has no values and no whole range"),
                    hint: "give `values`, or `from`, `to` and `steps`".to_owned(),
                });
            }
        };
        Ok(Axis { input, values })
    }
}

impl From<&Expanded> for ExpandedDoc {
    fn from(expanded: &Expanded) -> Self {
        let value = |(input, value): &(PortRef, Value)| SweptValue {
            node: input.node.to_string(),
            port: input.port.clone(),
            value: value.clone(),
        };
        let runs = expanded.runs.iter().map(|run| SweepRunDoc {
            index: run.index,
            values: run.values.iter().map(value).collect(),
            nodes: run.nodes.iter().map(|(id, copy)| (id.to_string(), copy.to_string())).collect(),
        });
        Self { workflow: (&expanded.workflow).into(), runs: runs.collect() }
    }
}

impl From<digest::Comparison> for ComparisonDoc {
    fn from(comparison: digest::Comparison) -> Self {
        let difference =
            |found: digest::Difference| DifferenceDoc { path: found.path, a: found.a, b: found.b };
        Self {
            equal: comparison.is_equal(),
            n_differences: comparison.n_differences,
            differences: comparison.differences.into_iter().map(difference).collect(),
        }
    }
}

impl From<SweepError> for Refusal {
    fn from(error: SweepError) -> Self {
        Self { message: error.to_string(), hint: error.hint() }
    }
}

impl From<AxisError> for Refusal {
    fn from(error: AxisError) -> Self {
        Self { message: error.to_string(), hint: error.hint().to_owned() }
    }
}

fn node(text: &str) -> Result<Slug, Refusal> {
    text.parse().map_err(|err: llmos_core::slug::SlugError| Refusal {
        message: format!("bad node id: {err}"),
        hint: err.hint().to_owned(),
    })
}

fn first(findings: &[Finding]) -> Refusal {
    let found = findings.first();
    Refusal {
        message: found.map_or_else(String::new, |found| found.message.clone()),
        hint: found.and_then(|found| found.hint.clone()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(doc: Value) -> Result<(Sweep, BTreeMap<Slug, Part>), Refusal> {
        let doc: SweepDoc = serde_json::from_value(doc).expect("it is well formed");
        doc.to_sweep()
    }

    #[test]
    fn lists_and_ranges_are_read() {
        let (sweep, parts) = read(json!({
            "axes": [
                {"node": "a", "port": "x", "values": [1, "b"]},
                {"node": "b", "port": "y", "from": 1, "to": 100, "steps": 3, "scale": "log"}
            ],
            "mode": "zip",
            "parts": {"b": {"nodes": ["b--c"], "inputs": {"y": [{"node": "b--c", "port": "z"}]}}}
        }))
        .expect("it is a sweep");
        assert_eq!(sweep.axes[0].to_string(), "a.x=[1,\"b\"]");
        assert_eq!(sweep.axes[1].to_string(), "b.y=1:100:3:log");
        assert_eq!(sweep.mode, Mode::Zip);
        let part = parts.values().next().expect("there is one");
        assert_eq!(part.inputs["y"][0].to_string(), "b--c.z");
    }

    #[test]
    fn what_is_no_axis_says_what_to_write() {
        for wrong in [
            json!({"node": "a", "port": "x"}),
            json!({"node": "a", "port": "x", "from": 1, "to": 2}),
            json!({"node": "a", "port": "x", "values": [1], "from": 1, "to": 2, "steps": 3}),
        ] {
            let refusal = read(json!({"axes": [wrong]})).expect_err("it has no values");
            assert_eq!(refusal.hint, "give `values`, or `from`, `to` and `steps`");
        }
        assert!(read(json!({"axes": [{"node": "A", "port": "x", "values": [1]}]})).is_err());
    }

    #[test]
    fn a_comparison_names_places() {
        let found = digest::compare(&json!({"a": 1}), &json!({"a": 2, "b": null}), 1e-9);
        let doc = serde_json::to_value(ComparisonDoc::from(found)).expect("it serializes");
        assert_eq!(
            doc,
            json!({"equal": false, "n_differences": 2, "differences": [
                {"path": "$.a", "a": 1, "b": 2}, {"path": "$.b", "b": null}
            ]})
        );
    }
}
