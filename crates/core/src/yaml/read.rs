//! From text to tree, event by event and without recursion.

use std::{collections::BTreeMap, ops::Range};

use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle, Tag,
};
use serde_json::Value;

use super::{Content, Entry, MAX_DEPTH, MAX_NODES, MAX_YAML_LEN, Node, Style, YamlError, scalar};

/// A long text counts as one more node for each so many bytes, so that aliases cannot multiply it.
const BYTES_PER_NODE: usize = 32;

/// Reads one YAML document. An empty text is a null.
///
/// # Errors
///
/// The first thing that is wrong: a syntax error, a duplicate key, an unknown
/// tag, an alias without anchor, or one of the limits of this module.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    if text.len() > MAX_YAML_LEN {
        let message = format!("the YAML has {} bytes, at most {MAX_YAML_LEN} are read", text.len());
        return Err(limit(0, message));
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.disallow_directives = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let mut builder = Builder { text, ..Builder::default() };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|err| syntax(text, &err))?;
        builder.take(event, span)?;
    }
    Ok(builder.root.unwrap_or_else(|| plain(0..0, Value::Null, String::new())))
}

#[derive(Default)]
struct Builder<'a> {
    text: &'a str,
    root: Option<Node>,
    n_documents: usize,
    n_nodes: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Shared>,
}

/// A collection whose end has not come yet.
struct Open {
    start: usize,
    style: Style,
    decorated: bool,
    anchor: usize,
    /// How many nodes there were before it.
    n_before: usize,
    /// The deepest nesting inside it so far, counted from it.
    depth: usize,
    content: Content,
    /// The key that waits for its value.
    key: Option<(String, Range<usize>)>,
}

