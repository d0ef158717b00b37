//! The journal of a volume: what was promised to writers and may not be in Git yet.
//!
//! It is `.git/llmos-lite/journal-<n>`, one file for each process that writes.
//! Each record is one batch of commits and is flushed before a writer hears that
//! its change is kept. A record holds commits and the files that they change, not
//! trees: those follow from the commit before. Once everything is in Git and
//! flushed there, the next record starts at the beginning again, where its space
//! on disk is already taken, so a flush has little to do.
//!
//! A record is `LLMJ`, epoch (u64), number (u32), length (u64), HMAC-SHA-1 of all
//! that and the payload under the installation's secret (20 bytes), then the
//! payload; integers are little-endian. The records of a file are those from its
//! start that are whole, sealed by this installation, of one epoch and numbered
//! from zero; what follows is old.

mod record;

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use gix::ObjectId;
pub(crate) use record::{KeptCommit, KeptFile};

use crate::{
    disk::Disk,
    secret::{self, Secret},
};

/// The folder below `.git` that belongs to this program.
pub(crate) const OWN_FOLDER: &str = "llmos-lite";

const MAGIC: &[u8; 4] = b"LLMJ";
const FACTS_BYTES: usize = 4 + 8 + 4 + 8;
const HEADER_BYTES: usize = FACTS_BYTES + 20;

/// How much space a journal takes at least.
const FIRST_BYTES: u64 = 64 << 10;

/// How often, and how long apart, it is looked whether a journal is free.
const LOCK_ATTEMPTS: usize = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(2);

/// How many processes can write to one volume.
const SLOTS: usize = 64;

/// The journal that this process writes.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    disk: Arc<dyn Disk>,
    secret: [u8; 32],
    epoch: u64,
    /// The number of the next record.
    next: u32,
    /// Where the next record goes.
    end: u64,
    /// How far the file reaches.
    space: u64,
    /// Set when it is not known what is on disk; nothing more is promised with this file.
    broken: bool,
}

/// A journal that holds records, and that nobody writes any more.
#[derive(Debug)]
pub(crate) struct Left {
    file: File,
    pub(crate) batches: Vec<Vec<KeptCommit>>,
}

impl Journal {
    /// Opens a journal that is free, below `git`; it must hold no records, see [`left`].
    ///
    /// Whoever calls this holds the locks of the volume.
    pub(crate) fn open(git: &Path, disk: Arc<dyn Disk>, secret: &Secret) -> io::Result<Self> {
        let secret = secret.get_or_make()?;
        let folder = git.join(OWN_FOLDER);
        make_folder(&folder)?;
        for slot in 0..SLOTS {
            let path = folder.join(format!("journal-{slot}"));
            let Some(mut file) = lock(&path, true)? else { continue };
            let (epoch, batches) = read(&mut file, &secret)?;
            if !batches.is_empty() {
                continue;
            }
            let space = file.metadata()?.len();
            let epoch = epoch.wrapping_add(1);
            if space == 0 {
                File::open(&folder)?.sync_all()?;
                File::open(git)?.sync_all()?;
            }
            return Ok(Self {
                path,
                file,
                disk,
                secret,
                epoch,
                next: 0,
                end: 0,
                space,
                broken: false,
            });
        }
        Err(io::Error::other("too many programs write to this volume"))
    }

    /// Keeps a batch; once this returns it survives a power cut.
    ///
    /// After an error nothing of it will be seen again.
    pub(crate) fn append(&mut self, batch: &[KeptCommit]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write to the journal failed"));
        }
        let bytes = self.record(batch);
        let written = self.write(&bytes);
        match written {
            Ok(()) => {
                self.end += bytes.len() as u64;
                self.next += 1;
                Ok(())
            }
            Err(err) => {
                // Whatever reached the disk must not count, or a refused change would come back.
                self.broken = self.void().is_err();
                Err(err)
            }
        }
    }

    /// Forgets every record: all of it is in Git and flushed there.
    pub(crate) fn reset(&mut self) -> io::Result<()> {
        if self.end == 0 && !self.broken {
            return Ok(());
        }
        (self.end, self.next) = (0, 0);
        self.epoch = self.epoch.wrapping_add(1);
        self.broken = true;
        self.void()?;
        self.broken = false;
        Ok(())
    }

    /// Says whether its file still has a name: a volume may be deleted and made anew.
    pub(crate) fn is_there(&self) -> bool {
        self.path.exists()
    }

    /// Says whether it failed in a way that leaves open what is on disk.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many bytes of records there are.
    pub(crate) fn len(&self) -> u64 {
        self.end
    }

    fn record(&self, batch: &[KeptCommit]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        record::print(batch, &mut bytes);
        let length = (bytes.len() - HEADER_BYTES) as u64;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&self.epoch.to_le_bytes());
        header.extend_from_slice(&self.next.to_le_bytes());
        header.extend_from_slice(&length.to_le_bytes());
        let seal = secret::seal(&self.secret, &[&header, &bytes[HEADER_BYTES..]]);
        header.extend_from_slice(&seal);
        bytes[..HEADER_BYTES].copy_from_slice(&header);
        bytes
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.make_room(self.end + bytes.len() as u64)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.disk.write(&self.file, bytes)?;
        self.disk.flush(&self.file)
    }

    /// Fills the file with zeros up to a power of two, so that later records change no metadata.
    fn make_room(&mut self, needed: u64) -> io::Result<()> {
        if needed <= self.space {
            return Ok(());
        }
        let space = needed.next_power_of_two().max(FIRST_BYTES);
        self.file.seek(SeekFrom::Start(self.space))?;
        let zeros = vec![0; 64 << 10];
        let mut missing = space - self.space;
        while missing > 0 {
            let n = missing.min(zeros.len() as u64);
            self.disk.write(&self.file, &zeros[..n as usize])?;
            missing -= n;
        }
        self.space = space;
        Ok(())
    }

    /// Makes the record at `end`, if there is one, no record.
    fn void(&mut self) -> io::Result<()> {
        if self.end >= self.space {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.disk.write(&self.file, &[0; HEADER_BYTES])?;
        self.disk.flush(&self.file)
    }
}

