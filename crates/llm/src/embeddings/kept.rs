//! Vectors kept on disk under the hash of model and text: no text is sent twice.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use llmos_core::search::semantic::{EmbedError, Embedder};
use sha2::{Digest, Sha256};

/// An embedder that remembers.
///
/// A file that is damaged, or cannot be written, costs a request and nothing more.
pub struct KeptVectors<E> {
    inner: E,
    folder: PathBuf,
}

impl<E: Embedder> KeptVectors<E> {
    /// Keeps the vectors of an embedder in a folder, which is made when the first one comes.
    pub fn new(inner: E, folder: impl Into<PathBuf>) -> Self {
        Self { inner, folder: folder.into() }
    }

    fn path(&self, text: &str) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(self.inner.model().len().to_le_bytes());
        hash.update(self.inner.model());
        hash.update(text);
        let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(&name[..2]).join(format!("{name}.f32"))
    }
}

impl<E: Embedder> Embedder for KeptVectors<E> {
    fn model(&self) -> &str {
        self.inner.model()
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let paths: Vec<PathBuf> = texts.iter().map(|text| self.path(text)).collect();
        let mut kept: BTreeMap<&Path, Vec<f32>> = BTreeMap::new();
        let mut missing: BTreeMap<&Path, &String> = BTreeMap::new();
        for (path, text) in paths.iter().zip(texts) {
            match read(path) {
                Some(vector) => kept.insert(path, vector).map(drop),
                None => missing.insert(path, text).map(drop),
            };
        }
        if !missing.is_empty() {
            let asked: Vec<String> = missing.values().map(|text| (*text).clone()).collect();
            for (path, vector) in missing.keys().zip(self.inner.embed(&asked)?) {
                // What cannot be kept is asked for again the next time.
                let _ = write(path, &vector);
                kept.insert(path, vector);
            }
        }
        Ok(paths.iter().map(|path| kept.get(path.as_path()).cloned().unwrap_or_default()).collect())
    }
}

/// Reads little-endian numbers; `None` for what is not there or is none.
fn read(path: &Path) -> Option<Vec<f32>> {
    let bytes = fs::read(path).ok()?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    let vector: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
    let whole = rest.is_empty() && !vector.is_empty() && vector.iter().all(|x| x.is_finite());
    whole.then_some(vector)
}

/// Writes it whole or not at all.
fn write(path: &Path, vector: &[f32]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    file.write_all(&bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
