//! Changing a skill file and printing a new one. What is not changed keeps
//! every byte; what is written is always read back as it was meant, so a name
//! can neither end the front matter nor add a key to it.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Runtime, code, executable};
use crate::{
    document::{Document, Front, LineEnd},
    slug::Slug,
    yaml::{self, Content, Entry, Node, Style, YamlError},
};

/// What to change in a skill file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SkillEdit {
    /// Top-level keys of the front matter with their new values; `None` removes a key.
    pub set: Vec<(String, Option<Value>)>,
    /// The new body; code included.
    pub body: Option<String>,
    /// The new code of an executable skill. Applied after `body`.
    pub code: Option<String>,
}

/// What a new context skill says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSkill {
    /// Its id.
    pub id: Slug,
    /// Its name.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// The group it is listed under.
    pub category: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The Markdown below the front matter.
    pub body: String,
}

/// Why a skill file cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The front matter begins but does not end.
    #[error("the front matter is never closed")]
    Unclosed,
    /// The front matter is not YAML.
    #[error("the front matter cannot be changed while it is broken: {source}")]
    Broken {
        /// What is wrong with it.
        source: YamlError,
    },
    /// The front matter is YAML, but not a mapping.
    #[error("the front matter is {noun}, not a mapping")]
    NotAMapping {
        /// What it is instead.
        noun: &'static str,
    },
    /// There is no code block in the language of the skill's type.
    #[error("there is no code block to change")]
    NoCode,
    /// The key is written in a way that cannot be changed without touching others.
    #[error("`{key}` cannot be changed where it stands")]
    Entangled {
        /// The key.
        key: String,
    },
}

impl EditError {
    /// Says what to do instead.
    pub fn hint(&self) -> String {
        match self {
            Self::Unclosed => "add a line `---` after the last key".to_owned(),
            Self::Broken { source } => source.hint.clone(),
            Self::NotAMapping { .. } => "write the front matter as `key: value` lines".to_owned(),
            Self::NoCode => {
                "add a fenced code block in the language of the skill's `type`".to_owned()
            }
            Self::Entangled { .. } => "change the text of the file instead".to_owned(),
        }
    }
}

/// Changes a skill file and leaves everything else as it is, byte for byte.
///
/// Comments, key order, quoting and line ends of what is not named in `changes`
/// stay. A value that is already there is not written again.
///
/// # Errors
///
/// See [`EditError`]; the text is then left alone as a whole.
pub fn edit(text: &str, changes: &SkillEdit) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for (key, value) in &changes.set {
        text = set(&text, key, value.as_ref())?;
    }
    if let Some(body) = &changes.body {
        text = set_body(&text, body)?;
    }
    if let Some(code) = &changes.code {
        text = set_code(&text, code)?;
    }
    Ok(text)
}

/// Prints a new context skill.
pub fn print_new(new: &NewSkill) -> String {
    let mut map = Map::new();
    map.insert("skill_id".to_owned(), new.id.to_string().into());
    map.insert("name".to_owned(), new.name.clone().into());
    map.insert("description".to_owned(), new.description.clone().into());
    if let Some(category) = &new.category {
        map.insert("category".to_owned(), category.clone().into());
    }
    map.insert("keywords".to_owned(), new.keywords.clone().into());
    if let Some(author) = &new.author {
        map.insert("author".to_owned(), author.clone().into());
    }
    print(&map, &new.body)
}

/// Prints a file from its front matter and its body.
pub fn print(frontmatter: &Map<String, Value>, body: &str) -> String {
    let gap = if body.is_empty() || body.starts_with(['\n', '\r']) { "" } else { "\n" };
    let end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
    format!("---\n{}---\n{gap}{body}{end}", yaml::print(frontmatter))
}

