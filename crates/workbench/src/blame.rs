//! Which commit each line of a file came with.

use std::collections::BTreeMap;

use llmos_api::history::{Blame, BlamedLine};
use llmos_core::{
    access::Action,
    diff::text,
    store::{BlobId, CommitId, CommitInfo, HistoryQuery},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, FileFilter, Workbench, volumes::commit_view};

/// How many versions of a file are looked at.
const MAX_VERSIONS: usize = 1000;

/// How many commits are looked at to find the one in which a version came to be.
const MAX_SIDES: usize = 8;

/// Lines of the newest version that an older one has too: where they stand there, and there.
type Left = Vec<(usize, usize)>;

/// Goes from version to version, and gives each line to the commit in which it is new.
struct Walk<'a> {
    bench: &'a Workbench,
    volume: &'a VolumeId,
    path: &'a VolumePath,
    /// The commit of each line, once it is known.
    owners: Vec<Option<CommitId>>,
    commits: BTreeMap<CommitId, CommitInfo>,
}

impl Workbench {
    /// Says which commit each line of a file came with.
    pub fn blame(&self, caller: &Caller, filter: &FileFilter) -> Result<Blame, Error> {
        let volume = filter.volume.clone().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let path = &filter.path;
        let file = self.read_file(caller, filter)?;
        let at = match &filter.at {
            Some(point) => Some(self.commit_of(&volume, point)?),
            None => self.store.head(&volume)?,
        };
        let hint = "name a commit or a branch";
        let at = at.ok_or(Error::MissingField { field: "at", hint })?;
        let lines: Vec<&str> = file.text.lines().collect();
        let mut walk = Walk {
            bench: self,
            volume: &volume,
            path,
            owners: vec![None; lines.len()],
            commits: BTreeMap::new(),
        };
        let cut = walk.run(&at, &BlobId(file.version.clone()))?;
        let Walk { owners, commits, .. } = walk;
        let blamed = lines.iter().zip(owners).map(|(text, owner)| BlamedLine {
            text: (*text).to_owned(),
            commit: owner.unwrap_or_else(|| at.clone()).to_string(),
        });
        let lines: Vec<BlamedLine> = blamed.collect();
        let named = |commit: &&CommitInfo| lines.iter().any(|line| line.commit == commit.id.0);
        let mut commits: Vec<_> = commits.values().filter(named).collect();
        commits.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.id.cmp(&b.id)));
        Ok(Blame {
            volume: volume.to_string(),
            path: path.to_string(),
            commit: at.to_string(),
            version: file.version,
            commits: commits.into_iter().map(commit_view).collect(),
            lines,
            cut,
        })
    }
}

impl Walk<'_> {
    /// Looks at one version after the other; says whether it gave up before the first.
    fn run(&mut self, at: &CommitId, blob: &BlobId) -> Result<bool, Error> {
        let all: Left = (0..self.owners.len()).map(|line| (line, line)).collect();
        let mut to_do = vec![(at.clone(), blob.clone(), all)];
        for _ in 0..MAX_VERSIONS {
            let Some((from, blob, mut left)) = to_do.pop() else { return Ok(false) };
            let Some(commit) = self.newest(&from, &blob)? else { continue };
            let text = self.text(&blob)?;
            for parent in &commit.parents {
                let Some(old) = self.version_at(parent)? else { continue };
                let origins = text::origins(&self.text(&old)?, &text);
                let (kept, new): (Left, Left) = left
                    .iter()
                    .partition(|(_, line)| origins.get(*line).is_some_and(Option::is_some));
                left = new;
                let kept: Left = kept
                    .into_iter()
                    .filter_map(|(line, at)| Some((line, origins.get(at).copied().flatten()?)))
                    .collect();
                if !kept.is_empty() {
                    to_do.push((parent.clone(), old, kept));
                }
            }
            self.give(&left, &commit);
        }
        // What is left is at least as old as where the search ended.
        let cut = !to_do.is_empty();
        for (from, blob, left) in to_do {
            if let Some(commit) = self.newest(&from, &blob)? {
                self.give(&left, &commit);
            }
        }
        Ok(cut)
    }

    fn give(&mut self, lines: &[(usize, usize)], commit: &CommitInfo) {
        for (line, _) in lines {
            if let Some(owner) = self.owners.get_mut(*line) {
                *owner = Some(commit.id.clone());
            }
        }
        self.commits.insert(commit.id.clone(), commit.clone());
    }

    /// The newest commit, from one on, in which the file came to be this version.
    fn newest(&self, from: &CommitId, blob: &BlobId) -> Result<Option<CommitInfo>, Error> {
        let query = HistoryQuery {
            path: Some(self.path.clone()),
            from: Some(from.clone()),
            limit: MAX_SIDES,
        };
        let found = self.bench.store.history(self.volume, &query)?;
        // Where two lines met, the newest of both is not always the one whose version was taken.
        for commit in &found {
            if self.version_at(&commit.id)?.as_ref() == Some(blob) {
                return Ok(Some(commit.clone()));
            }
        }
        Ok(found.into_iter().next())
    }

    fn version_at(&self, commit: &CommitId) -> Result<Option<BlobId>, Error> {
        let mut files = self.bench.files_at(self.volume, commit, Some(self.path))?;
        Ok(files.remove(self.path))
    }

    fn text(&self, blob: &BlobId) -> Result<String, Error> {
        let content = self.bench.store.read(self.volume, blob)?;
        Ok(String::from_utf8_lossy(&content).into_owned())
    }
}
