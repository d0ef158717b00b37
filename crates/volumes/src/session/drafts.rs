//! Objects that are made but not yet on disk.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use gix::{
    ObjectId, Repository,
    objs::{Kind, TreeRefIter},
    odb::memory::Storage,
    validate::path::component,
};

use llmos_core::volume::VolumePath;

use super::listed::Listed;
use crate::{
    object::{Object, Shared},
    tree::{File, Found, TreeError},
};

/// A repository with objects in memory on top of it.
pub(crate) struct Drafts {
    /// Reads what is on disk and what is in memory alike; trees of a session only after [`Self::show_trees`].
    pub(crate) repository: Repository,
    sound: Arc<SoundTrees>,
    shows_trees: bool,
    fresh: Vec<Shared>,
    by_id: BTreeMap<ObjectId, Shared>,
    bytes: usize,
}

impl Drafts {
    pub(crate) fn new(repository: Repository, sound: Arc<SoundTrees>) -> Self {
        Self { shows_trees: true, ..Self::of_session(repository, sound) }
    }

    /// Where many commits change one folder, its many forms are not copied for the repository to see.
    pub(crate) fn of_session(repository: Repository, sound: Arc<SoundTrees>) -> Self {
        let repository = repository.with_object_memory();
        let (fresh, by_id) = (Vec::new(), BTreeMap::new());
        Self { repository, sound, shows_trees: false, fresh, by_id, bytes: 0 }
    }

    /// From now on the repository sees trees too.
    pub(crate) fn show_trees(&mut self) {
        if !self.shows_trees {
            self.shows_trees = true;
            remember_all(&mut self.repository, &self.fresh);
        }
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
        let object = Object::new(kind, data, previous);
        let id = object.id;
        self.put_object(object);
        id
    }

    /// Keeps a tree and returns its id.
    pub(crate) fn put_tree(&mut self, mut tree: Listed, previous: Option<ObjectId>) -> ObjectId {
        let (id, data) = (tree.id(), tree.content());
        let before = previous.and_then(|previous| self.sound.get(previous));
        let own_bytes = before.map_or(data.len(), |before| data.bytes_beside(&before.content()));
        self.put_object(Object { id, kind: Kind::Tree, data, own_bytes, previous });
        // Made of one whose names were looked at.
        self.sound.add(id, Arc::new(tree));
        id
    }

    fn put_object(&mut self, object: Object) {
        let is_there = self.by_id.contains_key(&object.id)
            || self.repository.objects.exists_without_refresh(&object.id);
        if !is_there {
            self.add(Arc::new(object));
        }
    }

    /// Returns a tree that is to be edited; refuses names that nobody should write again.
    pub(crate) fn tree(&self, id: ObjectId) -> Result<Arc<Listed>, TreeError> {
        if let Some(tree) = self.sound.get(id) {
            return Ok(tree);
        }
        let data = match self.by_id.get(&id) {
            Some(object) => object.data.whole(),
            None => self.repository.find_tree(id)?.detach().data.into(),
        };
        check_names(&data)?;
        let tree = Arc::new(Listed::read(&data).ok_or(TreeError::Broken)?);
        self.sound.add(id, Arc::clone(&tree));
        Ok(tree)
    }

    /// Looks a path up below the tree `root`.
    pub(crate) fn find(&self, root: ObjectId, path: &VolumePath) -> Result<Found, TreeError> {
        let text = path.as_str();
        let (mut above, mut start) = (root, 0);
        loop {
            let end = text[start..].find('/').map_or(text.len(), |at| start + at);
            let tree = self.tree(above)?;
            let Some(entry) = tree.find(&text.as_bytes()[start..end]) else {
                return Ok(Found::Nothing);
            };
            let is_last = end == text.len();
            match entry.mode {
                _ if entry.is_tree() && is_last => return Ok(Found::Tree(entry.id)),
                _ if entry.is_tree() => (above, start) = (entry.id, end + 1),
                mode if is_file(mode) && is_last => {
                    let executable = mode[3] & 1 == 1;
                    return Ok(Found::File(File { id: entry.id, executable }));
                }
                mode if is_file(mode) => {
                    let file = text[..end].parse();
                    return Ok(file.map_or(Found::Other, |file| Found::Under(file, entry.id)));
                }
                _ => return Ok(Found::Other),
            }
        }
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
        (self.fresh, self.by_id, self.bytes) = (Vec::new(), BTreeMap::new(), 0);
        for object in objects {
            self.add(object);
        }
    }

    fn add(&mut self, object: Shared) {
        if self.shows_trees || object.kind != Kind::Tree {
            remember_all(&mut self.repository, std::slice::from_ref(&object));
        }
        self.bytes += object.own_bytes;
        self.by_id.insert(object.id, Arc::clone(&object));
        self.fresh.push(object);
    }
}

/// Trees whose names were looked at, as they were edited last.
#[derive(Debug, Default)]
pub(crate) struct SoundTrees(Mutex<VecDeque<(ObjectId, Arc<Listed>)>>);

impl SoundTrees {
    /// How many are remembered, and how many bytes of them.
    const MANY: usize = 32;
    const MANY_BYTES: usize = 4 << 20;

    pub(crate) fn get(&self, id: ObjectId) -> Option<Arc<Listed>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().rev().find(|(known, _)| *known == id).map(|(_, tree)| Arc::clone(tree))
    }

    fn add(&self, id: ObjectId, tree: Arc<Listed>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(known, _)| *known != id);
        known.push_back((id, tree));
        let mut bytes: usize = known.iter().map(|(_, tree)| tree.len()).sum();
        while known.len() > Self::MANY || bytes > Self::MANY_BYTES {
            let Some((_, oldest)) = known.pop_front() else { return };
            bytes -= oldest.len();
        }
    }
}

/// `100644`, `100755`, or what old programs wrote for them.
fn is_file(mode: &[u8]) -> bool {
    mode.len() == 6 && mode.starts_with(b"100")
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
        storage.insert(object.id, (object.kind, object.data.whole().into_owned()));
    }
    repository.objects.set_object_memory(storage);
}
