//! What is left of an exchange: a trace that says what really happened, and what
//! the person thought of it later.

use jiff::Timestamp;
use llmos_api::{
    chat::{ChatCall, ChatEvent, ChatSubagentTrace, ChatTraceView, JudgeChat},
    problem,
    trace::{self as wire, SavedTrace},
};
use llmos_core::{
    access::Action,
    store::{BlobId, Edit, Expected},
    trace::{self, ChatTrace, Trace, TraceId, TraceKind},
    volume::VolumeId,
};

use super::{
    ChatExchange,
    gather::{Coming, Note},
};
use crate::{Caller, Error, Workbench, sessions::Answer};

/// The most of an answer that a trace keeps.
const MAX_ANSWER: usize = 32 << 10;

impl Workbench {
    pub(super) fn new_chat_id(&self, at: Timestamp) -> TraceId {
        TraceId::of_kind(TraceKind::Chat, at, self.world.random())
    }

    /// Keeps the trace of an exchange that is over, or that nobody listens to any more. Blocks.
    ///
    /// Returns the last event, which says where the trace is.
    pub fn end_chat(&self, exchange: &mut ChatExchange) -> Result<ChatEvent, Error> {
        exchange.stop();
        let outcome = exchange.outcome();
        let mut answer = exchange.answer.clone();
        if let Some(error) = &exchange.error {
            if !answer.is_empty() {
                answer.push_str("\n\n");
            }
            answer.push_str(&format!("[{}] {error}", error.code()));
        }
        let kept = &exchange.kept;
        let volume = kept.caller.own_volume();
        kept.caller.must(Action::Write, &volume)?;
        let (model, usage) = exchange.taken();
        let usage = usage.map(|usage| trace::ChatUsage {
            input: usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
            output: usage.output_tokens,
            cost_usd: usage.cost_usd.map(|usd| format!("{usd:.6}")),
        });
        let mut trace = ChatTrace {
            id: kept.trace_id.clone(),
            user: kept.caller.user(),
            team: kept.caller.team().cloned(),
            outcome,
            feedback: None,
            skills_used: kept.skills.clone(),
            model: model.map(str::to_owned),
            usage,
            calls: exchange.record.traced_calls(),
            subagents: exchange.record.traced_subagents(),
            started_at: kept.started_at,
            finished_at: self.world.now().max(kept.started_at),
            prompt: kept.prompt.clone(),
            answer: shortened(answer),
        };
        for _ in 0..4 {
            let edit = Edit {
                path: trace.id.path(),
                expected: Expected::Absent,
                content: Some(trace::print_chat(&trace).into_bytes()),
            };
            let said = format!("{} {}", outcome.as_str(), trace.id);
            let coming = exchange.coming.take();
            match self.keep_trace(&kept.caller, &volume, Note { edit, said }, coming) {
                // Somebody else asked in the same microsecond, and drew the same number.
                Err(Error::Stale { .. }) => trace.id = self.new_chat_id(kept.started_at),
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        let trace_id = trace.id.to_string();
        if let Some(place) = &exchange.kept.session {
            let answer = Answer {
                text: &exchange.answer,
                trouble: exchange.trouble(),
                trace: trace.id.path(),
                proposals: &exchange.workflows,
                edits: &exchange.record.edited,
            };
            self.keep_answer(place, answer)?;
        }
        exchange.kept.trace_id = trace.id;
        Ok(ChatEvent::End { trace_id, outcome: outcome.into() })
    }

    /// Keeps a trace, in one commit with those of the caller's exchanges that end at the same moment.
    fn keep_trace(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        note: Note,
        announced: Option<Coming>,
    ) -> Result<(), Error> {
        let key = (volume.clone(), caller.author());
        self.gathering.keep(&key, note, announced, |notes| {
            let message = match notes {
                [note] => format!("trace: {}", note.said),
                notes => {
                    let lines: String = notes.iter().map(|it| format!("- {}\n", it.said)).collect();
                    format!("trace: {} chats\n\n{lines}", notes.len())
                }
            };
            let edits = notes.iter().map(|note| note.edit.clone()).collect();
            self.commit(caller, volume, edits, message).map(drop)
        })
    }

    /// Reads the trace of an exchange.
    pub fn read_chat(&self, caller: &Caller, id: &TraceId) -> Result<ChatTraceView, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Read, &volume)?;
        let (_, trace) = self.load_chat(&volume, id)?;
        let usage = trace.usage;
        Ok(ChatTraceView {
            trace_id: id.to_string(),
            kind: "chat".to_owned(),
            volume: volume.to_string(),
            path: id.path().to_string(),
            prompt: trace.prompt,
            answer: trace.answer,
            skills_used: trace.skills_used.iter().map(ToString::to_string).collect(),
            outcome: trace.outcome.into(),
            feedback: trace.feedback.map(|feedback| match feedback {
                trace::Feedback::Good => wire::Feedback::Good,
                trace::Feedback::Bad => wire::Feedback::Bad,
            }),
            model: trace.model,
            input_tokens: usage.as_ref().map(|usage| usage.input),
            output_tokens: usage.as_ref().map(|usage| usage.output),
            cost_usd: usage.and_then(|usage| usage.cost_usd),
            calls: (trace.calls.into_iter().enumerate())
                .map(|(at, call)| ChatCall::of_trace(call, at))
                .collect(),
            subagents: trace.subagents.into_iter().map(ChatSubagentTrace::from).collect(),
            started_at: trace.started_at.to_string(),
            finished_at: trace.finished_at.to_string(),
        })
    }

