//! One exchange: driven by a door piece by piece, also on an async runtime, and
//! stopped whenever nobody listens any more.

use std::{collections::VecDeque, future::poll_fn, sync::Arc};

use jiff::Timestamp;
use llmos_api::{
    chat::{ChatAnswer, ChatAsk, ChatBudget, ChatEvent, ChatProposal, ChatSkill, ChatUsage},
    problem,
    workflow::WorkflowDoc,
};
use llmos_core::{
    chat::{Amounts, Budget, Said},
    model::{EndReason, Model, ModelError, ModelRequest, Usage},
    run::Outcome,
    slug::Slug,
    trace::TraceId,
    workflow::{Workflow, validate},
};

use super::{
    carrier::{Carrier, NoCarrier},
    gather::Coming,
    pause::Pause,
    person::Person,
    record::Record,
    talk::{Heard, Table, Talk},
};
use crate::{Caller, World, catalogue::View, sessions::InSession};

/// One exchange.
pub struct ChatExchange {
    pub(super) kept: Kept,
    names: Vec<String>,
    shown: Vec<ChatSkill>,
    ready: VecDeque<ChatEvent>,
    state: State,
    label: Option<String>,
    pub(super) answer: String,
    proposals: Vec<ChatProposal>,
    /// The workflows of the proposals.
    pub(super) workflows: Vec<Workflow>,
    usage: Option<ChatUsage>,
    rejected: Vec<String>,
    /// What was called, and by whom.
    pub(super) record: Record,
    pub(super) error: Option<ModelError>,
    /// Why nothing more is done, where the budget ended it.
    exhausted: Option<String>,
    budget: Option<ChatBudget>,
    /// Whether something was said or proposed.
    found: bool,
    /// Says that the trace will be there soon, where nobody else is asked.
    pub(super) coming: Option<Coming>,
    over: bool,
}

/// What the trace needs from the beginning.
pub(super) struct Kept {
    pub(super) caller: Caller,
    pub(super) trace_id: TraceId,
    pub(super) started_at: Timestamp,
    pub(super) prompt: String,
    pub(super) skills: Vec<Slug>,
    /// The session that it belongs to.
    pub(super) session: Option<InSession>,
}

enum State {
    /// The search alone answers.
    Alone,
    Talking(Box<(Talk, Table)>),
}

impl ChatExchange {
    pub(super) fn with_model(
        kept: Kept,
        names: Vec<String>,
        shown: Vec<ChatSkill>,
        (view, world, model): (Arc<View>, Arc<dyn World>, Arc<dyn Model>),
        request: ModelRequest,
    ) -> Self {
        let label = model.label().to_string();
        let (caller, started_at) = (kept.caller.clone(), kept.started_at);
        let table = Table {
            view,
            model,
            caller,
            carrier: Arc::new(NoCarrier),
            person: None,
            budget: Budget::new(Amounts::MOST),
            world,
            started_at,
            pause: Pause::default(),
            heard: VecDeque::new(),
            n_subagents: 0,
        };
        let talk = Talk::new(None, request);
        Self::new(kept, names, shown, Some(label), State::Talking(Box::new((talk, table))))
    }

    /// Lets calls of the model be carried out. Without a carrier each of them is refused.
    #[must_use]
    pub fn carried_by(mut self, carrier: Arc<dyn Carrier>) -> Self {
        if let State::Talking(talking) = &mut self.state {
            talking.1.carrier = carrier;
        }
        self
    }

    /// Lets the model ask the person for calls of outside tools. Without it there are none.
    #[must_use]
    pub fn asking(mut self, person: Arc<dyn Person>) -> Self {
        if let State::Talking(talking) = &mut self.state {
            let (talk, table) = &mut **talking;
            talk.listing = Some(person.list(table.caller.clone()));
            table.person = Some(person);
        }
        self
    }

