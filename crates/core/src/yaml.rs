//! YAML 1.2 as front matter uses it: one document, read into a tree that knows
//! where in its text each value stands, and printed back. Scalars follow the
//! core schema, so `no`, `on` and `017` do not change their meaning; duplicate
//! keys are errors; aliases and nesting are bounded. It does not know what a
//! skill or a workflow is.

use std::ops::Range;

use serde_json::{Map, Value};

mod print;
mod read;
mod scalar;

pub use print::{print, print_inline};
pub use read::parse;

/// The longest YAML text that is read, in bytes.
pub const MAX_YAML_LEN: usize = 256 << 10;
/// How many values one text may hold after its aliases are expanded.
pub const MAX_NODES: usize = 20_000;
/// How deep collections may nest after their aliases are expanded.
pub const MAX_DEPTH: usize = 64;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The bytes of the text that hold it; an alias stands where it is used.
    pub span: Range<usize>,
    /// How it is written.
    pub style: Style,
    /// Whether a tag or an anchor stands before it.
    pub decorated: bool,
    /// The value.
    pub content: Content,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Bare, on one or more lines; also the empty value.
    Plain,
    /// In quotes.
    Quoted,
    /// After `|` or `>`.
    BlockScalar,
    /// In brackets or braces.
    Flow,
    /// By indentation.
    Block,
    /// As `*name`.
    Alias,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A scalar: its value, and its text as written, which keeps `1.10` apart from `1.1`.
    Scalar(Value, String),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping, in the order of the text.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as text.
    pub name: String,
    /// Where the key stands.
    pub key: Range<usize>,
    /// The value.
    pub value: Node,
}

/// Why a text is not YAML, or not YAML that is read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// A stable name in kebab case.
    pub code: &'static str,
    /// The byte of the text at which it was noticed.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Node {
    /// Finds the value of a key. `None` for anything but a mapping.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// Finds a key and its value.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    /// Returns the entries of a mapping; nothing for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            Content::Scalar(..) | Content::Seq(_) => &[],
        }
    }

    /// Returns the items of a sequence.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.content {
            Content::Seq(items) => Some(items),
            Content::Scalar(..) | Content::Map(_) => None,
        }
    }

    /// Returns a scalar as text, as its author wrote it: `1.10` stays `1.10`.
    /// `None` for nothing and for collections.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(Value::Null, _) | Content::Seq(_) | Content::Map(_) => None,
            Content::Scalar(_, text) => Some(text),
        }
    }

    /// Says whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(Value::Null, _))
    }

    /// Returns the value without its positions.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar(value, _) => value.clone(),
            Content::Seq(items) => items.iter().map(Self::to_json).collect(),
            Content::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.name.clone(), entry.value.to_json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    /// Says in a word what the value is.
    pub fn noun(&self) -> &'static str {
        match &self.content {
            Content::Scalar(Value::Null, _) => "nothing",
            Content::Scalar(Value::Bool(_), _) => "a boolean",
            Content::Scalar(Value::Number(_), _) => "a number",
            Content::Scalar(..) => "a text",
            Content::Seq(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }
}

#[cfg(test)]
mod tests;
