//! Python of this machine, for skills that ask for it: allowed by a flag only.

use std::{
    collections::BTreeMap,
    env,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use llmos_api::{
    python::PythonResult,
    trace::{LogLine, NodeError},
};
use llmos_headless::{Python, PythonAnswer, PythonCall, PythonError};
use llmos_server::{ServerPython, ServerPythonError};
use llmos_workbench::PythonTask;

use crate::{
    failure::{Failure, FailureKind},
    out::say,
};

/// Whether skills may run in this machine's Python, and in which.
#[derive(clap::Args)]
pub(crate) struct Allow {
    /// Run skills that ask for it in this machine's Python, each in a process without network, files and environment
    #[arg(long)]
    allow_server_python: bool,
    /// The Python that runs them
    #[arg(long, value_name = "PATH", default_value = "python3", requires = "allow_server_python")]
    python: PathBuf,
}

impl Allow {
    /// Looks for Python and builds the wall; `None` where nobody allowed it.
    pub(crate) fn python(&self) -> Result<Option<Python>, Failure> {
        if !self.allow_server_python {
            return Ok(None);
        }
        let launcher = env::current_exe().map_err(|error| {
            let message = format!("cannot find this program: {error}");
            Failure::new(FailureKind::Internal, message, "try again")
        })?;
        let python = Python::at(&self.python, launcher)?;
        for folder in python.left_out() {
            say(&format!(
                "warning: skills cannot import from {}: it is no folder of Python itself",
                folder.display()
            ));
        }
        Ok(Some(python))
    }

    /// The same, as the server's port.
    pub(crate) fn port(&self) -> Result<Option<Arc<dyn ServerPython>>, Failure> {
        let port = |python| Arc::new(Walled(python)) as Arc<dyn ServerPython>;
        Ok(self.python()?.map(port))
    }
}

/// Python behind its wall, behind the server's port.
struct Walled(Python);

impl ServerPython for Walled {
    fn run(
        &self,
        task: PythonTask,
        cancelled: &AtomicBool,
    ) -> Result<PythonResult, ServerPythonError> {
        let PythonTask { code, file, inputs, memory_mb, timeout_ms } = task;
        let call = PythonCall { code, file, inputs, memory_mb, timeout_ms };
        match self.0.run_unless(&call, cancelled) {
            Ok(answer) => Ok(result(answer)),
            Err(error) => {
                Err(ServerPythonError { message: error.to_string(), hint: error.hint().to_owned() })
            }
        }
    }
}

/// Puts an answer into its wire form. Its fields come from a process that ran skill code.
fn result(answer: PythonAnswer) -> PythonResult {
    let PythonAnswer { outputs, kind, message, logs, duration_ms } = answer;
    let error = match (&outputs, kind) {
        (Some(_), None) => None,
        (_, kind) => Some(NodeError {
            kind: kind.unwrap_or_else(|| "crashed".to_owned()),
            message: message.unwrap_or_else(|| "Python gave no answer".to_owned()),
            hint: None,
        }),
    };
    let line = |line: llmos_headless::PythonLine| LogLine {
        at_ms: line.at_ms,
        stream: line.stream,
        text: line.text,
    };
    let outputs: Option<BTreeMap<_, _>> = outputs.filter(|_| error.is_none());
    PythonResult { outputs, error, logs: logs.into_iter().map(line).collect(), duration_ms }
}

impl From<PythonError> for Failure {
    fn from(error: PythonError) -> Self {
        Self::new(FailureKind::Refused, error.to_string(), error.hint())
    }
}
