//! Comparing the folder of a volume with the index of what was checked out there.

use std::{collections::BTreeMap, fs, io, sync::PoisonError};

use gix::{
    Repository,
    bstr::{BStr, ByteSlice},
    index::{Entry, entry},
};
use llmos_core::{
    hand::{Edits, FOLDERS, Found, HandEdit, MAX_EDIT_BYTES, is_taken_over, is_temporary},
    store::{BlobId, StoreError},
    volume::VolumePath,
};

use super::writers;
use crate::{
    folder::{self, Folder, NameKind, Parent},
    tree,
    volume::Volume,
    worktree::blob_id,
};

/// How deep folders are looked into.
const MAX_DEPTH: usize = 12;

/// How many files are looked at.
const MAX_FILES: usize = 500_000;

/// Finds the files that differ, as they are at this moment.
pub(super) fn scan(volume: &Volume, repository: &Repository) -> Result<Edits, StoreError> {
    let reading = "reading the working tree";
    let tip = volume.tip(repository)?;
    let tree = tip.map(|tip| volume.tree_of(repository, tip)).transpose()?;
    let index = volume.index(repository, tree)?;
    let index = index.read().unwrap_or_else(PoisonError::into_inner);
    let root = Folder::open(&volume.folder).map_err(volume.medium(reading))?;
    let mut there = BTreeMap::new();
    look_through(&root, "", 0, &mut there).map_err(volume.medium(reading))?;

    let mut edits = Vec::new();
    let mut n_known = 0;
    for entry in known(&index) {
        let is_file = matches!(entry.mode, entry::Mode::FILE | entry::Mode::FILE_EXECUTABLE);
        let Some(path) = path_of(&index, entry).filter(|_| is_file) else { continue };
        n_known += 1;
        let on_disk = there.remove(&path);
        let is_hidden = entry::Flags::SKIP_WORKTREE | entry::Flags::ASSUME_VALID;
        if entry.flags.intersects(is_hidden) {
            continue;
        }
        let found = match on_disk {
            Some(NameKind::File) if is_untouched(volume, &index, entry, &path) => continue,
            Some(NameKind::File) => read(&root, &path).map_err(volume.medium(reading))?,
            None => Found::Gone,
            // A link in place of a file is for `git`.
            Some(_) => continue,
        };
        if matches!(&found, Found::File(content) if blob_id(content).is_ok_and(|id| id == entry.id))
        {
            continue;
        }
        let is_plain = entry.stage() == entry::Stage::Unconflicted
            && !entry.flags.contains(entry::Flags::INTENT_TO_ADD);
        let committed = match tree.map(|tree| tree::find(repository, tree, &path)).transpose() {
            Ok(Some(tree::Found::File(file))) => Some(file.id),
            Ok(_) => None,
            Err(err) => return Err(volume.damaged(err)),
        };
        let found = if !is_plain || committed != Some(entry.id) {
            Found::Staged
        } else if volume.has_crossed(&path, entry.id) {
            Found::Crossed
        } else {
            found
        };
        edits.push(HandEdit { path, base: Some(BlobId(entry.id.to_string())), found });
    }
    for (path, kind) in there {
        if kind != NameKind::File {
            continue;
        }
        let is_committed = tree.is_some_and(|tree| {
            matches!(tree::find(repository, tree, &path), Ok(tree::Found::File(_)))
        });
        // Not in the index but committed: somebody is about to commit that it goes.
        let found = match is_committed {
            true => Found::Staged,
            false => read(&root, &path).map_err(volume.medium(reading))?,
        };
        // It was there a moment ago.
        if found != Found::Gone {
            edits.push(HandEdit { path, base: None, found });
        }
    }
    edits.sort_by(|a, b| a.path.cmp(&b.path));
    hold_back_unfinished(volume, &mut edits);
    Ok(Edits::Files { edits, n_known })
}

