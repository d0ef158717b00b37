//! Looking at earlier versions, and what differs between them.

use std::collections::BTreeMap;

use llmos_api::history::{DiffView, FileDiff, FileStatus, FileView};
use llmos_core::{
    access::Action,
    branch::BranchName,
    diff,
    store::{BlobId, CommitId, HistoryQuery, StoreError},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench, ids::Point};

/// What is to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffFilter {
    /// The volume; the caller's own when left out.
    pub volume: Option<VolumeId>,
    /// Only this file or folder.
    pub path: Option<VolumePath>,
    /// The old side; what was before the new side when left out.
    ///
    /// With a path a side may also be a version of that file.
    pub from: Option<Point>,
    /// The new side; the newest commit when left out.
    pub to: Option<Point>,
    /// At most this many files.
    pub limit: usize,
}

/// Which file is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFilter {
    /// The volume; the caller's own when left out.
    pub volume: Option<VolumeId>,
    /// The file.
    pub path: VolumePath,
    /// When; the newest commit when left out.
    pub at: Option<Point>,
    /// This version of it, whenever that was.
    pub version: Option<BlobId>,
}

/// The files of one side of a comparison.
pub(crate) type Files = BTreeMap<VolumePath, BlobId>;

/// One side of a comparison.
#[derive(Default)]
struct Side {
    commit: Option<CommitId>,
    files: Files,
}

impl Workbench {
    /// Compares two moments of a volume, or two versions of a file.
    pub fn volume_diff(&self, caller: &Caller, filter: &DiffFilter) -> Result<DiffView, Error> {
        let volume = filter.volume.clone().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let path = filter.path.as_ref();
        let to = match &filter.to {
            Some(point) => self.side(&volume, point, path)?,
            None => match self.store.head(&volume)? {
                Some(head) => self.side(&volume, &Point::Commit(head), path)?,
                None => Side::default(),
            },
        };
        let from = match (&filter.from, &to.commit) {
            (Some(point), _) => self.side(&volume, point, path)?,
            (None, Some(commit)) => match self.parent(&volume, commit)? {
                Some(parent) => self.side(&volume, &Point::Commit(parent), path)?,
                None => Side::default(),
            },
            (None, None) => Side::default(),
        };
        let differing = differing(&from.files, &to.files);
        let shown = differing.iter().take(filter.limit);
        let file = |path: &&VolumePath| {
            self.file_diff(&volume, path, from.files.get(*path), to.files.get(*path))
        };
        let files = shown.map(file).collect::<Result<Vec<_>, _>>()?;
        Ok(DiffView {
            volume: volume.to_string(),
            from: from.commit.map(|commit| commit.to_string()),
            to: to.commit.map(|commit| commit.to_string()),
            n_more: differing.len() - files.len(),
            files,
        })
    }

    /// Reads one file as it is or was.
    pub fn read_file(&self, caller: &Caller, filter: &FileFilter) -> Result<FileView, Error> {
        let FileFilter { volume, path, at, version } = filter;
        let volume = volume.clone().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let unknown = || Error::Unknown {
            what: "file",
            id: path.to_string(),
            volume: Some(volume.clone()),
            hint: format!(
                "`GET /volumes/history?volume={volume}&path={path}` lists the commits that changed it"
            ),
        };
        let version = match version {
            Some(version) => version.clone(),
            None => {
                let at = match at {
                    Some(point) => Some(self.commit_of(&volume, point)?),
                    None => self.store.head(&volume)?,
                };
                let files = at.map(|at| self.files_at(&volume, &at, Some(path))).transpose()?;
                files.and_then(|files| files.get(path).cloned()).ok_or_else(unknown)?
            }
        };
        let content = self.version(&volume, &version)?.ok_or_else(unknown)?;
        Ok(FileView {
            volume: volume.to_string(),
            path: path.to_string(),
            version: version.to_string(),
            text: String::from_utf8_lossy(&content).into_owned(),
        })
    }

