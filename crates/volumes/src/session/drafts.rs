//! Objects that are made but not yet on disk.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use gix::{
    ObjectId, Repository,
    objs::{Kind, TreeRefIter},
    odb::memory::Storage,
    validate::path::component,
};

use crate::{
    object::{Object, Shared},
    tree::TreeError,
};

/// A repository with objects in memory on top of it.
pub(crate) struct Drafts {
    /// Reads what is on disk and what is in memory alike.
    pub(crate) repository: Repository,
    sound: Arc<SoundTrees>,
    fresh: Vec<Shared>,
    ids: BTreeSet<ObjectId>,
    bytes: usize,
}

impl Drafts {
    pub(crate) fn new(repository: Repository, sound: Arc<SoundTrees>) -> Self {
        let repository = repository.with_object_memory();
        Self { repository, sound, fresh: Vec::new(), ids: BTreeSet::new(), bytes: 0 }
    }

    /// The objects in the order in which they were made.
    pub(crate) fn fresh(&self) -> &[Shared] {
        &self.fresh
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Keeps an object and returns its id.
    pub(crate) fn put(
        &mut self,
        kind: Kind,
        data: Vec<u8>,
        previous: Option<ObjectId>,
    ) -> ObjectId {
        let object = Arc::new(Object::new(kind, data, previous));
        let id = object.id;
        if kind == Kind::Tree {
            // Made of one whose names were looked at.
            self.sound.add(id);
        }
        if !self.ids.contains(&id) && !self.repository.objects.exists_without_refresh(&id) {
            self.add(object);
        }
        id
    }

    /// Returns the content of a tree that is to be edited; refuses names that nobody should write again.
    pub(crate) fn tree(&self, id: ObjectId) -> Result<Vec<u8>, TreeError> {
        let data = self.repository.find_tree(id)?.detach().data;
        if !self.sound.contains(id) {
            check_names(&data)?;
            self.sound.add(id);
        }
        Ok(data)
    }

    /// Forgets the first `n` objects: they are on disk now.
    pub(crate) fn written(&mut self, n: usize) {
        let rest = self.fresh.split_off(n);
        self.restart_with(rest);
    }

    /// Forgets all objects but the first `n`.
    pub(crate) fn keep(&mut self, n: usize) {
        let mut rest = std::mem::take(&mut self.fresh);
        rest.truncate(n);
        self.restart_with(rest);
    }

    fn restart_with(&mut self, objects: Vec<Shared>) {
        self.repository.objects.set_object_memory(Storage::default());
        (self.fresh, self.ids, self.bytes) = (Vec::new(), BTreeSet::new(), 0);
        for object in objects {
            self.add(object);
        }
    }

    fn add(&mut self, object: Shared) {
        remember_all(&mut self.repository, std::slice::from_ref(&object));
        self.bytes += object.data.len();
        self.ids.insert(object.id);
        self.fresh.push(object);
    }
}

/// Trees whose names were looked at.
#[derive(Debug, Default)]
pub(crate) struct SoundTrees(Mutex<BTreeSet<ObjectId>>);

impl SoundTrees {
    /// How many are remembered.
    const MANY: usize = 4_096;

    fn contains(&self, id: ObjectId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn add(&self, id: ObjectId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= Self::MANY {
            known.clear();
        }
        known.insert(id);
    }
}

/// Refuses a tree with a name that leads out of its folder or into `.git` on some system.
fn check_names(tree: &[u8]) -> Result<(), TreeError> {
    // Windows has more names that it cannot have; a volume of another system may hold them.
    let options = component::Options { protect_windows: false, ..Default::default() };
    for entry in TreeRefIter::from_bytes(tree, gix::hash::Kind::Sha1) {
        let entry = entry?;
        if gix::validate::path::component(entry.filename, None, options).is_err() {
            return Err(TreeError::UnsafeName { name: entry.filename.to_string() });
        }
    }
    Ok(())
}

/// Lets a repository with object memory find objects.
pub(crate) fn remember_all(repository: &mut Repository, objects: &[Shared]) {
    let mut storage = repository.objects.take_object_memory().unwrap_or_default();
    for object in objects {
        storage.insert(object.id, (object.kind, object.data.clone()));
    }
    repository.objects.set_object_memory(storage);
}