    pub(super) fn without_model(
        kept: Kept,
        names: Vec<String>,
        shown: Vec<ChatSkill>,
        answer: String,
        proposals: Vec<(Workflow, ChatProposal)>,
        found: bool,
    ) -> Self {
        let (workflows, proposals): (Vec<_>, Vec<_>) = proposals.into_iter().unzip();
        let mut new = Self::new(kept, names, shown, None, State::Alone);
        new.ready.push_back(ChatEvent::Text { text: answer.clone() });
        let events = proposals.iter().cloned().map(Box::new);
        new.ready.extend(events.map(|proposal| ChatEvent::Proposal { proposal }));
        Self { answer, proposals, workflows, found, ..new }
    }

    fn new(
        kept: Kept,
        names: Vec<String>,
        shown: Vec<ChatSkill>,
        label: Option<String>,
        state: State,
    ) -> Self {
        let start = ChatEvent::Start { trace_id: kept.trace_id.to_string(), model: label.clone() };
        let ready = VecDeque::from([start, ChatEvent::Skills { skills: shown.clone() }]);
        Self {
            kept,
            names,
            shown,
            ready,
            state,
            label,
            answer: String::new(),
            proposals: Vec::new(),
            workflows: Vec::new(),
            usage: None,
            rejected: Vec::new(),
            record: Record::default(),
            error: None,
            exhausted: None,
            budget: None,
            found: false,
            over: false,
            coming: None,
        }
    }

