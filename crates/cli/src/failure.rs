//! Why a command did not do its work, as two lines and an exit code.

use std::{fmt, io, path::Path, process::ExitCode};

use llmos_server::ServeError;
use llmos_workbench::ErrorKind;

use crate::commands::files;

/// Why a command did not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    hint: String,
}

/// What sort of failure it is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The arguments make no sense together.
    Usage,
    /// A file or folder cannot be read.
    Input,
    /// Something was refused.
    Refused,
    /// The program or its surroundings failed.
    Internal,
}

/// The exit code for "something was found to be wrong".
pub(crate) const FOUND: u8 = 1;

impl Failure {
    pub(crate) fn new(
        kind: FailureKind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// A file or folder that cannot be read.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "check the path; it is taken relative to the current folder",
            io::ErrorKind::PermissionDenied => "check who may read it",
            _ => "check the file",
        };
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "it is not there".to_owned(),
            _ => error.to_string(),
        };
        let path = files::printable(path);
        Self::new(FailureKind::Input, format!("cannot read `{path}`: {reason}"), hint)
    }

    /// A file or folder that cannot be written.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        let path = files::printable(path);
        let hint = "check that the folder is there, and who may write to it";
        Self::new(FailureKind::Input, format!("cannot write `{path}`: {error}"), hint)
    }

    /// Takes it apart into what happened and what to do about it.
    pub(crate) fn into_parts(self) -> (String, String) {
        (self.message, self.hint)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            FailureKind::Usage => 2,
            FailureKind::Input => 3,
            FailureKind::Refused => 4,
            FailureKind::Internal => 5,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\nhint: {}", self.message, self.hint)
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        let kind = match error {
            ServeError::NotLoopback { .. } | ServeError::PortInUse { .. } => FailureKind::Refused,
            _ => FailureKind::Internal,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

impl From<llmos_workbench::Error> for Failure {
    fn from(error: llmos_workbench::Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Internal => FailureKind::Internal,
            ErrorKind::Invalid => FailureKind::Usage,
            _ => FailureKind::Refused,
        };
        let causes: String =
            std::iter::successors(std::error::Error::source(&error), |e| e.source())
                .map(|cause| format!(": {cause}"))
                .collect();
        let hint = error.hint().unwrap_or_else(|| "run `llmos doctor`".to_owned());
        Self::new(kind, format!("{error}{causes}"), hint)
    }
}
