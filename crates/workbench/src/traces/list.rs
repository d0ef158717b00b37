//! Listing traces: a page at a time, of whose files each is read once.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use llmos_api::trace::{TraceList, TraceSummary};
use llmos_core::{
    access::Action,
    store::BlobId,
    trace::{self, Trace, TraceId},
};

use super::{
    TraceFilter,
    shards::{Found, Traces},
};
use crate::{Caller, Error, Workbench};

/// How many summaries are kept in memory.
const MAX_SUMMARIES: usize = 20_000;

/// Summaries of traces by what they were read from, so that a list reads each once.
#[derive(Default)]
pub(crate) struct Summaries(Mutex<HashMap<(BlobId, TraceId), TraceSummary>>);

impl Workbench {
    /// Lists the caller's traces, newest first. Only the folders and files of the page are read.
    pub fn list_traces(&self, caller: &Caller, filter: &TraceFilter) -> Result<TraceList, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Read, &volume)?;
        let Some(head) = self.store.head(&volume)? else {
            return Ok(TraceList { total: 0, traces: Vec::new(), next: None });
        };
        let all = self.traces(&volume, &head);
        let total = all.count()?;
        let mut page = all.page(filter.before.as_ref(), filter.limit.saturating_add(1))?;
        let more = page.len() > filter.limit;
        page.truncate(filter.limit);
        let next = page.last().filter(|_| more).map(|found| found.id.to_string());
        let traces: Result<_, Error> =
            page.iter().map(|found| self.trace_summary(&all, found)).collect();
        Ok(TraceList { total, traces: traces?, next })
    }

    fn trace_summary(&self, all: &Traces<'_>, found: &Found) -> Result<TraceSummary, Error> {
        let key = (found.place.blob().clone(), found.id.clone());
        let kept = || self.summaries.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(summary) = kept().get(&key) {
            return Ok(summary.clone());
        }
        let trace = trace::parse_any(&all.read(found)?).ok();
        let facts = trace.as_ref().map(|trace| match trace {
            Trace::Run(run) => (run.outcome, run.started_at, run.finished_at),
            Trace::Chat(chat) => (chat.outcome, chat.started_at, chat.finished_at),
        });
        let summary = TraceSummary {
            trace_id: found.id.to_string(),
            kind: found.id.kind().as_str().to_owned(),
            workflow_id: match &trace {
                Some(Trace::Run(run)) => Some(run.workflow.id.to_string()),
                Some(Trace::Chat(_)) | None => None,
            },
            outcome: facts.map(|(outcome, ..)| outcome.into()),
            started_at: facts.map(|(_, started_at, _)| started_at.to_string()),
            duration_ms: facts.map(|(_, started_at, finished_at)| {
                finished_at.duration_since(started_at).as_secs_f64() * 1e3
            }),
            volume: all.volume.to_string(),
            path: found.id.path().to_string(),
        };
        let mut kept = kept();
        if kept.len() >= MAX_SUMMARIES {
            kept.clear();
        }
        kept.insert(key, summary.clone());
        Ok(summary)
    }
}
