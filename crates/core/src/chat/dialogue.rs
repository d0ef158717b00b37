//! One exchange with a model, as a machine without I/O: pieces of the answer
//! go in, what people see comes out, and it says which calls are to be carried
//! out and when the model is asked again.

mod judge;
mod said;
mod told;

use std::{collections::BTreeSet, mem::take};

use crate::{
    model::{EndReason, Message, ModelEvent, ModelRequest, Part, Role, ToolCall},
    outside::OutsideCall,
    workflow::{SkillSource, Workflow},
};

use super::{
    budget::{Budget, Over},
    edit::ProposedEdit,
    graph,
    material::{self, MAX_MATERIAL},
    outside::Offer,
    tool::{Asker, Tool},
};
use judge::Judged;
pub use said::{CallState, Job, Next, Said, ToolAnswer};
use told::{refusal, shown};

/// How often a model may mend a workflow or an edit that is wrong.
pub const MAX_REPAIRS: u32 = 2;
/// How many rounds may hold a call that is refused.
pub const MAX_MISTAKES: u32 = 4;
/// How many calls of one answer are carried out.
pub const MAX_CALLS_AT_ONCE: usize = 8;

/// What an exchange goes by: what is left, and which skills there are.
pub struct Rules<'a> {
    /// What is left, shared by all dialogues of one message.
    pub budget: &'a mut Budget,
    /// The skills that a workflow may be made of.
    pub skills: &'a dyn SkillSource,
}

/// One exchange with a model.
#[derive(Clone, Debug)]
pub struct Dialogue {
    asker: Asker,
    request: ModelRequest,
    /// Everything that was said.
    text: String,
    /// What was said in this round.
    round: String,
    /// The calls of this round, each with its number.
    calls: Vec<(u32, ToolCall)>,
    n_dropped: usize,
    is_counted: bool,
    waiting: Option<Waiting>,
    /// What was called before, so that nobody goes round in circles.
    called: BTreeSet<String>,
    /// The outside tools that may be asked for.
    offer: Offer,
    /// Whether nobody answered a question in time: then nobody is asked again.
    is_alone: bool,
    mistakes: u32,
    /// Whether it was told that no call is left.
    is_warned: bool,
    proposals: Vec<Workflow>,
    model: Option<String>,
}

/// A round whose calls are being carried out.
#[derive(Clone, Debug)]
struct Waiting {
    text: String,
    slots: Vec<Slot>,
}

#[derive(Clone, Debug)]
struct Slot {
    number: u32,
    call: ToolCall,
    /// What waits for the person.
    asked: Option<OutsideCall>,
    answer: Option<ToolAnswer>,
}

impl Dialogue {
    /// Begins an exchange.
    pub fn new(asker: Asker, request: ModelRequest) -> Self {
        Self {
            asker,
            request,
            text: String::new(),
            round: String::new(),
            calls: Vec::new(),
            n_dropped: 0,
            is_counted: false,
            waiting: None,
            called: BTreeSet::new(),
            offer: Offer::default(),
            is_alone: false,
            mistakes: 0,
            is_warned: false,
            proposals: Vec::new(),
            model: None,
        }
    }

    /// What the model is asked next.
    pub fn request(&self) -> &ModelRequest {
        &self.request
    }

    /// Everything that was said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The workflows that were proposed.
    pub fn proposals(&self) -> &[Workflow] {
        &self.proposals
    }

