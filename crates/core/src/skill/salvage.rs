//! What can be saved of front matter whose YAML is broken: a reading key by
//! key, as other readers of Agent Skills do it. The result is a guess, so it
//! always comes with the error that made it necessary.

use std::ops::Range;

use serde_json::Value;

use crate::{
    document,
    yaml::{self, Content, Entry, Node, Style},
};

/// After so many keys the rest is not read.
const MAX_KEYS: usize = 500;

/// Reads the top-level keys of broken YAML. The first of equal keys counts.
///
/// Only the part that a YAML text may fill is looked at, and only so many keys.
pub(super) fn salvage(text: &str) -> Node {
    let text = &text[..text.floor_char_boundary(yaml::MAX_YAML_LEN)];
    let mut chunks: Vec<Chunk> = Vec::new();
    for line in document::lines(text, 0) {
        if chunks.len() > MAX_KEYS {
            chunks.truncate(MAX_KEYS);
            break;
        }
        match (key(text, &line.content), chunks.last_mut()) {
            (Some((name, value)), _) => {
                chunks.push(Chunk { name, start: line.content.start, value, end: line.end });
            }
            (None, Some(chunk)) => chunk.end = line.end,
            (None, None) => {}
        }
    }
    let mut entries: Vec<Entry> = Vec::new();
    for chunk in chunks {
        if entries.iter().all(|entry| entry.name != chunk.name) {
            entries.push(chunk.read(text));
        }
    }
    let span = 0..text.len();
    Node { span, style: Style::Block, decorated: false, content: Content::Map(entries) }
}

/// The lines from one top-level key to the next.
struct Chunk {
    name: String,
    start: usize,
    /// Where the value begins, after the colon.
    value: usize,
    end: usize,
}

impl Chunk {
    fn read(self, text: &str) -> Entry {
        let key = self.start..self.start + self.name.len();
        let parsed = yaml::parse(&text[self.start..self.end]).ok();
        let value = match parsed.and_then(|node| match node.content {
            Content::Map(mut entries) if entries.len() == 1 => entries.pop(),
            _ => None,
        }) {
            Some(mut entry) => {
                shift(&mut entry.value, self.start);
                entry.value
            }
            None => self.raw(text),
        };
        Entry { name: self.name, key, value }
    }

    /// Takes the value as one text: lines joined by a blank, quotes around the whole removed.
    fn raw(&self, text: &str) -> Node {
        let source = &text[self.value..self.end];
        let words = source.lines().flat_map(|line| line.split('\r')).map(str::trim);
        let joined = words.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        let inner = ['"', '\''].into_iter().find_map(|quote| {
            let inner = joined.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.is_empty()).then(|| inner.to_owned())
        });
        let value = inner.unwrap_or(joined);
        let start = self.end - source.trim_start().len();
        let span = start..start + source.trim().len();
        let content = Content::Scalar(Value::String(value.clone()), value);
        Node { span, style: Style::Plain, decorated: false, content }
    }
}

/// Reads `key:` at the start of a line: the key, and where its value begins.
fn key(text: &str, line: &Range<usize>) -> Option<(String, usize)> {
    let content = &text[line.clone()];
    let (name, value) = content.split_once(':')?;
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let good = name.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && name.chars().all(inner)
        && !name.ends_with(' ')
        && (value.is_empty() || value.starts_with([' ', '\t']));
    good.then(|| (name.to_owned(), line.start + name.len() + 1))
}

fn shift(node: &mut Node, by: usize) {
    let moved = |range: &Range<usize>| range.start + by..range.end + by;
    node.span = moved(&node.span);
    match &mut node.content {
        Content::Scalar(..) => {}
        Content::Seq(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Content::Map(entries) => {
            for entry in entries {
                entry.key = moved(&entry.key);
                shift(&mut entry.value, by);
            }
        }
    }
}