/// The entries of files that are taken over.
fn known(index: &gix::index::File) -> impl Iterator<Item = &Entry> {
    // Folders come as runs of entries: nobody looks at a million traces here.
    let below = FOLDERS.iter().flat_map(|folder| {
        let prefix = format!("{folder}/");
        let range = index.prefixed_entries_range(BStr::new(prefix.as_bytes()));
        range.map(|range| &index.entries()[range]).unwrap_or_default()
    });
    TOP.iter().filter_map(|name| index.entry_by_path(BStr::new(name.as_bytes()))).chain(below)
}

/// The files at the top that are looked at.
const TOP: [&str; 2] = ["README.md", "metadata.json"];

fn path_of(index: &gix::index::File, entry: &Entry) -> Option<VolumePath> {
    let path: VolumePath = entry.path(index).to_str().ok()?.parse().ok()?;
    is_taken_over(&path).then_some(path)
}

/// Collects what a folder holds that may be edited; follows no link.
fn look_through(
    folder: &Folder,
    prefix: &str,
    depth: usize,
    found: &mut BTreeMap<VolumePath, NameKind>,
) -> io::Result<()> {
    for (name, kind) in folder.names()? {
        if is_temporary(&name) || found.len() >= MAX_FILES {
            continue;
        }
        let Ok(path) = format!("{prefix}{name}").parse::<VolumePath>() else { continue };
        if kind == NameKind::Folder {
            if depth < MAX_DEPTH && (depth > 0 || FOLDERS.contains(&name.as_str())) {
                match folder.child(&name) {
                    Ok(child) => look_through(&child, &format!("{path}/"), depth + 1, found)?,
                    // It was there a moment ago.
                    Err(err) if err.kind() == io::ErrorKind::NotFound => {}
                    Err(err) => return Err(err),
                }
            }
        } else if is_taken_over(&path) && (depth > 0 || TOP.contains(&name.as_str())) {
            found.insert(path, kind);
        }
    }
    Ok(())
}

/// Says whether the system tells that a file is as it was checked out, without reading it.
fn is_untouched(
    volume: &Volume,
    index: &gix::index::File,
    entry: &Entry,
    path: &VolumePath,
) -> bool {
    let Ok(metadata) =
        gix::index::fs::Metadata::from_path_no_follow(&volume.folder.join(path.as_str()))
    else {
        return false;
    };
    let Ok(stat) = entry::Stat::from_fs(&metadata) else { return false };
    let options = entry::stat::Options::default();
    entry.stat.matches(&stat, options) && !entry.stat.is_racy(index.timestamp(), options)
}

fn read(root: &Folder, path: &VolumePath) -> io::Result<Found> {
    let Parent::There(parent) = folder::parent_of(root, path)? else { return Ok(Found::Gone) };
    if parent.size(path.file_name()).is_some_and(|bytes| bytes > MAX_EDIT_BYTES) {
        return Ok(Found::TooLarge);
    }
    match parent.read(path.file_name()) {
        Ok(content) => Ok(Found::File(content)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(Found::Gone),
        // Somebody took the right to read it away, or put something else there: not for us to say.
        Err(err) if err.kind() == io::ErrorKind::PermissionDenied => Ok(Found::Unfinished),
        Err(err) => Err(err),
    }
}

fn hold_back_unfinished(volume: &Volume, edits: &mut [HandEdit]) {
    let is_file = |edit: &&mut HandEdit| matches!(edit.found, Found::File(_));
    if !edits.iter().any(|edit| matches!(edit.found, Found::File(_))) {
        return;
    }
    // Links above the volume are no part of what the system calls its files.
    let folder = fs::canonicalize(&volume.folder).unwrap_or_else(|_gone| volume.folder.clone());
    let written = writers::files_open_for_writing(&folder);
    for edit in edits.iter_mut().filter(is_file) {
        if written.contains(&folder.join(edit.path.as_str())) {
            edit.found = Found::Unfinished;
        }
    }
}
