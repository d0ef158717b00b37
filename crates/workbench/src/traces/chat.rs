//! Traces of chats: keep.

use llmos_api::trace::{ChatReport, SavedTrace};
use llmos_core::{
    access::Action,
    store::{Edit, Expected},
    trace::{self, TraceId, TraceKind},
};

use super::MAX_DRAWS;
use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Keeps the trace of an exchange with a model as one commit in the caller's volume.
    pub fn save_chat(&self, caller: &Caller, chat: ChatReport) -> Result<SavedTrace, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Write, &volume)?;
        let id = || TraceId::of_kind(TraceKind::Chat, self.world.now(), self.world.random());
        let mut trace = chat.into_trace(id(), caller.user(), caller.team().cloned())?;
        let mut n_drawn = 1;
        loop {
            let path = trace.id.path();
            let edit = Edit {
                path: path.clone(),
                expected: Expected::Absent,
                content: Some(trace::print_chat(&trace).into_bytes()),
            };
            let message =
                format!("trace: chat {}\n\nTrace: {}\n", trace.outcome.as_str(), trace.id);
            match self.commit(caller, &volume, vec![edit], message) {
                // Two exchanges of one moment that drew the same number: the later one draws again.
                Err(Error::Stale { .. }) if n_drawn < MAX_DRAWS => {
                    n_drawn += 1;
                    trace.id = id();
                }
                Err(error) => return Err(error),
                Ok(commit) => {
                    return Ok(SavedTrace {
                        trace_id: trace.id.to_string(),
                        volume: volume.to_string(),
                        path: path.to_string(),
                        commit: commit.to_string(),
                    });
                }
            }
        }
    }
}
