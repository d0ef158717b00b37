//! Bringing a change together with what others changed since its base.

use std::collections::BTreeMap;

use llmos_api::history::{MergedView, Take};
use llmos_core::{
    diff, merge,
    store::{BlobId, HistoryQuery, StoreError},
    volume::{VolumeId, VolumePath},
};

use crate::{Error, Workbench};

/// How often a change is tried again where somebody else was faster.
const ATTEMPTS: usize = 5;

/// A file whose newest version is not the one that a change rests on.
pub(crate) struct OldFile<'a> {
    pub(crate) path: &'a VolumePath,
    pub(crate) base: BlobId,
    pub(crate) current: &'a BlobId,
}

/// Tries a change again where the file changed between reading and writing it.
///
/// What is really stale stays so, and is said at the end.
pub(crate) fn again_if_stale<T>(mut attempt: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let mut last = attempt();
    let mut seen = None;
    for _ in 1..ATTEMPTS {
        match &last {
            // The same refusal twice is none that trying again mends.
            Err(Error::Stale { current, .. }) if seen.as_ref() != Some(current) => {
                seen = Some(current.clone());
                last = attempt();
            }
            _ => break,
        }
    }
    last
}

/// Returns what a caller chose.
pub(crate) fn choices(asked: &BTreeMap<String, Take>) -> merge::Choices {
    asked.iter().map(|(key, take)| (key.clone(), (*take).into())).collect()
}

/// What the message of a commit says of a merge.
pub(crate) fn note(merged: Option<&MergedView>) -> String {
    let note =
        |merged: &MergedView| format!("\n\nBrought together with version {}", merged.with_version);
    merged.map(note).unwrap_or_default()
}

impl Workbench {
    /// Reads a version of a file; `None` where the volume never had it.
    pub(crate) fn version(
        &self,
        volume: &VolumeId,
        version: &BlobId,
    ) -> Result<Option<Vec<u8>>, Error> {
        match self.store.read(volume, version) {
            Ok(content) => Ok(Some(content)),
            Err(StoreError::UnknownObject { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Merges a change of a file, given with its base, with what is there now.
    pub(crate) fn merged_file(
        &self,
        volume: &VolumeId,
        file: &OldFile<'_>,
        old: &[u8],
        mine: &[u8],
        choices: &merge::Choices,
    ) -> Result<(String, MergedView), Error> {
        let theirs = self.store.read(volume, file.current)?;
        let merged = merge::files(file.path, Some(old), Some(mine), Some(&theirs), choices);
        if !merged.is_clean() {
            return Err(Error::Conflict {
                path: file.path.clone(),
                base: file.base.clone(),
                current: file.current.clone(),
                conflicts: merged.conflicts.iter().map(Into::into).collect(),
            });
        }
        let text = String::from_utf8_lossy(&merged.value.unwrap_or_default()).into_owned();
        let words = diff::files(file.path, Some(old), Some(&theirs)).words();
        Ok((text, self.merged_view(volume, file, words)?))
    }

    /// Says what a change was brought together with.
    pub(crate) fn merged_view(
        &self,
        volume: &VolumeId,
        file: &OldFile<'_>,
        theirs: Vec<String>,
    ) -> Result<MergedView, Error> {
        let query = HistoryQuery { path: Some(file.path.clone()), from: None, limit: 1 };
        let newest = self.store.history(volume, &query)?.into_iter().next();
        Ok(MergedView {
            base_version: file.base.to_string(),
            with_version: file.current.to_string(),
            author: newest.map(|commit| commit.author.name),
            theirs,
        })
    }
}
