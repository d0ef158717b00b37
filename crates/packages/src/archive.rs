//! A look into a downloaded archive before it is kept: whatever could write
//! elsewhere, grow without end or differ from its own record is refused.

mod metadata;
mod record;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read, Seek},
    path::Path,
};

use pep508_rs::Requirement;
use zip::{ZipArchive, read::ZipFile, result::ZipError};

pub use metadata::MetadataError;

use self::metadata::Metadata;

use crate::wheel::WheelName;

/// The most that an archive may hold when it is unpacked.
const MAX_BYTES: u64 = 1 << 30;
/// How much an archive may grow by being unpacked, above what every archive may.
const MAX_GROWTH: u64 = 100;
/// What every archive may hold, however small it is.
const ALWAYS_BYTES: u64 = 16 << 20;
/// The most files in an archive.
const MAX_FILES: usize = 50_000;
/// The longest path in an archive.
const MAX_PATH: usize = 1_000;
/// The largest file that is read as text.
const MAX_TEXT: u64 = 16 << 20;

/// What a wheel says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// What it requires.
    pub(crate) requires: Vec<Requirement>,
    /// The modules that it provides, sorted.
    pub(crate) imports: Vec<String>,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is not a zip file, or a damaged one.
    #[error("it is no zip file that can be read: {source}")]
    Damaged {
        /// What the reader says.
        source: ZipError,
    },
    /// It cannot be read from disk.
    #[error("it cannot be read: {source}")]
    Unreadable {
        /// Why.
        source: io::Error,
    },
    /// A path in it leads elsewhere.
    #[error("it holds the path `{path}`, which {reason}")]
    Path {
        /// The path, with nothing invisible in it.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It is too large.
    #[error("it would unpack to {bytes} bytes or more, over the limit of {limit}")]
    TooLarge {
        /// What it says it holds, or what was read of it.
        bytes: u64,
        /// The limit for an archive of its size.
        limit: u64,
    },
    /// It holds too many files.
    #[error("it holds {n} files, over the limit of {MAX_FILES}")]
    TooMany {
        /// How many.
        n: usize,
    },
    /// It is no wheel of the name that it has.
    #[error("it is not the wheel that its name promises: {reason}")]
    NotThatWheel {
        /// What does not fit.
        reason: String,
    },
    /// It differs from its own record.
    #[error("its RECORD does not fit: {reason}")]
    Record {
        /// What does not fit.
        reason: String,
    },
    /// What it says about itself cannot be read.
    #[error("its METADATA cannot be read: {source}")]
    Metadata {
        /// Why.
        source: MetadataError,
    },
}

/// Checks a wheel of this name and reads what it says about itself.
///
/// `stripped` allows files that the record names and the archive lacks: Pyodide
/// takes tests out of the wheels of its distribution.
pub(crate) fn check_wheel(
    path: &Path,
    name: &WheelName,
    stripped: bool,
) -> Result<Contents, ArchiveError> {
    let mut archive = open(path)?;
    let paths = check_paths(&mut archive)?;
    let info = dist_info(&paths, name)?;
    let record = format!("{info}/RECORD");
    let recorded = record::parse(&text(&mut archive, &record)?)?;
    check_record(&mut archive, &paths, &recorded, &record)?;
    if let Some(gone) = recorded.keys().find(|path| !paths.contains(*path))
        && !stripped
    {
        return Err(ArchiveError::Record { reason: format!("`{gone}` is missing") });
    }
    check_tags(&text(&mut archive, &format!("{info}/WHEEL"))?)?;
    let metadata = Metadata::parse(&text(&mut archive, &format!("{info}/METADATA"))?)
        .map_err(|source| ArchiveError::Metadata { source })?;
    metadata.check(name).map_err(|reason| ArchiveError::NotThatWheel { reason })?;
    Ok(Contents { requires: metadata.requires, imports: imports(&paths) })
}

