//! Everything in a volume that names a commit.

use std::collections::BTreeSet;

use gix::{ObjectId, Repository, objs::Kind};
use llmos_core::store::{CommitId, StoreError};

use crate::volume::Volume;

/// How many tags may stand before a commit.
const MAX_TAGS: usize = 20;

impl Volume {
    /// Lists the commits that branches, tags, remotes, `HEAD` and any other names of the repository lead to.
    ///
    /// A name that leads nowhere, or to something else, is left out.
    pub(crate) fn tips(&self) -> Result<Vec<CommitId>, StoreError> {
        let Some(repository) = self.open()? else { return Ok(Vec::new()) };
        let mut found: BTreeSet<ObjectId> = self.tip(&repository)?.into_iter().collect();
        let named = self.all_names(&repository)?.into_iter().map(|(_, id)| id);
        // Where it names a branch this is one of the others.
        let head = repository.head_id().ok().map(gix::Id::detach);
        for id in named.chain(head) {
            found.extend(self.commit_behind(&repository, id)?);
        }
        Ok(found.into_iter().map(|id| CommitId(id.to_string())).collect())
    }

    /// The commit itself, or the one that a tag leads to.
    fn commit_behind(
        &self,
        repository: &Repository,
        mut id: ObjectId,
    ) -> Result<Option<ObjectId>, StoreError> {
        for _ in 0..MAX_TAGS {
            let header = repository.try_find_header(id).map_err(|err| self.damaged(err))?;
            match header.map(|header| header.kind()) {
                Some(Kind::Commit) => return Ok(Some(id)),
                Some(Kind::Tag) => {
                    let tag = repository.find_tag(id).map_err(|err| self.damaged(err))?;
                    id = tag.target_id().map_err(|err| self.damaged(err))?.detach();
                }
                Some(Kind::Tree | Kind::Blob) | None => return Ok(None),
            }
        }
        Ok(None)
    }
}
