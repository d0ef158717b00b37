//! Bringing back what a volume held at another commit, as a new commit.

use llmos_api::history::{Restore, Restored, RestoredFile};
use llmos_core::{
    branch::BranchName,
    store::{BlobId, CommitId, Edit, Expected, StoreError},
    volume::{VolumeId, VolumePath},
};

use crate::{
    Caller, Error, Workbench, ids,
    skills::target,
    versions::{Files, differing, status},
};

impl Workbench {
    /// Restores a file, a folder or a whole volume to what it was at a commit.
    ///
    /// With `base` a file must still have that version, and a volume that newest commit.
    pub fn restore(
        &self,
        caller: &Caller,
        asked: &Restore,
        base: Option<&BlobId>,
    ) -> Result<Restored, Error> {
        let volume = target(caller, asked.volume.as_deref())?;
        let hint = "name the commit, or the branch, whose state is to come back";
        let to = asked.to.as_deref().ok_or(Error::MissingField { field: "to", hint })?;
        let to = self.commit_of(&volume, &ids::point("to", to)?)?;
        let path = asked.path.as_deref().map(ids::path).transpose()?;
        let known = asked.base_commit.as_deref();
        let known = known.map(|known| ids::commit("base_commit", known)).transpose()?;
        let then = self.files_at(&volume, &to, path.as_ref())?;
        let head = self.store.head(&volume)?.ok_or_else(|| StoreError::UnknownObject {
            volume: volume.clone(),
            id: to.to_string(),
        })?;
        let now = self.files_at(&volume, &head, path.as_ref())?;
        if let (Some(path), true) = (&path, then.is_empty() && now.is_empty()) {
            return Err(Error::Unknown {
                what: "file",
                id: path.to_string(),
                volume: Some(volume),
                hint: "`GET /volumes/history` with this `path` lists the commits that changed it"
                    .to_owned(),
            });
        }
        if let Some(base) = base {
            must_match(base, path.as_ref(), &now, &head, &volume)?;
        }
        if let Some(known) = known {
            let known = self.files_at(&volume, &known, path.as_ref())?;
            if let Some(path) = differing(&known, &now).first() {
                return Err(Error::Stale {
                    path: (*path).clone(),
                    current: now.get(*path).cloned(),
                });
            }
        }
        let (mut edits, mut files) = (Vec::new(), Vec::new());
        for path in differing(&now, &then) {
            let (old, new) = (now.get(path), then.get(path));
            let content = new.map(|blob| self.store.read(&volume, blob)).transpose()?;
            let expected = old.map_or(Expected::Absent, |blob| Expected::Version(blob.clone()));
            edits.push(Edit { path: path.clone(), expected, content });
            files.push(RestoredFile {
                path: path.to_string(),
                status: status(old, new),
                version: new.map(ToString::to_string),
            });
        }
        let commit = match edits.is_empty() {
            true => head,
            false => self.commit(caller, &volume, edits, message(path.as_ref(), &to))?,
        };
        Ok(Restored { volume: volume.to_string(), commit: commit.to_string(), files })
    }
}

fn message(path: Option<&VolumePath>, to: &CommitId) -> String {
    let short: String = to.0.chars().take(10).collect();
    let what = path.map_or("all files", VolumePath::as_str);
    format!("restore {what} to {short}\n\nRestored-From: {to}\n")
}

/// Refuses a restore whose caller does not know what is there now.
fn must_match(
    base: &BlobId,
    path: Option<&VolumePath>,
    now: &Files,
    head: &CommitId,
    volume: &VolumeId,
) -> Result<(), Error> {
    match path {
        Some(path) if now.get(path) == Some(base) => Ok(()),
        Some(path) if now.contains_key(path) || now.is_empty() => {
            Err(Error::Stale { path: path.clone(), current: now.get(path).cloned() })
        }
        _ if head.0 == base.0 => Ok(()),
        _ => Err(StoreError::BranchMoved {
            volume: volume.clone(),
            branch: BranchName::main(),
            tip: head.clone(),
        }
        .into()),
    }
}
