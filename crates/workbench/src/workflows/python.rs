//! Which skills the server may run itself, and with which limits.

use std::collections::BTreeMap;

use llmos_api::python::RunPython;
use llmos_core::{
    skill::{ExecutionMode, Runtime},
    store::BlobId,
};
use serde_json::Value;

use crate::{Caller, Error, Workbench, ids, skills::unknown_skill};

/// The longest that a skill may run, whatever it asks for.
const MAX_TIMEOUT_MS: u64 = 300_000;

/// The most memory that a skill may take, whatever it asks for.
const MAX_MEMORY_MB: u64 = 4096;

const DEFAULT_TIMEOUT_MS: u64 = 60_000;
const DEFAULT_MEMORY_MB: u64 = 1024;

/// A call of a skill that its caller may see and that is meant to run on the server.
#[derive(Clone, Debug, PartialEq)]
pub struct PythonTask {
    /// The code of the skill, from its file.
    pub code: String,
    /// What the code is called in messages.
    pub file: String,
    /// The inputs, as a trace writes values.
    pub inputs: BTreeMap<String, Value>,
    /// How much memory it may take.
    pub memory_mb: u64,
    /// How long it may take.
    pub timeout_ms: u64,
}

impl Workbench {
    /// Finds the skill of a call and refuses what is not the caller's, not this version, or not for the server.
    ///
    /// The code is always that of the file in a volume. Limits over the most that there is are lowered to it.
    pub fn python_task(&self, caller: &Caller, asked: RunPython) -> Result<PythonTask, Error> {
        let id = ids::slug("skill_id", &asked.skill_id)?;
        let version: BlobId = ids::version("version", &asked.version)?;
        let view = self.catalogue.view(caller)?;
        let seen = view.skill(&id).ok_or_else(|| unknown_skill(&id, None))?;
        let not_for_server = |reason, hint| Error::NotForServer { skill: id.clone(), reason, hint };
        let executable = seen.file.skill.executable().ok_or_else(|| {
            not_for_server("it has no code", "choose a skill with a `type` and a block of code")
        })?;
        if seen.file.blob != version {
            let current = Some(seen.file.blob.clone());
            return Err(Error::Stale { path: seen.file.path.clone(), current });
        }
        if executable.execution_mode == ExecutionMode::BrowserWasm {
            let hint = "write `execution_mode: server-python` or `hybrid` into the skill, or run it in the browser";
            return Err(not_for_server("it asks for the browser", hint));
        }
        if !matches!(executable.runtime, Runtime::PythonWasm | Runtime::Qiskit) {
            return Err(not_for_server("it is no Python", "run it in the browser"));
        }
        let timeout_ms = asked.timeout_ms.or(executable.timeout_ms).unwrap_or(DEFAULT_TIMEOUT_MS);
        let memory_mb = asked.memory_mb.or(executable.memory_mb).unwrap_or(DEFAULT_MEMORY_MB);
        Ok(PythonTask {
            code: executable.code.clone(),
            file: format!("{id}.py"),
            inputs: asked.inputs,
            memory_mb: within("memory_mb", memory_mb, MAX_MEMORY_MB)?,
            timeout_ms: within("timeout_ms", timeout_ms, MAX_TIMEOUT_MS)?,
        })
    }
}

fn within(field: &'static str, asked: u64, most: u64) -> Result<u64, Error> {
    if asked == 0 {
        return Err(Error::OutOfRange { field, least: 1, most });
    }
    Ok(asked.min(most))
}