    fn load_chat(&self, volume: &VolumeId, id: &TraceId) -> Result<(BlobId, ChatTrace), Error> {
        let path = id.path();
        let unknown = || Error::Unknown {
            what: "trace of a chat",
            id: id.to_string(),
            volume: Some(volume.clone()),
            hint: "take the `trace_id` that `POST /chat` gave".to_owned(),
        };
        let head = self.store.head(volume)?.ok_or_else(unknown)?;
        let found = self.store.list(volume, &head, Some(&path))?;
        let entry = found.into_iter().find(|entry| entry.path == path).ok_or_else(unknown)?;
        let parsed = trace::parse_any(&self.store.read(volume, &entry.blob)?);
        let parsed = parsed.map_err(|diagnostics| Error::BrokenFile {
            volume: volume.clone(),
            path,
            diagnostics: diagnostics.iter().map(problem::Diagnostic::from).collect(),
        })?;
        match parsed {
            Trace::Chat(trace) => Ok((entry.blob, *trace)),
            Trace::Run(_) => Err(unknown()),
        }
    }

    /// Keeps whether an answer helped.
    pub fn judge_chat(
        &self,
        caller: &Caller,
        id: &TraceId,
        judged: &JudgeChat,
    ) -> Result<SavedTrace, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Write, &volume)?;
        let path = id.path();
        let (version, mut trace) = self.load_chat(&volume, id)?;
        trace.feedback = judged.feedback.map(|feedback| match feedback {
            wire::Feedback::Good => trace::Feedback::Good,
            wire::Feedback::Bad => trace::Feedback::Bad,
        });
        let said = trace.feedback.map_or("none", trace::Feedback::as_str);
        let edit = Edit {
            path: path.clone(),
            expected: Expected::Version(version),
            content: Some(trace::print_chat(&trace).into_bytes()),
        };
        let message = format!("trace: feedback {said} for {id}");
        let commit = self.commit(caller, &volume, vec![edit], message)?;
        Ok(SavedTrace {
            trace_id: id.to_string(),
            volume: volume.to_string(),
            path: path.to_string(),
            commit: commit.to_string(),
        })
    }
}

/// Keeps the beginning and the end of what is very long.
fn shortened(answer: String) -> String {
    if answer.len() <= MAX_ANSWER {
        return answer;
    }
    let at = |mut at: usize| {
        while !answer.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (head, tail) = (at(MAX_ANSWER / 2), at(answer.len() - MAX_ANSWER / 2));
    format!("{}\n\n[… {} bytes left out …]\n\n{}", &answer[..head], tail - head, &answer[tail..])
}
