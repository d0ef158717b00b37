//! Finding the Markdown files that a path means.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// Returns the file that `path` names, or all Markdown files below the folder that it names, sorted.
///
/// Hidden folders and symbolic links below a folder are left out.
pub(crate) fn markdown(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| Failure::unreadable(&path, &error)
    };
    if !fs::metadata(path).map_err(unreadable(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let entry = entry.map_err(unreadable(&folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(unreadable(&path))?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if kind.is_dir() && !hidden {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|ext| ext == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Returns a path as text with `/` between its parts, so that output is the same on every system.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
