//! Git's index of the working tree: only the entries of changed files are touched.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::Path,
    time::SystemTime,
};

use gix::{
    ObjectId, Repository,
    bstr::BStr,
    index::{File, entry},
};
use llmos_core::volume::VolumePath;
use sha1::Digest;

use crate::{
    folder::{self, Folder, Parent},
    worktree::{Applied, Facts, FileChange, blob_id},
};

/// Reads the index; where there is none, makes the one that belongs to `tree`.
pub(crate) fn read(
    repository: &Repository,
    git: &Path,
    tree: Option<ObjectId>,
) -> Result<File, gix::Error> {
    let path = git.join("index");
    match (fs::symlink_metadata(&path), tree) {
        (Err(_), Some(tree)) => repository.index_from_tree(&tree),
        _ => {
            // As `git` does, leave the checksum of the whole file to `git fsck`.
            let skip_hash = true;
            let options = gix::index::decode::Options::default();
            File::at_or_default(path, repository.object_hash(), skip_hash, options)
        }
    }
}

/// Returns the first change whose file is staged otherwise than in the commit it starts from.
pub(crate) fn staged<'a>(
    index: &File,
    mut changes: impl Iterator<Item = &'a FileChange>,
) -> Option<&'a VolumePath> {
    let differs = |change: &&FileChange| {
        let path: &BStr = change.path.as_str().into();
        match index.entry_range(path) {
            None if change.old.is_some() => change.new.is_some(),
            None => has_file_above(index, &change.path) || index.path_is_directory(path),
            Some(range) => !index.entries()[range].iter().all(|entry| {
                let known = [change.old, change.new];
                entry.stage() == entry::Stage::Unconflicted
                    && known.iter().flatten().any(|file| file.id == entry.id)
            }),
        }
    };
    changes.find(differs).map(|change| &change.path)
}

/// Says whether a file is staged where `path` needs a folder.
fn has_file_above(index: &File, path: &VolumePath) -> bool {
    let text = path.as_str();
    text.match_indices('/').any(|(end, _)| index.entry_range(text[..end].into()).is_some())
}

/// Makes the entries of the changed files say what the new commit says.
pub(crate) fn update(
    index: &mut File,
    changes: &[FileChange],
    applied: &[Applied],
) -> io::Result<()> {
    let mut removed = BTreeSet::new();
    let mut added = Vec::new();
    for (change, applied) in changes.iter().zip(applied) {
        let path: &BStr = change.path.as_str().into();
        let Some(new) = change.new else {
            removed.insert(path);
            continue;
        };
        // An unknown stat makes Git look into the file.
        let stat = match applied {
            Applied::Written(file, facts) if Facts::of(file)? == *facts => {
                let metadata = gix::index::fs::Metadata::from_file(file)?;
                entry::Stat::from_fs(&metadata).map_err(io::Error::other)?
            }
            // Somebody saved it since: its stat is that of their edit, which must not be hidden.
            Applied::Written(..) | Applied::Removed | Applied::Kept => entry::Stat::default(),
        };
        let mode = if new.executable { entry::Mode::FILE_EXECUTABLE } else { entry::Mode::FILE };
        match index.entry_mut_by_path_and_stage(path, entry::Stage::Unconflicted) {
            Some(entry) => {
                (entry.id, entry.stat, entry.mode) = (new.id, stat, mode);
            }
            None => added.push((stat, new.id, mode, path)),
        }
    }
    if !added.is_empty() {
        for (stat, id, mode, path) in added {
            index.dangerously_push_entry(stat, id, entry::Flags::empty(), mode, path);
        }
        index.sort_entries();
    }
    if !removed.is_empty() {
        index.remove_entries(|_, path, _| removed.contains(path));
    }
    // Git would take the cached ids of folders for valid.
    index.remove_tree();
    index.remove_resolve_undo();
    Ok(())
}

/// Forgets the stat of files that were perhaps edited in the very moment of the last index.
///
/// Git looks into a file that is as young as the index. A newer index would end
/// that, so an edit that kept size and time would be hidden for ever.
pub(crate) fn recheck_young_entries(index: &mut File, root: &Folder) {
    let written = index.timestamp();
    let options = entry::stat::Options::default();
    for (entry, path) in index.entries_mut_with_paths() {
        if entry.stat.size == 0 || !entry.stat.is_racy(written, options) {
            continue;
        }
        if !std::str::from_utf8(path).is_ok_and(|path| holds(root, path, entry.id)) {
            entry.stat = entry::Stat::default();
        }
    }
}

fn holds(root: &Folder, path: &str, id: ObjectId) -> bool {
    let Ok(path) = path.parse() else { return false };
    let Ok(Parent::There(parent)) = folder::parent_of(root, &path) else { return false };
    let content = parent.read(path.file_name());
    content.and_then(|content| blob_id(&content)).is_ok_and(|found| found == id)
}

/// Puts the index in the place of the old one, and says when; the caller holds its lock.
pub(crate) fn write(index: &File, git: &Path) -> io::Result<SystemTime> {
    let unfinished = git.join("llmos-lite.index");
    match fs::remove_file(&unfinished) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
        _ => {}
    }
    let file = fs::File::options().write(true).create_new(true).open(&unfinished)?;
    let mut out = Summed::new(file);
    // The sum is made here: with the check for forged content that Git needs of objects only, it takes four times as long.
    let options = gix::index::write::Options { skip_hash: true, ..Default::default() };
    index.write_to(&mut out, options).map_err(io::Error::other)?;
    let written = out.finish()?.metadata()?.modified()?;
    fs::rename(unfinished, git.join("index"))?;
    Ok(written)
}

/// A file that ends with the sum of what is in it, in place of the zeros that stand there for it.
struct Summed {
    out: fs::File,
    sum: sha1::Sha1,
    waiting: Vec<u8>,
}

impl Summed {
    const SUM_BYTES: usize = 20;
    const MANY: usize = 256 << 10;

    fn new(out: fs::File) -> Self {
        Self { out, sum: sha1::Sha1::new(), waiting: Vec::with_capacity(Self::MANY) }
    }

    /// Writes what waits, but for the last bytes, which may be the zeros.
    fn pass_on(&mut self) -> io::Result<()> {
        let n = self.waiting.len().saturating_sub(Self::SUM_BYTES);
        self.sum.update(&self.waiting[..n]);
        self.out.write_all(&self.waiting[..n])?;
        self.waiting.drain(..n);
        Ok(())
    }

    fn finish(mut self) -> io::Result<fs::File> {
        self.pass_on()?;
        if self.waiting != [0; Self::SUM_BYTES] {
            return Err(io::Error::other("the index does not end as Git's does"));
        }
        self.out.write_all(&self.sum.finalize())?;
        Ok(self.out)
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= Self::MANY {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
