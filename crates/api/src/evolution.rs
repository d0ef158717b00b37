//! Evolution on the wire: passes over the traces, and the drafts that they leave.

mod convert;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whose traces a pass looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvolveScope {
    /// Those of one person.
    #[default]
    User,
    /// Those of all who work in a team, together.
    Team,
    /// Those of everybody: which skills of teams are used by many.
    System,
}

/// Body of `POST /evolve`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvolveRequest {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in; the team that is meant with `scope: team`.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Whose traces; those of the user when left out.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub scope: EvolveScope,
    /// Whether what proved itself becomes a skill at once. Otherwise only drafts are written.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub auto_apply: bool,
    /// Whether nothing is written at all.
    #[serde(default, deserialize_with = "crate::null_is_default")]
    pub dry_run: bool,
}

/// Answer of `POST /evolve`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvolveReport {
    /// `completed`.
    pub status: String,
    /// The volume that gets the drafts.
    pub volume: String,
    /// How many traces the patterns rest on, those of earlier passes included.
    pub traces_analyzed: u64,
    /// How many of them this pass read: each is read once.
    pub traces_new: u64,
    /// How many of them could not be understood.
    pub traces_unreadable: u64,
    /// How many patterns came up often enough.
    pub patterns_detected: usize,
    /// How many skills this pass made or changed.
    pub skills_created: usize,
    /// The drafts that this pass began or changed, or would have with `dry_run`.
    pub drafts: Vec<DraftSummary>,
    /// The patterns that came up often enough, most often first.
    pub patterns: Vec<PatternView>,
    /// What would go up, in words: skills that were proposed, and workflows, which are only named.
    pub proposals: Vec<String>,
}

/// Something that recurs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatternView {
    /// Names it.
    pub pattern: String,
    /// `workflow`, `part` or `task`.
    pub kind: String,
    /// What recurs, in its own words.
    pub description: String,
    /// How often it came up.
    pub count: u64,
    /// How often with success.
    pub n_success: u64,
    /// Which part of that is a success, 0 to 1, as it was counted.
    pub success_rate: f64,
    /// The success rate that is exceeded with a certainty of 95 %, 0 to 1.
    pub confidence: f64,
    /// How often each person did it.
    pub users: BTreeMap<String, u64>,
    /// The day of the first time.
    pub first_seen: Option<String>,
    /// The day of the last time.
    pub last_seen: Option<String>,
    /// The newest traces of it.
    pub traces: Vec<String>,
    /// Why it makes no draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A draft in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftSummary {
    /// Its id: one pattern has one draft.
    pub draft_id: String,
    /// `compound`: a workflow that runs as one node. `guide`: a context skill.
    pub kind: String,
    /// `proposed`, `unproven`, `accepted`, `merged`, `rejected` or `archived`.
    pub status: String,
    /// The id of the skill that it makes.
    pub skill_id: String,
    /// What it is called.
    pub title: String,
    /// How often the task came up.
    pub count: u64,
    /// How often with success.
    pub n_success: u64,
    /// Which part of that is a success, 0 to 1, as it was counted.
    pub success_rate: f64,
    /// The success rate that is exceeded with a certainty of 95 %, 0 to 1.
    pub confidence: f64,
    /// How often each person did it.
    pub users: BTreeMap<String, u64>,
    /// How many traces were held back to prove it.
    pub n_held_back: u64,
    /// How many of these spoke for it.
    pub n_passed: u64,
    /// What a reviewer should look at twice.
    pub warnings: Vec<String>,
    /// Whether a person changed the text.
    pub edited: bool,
    /// Whether accepting it again would bring the skill up to date.
    pub update: bool,
    /// What the skill gained since it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<Gain>,
    /// Why the skill should be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
    /// The volume that holds it.
    pub volume: String,
    /// The Git blob id of its file.
    pub version: String,
}

/// How the task went before and after its skill was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gain {
    /// How often the task came up before.
    pub before: u64,
    /// How often with success.
    pub before_success: u64,
    /// How often it came up since.
    pub since: u64,
    /// How often with success.
    pub since_success: u64,
    /// How often the skill itself was used.
    pub used: u64,
    /// How often with success.
    pub used_success: u64,
}

/// Answer of `GET /drafts/{draft_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftView {
    /// What the list says.
    #[serde(flatten)]
    pub summary: DraftSummary,
    /// The text of the skill, as it would be kept.
    pub text: String,
    /// Where it would be kept, or is.
    pub path: String,
    /// The traces that it rests on.
    pub traces: Vec<String>,
    /// What speaks against it.
    pub problem: Option<String>,
    /// The whole file of the draft.
    pub source: String,
}

/// Answer of `GET /drafts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftList {
    /// The drafts; those that wait for a decision first.
    pub drafts: Vec<DraftSummary>,
    /// How many wait for a decision.
    pub n_proposed: usize,
    /// How many skills should be looked at again.
    pub n_stale: usize,
}

/// Body of `POST /drafts/{draft_id}/accept`, `/reject`, `/archive` and `/merge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideDraft {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// The volume of the draft; that of the user when left out.
    #[serde(default)]
    pub volume: Option<String>,
    /// The Git blob id of the draft that the decision rests on; a draft that changed since is not decided.
    #[serde(default)]
    pub version: Option<String>,
    /// With `/merge`: the skill that takes the draft in.
    #[serde(default)]
    pub into: Option<String>,
}

/// Body of `PUT /drafts/{draft_id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditDraft {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// The volume of the draft; that of the user when left out.
    #[serde(default)]
    pub volume: Option<String>,
    /// The Git blob id of the draft that the change rests on.
    #[serde(default)]
    pub version: Option<String>,
    /// The new text of the skill.
    pub text: String,
}

/// What a decision on a draft did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecidedDraft {
    /// The draft.
    pub draft_id: String,
    /// What became of it.
    pub status: String,
    /// The skill that it made or went into.
    pub skill_id: String,
    /// The volume.
    pub volume: String,
    /// The file of the skill, where one was written.
    pub path: Option<String>,
    /// The Git blob id of the draft now.
    pub version: String,
    /// The commit.
    pub commit: String,
}
