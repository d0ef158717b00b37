//! Files that people edit in the folder of a volume: which ones are taken over, and when an edit is whole.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::{
    store::{Author, BlobId, StoreError},
    volume::{VolumeId, VolumePath},
};

/// How long a file must stay as it is before it counts as saved.
pub const STEADY_MS: i64 = 250;

/// The largest file that is taken over.
pub const MAX_EDIT_BYTES: u64 = 8 << 20;

/// From so many files on, losing more than half of them at once is not taken for an edit.
const MANY: usize = 10;

/// A file in the folder of a volume that is not what was checked out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandEdit {
    /// Which file.
    pub path: VolumePath,
    /// What was checked out; `None` where the file is new.
    pub base: Option<BlobId>,
    /// What became of it.
    pub found: Found,
}

/// What stands in the folder in place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file with this content.
    File(Vec<u8>),
    /// Nothing.
    Gone,
    /// A file that a program is still writing.
    Unfinished,
    /// A file with more than [`MAX_EDIT_BYTES`].
    TooLarge,
    /// A file that somebody is preparing for a commit of their own: what is staged differs from the newest commit.
    Staged,
    /// A file that was saved in the very moment in which a change arrived from elsewhere.
    Crossed,
}

/// What the folder of a volume holds that no commit has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edits {
    /// These files, of so many that could be edited.
    Files {
        /// What differs, sorted by path.
        edits: Vec<HandEdit>,
        /// How many files were checked out where edits are taken over.
        n_known: usize,
    },
    /// Somebody is at work there at this moment.
    Busy,
    /// The folder is left to `git`, for this reason.
    LeftAlone(&'static str),
}

/// The folders of the volumes, in which people edit files.
///
/// Methods block.
pub trait Folders: Send + Sync {
    /// Compares the folder of a volume with what was checked out there. Changes nothing.
    fn edits(&self, volume: &VolumeId) -> Result<Edits, StoreError>;

    /// Returns the author that the volume's own settings name, if they name one.
    fn author(&self, volume: &VolumeId) -> Result<Option<Author>, StoreError>;

    /// Waits until somebody may have edited something, at most so long, and says in which volumes.
    fn wait(&self, at_most: Duration) -> Vec<VolumeId>;
}

/// Says whether an edit of this file is taken over, by its name.
///
/// Traces are records and left alone, and so is what editors, systems and programs put beside the files
/// that people mean.
pub fn is_taken_over(path: &VolumePath) -> bool {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let ours = match parts.as_slice() {
        [file] => matches!(*file, "metadata.json" | "README.md"),
        [folder, ..] => FOLDERS.contains(folder),
        [] => false,
    };
    ours && !parts.iter().any(|part| is_temporary(part))
}

/// The folders of a volume in which edits are taken over.
pub const FOLDERS: [&str; 3] = ["skills", "workflows", "memory"];

/// Says whether programs make files or folders of this name for themselves.
pub fn is_temporary(name: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        "tmp",
        "temp",
        "swp",
        "swo",
        "swx",
        "bak",
        "orig",
        "rej",
        "part",
        "crdownload",
        "lock",
        "pyc",
    ];
    const NAMES: [&str; 6] =
        ["4913", "Thumbs.db", "desktop.ini", "__pycache__", "node_modules", "__MACOSX"];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name.starts_with(['.', '#'])
        || name.starts_with("~$")
        || name.ends_with(['~', '#'])
        || NAMES.contains(&name)
        || ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Says whether so many files are gone at once that it is more likely an accident than an edit.
pub fn is_landslide(edits: &[HandEdit], n_known: usize) -> bool {
    let n_gone = edits.iter().filter(|edit| edit.found == Found::Gone).count();
    n_gone > MANY && n_gone * 2 > n_known
}

/// Remembers since when files are as they are.
#[derive(Clone, Debug, Default)]
pub struct Steady(BTreeMap<VolumePath, (Option<BlobId>, Timestamp)>);

impl Steady {
    /// Notes what a folder holds at a time, and says of each edit whether it has been so for long enough.
    pub fn look(&mut self, edits: &[HandEdit], now: Timestamp) -> Vec<bool> {
        let before = std::mem::take(&mut self.0);
        let mut is_whole = Vec::with_capacity(edits.len());
        for edit in edits {
            let holds = match &edit.found {
                Found::File(content) => Some(BlobId::of(content)),
                _ => None,
            };
            let since = match before.get(&edit.path) {
                // A clock that is set back must not make an edit wait for ever.
                Some((same, since)) if *same == holds && *since <= now => *since,
                _ => now,
            };
            let since = if edit.found == Found::Unfinished { now } else { since };
            is_whole.push(now.duration_since(since).as_millis() >= i128::from(STEADY_MS));
            self.0.insert(edit.path.clone(), (holds, since));
        }
        is_whole
    }
}

#[cfg(test)]
mod tests;