/// Checks an archive that is no wheel: a shared library of Pyodide's distribution.
pub(crate) fn check_library(path: &Path) -> Result<(), ArchiveError> {
    let mut archive = open(path)?;
    let paths = check_paths(&mut archive)?;
    for path in &paths {
        drain(archive.by_name(path).map_err(damaged)?, |_| {})?;
    }
    Ok(())
}

/// Opens an archive, within the limits for one of its size.
fn open(path: &Path) -> Result<ZipArchive<File>, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { source };
    let mut file = File::open(path).map_err(unreadable)?;
    let own = file.metadata().map_err(unreadable)?.len();
    let told = told_files(&mut file, own).map_err(unreadable)?;
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    if archive.len() > MAX_FILES {
        return Err(ArchiveError::TooMany { n: archive.len() });
    }
    // The reader shows one file per name; the directory at the end counts them all.
    if told.is_some_and(|told| usize::from(told) != archive.len()) {
        let reason = "has files of one name";
        return Err(ArchiveError::Path { path: String::new(), reason });
    }
    let limit = own.saturating_mul(MAX_GROWTH).clamp(ALWAYS_BYTES, MAX_BYTES);
    let mut bytes: u64 = 0;
    for n in 0..archive.len() {
        bytes = bytes.saturating_add(archive.by_index_raw(n).map_err(damaged)?.size());
    }
    if bytes > limit {
        return Err(ArchiveError::TooLarge { bytes, limit });
    }
    Ok(archive)
}

/// How many files the end of the archive counts; `None` where there are more than it can count.
fn told_files(file: &mut File, own: u64) -> io::Result<Option<u16>> {
    const END: &[u8] = b"PK\x05\x06";
    const END_BYTES: u64 = 22;
    let from = own.saturating_sub(END_BYTES + u64::from(u16::MAX));
    file.seek(io::SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(own - from).read_to_end(&mut tail)?;
    file.rewind()?;
    let end = tail.windows(END.len()).rposition(|bytes| bytes == END);
    let count = end.and_then(|at| tail.get(at + 10..at + 12));
    Ok(count.map(|count| u16::from_le_bytes([count[0], count[1]])).filter(|&n| n != u16::MAX))
}

/// The paths of all files, each one that stays inside.
fn check_paths(archive: &mut ZipArchive<File>) -> Result<BTreeSet<String>, ArchiveError> {
    let mut paths = BTreeSet::new();
    for n in 0..archive.len() {
        let entry = archive.by_index_raw(n).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        let refuse = |reason| ArchiveError::Path { path: shown(&name), reason };
        if let Some(reason) = offence(&name) {
            return Err(refuse(reason));
        }
        if entry.is_symlink() {
            return Err(refuse("is a link"));
        }
        if entry.encrypted() {
            return Err(refuse("is encrypted"));
        }
        if entry.is_dir() {
            continue;
        }
        paths.insert(name);
    }
    Ok(paths)
}

/// What is wrong with a path, if anything: it must mean the same place on every system.
fn offence(path: &str) -> Option<&'static str> {
    if path.len() > MAX_PATH {
        return Some("is too long");
    }
    if path.starts_with('/') || path.contains(['\\', ':']) {
        return Some("leads out of the archive");
    }
    if path.chars().any(char::is_control) {
        return Some("has characters that cannot be seen");
    }
    let inner = path.strip_suffix('/').unwrap_or(path);
    let bad = |part: &str| part.is_empty() || part == "." || part == "..";
    inner.split('/').any(bad).then_some("leads out of the archive")
}

/// The folder `name-version.dist-info`, of which there must be one.
fn dist_info(paths: &BTreeSet<String>, name: &WheelName) -> Result<String, ArchiveError> {
    let wrong = |reason: String| ArchiveError::NotThatWheel { reason };
    let folders: BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| folder.ends_with(".dist-info"))
        .collect();
    let mut folders = folders.into_iter();
    let (Some(folder), None) = (folders.next(), folders.next()) else {
        return Err(wrong("it needs exactly one folder `.dist-info`".to_owned()));
    };
    let stem = folder.trim_end_matches(".dist-info");
    let fits = stem.rsplit_once('-').is_some_and(|(package, version)| {
        pep508_rs::PackageName::new(package.to_owned()).is_ok_and(|package| package == name.name)
            && version.parse::<pep440_rs::Version>().is_ok_and(|version| version == name.version)
    });
    if fits { Ok(folder.to_owned()) } else { Err(wrong(format!("it holds `{folder}`"))) }
}

