//! Reading all blobs, to know that they are whole.

use std::{collections::BTreeSet, io};

use llmos_api::blob::{BlobFault, BlobFaults};
use llmos_core::{
    access::Action,
    blob::{BlobHash, KeptBlob},
    volume::VolumeId,
};

use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Reads every blob, and looks whether what the newest commits refer to is there.
    pub fn verify_blobs(&self, caller: &Caller) -> Result<BlobFaults, Error> {
        let blobs = self.blobs()?;
        let mut found = BlobFaults::default();
        let mut volumes: BTreeSet<VolumeId> = blobs.volumes()?.into_iter().collect();
        volumes.extend(self.store.volumes()?);
        for volume in volumes {
            caller.must(Action::Read, &volume)?;
            let mut kept: Vec<KeptBlob> = Vec::new();
            blobs.list(&volume, &mut |blob| kept.push(blob))?;
            for blob in &kept {
                found.n_read += 1;
                found.n_bytes += blob.size;
                if let Some(what) = self.fault_of(&volume, &blob.hash)? {
                    found.faults.push(fault(&volume, &blob.hash, None, what));
                }
            }
            let there: BTreeSet<BlobHash> = kept.iter().map(|blob| blob.hash).collect();
            for (path, pointer) in self.pointers.of(&*self.store, &volume)? {
                if !there.contains(&pointer.hash) {
                    let what = "its content is not here".to_owned();
                    let path = Some(path.to_string());
                    found.faults.push(fault(&volume, &pointer.hash, path, what));
                }
            }
        }
        Ok(found)
    }

    fn fault_of(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<String>, Error> {
        // One that was removed since it was listed has no faults.
        let Some(mut open) = self.blobs()?.open(volume, hash, None)? else { return Ok(None) };
        Ok(io::copy(&mut *open.content, &mut io::sink()).err().map(|error| error.to_string()))
    }
}

fn fault(volume: &VolumeId, hash: &BlobHash, path: Option<String>, what: String) -> BlobFault {
    BlobFault { volume: volume.to_string(), hash: hash.to_string(), path, what }
}
