//! Pointers that go from one volume to another take their blobs along.

use std::collections::BTreeSet;

use llmos_core::{
    blob::{BlobHash, Pointer, Upload, is_pointer_path},
    volume::{VolumeId, VolumePath},
};

use crate::{Error, Workbench};

impl Workbench {
    /// Puts the blobs of these files into another volume, where it does not have them. Asks for no permission: what
    /// is copied is what the caller was allowed to read, to where they may put it.
    ///
    /// A pointer whose blob is nowhere goes alone.
    pub(crate) fn carry_blobs<'a>(
        &self,
        (from, to): (&VolumeId, &VolumeId),
        files: impl Iterator<Item = (&'a VolumePath, &'a [u8])>,
    ) -> Result<(), Error> {
        let Some(kept) = self.blobs.as_ref().filter(|_| from != to) else { return Ok(()) };
        let pointers = files.filter(|(path, _)| is_pointer_path(path.as_str()));
        let hashes: BTreeSet<BlobHash> = pointers
            .filter_map(|(_, content)| Pointer::parse(content).ok())
            .map(|it| it.hash)
            .collect();
        for hash in hashes {
            let Some(mut open) = kept.blobs.open(from, &hash, None)? else { continue };
            // Also where it is there already: then it counts as new, until the pointer is committed.
            let upload = Upload { volume: to, limit: u64::MAX, now: &|| self.world.now() };
            kept.blobs.put(upload, &mut *open.content)?;
        }
        Ok(())
    }
}
