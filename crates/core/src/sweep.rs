//! A sweep: one workflow, run once for each of some values of its inputs.
//!
//! [`expand`] makes one large workflow of all runs. A node that no swept input
//! reaches is there once; any other is there once for each combination of the
//! values that reach it. So everything that an ordinary run can do (progress,
//! cancel, kept results, nodes at the same time) works for a sweep as it is.

mod axis;
mod expand;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    slug::Slug,
    value::{PortType, ValueKind},
    workflow::{Finding, MAX_COPIED, MAX_EDGES, MAX_NODES, PortRef, Workflow, megabytes},
};

pub use axis::{AxisError, MAX_STEPS};
pub use expand::expand;

/// The most runs that a sweep may have.
pub const MAX_RUNS: usize = 10_000;

/// Which inputs take which values.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The inputs with their values.
    pub axes: Vec<Axis>,
    /// How the values of several inputs go together.
    pub mode: Mode,
}

/// One input and the values it takes; written `node.port=from:to:steps` or `node.port=one,two`.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The input. Where the node ran a workflow before that was made flat, the input of that one.
    pub input: PortRef,
    /// The values.
    pub values: AxisValues,
}

/// The values that a swept input takes.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisValues {
    /// These.
    List(Vec<Value>),
    /// Numbers from one to another, both of them included.
    Range {
        /// The first.
        from: f64,
        /// The last.
        to: f64,
        /// How many numbers there are.
        steps: usize,
        /// How they are spread.
        scale: Scale,
    },
}

/// How numbers are spread over a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// At equal distances.
    #[default]
    Linear,
    /// At equal ratios.
    Log,
}

/// How the values of several inputs go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Each with each; those of the last input change fastest.
    #[default]
    Product,
    /// The first with the first, the second with the second, and so on.
    Zip,
}

/// What a sweep becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Expanded {
    /// All runs as one workflow.
    pub workflow: Workflow,
    /// The runs, in order.
    pub runs: Vec<SweepRun>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRun {
    /// Its number, counted from 1.
    pub index: usize,
    /// The value of each swept input.
    pub values: Vec<(PortRef, Value)>,
    /// Which node stands for one of the workflow in this run, where that is not the node itself.
    pub nodes: BTreeMap<Slug, Slug>,
}

/// Why a sweep cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    /// There are no inputs to sweep.
    #[error("the sweep names no input")]
    NoAxes,
    /// The values of an input cannot be made.
    #[error("`{input}` cannot be swept: {source}")]
    BadAxis {
        /// The input.
        input: PortRef,
        /// What is wrong.
        source: AxisError,
    },
    /// There is no such input.
    #[error("the workflow has no input `{input}`")]
    UnknownInput {
        /// The input.
        input: PortRef,
        /// One that is like it.
        nearest: Option<String>,
    },
    /// An edge feeds the input.
    #[error("`{input}` is fed by an edge from `{from}`")]
    Fed {
        /// The input.
        input: PortRef,
        /// The output.
        from: PortRef,
    },
    /// One input is named twice.
    #[error("`{input}` is swept twice")]
    Twice {
        /// The input.
        input: PortRef,
    },
    /// A value is not what the input takes.
    #[error("`{input}` takes `{ty}`, but its value {number} is `{kind}`")]
    WrongValue {
        /// The input.
        input: PortRef,
        /// What it takes.
        ty: PortType,
        /// What the value is.
        kind: ValueKind,
        /// Which of its values, counted from 1.
        number: usize,
    },
    /// Inputs that change together have different numbers of values.
    #[error("`{a}` has {n_a} values, but `{b}` has {n_b}")]
    Uneven {
        /// The first input.
        a: PortRef,
        /// How many values it has.
        n_a: usize,
        /// Another one.
        b: PortRef,
        /// How many it has.
        n_b: usize,
    },
    /// There would be too many runs.
    #[error("the sweep would have {n_runs} runs, at most {MAX_RUNS} are possible")]
    TooManyRuns {
        /// How many.
        n_runs: usize,
    },
    /// There would be too many nodes.
    #[error("the sweep would have {n_nodes} nodes, at most {MAX_NODES} can run")]
    TooManyNodes {
        /// How many.
        n_nodes: usize,
    },
    /// There would be too many edges.
    #[error("the sweep would have {n_edges} edges, at most {MAX_EDGES} can run")]
    TooManyEdges {
        /// How many.
        n_edges: u64,
    },
    /// Values would be copied too often.
    #[error(
        "the values written in the nodes would be copied for each run and take {n_mb} MB, at most {max} MB are possible; most of it for `{node}`",
        n_mb = megabytes(*n_bytes),
        max = megabytes(MAX_COPIED)
    )]
    TooLarge {
        /// What the copies would take.
        n_bytes: u64,
        /// The node that takes most.
        node: Slug,
    },
    /// The workflow itself cannot run.
    #[error("the workflow cannot run: {first}", first = findings.first().map_or("", |f| f.message.as_str()))]
    Invalid {
        /// What is wrong with it, errors only.
        findings: Vec<Finding>,
    },
}

impl SweepError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoAxes => "give at least one input with its values".to_owned(),
            Self::BadAxis { source, .. } => source.hint().to_owned(),
            Self::UnknownInput { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownInput { nearest: None, .. } => {
                "name a node of the workflow and one of its inputs".to_owned()
            }
            Self::Fed { from, .. } => {
                format!(
                    "sweep an input of `{}` or of a node before it, or remove the edge",
                    from.node
                )
            }
            Self::Twice { .. } => "put all its values into one axis".to_owned(),
            Self::WrongValue { ty, .. } => format!("give values of type `{ty}`"),
            Self::Uneven { .. } => {
                "give them equally many values, or combine each value with each".to_owned()
            }
            Self::TooManyRuns { .. } => "take fewer values".to_owned(),
            Self::TooLarge { .. } => {
                "take fewer values, or write the large value in one node that is not swept, and link that one instead of repeating it".to_owned()
            }
            Self::TooManyNodes { .. } | Self::TooManyEdges { .. } => {
                "take fewer values, or sweep a smaller workflow".to_owned()
            }
            Self::Invalid { findings } => findings
                .iter()
                .find_map(|found| found.hint.clone())
                .unwrap_or_else(|| "correct the workflow first".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
