//! An exchange with a model, as whoever carried it out reports it.

use llmos_core::{
    slug::Slug,
    trace::{self, ChatTrace, TraceId},
};
use serde::{Deserialize, Serialize};

use super::{Outcome, ReportError, convert};

/// What somebody asked a model, and how that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatReport {
    /// What was asked.
    pub prompt: String,
    /// The answer, or what it says in short.
    #[serde(default)]
    pub answer: String,
    /// The skills that the model was given.
    #[serde(default)]
    pub skills_used: Vec<String>,
    /// Whether an answer came.
    pub outcome: Outcome,
    /// What the person said of the answer.
    #[serde(default)]
    pub feedback: Option<Feedback>,
    /// When it was asked (RFC 3339, UTC).
    pub started_at: String,
    /// When the answer was there (RFC 3339, UTC).
    pub finished_at: String,
}

/// What a person said of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// It helped.
    Good,
    /// It did not help.
    Bad,
}

impl ChatReport {
    /// Turns the report into a trace.
    pub fn into_trace(
        self,
        id: TraceId,
        user: Slug,
        team: Option<Slug>,
    ) -> Result<ChatTrace, ReportError> {
        let skills = self.skills_used.iter().map(|skill| convert::slug("skills_used", skill));
        Ok(ChatTrace {
            id,
            user,
            team,
            outcome: self.outcome.into(),
            feedback: self.feedback.map(|feedback| match feedback {
                Feedback::Good => trace::Feedback::Good,
                Feedback::Bad => trace::Feedback::Bad,
            }),
            skills_used: skills.collect::<Result<_, _>>()?,
            model: None,
            usage: None,
            calls: Vec::new(),
            subagents: Vec::new(),
            started_at: convert::time("started_at", &self.started_at)?,
            finished_at: convert::time("finished_at", &self.finished_at)?,
            prompt: self.prompt,
            answer: self.answer,
        })
    }
}