/// A node that aliases may repeat, with its size.
struct Shared {
    node: Node,
    n_nodes: usize,
    depth: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::DocumentStart(..) => {
                self.n_documents += 1;
                if self.n_documents > 1 {
                    return Err(error(
                        "yaml-documents",
                        range.start,
                        "a second document begins here",
                        "remove the line `---` or `...` inside the front matter",
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::BlockScalar,
                };
                let decorated = anchor != 0 || tag.is_some();
                let value = typed(&text, style, tag.as_deref(), range.start)?;
                let weight = 1 + text.len() / BYTES_PER_NODE;
                let content = Content::Scalar(value, text.into_owned());
                self.count(range.start, weight)?;
                self.finish(Node { span: range, style, decorated, content }, anchor, weight, 0)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                collection_tag(tag.as_deref(), "seq", range.start)?;
                self.begin(range.start, style, anchor, tag.is_some(), Content::Seq(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, tag) => {
                collection_tag(tag.as_deref(), "map", range.start)?;
                self.begin(range.start, style, anchor, tag.is_some(), Content::Map(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end)?,
            Event::Alias(id) => self.alias(id, range)?,
            _ => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        start: usize,
        style: StructureStyle,
        anchor: usize,
        tagged: bool,
        content: Content,
    ) -> Result<(), YamlError> {
        let n_before = self.n_nodes;
        self.count(start, 1)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        let style = match style {
            StructureStyle::Block => Style::Block,
            StructureStyle::Flow => Style::Flow,
        };
        let decorated = anchor != 0 || tagged;
        self.open.push(Open {
            start,
            style,
            decorated,
            anchor,
            n_before,
            depth: 1,
            content,
            key: None,
        });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), YamlError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if let Content::Map(entries) = &mut open.content {
            merge(self.text, entries)?;
        }
        let span = open.start..end.max(open.start);
        let node =
            Node { span, style: open.style, decorated: open.decorated, content: open.content };
        self.finish(node, open.anchor, self.n_nodes - open.n_before, open.depth)
    }

    fn alias(&mut self, id: usize, span: Range<usize>) -> Result<(), YamlError> {
        let Some(shared) = self.anchors.get(&id) else {
            return Err(error(
                "yaml-alias",
                span.start,
                "the alias stands inside its own anchor",
                "write the value out instead of referring to it",
            ));
        };
        let (n_nodes, depth) = (shared.n_nodes, shared.depth);
        if self.open.len() + depth > MAX_DEPTH {
            return Err(too_deep(span.start));
        }
        if self.n_nodes + n_nodes > MAX_NODES {
            return Err(too_many(span.start));
        }
        let node = Node { span: span.clone(), style: Style::Alias, ..shared.node.clone() };
        self.count(span.start, n_nodes)?;
        self.finish(node, 0, n_nodes, depth)
    }

    /// Puts a whole node where it belongs: under the waiting key, into the list, or at the root.
    fn finish(
        &mut self,
        node: Node,
        anchor: usize,
        n_nodes: usize,
        depth: usize,
    ) -> Result<(), YamlError> {
        if anchor != 0 {
            self.count(node.span.start, n_nodes)?;
            self.anchors.insert(anchor, Shared { node: node.clone(), n_nodes, depth });
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.depth = open.depth.max(depth + 1);
        match &mut open.content {
            Content::Seq(items) => items.push(node),
            Content::Scalar(..) => {}
            Content::Map(entries) => match open.key.take() {
                Some((name, key)) => entries.push(Entry { name, key, value: node }),
                None => open.key = Some(key(self.text, node)?),
            },
        }
        Ok(())
    }

    fn count(&mut self, offset: usize, n: usize) -> Result<(), YamlError> {
        self.n_nodes += n;
        if self.n_nodes > MAX_NODES { Err(too_many(offset)) } else { Ok(()) }
    }
}

/// Reads a node as a key: its text and its place.
fn key(text: &str, node: Node) -> Result<(String, Range<usize>), YamlError> {
    let Content::Scalar(_, name) = node.content else {
        let source = text.get(node.span.clone()).unwrap_or_default();
        let hint = if source.starts_with('{') {
            "put quotes around a value that begins with `{`"
        } else {
            "use a short text as key"
        };
        return Err(error("yaml-key", node.span.start, "a list or mapping cannot be a key", hint));
    };
    Ok((name, node.span))
}

/// Refuses repeated keys, then carries out `<<`.
fn merge(text: &str, entries: &mut Vec<Entry>) -> Result<(), YamlError> {
    let mut seen = BTreeMap::new();
    for entry in entries.iter() {
        if seen.insert(entry.name.as_str(), ()).is_some() {
            let message = format!("the key `{}` stands here for the second time", entry.name);
            return Err(error(
                "yaml-duplicate-key",
                entry.key.start,
                message,
                "keep one of the two",
            ));
        }
    }
    let bare = |entry: &Entry| text.get(entry.key.clone()) == Some("<<");
    let Some(at) = entries.iter().position(bare) else { return Ok(()) };
    let from = entries.remove(at).value;
    let sources = match from.content {
        Content::Map(entries) => vec![entries],
        Content::Seq(items) => items.into_iter().map(|item| item.entries().to_vec()).collect(),
        Content::Scalar(..) => {
            return Err(error(
                "yaml-merge",
                from.span.start,
                "`<<` needs a mapping",
                "put the key in quotes",
            ));
        }
    };
    for entry in sources.into_iter().flatten() {
        if entries.iter().all(|own| own.name != entry.name) {
            entries.push(entry);
        }
    }
    Ok(())
}

/// Returns the value of a scalar with its tag.
fn typed(text: &str, style: Style, tag: Option<&Tag>, offset: usize) -> Result<Value, YamlError> {
    let Some(tag) = tag else {
        let bare = style == Style::Plain;
        return Ok(if bare { scalar::resolve(text) } else { Value::String(text.to_owned()) });
    };
    let value = match tag.core_suffix() {
        Some("str") => Some(Value::String(text.to_owned())),
        Some("int") => scalar::number(text).filter(|n| n.is_i64() || n.is_u64()),
        Some("float") => scalar::number(text).and_then(|n| n.as_f64()).map(Value::from),
        Some("bool") => Some(scalar::resolve(text)).filter(Value::is_boolean),
        Some("null") => Some(scalar::resolve(text)).filter(Value::is_null),
        _ if tag.parts() == ("", "!") => Some(Value::String(text.to_owned())),
        _ => return Err(unknown_tag(tag, offset)),
    };
    value.ok_or_else(|| {
        let message = format!("the value is not what its tag `{}` says", tag.original());
        error("yaml-tag", offset, message, "remove the tag or change the value")
    })
}

fn collection_tag(tag: Option<&Tag>, own: &str, offset: usize) -> Result<(), YamlError> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema_tag(own) => Err(unknown_tag(tag, offset)),
        _ => Ok(()),
    }
}

fn unknown_tag(tag: &Tag, offset: usize) -> YamlError {
    let message = format!("the tag `{}` has no meaning here", tag.original());
    error("yaml-tag", offset, message, "remove the tag, or put quotes around the value")
}

fn plain(span: Range<usize>, value: Value, text: String) -> Node {
    Node { span, style: Style::Plain, decorated: false, content: Content::Scalar(value, text) }
}

fn error(code: &'static str, offset: usize, message: impl Into<String>, hint: &str) -> YamlError {
    YamlError { code, offset, message: message.into(), hint: hint.to_owned() }
}

fn limit(offset: usize, message: impl Into<String>) -> YamlError {
    error("yaml-limit", offset, message, "keep front matter small; move data into the body")
}

fn too_deep(offset: usize) -> YamlError {
    limit(offset, format!("values nest deeper than {MAX_DEPTH}"))
}

fn too_many(offset: usize) -> YamlError {
    limit(offset, format!("there are more than {MAX_NODES} values"))
}

/// Words what the parser found, with the next step.
fn syntax(text: &str, err: &ScanError) -> YamlError {
    let offset = err.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    if *err.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(offset);
    }
    let message = match err.kind() {
        ErrorKind::UnknownAnchor => {
            "a bare value that begins with `*` is an alias, and it has no anchor".to_owned()
        }
        ErrorKind::SimpleKeyExpected => "this line has no `key:`".to_owned(),
        ErrorKind::UnexpectedCharacter { character } => {
            format!("the character `{}` cannot stand here without quotes", character.escape_debug())
        }
        _ => err.info().replace('\n', " "),
    };
    YamlError { code: "yaml-syntax", offset, message, hint: hint(text, offset, err.kind()) }
}

/// Says what to do about a syntax error, from the line on which it was noticed.
fn hint(text: &str, offset: usize, kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation => {
            return "indent with spaces instead of tabs".to_owned();
        }
        ErrorKind::DirectiveDisallowed => return "remove the line that begins with `%`".to_owned(),
        _ => {}
    }
    let start = text.get(..offset).unwrap_or("").rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = text.get(start..).unwrap_or("").lines().next().unwrap_or("");
    if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
        return "resolve the merge conflict and remove its marks".to_owned();
    }
    match line.split_once(':') {
        Some((key, value)) if !value.trim().is_empty() && !key.trim().is_empty() => {
            let key = key.trim().trim_start_matches("- ");
            format!("put the whole value of `{key}` in quotes, and escape the quotes inside it")
        }
        _ => "write `key: value`, indent what belongs to it by two spaces, and close every quote and bracket".to_owned(),
    }
}
