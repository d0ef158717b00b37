//! Blobs in a folder: `users/ana/9f/9f86d0…`, one file for each, so that
//! `sha256sum` tells whether it is whole.

mod files;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use jiff::Timestamp;
use llmos_core::{
    blob::{BlobHash, Blobs, BlobsError, KeptBlob, OpenBlob, Upload},
    volume::VolumeId,
};

use crate::{checked::Checked, failed::medium, receive::receive};
use files::{kept_at, names, sync_up_to};

/// The folder of what is not whole yet.
const UNFINISHED: &str = ".unfinished";

/// The file whose lock is held while a blob is put in its place or removed.
const LOCK: &str = ".lock";

/// How many blobs are remembered as whole, for whoever reads parts of them.
const MAX_REMEMBERED: usize = 10_000;

/// Blobs in a folder, which programs on one machine may share.
#[derive(Debug)]
pub struct DiskBlobs {
    root: PathBuf,
    /// Files that were hashed and found whole, as they were then.
    whole: Mutex<BTreeMap<PathBuf, (u64, SystemTime)>>,
    /// Whether what others left unfinished was looked at.
    swept: Mutex<bool>,
}

impl DiskBlobs {
    /// Keeps blobs in this folder; touches nothing on the disk.
    pub fn open(root: PathBuf) -> Self {
        let root = std::path::absolute(&root).unwrap_or(root);
        Self { root, whole: Mutex::default(), swept: Mutex::default() }
    }

    fn folder(&self, volume: &VolumeId) -> PathBuf {
        match volume {
            VolumeId::System => self.root.join("system"),
            VolumeId::Team(id) => self.root.join("teams").join(id.as_str()),
            VolumeId::User(id) => self.root.join("users").join(id.as_str()),
        }
    }

    fn place(&self, volume: &VolumeId, hash: &BlobHash) -> PathBuf {
        let name = hash.to_string();
        self.folder(volume).join(&name[..2]).join(name)
    }

    /// Waits until nobody else puts a blob in its place or removes one.
    fn alone(&self) -> Result<File, BlobsError> {
        let lock = File::options().create(true).append(true).open(self.root.join(LOCK));
        let lock = lock.map_err(medium("opening the lock"))?;
        lock.lock().map_err(medium("waiting for the lock"))?;
        Ok(lock)
    }

    /// Says what the file of a blob is, if there is one.
    fn look(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<KeptBlob>, BlobsError> {
        match fs::symlink_metadata(self.place(volume, hash)) {
            Ok(found) if found.is_file() => {
                let kept_at = kept_at(&found).map_err(medium("looking at a blob"))?;
                Ok(Some(KeptBlob { hash: *hash, size: found.len(), kept_at }))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(medium("looking at a blob")(error)),
        }
    }

    /// Hashes a file whose parts are wanted, once for as long as it stays as it is.
    fn must_be_whole(&self, place: PathBuf, file: &File, hash: BlobHash) -> io::Result<()> {
        let found = file.metadata()?;
        let now = (found.len(), found.modified()?);
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.get(&place) == Some(&now) {
            return Ok(());
        }
        drop(whole);
        io::copy(&mut Checked::new(file, hash, now.0), &mut io::sink())?;
        whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.len() >= MAX_REMEMBERED {
            whole.clear();
        }
        whole.insert(place, now);
        Ok(())
    }
}

impl Blobs for DiskBlobs {
    fn put(&self, upload: Upload<'_>, content: &mut dyn Read) -> Result<KeptBlob, BlobsError> {
        let Upload { volume, limit, now } = upload;
        let unfinished = self.root.join(UNFINISHED);
        fs::create_dir_all(&unfinished).map_err(medium("making the folder"))?;
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *swept, true) {
            files::sweep(&unfinished, now());
        }
        drop(swept);
        let writing = "writing a blob";
        let mut file = tempfile::Builder::new()
            .prefix("put-")
            .tempfile_in(&unfinished)
            .map_err(medium(writing))?;
        let (hash, size) = receive(content, limit, file.as_file_mut())?;
        let kept_at = files::to_millis(now());
        file.as_file().set_modified(kept_at.into()).map_err(medium(writing))?;
        file.as_file().sync_all().map_err(medium(writing))?;
        let place = self.place(volume, &hash);
        let folder = place.parent().expect("because a place is in a folder");
        fs::create_dir_all(folder).map_err(medium("making the folder"))?;
        let lock = self.alone()?;
        file.persist(&place).map_err(|error| medium(writing)(error.error))?;
        drop(lock);
        sync_up_to(folder, &self.root).map_err(medium(writing))?;
        Ok(KeptBlob { hash, size, kept_at })
    }

    fn find(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<KeptBlob>, BlobsError> {
        self.look(volume, hash)
    }

    fn open(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        part: Option<Range<u64>>,
    ) -> Result<Option<OpenBlob>, BlobsError> {
        let place = self.place(volume, hash);
        let mut file = match File::open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(medium("opening a blob")(error)),
        };
        let size = file.metadata().map_err(medium("opening a blob"))?.len();
        let Some(part) = part else {
            return Ok(Some(OpenBlob { size, content: Box::new(Checked::new(file, *hash, size)) }));
        };
        self.must_be_whole(place, &file, *hash).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => BlobsError::Damaged { hash: *hash },
            _ => medium("reading a blob")(error),
        })?;
        file.seek(SeekFrom::Start(part.start)).map_err(medium("reading a blob"))?;
        let content = Box::new(file.take(part.end.saturating_sub(part.start)));
        Ok(Some(OpenBlob { size, content }))
    }

    fn list(&self, volume: &VolumeId, visit: &mut dyn FnMut(KeptBlob)) -> Result<(), BlobsError> {
        let folder = self.folder(volume);
        let failed = medium("listing blobs");
        for first in names(&folder).map_err(&failed)? {
            for name in names(&folder.join(first)).map_err(&failed)? {
                // One that was removed meanwhile is gone.
                let hash = name.parse::<BlobHash>().ok();
                if let Some(hash) = hash
                    && let Some(kept) = self.look(volume, &hash)?
                {
                    visit(kept);
                }
            }
        }
        Ok(())
    }

    fn remove(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        before: Timestamp,
    ) -> Result<bool, BlobsError> {
        if self.look(volume, hash)?.is_none() {
            return Ok(false);
        }
        let _lock = self.alone()?;
        match self.look(volume, hash)? {
            Some(kept) if kept.kept_at < before => {
                let place = self.place(volume, hash);
                fs::remove_file(&place).map_err(medium("removing a blob"))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, BlobsError> {
        let failed = medium("listing blobs");
        let mut found = vec![VolumeId::System];
        for kind in ["team", "user"] {
            let names = names(&self.root.join(format!("{kind}s"))).map_err(&failed)?;
            found.extend(names.iter().filter_map(|name| format!("{kind}/{name}").parse().ok()));
        }
        let mut with_blobs = Vec::new();
        for volume in found {
            if files::holds_a_file(&self.folder(&volume)).map_err(&failed)? {
                with_blobs.push(volume);
            }
        }
        with_blobs.sort();
        Ok(with_blobs)
    }
}
