//! What is wrong with a text that somebody wrote: where, and what to do.
//!
//! Broken user text is a result with diagnostics, not a failure of the program.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The text cannot be used as it is.
    Error,
    /// The text can be used, but probably not as its author meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One finding about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name in kebab case, for programs and documentation.
    pub code: &'static str,
    /// Where it is; [`Position::START`] for a finding about the whole text.
    pub position: Position,
    /// What is wrong: lower case, no final dot.
    pub message: String,
    /// What to do next: one imperative sentence, no final dot.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Makes an error.
    pub fn error(code: &'static str, position: Position, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, position, message: message.into(), hint: None }
    }

    /// Makes a warning.
    pub fn warning(code: &'static str, position: Position, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, code, position, message: message.into(), hint: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
