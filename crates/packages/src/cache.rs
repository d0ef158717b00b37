//! The folder that holds the packages:
//!
//! ```text
//! lock.json            which packages there are
//! files/<sha256>       their files
//! incoming/<sha256>    files that have begun to arrive, or were not checked yet
//! changing             held by the process that changes something
//! ```
//!
//! A file is moved into `files` when its hash is known to be its name, and the
//! lock is replaced whole, so whoever reads meanwhile sees the old or the new.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    fetch::is_full,
    lock::{Lock, LockError, is_sha256},
};

/// A cache of packages on disk.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

/// Why a cache cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The lock cannot be understood.
    #[error("`{path}` cannot be used: {source}")]
    Lock {
        /// The lock.
        path: PathBuf,
        /// Why.
        source: LockError,
    },
    /// A file is not what it was when it was kept.
    #[error("the file of `{name}` is not the one that was kept: its hash is {got}")]
    Changed {
        /// The package.
        name: String,
        /// What the hash is now.
        got: String,
    },
    /// A file is gone.
    #[error("the file of `{name}` is gone")]
    Gone {
        /// The package.
        name: String,
    },
}

/// The right to change a cache, until it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Changing {
    cache: Cache,
    _held: File,
}

impl Cache {
    /// Takes the cache in this folder; touches nothing on disk.
    pub fn open(root: PathBuf) -> Self {
        let root = std::path::absolute(&root).unwrap_or(root);
        Self { root }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads which packages there are; none where there is no cache yet.
    pub fn lock(&self) -> Result<Lock, CacheError> {
        let path = self.lock_path();
        match fs::read(&path) {
            Ok(text) => Lock::parse(&text).map_err(|source| CacheError::Lock { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::empty()),
            Err(source) => Err(CacheError::Read { path, source }),
        }
    }

    /// Reads the file of a package, and counts its hash before it is handed out.
    pub fn read(&self, name: &str, sha256: &str) -> Result<Vec<u8>, CacheError> {
        if !is_sha256(sha256) {
            return Err(CacheError::Gone { name: name.to_owned() });
        }
        let path = self.file_path(sha256);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(CacheError::Gone { name: name.to_owned() });
            }
            Err(source) => return Err(CacheError::Read { path, source }),
        };
        let got = hex(&Sha256::digest(&content));
        if got == sha256 {
            return Ok(content);
        }
        Err(CacheError::Changed { name: name.to_owned(), got })
    }

    /// Takes the right to change it; `None` while another process has it.
    pub(crate) fn try_change(&self) -> Result<Option<Changing>, CacheError> {
        for folder in [self.files(), self.incoming()] {
            fs::create_dir_all(&folder)
                .map_err(|source| CacheError::Write { path: folder, source })?;
        }
        let path = self.root.join("changing");
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let held = opened.map_err(|source| CacheError::Write { path: path.clone(), source })?;
        match held.try_lock() {
            Ok(()) => Ok(Some(Changing { cache: self.clone(), _held: held })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(CacheError::Write { path, source }),
        }
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    pub(crate) fn file_path(&self, sha256: &str) -> PathBuf {
        self.files().join(sha256)
    }

    fn lock_path(&self) -> PathBuf {
        self.root.join("lock.json")
    }
}

impl Changing {
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Where a file of this hash arrives.
    pub(crate) fn incoming_path(&self, sha256: &str) -> PathBuf {
        self.cache.incoming().join(sha256)
    }

    /// Moves a file whose hash was counted to where it stays.
    pub(crate) fn keep(&self, incoming: &Path, sha256: &str) -> Result<(), CacheError> {
        let path = self.cache.file_path(sha256);
        let moved = fs::rename(incoming, &path).and_then(|()| sync_folder(&self.cache.files()));
        moved.map_err(|source| CacheError::Write { path, source })?;
        // What was remembered beside it has no use any more; `prune` removes it where this fails.
        let _ = fs::remove_file(incoming.with_extension("json"));
        Ok(())
    }

    /// Replaces the lock.
    pub(crate) fn write_lock(&self, lock: &Lock) -> Result<(), CacheError> {
        let path = self.cache.lock_path();
        let new = self.cache.root.join("lock.json.new");
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(lock.to_json().as_bytes())?;
            file.sync_all()
        });
        let placed = written
            .and_then(|()| fs::rename(&new, &path))
            .and_then(|()| sync_folder(&self.cache.root));
        placed.map_err(|source| CacheError::Write { path, source })
    }
}

impl CacheError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "check who may read it, or use `--packages FOLDER`".to_owned(),
            Self::Write { source, .. } if is_full(source.kind()) => {
                "make room, or keep packages elsewhere with `--packages FOLDER`".to_owned()
            }
            Self::Write { .. } => {
                "check who may write there, or use `--packages FOLDER`".to_owned()
            }
            Self::Lock { source: LockError::OtherPython { .. }, .. } => {
                "it was made for another release: remove the folder, then add the packages again"
                    .to_owned()
            }
            Self::Lock { .. } => "remove that file, then add the packages again".to_owned(),
            Self::Changed { name, .. } | Self::Gone { name } => {
                format!("run `llmos packages add {name}`: it fetches the file again")
            }
        }
    }
}

/// Counts the hash of a file.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a move outlast a power cut, where the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
