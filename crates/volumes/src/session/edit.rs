//! Editing Git's trees: only the entries that change are touched, the rest is copied as it is.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::listed::Listed;
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
    let mut listed = match tree {
        Some(id) => (*drafts.tree(id)?).clone(),
        None => Listed::default(),
    };
    let mut names: BTreeMap<&str, Name<'_>> = BTreeMap::new();
    for (path, leaf) in edits {
        match path.split_once('/') {
            None => names.entry(path).or_default().leaf = Some(*leaf),
            Some((name, rest)) => names.entry(name).or_default().below.push((rest, *leaf)),
        }
    }
    for (name, Name { leaf, below }) in names {
        let new = match leaf.flatten() {
            Some(file) => Some((if file.executable { "100755" } else { "100644" }, file.id)),
            None if below.is_empty() => None,
            None => {
                let old = listed.find(name.as_bytes());
                let folder = old.filter(|entry| entry.is_tree()).map(|entry| entry.id);
                edit_tree(drafts, folder, &below)?.map(|id| ("40000", id))
            }
        };
        listed.set(name.as_bytes(), new).ok_or(TreeError::Broken)?;
    }
    Ok((!listed.is_empty()).then(|| drafts.put_tree(listed, tree)))
}