    /// Returns the commit that a caller means.
    pub(crate) fn commit_of(&self, volume: &VolumeId, point: &Point) -> Result<CommitId, Error> {
        match point {
            Point::Commit(commit) => Ok(commit.clone()),
            Point::Branch(name) => {
                let branches = self.store.branches(volume)?;
                let found = branches.into_iter().find(|branch| branch.name == *name);
                found.map(|branch| branch.tip).ok_or_else(|| unknown_branch(volume, name))
            }
        }
    }

    /// Returns the files of a volume at a commit.
    pub(crate) fn files_at(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Files, Error> {
        let entries = self.store.list(volume, at, path)?;
        Ok(entries.into_iter().map(|entry| (entry.path, entry.blob)).collect())
    }

    /// Returns the first parent of a commit.
    pub(crate) fn parent(
        &self,
        volume: &VolumeId,
        commit: &CommitId,
    ) -> Result<Option<CommitId>, Error> {
        let query = HistoryQuery { path: None, from: Some(commit.clone()), limit: 1 };
        let commits = self.store.history(volume, &query)?;
        Ok(commits.into_iter().next().and_then(|commit| commit.parents.into_iter().next()))
    }

    /// Reads a side: a commit, or, where a file is asked for, a version of it.
    fn side(
        &self,
        volume: &VolumeId,
        point: &Point,
        path: Option<&VolumePath>,
    ) -> Result<Side, Error> {
        let commit = self.commit_of(volume, point)?;
        match self.store.list(volume, &commit, path) {
            Ok(entries) => {
                let files = entries.into_iter().map(|entry| (entry.path, entry.blob)).collect();
                Ok(Side { commit: Some(commit), files })
            }
            Err(StoreError::UnknownObject { volume, id }) => {
                let version = BlobId(commit.0);
                match (path, self.version(&volume, &version)?) {
                    (Some(path), Some(_)) => {
                        Ok(Side { commit: None, files: Files::from([(path.clone(), version)]) })
                    }
                    _ => Err(StoreError::UnknownObject { volume, id }.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Compares two versions of a file.
    pub(crate) fn compared(
        &self,
        volume: &VolumeId,
        path: &VolumePath,
        old: Option<&BlobId>,
        new: Option<&BlobId>,
    ) -> Result<diff::FileDiff, Error> {
        let read = |blob: Option<&BlobId>| blob.map(|it| self.store.read(volume, it)).transpose();
        let (old, new) = (read(old)?, read(new)?);
        Ok(diff::files(path, old.as_deref(), new.as_deref()))
    }

    fn file_diff(
        &self,
        volume: &VolumeId,
        path: &VolumePath,
        old: Option<&BlobId>,
        new: Option<&BlobId>,
    ) -> Result<FileDiff, Error> {
        let found = self.compared(volume, path, old, new)?;
        Ok(FileDiff {
            path: path.to_string(),
            kind: found.kind.as_str().to_owned(),
            status: status(old, new),
            old_version: old.map(ToString::to_string),
            new_version: new.map(ToString::to_string),
            changes: found.changes.map(|changes| changes.iter().map(Into::into).collect()),
            lines: found.lines.map(|hunks| hunks.iter().map(Into::into).collect()),
        })
    }
}

/// Returns the paths whose content is not the same on both sides.
pub(crate) fn differing<'a>(from: &'a Files, to: &'a Files) -> Vec<&'a VolumePath> {
    let gone = from.keys().filter(|path| !to.contains_key(*path));
    let other = to.iter().filter(|(path, blob)| from.get(*path) != Some(blob));
    let mut paths: Vec<_> = gone.chain(other.map(|(path, _)| path)).collect();
    paths.sort();
    paths
}

/// Says what became of a file.
pub(crate) fn status(old: Option<&BlobId>, new: Option<&BlobId>) -> FileStatus {
    match (old, new) {
        (None, _) => FileStatus::Added,
        (_, None) => FileStatus::Removed,
        _ => FileStatus::Changed,
    }
}

fn unknown_branch(volume: &VolumeId, name: &BranchName) -> Error {
    StoreError::UnknownBranch { volume: volume.clone(), branch: name.clone() }.into()
}
