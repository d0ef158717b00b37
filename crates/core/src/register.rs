//! Files beside the volumes that people may edit: lists in front matter, with a text below it for people.

use std::collections::BTreeMap;

use crate::{
    diagnostic::Diagnostic,
    document::{self, Document},
    skill::report::Report,
    slug::Slug,
    yaml::{self, Node},
};

/// Reads a file of this kind, which has these lists; nothing of one with an error is used.
pub(crate) fn read<T>(
    bytes: &[u8],
    lists: &[&str],
    hint: &'static str,
    read: impl FnOnce(&Node, &mut Report<'_>) -> T,
) -> (Option<T>, Vec<Diagnostic>) {
    let (text, trouble) = document::decode(bytes);
    let cut = Document::split(&text);
    let base = cut.yaml().and_then(|yaml| text.find(yaml)).unwrap_or(0);
    let mut report = Report::new(&text, base);
    trouble.into_iter().for_each(|found| report.add(found));
    let found = match cut.yaml().map(yaml::parse) {
        None => {
            report.error("frontmatter-missing", 0, "the file has no front matter", hint);
            None
        }
        Some(Err(error)) => {
            report.error(error.code, error.offset, error.message, error.hint);
            None
        }
        Some(Ok(root)) => {
            only(&root, lists, &mut report);
            Some(read(&root, &mut report))
        }
    };
    (found.filter(|_| !report.has_errors()), report.finish())
}

/// Reads a list of mappings, each with an id that no other has.
pub(crate) fn list<'n>(
    node: &'n Node,
    name: &str,
    id: &str,
    report: &mut Report<'_>,
) -> BTreeMap<Slug, &'n Node> {
    let mut found = BTreeMap::new();
    let Some(value) = node.get(name).filter(|value| !value.is_null()) else { return found };
    let Some(items) = value.items() else {
        let message = format!("`{name}` is {}, not a list", value.noun());
        report.error("not-a-list", value.span.start, message, "write one item per line after `- `");
        return found;
    };
    for item in items {
        let at = item.get(id).map_or(item.span.start, |node| node.span.start);
        match item.get(id).and_then(Node::text).unwrap_or_default().parse::<Slug>() {
            Err(error) => report.error("bad-id", at, format!("`{id}`: {error}"), error.hint()),
            Ok(slug) if found.contains_key(&slug) => {
                let message = format!("`{slug}` stands in `{name}` twice");
                report.error("twice", at, message, "keep one of the two");
            }
            Ok(slug) => drop(found.insert(slug, item)),
        }
    }
    found
}

/// Reads a text of one line.
pub(crate) fn line(node: &Node, name: &str, report: &mut Report<'_>) -> Option<String> {
    let text = report.text(node, name)?;
    if text.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) || text.len() > 200 {
        let at = node.get(name).map_or(node.span.start, |node| node.span.start);
        let message = format!("`{name}` cannot stand in a commit");
        report.error("bad-text", at, message, "write one short line without `<` and `>`");
    }
    Some(text)
}

/// Refuses keys that mean nothing: a typing error must not be a rule that is not kept.
pub(crate) fn only(node: &Node, known: &[&str], report: &mut Report<'_>) {
    for entry in node.entries().iter().filter(|entry| !known.contains(&entry.name.as_str())) {
        let message = format!("`{}` means nothing here", entry.name);
        let hint = format!("take it out, or write one of {}", known.join(", "));
        report.error("unknown-key", entry.key.start, message, hint);
    }
}
