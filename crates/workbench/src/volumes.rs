//! What volumes hold, and how they came to it.

use llmos_api::volume::{CommitView, History, SignatureView, StatsList, VolumeStats};
use llmos_core::{
    access::Action,
    store::{CommitId, CommitInfo, HistoryQuery},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench, ids::Point};

/// How many commits are looked at for contributors.
const RECENT_COMMITS: usize = 200;

/// Which part of a history is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryFilter {
    /// The volume; the caller's own when left out.
    pub volume: Option<VolumeId>,
    /// Only commits that changed this file or folder.
    pub path: Option<VolumePath>,
    /// Start at this commit.
    pub from: Option<Point>,
    /// Whether to say in words what each commit changed in the file at `path`.
    pub words: bool,
    /// How many at most.
    pub limit: usize,
}

impl Workbench {
    /// Counts what each volume holds that the caller sees.
    pub fn volume_stats(&self, caller: &Caller) -> Result<StatsList, Error> {
        let counted = |volume: &VolumeId| match self.stats_of(volume) {
            Err(error) if error.is_damaged_team() => {
                let volume = volume.to_string();
                Ok(VolumeStats { volume, exists: true, n_broken: 1, ..VolumeStats::default() })
            }
            stats => stats,
        };
        let volumes: Result<_, _> = caller.layers()?.iter().map(counted).collect();
        Ok(StatsList { volumes: volumes? })
    }

    fn stats_of(&self, volume: &VolumeId) -> Result<VolumeStats, Error> {
        let snapshot = self.catalogue.snapshot(volume)?;
        let Some(head) = &snapshot.head else {
            return Ok(VolumeStats { volume: volume.to_string(), ..VolumeStats::default() });
        };
        let query = HistoryQuery { path: None, from: None, limit: RECENT_COMMITS };
        let commits = self.store.history(volume, &query)?;
        let mut contributors: Vec<String> = Vec::new();
        for commit in &commits {
            if !contributors.contains(&commit.author.name) {
                contributors.push(commit.author.name.clone());
            }
        }
        Ok(VolumeStats {
            volume: volume.to_string(),
            exists: true,
            n_skills: snapshot.skills.size(),
            n_workflows: snapshot.workflows.size(),
            n_traces: self.traces(volume, head).count()?,
            n_files: self.sizes.count(&*self.store, volume, head, None)?,
            n_broken: snapshot.broken.len(),
            last_commit: commits.first().map(commit_view),
            contributors,
        })
    }

    /// Shows the history of a volume, newest first.
    pub fn volume_history(
        &self,
        caller: &Caller,
        filter: &HistoryFilter,
    ) -> Result<History, Error> {
        let volume = filter.volume.clone().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let query = HistoryQuery {
            path: filter.path.clone(),
            from: filter.from.as_ref().map(|from| self.commit_of(&volume, from)).transpose()?,
            limit: filter.limit.saturating_add(1),
        };
        let mut commits = self.store.history(&volume, &query)?;
        let more = commits.split_off(commits.len().min(filter.limit));
        Ok(History {
            volume: volume.to_string(),
            commits: commits
                .iter()
                .map(|commit| match (&filter.path, filter.words) {
                    (Some(path), true) => self.told(&volume, path, commit),
                    _ => Ok(commit_view(commit)),
                })
                .collect::<Result<_, _>>()?,
            next: more.first().map(|commit| commit.id.to_string()),
        })
    }

    /// A commit with what it did to a file, in words.
    fn told(
        &self,
        volume: &VolumeId,
        path: &VolumePath,
        commit: &CommitInfo,
    ) -> Result<CommitView, Error> {
        let new = self.files_at(volume, &commit.id, Some(path))?.remove(path);
        let old = match commit.parents.first() {
            Some(parent) => self.files_at(volume, parent, Some(path))?.remove(path),
            None => None,
        };
        let words = match (&old, &new) {
            (None, None) => None,
            (None, Some(_)) => Some(vec!["added the file".to_owned()]),
            (Some(_), None) => Some(vec!["removed the file".to_owned()]),
            (Some(old), Some(new)) => {
                Some(self.compared(volume, path, Some(old), Some(new))?.words())
            }
        };
        let version = new.map(|version| version.to_string());
        Ok(CommitView { words, version, ..commit_view(commit) })
    }
}

/// A commit as history shows it.
pub(crate) fn commit_view(commit: &CommitInfo) -> CommitView {
    CommitView {
        words: None,
        version: None,
        commit: commit.id.to_string(),
        parents: commit.parents.iter().map(CommitId::to_string).collect(),
        author: commit.author.name.clone(),
        email: commit.author.email.clone(),
        time: commit.time.to_string(),
        subject: commit.message.lines().next().unwrap_or_default().to_owned(),
        message: commit.message.clone(),
        signature: commit.signature.as_ref().map(SignatureView::from),
    }
}
