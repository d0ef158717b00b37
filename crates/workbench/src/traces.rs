//! Traces of runs: keep and read.

use std::collections::BTreeMap;

use llmos_api::{
    problem,
    trace::{ReportError, RunReport, SavedTrace, TraceView},
};
use llmos_core::{
    access::Action,
    store::{CommitId, Edit, Expected},
    trace::{self, RunTrace, TraceId, TraceValue},
    volume::{VolumeId, VolumePath},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Caller, Error, Workbench};

pub(crate) mod archive;
mod chat;
mod fit;
mod inside;
mod list;
pub(crate) mod shards;

use inside::{Inside, stand_in};
pub(crate) use list::Summaries;
pub(crate) use shards::{Shards, Traces};

/// The longest JSON that stays inside a trace; longer values lie beside it.
const MAX_INLINE_BYTES: usize = 4096;

/// How many ids are drawn for a trace before something else must be in its way.
const MAX_DRAWS: usize = 8;

/// Which traces are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFilter {
    /// How many at most.
    pub limit: usize,
    /// Only those before this one.
    pub before: Option<TraceId>,
}

/// Where the large values of a trace are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LargeValues {
    /// Put back into the trace, as far as memory allows.
    #[default]
    Inside,
    /// Left beside it: `{"$ref": "sha256:…", "bytes": n}` stands for each.
    Beside,
}

/// A trace that was read.
pub(crate) struct Loaded {
    pub(crate) volume: VolumeId,
    pub(crate) head: CommitId,
    pub(crate) trace: RunTrace,
}

