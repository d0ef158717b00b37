//! The secret of an installation, which tells its own journals from planted ones.
//!
//! A journal is acted upon when a volume is opened. A volume that somebody hands
//! over, `.git` and all, could bring one; without the secret it is nobody's. The
//! secret is a file beside the volumes, never in one.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sha1::Digest;

/// The file, in the folder of all volumes.
const NAME: &str = ".llmos-lite-secret";

const BYTES: usize = 32;

/// Reads the secret when it is first needed.
#[derive(Debug)]
pub(crate) struct Secret {
    root: PathBuf,
    known: OnceLock<[u8; BYTES]>,
}

/// What the secret makes of some bytes.
pub(crate) type Seal = [u8; 20];

impl Secret {
    /// The secret of the volumes under `root`; touches nothing on disk.
    pub(crate) fn of(root: &Path) -> Self {
        Self { root: root.to_owned(), known: OnceLock::new() }
    }

    /// Returns it if there is one.
    pub(crate) fn get(&self) -> io::Result<Option<[u8; BYTES]>> {
        if let Some(known) = self.known.get() {
            return Ok(Some(*known));
        }
        match fs::read(self.root.join(NAME)) {
            Ok(bytes) => {
                let found = <[u8; BYTES]>::try_from(bytes.as_slice()).ok();
                Ok(found.map(|found| *self.known.get_or_init(|| found)))
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(err) => Err(err),
        }
    }

    /// Returns it, and makes it before if there is none; then it would survive a power cut.
    pub(crate) fn get_or_make(&self) -> io::Result<[u8; BYTES]> {
        if let Some(known) = self.get()? {
            return Ok(known);
        }
        let mut made = [0; BYTES];
        getrandom::fill(&mut made).map_err(io::Error::other)?;
        let unfinished = self.root.join(format!("{NAME}-{}", std::process::id()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&unfinished)?;
        file.write_all(&made)?;
        file.sync_all()?;
        // Of several processes that make one at the same time, the first wins.
        match fs::hard_link(&unfinished, self.root.join(NAME)) {
            Err(err) if err.kind() != io::ErrorKind::AlreadyExists => return Err(err),
            _ => fs::remove_file(&unfinished)?,
        }
        #[cfg(unix)]
        File::open(&self.root)?.sync_all()?;
        self.get()?.ok_or_else(|| {
            io::Error::other(format!("`{NAME}` in the folder of the volumes is damaged: remove it"))
        })
    }
}

/// Computes what only those who know the secret can compute.
pub(crate) fn seal(secret: &[u8; BYTES], parts: &[&[u8]]) -> Seal {
    // HMAC-SHA-1, RFC 2104.
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(secret).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let mut inner = sha1::Sha1::new();
    inner.update(pad(0x36));
    parts.iter().for_each(|part| inner.update(part));
    let mut outer = sha1::Sha1::new();
    outer.update(pad(0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}
