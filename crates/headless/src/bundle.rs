//! The files that Node.js reads: kept inside the program, unpacked once into a
//! folder that is named after what they are.

use std::{
    borrow::Cow,
    fs,
    io::{self, Write},
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
    /// What was unpacked was changed.
    #[error("`{}` is not as it was unpacked", .folder.display())]
    Changed {
        /// The folder.
        folder: PathBuf,
    },
    /// Others could change what runs.
    #[error("`{}` {reason}: nothing is run from there", .folder.display())]
    Unsafe {
        /// The folder.
        folder: PathBuf,
        /// Why it is not trusted.
        reason: &'static str,
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
            Self::Unsafe { .. } => {
                "take the right to write there from others (`chmod go-w`), remove the folder, or name one of your own with `LLMOS_CACHE`"
            }
            Self::Changed { .. } => "the next `llmos run` unpacks it anew",
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
        let manifest = manifest(read)?;
        let folder = cache.join(format!("headless-{}", manifest.key));
        let disk = |source| BundleError::Disk { folder: folder.clone(), source };
        let damaged = |path: &str| BundleError::Damaged { path: path.to_owned() };
        make(cache).map_err(disk)?;
        is_ours(cache)?;
        if folder.exists() {
            is_ours(&folder)?;
        }
        if is_whole(&folder, &manifest.files) {
            let folder = fs::canonicalize(&folder).map_err(disk)?;
            return Ok(Self { folder });
        }
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
            fs::create_dir_all(above)
                .and_then(|()| write_durably(&target, &content))
                .map_err(disk)?;
        }
        sync_folders(fresh.path()).map_err(disk)?;
        write_durably(&fresh.path().join(COMPLETE), b"").map_err(disk)?;
        // Another process may have been quicker; what lies there half-done is ours to replace.
        if folder.exists() && !is_whole(&folder, &manifest.files) {
            fs::remove_dir_all(&folder).map_err(disk)?;
        }
        match fs::rename(fresh.path(), &folder) {
            Ok(()) => {
                drop(fresh.keep());
                sync_folders(&folder).map_err(disk)?;
            }
            Err(_) if is_whole(&folder, &manifest.files) => {}
            Err(source) => return Err(disk(source)),
        }
        forget_others(cache, &folder);
        let folder = fs::canonicalize(&folder).map_err(disk)?;
        Ok(Self { folder })
    }

    /// Says where the files were unpacked to, if they were; they must be as this program holds them.
    pub fn look<'a>(
        cache: &Path,
        read: &dyn Fn(&str) -> Option<Cow<'a, [u8]>>,
    ) -> Result<Option<PathBuf>, BundleError> {
        let manifest = manifest(read)?;
        let folder = cache.join(format!("headless-{}", manifest.key));
        if !folder.exists() {
            return Ok(None);
        }
        is_ours(cache)?;
        is_ours(&folder)?;
        if is_whole(&folder, &manifest.files) {
            return Ok(Some(folder));
        }
        Err(BundleError::Changed { folder })
    }

    /// Returns the first file of Node.js.
    pub(crate) fn main(&self) -> PathBuf {
        self.folder.join("headless/main.mjs")
    }
}

fn manifest<'a>(read: &dyn Fn(&str) -> Option<Cow<'a, [u8]>>) -> Result<Manifest, BundleError> {
    let manifest = read(MANIFEST).ok_or(BundleError::Absent)?;
    let manifest = serde_json::from_slice::<Manifest>(&manifest).ok();
    let is_name = |manifest: &Manifest| manifest.key.bytes().all(|b| b.is_ascii_alphanumeric());
    manifest.filter(is_name).ok_or_else(|| BundleError::Damaged { path: MANIFEST.to_owned() })
}

/// Says whether every file lies there as it should be: what runs is what was checked.
fn is_whole(folder: &Path, files: &[BundleFile]) -> bool {
    let same = |file: &BundleFile| {
        let path = folder.join(&file.path);
        let long = fs::symlink_metadata(&path)
            .is_ok_and(|found| found.is_file() && found.len() == file.bytes);
        long && fs::read(&path).is_ok_and(|content| hex(&Sha256::digest(&content)) == file.sha256)
    };
    folder.join(COMPLETE).is_file() && files.iter().all(same)
}

/// Writes a file so that it is there after a power cut.
fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Keeps the names in a folder, and in those inside it, over a power cut.
#[cfg(unix)]
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folders(_folder: &Path) -> io::Result<()> {
    // A folder cannot be flushed there; the hashes are counted before each use.
    Ok(())
}

/// Refuses a folder into which somebody else could put files between the check and the run.
#[cfg(unix)]
fn is_ours(folder: &Path) -> Result<(), BundleError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let disk = |source| BundleError::Disk { folder: folder.to_owned(), source };
    let found = fs::symlink_metadata(folder).map_err(disk)?;
    // A link is as safe as what it leads to, as long as it is our own.
    let led = fs::metadata(folder).map_err(disk)?;
    let me = rustix::process::geteuid().as_raw();
    if found.uid() != me || led.uid() != me {
        let reason = "belongs to somebody else";
        return Err(BundleError::Unsafe { folder: folder.to_owned(), reason });
    }
    if led.mode() & 0o002 != 0 {
        let reason = "can be written by others";
        return Err(BundleError::Unsafe { folder: folder.to_owned(), reason });
    }
    if led.mode() & 0o020 != 0 {
        // Many systems let a user's group write by default; what lies there is counted after this.
        let mut permissions = led.permissions();
        permissions.set_mode(led.mode() & 0o755);
        fs::set_permissions(folder, permissions).map_err(disk)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn is_ours(_folder: &Path) -> Result<(), BundleError> {
    // The folder lies in the user's own profile there.
    Ok(())
}

/// Makes the folder of the cache, for this user alone.
fn make(cache: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(cache)
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
        for change in ["ma", "evil"] {
            fs::write(bundle.main(), change).expect("it is ours");
            let look = Bundle::look(cache.path(), &|path| {
                files.get(path).map(|it| Cow::Borrowed(&it[..]))
            });
            assert!(matches!(look, Err(BundleError::Changed { .. })), "{look:?}");
            unpack(&files, cache.path()).expect("it is unpacked again");
            assert_eq!(fs::read(bundle.main()).expect("it is there"), b"main", "{change}");
        }
        assert_eq!(
            fs::read_dir(cache.path()).expect("it is there").count(),
            1,
            "nothing is left over"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;

        let home = tempfile::tempdir().expect("there is room");
        let cache = home.path().join("cache");
        let files = files("main");
        let bundle = unpack(&files, &cache).expect("it is whole");
        let mode = |path: &std::path::Path, mode: u32| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
        };
        let found = fs::metadata(&cache).expect("it is there").permissions().mode();
        assert_eq!(found & 0o777, 0o700, "it is for this user alone");
        for folder in [&cache, &bundle.folder] {
            mode(folder, 0o777);
            let refused = unpack(&files, &cache).expect_err("anybody can write there");
            assert!(refused.to_string().contains("can be written by others"), "{refused}");
            assert!(refused.hint().contains("LLMOS_CACHE"));
            mode(folder, 0o700);
        }
        unpack(&files, &cache).expect("it is ours again");
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
