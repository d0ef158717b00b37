//! Bringing together what changed on two sides, file by file: what only one side
//! changed is taken, what both changed in different ways is a conflict.

use std::collections::{BTreeMap, BTreeSet};

use crate::{store::BlobId, volume::VolumePath};

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// Its content.
    pub blob: BlobId,
    /// Whether it is marked as a program.
    pub executable: bool,
}

/// What changed on one side: the new version of each file, `None` where it went.
pub type Files = BTreeMap<VolumePath, Option<FileVersion>>;

/// A file that both sides changed in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The file.
    pub path: VolumePath,
    /// What it became here.
    pub ours: Option<FileVersion>,
    /// What it became there.
    pub theirs: Option<FileVersion>,
}

/// What two sides come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// What is to be changed here, so that it holds the changes of both.
    pub edits: Files,
    /// What somebody has to decide; nothing of it is in the edits.
    pub conflicts: Vec<Conflict>,
}

/// Brings together what changed here and there since both were equal.
///
/// A file that became a folder on the other side is a conflict as well.
pub fn merge(ours: &Files, theirs: &Files) -> Merged {
    let mut merged = Merged::default();
    let blocked = collisions(ours, theirs);
    for (path, version) in theirs {
        match ours.get(path) {
            Some(own) if own == version => {}
            None if !blocked.contains(path) => {
                merged.edits.insert(path.clone(), version.clone());
            }
            own => merged.conflicts.push(Conflict {
                path: path.clone(),
                ours: own.cloned().flatten(),
                theirs: version.clone(),
            }),
        }
    }
    merged
}

/// Files of the other side that stand where we have made a folder, or the other way round.
fn collisions<'a>(ours: &Files, theirs: &'a Files) -> BTreeSet<&'a VolumePath> {
    let written = |files: &Files, path: &str| {
        path.parse().is_ok_and(|path: VolumePath| matches!(files.get(&path), Some(Some(_))))
    };
    let has_above = |files: &Files, path: &VolumePath| {
        let text = path.as_str();
        text.match_indices('/').any(|(end, _)| written(files, &text[..end]))
    };
    let made: Vec<&VolumePath> =
        ours.iter().filter(|(_, version)| version.is_some()).map(|(path, _)| path).collect();
    let stands_above = |path: &VolumePath| {
        let below = format!("{path}/");
        made.iter().any(|own| own.as_str().starts_with(&below))
    };
    let is_blocked = |path: &&VolumePath| has_above(ours, path) || stands_above(path);
    let written = theirs.iter().filter(|(_, version)| version.is_some()).map(|(path, _)| path);
    written.filter(is_blocked).collect()
}
