//! Bringing a backup back: beside its place first, checked, and then there at once.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    process::Stdio,
};

use gix::{ObjectId, index::entry, validate::reference};
use llmos_core::{json, store::StoreError, volume::VolumePath};
use sha1::Digest;
use zip::ZipArchive;

use super::{BackedUp, BackedUpFile, BackupError, Contents, manifest, not_whole, not_zip};
use crate::{
    GitStore,
    folder::{self, Folder},
    index,
    program::{self, Borrowed},
    tree::{self, Found},
    volume::{MAIN, Volume},
    wire::{
        depth,
        scan::{self, Limits},
    },
};

/// The longest manifest that is read: some hundred thousand volumes.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Restores all volumes of a backup, and the files beside them, into a folder that must not be there, or be empty.
///
/// Every object is checked on the way, and nothing is at the place before all of it is.
pub fn restore(from: &Path, root: &Path) -> Result<Contents, BackupError> {
    let is_free = match fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_none(),
        Err(err) => err.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        return Err(BackupError::Occupied { place: root.to_owned() });
    }
    let reading = format!("reading `{}`", from.display());
    let file = File::open(from).map_err(BackupError::medium(reading))?;
    let mut zip = ZipArchive::new(file).map_err(not_zip(from))?;
    let mut text = Vec::new();
    zip.by_name(manifest::NAME)
        .map_err(not_zip(from))?
        .take(MAX_MANIFEST_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|err| not_whole(from, err))?;
    if text.len() as u64 > MAX_MANIFEST_BYTES || json::weight(&text) > json::MAX_WEIGHT {
        return Err(not_whole(from, "its manifest is longer than any that this program writes"));
    }
    let contents = manifest::parse(&text).map_err(|reason| not_whole(from, reason))?;

    let beside = beside(root);
    let writing = format!("writing `{}`", beside.display());
    fs::create_dir_all(&beside).map_err(BackupError::medium(&writing))?;
    let store = GitStore::open(beside.clone());
    let mut result = Ok(());
    for backed_up in &contents.volumes {
        result = result.and_then(|()| restore_one(from, &mut zip, &store, backed_up));
    }
    drop(store);
    for file in &contents.files {
        result = result.and_then(|()| restore_file(from, &mut zip, &beside, file));
    }
    let put = |()| {
        let put = File::open(&beside)
            .and_then(|folder| crate::Disk::flush_all(&crate::RealDisk, &folder))
            .and_then(|()| match fs::remove_dir(root) {
                Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
                _ => fs::rename(&beside, root),
            })
            .and_then(|()| super::sync_folder_of(root));
        put.map_err(BackupError::medium(&writing))
    };
    match result.and_then(put) {
        Ok(()) => Ok(contents),
        Err(err) => {
            let _ = fs::remove_dir_all(&beside);
            Err(err)
        }
    }
}

/// A folder on the same disk that nobody takes for the volumes.
fn beside(root: &Path) -> PathBuf {
    let mut name = root.file_name().unwrap_or_default().to_owned();
    name.push(format!(".restoring-{}", std::process::id()));
    root.with_file_name(name)
}

fn restore_one(
    from: &Path,
    zip: &mut ZipArchive<File>,
    store: &GitStore,
    backed_up: &BackedUp,
) -> Result<(), BackupError> {
    let id = &backed_up.volume;
    let volume = store.volume_to_write(id);
    volume.create()?;
    let writing = format!("restoring volume `{id}`");
    let wrong =
        |reason: &dyn std::fmt::Display| not_whole(from, format!("volume `{id}`: {reason}"));
    let pack = zip.by_name(&manifest::pack_of(id)).map_err(not_zip(from))?;
    scan::scan(&mut BufReader::new(pack), Limits::BACKUP).map_err(|refused| wrong(&refused))?;
    let mut pack = zip.by_name(&manifest::pack_of(id)).map_err(not_zip(from))?;
    let mut command = program::git(&volume.git(), &["index-pack", "--strict", "--stdin"]);
    let mut child =
        program::start(command.stdin(Stdio::piped())).map_err(BackupError::medium(&writing))?;
    let mut counted = super::Counted { from: Some(&mut pack), hash: sha1::Sha1::new(), bytes: 0 };
    let copied = match child.stdin.take() {
        Some(mut input) => io::copy(&mut counted, &mut input).map(|_| ()),
        None => Ok(()),
    };
    let (bytes, hash) = (counted.bytes, counted.hash.finalize());
    let hash = super::hex(&hash);
    let indexed = program::finish(child);
    copied.and(indexed).map_err(|err| wrong(&err))?;
    let folder = volume.objects_folder().join("pack");
    for entry in fs::read_dir(folder).map_err(BackupError::medium(&writing))? {
        let path = entry.map_err(BackupError::medium(&writing))?.path();
        if path.extension().is_some_and(|ending| ending == "idx") {
            let stem = path.with_extension("");
            depth::check(&stem, Limits::BACKUP).map_err(|refused| wrong(&refused))?;
        }
    }
    if (bytes, &hash) != (backed_up.n_bytes, &backed_up.sha1) {
        return Err(wrong(&"its pack is not the one that was written"));
    }
    let names = checked_names(backed_up).map_err(|reason| wrong(&reason))?;
    is_connected(&volume, &names).map_err(|err| wrong(&err))?;
    for (name, id) in &names {
        let path = volume.git().join(name);
        let put = path.parent().map_or(Ok(()), fs::create_dir_all);
        put.and_then(|()| fs::write(&path, format!("{id}\n")))
            .map_err(BackupError::medium(&writing))?;
    }
    volume.check_out()?;
    Ok(())
}

