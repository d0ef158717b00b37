//! What came to be between two commits.

use gix::{ObjectId, Repository};
use llmos_core::store::{CommitId, Span, StoreError};

use crate::{
    read::MAX_BLOB_BYTES,
    tree::{self, Difference, Found},
    volume::Volume,
};

impl Volume {
    /// See [`llmos_core::store::Store::added`].
    pub(crate) fn added(
        &self,
        span: Span<'_>,
        wanted: &dyn Fn(&str) -> bool,
        visit: &mut dyn FnMut(Vec<u8>),
    ) -> Result<bool, StoreError> {
        let Some(repository) = self.open()? else { return Err(self.unknown(&span.to.0)) };
        let folder = |at: &CommitId| self.folder_at(&repository, at, &span);
        let before = span.from.map(folder).transpose()?.flatten();
        let after = folder(span.to)?;
        let found = Difference::of(&repository, before, after, wanted);
        let found = found.map_err(|err| self.damaged(err))?;
        for id in &found.added {
            let header = repository.find_header(*id).map_err(|err| self.damaged(err))?;
            if header.size() > MAX_BLOB_BYTES {
                return Err(self.damaged(format!(
                    "file `{id}` has {} bytes, too many to read",
                    header.size()
                )));
            }
            let mut blob = repository.find_blob(*id).map_err(|err| self.damaged(err))?;
            visit(blob.take_data());
        }
        Ok(found.is_more)
    }

    /// Finds the folder of a span at a commit.
    fn folder_at(
        &self,
        repository: &Repository,
        at: &CommitId,
        span: &Span<'_>,
    ) -> Result<Option<ObjectId>, StoreError> {
        let root = self.tree_of(repository, self.object_id(&at.0)?)?;
        match tree::find(repository, root, span.path).map_err(|err| self.damaged(err))? {
            Found::Tree(id) => Ok(Some(id)),
            Found::File(_) | Found::Nothing | Found::Other | Found::Under(..) => Ok(None),
        }
    }
}
