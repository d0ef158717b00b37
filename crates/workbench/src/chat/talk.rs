//! Talking with a model and its subagents: their answers and the calls that are carried out come
//! in side by side, piece by piece, and all of it stops when it is dropped.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use jiff::Timestamp;
use llmos_api::chat::ChatSubagentView;
use llmos_core::{
    chat::{
        Ask, Asker, Budget, Decision, Dialogue, MAX_MATERIAL, Next, Offer, Question, Rules, Said,
        Task, ToolAnswer, cut,
    },
    model::{Model, ModelError, ModelRequest, ModelStream},
    run::Outcome,
};

use super::{
    begin::for_subagent,
    carrier::{Carrier, Carrying},
    pause::Pause,
    person::{Asked, Listing, Person},
};
use crate::{Caller, World, catalogue::View};

/// What all dialogues of one exchange share.
pub(super) struct Table {
    pub(super) view: Arc<View>,
    pub(super) model: Arc<dyn Model>,
    pub(super) caller: Caller,
    pub(super) carrier: Arc<dyn Carrier>,
    /// Whom the model may ask for calls of outside tools.
    pub(super) person: Option<Arc<dyn Person>>,
    pub(super) budget: Budget,
    pub(super) world: Arc<dyn World>,
    pub(super) started_at: Timestamp,
    pub(super) pause: Pause,
    /// What was heard and not yet shown.
    pub(super) heard: VecDeque<Heard>,
    pub(super) n_subagents: u32,
}

/// What is heard at the table.
pub(super) enum Heard {
    /// Somebody said something; the number is that of a subagent.
    Said(Option<u32>, Said),
    /// A question was put to the person.
    Asked { number: u32, question: Box<Question>, id: String, secs: u64 },
    /// A subagent begins.
    Begun(ChatSubagentView),
    /// A subagent is done.
    Done { number: u32, outcome: Outcome, answer: String },
}

/// An answer of the person on its way.
type Deciding = Pin<Box<dyn Future<Output = Decision> + Send>>;

/// One dialogue with everything that goes on for it.
pub(super) struct Talk {
    /// The number of the subagent; `None` for the model that answers the person.
    number: Option<u32>,
    pub(super) dialogue: Dialogue,
    stream: Option<ModelStream>,
    calls: Vec<(u32, Carrying)>,
    questions: Vec<(u32, Deciding)>,
    /// What outside servers list, before the model is asked.
    pub(super) listing: Option<Listing>,
    groups: Vec<Group>,
    is_begun: bool,
    /// Whether the budget or its mistakes ended it.
    is_cut: bool,
    pub(super) error: Option<ModelError>,
    pub(super) is_over: bool,
}

/// The subagents of one call.
struct Group {
    call: u32,
    members: Vec<Member>,
}

struct Member {
    number: u32,
    title: String,
    talk: Talk,
    is_told: bool,
}

impl Table {
    fn take_time(&mut self) {
        let now = self.world.now();
        let elapsed = now.duration_since(self.started_at).unsigned_abs();
        self.budget.at(elapsed.saturating_sub(self.pause.until(now)));
    }
}

impl Talk {
    pub(super) fn new(number: Option<u32>, request: ModelRequest) -> Self {
        let asker = if number.is_some() { Asker::Subagent } else { Asker::Chief };
        Self {
            number,
            dialogue: Dialogue::new(asker, request),
            stream: None,
            calls: Vec::new(),
            questions: Vec::new(),
            listing: None,
            groups: Vec::new(),
            is_begun: false,
            is_cut: false,
            error: None,
            is_over: false,
        }
    }

    /// Stops everything that goes on.
    pub(super) fn stop(&mut self) {
        self.stream = None;
        self.calls.clear();
        self.questions.clear();
        self.listing = None;
        self.groups.clear();
    }

