//! What is wrong with a workflow, in a form that points into the graph.

use crate::{diagnostic::Severity, slug::Slug};

/// What is wrong with a workflow, seen as a graph of skills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is: a workflow with an error cannot run.
    pub severity: Severity,
    /// A stable name in kebab case, for programs and documentation.
    pub code: &'static str,
    /// What is wrong: lower case, no final dot.
    pub message: String,
    /// What to do next: one imperative sentence, no final dot.
    pub hint: Option<String>,
    /// The node it is about.
    pub node: Option<Slug>,
    /// The port of that node.
    pub port: Option<String>,
    /// The nodes of a cycle in the order of its edges, or the workflows of a circle of them.
    pub path: Vec<Slug>,
}

impl Finding {
    /// Makes an error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            hint: None,
            node: None,
            port: None,
            path: Vec::new(),
        }
    }

    /// Makes a warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the node it is about.
    #[must_use]
    pub fn at(mut self, node: &Slug) -> Self {
        self.node = Some(node.clone());
        self
    }

    /// Adds the port it is about.
    #[must_use]
    pub fn at_port(mut self, node: &Slug, port: &str) -> Self {
        self.port = Some(port.to_owned());
        self.at(node)
    }
}

/// Says whether any finding forbids a run.
pub(crate) fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|found| found.severity == Severity::Error)
}
