//! Whether a repository is what Git makes: plain files of a sane size in plain folders.
//!
//! A volume may be handed over by somebody. A link or a borrowed store of objects
//! would lead elsewhere, opening a pipe or a device would wait for ever, and a giant
//! would fill the memory. So this is looked at before anything of it is read.

use std::{
    fs::{self, FileType, Metadata},
    io,
    path::Path,
};

/// Files that are read whole, and how many bytes they may have.
const FILES: [(&str, u64); 8] = [
    ("config", 4 << 20),
    ("config.worktree", 4 << 20),
    ("HEAD", MAX_REF_BYTES),
    ("packed-refs", MAX_PACKED_REFS_BYTES),
    ("shallow", 64 << 20),
    ("index", 2 << 30),
    ("refs/heads/main", MAX_REF_BYTES),
    ("objects/info/commit-graph", 8 << 30),
];

const FOLDERS: [&str; 11] = [
    "objects",
    "objects/pack",
    "objects/info",
    "refs",
    "refs/heads",
    "refs/llmos-lite",
    "logs",
    "logs/refs",
    "logs/refs/heads",
    "llmos-lite",
    "llmos-lite/damaged",
];

/// Files that say where other objects, or everything else, lie: it may be somebody else's.
const BORROWED: [&str; 3] =
    ["objects/info/alternates", "objects/info/http-alternates", "commondir"];

/// How many bytes the file of a branch or tag may have.
pub(crate) const MAX_REF_BYTES: u64 = 4 << 10;

/// How many bytes the file of all packed branches and tags may have.
pub(crate) const MAX_PACKED_REFS_BYTES: u64 = 64 << 20;

/// How deep folders of branches and tags may lie.
const MAX_DEPTH: usize = 64;

/// Says what is odd about the files that are read with every request.
pub(crate) fn fault(git: &Path) -> Option<String> {
    let look = |name: &str| fs::symlink_metadata(git.join(name)).ok();
    for (name, most) in FILES {
        match look(name) {
            Some(found) if !found.is_file() => {
                return Some(format!("`.git/{name}` is no plain file"));
            }
            Some(found) if found.len() > most => {
                return Some(format!("`.git/{name}` has more than {most} bytes"));
            }
            _ => {}
        }
    }
    if let Some(name) = FOLDERS.into_iter().find(|name| look(name).is_some_and(|it| !it.is_dir())) {
        return Some(format!("`.git/{name}` is no plain folder"));
    }
    let name = BORROWED.into_iter().find(|name| look(name).is_some())?;
    let what = format!("it borrows objects from elsewhere (`.git/{name}`)");
    Some(if name == "commondir" { what } else { what + "; `git repack -a` copies them" })
}

/// Says what is odd among the objects, where a repository is opened for the first time.
pub(crate) fn fault_in_objects(git: &Path) -> io::Result<Option<String>> {
    let objects = git.join("objects");
    let mut to_do = vec![(objects, "objects".to_owned(), 0)];
    while let Some((folder, shown, depth)) = to_do.pop() {
        for (name, kind) in entries(&folder)? {
            let shown = format!("{shown}/{name}");
            if kind.is_dir() && depth < 3 {
                to_do.push((folder.join(name), shown, depth + 1));
            } else if !kind.is_file() {
                return Ok(Some(format!("`.git/{shown}` is no plain file")));
            }
        }
    }
    Ok(None)
}

/// Says what is odd among the branches and tags.
pub(crate) fn fault_in_refs(git: &Path) -> io::Result<Option<String>> {
    let mut to_do = vec![(git.join("refs"), "refs".to_owned(), 0)];
    while let Some((folder, shown, depth)) = to_do.pop() {
        for (name, kind) in entries(&folder)? {
            let (path, shown) = (folder.join(&name), format!("{shown}/{name}"));
            let is_small = |found: Metadata| found.len() <= MAX_REF_BYTES;
            if kind.is_dir() && depth < MAX_DEPTH {
                to_do.push((path, shown, depth + 1));
            } else if !kind.is_file() || !fs::symlink_metadata(&path).is_ok_and(is_small) {
                return Ok(Some(format!("`.git/{shown}` is no branch or tag")));
            }
        }
    }
    Ok(None)
}

fn entries(folder: &Path) -> io::Result<Vec<(String, FileType)>> {
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(err),
    };
    found
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?))
        })
        .collect()
}
