//! Which files some program has open for writing: they are not finished.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Returns the files below a folder that a process of this user writes to at this moment.
///
/// Where the system does not tell, none: then a file counts as saved once it stays as it is.
pub(super) fn files_open_for_writing(below: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let Ok(processes) = fs::read_dir("/proc") else { return found };
    for process in processes.flatten() {
        let is_process = process
            .file_name()
            .to_str()
            .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()));
        // A process of somebody else does not show its files.
        let Some(Ok(files)) = is_process.then(|| fs::read_dir(process.path().join("fd"))) else {
            continue;
        };
        for file in files.flatten() {
            let Ok(target) = fs::read_link(file.path()) else { continue };
            if target.starts_with(below) && is_for_writing(&process.path(), &file.file_name()) {
                found.insert(target);
            }
        }
    }
    found
}

fn is_for_writing(process: &Path, file: &std::ffi::OsStr) -> bool {
    let info = fs::read_to_string(process.join("fdinfo").join(file)).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    // The two lowest bits: 1 is for writing, 2 for both.
    flags.is_some_and(|flags| flags & 0o3 != 0)
}
