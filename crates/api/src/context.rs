//! What of the skills goes into a prompt, on the wire.

use serde::{Deserialize, Serialize};

use crate::skill::Why;

/// The skills for a query, as text for a prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkillContext {
    /// The text: each skill between `<skill>` and `</skill>`, best first.
    pub text: String,
    /// What the text costs by estimate, never more than `budget`.
    pub tokens: usize,
    /// How many tokens it may cost.
    pub budget: usize,
    /// The skills in the text, best first.
    pub skills_used: Vec<UsedSkill>,
    /// The other skills that match, best first.
    pub left_out: Vec<UnusedSkill>,
}

/// A skill in the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsedSkill {
    /// The id.
    pub skill_id: String,
    /// The volume it comes from.
    pub volume: String,
    /// The Git blob id of the file: this exact text and no other.
    pub version: String,
    /// `whole`, or `summary`: name, description and headings.
    pub form: String,
    /// What it costs by estimate.
    pub tokens: usize,
    /// How well it fits; only the order of scores of one query means something.
    pub score: f64,
    /// What of the query was found where.
    pub why: Vec<Why>,
}

/// A skill that matches and is not in the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnusedSkill {
    /// The id.
    pub skill_id: String,
    /// How well it fits.
    pub score: f64,
    /// `less_fitting`: much less than the best one; `enough_skills`: as many better ones as were asked for;
    /// `no_room`: not even its summary fits into the rest of the budget.
    pub reason: String,
    /// What its summary costs, where there was no room for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<usize>,
}
