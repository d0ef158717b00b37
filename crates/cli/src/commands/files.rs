//! Finding the Markdown files that a path means.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use llmos_core::document::MAX_FILE_LEN;

use crate::failure::{Failure, FailureKind};

/// The largest graph that is read: several million nodes.
const MAX_GRAPH_LEN: usize = 256 << 20;

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

/// Reads a Markdown file, up to where it is too large to be one: a device may have no end.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_up_to(path, MAX_FILE_LEN + 1)
}

/// Reads a file that may hold a large graph.
pub(crate) fn read_graph(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = read_up_to(path, MAX_GRAPH_LEN + 1)?;
    if bytes.len() <= MAX_GRAPH_LEN {
        return Ok(bytes);
    }
    let message =
        format!("cannot read `{}`: it has more than {MAX_GRAPH_LEN} bytes", printable(path));
    Err(Failure::new(FailureKind::Input, message, "split the graph"))
}

fn read_up_to(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most as u64).read_to_end(&mut bytes));
    read.map_err(|error| Failure::unreadable(path, &error))?;
    Ok(bytes)
}

/// Returns a path as one line of text that a terminal obeys nowhere.
pub(crate) fn printable(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// Writes out characters that move the cursor, end the line or turn text around.
pub(crate) fn escaped(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    if !text.contains(odd) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if odd(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    safe
}

/// Returns a path as text with `/` between its parts, so that output is the same on every system.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
