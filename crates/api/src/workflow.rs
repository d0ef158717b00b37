//! Workflows on the wire.

mod convert;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    history::{MergedView, Take},
    problem::Finding,
    skill::ExecutableSkill,
};

/// A workflow: nodes, each a skill with input values, and edges from output to input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkflowDoc {
    /// The id.
    pub workflow_id: String,
    /// The name for people.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub description: String,
    /// Search words.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub tags: Vec<String>,
    /// The version that the author wrote in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The readable text around the graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The nodes.
    #[serde(default)]
    pub nodes: Vec<NodeDoc>,
    /// The edges.
    #[serde(default)]
    pub edges: Vec<EdgeDoc>,
    /// Its ports as a node of another workflow; those that no edge touches when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceDoc>,
}

/// Which inputs and outputs a workflow has as a node of another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InterfaceDoc {
    /// Its inputs. A name that is there twice feeds two nodes.
    #[serde(default)]
    pub inputs: Vec<OuterPortDoc>,
    /// Its outputs.
    #[serde(default)]
    pub outputs: Vec<OuterPortDoc>,
}

/// A port of a workflow, and the port of one of its nodes behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OuterPortDoc {
    /// Its name on the outside.
    pub name: String,
    /// The node behind it.
    pub node: String,
    /// The port of that node.
    pub port: String,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeDoc {
    /// The id, unique in the workflow.
    pub id: String,
    /// The skill it runs; empty, or left out, where it runs a workflow.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub skill_id: String,
    /// The workflow it runs in place of a skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// The name for people; that of the skill when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Values of inputs that no edge feeds.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: BTreeMap<String, Value>,
    /// How long it may take; as the skill says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How much memory it may use; as the skill says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u64>,
    /// How often it is tried again after a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Where it stands on the canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionDoc>,
}

/// A place on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PositionDoc {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// One edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EdgeDoc {
    /// The output.
    pub from: PortRefDoc,
    /// The input.
    pub to: PortRefDoc,
}

/// A port of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortRefDoc {
    /// The node's id.
    pub node: String,
    /// The port's name.
    pub port: String,
}

/// A workflow in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkflowSummary {
    /// The id.
    pub workflow_id: String,
    /// The name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Search words.
    pub tags: Vec<String>,
    /// The volume that this one comes from.
    pub volume: String,
    /// The Git blob id of the file.
    pub version: String,
    /// How many nodes it has.
    pub n_nodes: usize,
    /// How many edges it has.
    pub n_edges: usize,
}

/// Answer of `GET /workflows`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkflowList {
    /// How many there are, on all pages.
    pub total: usize,
    /// This page.
    pub workflows: Vec<WorkflowSummary>,
    /// Files that are no workflow as they stand; at most 100, with the first page only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<crate::skill::BrokenFile>,
}

/// Answer of `GET /workflows/{workflow_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkflowView {
    /// The workflow.
    pub workflow: WorkflowDoc,
    /// The volume that this one comes from.
    pub volume: String,
    /// The Git blob id of the file.
    pub version: String,
    /// The commit it was read at.
    pub commit: String,
    /// What is wrong with it, given the skills that the caller sees.
    pub findings: Vec<Finding>,
    /// The volumes below that have a workflow of the same id, nearest first.
    pub shadows: Vec<String>,
}

/// Body of `POST /workflows/save`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveWorkflow {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that the caller works in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Where it goes; the caller's own volume when left out.
    #[serde(default)]
    pub volume: Option<String>,
    /// The workflow.
    pub workflow: WorkflowDoc,
    /// The version that the change rests on. Absent: the file must not exist yet.
    ///
    /// Where another version is there meanwhile, both changes are brought together.
    #[serde(default)]
    pub base_version: Option<String>,
    /// Whose side to take where that is not possible, by the key of each conflict.
    #[serde(default)]
    pub choices: BTreeMap<String, Take>,
}

/// Answer of a change to a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedWorkflow {
    /// The id.
    pub workflow_id: String,
    /// The volume that was changed.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// The Git blob id of the file; absent when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The commit.
    pub commit: String,
    /// What the change was brought together with, where the file had changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedView>,
    /// The workflow as it is saved, where it was brought together with another change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowDoc>,
}

/// Body of `POST /workflows/execute`: a workflow, the id of a saved one, or the id of a trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ExecuteWorkflow {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in.
    pub team_id: Option<String>,
    /// The workflow itself.
    pub workflow: Option<WorkflowDoc>,
    /// The id of a saved workflow.
    pub workflow_id: Option<String>,
    /// The volume of the saved workflow; the nearest one that has it when left out.
    pub volume: Option<String>,
    /// A trace of the caller, to run again what ran then: the workflow with its values, and the
    /// skills as they were.
    pub trace_id: Option<String>,
}

/// Answer of `POST /workflows/execute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadyWorkflow {
    /// Always `ready`: the browser runs it.
    pub status: String,
    /// What the browser needs.
    pub payload: RunPayload,
}

/// Everything that a runner needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunPayload {
    /// The workflow. Its nodes all run skills: those of workflows inside are laid open.
    pub workflow: WorkflowDoc,
    /// Its skills with code, by id.
    pub skills: BTreeMap<String, ExecutableSkill>,
    /// What became of each node that ran a workflow.
    #[serde(default)]
    pub parts: BTreeMap<String, PartDoc>,
    /// The volume that the workflow comes from, where it is a saved one or was when it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_volume: Option<String>,
    /// The Git blob id of its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_version: Option<String>,
}

/// The nodes that took the place of one that ran a workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartDoc {
    /// Their ids, in order.
    pub nodes: Vec<String>,
    /// What each input of the node feeds now.
    #[serde(default)]
    pub inputs: BTreeMap<String, Vec<PortRefDoc>>,
    /// Where each output of the node comes from now.
    #[serde(default)]
    pub outputs: BTreeMap<String, PortRefDoc>,
}

/// Answer of `GET /workflows/categories`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryList {
    /// The categories of executable skills, by name.
    pub categories: Vec<Category>,
}

/// A category of executable skills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// Its name.
    pub name: String,
    /// How many skills it has.
    pub n_skills: usize,
}
