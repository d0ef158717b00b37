//! Bringing together what both sides changed since they were equal: file by file, and within a file that core
//! can bring together; nothing is guessed.

use std::collections::BTreeMap;

use gix::{ObjectId, Repository, objs::Kind};
use llmos_core::{
    diff::FileKind,
    merge::{self, Choices},
    remote::{Conflict, FileVersion, Files, merge as merge_files},
    store::BlobId,
    volume::VolumePath,
};

use crate::{
    session::Drafts,
    tree::{File, TreeError},
    wire::inspect::Inspector,
    worktree::FileChange,
};

/// Larger files are brought together by nobody but people.
const MAX_BYTES: u64 = 8 << 20;

/// What is to be changed here, by path; `None` where a file goes.
pub(super) type Edits = BTreeMap<VolumePath, Option<File>>;

/// What two sides come to.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// After these, what is here holds the changes of both.
    pub(super) edits: Edits,
    /// Of these, the files that both changed.
    pub(super) both: Vec<VolumePath>,
    /// The files that somebody has to decide about; nothing of them is in the edits.
    pub(super) conflicts: Vec<VolumePath>,
}

/// Merges over every base that both sides have; where these do not agree, somebody has to decide.
pub(super) fn merge_all(
    repository: &Repository,
    drafts: &mut Drafts,
    bases: &[Option<ObjectId>],
    [ours, theirs]: [ObjectId; 2],
) -> Result<Together, TreeError> {
    let mut results = Vec::new();
    for base in bases {
        results.push(merge_over(repository, drafts, *base, [ours, theirs])?);
    }
    let mut results = results.into_iter();
    let mut first = results.next().unwrap_or_default();
    for other in results {
        let differs = |path: &&VolumePath| first.edits.get(*path) != other.edits.get(*path);
        let paths = first.edits.keys().chain(other.edits.keys());
        let unclear: Vec<VolumePath> = paths.filter(differs).cloned().collect();
        first.conflicts.extend(unclear.into_iter().chain(other.conflicts));
    }
    first.conflicts.sort();
    first.conflicts.dedup();
    Ok(first)
}

fn merge_over(
    repository: &Repository,
    drafts: &mut Drafts,
    base: Option<ObjectId>,
    [ours, theirs]: [ObjectId; 2],
) -> Result<Together, TreeError> {
    let mut inspector = Inspector::new(repository);
    let here = inspector.changes(base, ours)?;
    let there = inspector.changes(base, theirs)?;
    let merged = merge_files(&versions(&here), &versions(&there));
    let mut together = Together::default();
    for (path, version) in merged.edits {
        together.edits.insert(path, version.map(file).transpose()?);
    }
    let before: BTreeMap<&VolumePath, File> =
        there.iter().filter_map(|change| Some((&change.path, change.old?))).collect();
    for Conflict { path, ours, theirs } in merged.conflicts {
        let three = match (before.get(&path), ours, theirs) {
            (Some(base), Some(ours), Some(theirs)) => Some([*base, file(ours)?, file(theirs)?]),
            _ => None,
        };
        let merged = three.map(|three| within(repository, drafts, &path, three)).transpose()?;
        match merged.flatten() {
            Some(file) => {
                together.edits.insert(path.clone(), Some(file));
                together.both.push(path);
            }
            None => together.conflicts.push(path),
        }
    }
    Ok(together)
}

/// Brings two changes of one file together; `None` where they collide.
fn within(
    repository: &Repository,
    drafts: &mut Drafts,
    path: &VolumePath,
    [base, ours, theirs]: [File; 3],
) -> Result<Option<File>, TreeError> {
    if !is_for_core(path) {
        return Ok(None);
    }
    let executable = if ours.executable == base.executable { theirs } else { ours }.executable;
    let mut contents = Vec::new();
    for file in [base, ours, theirs] {
        if repository.find_header(file.id)?.size() > MAX_BYTES {
            return Ok(None);
        }
        contents.push(repository.find_blob(file.id)?.take_data());
    }
    let [base, ours, theirs] = &contents[..] else { return Ok(None) };
    let merged = merge::files(path, Some(base), Some(ours), Some(theirs), &Choices::new());
    let Some(content) = merged.value.filter(|_| merged.conflicts.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(File { id: drafts.put(Kind::Blob, content, None), executable }))
}

/// Says whether two changes of a file may be brought together without a person: those of skills, workflows and texts.
///
/// What is a record, such as a trace, or has a form that lines do not respect, is not.
fn is_for_core(path: &VolumePath) -> bool {
    let text = path.as_str();
    match FileKind::of(path) {
        FileKind::Skill | FileKind::Workflow => true,
        FileKind::Other => {
            text.ends_with(".md") && !["traces/", "sessions/"].iter().any(|it| text.starts_with(it))
        }
    }
}

fn versions(changes: &[FileChange]) -> Files {
    let version =
        |file: File| FileVersion { blob: BlobId(file.id.to_string()), executable: file.executable };
    changes.iter().map(|change| (change.path.clone(), change.new.map(version))).collect()
}

fn file(version: FileVersion) -> Result<File, TreeError> {
    let id = ObjectId::from_hex(version.blob.0.as_bytes()).map_err(|_not_hex| TreeError::Broken)?;
    Ok(File { id, executable: version.executable })
}
