//! A [`Blobs`] that forgets everything when it is dropped.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read},
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use llmos_core::{
    blob::{BlobHash, Blobs, BlobsError, KeptBlob, OpenBlob, Upload},
    volume::VolumeId,
};

type Kept = BTreeMap<(VolumeId, BlobHash), (KeptBlob, Vec<u8>)>;

/// Blobs in memory. They keep the promises of [`Blobs`] and make no others.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    kept: Mutex<Kept>,
}

impl MemoryBlobs {
    /// Makes a place without blobs.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Blobs for MemoryBlobs {
    fn put(&self, upload: Upload<'_>, content: &mut dyn Read) -> Result<KeptBlob, BlobsError> {
        let mut bytes = Vec::new();
        let read = content.take(upload.limit.saturating_add(1)).read_to_end(&mut bytes);
        let size = read.map_err(|source| BlobsError::Cut { source })? as u64;
        if size > upload.limit {
            return Err(BlobsError::TooLarge { limit: upload.limit });
        }
        let hash = BlobHash::of(&bytes);
        let now = (upload.now)();
        let kept_at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let kept = KeptBlob { hash, size, kept_at };
        self.lock().insert((upload.volume.clone(), hash), (kept.clone(), bytes));
        Ok(kept)
    }

    fn find(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<KeptBlob>, BlobsError> {
        Ok(self.lock().get(&(volume.clone(), *hash)).map(|(kept, _)| kept.clone()))
    }

    fn open(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        part: Option<Range<u64>>,
    ) -> Result<Option<OpenBlob>, BlobsError> {
        let kept = self.lock();
        let Some((_, bytes)) = kept.get(&(volume.clone(), *hash)) else { return Ok(None) };
        let size = bytes.len() as u64;
        let part = part.unwrap_or(0..size);
        let end = part.end.min(size);
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = bytes[place(part.start.min(end))..place(end)].to_vec();
        Ok(Some(OpenBlob { size, content: Box::new(Cursor::new(bytes)) }))
    }

    fn list(&self, volume: &VolumeId, visit: &mut dyn FnMut(KeptBlob)) -> Result<(), BlobsError> {
        let kept: Vec<KeptBlob> = self
            .lock()
            .iter()
            .filter(|((of, _), _)| of == volume)
            .map(|(_, (kept, _))| kept.clone())
            .collect();
        kept.into_iter().for_each(visit);
        Ok(())
    }

    fn remove(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        before: Timestamp,
    ) -> Result<bool, BlobsError> {
        let key = (volume.clone(), *hash);
        let mut kept = self.lock();
        let is_old = kept.get(&key).is_some_and(|(kept, _)| kept.kept_at < before);
        Ok(is_old && kept.remove(&key).is_some())
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, BlobsError> {
        let volumes: BTreeSet<_> = self.lock().keys().map(|(volume, _)| volume.clone()).collect();
        Ok(volumes.into_iter().collect())
    }
}
