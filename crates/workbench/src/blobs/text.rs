//! The text of a blob, for whoever reads it part by part.

use std::io::Read;

use llmos_core::{
    access::Action,
    blob::{BlobsError, Pointer, pointer_path},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench};

/// A part of the text of a file that lies outside of Git.
pub(crate) struct BlobText {
    /// What stands for it.
    pub(crate) pointer: Pointer,
    /// The part; bytes that are no text are shown as such.
    pub(crate) text: String,
    /// At which byte the rest begins.
    pub(crate) next: Option<u64>,
}

impl Workbench {
    /// Reads at most so many bytes of what a path of a volume stands for, with or without the ending of pointers.
    /// `None` where no pointer is there, or its content is kept nowhere here.
    pub(crate) fn blob_text(
        &self,
        caller: &Caller,
        (volume, path): (&VolumeId, &VolumePath),
        from: u64,
        most: usize,
    ) -> Result<Option<BlobText>, Error> {
        caller.must(Action::Read, volume)?;
        let (Some(kept), Ok(place)) = (&self.blobs, pointer_path(path)) else { return Ok(None) };
        let Some(head) = self.store.head(volume)? else { return Ok(None) };
        let Some(pointer) = self.pointer_at(volume, &head, &place)?.flatten() else {
            return Ok(None);
        };
        let Some(found) = kept.blobs.find(volume, &pointer.hash)? else { return Ok(None) };
        let from = from.min(found.size);
        let to = found.size.min(from.saturating_add(most as u64));
        let mut bytes = Vec::new();
        if from < to {
            let open = kept.blobs.open(volume, &pointer.hash, Some(from..to))?;
            let Some(mut open) = open else { return Ok(None) };
            let doing = "reading a blob";
            let read = open.content.read_to_end(&mut bytes);
            read.map_err(|source| BlobsError::Medium { doing, source: source.into() })?;
        }
        if bytes.contains(&0) {
            return Err(Error::BadField {
                field: "path",
                reason: format!("the file is no text but `{}`", pointer.media_type),
                hint: "read another file".to_owned(),
            });
        }
        // A character that the end cuts belongs to what comes next.
        if let Err(error) = std::str::from_utf8(&bytes)
            && error.error_len().is_none()
            && to < found.size
        {
            bytes.truncate(error.valid_up_to());
        }
        let end = from + bytes.len() as u64;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Some(BlobText { pointer, text, next: (end < found.size).then_some(end) }))
    }
}
