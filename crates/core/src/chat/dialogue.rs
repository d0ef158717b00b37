//! One exchange with a model, as a machine without I/O: pieces of the answer
//! go in, what people see comes out, and it says when the model is asked again.

use crate::{
    model::{EndReason, Message, ModelEvent, ModelRequest, Part, Role, ToolCall, ToolSpec, Usage},
    workflow::Workflow,
};

use super::graph;

/// How often a model is asked in all for one message.
pub const MAX_ROUNDS: u32 = 6;
/// How often a model may mend a workflow that is wrong.
pub const MAX_REPAIRS: u32 = 2;

/// What a model may call, within the rights of the person.
pub trait Tools {
    /// Describes them.
    fn specs(&self) -> Vec<ToolSpec>;

    /// Carries out a call. It changes nothing that a person did not confirm.
    fn call(&self, call: &ToolCall) -> ToolAnswer;

    /// Checks a workflow that the model wrote into its text.
    fn check(&self, graph: &serde_json::Value) -> Result<Workflow, Vec<String>>;
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolAnswer {
    /// Something for the model to read.
    Text(String),
    /// A workflow for the person.
    Proposal(Box<Workflow>),
    /// It cannot be done; one sentence for each reason.
    Refused(Vec<String>),
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
        /// Which.
        tool: String,
        /// With what.
        arguments: serde_json::Value,
    },
    /// A workflow to look at.
    Proposal(Box<Workflow>),
    /// A workflow or call that is wrong.
    Rejected {
        /// What is wrong, one sentence each.
        reasons: Vec<String>,
        /// Whether the model gets another try.
        again: bool,
    },
    /// What it took so far, all rounds together.
    Usage(Usage),
    /// The answer was cut off or held back.
    Ended(EndReason),
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// More of this answer.
    Listen,
    /// The model is asked again.
    Ask(Box<ModelRequest>),
    /// Nothing: the exchange is over.
    Over,
}

/// One exchange with a model.
#[derive(Clone, Debug)]
pub struct Dialogue {
    request: ModelRequest,
    /// Everything that was said.
    text: String,
    /// What was said in this round.
    round: String,
    calls: Vec<ToolCall>,
    usage: Usage,
    rounds: u32,
    repairs: u32,
    proposals: Vec<Workflow>,
    model: Option<String>,
}

impl Dialogue {
    /// Begins an exchange.
    pub fn new(request: ModelRequest) -> Self {
        Self {
            request,
            text: String::new(),
            round: String::new(),
            calls: Vec::new(),
            usage: Usage::default(),
            rounds: 1,
            repairs: 0,
            proposals: Vec::new(),
            model: None,
        }
    }

    /// What the model is asked first.
    pub fn request(&self) -> &ModelRequest {
        &self.request
    }

    /// Everything that was said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it took, all rounds together.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// How often the model was asked.
    pub fn n_rounds(&self) -> u32 {
        self.rounds
    }

    /// The workflows that were proposed.
    pub fn proposals(&self) -> &[Workflow] {
        &self.proposals
    }

    /// What really answered, where the provider said so.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Takes a piece of the answer.
    pub fn hear(&mut self, event: ModelEvent, tools: &dyn Tools) -> (Vec<Said>, Next) {
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
            ModelEvent::Call(call) => {
                let said =
                    Said::Called { tool: call.name.clone(), arguments: call.arguments.clone() };
                self.calls.push(call);
                (vec![said], Next::Listen)
            }
            ModelEvent::Usage(usage) => {
                self.usage += usage;
                (vec![Said::Usage(self.usage)], Next::Listen)
            }
            ModelEvent::End(reason) => self.end(reason, tools),
        }
    }

    /// An answer is whole: carries out what it calls.
    fn end(&mut self, reason: EndReason, tools: &dyn Tools) -> (Vec<Said>, Next) {
        let mut said = Vec::new();
        if matches!(reason, EndReason::Length | EndReason::Filtered) {
            said.push(Said::Ended(reason));
        }
        let round = std::mem::take(&mut self.round);
        let calls = std::mem::take(&mut self.calls);
        if calls.is_empty() {
            let Some(graph) = graph::graph_in(&round) else { return (said, Next::Over) };
            let next = match tools.check(&graph) {
                Ok(workflow) => {
                    self.propose(workflow, &mut said);
                    Next::Over
                }
                Err(reasons) => {
                    let told = told(&reasons);
                    self.reject(reasons, &mut said, |dialogue| {
                        dialogue.add(Role::Assistant, vec![Part::Text(round)]);
                        dialogue.add(Role::User, vec![Part::Text(told)]);
                    })
                }
            };
            return (said, next);
        }
        let mut parts: Vec<_> =
            (!round.is_empty()).then_some(Part::Text(round)).into_iter().collect();
        let mut results = Vec::new();
        let (mut reasons, mut to_read) = (Vec::new(), false);
        for call in calls {
            let (text, failed) = match self.carry_out(&call, reason, tools) {
                ToolAnswer::Text(text) => {
                    to_read = true;
                    (text, false)
                }
                ToolAnswer::Proposal(workflow) => {
                    self.propose(*workflow, &mut said);
                    ("the person sees it now".to_owned(), false)
                }
                ToolAnswer::Refused(why) => {
                    let text = told(&why);
                    reasons.extend(why);
                    (text, true)
                }
            };
            results.push(Part::Result { call: call.id.clone(), text, failed });
            parts.push(Part::Call(call));
        }
        let add = |dialogue: &mut Self| {
            dialogue.add(Role::Assistant, parts);
            dialogue.add(Role::User, results);
        };
        let next = if !reasons.is_empty() {
            self.reject(reasons, &mut said, add)
        } else if to_read {
            add(self);
            self.again()
        } else {
            Next::Over
        };
        (said, next)
    }

    fn carry_out(&self, call: &ToolCall, reason: EndReason, tools: &dyn Tools) -> ToolAnswer {
        if reason == EndReason::Length {
            let text = "the answer was cut off before the call was whole; use fewer nodes";
            return ToolAnswer::Refused(vec![text.to_owned()]);
        }
        tools.call(call)
    }

    fn propose(&mut self, workflow: Workflow, said: &mut Vec<Said>) {
        self.proposals.push(workflow.clone());
        said.push(Said::Proposal(Box::new(workflow)));
    }

    /// Tells what is wrong, and asks again where the model may still mend it.
    fn reject(
        &mut self,
        reasons: Vec<String>,
        said: &mut Vec<Said>,
        add: impl FnOnce(&mut Self),
    ) -> Next {
        let again = self.repairs < MAX_REPAIRS && self.rounds < MAX_ROUNDS;
        said.push(Said::Rejected { reasons, again });
        if !again {
            return Next::Over;
        }
        self.repairs += 1;
        add(self);
        self.again()
    }

    fn again(&mut self) -> Next {
        if self.rounds >= MAX_ROUNDS {
            return Next::Over;
        }
        self.rounds += 1;
        Next::Ask(Box::new(self.request.clone()))
    }

    fn add(&mut self, role: Role, parts: Vec<Part>) {
        self.request.messages.push(Message { role, parts });
    }
}

/// What a model reads about its mistakes.
fn told(reasons: &[String]) -> String {
    let lines: Vec<_> = reasons.iter().map(|reason| format!("- {reason}")).collect();
    format!("The workflow cannot be used:\n{}\nMend it and propose it again.", lines.join("\n"))
}