impl Left {
    /// Forgets its records: all of it is in Git and flushed there.
    pub(crate) fn discard(mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        io::Write::write_all(&mut self.file, &[0; HEADER_BYTES])?;
        self.file.sync_data()
    }
}

/// What the journals of a volume look like to somebody who takes none of them.
#[derive(Debug, Default)]
pub(crate) struct Glance {
    /// On what the records were made of each journal that holds some and whose process is gone.
    pub(crate) parents: Vec<Option<ObjectId>>,
    /// Whether there are others, of processes that live.
    pub(crate) some_in_use: bool,
}

/// Looks at the journals below `git`, and keeps none from whoever holds the locks of the volume.
pub(crate) fn glance(git: &Path, secret: &Secret) -> io::Result<Glance> {
    let mut seen = Glance::default();
    let Some(secret) = secret.get()? else { return Ok(seen) };
    for path in paths(git) {
        let Some(mut file) = lock_patiently(&path)? else {
            seen.some_in_use = true;
            continue;
        };
        file.unlock()?;
        let (_, batches) = read(&mut file, &secret)?;
        seen.parents.extend(batches.iter().flatten().next().map(KeptCommit::parent));
    }
    Ok(seen)
}

/// Takes the journals below `git` that hold records and whose process is gone.
///
/// Whoever calls this holds the locks of the volume: a journal that somebody else took would seem to be in use.
/// What another installation left, or somebody planted, is none of them.
pub(crate) fn left(git: &Path, secret: &Secret) -> io::Result<Vec<Left>> {
    let mut found = Vec::new();
    let Some(secret) = secret.get()? else { return Ok(found) };
    for path in paths(git) {
        let Some(mut file) = lock_patiently(&path)? else { continue };
        let (_, batches) = read(&mut file, &secret)?;
        if !batches.is_empty() {
            found.push(Left { file, batches });
        }
    }
    Ok(found)
}

/// The journals below `git`, whosever they are.
fn paths(git: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = git.join(OWN_FOLDER);
    let is_there = fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir());
    let slots = if is_there { 0..SLOTS } else { 0..0 };
    let is_file =
        |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    slots.map(move |slot| folder.join(format!("journal-{slot}"))).take_while(is_file)
}

fn make_folder(folder: &PathBuf) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(err) if err.kind() != io::ErrorKind::AlreadyExists => return Err(err),
        _ => {}
    }
    match fs::symlink_metadata(folder)?.is_dir() {
        true => Ok(()),
        false => Err(io::Error::other(format!("`{}` is not a folder", folder.display()))),
    }
}

/// Opens a journal and locks it for as long as it is open; `None` when another process has it.
fn lock(path: &Path, create: bool) -> io::Result<Option<File>> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other(format!("`{}` is not a file", path.display())));
    }
    let file = File::options().read(true).write(true).create(create).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(err)) => Err(err),
    }
}

/// Like [`lock`] for a journal that is there, and waits a little.
///
/// A process that is just starting another one shares its open files with it for a moment,
/// and with them their locks.
fn lock_patiently(path: &Path) -> io::Result<Option<File>> {
    for _ in 0..LOCK_ATTEMPTS {
        if let Some(file) = lock(path, false)? {
            return Ok(Some(file));
        }
        thread::sleep(LOCK_PAUSE);
    }
    lock(path, false)
}

/// Returns the epoch of a journal and its records.
fn read(file: &mut File, secret: &[u8; 32]) -> io::Result<(u64, Vec<Vec<KeptCommit>>)> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let mut epoch = stored_epoch(&bytes);
    let mut batches = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((found, number, payload, after)) = next_record(rest, secret) {
        if number as usize != batches.len() || (number > 0 && found != epoch) {
            break;
        }
        epoch = found;
        let Some(batch) = record::parse(payload) else { break };
        batches.push(batch);
        rest = after;
    }
    Ok((epoch, batches))
}

/// The epoch that the file mentions anywhere: a new one must be none of these.
fn stored_epoch(bytes: &[u8]) -> u64 {
    let starts = bytes.windows(MAGIC.len()).enumerate().filter(|(_, window)| window == MAGIC);
    let epochs = starts.filter_map(|(at, _)| bytes.get(at + 4..at + 12)?.try_into().ok());
    epochs.map(u64::from_le_bytes).max().unwrap_or(0)
}

fn next_record<'a>(bytes: &'a [u8], secret: &[u8; 32]) -> Option<(u64, u32, &'a [u8], &'a [u8])> {
    let header = bytes.get(..HEADER_BYTES)?;
    let rest = header.strip_prefix(MAGIC)?;
    let (epoch, rest) = rest.split_first_chunk::<8>()?;
    let (number, rest) = rest.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let end = HEADER_BYTES.checked_add(length)?;
    let payload = bytes.get(HEADER_BYTES..end)?;
    if secret::seal(secret, &[&header[..FACTS_BYTES], payload]).as_slice() != rest {
        return None;
    }
    Some((u64::from_le_bytes(*epoch), u32::from_le_bytes(*number), payload, &bytes[end..]))
}

#[cfg(test)]
mod tests;
