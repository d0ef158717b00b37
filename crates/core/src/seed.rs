//! What to write when the program brings files for a volume that people also edit.
//!
//! The volume remembers, in its [`crate::metadata`] file, which content the
//! program last put where. A file that still has that content is upgraded; a
//! file that people changed, made or deleted is theirs and stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    metadata::{self, Metadata},
    store::{BlobId, Edit, Entry, Expected},
    volume::{VolumeId, VolumePath},
};

/// One file that the program brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedFile {
    /// Where it belongs.
    pub path: VolumePath,
    /// What it holds.
    pub content: Vec<u8>,
}

/// What [`plan`] decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What to commit, the new metadata file included; nothing to do when empty.
    pub edits: Vec<Edit>,
    /// The files that stay behind what is shipped because people changed or deleted them, sorted.
    pub kept: Vec<VolumePath>,
}

/// Decides what to write into `volume` so that it holds what is shipped, without touching what people changed.
///
/// `current` lists the files of the volume and `metadata` is the content of its metadata file, both at one
/// commit; empty and `None` while the volume does not exist. Every edit expects what `current` says.
/// A metadata file that is not a JSON object is left as it is, and then only missing files are added.
pub fn plan(
    volume: &VolumeId,
    shipped: &[ShippedFile],
    current: &[Entry],
    metadata: Option<&[u8]>,
) -> Plan {
    let current: BTreeMap<&VolumePath, &BlobId> =
        current.iter().map(|entry| (&entry.path, &entry.blob)).collect();
    let (before, readable) = match metadata {
        None => (Metadata::new(volume), true),
        Some(content) => match Metadata::parse(content) {
            Some(parsed) => (parsed, true),
            None => (Metadata::new(volume), false),
        },
    };
    let mut record = before.shipped();
    let mut plan = Plan::default();
    for file in shipped.iter().filter(|file| file.path.as_str() != metadata::PATH) {
        plan.bring(file, &current, &mut record);
    }
    plan.withdraw(shipped, &current, &mut record);
    if readable {
        let mut after = before;
        after.set_shipped(&record);
        let content = after.print();
        let nothing_yet = metadata.is_none() && record.is_empty();
        if metadata != Some(&content) && !nothing_yet {
            plan.write_metadata(content, &current);
        }
    } else {
        plan.kept.push(metadata::path());
    }
    plan.kept.sort();
    plan
}

impl Plan {
    /// Adds or upgrades one file.
    fn bring(
        &mut self,
        file: &ShippedFile,
        current: &BTreeMap<&VolumePath, &BlobId>,
        record: &mut BTreeMap<VolumePath, BlobId>,
    ) {
        let blob = BlobId::of(&file.content);
        let expected = match (current.get(&file.path), record.get(&file.path)) {
            (Some(now), _) if **now == blob => None,
            (Some(now), Some(last)) if *now == last => Some(Expected::Version(last.clone())),
            (None, None) => Some(Expected::Absent),
            (Some(_), _) | (None, Some(_)) => return self.kept.push(file.path.clone()),
        };
        if let Some(expected) = expected {
            let content = Some(file.content.clone());
            self.edits.push(Edit { path: file.path.clone(), expected, content });
        }
        record.insert(file.path.clone(), blob);
    }

    /// Deletes what is no longer shipped and was never changed, and forgets the rest.
    fn withdraw(
        &mut self,
        shipped: &[ShippedFile],
        current: &BTreeMap<&VolumePath, &BlobId>,
        record: &mut BTreeMap<VolumePath, BlobId>,
    ) {
        let still: BTreeSet<&VolumePath> = shipped.iter().map(|file| &file.path).collect();
        let gone: Vec<_> = record
            .iter()
            .filter(|(path, _)| !still.contains(path))
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            let last = record.remove(&path);
            match (current.get(&path), last) {
                (Some(now), Some(last)) if **now == last => {
                    self.edits.push(Edit {
                        path,
                        expected: Expected::Version(last),
                        content: None,
                    });
                }
                (Some(_), _) => self.kept.push(path),
                (None, _) => {}
            }
        }
    }

    fn write_metadata(&mut self, content: Vec<u8>, current: &BTreeMap<&VolumePath, &BlobId>) {
        let path = metadata::path();
        let expected = match current.get(&path) {
            Some(now) => Expected::Version((*now).clone()),
            None => Expected::Absent,
        };
        self.edits.push(Edit { path, expected, content: Some(content) });
    }
}

#[cfg(test)]
mod tests;