    /// Returns what people see next; `None` when it is over.
    ///
    /// It needs the async runtime that the model needs, and nothing else. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<ChatEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            let State::Talking(talking) = &mut self.state else {
                self.over = true;
                continue;
            };
            let (talk, table) = &mut **talking;
            poll_fn(|context| talk.poll(context, table)).await;
            let (is_over, error) = (talk.is_over, talk.error.take());
            let budget = ChatBudget::from(&table.budget);
            for heard in std::mem::take(&mut table.heard) {
                self.take(heard);
            }
            self.count(budget);
            match error {
                Some(error) => self.fail(error),
                None => self.over = is_over,
            }
        }
    }

    /// Nobody listens any more: the model is told to stop.
    pub fn stop(&mut self) {
        if let State::Talking(talking) = &mut self.state {
            talking.0.stop();
        }
    }

    /// Says how it ended.
    pub(super) fn outcome(&self) -> Outcome {
        match (&self.error, self.over) {
            (Some(_), _) => Outcome::Error,
            (None, true) if self.exhausted.is_some() => Outcome::Error,
            (None, false) => Outcome::Cancelled,
            (None, true) if self.found => Outcome::Success,
            (None, true) => Outcome::Error,
        }
    }

    /// Returns why the model gave no whole answer, if it did not.
    pub fn error(&self) -> Option<&ModelError> {
        self.error.as_ref()
    }

    /// Says for people why there is no whole answer, where there is none.
    pub(super) fn trouble(&self) -> Option<String> {
        match (&self.error, self.over) {
            (Some(error), _) => Some(format!("No whole answer: {error}. {}", error.hint())),
            (None, false) => Some("The answer was stopped.".to_owned()),
            (None, true) => self.exhausted.clone(),
        }
    }

    /// Says everything at once.
    pub fn whole(&self) -> ChatAnswer {
        ChatAnswer {
            response: self.answer.clone(),
            skills_used: self.names.clone(),
            trace_id: self.kept.trace_id.to_string(),
            model: self.label.clone(),
            skills: self.shown.clone(),
            proposals: self.proposals.clone(),
            usage: self.usage.clone(),
            rejected: self.rejected.clone(),
            calls: self.record.calls.clone(),
            edits: self.record.edits.clone(),
            subagents: self.record.subagents.clone(),
            budget: self.budget,
        }
    }

    /// What answered and what it took, for the trace.
    pub(super) fn taken(&self) -> (Option<&str>, Option<&ChatUsage>) {
        (self.label.as_deref(), self.usage.as_ref())
    }

    fn fail(&mut self, error: ModelError) {
        self.ready.push_back(ChatEvent::Error {
            code: error.code().to_owned(),
            detail: error.to_string(),
            hint: error.hint(),
        });
        self.error = Some(error);
        self.over = true;
        self.stop();
    }

    /// Takes what was heard at the table, and shows it.
    fn take(&mut self, heard: Heard) {
        let event = match heard {
            Heard::Said(None, said) => self.said(said),
            Heard::Said(Some(subagent), said) => self.record.overheard(subagent, said),
            Heard::Asked { number, question, id, secs } => {
                Some(ChatEvent::Ask { ask: Box::new(ChatAsk::new(id, number, *question, secs)) })
            }
            Heard::Begun(subagent) => Some(self.record.begun(subagent)),
            Heard::Done { number, outcome, answer } => {
                self.record.done(number, outcome, answer);
                None
            }
        };
        self.ready.extend(event);
    }

    /// Tells what the message took, where that is more than before.
    fn count(&mut self, budget: ChatBudget) {
        let counted = |ChatBudget { spent, .. }| (spent.rounds, spent.calls, spent.tokens);
        let is_more = self.budget.map(counted) != Some(counted(budget));
        self.budget = Some(budget);
        if is_more {
            self.ready.push_back(ChatEvent::Budget { budget });
        }
    }

    fn said(&mut self, said: Said) -> Option<ChatEvent> {
        Some(match said {
            Said::Model(name) => {
                let provider = self.label.as_deref().and_then(|label| label.split('/').next());
                self.label = Some(format!("{}/{name}", provider.unwrap_or_default()));
                return None;
            }
            Said::Text(text) => {
                self.answer.push_str(&text);
                self.found = true;
                ChatEvent::Text { text }
            }
            Said::Again { reason, wait_ms } => ChatEvent::Waiting { reason, wait_ms },
            Said::Called { number, tool, arguments } => {
                self.record.called(None, number, tool, arguments)
            }
            Said::Returned { number, state, text } => self.record.returned(number, state, text),
            Said::Decided { number, decision } => {
                ChatEvent::Decided { call: number, decision: decision.into() }
            }
            // It was put to the person where it was said.
            Said::Asks { .. } => return None,
            Said::Note(text) => ChatEvent::Note { text },
            Said::Proposal(workflow) => {
                let proposal = self.proposal(&workflow);
                self.proposals.push(proposal.clone());
                self.workflows.push(*workflow);
                self.rejected.clear();
                self.found = true;
                ChatEvent::Proposal { proposal: Box::new(proposal) }
            }
            Said::Edit(edit) => {
                self.rejected.clear();
                self.found = true;
                self.record.edited(*edit)
            }
            Said::Rejected { reasons, again } => {
                self.rejected.clone_from(&reasons);
                ChatEvent::Rejected { reasons, again }
            }
            Said::Usage(usage) => {
                let usage = self.usage_of(&usage);
                self.usage = Some(usage.clone());
                ChatEvent::Usage { usage }
            }
            Said::Exhausted(over) => {
                let text = format!("Stopped: {}", over.sentence(Amounts::MOST));
                self.exhausted = Some(text.clone());
                ChatEvent::Note { text }
            }
            Said::Ended(EndReason::Length) => {
                ChatEvent::Note { text: "the answer was cut off at its longest length".to_owned() }
            }
            Said::Ended(_) => {
                ChatEvent::Note { text: "the provider held the answer back".to_owned() }
            }
        })
    }

    fn usage_of(&self, usage: &Usage) -> ChatUsage {
        let model = self.label.as_deref().unwrap_or_default();
        let model = model.split_once('/').map_or(model, |(_, model)| model);
        ChatUsage::new(model, usage)
    }

    fn proposal(&self, workflow: &Workflow) -> ChatProposal {
        let findings = match &self.state {
            State::Talking(talking) => validate(workflow, &*talking.1.view),
            State::Alone => Vec::new(),
        };
        ChatProposal {
            workflow: WorkflowDoc::from(workflow),
            volume: None,
            covers: Vec::new(),
            reasons: Vec::new(),
            findings: findings.iter().map(problem::Finding::from).collect(),
        }
    }
}
