//! Keys at rest: sealed with a master key that lies beside the volumes and that
//! only the user who runs the server may read.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use super::secret::Secret;

/// The file of the master key, in the folder of all volumes.
const NAME: &str = ".llmos-lite-master-key";

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Seals and opens keys.
pub(crate) struct Safe {
    path: PathBuf,
}

/// Why a key cannot be sealed or opened.
#[derive(Debug)]
pub(crate) enum SafeError {
    /// The master key cannot be read or made.
    Medium(io::Error),
    /// It was sealed by another master key or for something else, or was changed.
    Sealed,
}

impl Safe {
    /// The safe whose master key is a file of this name, or lies in the folder of the volumes.
    pub(crate) fn new(root: &Path, elsewhere: Option<PathBuf>) -> Self {
        Self { path: elsewhere.unwrap_or_else(|| root.join(NAME)) }
    }

    /// Seals a key for one purpose: it opens for no other.
    pub(crate) fn seal(&self, key: &Secret, purpose: &str) -> Result<String, SafeError> {
        let cipher = cipher(&*self.master(true)?.ok_or(SafeError::Sealed)?);
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| SafeError::Medium(io::Error::other(error)))?;
        let payload = Payload { msg: key.expose().as_bytes(), aad: purpose.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.or(Err(SafeError::Sealed))?;
        Ok(nonce.iter().chain(&sealed).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Opens what was sealed for this purpose.
    pub(crate) fn open(&self, sealed: &str, purpose: &str) -> Result<Secret, SafeError> {
        let bytes = from_hex(sealed).ok_or(SafeError::Sealed)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SafeError::Sealed)?;
        let cipher = cipher(&*self.master(false)?.ok_or(SafeError::Sealed)?);
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let opened = cipher.decrypt(&XNonce::from(*nonce), payload).or(Err(SafeError::Sealed))?;
        String::from_utf8(opened).map(Secret::new).or(Err(SafeError::Sealed))
    }

    fn master(&self, make: bool) -> Result<Option<Zeroizing<[u8; KEY_BYTES]>>, SafeError> {
        match fs::read(&self.path).map(Zeroizing::new) {
            Ok(bytes) => {
                let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
                Ok(Some(Zeroizing::new(key.or(Err(SafeError::Sealed))?)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
                make_master(&self.path).map_err(SafeError::Medium)?;
                self.master(false)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SafeError::Medium(error)),
        }
    }
}

/// Makes a master key. Of several processes that do so at the same time, the first wins.
fn make_master(path: &Path) -> io::Result<()> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let unfinished = private_file(folder, &*key)?;
    match unfinished.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => sync(folder),
    }
}

/// Writes a file that only its owner may read, whole or not at all; it would survive a power cut.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    private_file(folder, bytes)?.persist(path).map_err(|error| error.error)?;
    sync(folder)
}

/// On Unix such a file has mode 0600 from the beginning.
fn private_file(folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".llmos-lite-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn cipher(key: &[u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_for_its_purpose_and_its_installation_only() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let safe = Safe::new(here.path(), None);
        let sealed = safe.seal(&Secret::new("sk-planted".to_owned()), "ana").ok().unwrap();
        assert!(!sealed.contains("planted"));
        assert_eq!(safe.open(&sealed, "ana").ok().unwrap().expose(), "sk-planted");
        assert!(matches!(safe.open(&sealed, "ben"), Err(SafeError::Sealed)));
        assert!(matches!(
            Safe::new(there.path(), None).open(&sealed, "ana"),
            Err(SafeError::Sealed)
        ));
        let mut changed = sealed.clone();
        let last = if changed.pop() == Some('0') { '1' } else { '0' };
        changed.push(last);
        for broken in [changed.as_str(), "", "0", "zz", "00ff", "ä"] {
            assert!(matches!(safe.open(broken, "ana"), Err(SafeError::Sealed)), "{broken}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_master_key() {
        use std::os::unix::fs::PermissionsExt;
        let here = tempfile::tempdir().unwrap();
        let safe = Safe::new(here.path(), None);
        assert!(safe.seal(&Secret::new("k".to_owned()), "p").is_ok());
        let mode = fs::metadata(here.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