fn set(text: &str, key: &str, value: Option<&Value>) -> Result<String, EditError> {
    let document = Document::split(text);
    let end = document.line_end();
    let range = match &document.front {
        Front::Unclosed => return Err(EditError::Unclosed),
        Front::Missing => {
            let Some(value) = value else { return Ok(text.to_owned()) };
            let entry = end.apply(&yaml::print(&one(key, value))).into_owned();
            let eol = end.as_str();
            return Ok(splice(
                text,
                document.body.start..document.body.start,
                &format!("---{eol}{entry}---{eol}"),
            ));
        }
        Front::Found { yaml, .. } => yaml.clone(),
    };
    let yaml = &text[range.clone()];
    let root = yaml::parse(yaml).map_err(|source| EditError::Broken { source })?;
    let mut want = match root.to_json() {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        _ => return Err(EditError::NotAMapping { noun: root.noun() }),
    };
    if want.get(key) == value {
        return Ok(text.to_owned());
    }
    let changed = match value {
        Some(value) => put(yaml, &root, key, value, end),
        None => remove(yaml, &root, key),
    };
    match value {
        Some(value) => want.insert(key.to_owned(), value.clone()),
        None => want.shift_remove(key),
    };
    let edited = changed.map(|changed| splice(text, range, &changed));
    let edited = edited.filter(|edited| reads_as(edited, &want, document.body()));
    edited.ok_or_else(|| EditError::Entangled { key: key.to_owned() })
}

/// Says whether a file has this front matter, whatever the order of its keys, and this body.
fn reads_as(text: &str, want: &Map<String, Value>, body: &str) -> bool {
    let document = Document::split(text);
    let Some(root) = document.yaml().and_then(|yaml| yaml::parse(yaml).ok()) else { return false };
    document.body() == body
        && match root.to_json() {
            Value::Object(got) => got == *want,
            got => got.is_null() && want.is_empty(),
        }
}

/// Writes a value into a mapping. `None` where that cannot be done.
fn put(yaml: &str, root: &Node, key: &str, value: &Value, end: LineEnd) -> Option<String> {
    let inline = yaml::print_inline(value);
    if root.style == Style::Flow {
        let pair = format!("{}: {inline}", yaml::print_inline(&Value::String(key.to_owned())));
        return Some(match (root.entry(key), root.entries().last()) {
            (Some(entry), _) => splice(yaml, entry.value.span.clone(), &inline),
            (None, Some(last)) => {
                splice(yaml, last.value.span.end..last.value.span.end, &format!(", {pair}"))
            }
            (None, None) => splice(yaml, root.span.start + 1..root.span.start + 1, &pair),
        });
    }
    let Some(entry) = root.entry(key) else {
        let indent =
            " ".repeat(root.entries().first().map_or(0, |first| column(yaml, first.key.start)));
        let lines = yaml::print(&one(key, value));
        let lines: String =
            lines.split_inclusive('\n').map(|line| format!("{indent}{line}")).collect();
        let at = yaml.len();
        let gap = if at > 0 && !yaml[..at].ends_with(['\n', '\r']) { end.as_str() } else { "" };
        return Some(splice(yaml, at..at, &format!("{gap}{}", end.apply(&lines))));
    };
    if is_one_line(yaml, entry) && !value.is_object() && !holds_maps(value) {
        let span = &entry.value.span;
        if !span.is_empty() {
            return Some(splice(yaml, span.clone(), &inline));
        }
        let colon = entry.key.end + yaml[entry.key.end..].find(':')?;
        return Some(splice(yaml, colon + 1..colon + 1, &format!(" {inline}")));
    }
    let indent = " ".repeat(column(yaml, entry.key.start));
    let lines = yaml::print(&one(key, value));
    let mut lines = lines.split_inclusive('\n');
    let first = lines.next()?.to_owned();
    let lines = lines.fold(first, |text, line| format!("{text}{indent}{line}"));
    Some(splice(yaml, region(yaml, root, entry), &end.apply(&lines)))
}

fn remove(yaml: &str, root: &Node, key: &str) -> Option<String> {
    let entries = root.entries();
    let at = entries.iter().position(|entry| entry.name == key)?;
    let entry = &entries[at];
    if root.style == Style::Flow {
        let range = match (entries.get(at + 1), at.checked_sub(1).and_then(|at| entries.get(at))) {
            (Some(next), _) => entry.key.start..next.key.start,
            (None, Some(last)) => last.value.span.end..entry.value.span.end,
            (None, None) => entry.key.start..entry.value.span.end,
        };
        return Some(splice(yaml, range, ""));
    }
    let region = region(yaml, root, entry);
    Some(splice(yaml, line_start(yaml, region.start)..region.end, ""))
}

