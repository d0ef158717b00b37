//! The system volume: filled from what the program ships.

use llmos_core::{
    metadata,
    seed::{self, ShippedFile},
    store::{Author, Change, CommitId},
    volume::{VolumeId, VolumePath},
};

use crate::{Error, Workbench};

/// What [`Workbench::seed_system`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// The commit, if anything had to be written.
    pub commit: Option<CommitId>,
    /// How many files were written or deleted.
    pub n_changed: usize,
    /// Files that people changed or deleted, and that stay as they are.
    pub kept: Vec<VolumePath>,
}

impl Workbench {
    /// Brings what the program ships into the system volume, without touching what people changed there.
    ///
    /// Asks for no permission: only the program itself calls this, when it starts.
    pub fn seed_system(&self, shipped: &[ShippedFile], release: &str) -> Result<Seeded, Error> {
        let volume = VolumeId::System;
        let (current, old) = match self.store.head(&volume)? {
            None => (Vec::new(), None),
            Some(head) => {
                let current = self.store.list(&volume, &head, None)?;
                let path = metadata::path();
                let entry = current.iter().find(|entry| entry.path == path);
                let old = entry.map(|entry| self.store.read(&volume, &entry.blob)).transpose()?;
                (current, old)
            }
        };
        let plan = seed::plan(&volume, shipped, &current, old.as_deref());
        if plan.edits.is_empty() {
            return Ok(Seeded { commit: None, n_changed: 0, kept: plan.kept });
        }
        let n_changed = plan.edits.len();
        let change = Change {
            edits: plan.edits,
            author: Author { name: "llmos".to_owned(), email: "llmos@llmos.local".to_owned() },
            time: self.world.now(),
            message: format!("system: the library of LLMos-Lite {release}"),
        };
        let commit = self.store.commit(&volume, change)?;
        Ok(Seeded { commit: Some(commit), n_changed, kept: plan.kept })
    }
}
