//! Creating the repository of a volume.

use std::{fs, io};

use llmos_core::store::StoreError;

use crate::volume::{Volume, is_real_folder};

impl Volume {
    /// Makes an empty repository, whole or not at all; files that are already in the folder stay.
    pub(crate) fn create(&self) -> Result<(), StoreError> {
        let creating = "creating the volume";
        fs::create_dir_all(&self.folder).map_err(self.medium(creating))?;
        if !is_real_folder(&self.folder) {
            return Err(self.damaged("its folder is a link, not a folder"));
        }
        let unfinished = self.folder.join(format!(".llmos-lite-{}", std::process::id()));
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
}

/// Leaves a repository alone that another process made in the meantime.
fn move_unless_there(from: &std::path::Path, to: &std::path::Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(_) if is_real_folder(to) => Ok(()),
        other => other,
    }
}
