//! What is wrong, as programs and people read it.

use llmos_core::diagnostic;
use serde::{Deserialize, Serialize};

use crate::history::Conflict;

/// A refusal (RFC 9457). Sent as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:llmos:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The meaning of the status code.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// A stable name in kebab case, for programs.
    pub code: String,
    /// What is wrong: lower case, no final dot.
    pub detail: String,
    /// What to do next: one imperative sentence, no final dot.
    pub hint: Option<String>,
    /// What is wrong with the workflow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What is wrong with the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
    /// The version that is there now, where a change came too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_version: Option<String>,
    /// The version that the change rests on, where it could not be merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_version: Option<String>,
    /// What collides with what others changed; `choices` settles it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be used as it is.
    Error,
    /// It can be used, but probably not as its author meant.
    Warning,
}

/// One finding about a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name in kebab case.
    pub code: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// One finding about a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name in kebab case.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The node it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The port of that node it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// The nodes of a cycle, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

impl From<diagnostic::Severity> for Severity {
    fn from(severity: diagnostic::Severity) -> Self {
        match severity {
            diagnostic::Severity::Error => Self::Error,
            diagnostic::Severity::Warning => Self::Warning,
        }
    }
}

impl From<&diagnostic::Diagnostic> for Diagnostic {
    fn from(found: &diagnostic::Diagnostic) -> Self {
        Self {
            severity: found.severity.into(),
            code: found.code.to_owned(),
            line: found.position.line,
            column: found.position.column,
            message: found.message.clone(),
            hint: found.hint.clone(),
        }
    }
}
