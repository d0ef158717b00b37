//! The commits of a volume.

use std::collections::BTreeMap;

use gix::{
    ObjectId, Repository, revision::walk::Sorting, traverse::commit::simple::CommitTimeOrder,
};
use jiff::Timestamp;
use llmos_core::{
    store::{Author, CommitId, CommitInfo, HistoryQuery, StoreError},
    volume::VolumePath,
};

use crate::{
    sign,
    tree::{self, Found},
    volume::Volume,
};

impl Volume {
    pub(crate) fn history(&self, query: &HistoryQuery) -> Result<Vec<CommitInfo>, StoreError> {
        let repository = self.open()?;
        let start = match (&query.from, &repository) {
            (Some(from), Some(repository)) => {
                let id = self.object_id(&from.0)?;
                self.tree_of(repository, id)?;
                Some(id)
            }
            (Some(from), None) => return Err(self.unknown(&from.0)),
            (None, Some(repository)) => self.tip(repository)?,
            (None, None) => None,
        };
        let (Some(repository), Some(start)) = (repository, start) else { return Ok(Vec::new()) };
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let walk = repository
            .rev_walk([start])
            .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
            .all()
            .map_err(|err| self.damaged(err))?;
        let mut filter = query.path.as_ref().map(|path| Filter::new(self, &repository, path));
        let mut found = Vec::new();
        for step in walk {
            let step = step.map_err(|err| self.damaged(err))?;
            let parents: Vec<ObjectId> = step.parent_ids().map(gix::Id::detach).collect();
            if let Some(filter) = &mut filter
                && !filter.touches(step.id, &parents)?
            {
                continue;
            }
            found.push(self.info(&repository, step.id, &parents)?);
            if found.len() == query.limit {
                break;
            }
        }
        Ok(found)
    }

    fn info(
        &self,
        repository: &Repository,
        id: ObjectId,
        parents: &[ObjectId],
    ) -> Result<CommitInfo, StoreError> {
        let commit = repository.find_commit(id).map_err(|err| self.damaged(err))?;
        let author = commit.author().map_err(|err| self.damaged(err))?;
        let seconds = author.time().map_or(0, |time| time.seconds);
        Ok(CommitInfo {
            id: CommitId(id.to_string()),
            parents: parents.iter().map(|id| CommitId(id.to_string())).collect(),
            author: Author { name: author.name.to_string(), email: author.email.to_string() },
            time: Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH),
            message: commit.message_raw_sloppy().to_string(),
            signature: sign::check(&commit.data),
        })
    }
}

/// Says which commits changed a path.
struct Filter<'a> {
    volume: &'a Volume,
    repository: &'a Repository,
    path: &'a VolumePath,
    /// What stands at the path in commits that were looked at as parents.
    seen: BTreeMap<ObjectId, Found>,
}

impl<'a> Filter<'a> {
    fn new(volume: &'a Volume, repository: &'a Repository, path: &'a VolumePath) -> Self {
        Self { volume, repository, path, seen: BTreeMap::new() }
    }

    /// A merge counts only where it differs from every parent: what one side changed is shown on that side.
    fn touches(&mut self, commit: ObjectId, parents: &[ObjectId]) -> Result<bool, StoreError> {
        let here = match self.seen.remove(&commit) {
            Some(found) => found,
            None => self.look(commit)?,
        };
        if parents.is_empty() {
            return Ok(matches!(here, Found::File(_) | Found::Tree(_)));
        }
        let mut differs = true;
        for parent in parents {
            let there = match self.seen.get(parent) {
                Some(found) => found.clone(),
                None => self.look(*parent)?,
            };
            differs &= there != here;
            self.seen.insert(*parent, there);
        }
        Ok(differs)
    }

    /// Everything that is neither file nor folder is nothing here, as it is for [`Volume::list`].
    fn look(&self, commit: ObjectId) -> Result<Found, StoreError> {
        // The parents of a shallow clone's last commit are not there.
        if !self.repository.has_object(commit) {
            return Ok(Found::Nothing);
        }
        let root = self.volume.tree_of(self.repository, commit)?;
        let found = tree::find(self.repository, root, self.path);
        match found.map_err(|err| self.volume.damaged(err))? {
            found @ (Found::File(_) | Found::Tree(_)) => Ok(found),
            Found::Nothing | Found::Other | Found::Under(..) => Ok(Found::Nothing),
        }
    }
}
