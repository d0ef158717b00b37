//! What goes in and out of a dialogue.

use crate::{
    chat::{Ask, Decision, Question},
    model::{EndReason, ModelRequest, Usage},
    workflow::Workflow,
};

use super::{Over, ProposedEdit};

/// A call that is to be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number, by which it is answered.
    pub number: u32,
    /// What it asks for.
    pub ask: Ask,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// Something for the model to read, as material.
    Text(String),
    /// It was tried and failed; what there is to read about it, as material.
    Failed(String),
    /// A workflow for the person.
    Proposal(Box<Workflow>),
    /// An edit for the person.
    Edit(Box<ProposedEdit>),
    /// It cannot be done; one sentence for each reason.
    Refused(Vec<String>),
    /// The person did not allow it.
    Declined(Decision),
    /// Nothing is left for it.
    Spent(Over),
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallState {
    /// It gave what was asked for.
    Done,
    /// It was tried and failed.
    Failed,
    /// It was not tried.
    Refused,
    /// It was not tried, as the person did not allow it.
    Declined,
    /// It was stopped before its end.
    Cancelled,
}

impl CallState {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::Done, Self::Failed, Self::Refused, Self::Declined, Self::Cancelled];

    /// Returns the name that files and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a person sees.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// What really answers.
    Model(String),
    /// More text.
    Text(String),
    /// The provider is asked again after a pause.
    Again {
        /// Why.
        reason: String,
        /// After how many milliseconds.
        wait_ms: u64,
    },
    /// The model called a tool.
    Called {
        /// The number of the call.
        number: u32,
        /// Which tool.
        tool: String,
        /// With what; a text where it is too long to be shown.
        arguments: serde_json::Value,
    },
    /// A call of an outside tool waits for the person. It is carried out only after
    /// [`Dialogue::decided`](super::Dialogue::decided).
    Asks {
        /// The number of the call.
        number: u32,
        /// What would be called.
        question: Box<Question>,
    },
    /// The person decided over a call.
    Decided {
        /// The number of the call.
        number: u32,
        /// How.
        decision: Decision,
    },
    /// A call is over.
    Returned {
        /// The number of the call.
        number: u32,
        /// How it ended.
        state: CallState,
        /// The beginning of what it gave.
        text: String,
    },
    /// A sentence that the person should know.
    Note(String),
    /// A workflow to look at.
    Proposal(Box<Workflow>),
    /// An edit to look at.
    Edit(Box<ProposedEdit>),
    /// A call that is wrong.
    Rejected {
        /// What is wrong, one sentence each.
        reasons: Vec<String>,
        /// Whether the model gets another try.
        again: bool,
    },
    /// What it took so far, all rounds together.
    Usage(Usage),
    /// The budget is used up.
    Exhausted(Over),
    /// The answer was cut off or held back.
    Ended(EndReason),
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// More of this answer, or of the calls that are carried out.
    Listen,
    /// These calls are carried out, side by side; those of [`Said::Asks`] wait for the person beside them.
    Carry(Vec<Job>),
    /// The model is asked again.
    Ask(Box<ModelRequest>),
    /// Nothing: the exchange is over.
    Over,
}
