//! What belongs to a home besides its volumes: who exists, what is scheduled and learned, which models and remotes
//! are set. All of it lies in the folder of the volumes.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use llmos_volumes::HomeFile;

use crate::failure::Failure;

/// Files that are there or not.
const FILES: [&str; 2] = ["members.md", "api-keys.md"];

/// Folders, and the endings of the files in them that count; what is unfinished has another one.
const FOLDERS: [(&str, &str); 4] = [
    (".evolution", "jsonl"),
    (MODELS, "json"),
    (".llmos-lite-remotes", "remote"),
    (".llmos-lite-remotes", "state"),
];

/// Where people's models are, each key sealed.
const MODELS: &str = ".llmos-lite-models";

/// Where databases are put back.
const STATE: &str = "state";

/// Larger files are none of these.
const MAX_BYTES: u64 = 1 << 30;

/// Reads everything that goes into a backup beside the volumes; each file as it is at one moment.
///
/// Not among it: the keys of this installation. What they sealed is, and opens with them alone.
pub(crate) fn files(volumes: &Path, state: &Path) -> Result<Vec<HomeFile>, Failure> {
    let mut found = Vec::new();
    for name in FILES {
        found.extend(read(&volumes.join(name), name)?);
    }
    for (folder, ending) in FOLDERS {
        for name in names(&volumes.join(folder), ending)? {
            let shown = format!("{folder}/{name}");
            found.extend(read(&volumes.join(&shown), &shown)?);
        }
    }
    for name in names(state, "sqlite")? {
        found.push(database(&state.join(&name), &format!("{STATE}/{name}"))?);
    }
    Ok(found)
}

/// Says whether people's models are among the files.
pub(crate) fn has_models<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| name.starts_with(MODELS))
}

/// The names of the files in a folder that end so, sorted.
fn names(folder: &Path, ending: &str) -> Result<Vec<String>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::unreadable(folder, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| Failure::unreadable(folder, &error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        if name.rsplit_once('.').is_some_and(|(stem, found)| !stem.is_empty() && found == ending) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Reads a file; `None` where there is no plain one.
fn read(path: &Path, name: &str) -> Result<Option<HomeFile>, Failure> {
    if !fs::symlink_metadata(path).is_ok_and(|it| it.is_file() && it.len() <= MAX_BYTES) {
        return Ok(None);
    }
    let mut content = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut content));
    match read {
        Ok(_) => Ok(Some(HomeFile { name: name.to_owned(), content })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::unreadable(path, &error)),
    }
}

/// Reads a database that others may write to.
fn database(path: &Path, name: &str) -> Result<HomeFile, Failure> {
    let folder = std::env::temp_dir();
    let copy = tempfile::Builder::new()
        .prefix("llmos-backup-")
        .tempdir()
        .map_err(|error| Failure::unwritable(&folder, &error))?;
    let file = copy.path().join("copy.sqlite");
    llmos_store::copy(path, &file)?;
    let content = fs::read(&file).map_err(|error| Failure::unreadable(&file, &error))?;
    Ok(HomeFile { name: name.to_owned(), content })
}
