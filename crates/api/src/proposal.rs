//! Proposals on the wire.

use serde::{Deserialize, Serialize};

use crate::{problem::Diagnostic, skill::ExecutableSkill};

/// Body of `POST /proposals`: asks a volume to take a skill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ProposeSkill {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team: the one that is asked to take a skill of the user, or the one whose skill `system` is asked to take.
    pub team_id: Option<String>,
    /// The volume that is asked: `team/<id>` or `system`; the team's when left out.
    pub to: Option<String>,
    /// The skill.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub skill_id: String,
    /// Why others should have it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub reason: String,
}

/// Body of `POST /proposals/{id}/approve`, `…/decline` and `…/revert`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct DecideProposal {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in; that of `volume` when left out.
    pub team_id: Option<String>,
    /// The volume that is asked; looked for when left out.
    pub volume: Option<String>,
    /// Why. Needed to decline and to revert; kept in the commit.
    pub reason: String,
    /// Says that one approves one's own proposal.
    pub own: bool,
}

/// Where a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for a decision.
    Open,
    /// It was merged.
    Approved,
    /// It was not taken.
    Declined,
    /// It was merged, and taken back later.
    Reverted,
}

/// Where a skill came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvenanceView {
    /// The volume it was copied from.
    pub from: String,
    /// The version of its file there.
    pub version: String,
    /// The newest commit of that volume at the time.
    pub commit: Option<String>,
    /// Why others should have it.
    pub reason: String,
    /// Who made the commit that brought it.
    pub author: String,
    /// When that was (RFC 3339, UTC).
    pub time: String,
    /// The commit that brought it.
    pub brought_by: String,
}

/// What was decided about a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionView {
    /// Who decided.
    pub by: String,
    /// When (RFC 3339, UTC).
    pub time: String,
    /// What they said.
    pub reason: String,
    /// The commit that carries it out.
    pub commit: String,
}

/// A proposal in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalSummary {
    /// Its id: the commit that is proposed. A proposal that is made anew has another one.
    pub id: String,
    /// The volume that is asked.
    pub volume: String,
    /// The branch of that volume.
    pub branch: String,
    /// Who proposes it.
    pub user: String,
    /// The skill.
    pub skill_id: String,
    /// Where it is.
    pub state: ProposalState,
    /// Why others should have it.
    pub reason: String,
    /// Where the skill came from; absent for a branch that was pushed without saying so.
    pub provenance: Option<ProvenanceView>,
    /// When it was proposed (RFC 3339, UTC).
    pub time: String,
    /// What was decided.
    pub decision: Option<DecisionView>,
    /// Whether the caller may approve it.
    pub may_approve: bool,
    /// Whether the caller may decline it, or withdraw it.
    pub may_decline: bool,
    /// Whether the caller may take it back, as it was merged.
    pub may_revert: bool,
    /// Whether it is the caller's own, which approving has to say.
    pub own: bool,
}

/// Answer of `GET /proposals`: the open ones first, then the decided ones, each newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalList {
    /// The proposals.
    pub proposals: Vec<ProposalSummary>,
}

/// Answer of `GET /proposals/{id}`: all that a reviewer must know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalView {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: ProposalSummary,
    /// The name of the skill for people.
    pub name: String,
    /// Whether the volume has a skill of that id, which the proposal replaces.
    pub replaces: bool,
    /// What the skill is and may do.
    pub facts: Vec<FactView>,
    /// What was looked at, and how it came out; empty once it was decided.
    pub checks: Vec<CheckView>,
    /// What is different, file by file.
    pub files: Vec<ProposedFile>,
    /// The skill as it would run, where it has all it needs without being given anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<ExecutableSkill>,
    /// What is worth saying about the skill's file.
    pub diagnostics: Vec<Diagnostic>,
}

/// One thing to know about a skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactView {
    /// What it is about.
    pub about: String,
    /// Whether to look twice.
    pub caution: bool,
    /// What there is to know.
    pub text: String,
    /// What it was before, where that was something else; empty where there was nothing of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Nothing is wrong.
    Passed,
    /// Look at it.
    Warned,
    /// It cannot be approved.
    Failed,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckView {
    /// A stable name in kebab case.
    pub code: String,
    /// How it came out.
    pub outcome: CheckOutcome,
    /// What was found.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

/// What is different in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedFile {
    /// The file.
    pub path: String,
    /// The lines that are different, with some around them; none for a file that is no text.
    pub hunks: Vec<ProposedHunk>,
    /// Whether the file is text.
    pub text: bool,
    /// How many bytes it had; absent where it was not there.
    pub bytes_before: Option<u64>,
    /// How many bytes it would have; absent where it would be gone.
    pub bytes_after: Option<u64>,
    /// What is different in the skill, field by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProposedField>,
}

/// A field of a skill that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedField {
    /// The address of the field, such as `fields/timeout_ms` or `inputs/n`.
    pub field: String,
    /// The field in words.
    pub name: String,
    /// What it was; absent where it was not there.
    pub before: Option<String>,
    /// What it would be; absent where it would be gone.
    pub after: Option<String>,
}

/// Lines of a file that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedHunk {
    /// The lines, in order.
    pub lines: Vec<ProposedLine>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// It is the same.
    Same,
    /// It would be gone.
    Removed,
    /// It would be new.
    Added,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedLine {
    /// What became of it.
    pub change: LineChange,
    /// Its number before, from 1.
    pub before: Option<usize>,
    /// Its number after, from 1.
    pub after: Option<usize>,
    /// Its text, cut where a character cannot be seen.
    pub pieces: Vec<TextPiece>,
    /// Whether it is so long that its end may not be in view.
    pub long: bool,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextPiece {
    /// The text, or the name of a character such as `U+202E`.
    pub text: String,
    /// Whether it stands for a character that cannot be seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// Answer of a decision about a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecidedProposal {
    /// The proposal.
    pub id: String,
    /// Where it is now.
    pub state: ProposalState,
    /// The volume.
    pub volume: String,
    /// The skill.
    pub skill_id: String,
    /// The commit that carries it out.
    pub commit: String,
}

impl ProposalState {
    /// Returns the name that the wire uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Reverted => "reverted",
        }
    }
}
