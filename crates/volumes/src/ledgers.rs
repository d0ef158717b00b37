//! What evolution counted, kept beside the volumes so that it outlives the
//! program. Losing it costs a full pass over the traces, nothing else.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use llmos_core::volume::VolumeId;

/// A folder with one file for each volume.
#[derive(Clone, Debug)]
pub struct LedgerFolder(PathBuf);

impl LedgerFolder {
    /// Keeps files in a hidden folder among the volumes under `root`; touches nothing on disk.
    pub fn beside(root: &Path) -> Self {
        Self(root.join(".evolution"))
    }

    /// Returns what was last kept for a volume; `None` where that cannot be read.
    pub fn load(&self, volume: &VolumeId) -> Option<Vec<u8>> {
        let path = self.path(volume);
        // A link or a device in its place could lead elsewhere, or never end.
        fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
        fs::read(path).ok()
    }

    /// Keeps this for a volume, whole or not at all.
    ///
    /// # Errors
    ///
    /// What the disk says.
    pub fn save(&self, volume: &VolumeId, content: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let path = self.path(volume);
        let new = path.with_extension(format!("new-{}", std::process::id()));
        fs::write(&new, content)?;
        fs::rename(new, path)
    }

    fn path(&self, volume: &VolumeId) -> PathBuf {
        self.0.join(match volume {
            VolumeId::System => "system.jsonl".to_owned(),
            // A slug holds no dot, so no two volumes have one name.
            VolumeId::Team(id) => format!("team.{id}.jsonl"),
            VolumeId::User(id) => format!("user.{id}.jsonl"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_last_is_there_and_each_volume_has_its_own() {
        let root = tempfile::tempdir().expect("there is room");
        let ledgers = LedgerFolder::beside(root.path());
        let [a, b]: [VolumeId; 2] =
            ["user/a", "team/a"].map(|text| text.parse().expect("it is a volume"));
        assert_eq!(ledgers.load(&a), None);
        for text in ["one", "two"] {
            ledgers.save(&a, text.as_bytes()).expect("it can be kept");
        }
        assert_eq!(ledgers.load(&a).as_deref(), Some(&b"two"[..]));
        assert_eq!(ledgers.load(&b), None);
    }
}
