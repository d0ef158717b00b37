//! Collects findings about one file and knows where in it they stand.

use std::{collections::BTreeSet, ops::Range};

use crate::{
    diagnostic::{Diagnostic, Position, Severity},
    document::LineIndex,
    yaml::Node,
};

/// After so many findings the rest is not told.
const MAX_FINDINGS: usize = 100;

/// The findings about one file so far.
pub(crate) struct Report<'a> {
    index: LineIndex<'a>,
    /// Where the YAML begins in the file.
    base: usize,
    diagnostics: Vec<Diagnostic>,
    has_errors: bool,
}

impl<'a> Report<'a> {
    /// Begins with no finding. Places are bytes of the YAML that begins at `base` of `text`.
    pub(crate) fn new(text: &'a str, base: usize) -> Self {
        Self { index: LineIndex::new(text), base, diagnostics: Vec::new(), has_errors: false }
    }

    /// Adds a finding that was made elsewhere.
    pub(crate) fn add(&mut self, found: Diagnostic) {
        self.has_errors |= found.severity == Severity::Error;
        if self.diagnostics.len() < MAX_FINDINGS {
            self.diagnostics.push(found);
        }
    }

    /// Adds an error at a byte of the YAML.
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let position = self.in_yaml(at);
        self.add(Diagnostic::error(code, position, message).with_hint(hint));
    }

    /// Adds a warning at a byte of the YAML.
    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        at: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let position = self.in_yaml(at);
        self.add(Diagnostic::warning(code, position, message).with_hint(hint));
    }

    /// Returns the position of a byte of the whole file.
    pub(crate) fn in_file(&self, at: usize) -> Position {
        self.index.position(at)
    }

    /// Says whether anything forbids the use of the file.
    pub(crate) fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// Returns all findings, by position.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|found| found.position);
        self.diagnostics
    }

    /// Reads a scalar as text; a list or mapping is an error, nothing is `None`.
    pub(crate) fn text(&mut self, root: &Node, name: &str) -> Option<String> {
        let node = root.get(name)?;
        if node.text().is_none() && !node.is_null() {
            let message = format!("`{name}` is {}, not a text", node.noun());
            self.error(
                "not-a-text",
                node.span.start,
                message,
                format!("write `{name}: some text`"),
            );
        }
        node.text().map(str::to_owned)
    }

    /// Reads a list of texts; one text with commas counts as a list.
    pub(crate) fn texts(&mut self, root: &Node, name: &str) -> Vec<String> {
        let Some(node) = root.get(name) else { return Vec::new() };
        let mut texts: Vec<String> = Vec::new();
        match node.items() {
            Some(items) => {
                for item in items {
                    match item.text() {
                        Some(text) => texts.push(text.to_owned()),
                        None => {
                            let message =
                                format!("`{name}` holds {} instead of a text", item.noun());
                            self.warning(
                                "not-a-text",
                                item.span.start,
                                message,
                                "write each item as one text",
                            );
                        }
                    }
                }
            }
            None => match node.text() {
                Some(text) => texts.extend(text.split(',').map(str::to_owned)),
                None if node.is_null() => {}
                None => {
                    let message = format!("`{name}` is {}, not a list", node.noun());
                    self.warning(
                        "not-a-list",
                        node.span.start,
                        message,
                        format!("write `{name}: [one, two]`"),
                    );
                }
            },
        }
        let mut seen = BTreeSet::new();
        let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        texts.filter(|text| seen.insert(*text)).map(str::to_owned).collect()
    }

    /// Reads `true` or `false`.
    pub(crate) fn boolean(&mut self, root: &Node, name: &str) -> Option<bool> {
        let node = root.get(name).filter(|node| !node.is_null())?;
        let value = node.to_json().as_bool();
        if value.is_none() {
            let message = format!("`{name}` is {}, not `true` or `false`", node.noun());
            self.error(
                "not-a-boolean",
                node.span.start,
                message,
                format!("write `{name}: true` or `{name}: false`"),
            );
        }
        value
    }

    /// Reads a whole number within limits.
    pub(crate) fn whole(&mut self, root: &Node, name: &str, allowed: Range<u64>) -> Option<u64> {
        let node = root.get(name).filter(|node| !node.is_null())?;
        let value = node.to_json();
        let whole = value.as_u64().or_else(|| {
            let n = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..1e15).contains(n))?;
            format!("{n:.0}").parse().ok()
        });
        let whole = whole.filter(|n| allowed.contains(n));
        if whole.is_none() {
            let (from, to) = (allowed.start, allowed.end - 1);
            let message = format!("`{name}` must be a whole number from {from} to {to}");
            self.error("bad-number", node.span.start, message, "write digits only, without a unit");
        }
        whole
    }

    fn in_yaml(&self, at: usize) -> Position {
        // Finding a position costs as much as its line is long.
        let full = self.diagnostics.len() >= MAX_FINDINGS;
        if full { Position::START } else { self.index.position(self.base + at) }
    }
}
