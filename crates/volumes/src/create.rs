//! Creating the repository of a volume.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use llmos_core::store::StoreError;

use crate::{
    lock,
    volume::{Volume, is_real_folder},
};

/// What the folders begin with in which repositories are made; the number of the process follows.
const UNFINISHED: &str = ".llmos-lite-";

impl Volume {
    /// Makes an empty repository, whole or not at all; files that are already in the folder stay.
    pub(crate) fn create(&self) -> Result<(), StoreError> {
        let creating = "creating the volume";
        fs::create_dir_all(&self.folder).map_err(self.medium(creating))?;
        if !is_real_folder(&self.folder) {
            return Err(self.damaged("its folder is a link, not a folder"));
        }
        // Beside the volume: what a killed process leaves is in nobody's working tree.
        let unfinished = self.unfinished();
        if let Some(beside) = unfinished.parent() {
            remove_forgotten(beside);
        }
        let options = gix::create::Options::default();
        let made = gix::create::into(&unfinished, gix::create::Kind::WithWorktree, options)
            .map_err(self.medium(creating))
            .and_then(|_| {
                let git = unfinished.join(".git");
                fs::remove_dir_all(git.join("hooks")).map_err(self.medium(creating))?;
                move_unless_there(&git, &self.git()).map_err(self.medium(creating))
            });
        let cleaned = fs::remove_dir_all(&unfinished).map_err(self.medium(creating));
        made.and(cleaned)
    }

    fn unfinished(&self) -> PathBuf {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{UNFINISHED}{}-{name}", std::process::id());
        self.folder.with_file_name(name)
    }
}

/// Leaves a repository alone that another process made in the meantime.
fn move_unless_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(_) if is_real_folder(to) => Ok(()),
        other => other,
    }
}

/// Removes what processes that are gone left in a folder. Nothing depends on it, so it may fail.
fn remove_forgotten(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let holder = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED)?.split_once('-'));
        let holder = holder.and_then(|(process, _)| process.parse().ok());
        if holder.is_some_and(lock::is_gone) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn only_what_processes_that_are_gone_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let mine = format!(".llmos-lite-{}-ana", std::process::id());
        let kept = [mine.as_str(), ".llmos-lite-secret", ".llmos-lite-wire-4194999", "ana"];
        for name in kept.iter().chain(&[".llmos-lite-4194999-ana"]) {
            fs::create_dir_all(folder.path().join(name).join(".git")).unwrap();
        }
        remove_forgotten(folder.path());
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        let mut want: Vec<_> = kept.iter().map(std::ffi::OsString::from).collect();
        want.sort();
        assert_eq!(left, want);
    }
}