/// Puts a file beside the volumes that only whoever runs this may read: there may be secrets in it.
fn restore_file(
    from: &Path,
    zip: &mut ZipArchive<File>,
    root: &Path,
    backed_up: &BackedUpFile,
) -> Result<(), BackupError> {
    let name = &backed_up.name;
    let wrong =
        |reason: &dyn std::fmt::Display| not_whole(from, format!("file `{name}`: {reason}"));
    let member = zip.by_name(&manifest::member_of(name)).map_err(not_zip(from))?;
    let member = member.take(backed_up.n_bytes.saturating_add(1));
    let mut member = super::Counted { from: Some(member), hash: sha1::Sha1::new(), bytes: 0 };
    let path = root.join(name);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    made.and_then(|()| options.open(&path))
        .and_then(|mut file| io::copy(&mut member, &mut file))
        .map_err(BackupError::medium(format!("writing `{}`", path.display())))?;
    let hash = super::hex(&member.hash.finalize());
    if (member.bytes, &hash) != (backed_up.n_bytes, &backed_up.sha1) {
        return Err(wrong(&"it is not the one that was written"));
    }
    Ok(())
}

/// The names, which become files: none may lead elsewhere.
fn checked_names(backed_up: &BackedUp) -> Result<Vec<(String, ObjectId)>, String> {
    let checked = |(name, id): (&String, &String)| {
        let is_plain = name.starts_with("refs/") && name.parse::<VolumePath>().is_ok();
        if !is_plain || reference::name(name.as_str().into()).is_err() {
            return Err(format!("`{}` is no name for a branch", name.escape_debug()));
        }
        let id = ObjectId::from_hex(id.as_bytes());
        Ok((name.clone(), id.map_err(|_not_hex| format!("`{name}` names nothing"))?))
    };
    let names: Vec<_> = backed_up.names.iter().map(checked).collect::<Result<_, _>>()?;
    match names.iter().any(|(name, _)| name == MAIN) {
        true => Ok(names),
        false => Err("it has no branch `main`".to_owned()),
    }
}

/// Fails unless everything is there that the names lead to.
fn is_connected(volume: &Volume, names: &[(String, ObjectId)]) -> io::Result<()> {
    let roots: Vec<ObjectId> = names.iter().map(|(_, id)| *id).collect();
    let borrowed = Borrowed::new(&volume.objects_folder(), &roots)?;
    let mut command =
        borrowed.git(&["fsck", "--connectivity-only", "--no-dangling", "--no-progress"]);
    program::finish(program::start(&mut command)?)
}

impl Volume {
    /// Writes the files of `main` into a folder that has none of them.
    fn check_out(&self) -> Result<(), StoreError> {
        let writing = "writing the working tree";
        let repository = self.must_open()?;
        let Some(tip) = self.tip_on_disk(&repository)? else { return Ok(()) };
        let root_tree = self.tree_of(&repository, tip)?;
        let root = Folder::open(&self.folder).map_err(self.medium(writing))?;
        let files = tree::files(&repository, root_tree, String::new(), tree::MAX_ENTRIES)
            .map_err(|err| self.damaged(err))?;
        for file in files {
            let found = tree::find(&repository, root_tree, &file.path);
            let Found::File(found) = found.map_err(|err| self.damaged(err))? else { continue };
            let mut blob = repository.find_blob(found.id).map_err(|err| self.damaged(err))?;
            let written = folder::make_parent_of(&root, &file.path)
                .and_then(|parent| parent.create(file.path.file_name(), found.executable))
                .and_then(|mut file| io::Write::write_all(&mut file, &blob.take_data()));
            written.map_err(self.medium(writing))?;
        }
        let mut index = repository.index_from_tree(&root_tree).map_err(|err| self.damaged(err))?;
        for (entry, path) in index.entries_mut_with_paths() {
            let Ok(path) = std::str::from_utf8(path) else { continue };
            let on_disk = self.folder.join(path);
            let stat = gix::index::fs::Metadata::from_path_no_follow(&on_disk)
                .ok()
                .and_then(|metadata| entry::Stat::from_fs(&metadata).ok());
            entry.stat = stat.unwrap_or_default();
        }
        index::write(&index, &self.git()).map_err(self.medium(writing))?;
        Ok(())
    }
}
