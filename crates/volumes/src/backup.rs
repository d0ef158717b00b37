//! All volumes in one file, and back.
//!
//! The file is an ordinary zip: `manifest.json`, for each volume a pack of Git
//! with everything that its branches and tags reach, and files that lie beside the
//! volumes. Which of these belong to it, is for others to say.

mod manifest;
mod restore;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
};

use gix::ObjectId;
use jiff::Timestamp;
use llmos_core::store::StoreError;
use sha1::Digest;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    GitStore,
    program::{self, Borrowed},
    volume::Volume,
};

pub use manifest::{BackedUp, BackedUpFile, Contents};
pub use restore::restore;

/// A file beside the volumes that goes into a backup.
pub struct HomeFile {
    /// Its path below the folder of the volumes, with `/`.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// How often a volume is tried that others write to without pause.
const ATTEMPTS: usize = 5;

/// Why a backup was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A volume cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of the backup, or a folder, cannot be written or read.
    #[error("{doing}: {source}")]
    Medium {
        /// What was being done.
        doing: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The file is no backup, or not what it was.
    #[error("`{file}` is no whole backup: {reason}", file = file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something stands where the backup is to go.
    #[error("`{place}` is there already", place = place.display())]
    Occupied {
        /// The file or folder.
        place: PathBuf,
    },
}

impl BackupError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Store(err) => err.hint().unwrap_or("run `llmos verify`"),
            Self::Medium { .. } => "check that `git` is installed, and that the disk has room",
            Self::Damaged { .. } => "take another backup; this one restores nothing",
            Self::Occupied { .. } => {
                "choose another place, or restore with `--move-aside` to keep what is there under another name"
            }
        }
    }

    fn medium(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Medium { doing, source }
    }
}

impl GitStore {
    /// Writes all volumes into one new file. Others may write to them meanwhile.
    ///
    /// Each volume is in it as it was at one moment, with every change that was answered before this began. The
    /// files beside the volumes are those that are handed in.
    pub fn backup(
        &self,
        to: &Path,
        files: &[HomeFile],
        made_at: Timestamp,
    ) -> Result<Contents, BackupError> {
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Occupied { place: to.to_owned() });
        }
        let writing = format!("writing `{}`", to.display());
        // Under a name that nobody can foresee, and for this user alone: there are secrets in it.
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        let (file, unfinished) = tempfile::Builder::new()
            .prefix(&format!("{name}."))
            .suffix(".part")
            .tempfile_in(folder_of(to))
            .map_err(BackupError::medium(&writing))?
            .into_parts();
        let mut zip = ZipWriter::new(file);
        let mut made = Contents::default();
        let result = self.repositories().map_err(BackupError::from).and_then(|volumes| {
            for id in volumes {
                made.volumes.extend(self.volume(&id).back_up(&mut zip, &writing)?);
            }
            for file in files {
                made.files.push(put_file(&mut zip, file).map_err(BackupError::medium(&writing))?);
            }
            Ok(())
        });
        let result = result.and_then(|()| {
            let written = zip
                .start_file(manifest::NAME, options())
                .map_err(io::Error::other)
                .and_then(|()| zip.write_all(&manifest::print(&made, made_at)))
                .and_then(|()| zip.finish().map_err(io::Error::other))
                .and_then(|file| file.sync_all())
                .and_then(|()| unfinished.persist_noclobber(to).map_err(|err| err.error))
                .and_then(|()| sync_folder_of(to));
            written.map_err(BackupError::medium(&writing))
        });
        result.map(|()| made)
    }
}

impl Volume {
    fn back_up(
        &self,
        zip: &mut ZipWriter<File>,
        writing: &str,
    ) -> Result<Option<BackedUp>, BackupError> {
        let names = self.names_at_rest()?;
        if names.is_empty() {
            return Ok(None);
        }
        let reading = format!("packing volume `{}`", self.id);
        let roots: Vec<ObjectId> = names.iter().map(|(_, id)| *id).collect();
        let borrowed =
            Borrowed::new(&self.objects_folder(), &roots).map_err(BackupError::medium(&reading))?;
        let mut command = borrowed.git(&[
            "pack-objects",
            "--quiet",
            "--revs",
            "--delta-base-offset",
            "--stdout",
            "--threads=1",
        ]);
        let mut child =
            program::start(command.stdin(Stdio::piped())).map_err(BackupError::medium(&reading))?;
        let wanted: String = roots.iter().map(|id| format!("{id}\n")).collect();
        let input = child.stdin.take();
        let feeding = thread::spawn(move || match input {
            Some(mut input) => input.write_all(wanted.as_bytes()),
            None => Ok(()),
        });
        let mut counted = Counted { from: child.stdout.take(), hash: sha1::Sha1::new(), bytes: 0 };
        zip.start_file(manifest::pack_of(&self.id), options())
            .map_err(|err| BackupError::medium(writing)(io::Error::other(err)))?;
        io::copy(&mut counted, zip).map_err(BackupError::medium(writing))?;
        drop(feeding.join());
        program::finish(child).map_err(BackupError::medium(&reading))?;
        Ok(Some(BackedUp {
            volume: self.id.clone(),
            names: names.into_iter().map(|(name, id)| (name, id.to_string())).collect(),
            n_bytes: counted.bytes,
            sha1: hex(&counted.hash.finalize()),
        }))
    }

    /// The names of the volume while nobody changes it: what was answered is in Git then.
    fn names_at_rest(&self) -> Result<Vec<(String, ObjectId)>, StoreError> {
        let Some(repository) = self.open()? else { return Ok(Vec::new()) };
        for attempt in 1.. {
            match self.locks() {
                Ok(_locks) => return self.names_of(&repository),
                Err(StoreError::Busy { .. }) if attempt < ATTEMPTS => {}
                Err(err) => return Err(err),
            }
        }
        Ok(Vec::new())
    }
}

fn put_file(zip: &mut ZipWriter<File>, file: &HomeFile) -> io::Result<BackedUpFile> {
    let HomeFile { name, content } = file;
    if !manifest::is_home_name(name) {
        return Err(io::Error::other(format!("`{name}` is no file beside the volumes")));
    }
    let compressed = options().compression_method(CompressionMethod::Deflated);
    zip.start_file(manifest::member_of(name), compressed).map_err(io::Error::other)?;
    zip.write_all(content)?;
    Ok(BackedUpFile {
        name: name.clone(),
        n_bytes: content.len() as u64,
        sha1: hex(&sha1::Sha1::digest(content)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads, and counts what was read.
struct Counted<R> {
    from: Option<R>,
    hash: sha1::Sha1,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(from) = &mut self.from else { return Ok(0) };
        let n = from.read(into)?;
        self.hash.update(&into[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

fn options() -> SimpleFileOptions {
    // Packs are compressed already.
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder_of(path))?.sync_all(),
        false => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn not_whole(file: &Path, reason: impl ToString) -> BackupError {
    BackupError::Damaged { file: file.to_owned(), reason: reason.to_string() }
}

fn not_zip(file: &Path) -> impl Fn(ZipError) -> BackupError {
    move |err| not_whole(file, err)
}
