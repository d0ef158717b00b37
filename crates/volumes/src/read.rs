//! What a volume holds at a commit.

use gix::objs::Kind;
use llmos_core::{
    store::{BlobId, CommitId, Entry, Name, StoreError},
    volume::VolumePath,
};

use crate::{
    tree::{self, Found},
    trees::Trees,
    volume::Volume,
};

/// The largest file that is read, so that a small pack cannot unfold into all memory.
pub(crate) const MAX_BLOB_BYTES: u64 = 256 << 20;

impl Volume {
    pub(crate) fn list(
        &self,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        let Some(repository) = self.open()? else { return Err(self.unknown(&at.0)) };
        let root = self.tree_of(&repository, self.object_id(&at.0)?)?;
        let (start, prefix) = match path {
            None => (root, String::new()),
            Some(path) => {
                match tree::find(&repository, root, path).map_err(|err| self.damaged(err))? {
                    Found::Tree(id) => (id, format!("{path}/")),
                    Found::File(file) => {
                        return Ok(vec![Entry {
                            path: path.clone(),
                            blob: BlobId(file.id.to_string()),
                        }]);
                    }
                    Found::Nothing | Found::Other | Found::Under(..) => return Ok(Vec::new()),
                }
            }
        };
        tree::files(&repository, start, prefix, tree::MAX_ENTRIES).map_err(|err| self.damaged(err))
    }

    pub(crate) fn names(
        &self,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Name>, StoreError> {
        let trees = Trees::of(self, at)?;
        let root = trees.root(at)?;
        let (tree, prefix) = match path {
            None => (Some(root), String::new()),
            Some(path) => {
                let folder = trees.folder(root, path).map_err(|err| self.damaged(err))?;
                (folder, format!("{path}/"))
            }
        };
        let Some(tree) = tree else { return Ok(Vec::new()) };
        trees.names(tree, &prefix).map_err(|err| self.damaged(err))
    }

    pub(crate) fn read(&self, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        let id = self.object_id(&blob.0)?;
        let pending = self.pending();
        let found = pending.iter().flat_map(|pending| &pending.objects).find(|it| it.id == id);
        if let Some(object) = found.filter(|object| object.kind == Kind::Blob) {
            return Ok(object.data.whole().into_owned());
        }
        let Some(repository) = self.open_to_read()? else { return Err(self.unknown(&blob.0)) };
        let header = repository.try_find_header(id).map_err(|err| self.damaged(err))?;
        let header = header
            .filter(|header| header.kind() == Kind::Blob)
            .ok_or_else(|| self.unknown(&blob.0))?;
        if header.size() > MAX_BLOB_BYTES {
            return Err(self
                .damaged(format!("file `{blob}` has {} bytes, too many to read", header.size())));
        }
        let mut blob = repository.find_blob(id).map_err(|err| self.damaged(err))?;
        Ok(blob.take_data())
    }
}
