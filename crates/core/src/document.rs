//! Markdown files with front matter: where the front matter ends, what a line
//! is, and where in the file a byte stands. It does not read the YAML.

use std::{borrow::Cow, ops::Range};

use crate::diagnostic::{Diagnostic, Position};

/// The longest file that is read as a skill or workflow, in bytes.
pub const MAX_FILE_LEN: usize = 8 << 20;

/// A text cut at its front matter. All ranges are bytes of [`Self::text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The whole text, a byte-order mark included.
    pub text: &'a str,
    /// The front matter and where it stands.
    pub front: Front,
    /// Everything after the front matter, or after the byte-order mark where there is none.
    pub body: Range<usize>,
}

/// Whether a text begins with front matter.
///
/// Front matter begins where the first line is `---` plus optional blanks, and
/// ends at the first later line of that form. Nothing else counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Front {
    /// The first line is something else.
    Missing,
    /// The first line is `---`, but no later line closes it.
    Unclosed,
    /// The YAML between the two lines, and the closing line without its line end.
    Found {
        /// The text between the two lines.
        yaml: Range<usize>,
        /// The closing line.
        close: Range<usize>,
    },
}

/// The line ends that a text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// `\n`, also where there is no line end at all.
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`.
    Cr,
}

/// Finds the position of bytes in a text.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Document<'a> {
    /// Cuts a text at its front matter.
    pub fn split(text: &'a str) -> Self {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let missing = |front| Self { text, front, body: start..text.len() };
        let mut lines = lines(text, start);
        let Some(open) = lines.next().filter(|line| is_rule(&text[line.content.clone()])) else {
            return missing(Front::Missing);
        };
        let Some(close) = lines.find(|line| is_rule(&text[line.content.clone()])) else {
            return missing(Front::Unclosed);
        };
        let yaml = open.end..close.content.start;
        Self {
            text,
            front: Front::Found { yaml, close: close.content },
            body: close.end..text.len(),
        }
    }

    /// Returns the YAML of the front matter.
    pub fn yaml(&self) -> Option<&'a str> {
        match &self.front {
            Front::Found { yaml, .. } => Some(&self.text[yaml.clone()]),
            Front::Missing | Front::Unclosed => None,
        }
    }

    /// Returns the text after the front matter.
    pub fn body(&self) -> &'a str {
        &self.text[self.body.clone()]
    }

    /// Returns the line end that the text uses first.
    pub fn line_end(&self) -> LineEnd {
        LineEnd::of(self.text)
    }
}

impl LineEnd {
    /// Returns the first line end of a text.
    pub fn of(text: &str) -> Self {
        match text.find(['\r', '\n']) {
            Some(at) if text[at..].starts_with("\r\n") => Self::CrLf,
            Some(at) if text[at..].starts_with('\r') => Self::Cr,
            _ => Self::Lf,
        }
    }

    /// Returns the characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }

    /// Writes a text of `\n` lines with this line end.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Lf => Cow::Borrowed(text),
            Self::CrLf | Self::Cr => Cow::Owned(unified(text).replace('\n', self.as_str())),
        }
    }
}

impl<'a> LineIndex<'a> {
    /// Indexes a text. A leading byte-order mark takes no column.
    pub fn new(text: &'a str) -> Self {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, starts: lines(text, start).map(|line| line.content.start).collect() }
    }

    /// Returns the position of a byte; of the end for anything beyond it.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        Position { line, column: before.chars().count() + 1 }
    }
}

/// Turns every line end into `\n`.
pub fn unified(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Reads bytes as UTF-8. What is not UTF-8 becomes `�`, with a finding that says where.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Diagnostic>) {
    if bytes.len() > MAX_FILE_LEN {
        let found = Diagnostic::error(
            "too-large",
            Position::START,
            format!("the file has more than {MAX_FILE_LEN} bytes, and larger ones are not read"),
        );
        return (
            Cow::Borrowed(""),
            Some(found.with_hint("split the file, or move data out of it")),
        );
    }
    let text = String::from_utf8_lossy(bytes);
    let Err(err) = std::str::from_utf8(bytes) else { return (text, None) };
    let good = str::from_utf8(&bytes[..err.valid_up_to()]).unwrap_or("");
    let found = if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        Diagnostic::error("encoding", Position::START, "the file is UTF-16, not UTF-8")
    } else {
        let position = LineIndex::new(good).position(good.len());
        let byte = bytes.get(err.valid_up_to()).copied().unwrap_or_default();
        Diagnostic::error("encoding", position, format!("the byte {byte:#04x} is not UTF-8"))
    };
    (text, Some(found.with_hint("save the file as UTF-8")))
}

/// One line: its content, and where the next one starts.
pub(crate) struct Line {
    /// The line without its line end.
    pub(crate) content: Range<usize>,
    /// The end of the line with its line end.
    pub(crate) end: usize,
}

/// Yields the lines of `text` from `start` on. `\n`, `\r\n` and a lone `\r` end a line.
pub(crate) fn lines(text: &str, start: usize) -> impl Iterator<Item = Line> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &text[start..];
        let Some(len) = rest.find(['\r', '\n']) else {
            next = None;
            return Some(Line { content: start..text.len(), end: text.len() });
        };
        let end = start + len + if rest[len..].starts_with("\r\n") { 2 } else { 1 };
        next = Some(end);
        Some(Line { content: start..start + len, end })
    })
}

fn is_rule(line: &str) -> bool {
    line.trim_end_matches([' ', '\t']) == "---"
}

#[cfg(test)]
mod tests;