    /// What really answers, where the provider said so.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Takes a piece of the answer.
    pub fn hear(&mut self, event: ModelEvent, rules: &mut Rules<'_>) -> (Vec<Said>, Next) {
        if let Err(over) = rules.budget.check() {
            return (vec![Said::Exhausted(over)], Next::Over);
        }
        match event {
            ModelEvent::Again { reason, wait, .. } => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                (vec![Said::Again { reason, wait_ms }], Next::Listen)
            }
            ModelEvent::Start { model } if self.model.is_none() && !model.is_empty() => {
                self.model = Some(model.clone());
                (vec![Said::Model(model)], Next::Listen)
            }
            ModelEvent::Start { .. } => (Vec::new(), Next::Listen),
            ModelEvent::Text(mut text) => {
                if self.round.is_empty() && !self.text.is_empty() {
                    // What is said after a call is a paragraph of its own.
                    text.insert_str(0, "\n\n");
                }
                self.text.push_str(&text);
                self.round.push_str(&text);
                (vec![Said::Text(text)], Next::Listen)
            }
            ModelEvent::Call(_) if self.calls.len() == MAX_CALLS_AT_ONCE => {
                self.n_dropped += 1;
                (Vec::new(), Next::Listen)
            }
            ModelEvent::Call(call) => {
                let number = rules.budget.name();
                let arguments = shown(&call.arguments);
                let tool = self.offer.shown_name(&call.name);
                let tool = told::name(tool.as_deref().unwrap_or(&call.name));
                let said = Said::Called { number, tool, arguments };
                self.calls.push((number, call));
                (vec![said], Next::Listen)
            }
            ModelEvent::Usage(usage) => {
                self.is_counted = true;
                rules.budget.take(usage);
                let said = rules.budget.usage().map(Said::Usage);
                (said.into_iter().collect(), Next::Listen)
            }
            ModelEvent::End(reason) => self.end(reason, rules),
        }
    }

    /// Takes what came of a call.
    pub fn answered(
        &mut self,
        number: u32,
        answer: ToolAnswer,
        rules: &mut Rules<'_>,
    ) -> (Vec<Said>, Next) {
        let mut said = Vec::new();
        self.put(number, answer, &mut said);
        if self.waiting.as_ref().is_some_and(Waiting::is_whole) {
            let next = self.finish(&mut said, rules);
            return (said, next);
        }
        (said, Next::Listen)
    }

    /// An answer is whole: says what is to be carried out.
    fn end(&mut self, reason: EndReason, rules: &mut Rules<'_>) -> (Vec<Said>, Next) {
        let mut said = Vec::new();
        if matches!(reason, EndReason::Length | EndReason::Filtered) {
            said.push(Said::Ended(reason));
        }
        if !take(&mut self.is_counted) {
            rules.budget.guess(told::size(&self.request) + self.round.len());
        }
        let text = take(&mut self.round);
        let calls = take(&mut self.calls);
        if calls.is_empty() {
            let next = self.written(text, &mut said, rules);
            return (said, next);
        }
        let (mut answers, mut jobs, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        for (number, call) in calls {
            let mut asked = None;
            match self.judge(&call, reason, rules) {
                Ok(Judged::Carry(ask)) => jobs.push(Job { number, ask }),
                Ok(Judged::Ask(question)) => {
                    asked = Some(question.call.clone());
                    said.push(Said::Asks { number, question });
                }
                Err(answer) => answers.push((number, answer)),
            }
            slots.push(Slot { number, call, asked, answer: None });
        }
        let is_waiting = slots.iter().any(|slot| slot.asked.is_some());
        self.waiting = Some(Waiting { text, slots });
        for (number, answer) in answers {
            self.put(number, answer, &mut said);
        }
        let next = match jobs.is_empty() && !is_waiting {
            true => self.finish(&mut said, rules),
            false => Next::Carry(jobs),
        };
        (said, next)
    }

    /// Puts an answer into its place, and tells of it.
    fn put(&mut self, number: u32, answer: ToolAnswer, said: &mut Vec<Said>) {
        let slots = self.waiting.iter_mut().flat_map(|waiting| &mut waiting.slots);
        let Some(slot) = slots.into_iter().find(|slot| slot.number == number) else { return };
        let (state, text) = told::result(&answer);
        said.push(Said::Returned { number, state, text });
        match &answer {
            ToolAnswer::Proposal(workflow) => {
                self.proposals.push((**workflow).clone());
                said.push(Said::Proposal(workflow.clone()));
            }
            ToolAnswer::Edit(edit) => said.push(Said::Edit(edit.clone())),
            _ => {}
        }
        slot.answer = Some(answer);
    }

    /// Everything was carried out: tells the model, if there is something to tell.
    fn finish(&mut self, said: &mut Vec<Said>, rules: &mut Rules<'_>) -> Next {
        let Some(Waiting { text, slots }) = self.waiting.take() else { return Next::Over };
        let mut parts: Vec<_> =
            (!text.is_empty()).then_some(Part::Text(text)).into_iter().collect();
        let mut results = Vec::new();
        let (mut reasons, mut to_read, mut spent, mut to_mend) = (Vec::new(), false, None, false);
        for Slot { call, answer, .. } in slots {
            let (text, failed) = match answer {
                Some(ToolAnswer::Text(text)) => {
                    to_read = true;
                    (material::frame(&call.name, &material::cut(&text, MAX_MATERIAL)), false)
                }
                Some(ToolAnswer::Failed(text)) => {
                    to_read = true;
                    (material::frame(&call.name, &material::cut(&text, MAX_MATERIAL)), true)
                }
                Some(ToolAnswer::Proposal(_) | ToolAnswer::Edit(_)) => {
                    ("the person sees it now, and decides".to_owned(), false)
                }
                Some(ToolAnswer::Refused(why)) => {
                    let text = refusal(&call.name, &why);
                    let tool = Tool::named(&call.name);
                    to_mend |= matches!(tool, Some(Tool::ProposeWorkflow | Tool::ProposeEdit));
                    reasons.extend(why);
                    (text, true)
                }
                Some(ToolAnswer::Declined(decision)) => {
                    to_read = true;
                    (format!("{}; do without it", told::declined(decision)), true)
                }
                Some(ToolAnswer::Spent(over)) => {
                    spent = Some(over);
                    let most = rules.budget.most();
                    (format!("{}; answer now with what you have", over.sentence(most)), true)
                }
                None => ("it was not carried out".to_owned(), true),
            };
            results.push(Part::Result { call: call.id.clone(), text, failed });
            parts.push(Part::Call(call));
        }
        if let Some(over) = spent
            && std::mem::replace(&mut self.is_warned, true)
        {
            if self.asker == Asker::Chief {
                rules.budget.end(over);
            }
            said.push(Said::Exhausted(over));
            return Next::Over;
        }
        if let Some(Part::Result { text, .. }) = results.last_mut() {
            told::remark(text, take(&mut self.n_dropped), rules.budget.rounds_left(self.asker));
        }
        if !reasons.is_empty() {
            return self.reject(reasons, to_mend, said, rules, |dialogue| {
                dialogue.add(Role::Assistant, parts);
                dialogue.add(Role::User, results);
            });
        }
        if to_read || spent.is_some() {
            self.add(Role::Assistant, parts);
            self.add(Role::User, results);
            return self.again(said, rules);
        }
        Next::Over
    }

    /// Nothing was called. A workflow may stand in the text.
    fn written(&mut self, text: String, said: &mut Vec<Said>, rules: &mut Rules<'_>) -> Next {
        let graph = match self.asker {
            Asker::Chief => graph::graph_in(&text),
            Asker::Subagent => None,
        };
        let Some(graph) = graph else { return Next::Over };
        match graph::check_graph(&graph, rules.skills) {
            Ok(workflow) => {
                self.proposals.push(workflow.clone());
                said.push(Said::Proposal(Box::new(workflow)));
                Next::Over
            }
            Err(reasons) => {
                let told = refusal(graph::TOOL, &reasons);
                self.reject(reasons, true, said, rules, |dialogue| {
                    dialogue.add(Role::Assistant, vec![Part::Text(text)]);
                    dialogue.add(Role::User, vec![Part::Text(told)]);
                })
            }
        }
    }

    /// Tells what is wrong, and asks again where the model may still mend it.
    fn reject(
        &mut self,
        reasons: Vec<String>,
        to_mend: bool,
        said: &mut Vec<Said>,
        rules: &mut Rules<'_>,
        add: impl FnOnce(&mut Self),
    ) -> Next {
        let most = if to_mend { MAX_REPAIRS } else { MAX_MISTAKES };
        let again = self.mistakes < most;
        if to_mend || !again {
            said.push(Said::Rejected { reasons, again });
        }
        if !again {
            return Next::Over;
        }
        self.mistakes += 1;
        add(self);
        self.again(said, rules)
    }

    fn again(&mut self, said: &mut Vec<Said>, rules: &mut Rules<'_>) -> Next {
        match rules.budget.round(self.asker) {
            Ok(()) => Next::Ask(Box::new(self.request.clone())),
            Err(over) => {
                said.push(Said::Exhausted(over));
                Next::Over
            }
        }
    }

    fn add(&mut self, role: Role, parts: Vec<Part>) {
        self.request.messages.push(Message { role, parts });
    }
}

impl Waiting {
    fn is_whole(&self) -> bool {
        self.slots.iter().all(|slot| slot.answer.is_some())
    }
}