impl Workbench {
    /// Keeps the trace of a run as one commit in the caller's volume.
    pub fn save_trace(&self, caller: &Caller, run: RunReport) -> Result<SavedTrace, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Write, &volume)?;
        let mut id = TraceId::new(self.world.now(), self.world.random());
        let mut beside = BTreeMap::new();
        let mut trace = run.into_trace(id.clone(), caller.user(), &mut |value| {
            Ok::<_, Error>(keep(value, MAX_INLINE_BYTES, &mut beside))
        })?;
        fit::fit(&mut trace, &mut beside)?;
        let mut n_drawn = 1;
        loop {
            match self.commit_trace(caller, &volume, &trace, &beside) {
                // Two runs of one second that drew the same number: the later one draws again.
                // It does not help where a file of the user stands in place of a folder.
                Err(Error::Stale { .. }) if n_drawn < MAX_DRAWS => {
                    n_drawn += 1;
                    id = TraceId::new(self.world.now(), self.world.random());
                    trace.id = id.clone();
                }
                Err(error) => return Err(error),
                Ok(commit) => {
                    return Ok(SavedTrace {
                        trace_id: id.to_string(),
                        volume: volume.to_string(),
                        path: id.path().to_string(),
                        commit: commit.to_string(),
                    });
                }
            }
        }
    }

    fn commit_trace(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        trace: &RunTrace,
        beside: &BTreeMap<String, Vec<u8>>,
    ) -> Result<CommitId, Error> {
        let mut edits = vec![Edit {
            path: trace.id.path(),
            expected: Expected::Absent,
            content: Some(trace::print(trace).into_bytes()),
        }];
        edits.extend(beside.iter().map(|(sha256, json)| Edit {
            path: trace.id.object_path(sha256),
            expected: Expected::Anything,
            content: Some(json.clone()),
        }));
        let workflow = &trace.workflow.id;
        let message = format!(
            "trace: {workflow} {outcome}\n\nTrace: {id}\nNodes: {n}\n",
            outcome = trace.outcome.as_str(),
            id = trace.id,
            n = trace.nodes.len()
        );
        self.commit(caller, volume, edits, message)
    }

    /// Reads a trace, with all its values or with those that are large left where they lie.
    pub fn read_trace(
        &self,
        caller: &Caller,
        id: &TraceId,
        large: LargeValues,
    ) -> Result<TraceView, Error> {
        let Loaded { volume, head, trace } = self.load_trace(caller, id)?;
        let mut inside = Inside::new();
        let run = RunReport::from_trace(&trace, &mut |value| match (value, large) {
            (TraceValue::Inline(value), _) => Ok(value.clone()),
            (TraceValue::Stored { sha256, bytes }, LargeValues::Inside) => inside.put(
                (sha256, *bytes),
                || self.load(&volume, &head, id, sha256),
                || lost(&volume, &id.object_path(sha256)),
            ),
            (TraceValue::Stored { sha256, bytes }, LargeValues::Beside) => {
                Ok(stand_in(sha256, *bytes))
            }
        })?;
        Ok(TraceView {
            trace_id: id.to_string(),
            kind: "run".to_owned(),
            volume: volume.to_string(),
            path: id.path().to_string(),
            commit: head.to_string(),
            note: inside.note(id),
            run,
        })
    }

    /// Reads one large value of a trace: its JSON.
    pub fn read_trace_value(
        &self,
        caller: &Caller,
        id: &TraceId,
        sha256: &str,
    ) -> Result<Vec<u8>, Error> {
        let Loaded { volume, head, trace } = self.load_trace(caller, id)?;
        let nodes = trace.nodes.iter();
        let mut values = nodes.flat_map(|node| node.inputs.values().chain(node.outputs.values()));
        let there = values.any(
            |value| matches!(value, TraceValue::Stored { sha256: there, .. } if there == sha256),
        );
        if !there {
            return Err(Error::Unknown {
                what: "value",
                id: sha256.to_owned(),
                volume: Some(volume),
                hint: format!("take one that `GET /traces/{id}?values=beside` names"),
            });
        }
        self.load(&volume, &head, id, sha256)
    }

    /// Finds and parses the file of a trace.
    pub(crate) fn load_trace(&self, caller: &Caller, id: &TraceId) -> Result<Loaded, Error> {
        let volume = caller.own_volume();
        caller.must(Action::Read, &volume)?;
        let path = id.path();
        let unknown = || Error::Unknown {
            what: "trace",
            id: id.to_string(),
            volume: Some(volume.clone()),
            hint: "choose another from the list, which `GET /traces` gives".to_owned(),
        };
        let head = self.store.head(&volume)?.ok_or_else(unknown)?;
        let all = self.traces(&volume, &head);
        let found = all.find(id)?.ok_or_else(unknown)?;
        let check = trace::parse(&all.read(&found)?);
        let trace = check.map_err(|diagnostics| Error::BrokenFile {
            volume: volume.clone(),
            path,
            diagnostics: diagnostics.iter().map(problem::Diagnostic::from).collect(),
        })?;
        Ok(Loaded { volume, head, trace })
    }

    fn load(
        &self,
        volume: &VolumeId,
        head: &CommitId,
        id: &TraceId,
        sha256: &str,
    ) -> Result<Vec<u8>, Error> {
        let bytes = self.traces(volume, head).value(id, sha256)?;
        bytes
            .filter(|bytes| hash(bytes) == sha256)
            .ok_or_else(|| lost(volume, &id.object_path(sha256)))
    }

    /// The traces of a volume at one commit. Asks for no permission: the caller does.
    pub(crate) fn traces<'a>(&'a self, volume: &'a VolumeId, head: &'a CommitId) -> Traces<'a> {
        Traces { store: &*self.store, shards: &self.shards, volume, head }
    }
}

/// A large value is gone, or is not what it was.
fn lost(volume: &VolumeId, path: &VolumePath) -> Error {
    Error::BrokenFile {
        volume: volume.clone(),
        path: path.clone(),
        diagnostics: vec![problem::Diagnostic {
            severity: problem::Severity::Error,
            code: "lost-value".to_owned(),
            line: 1,
            column: 1,
            message: "the file is gone or was changed after the run".to_owned(),
            hint: Some("restore it from the commit that added it".to_owned()),
        }],
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::BadField { field, reason, hint } => {
                Self::BadField { field: "run", reason: format!("`{field}`: {reason}"), hint }
            }
            ReportError::BadWorkflow { findings } => Self::BadWorkflow { findings },
        }
    }
}

/// Decides where a value is kept, and collects the large ones by hash.
fn keep(value: Value, max_inline: usize, beside: &mut BTreeMap<String, Vec<u8>>) -> TraceValue {
    let json = value.to_string().into_bytes();
    if json.len() <= max_inline {
        return TraceValue::Inline(value);
    }
    let sha256 = hash(&json);
    let bytes = json.len() as u64;
    beside.insert(sha256.clone(), json);
    TraceValue::Stored { sha256, bytes }
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