/// Returns the bytes of an entry of a block mapping: from its key to the end of
/// its last line, without blank lines and comments that follow it.
fn region(yaml: &str, root: &Node, entry: &Entry) -> Range<usize> {
    let after =
        root.entries().iter().map(|other| other.key.start).filter(|start| *start > entry.key.start);
    let limit = after.min().map_or(yaml.len(), |next| line_start(yaml, next));
    let column = column(yaml, entry.key.start);
    let mut end = limit;
    for line in
        crate::document::lines(&yaml[..limit], entry.key.start).collect::<Vec<_>>().iter().rev()
    {
        let content = &yaml[line.content.clone()];
        let blanks = content.len() - content.trim_start().len();
        let comment = content.trim_start().starts_with('#') && blanks <= column;
        let outside =
            line.content.start > entry.key.start && (content.trim().is_empty() || comment);
        if !outside {
            break;
        }
        end = line.content.start;
    }
    entry.key.start..end
}

/// Says whether key and value stand on one line that a new value can take over.
fn is_one_line(yaml: &str, entry: &Entry) -> bool {
    let value = &entry.value;
    let line = yaml.get(entry.key.start..value.span.end.max(entry.key.end)).unwrap_or("\n");
    let shape = match &value.content {
        Content::Scalar(..) => value.style != Style::BlockScalar,
        Content::Seq(_) | Content::Map(_) => value.style == Style::Flow,
    };
    shape && !value.decorated && !line.contains(['\n', '\r'])
}

fn holds_maps(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().any(Value::is_object))
}

fn set_body(text: &str, body: &str) -> Result<String, EditError> {
    let document = Document::split(text);
    if document.front == Front::Unclosed {
        return Err(EditError::Unclosed);
    }
    if crate::document::unified(document.body()) == crate::document::unified(body) {
        return Ok(text.to_owned());
    }
    let end = document.line_end();
    let front = &text[..document.body.start];
    let closed = document.front == Front::Missing || front.ends_with(['\n', '\r']);
    let gap = if closed || body.is_empty() { "" } else { end.as_str() };
    Ok(format!("{front}{gap}{}", end.apply(body)))
}

fn set_code(text: &str, new: &str) -> Result<String, EditError> {
    let document = Document::split(text);
    let root = document
        .yaml()
        .map(yaml::parse)
        .transpose()
        .map_err(|source| EditError::Broken { source })?;
    let runtime: Option<Runtime> =
        root.as_ref().and_then(|root| root.get("type")?.text()?.parse().ok());
    let blocks =
        runtime.map(|runtime| executable::block_of(&document, runtime)).unwrap_or_default();
    let fence = blocks.first().ok_or(EditError::NoCode)?;
    let new = crate::document::unified(new);
    let new =
        if new.is_empty() || new.ends_with('\n') { new.into_owned() } else { format!("{new}\n") };
    if code::code(text, fence) == new {
        return Ok(text.to_owned());
    }
    let end = document.line_end();
    let open = &text[fence.open.clone()];
    let marks = open.trim_start();
    let mark = marks.chars().next().unwrap_or('`');
    let len = marks.len() - marks.trim_start_matches(mark).len();
    let needed = code::fence_len(&new);
    let enough = mark == '~' && !new.contains("~~~") || mark == '`' && len >= needed;
    let content = end.apply(&new);
    if enough && fence.close.is_some() {
        return Ok(splice(text, fence.content.clone(), &content));
    }
    let whole = fence.open.start..fence.close.as_ref().map_or(text.len(), |close| close.end);
    let info = marks.trim_start_matches(mark).trim();
    let ticks = "`".repeat(needed.max(3));
    let eol = end.as_str();
    Ok(splice(text, whole, &format!("{ticks}{info}{eol}{content}{ticks}")))
}

fn one(key: &str, value: &Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value.clone())])
}

fn splice(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

#[cfg(test)]
mod tests;
