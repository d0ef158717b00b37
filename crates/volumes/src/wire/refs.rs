//! The branches and tags of a volume, read and written without following anything.
//!
//! `main` is not written here: it moves together with working tree and index.

use std::{collections::BTreeMap, io, io::Write as _, path::Path};

use gix::ObjectId;

use crate::{
    folder::{Folder, NameKind},
    odd::{MAX_PACKED_REFS_BYTES, MAX_REF_BYTES},
};

/// Where clients may look and write.
const KINDS: [&str; 2] = ["heads", "tags"];

/// How many branches and tags a volume may have.
const MAX_REFS: usize = 10_000;

/// How deep the folders of branches may lie.
const MAX_DEPTH: usize = 16;

/// Names that clients send: a branch or a tag.
pub(super) fn is_branch_or_tag(name: &str) -> bool {
    let inside = KINDS.iter().any(|kind| {
        name.strip_prefix("refs/")
            .and_then(|rest| rest.strip_prefix(kind))
            .is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
    });
    inside
        && name.len() <= 200
        && name.split('/').count() <= MAX_DEPTH
        && gix::validate::reference::name(name.into()).is_ok()
        // As a path it must be safe on every system, too.
        && llmos_core::intake::path(name).is_ok()
}

/// Finds what a branch or tag names; `None` where it is no plain name of an object.
pub(crate) fn find(git: &Path, name: &str) -> io::Result<Option<ObjectId>> {
    let git = Folder::open(git)?;
    match parent(&git, name, false) {
        Ok((folder, last)) if matches!(folder.kind(last)?, Some(NameKind::File)) => {
            return read_id(&folder, last);
        }
        // It is nowhere, or a folder of branches stands there: then it is packed, if it is at all.
        Ok(_) => {}
        // A part of its way may be another branch.
        Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::Other) => {}
        Err(err) => return Err(err),
    }
    Ok(packed(&git)?.remove(name))
}

/// Lists branches and tags below `git`; what is no plain name of an object is left out.
pub(crate) fn list(git: &Path) -> io::Result<BTreeMap<String, ObjectId>> {
    let git = Folder::open(git)?;
    let mut found = packed(&git)?;
    if let Some(NameKind::Folder) = git.kind("refs")? {
        let refs = git.child("refs")?;
        for kind in KINDS {
            if let Some(NameKind::Folder) = refs.kind(kind)? {
                loose(&refs.child(kind)?, &format!("refs/{kind}"), 0, &mut found)?;
            }
        }
    }
    Ok(found)
}

