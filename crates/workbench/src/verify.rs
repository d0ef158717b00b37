//! Looking for everything that can be wrong with what a volume holds.

use llmos_api::problem::{Diagnostic, Severity};
use llmos_core::{
    trace::{self, Trace, TraceId, TraceValue},
    volume::{VolumeId, VolumePath},
};

use crate::{
    Error, Workbench,
    traces::{
        hash,
        shards::{Found, Traces},
    },
};

/// How many traces are looked at in one go.
const PAGE: usize = 1_000;

/// A file of a volume and something that is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFault {
    /// The file.
    pub path: String,
    /// What is wrong.
    pub found: Diagnostic,
}

/// What a volume holds and how much of it is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Skills and workflows that can be used.
    pub n_documents: usize,
    /// Traces.
    pub n_traces: usize,
    /// Values that lie beside traces.
    pub n_values: usize,
}

impl Workbench {
    /// Reads every skill, workflow and trace of a volume, and every value of the traces; tells what is wrong.
    ///
    /// Asks for no permission: whoever can start it can read the files.
    pub fn verify_content(
        &self,
        volume: &VolumeId,
        tell: &mut dyn FnMut(FileFault),
    ) -> Result<Looked, Error> {
        let snapshot = self.catalogue.snapshot(volume)?;
        let mut looked = Looked {
            n_documents: snapshot.skills.size() + snapshot.workflows.size(),
            ..Looked::default()
        };
        for file in &snapshot.broken {
            for found in file.diagnostics.iter().filter(|it| it.severity == Severity::Error) {
                tell(FileFault { path: file.path.clone(), found: found.clone() });
            }
        }
        let Some(head) = snapshot.head.clone() else { return Ok(looked) };
        let all = self.traces(volume, &head);
        let mut before: Option<TraceId> = None;
        loop {
            let page = all.page(before.as_ref(), PAGE)?;
            for found in &page {
                looked.n_traces += 1;
                looked.n_values += verify_trace(&all, found, tell)?;
            }
            match page.last() {
                Some(last) if page.len() == PAGE => before = Some(last.id.clone()),
                _ => return Ok(looked),
            }
        }
    }
}

/// Reads a trace with its values; returns how many values lie beside it.
fn verify_trace(
    all: &Traces<'_>,
    found: &Found,
    tell: &mut dyn FnMut(FileFault),
) -> Result<usize, Error> {
    let path = found.id.path();
    let bytes = match all.read(found) {
        Ok(bytes) => bytes,
        Err(Error::BrokenFile { diagnostics, .. }) => {
            let faults = diagnostics.into_iter();
            faults.for_each(|found| tell(FileFault { path: path.to_string(), found }));
            return Ok(0);
        }
        Err(error) => return Err(error),
    };
    let trace = match trace::parse_any(&bytes) {
        Ok(Trace::Run(trace)) => trace,
        // All that an exchange says stands in its file.
        Ok(Trace::Chat(_)) => return Ok(0),
        Err(diagnostics) => {
            let faults = diagnostics.iter().map(Diagnostic::from);
            faults.for_each(|found| tell(FileFault { path: path.to_string(), found }));
            return Ok(0);
        }
    };
    let mut n_values = 0;
    for node in &trace.nodes {
        for value in node.inputs.values().chain(node.outputs.values()) {
            let TraceValue::Stored { sha256, .. } = value else { continue };
            n_values += 1;
            let at = found.id.object_path(sha256);
            match all.value(&found.id, sha256)? {
                Some(bytes) if hash(&bytes) == *sha256 => {}
                Some(_) => tell(fault(
                    &at,
                    "changed-value",
                    "its content is not what its name says",
                    &path,
                )),
                None => tell(fault(&at, "lost-value", "it is not there", &path)),
            }
        }
    }
    Ok(n_values)
}

fn fault(at: &VolumePath, code: &str, message: &str, trace: &VolumePath) -> FileFault {
    let found = Diagnostic {
        severity: Severity::Error,
        code: code.to_owned(),
        line: 1,
        column: 1,
        message: format!("{message}; `{trace}` needs it"),
        hint: Some(format!("restore it from the commit that added it: `git log -- {at}`")),
    };
    FileFault { path: at.to_string(), found }
}
