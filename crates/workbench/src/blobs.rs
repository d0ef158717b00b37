//! Blobs: files that lie outside of Git. Uploading one, finding and reading it
//! through a pointer that the caller may see, and removing what nothing refers to.

mod carry;
mod change;
mod collect;
mod pointers;
mod read;
mod references;
mod text;
mod whole;

use std::{io::Read, sync::Arc};

use llmos_api::blob::{BlobFacts, BlobFile, BlobList, UploadedBlob};
use llmos_core::{
    access::Action,
    blob::{BlobHash, Blobs, BlobsError, MediaType, Pointer, Upload, place_for_upload},
    session::check_talk,
    store::{CommitId, Edit, Expected},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Page, Workbench};

pub use collect::Collect;
pub(crate) use pointers::Pointers;
pub use read::{BlobPlace, FoundBlob};

/// What is uploaded.
#[derive(Clone, Debug)]
pub struct NewBlob {
    /// For which volume; the caller's own when left out.
    pub volume: Option<VolumeId>,
    /// Where its pointer is to stand; without it none is committed, and a message of a session may carry it.
    pub path: Option<VolumePath>,
    /// What sort of content it is said to be.
    pub media_type: MediaType,
    /// What the file is called; the end of its path when left out.
    pub name: Option<String>,
    /// The hash that it must have.
    pub expected: Option<BlobHash>,
    /// Whether a pointer that is there already gives way.
    pub replace: bool,
}

/// Where blobs are kept.
pub(crate) struct KeptBlobs {
    blobs: Arc<dyn Blobs>,
    limit: u64,
}

impl Workbench {
    /// Keeps blobs there, up to so many bytes each. Without it there are none.
    #[must_use]
    pub fn with_blobs(self, blobs: Arc<dyn Blobs>, limit: u64) -> Self {
        Self { blobs: Some(KeptBlobs { blobs, limit }), ..self }
    }

    /// Says whether the caller may upload this, before a long body is read that is said to have so many bytes.
    pub fn may_upload(
        &self,
        caller: &Caller,
        asked: &NewBlob,
        said_bytes: Option<u64>,
    ) -> Result<(), Error> {
        let limit = self.kept_blobs()?.limit;
        self.prepare(caller, asked)?;
        match said_bytes {
            Some(said) if said > limit => Err(BlobsError::TooLarge { limit }.into()),
            _ => Ok(()),
        }
    }

    /// Keeps a content for a volume, and commits its pointer where a path is given.
    ///
    /// It would survive a power cut when this returns.
    pub fn put_blob(
        &self,
        caller: &Caller,
        asked: &NewBlob,
        content: &mut dyn Read,
    ) -> Result<UploadedBlob, Error> {
        let KeptBlobs { blobs, limit } = self.kept_blobs()?;
        let (volume, place) = self.prepare(caller, asked)?;
        let upload = Upload { volume: &volume, limit: *limit, now: &|| self.world.now() };
        let kept = blobs.put(upload, content)?;
        // What came is not what was meant; nothing refers to it, so it goes when it is old.
        if asked.expected.is_some_and(|expected| expected != kept.hash) {
            return Err(Error::BadField {
                field: "sha256",
                reason: format!("the content that came has the hash `{}`", kept.hash),
                hint: "send it again".to_owned(),
            });
        }
        let last = asked.path.as_ref().map(|path| path.file_name().to_owned());
        let name = asked.name.clone().or(last).unwrap_or_default();
        let name = name.strip_suffix(llmos_core::blob::ENDING).unwrap_or(&name);
        let pointer = Pointer::new(kept.hash, kept.size, asked.media_type.clone(), name);
        let commit = match &place {
            Some(place) => Some(self.commit_pointer(caller, (&volume, place), &pointer, asked)?),
            None => None,
        };
        Ok(UploadedBlob {
            blob: BlobFacts::from(&pointer),
            pointer: pointer.to_string(),
            volume: volume.to_string(),
            path: place.map(|place| place.to_string()),
            commit: commit.map(|commit| commit.to_string()),
        })
    }

    /// Lists the pointers of a volume, by path.
    pub fn list_blobs(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        page: Page,
    ) -> Result<BlobList, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let KeptBlobs { blobs, limit } = self.kept_blobs()?;
        let may_add = caller.may(Action::Write, &volume);
        let all = self.pointers.of(&*self.store, &volume)?;
        let shown = all.iter().skip(page.offset).take(page.limit);
        let file = |(path, pointer): &(VolumePath, Pointer)| {
            let kept = blobs.find(&volume, &pointer.hash)?;
            Ok(BlobFile {
                path: path.to_string(),
                blob: BlobFacts::from(pointer),
                is_here: kept.is_some(),
                kept_at: kept.map(|kept| kept.kept_at.to_string()),
                may_change: may_add && place_for_upload(path).is_ok(),
            })
        };
        let shown: Result<_, Error> = shown.map(file).collect();
        Ok(BlobList {
            volume: volume.to_string(),
            total: all.len() as u64,
            blobs: shown?,
            may_add,
            max_bytes: *limit,
        })
    }

    /// Checks what is asked for, and returns the volume and where the pointer is to stand.
    fn prepare(
        &self,
        caller: &Caller,
        asked: &NewBlob,
    ) -> Result<(VolumeId, Option<VolumePath>), Error> {
        let volume = asked.volume.clone().unwrap_or_else(|| caller.own_volume());
        let Some(path) = &asked.path else {
            // A message can carry it.
            if !caller.may(Action::Write, &volume) {
                check_talk(caller.actor(), &volume).map_err(|denied| Error::Denied { denied })?;
            }
            return Ok((volume, None));
        };
        caller.must(Action::Write, &volume)?;
        let place = place_of(path)?;
        if !asked.replace
            && let Some(head) = self.store.head(&volume)?
            && let Some(there) = self.pointer_at(&volume, &head, &place)?
            && (asked.expected.is_none() || there.map(|there| there.hash) != asked.expected)
        {
            return Err(Error::BadField {
                field: "path",
                reason: format!("`{place}` is there already"),
                hint: "choose another path, or let it be replaced with `replace=true`".to_owned(),
            });
        }
        Ok((volume, Some(place)))
    }

    fn commit_pointer(
        &self,
        caller: &Caller,
        (volume, place): (&VolumeId, &VolumePath),
        pointer: &Pointer,
        asked: &NewBlob,
    ) -> Result<CommitId, Error> {
        // The same content that is put again changes nothing.
        let may_be_there = asked.replace || asked.expected.is_some();
        let edit = Edit {
            path: place.clone(),
            expected: if may_be_there { Expected::Anything } else { Expected::Absent },
            content: Some(pointer.to_string().into_bytes()),
        };
        let Pointer { hash, size, .. } = pointer;
        let message = format!("file: put {place}\n\nBlob: {}\nSize: {size}\n", hash.tagged());
        self.commit(caller, volume, vec![edit], message)
    }

    fn kept_blobs(&self) -> Result<&KeptBlobs, Error> {
        self.blobs.as_ref().ok_or(Error::NoBlobs)
    }

    fn blobs(&self) -> Result<&dyn Blobs, Error> {
        self.kept_blobs().map(|kept| &*kept.blobs)
    }
}

/// Where the pointer of a file stands that people put there.
fn place_of(path: &VolumePath) -> Result<VolumePath, Error> {
    place_for_upload(path).map_err(|error| Error::BadField {
        field: "path",
        reason: error.to_string(),
        hint: error.hint().to_owned(),
    })
}

impl From<BlobsError> for Error {
    fn from(source: BlobsError) -> Self {
        Self::Blobs { source }
    }
}
