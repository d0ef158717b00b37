//! What was called in an exchange and by whom: for the answer, and for its trace.

use llmos_api::chat::{ChatCall, ChatEdit, ChatEvent, ChatSubagentView};
use llmos_core::{
    chat::{CallState, ProposedEdit, Said, cut},
    evolution::clean::masked,
    run::Outcome,
    slug::Slug,
    trace,
};
use serde_json::Value;

use crate::proposals::file_diff;

/// How much of arguments and answers a trace keeps, in bytes.
const MAX_ARGUMENTS: usize = 2000;
const MAX_ANSWER: usize = 4000;

/// What was called, and by whom.
#[derive(Default)]
pub(super) struct Record {
    pub(super) calls: Vec<ChatCall>,
    pub(super) edits: Vec<ChatEdit>,
    /// The texts of the edits as they would be.
    pub(super) edited: Vec<ProposedEdit>,
    pub(super) subagents: Vec<ChatSubagentView>,
    done: Vec<(u32, Outcome, String)>,
}

impl Record {
    pub(super) fn called(
        &mut self,
        subagent: Option<u32>,
        number: u32,
        tool: String,
        arguments: Value,
    ) -> ChatEvent {
        let result = String::new();
        let call = ChatCall { call: number, tool, arguments, subagent, state: None, result };
        self.calls.push(call.clone());
        ChatEvent::Call { call }
    }

    pub(super) fn returned(&mut self, number: u32, state: CallState, result: String) -> ChatEvent {
        let call = self.calls.iter_mut().find(|call| call.call == number);
        if let Some(call) = call {
            (call.state, call.result) = (Some(state.into()), result.clone());
        }
        ChatEvent::Returned { call: number, state: state.into(), result }
    }

    /// What a subagent says that concerns the person: its calls. Its words are for whoever it works for.
    pub(super) fn overheard(&mut self, subagent: u32, said: Said) -> Option<ChatEvent> {
        match said {
            Said::Called { number, tool, arguments } => {
                Some(self.called(Some(subagent), number, tool, arguments))
            }
            Said::Returned { number, state, text } => Some(self.returned(number, state, text)),
            Said::Again { reason, wait_ms } => Some(ChatEvent::Waiting { reason, wait_ms }),
            _ => None,
        }
    }

    pub(super) fn begun(&mut self, subagent: ChatSubagentView) -> ChatEvent {
        self.subagents.push(subagent.clone());
        ChatEvent::Subagent { subagent }
    }

    pub(super) fn done(&mut self, number: u32, outcome: Outcome, answer: String) {
        self.done.push((number, outcome, answer));
    }

    pub(super) fn edited(&mut self, edit: ProposedEdit) -> ChatEvent {
        let shown = ChatEdit {
            skill_id: edit.id.to_string(),
            name: edit.name.clone(),
            volume: edit.volume.to_string(),
            base_version: edit.base.as_ref().map(ToString::to_string),
            copy_of: edit.copy_of.as_ref().map(ToString::to_string),
            reason: edit.reason.clone(),
            source: edit.after.clone(),
            // A copy is shown against what it copies: that is what the person knows.
            file: file_diff(&edit.path, Some(edit.before.as_bytes()), Some(edit.after.as_bytes())),
        };
        self.edits.push(shown.clone());
        self.edited.push(edit);
        ChatEvent::Edit { edit: Box::new(shown) }
    }

    /// The calls for a trace; what was not over was stopped.
    pub(super) fn traced_calls(&self) -> Vec<trace::ChatCall> {
        let one = |call: &ChatCall| {
            // A trace goes where its volume goes. What comes from outside may hold what nobody meant to keep.
            let is_outside = call.tool.contains('/');
            let kept = |text: &str| if is_outside { masked(text) } else { text.to_owned() };
            trace::ChatCall {
                tool: call.tool.clone(),
                subagent: call.subagent,
                arguments: cut(&kept(&call.arguments.to_string()), MAX_ARGUMENTS),
                state: call.state.map_or(CallState::Cancelled, CallState::from),
                result: kept(&call.result),
            }
        };
        self.calls.iter().map(one).collect()
    }

    /// The subagents for a trace; who was not done was stopped.
    pub(super) fn traced_subagents(&self) -> Vec<trace::ChatSubagent> {
        let one = |subagent: &ChatSubagentView| {
            let done = self.done.iter().find(|(number, ..)| *number == subagent.number);
            let (outcome, answer) = match done {
                Some((_, outcome, answer)) => (*outcome, cut(answer, MAX_ANSWER)),
                None => (Outcome::Cancelled, String::new()),
            };
            let skills = subagent.skills.iter().filter_map(|skill| skill.skill_id.parse().ok());
            trace::ChatSubagent {
                number: subagent.number,
                title: subagent.title.clone(),
                skills: skills.collect::<Vec<Slug>>(),
                outcome,
                answer,
            }
        };
        self.subagents.iter().map(one).collect()
    }
}
