//! Reading a blob, through something that refers to it and that the caller may see.

use std::ops::Range;

use llmos_core::{
    access::Action,
    blob::{BlobHash, OpenBlob, Pointer, is_pointer_path},
    session::Part,
    slug::Slug,
    store::CommitId,
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench, ids::Point};

/// How many messages are looked at together.
const STRIDE: usize = 500;

/// What refers to a blob. Where nothing is said, the pointers of all volumes that the caller sees are looked at.
#[derive(Clone, Debug, Default)]
pub struct BlobPlace {
    /// The volume that has the pointer.
    pub volume: Option<VolumeId>,
    /// Where its pointer stands.
    pub path: Option<VolumePath>,
    /// At which commit; the newest one when left out.
    pub at: Option<Point>,
    /// The session of which a message carries it.
    pub session: Option<Slug>,
    /// The number of that message; all of them are looked at when left out.
    pub message: Option<u64>,
}

/// A blob that the caller may read.
#[derive(Clone, Debug)]
pub struct FoundBlob {
    volume: VolumeId,
    pointer: Pointer,
    size: u64,
}

impl FoundBlob {
    /// What stands for it.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// How many bytes it really has.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Workbench {
    /// Finds a blob that something refers to which the caller may see.
    pub fn find_blob(
        &self,
        caller: &Caller,
        hash: &BlobHash,
        place: &BlobPlace,
    ) -> Result<FoundBlob, Error> {
        let blobs = self.blobs()?;
        let (volume, pointer) = match &place.session {
            Some(session) => self.in_session(caller, hash, session, place.message)?,
            None => self.in_volume(caller, hash, place)?,
        };
        let kept = blobs.find(&volume, hash)?;
        let kept =
            kept.ok_or_else(|| Error::BlobMissing { hash: *hash, volume: volume.clone() })?;
        Ok(FoundBlob { volume, pointer, size: kept.size })
    }

    /// Opens a blob that was found, or these bytes of it.
    pub fn open_blob(
        &self,
        found: &FoundBlob,
        part: Option<Range<u64>>,
    ) -> Result<OpenBlob, Error> {
        let FoundBlob { volume, pointer, .. } = found;
        let open = self.blobs()?.open(volume, &pointer.hash, part)?;
        open.ok_or_else(|| Error::BlobMissing { hash: pointer.hash, volume: volume.clone() })
    }

    fn in_volume(
        &self,
        caller: &Caller,
        hash: &BlobHash,
        place: &BlobPlace,
    ) -> Result<(VolumeId, Pointer), Error> {
        let volumes = match (&place.volume, &place.path, &place.at) {
            (Some(volume), ..) => {
                caller.must(Action::Read, volume)?;
                vec![volume.clone()]
            }
            (None, None, None) => caller.layers()?,
            (None, ..) => {
                let own = caller.own_volume();
                caller.must(Action::Read, &own)?;
                vec![own]
            }
        };
        for volume in volumes {
            let found = match (&place.path, &place.at) {
                (None, None) => {
                    let mut all = self.pointers.of(&*self.store, &volume)?.into_iter();
                    all.find(|(_, pointer)| pointer.hash == *hash).map(|(_, pointer)| pointer)
                }
                (None, Some(_)) => {
                    let hint = "name the pointer that the commit has";
                    return Err(Error::MissingField { field: "path", hint });
                }
                (Some(path), at) => {
                    let commit = match at {
                        Some(at) => Some(self.commit_of(&volume, at)?),
                        None => self.store.head(&volume)?,
                    };
                    let there = match commit {
                        Some(commit) => self.pointer_at(&volume, &commit, path)?.flatten(),
                        None => None,
                    };
                    there.filter(|pointer| pointer.hash == *hash)
                }
            };
            if let Some(pointer) = found {
                return Ok((volume, pointer));
            }
        }
        Err(unknown(hash, place.volume.clone()))
    }

    /// The pointer at a path: `None` where there is no file, `Some(None)` where it is another one.
    pub(super) fn pointer_at(
        &self,
        volume: &VolumeId,
        commit: &CommitId,
        path: &VolumePath,
    ) -> Result<Option<Option<Pointer>>, Error> {
        let found = self.store.list(volume, commit, Some(path))?;
        let Some(entry) = found.into_iter().find(|entry| entry.path == *path) else {
            return Ok(None);
        };
        if !is_pointer_path(path.as_str()) {
            return Ok(Some(None));
        }
        let content = self.store.read(volume, &entry.blob)?;
        Ok(Some(Pointer::parse(&content).ok()))
    }

    fn in_session(
        &self,
        caller: &Caller,
        hash: &BlobHash,
        session: &Slug,
        message: Option<u64>,
    ) -> Result<(VolumeId, Pointer), Error> {
        let head = self.session(caller, session, Part::Look)?;
        let (mut first, stride) = message.map_or((1, STRIDE), |number| (number, 1));
        loop {
            let (_, messages) = self.messages(session, first, stride)?;
            let files = messages.iter().flat_map(|kept| &kept.files);
            let mut pointers = files
                .filter(|file| is_pointer_path(file.path.as_str()))
                .filter_map(|file| Pointer::parse(file.content.as_bytes()).ok());
            if let Some(pointer) = pointers.find(|pointer| pointer.hash == *hash) {
                return Ok((head.volume, pointer));
            }
            if messages.len() < stride || message.is_some() {
                return Err(unknown(hash, None));
            }
            first += messages.len() as u64;
        }
    }
}

/// What nothing refers to is as unknown as what is not there.
fn unknown(hash: &BlobHash, volume: Option<VolumeId>) -> Error {
    Error::Unknown {
        what: "blob",
        id: hash.to_string(),
        volume,
        hint: "name what refers to it: `volume`, `path` of its pointer and `commit`, or `session`"
            .to_owned(),
    }
}
