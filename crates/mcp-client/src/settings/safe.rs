//! Reading the file only where nobody else can have written it: whoever writes it starts programs.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::Path,
};

use super::SettingsError;

/// Reads a plain file; `None` where there is none.
pub(super) fn read(file: &Path, max_bytes: u64) -> Result<Option<String>, SettingsError> {
    let unreadable = |source| SettingsError::Unreadable { file: file.to_owned(), source };
    let found = match fs::symlink_metadata(file) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let not_used = |reason| SettingsError::Unsafe { file: file.to_owned(), reason };
    if !found.is_file() {
        return Err(not_used("it is no plain file"));
    }
    let open = File::open(file).map_err(unreadable)?;
    // What was opened is what is looked at.
    let opened = open.metadata().map_err(unreadable)?;
    if let Some(reason) = foreign(&opened) {
        return Err(not_used(reason));
    }
    let mut text = String::new();
    open.take(max_bytes + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > max_bytes {
        return Err(not_used("it is too long"));
    }
    Ok(Some(text))
}

/// Says why somebody else may have written it.
#[cfg(unix)]
fn foreign(file: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    if file.uid() != own && file.uid() != 0 {
        return Some("it belongs to somebody else");
    }
    (file.mode() & 0o022 != 0).then_some("others may write to it")
}

#[cfg(not(unix))]
fn foreign(_: &Metadata) -> Option<&'static str> {
    None
}