    /// Goes on until something was heard, or it is over.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, table: &mut Table) -> Poll<()> {
        loop {
            if self.is_over || !table.heard.is_empty() {
                return Poll::Ready(());
            }
            table.take_time();
            if let Some(listing) = &mut self.listing {
                let Poll::Ready(listed) = listing.as_mut().poll(context) else {
                    return Poll::Pending;
                };
                self.listing = None;
                let rules = &mut Rules { budget: &mut table.budget, skills: &*table.view };
                let said = self.dialogue.offer(Offer::new(listed), rules);
                table.heard.extend(said.into_iter().map(|said| Heard::Said(self.number, said)));
                continue;
            }
            if !self.is_begun {
                self.begin(table);
                continue;
            }
            let moved = match &mut self.stream {
                Some(stream) => match stream.as_mut().poll_next(context) {
                    Poll::Pending => false,
                    Poll::Ready(Some(Ok(event))) => {
                        let (budget, view) = (&mut table.budget, &*table.view);
                        let heard = self.dialogue.hear(event, &mut Rules { budget, skills: view });
                        self.follow(heard, table);
                        true
                    }
                    Poll::Ready(Some(Err(error))) => {
                        self.error = Some(error);
                        self.end();
                        true
                    }
                    // A stream that ends without its last event has said all that it will.
                    Poll::Ready(None) => {
                        self.end();
                        true
                    }
                },
                None => self.poll_calls(context, table),
            };
            if !moved {
                return Poll::Pending;
            }
        }
    }

    fn begin(&mut self, table: &mut Table) {
        self.is_begun = true;
        let asker = if self.number.is_some() { Asker::Subagent } else { Asker::Chief };
        match table.budget.round(asker) {
            Ok(()) => self.stream = Some(table.model.ask(self.dialogue.request().clone())),
            Err(over) => {
                table.heard.push_back(Heard::Said(self.number, Said::Exhausted(over)));
                self.is_cut = true;
                self.end();
            }
        }
    }

    fn end(&mut self) {
        self.stop();
        self.is_over = true;
    }

    /// Lets the calls and subagents go on; says whether one of them moved.
    fn poll_calls(&mut self, context: &mut Context<'_>, table: &mut Table) -> bool {
        let mut answers = Vec::new();
        self.calls.retain_mut(|(number, call)| match call.as_mut().poll(context) {
            Poll::Ready(answer) => {
                answers.push((*number, answer));
                false
            }
            Poll::Pending => true,
        });
        let mut moved = self.poll_questions(context, table);
        self.groups.retain_mut(|group| {
            moved |= group.poll(context, table);
            let is_done = group.members.iter().all(|member| member.is_told);
            if is_done {
                answers.push((group.call, group.gather()));
            }
            !is_done
        });
        moved |= !answers.is_empty();
        for (number, answer) in answers {
            let (budget, view) = (&mut table.budget, &*table.view);
            let rules = &mut Rules { budget, skills: view };
            let heard = self.dialogue.answered(number, answer, rules);
            self.follow(heard, table);
        }
        moved
    }

    /// Takes what the person decided; says whether they did.
    fn poll_questions(&mut self, context: &mut Context<'_>, table: &mut Table) -> bool {
        let mut decided = Vec::new();
        self.questions.retain_mut(|(number, deciding)| match deciding.as_mut().poll(context) {
            Poll::Ready(decision) => {
                decided.push((*number, decision));
                false
            }
            Poll::Pending => true,
        });
        let moved = !decided.is_empty();
        for (number, decision) in decided {
            table.pause.end(table.world.now());
            table.take_time();
            let rules = &mut Rules { budget: &mut table.budget, skills: &*table.view };
            let heard = self.dialogue.decided(number, decision, rules);
            self.follow(heard, table);
        }
        moved
    }

    /// Puts a question to the person. Where there is nobody, nobody allows it.
    fn ask(&mut self, number: u32, question: Box<Question>, table: &mut Table) {
        table.pause.begin(table.world.now());
        let Some(person) = &table.person else {
            self.questions.push((number, Box::pin(std::future::ready(Decision::Unanswered))));
            return;
        };
        let Asked { id, secs, decision } = person.ask(&table.caller, &question);
        self.questions.push((number, decision));
        table.heard.push_back(Heard::Asked { number, question, id, secs });
    }

    /// Does what comes next.
    fn follow(&mut self, (said, next): (Vec<Said>, Next), table: &mut Table) {
        for said in said {
            self.is_cut |= matches!(said, Said::Exhausted(_) | Said::Rejected { again: false, .. });
            match said {
                Said::Asks { number, question } => self.ask(number, question, table),
                said => table.heard.push_back(Heard::Said(self.number, said)),
            }
        }
        match next {
            Next::Listen => {}
            Next::Ask(request) => self.stream = Some(table.model.ask(*request)),
            Next::Carry(jobs) => {
                self.stream = None;
                for job in jobs {
                    match job.ask {
                        Ask::Delegate { tasks } => {
                            self.groups.push(Group::new(job.number, &tasks, table));
                        }
                        ask => {
                            let (caller, time) = (table.caller.clone(), table.budget.time_left());
                            self.calls.push((job.number, table.carrier.carry(caller, ask, time)));
                        }
                    }
                }
            }
            Next::Over => self.end(),
        }
    }
}

