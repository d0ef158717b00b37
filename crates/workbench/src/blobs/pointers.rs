//! The pointers of a volume, found without reading what did not change since.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use llmos_core::{
    blob::{MAX_POINTER_BYTES, Pointer, is_pointer_path},
    store::{BlobId, CommitId, FolderId, Holds, Store},
    volume::{VolumeId, VolumePath},
};

use crate::Error;

/// The folder in which no pointers are: it has a million files.
pub(super) const TRACES: &str = "traces";

/// How many folders and pointers are remembered, of all volumes together.
const MAX_REMEMBERED: usize = 100_000;

/// What was found in folders and files, by what they hold.
#[derive(Default)]
pub(crate) struct Pointers(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Where below a folder files stand that are named like pointers. Their ids mean something in one volume alone.
    below: HashMap<(VolumeId, FolderId), Below>,
    /// `None` where it is no pointer whatever its name is.
    read: HashMap<BlobId, Option<Pointer>>,
}

/// The files named like pointers below a folder, by their path from there.
type Below = Arc<Vec<(String, BlobId)>>;

impl Pointers {
    /// The pointers that the newest commit of a volume has, by path.
    pub(crate) fn of(
        &self,
        store: &dyn Store,
        volume: &VolumeId,
    ) -> Result<Vec<(VolumePath, Pointer)>, Error> {
        let Some(head) = store.head(volume)? else { return Ok(Vec::new()) };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.below.len() + known.read.len() > MAX_REMEMBERED {
            *known = Known::default();
        }
        let mut found = BTreeMap::new();
        for name in store.names(volume, &head, None)? {
            match name.holds {
                Holds::Folder(_) if name.name == TRACES => {}
                Holds::Folder(id) => {
                    let Ok(path) = name.name.parse::<VolumePath>() else { continue };
                    let below = known.below(store, (volume, &head), &path, id)?;
                    found.extend(
                        below.iter().map(|(rest, id)| (format!("{path}/{rest}"), id.clone())),
                    );
                }
                Holds::File(id) if is_pointer_path(&name.name) => drop(found.insert(name.name, id)),
                Holds::File(_) => {}
            }
        }
        let mut pointers = Vec::new();
        for (path, id) in found {
            let (Ok(path), Some(pointer)) = (path.parse(), known.read(store, volume, &id)?) else {
                continue;
            };
            pointers.push((path, pointer));
        }
        Ok(pointers)
    }
}

impl Known {
    fn below(
        &mut self,
        store: &dyn Store,
        at: (&VolumeId, &CommitId),
        path: &VolumePath,
        id: FolderId,
    ) -> Result<Below, Error> {
        let key = (at.0.clone(), id);
        if let Some(found) = self.below.get(&key) {
            return Ok(Arc::clone(found));
        }
        let mut found = Vec::new();
        for name in store.names(at.0, at.1, Some(path))? {
            match name.holds {
                Holds::Folder(id) => {
                    let Ok(path) = format!("{path}/{}", name.name).parse::<VolumePath>() else {
                        continue;
                    };
                    let below = self.below(store, at, &path, id)?;
                    let inside = below
                        .iter()
                        .map(|(rest, id)| (format!("{}/{rest}", name.name), id.clone()));
                    found.extend(inside);
                }
                Holds::File(id) if is_pointer_path(&name.name) => found.push((name.name, id)),
                Holds::File(_) => {}
            }
        }
        let found = Arc::new(found);
        self.below.insert(key, Arc::clone(&found));
        Ok(found)
    }

    fn read(
        &mut self,
        store: &dyn Store,
        volume: &VolumeId,
        id: &BlobId,
    ) -> Result<Option<Pointer>, Error> {
        if let Some(known) = self.read.get(id) {
            return Ok(known.clone());
        }
        let content = store.read(volume, id)?;
        let pointer = Some(content).filter(|content| content.len() <= MAX_POINTER_BYTES);
        let pointer = pointer.and_then(|content| Pointer::parse(&content).ok());
        self.read.insert(id.clone(), pointer.clone());
        Ok(pointer)
    }
}
