//! One exchange: driven by a door piece by piece, also on an async runtime, and
//! stopped whenever nobody listens any more.

use std::{collections::VecDeque, future::poll_fn, sync::Arc};

use jiff::Timestamp;
use llmos_api::{
    chat::{ChatAnswer, ChatEvent, ChatProposal, ChatSkill, ChatUsage},
    problem,
    workflow::WorkflowDoc,
};
use llmos_core::{
    chat::{Dialogue, Next, Said, TOOL, ToolAnswer, Tools, check_graph, tool},
    model::{EndReason, Model, ModelError, ModelRequest, ModelStream, ToolCall, ToolSpec},
    run::Outcome,
    slug::Slug,
    trace::TraceId,
    workflow::{Workflow, validate},
};
use serde_json::Value;

use crate::{Caller, catalogue::View, sessions::InSession};

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
    pub(super) error: Option<ModelError>,
    /// Whether something was said or proposed.
    found: bool,
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
    Talking(Box<Talk>),
}

struct Talk {
    view: Arc<View>,
    model: Arc<dyn Model>,
    dialogue: Dialogue,
    stream: Option<ModelStream>,
}

impl ChatExchange {
    pub(super) fn with_model(
        kept: Kept,
        names: Vec<String>,
        shown: Vec<ChatSkill>,
        view: Arc<View>,
        model: Arc<dyn Model>,
        request: ModelRequest,
    ) -> Self {
        let label = model.label().to_string();
        let talk = Talk { view, model, dialogue: Dialogue::new(request), stream: None };
        Self::new(kept, names, shown, Some(label), State::Talking(Box::new(talk)))
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
            error: None,
            found: false,
            over: false,
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
            let State::Talking(talk) = &mut self.state else {
                self.over = true;
                continue;
            };
            let Talk { view, model, dialogue, stream } = &mut **talk;
            let answer = stream.get_or_insert_with(|| model.ask(dialogue.request().clone()));
            let piece = poll_fn(|context| answer.as_mut().poll_next(context)).await;
            let (said, next) = match piece {
                Some(Ok(event)) => dialogue.hear(event, &Within(view)),
                Some(Err(error)) => {
                    self.fail(error);
                    continue;
                }
                // A stream that ends without its last event has said all that it will.
                None => (Vec::new(), Next::Over),
            };
            match next {
                Next::Listen => {}
                Next::Ask(request) => *stream = Some(model.ask(*request)),
                Next::Over => {
                    *stream = None;
                    self.over = true;
                }
            }
            for said in said {
                self.show(said);
            }
        }
    }

    /// Nobody listens any more: the model is told to stop.
    pub fn stop(&mut self) {
        if let State::Talking(talk) = &mut self.state {
            talk.stream = None;
        }
    }

    /// Says how it ended.
    pub(super) fn outcome(&self) -> Outcome {
        match (&self.error, self.over) {
            (Some(_), _) => Outcome::Error,
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
            (None, true) => None,
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

    fn show(&mut self, said: Said) {
        let event = match said {
            Said::Model(name) => {
                let provider = self.label.as_deref().and_then(|label| label.split('/').next());
                self.label = Some(format!("{}/{name}", provider.unwrap_or_default()));
                return;
            }
            Said::Text(text) => {
                self.answer.push_str(&text);
                self.found = true;
                ChatEvent::Text { text }
            }
            Said::Again { reason, wait_ms } => ChatEvent::Waiting { reason, wait_ms },
            Said::Called { tool, arguments } => ChatEvent::Call { tool, arguments },
            Said::Proposal(workflow) => {
                let proposal = self.proposal(&workflow);
                self.proposals.push(proposal.clone());
                self.workflows.push(*workflow);
                self.rejected.clear();
                self.found = true;
                ChatEvent::Proposal { proposal: Box::new(proposal) }
            }
            Said::Rejected { reasons, again } => {
                self.rejected.clone_from(&reasons);
                ChatEvent::Rejected { reasons, again }
            }
            Said::Usage(usage) => {
                let model = self.label.as_deref().unwrap_or_default();
                let model = model.split_once('/').map_or(model, |(_, model)| model);
                let usage = ChatUsage::new(model, &usage);
                self.usage = Some(usage.clone());
                ChatEvent::Usage { usage }
            }
            Said::Ended(EndReason::Length) => {
                ChatEvent::Note { text: "the answer was cut off at its longest length".to_owned() }
            }
            Said::Ended(_) => {
                ChatEvent::Note { text: "the provider held the answer back".to_owned() }
            }
        };
        self.ready.push_back(event);
    }

    fn proposal(&self, workflow: &Workflow) -> ChatProposal {
        let findings = match &self.state {
            State::Talking(talk) => validate(workflow, &*talk.view),
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

/// What a model may call, within what the person sees.
struct Within<'a>(&'a View);

impl Tools for Within<'_> {
    fn specs(&self) -> Vec<ToolSpec> {
        vec![tool()]
    }

    fn call(&self, call: &ToolCall) -> ToolAnswer {
        if call.name != TOOL {
            let name: String = call.name.chars().take(60).collect();
            return ToolAnswer::Refused(vec![format!("there is no tool `{name}`; use `{TOOL}`")]);
        }
        match self.check(&call.arguments) {
            Ok(workflow) => ToolAnswer::Proposal(Box::new(workflow)),
            Err(reasons) => ToolAnswer::Refused(reasons),
        }
    }

    fn check(&self, graph: &Value) -> Result<Workflow, Vec<String>> {
        check_graph(graph, self.0)
    }
}