/// Compares every file with the record.
fn check_record(
    archive: &mut ZipArchive<File>,
    paths: &BTreeSet<String>,
    recorded: &BTreeMap<String, Option<record::Hash>>,
    record: &str,
) -> Result<(), ArchiveError> {
    let unsigned = |path: &str| {
        path == record || path == format!("{record}.jws") || path == format!("{record}.p7s")
    };
    for path in paths {
        let hash = match recorded.get(path) {
            Some(Some(hash)) => hash,
            _ if unsigned(path) => continue,
            Some(None) => {
                return Err(ArchiveError::Record { reason: format!("`{path}` has no hash") });
            }
            None => return Err(ArchiveError::Record { reason: format!("`{path}` is not in it") }),
        };
        let mut hasher = hash.hasher();
        drain(archive.by_name(path).map_err(damaged)?, |bytes| hasher.update(bytes))?;
        if !hasher.fits() {
            return Err(ArchiveError::Record { reason: format!("`{path}` has another hash") });
        }
    }
    Ok(())
}

/// Reads an entry to its end, which must be where its header says.
fn drain(mut entry: ZipFile<'_, File>, mut see: impl FnMut(&[u8])) -> Result<(), ArchiveError> {
    let limit = entry.size();
    let mut bytes = 0;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let n = entry.read(&mut buffer).map_err(|source| damaged(ZipError::Io(source)))?;
        if n == 0 {
            return Ok(());
        }
        bytes += n as u64;
        if bytes > limit {
            return Err(ArchiveError::TooLarge { bytes, limit });
        }
        see(&buffer[..n]);
    }
}

fn text(archive: &mut ZipArchive<File>, path: &str) -> Result<String, ArchiveError> {
    let missing = || ArchiveError::NotThatWheel { reason: format!("it has no `{path}`") };
    let entry = archive.by_name(path).map_err(|error| match error {
        ZipError::FileNotFound => missing(),
        other => damaged(other),
    })?;
    let size = entry.size();
    if size > MAX_TEXT {
        return Err(ArchiveError::TooLarge { bytes: size, limit: MAX_TEXT });
    }
    let mut bytes = Vec::new();
    drain(entry, |part| bytes.extend_from_slice(part))?;
    String::from_utf8(bytes)
        .map_err(|_invalid| ArchiveError::NotThatWheel { reason: format!("`{path}` is not UTF-8") })
}

fn check_tags(wheel: &str) -> Result<(), ArchiveError> {
    let version = wheel.lines().find_map(|line| line.strip_prefix("Wheel-Version:"));
    match version.map(str::trim) {
        Some(version) if version == "1" || version.starts_with("1.") => Ok(()),
        Some(version) => Err(ArchiveError::NotThatWheel {
            reason: format!("it is a wheel of version `{}`", shown(version)),
        }),
        None => Err(ArchiveError::NotThatWheel { reason: "it names no Wheel-Version".to_owned() }),
    }
}

/// The names at the top of the archive that can be imported: folders and files of code.
fn imports(paths: &BTreeSet<String>) -> Vec<String> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let modules: BTreeSet<&str> = paths
        .iter()
        .filter(|path| path.ends_with(".py") || path.ends_with(".so"))
        .filter_map(|path| match path.split_once('/') {
            Some((folder, _)) => Some(folder),
            None => path.split('.').next(),
        })
        .filter(|name| !name.is_empty() && name.chars().all(is_letter))
        .filter(|name| !name.starts_with(char::is_numeric))
        .collect();
    modules.into_iter().map(str::to_owned).collect()
}

fn damaged(source: ZipError) -> ArchiveError {
    ArchiveError::Damaged { source }
}

fn shown(path: &str) -> String {
    path.chars().take(120).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
