//! Skills on the wire.

mod convert;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    history::{MergedView, Take},
    problem::Diagnostic,
    proposal::ProvenanceView,
};

pub use convert::{Skills, WORKFLOW, WORKFLOWS};

/// What a skill file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkillKind {
    /// Guides a model.
    Context,
    /// A typed node with code.
    Executable,
    /// The open Agent Skills form, `<name>/SKILL.md`.
    Agent,
}

/// An input or output of an executable skill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Port {
    /// Its name, unique among the inputs or outputs of the skill.
    pub name: String,
    /// `number`, `integer`, `string`, `boolean`, `array`, `object`, `table`, `plot`, `image`, `file`, `bytes` or `any`.
    #[serde(rename = "type")]
    pub ty: String,
    /// What it means.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub description: String,
    /// The value of an input that nobody gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Whether a value must be there.
    #[serde(default = "crate::yes")]
    pub required: bool,
}

/// An executable skill, as the node library and the runner need it, or a workflow that can be a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ExecutableSkill {
    /// The id. A node of a workflow gives it as `skill_id`, or as `workflow` where the type says so.
    pub skill_id: String,
    /// The name for people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The runtime: `python-wasm`, `qiskit`, `javascript`, ...; `workflow` for a workflow.
    #[serde(rename = "type")]
    pub ty: String,
    /// `browser-wasm`, `server-python` or `hybrid`.
    pub execution_mode: String,
    /// The category in the node library.
    pub category: Option<String>,
    /// Search words.
    pub tags: Vec<String>,
    /// The Git blob id of the file: this exact text and no other.
    pub version: String,
    /// The version that the author wrote in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The volume it comes from.
    pub volume: String,
    /// What goes in.
    pub inputs: Vec<Port>,
    /// What comes out.
    pub outputs: Vec<Port>,
    /// How long its author expects it to take.
    pub estimated_time_ms: Option<u64>,
    /// How much memory it may take.
    pub memory_mb: Option<u64>,
    /// How long it may take.
    pub timeout_ms: Option<u64>,
    /// The packages it loads.
    pub packages: Vec<String>,
    /// Whether equal inputs always give equal outputs.
    #[serde(default = "crate::yes")]
    pub deterministic: bool,
    /// The code; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A field that matched a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// The field: `name`, `keywords`, `category`, `description`, ...
    pub field: String,
    /// The words of the query found there.
    pub terms: Vec<String>,
}

/// A skill in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkillSummary {
    /// The id, the same in every volume that has a skill of that name.
    pub skill_id: String,
    /// The name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What the file is.
    pub kind: SkillKind,
    /// The category.
    pub category: Option<String>,
    /// Search words.
    pub keywords: Vec<String>,
    /// The volume that this one comes from.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// The Git blob id of the file.
    pub version: String,
    /// The runtime of an executable skill.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// Where an executable skill runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_mode: Option<String>,
    /// What goes into an executable skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<Port>>,
    /// What comes out of an executable skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Vec<Port>>,
    /// The volumes below that have a skill of the same id, nearest first.
    pub shadows: Vec<String>,
    /// How well it matches the query; higher is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Why it matches the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Vec<Why>>,
}

/// One skill with everything in its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkillView {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: SkillSummary,
    /// The file, byte for byte.
    pub content: String,
    /// The Markdown after the frontmatter.
    pub body: String,
    /// The frontmatter as JSON.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub frontmatter: Map<String, Value>,
    /// The code of an executable skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is worth saying about the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Where a promoted skill came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<ProvenanceView>,
}

/// A skill file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokenFile {
    /// The volume.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// Whether it is an edit in the folder that is not committed for this reason; what is committed still counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncommitted: bool,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Answer of `GET /skills`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkillList {
    /// How many there are, on all pages.
    pub total: usize,
    /// This page.
    pub skills: Vec<SkillSummary>,
    /// Files that are no skill as they stand; at most 100, with the first page only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<BrokenFile>,
}

/// Answer of `GET /workflows/skills/executable`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutableList {
    /// How many there are, on all pages.
    pub total: usize,
    /// This page, without code. Workflows that can be nodes stand among them.
    pub skills: Vec<ExecutableSkill>,
}

/// Body of `POST /skills`: either `source`, or the fields a new file is made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CreateSkill {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in.
    pub team_id: Option<String>,
    /// Where it goes; the caller's own volume when left out.
    pub volume: Option<String>,
    /// The id; made from `name` when left out.
    pub skill_id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The Markdown body.
    pub content: Option<String>,
    /// The whole file, frontmatter included.
    pub source: Option<String>,
    /// Search words.
    pub keywords: Vec<String>,
}

/// Body of `PUT /skills/{skill_id}`: either `source`, or the fields to change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct UpdateSkill {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in.
    pub team_id: Option<String>,
    /// Where it is; the caller's own volume when left out.
    pub volume: Option<String>,
    /// The new name.
    pub name: Option<String>,
    /// The new category.
    pub category: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new search words.
    pub keywords: Option<Vec<String>>,
    /// The new Markdown body.
    pub content: Option<String>,
    /// The whole new file, frontmatter included.
    pub source: Option<String>,
    /// The version that the change rests on. Where another one is there meanwhile, both changes are
    /// brought together; `If-Match` refuses that.
    pub base_version: Option<String>,
    /// Whose side to take where that is not possible, by the key of each conflict.
    pub choices: BTreeMap<String, Take>,
}

/// Answer of a change to a skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedSkill {
    /// The id.
    pub skill_id: String,
    /// The volume that was changed.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// The Git blob id of the file; absent when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The commit.
    pub commit: String,
    /// What is worth saying about the new file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
    /// What the change was brought together with, where the file had changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedView>,
}

/// Body of `POST /skills/promote`: copies a skill of the user to a team, or one of the team to the system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PromoteSkill {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that gets it, or whose skill `system` gets.
    #[cfg_attr(feature = "openapi", schema(required = true, nullable = false))]
    pub team_id: Option<String>,
    /// Where it goes: `system`, or the volume of the team, which it is when left out.
    pub to: Option<String>,
    /// The skill.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub skill_id: String,
    /// Why others should have it; kept in the commit.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub reason: String,
}

/// The skills of a run, by id.
pub type SkillsById = BTreeMap<String, ExecutableSkill>;