fn loose(
    folder: &Folder,
    prefix: &str,
    depth: usize,
    found: &mut BTreeMap<String, ObjectId>,
) -> io::Result<()> {
    for (name, kind) in folder.names()? {
        let path = format!("{prefix}/{name}");
        match kind {
            NameKind::Folder if depth < MAX_DEPTH => {
                loose(&folder.child(&name)?, &path, depth + 1, found)?;
            }
            NameKind::File if is_branch_or_tag(&path) => {
                let Some(id) = read_id(folder, &name)? else { continue };
                found.insert(path, id);
                if found.len() > MAX_REFS {
                    return Err(io::Error::other("it has too many branches and tags"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_id(folder: &Folder, name: &str) -> io::Result<Option<ObjectId>> {
    match folder.read_up_to(name, MAX_REF_BYTES) {
        Ok(content) => Ok(ObjectId::from_hex(content.trim_ascii()).ok()),
        // Somebody deleted it meanwhile, or it is no name of an object at all.
        Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::FileTooLarge) => {
            Ok(None)
        }
        Err(err) => Err(err),
    }
}

fn packed(git: &Folder) -> io::Result<BTreeMap<String, ObjectId>> {
    let Some(NameKind::File) = git.kind("packed-refs")? else { return Ok(BTreeMap::new()) };
    let content = git.read_up_to("packed-refs", MAX_PACKED_REFS_BYTES)?;
    let lines = content.split(|byte| *byte == b'\n').filter_map(packed_line);
    Ok(lines.take(MAX_REFS).filter(|(name, _)| is_branch_or_tag(name)).collect())
}

fn packed_line(line: &[u8]) -> Option<(String, ObjectId)> {
    let (id, name) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((name.to_owned(), ObjectId::from_hex(id.as_bytes()).ok()?))
}

/// Makes a branch or tag name `id`, at once or not at all.
pub(super) fn put(git: &Path, name: &str, id: ObjectId) -> io::Result<()> {
    let git = Folder::open(git)?;
    let (folder, last) = parent(&git, name, true)?;
    if matches!(folder.kind(last)?, Some(NameKind::Folder)) {
        // Left empty by branches that are gone, or else this fails.
        folder.remove_folder(last).map_err(|err| taken(name, &err))?;
    }
    let lock = format!("{last}.lock");
    let mut file = folder.create(&lock, false)?;
    let written = writeln!(file, "{id}").and_then(|()| file.sync_all());
    let moved = written.and_then(|()| folder.move_to(&lock, &folder, last));
    if moved.is_err() {
        let _ = folder.remove_file(&lock);
    }
    moved
}

/// Like [`put`], where it does not name `id` already.
pub(super) fn put_if_other(git: &Path, name: &str, id: ObjectId) -> io::Result<()> {
    let known = match parent(&Folder::open(git)?, name, false) {
        Ok((folder, last)) if matches!(folder.kind(last)?, Some(NameKind::File)) => {
            read_id(&folder, last)?
        }
        _ => None,
    };
    if known == Some(id) { Ok(()) } else { put(git, name, id) }
}

/// Removes a branch or tag.
pub(super) fn remove(git: &Path, name: &str) -> io::Result<()> {
    let git = Folder::open(git)?;
    if packed(&git)?.contains_key(name) {
        let content = git.read("packed-refs")?;
        let kept = without(&content, name);
        let lock = "packed-refs.lock";
        let mut file = git.create(lock, false)?;
        let written = file.write_all(&kept).and_then(|()| file.sync_all());
        let moved = written.and_then(|()| git.move_to(lock, &git, "packed-refs"));
        if moved.is_err() {
            let _ = git.remove_file(lock);
        }
        moved?;
    }
    match parent(&git, name, false) {
        Ok((folder, last)) if folder.kind(last)?.is_some() => {
            folder.remove_file(last)?;
            prune(&git, name);
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(err) => Err(err),
    }
}

/// Removes the folders below `refs/heads` or `refs/tags` that hold nothing any more.
fn prune(git: &Folder, name: &str) {
    let mut rest = name;
    while let Some((above, _)) =
        rest.rsplit_once('/').filter(|(above, _)| above.matches('/').count() > 1)
    {
        let Ok((folder, last)) = parent(git, above, false) else { return };
        if folder.remove_folder(last).is_err() {
            return;
        }
        rest = above;
    }
}

/// Drops the line of a ref, and the line after it that says what a tag stands for.
fn without(content: &[u8], name: &str) -> Vec<u8> {
    let mut kept = Vec::with_capacity(content.len());
    let mut drops = false;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let is_peeled = line.starts_with(b"^");
        if !is_peeled {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            drops = packed_line(text).is_some_and(|(found, _)| found == name);
        }
        if !drops {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn parent<'a>(git: &Folder, name: &'a str, make: bool) -> io::Result<(Folder, &'a str)> {
    let (above, last) = name.rsplit_once('/').unwrap_or(("", name));
    let mut folder = git.reopen()?;
    for part in above.split('/') {
        match folder.kind(part)? {
            None if make => folder.make_child(part)?,
            None => return Err(io::ErrorKind::NotFound.into()),
            Some(NameKind::Folder) => {}
            Some(_) => return Err(io::Error::other(format!("`{part}` is in the way of it"))),
        }
        folder = folder.child(part)?;
    }
    Ok((folder, last))
}

fn taken(name: &str, err: &io::Error) -> io::Error {
    io::Error::new(err.kind(), format!("there are branches below `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_branches_and_tags_are_named() {
        for good in ["refs/heads/main", "refs/heads/pr/ana/plot", "refs/tags/v1.0"] {
            assert!(is_branch_or_tag(good), "{good}");
        }
        let long = format!("refs/heads/{}", "a".repeat(300));
        let bad = [
            "HEAD",
            "refs/heads/",
            "refs/heads",
            "refs/notes/x",
            "refs/llmos-lite/recovered-1",
            "refs/heads/../../config",
            "refs/heads/a..b",
            "refs/heads/a.lock",
            "refs/heads/.git/x",
            "refs/heads/a b",
            "refs/heads/nul",
            "refs/headsx/a",
            &long,
        ];
        for bad in bad {
            assert!(!is_branch_or_tag(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_put_is_listed_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let id = ObjectId::from_hex(&[b'1'; 40]).unwrap();
        let packed = format!("# pack-refs\n{id} refs/tags/old\n^{id}\n{id} refs/heads/main\n");
        std::fs::write(folder.path().join("packed-refs"), packed).unwrap();
        put(folder.path(), "refs/heads/a/b", id).unwrap();
        let names = |folder| list(folder).unwrap().into_keys().collect::<Vec<_>>();
        assert_eq!(names(folder.path()), ["refs/heads/a/b", "refs/heads/main", "refs/tags/old"]);
        assert!(put(folder.path(), "refs/heads/a", id).is_err());
        assert!(put(folder.path(), "refs/heads/a/b/c", id).is_err());
        remove(folder.path(), "refs/heads/a/b").unwrap();
        remove(folder.path(), "refs/tags/old").unwrap();
        remove(folder.path(), "refs/tags/never").unwrap();
        assert_eq!(names(folder.path()), ["refs/heads/main"]);
        put(folder.path(), "refs/heads/x/y/z", id).unwrap();
        remove(folder.path(), "refs/heads/x/y/z").unwrap();
        put(folder.path(), "refs/heads/x", id).unwrap();
        assert!(folder.path().join("refs/heads").is_dir());
        assert!(!std::fs::read_to_string(folder.path().join("packed-refs")).unwrap().contains('^'));
    }
}