impl Group {
    fn new(call: u32, tasks: &[Task], table: &mut Table) -> Self {
        let members = tasks.iter().map(|task| {
            table.n_subagents += 1;
            let number = table.n_subagents;
            let (request, skills) = for_subagent(&table.view, task);
            let title = task.title.clone();
            let view = ChatSubagentView { number, call, title: title.clone(), skills };
            table.heard.push_back(Heard::Begun(view));
            Member { number, title, talk: Talk::new(Some(number), request), is_told: false }
        });
        Self { call, members: members.collect() }
    }

    /// Lets all of them go on; says whether one moved.
    fn poll(&mut self, context: &mut Context<'_>, table: &mut Table) -> bool {
        let mut moved = false;
        for member in self.members.iter_mut().filter(|member| !member.is_told) {
            // Each is asked with nothing heard before, so that none stands behind another.
            let before = std::mem::take(&mut table.heard);
            let polled = member.talk.poll(context, table);
            let after = std::mem::replace(&mut table.heard, before);
            table.heard.extend(after);
            moved |= polled.is_ready();
            if member.talk.is_over {
                member.is_told = true;
                table.heard.push_back(Heard::Done {
                    number: member.number,
                    outcome: member.outcome(),
                    answer: member.answer(usize::MAX),
                });
            }
        }
        moved
    }

    /// All answers in one text.
    fn gather(&self) -> ToolAnswer {
        let room = MAX_MATERIAL / self.members.len().max(1) - 400;
        let one = |member: &Member| {
            let Member { number, title, .. } = member;
            let outcome = member.outcome().as_str();
            format!("## Subagent {number}, {title}: {outcome}\n\n{}", member.answer(room))
        };
        let text = self.members.iter().map(one).collect::<Vec<_>>().join("\n\n");
        match self.members.iter().any(|member| member.outcome() == Outcome::Success) {
            true => ToolAnswer::Text(text),
            false => ToolAnswer::Failed(text),
        }
    }
}

impl Member {
    fn outcome(&self) -> Outcome {
        let talk = &self.talk;
        let failed = talk.error.is_some() || talk.is_cut || talk.dialogue.text().trim().is_empty();
        if failed { Outcome::Error } else { Outcome::Success }
    }

    fn answer(&self, room: usize) -> String {
        let mut text = cut(self.talk.dialogue.text().trim(), room);
        let trouble = match &self.talk.error {
            Some(error) => error.to_string(),
            None if self.talk.is_cut => "it could not finish within its bounds".to_owned(),
            None if text.is_empty() => "it said nothing".to_owned(),
            None => return text,
        };
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&format!("[{trouble}]"));
        text
    }
}
