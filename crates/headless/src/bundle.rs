//! The files that Node.js reads: kept inside the program, unpacked once into a
//! folder that is named after what they are.

use std::{
    borrow::Cow,
    fs, io,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The list of the files, made by `ui/scripts/headless.mjs`.
#[derive(Debug, Deserialize)]
struct Manifest {
    /// Names this exact set of files.
    key: String,
    files: Vec<BundleFile>,
}

/// One file of the bundle.
#[derive(Clone, Debug, Deserialize)]
pub struct BundleFile {
    /// Where it lies, relative to the bundle.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// The SHA-256 of its content.
    pub sha256: String,
}

/// The unpacked bundle.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The folder that holds the files.
    pub folder: PathBuf,
}

/// Why the bundle could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The program holds none.
    #[error("this program was built without the runtimes")]
    Absent,
    /// A file is not what the list says.
    #[error("`{path}` inside the program is not what its list says")]
    Damaged {
        /// The file.
        path: String,
    },
    /// The disk failed.
    #[error("cannot unpack the runtimes to `{}`: {source}", .folder.display())]
    Disk {
        /// Where they should go.
        folder: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl BundleError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Absent => "run `cargo xtask serve` in the source folder: it builds them",
            Self::Damaged { .. } => "install the program again",
            Self::Disk { .. } => "make room there, or name another folder with `LLMOS_CACHE`",
        }
    }
}

/// The file that lists the others.
const MANIFEST: &str = "headless/manifest.json";
/// Written last, so that a folder without it is unpacked again.
const COMPLETE: &str = "complete";

impl Bundle {
    /// Unpacks the files below `cache`, unless they lie there already.
    pub fn unpack<'a>(
        cache: &Path,
        read: &dyn Fn(&str) -> Option<Cow<'a, [u8]>>,
    ) -> Result<Self, BundleError> {
        let manifest = read(MANIFEST).ok_or(BundleError::Absent)?;
        let damaged = |path: &str| BundleError::Damaged { path: path.to_owned() };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else {
            return Err(damaged(MANIFEST));
        };
        if !manifest.key.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(damaged(MANIFEST));
        }
        let folder = cache.join(format!("headless-{}", manifest.key));
        let disk = |source| BundleError::Disk { folder: folder.clone(), source };
        if is_whole(&folder, &manifest.files) {
            let folder = fs::canonicalize(&folder).map_err(disk)?;
            return Ok(Self { folder });
        }
        fs::create_dir_all(cache).map_err(disk)?;
        let fresh = tempfile::Builder::new().prefix(".unpacking-").tempdir_in(cache);
        let fresh = fresh.map_err(disk)?;
        for file in &manifest.files {
            let safe =
                Path::new(&file.path).components().all(|c| matches!(c, Component::Normal(_)));
            let content = read(&file.path).filter(|_| safe).ok_or_else(|| damaged(&file.path))?;
            if hex(&Sha256::digest(&content)) != file.sha256 {
                return Err(damaged(&file.path));
            }
            let target = fresh.path().join(&file.path);
            let above = target.parent().unwrap_or(fresh.path());
            fs::create_dir_all(above).and_then(|()| fs::write(&target, &content)).map_err(disk)?;
        }
        fs::write(fresh.path().join(COMPLETE), "").map_err(disk)?;
        // Another process may have been quicker; what lies there half-done is ours to replace.
        if folder.exists() && !is_whole(&folder, &manifest.files) {
            fs::remove_dir_all(&folder).map_err(disk)?;
        }
        match fs::rename(fresh.path(), &folder) {
            Ok(()) => drop(fresh.keep()),
            Err(_) if is_whole(&folder, &manifest.files) => {}
            Err(source) => return Err(disk(source)),
        }
        forget_others(cache, &folder);
        let folder = fs::canonicalize(&folder).map_err(disk)?;
        Ok(Self { folder })
    }

    /// Returns the first file of Node.js.
    pub(crate) fn main(&self) -> PathBuf {
        self.folder.join("headless/main.mjs")
    }
}

/// Says whether every file lies there in full length.
fn is_whole(folder: &Path, files: &[BundleFile]) -> bool {
    let long = |file: &BundleFile| {
        fs::metadata(folder.join(&file.path)).is_ok_and(|found| found.len() == file.bytes)
    };
    folder.join(COMPLETE).is_file() && files.iter().all(long)
}

/// Removes what other versions of the program left; a failure leaves it for the next time.
fn forget_others(cache: &Path, current: &Path) {
    /// A week: a run of another version may still be reading.
    const OLD: std::time::Duration = std::time::Duration::from_hours(24 * 7);
    let Ok(entries) = fs::read_dir(cache) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_string_lossy().starts_with("headless-") && entry.path() != current;
        let used = entry.metadata().and_then(|found| found.modified()).map(|time| time.elapsed());
        if ours && used.is_ok_and(|age| age.is_ok_and(|age| age > OLD)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, collections::BTreeMap, fs};

    use sha2::{Digest, Sha256};

    use super::{Bundle, BundleError, hex};

    fn files(main: &str) -> BTreeMap<String, Vec<u8>> {
        let sha256 = hex(&Sha256::digest("main"));
        let list = format!(
            r#"{{"key": "k1", "files": [{{"path": "headless/main.mjs", "bytes": 4, "sha256": "{sha256}"}}]}}"#
        );
        BTreeMap::from([
            ("headless/manifest.json".to_owned(), list.into_bytes()),
            ("headless/main.mjs".to_owned(), main.as_bytes().to_vec()),
        ])
    }

    fn unpack(
        files: &BTreeMap<String, Vec<u8>>,
        cache: &std::path::Path,
    ) -> Result<Bundle, BundleError> {
        Bundle::unpack(cache, &|path| files.get(path).map(|bytes| Cow::Borrowed(&bytes[..])))
    }

    #[test]
    fn files_are_unpacked_once_and_again_when_they_are_cut_short() {
        let cache = tempfile::tempdir().expect("there is room");
        let files = files("main");
        let bundle = unpack(&files, cache.path()).expect("it is whole");
        assert_eq!(fs::read(bundle.main()).expect("it is there"), b"main");
        let nothing = BTreeMap::from([files
            .first_key_value()
            .map(|(k, v)| (k.clone(), v.clone()))
            .into_iter()
            .chain(
                files.get_key_value("headless/manifest.json").map(|(k, v)| (k.clone(), v.clone())),
            )
            .last()
            .expect("there are two")]);
        unpack(&nothing, cache.path()).expect("nothing but the list is read again");
        fs::write(bundle.main(), "ma").expect("it is ours");
        unpack(&files, cache.path()).expect("it is unpacked again");
        assert_eq!(fs::read(bundle.main()).expect("it is there"), b"main");
        assert_eq!(
            fs::read_dir(cache.path()).expect("it is there").count(),
            1,
            "nothing is left over"
        );
    }

    #[test]
    fn what_is_not_as_listed_is_refused() {
        let cache = tempfile::tempdir().expect("there is room");
        let changed = unpack(&files("evil"), cache.path()).expect_err("it was changed");
        assert_eq!(
            changed.to_string(),
            "`headless/main.mjs` inside the program is not what its list says"
        );
        let absent = unpack(&BTreeMap::new(), cache.path()).expect_err("there is none");
        assert!(matches!(absent, BundleError::Absent));
    }
}
