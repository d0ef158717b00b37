//! The names of one folder, found among all files below it.

use std::collections::BTreeMap;

use sha1::Digest;

use super::{Entry, FolderId, Holds, Name};
use crate::volume::VolumePath;

/// Finds the names directly in the folder `path` among the files below it, which are sorted.
pub(super) fn of(path: Option<&VolumePath>, files: &[Entry]) -> Vec<Name> {
    let prefix = path.map(|path| format!("{path}/")).unwrap_or_default();
    let below =
        files.iter().filter_map(|entry| Some((entry.path.as_str().strip_prefix(&prefix)?, entry)));
    let mut found: BTreeMap<&str, Holds> = BTreeMap::new();
    let mut folders: BTreeMap<&str, sha1::Sha1> = BTreeMap::new();
    for (rest, entry) in below {
        match rest.split_once('/') {
            None => drop(found.insert(rest, Holds::File(entry.blob.clone()))),
            Some((name, rest)) => {
                let hash = folders.entry(name).or_default();
                hash.update(format!("{}\0{rest}\0", entry.blob));
            }
        }
    }
    for (name, hash) in folders {
        let id = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        found.insert(name, Holds::Folder(FolderId(id)));
    }
    let name = |(name, holds): (&str, Holds)| Name { name: name.to_owned(), holds };
    found.into_iter().map(name).collect()
}
