//! Editing Git's trees: only the entries that change are touched, the rest is copied as it is.

use std::collections::BTreeMap;

use gix::{ObjectId, objs::Kind};

use crate::{session::Drafts, tree::TreeError};

/// What becomes of one path: a file, or nothing.
pub(crate) type Leaf = Option<crate::tree::File>;

/// What happens to one name of a folder.
#[derive(Default)]
struct Name<'a> {
    leaf: Option<Leaf>,
    below: Vec<(&'a str, Leaf)>,
}

/// Returns the tree that `edits` make of `tree`, or `None` when nothing is left in it.
pub(crate) fn edit_tree(
    drafts: &mut Drafts,
    tree: Option<ObjectId>,
    edits: &[(&str, Leaf)],
) -> Result<Option<ObjectId>, TreeError> {
    let mut data = match tree {
        Some(id) => drafts.tree(id)?,
        None => Vec::new(),
    };
    let mut names: BTreeMap<&str, Name<'_>> = BTreeMap::new();
    for (path, leaf) in edits {
        match path.split_once('/') {
            None => names.entry(path).or_default().leaf = Some(*leaf),
            Some((name, rest)) => names.entry(name).or_default().below.push((rest, *leaf)),
        }
    }
    for (name, Name { leaf, below }) in names {
        let old = find(&data, name.as_bytes()).ok_or_else(broken)?;
        let new = match leaf.flatten() {
            Some(file) => Some((if file.executable { "100755" } else { "100644" }, file.id)),
            None if below.is_empty() => None,
            None => {
                let folder = old.as_ref().filter(|entry| entry.is_tree).map(|entry| entry.id);
                edit_tree(drafts, folder, &below)?.map(|id| ("40000", id))
            }
        };
        let old = old.map(|entry| (entry.start..entry.end, entry.is_tree));
        if let Some((range, _)) = &old {
            data.drain(range.clone());
        }
        if let Some((mode, id)) = new {
            let is_tree = mode == "40000";
            let at = match old {
                Some((range, was_tree)) if was_tree == is_tree => range.start,
                _ => place(&data, name.as_bytes(), is_tree).ok_or_else(broken)?,
            };
            let mut bytes = Vec::with_capacity(mode.len() + name.len() + 22);
            bytes.extend_from_slice(mode.as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(id.as_slice());
            data.splice(at..at, bytes);
        }
    }
    Ok((!data.is_empty()).then(|| drafts.put(Kind::Tree, data, tree)))
}

fn broken() -> TreeError {
    TreeError::Broken
}

/// One entry of a tree, and where it stands.
struct Entry<'a> {
    start: usize,
    end: usize,
    name: &'a [u8],
    is_tree: bool,
    id: ObjectId,
}

/// Reads the entry at `start`; `None` when there is no whole one.
fn entry(data: &[u8], start: usize) -> Option<Entry<'_>> {
    let rest = data.get(start..)?;
    let space = rest.iter().take(8).position(|byte| *byte == b' ')?;
    let mode = rest.get(..space)?;
    let name_and_id = rest.get(space + 1..)?;
    let length = name_and_id.iter().position(|byte| *byte == 0)?;
    let id = name_and_id.get(length + 1..length + 21)?;
    Some(Entry {
        start,
        end: start + space + 1 + length + 21,
        name: name_and_id.get(..length)?,
        is_tree: matches!(mode, b"40000" | b"040000"),
        id: ObjectId::try_from(id).ok()?,
    })
}

/// Finds a name; the outer `None` says that the tree is broken.
#[expect(clippy::option_option, reason = "broken and not there are two things")]
fn find<'a>(data: &'a [u8], name: &[u8]) -> Option<Option<Entry<'a>>> {
    let mut at = 0;
    while at < data.len() {
        let entry = entry(data, at)?;
        if entry.name == name {
            return Some(Some(entry));
        }
        at = entry.end;
    }
    Some(None)
}

/// Says where a new entry belongs: Git sorts a folder as if its name ended with `/`.
fn place(data: &[u8], name: &[u8], is_tree: bool) -> Option<usize> {
    let slash = |is_tree: bool| is_tree.then_some(&b'/');
    let mut at = 0;
    while at < data.len() {
        let entry = entry(data, at)?;
        let here = entry.name.iter().chain(slash(entry.is_tree));
        if here.cmp(name.iter().chain(slash(is_tree))).is_gt() {
            return Some(at);
        }
        at = entry.end;
    }
    Some(at)
}
