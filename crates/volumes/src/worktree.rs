//! Keeping the checked-out files of a volume equal to its newest commit, and
//! away from what people are editing.

use std::{
    fs::File,
    io::{self, Read, Write},
    time::{Duration, SystemTime},
};

use gix::{ObjectId, objs::Kind};
use llmos_core::volume::VolumePath;

use crate::{
    folder::{Folder, NameKind, Parent, Walk},
    tree,
};

/// The change of one file between two commits.
#[derive(Debug)]
pub(crate) struct FileChange {
    pub(crate) path: VolumePath,
    /// What it was; `None` where there was no file.
    pub(crate) old: Option<tree::File>,
    /// What it becomes; `None` where it goes.
    pub(crate) new: Option<tree::File>,
}

/// What stands at a path of the working tree.
#[derive(Debug)]
pub(crate) enum State {
    Missing,
    File(ObjectId),
    EmptyFolder,
    /// Something that must not be replaced stands there or on the way.
    Blocked(VolumePath),
}

/// What happened to one file of the working tree.
#[derive(Debug)]
pub(crate) enum Applied {
    /// It was written; the handle tells its stat while the facts are still those of what was written.
    Written(File, Facts),
    /// It is gone.
    Removed,
    /// It holds an edit of somebody else and was left alone.
    Kept,
}

/// Whether a change can be made in the working tree.
#[derive(Debug)]
pub(crate) enum Way {
    Free,
    /// Somebody made it there already.
    MadeByHand,
    /// This is edited, or in the way.
    Blocked(VolumePath),
}

/// Length and time of a file: they change when somebody writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts(u64, SystemTime);

impl Facts {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self(metadata.len(), metadata.modified()?))
    }
}

/// Looks at a path without following any link.
pub(crate) fn state(walk: &mut Walk<'_>, path: &VolumePath) -> io::Result<State> {
    let parent = match walk.parent_of(path)? {
        Parent::There(parent) => parent,
        Parent::Missing => return Ok(State::Missing),
        Parent::Blocked(at) => return Ok(State::Blocked(at)),
    };
    let name = path.file_name();
    match parent.kind(name)? {
        None => Ok(State::Missing),
        Some(NameKind::File) => match parent.read(name) {
            Ok(content) => Ok(State::File(blob_id(&content)?)),
            // Nobody makes such a file here, so it is somebody's edit.
            Err(err) if err.kind() == io::ErrorKind::FileTooLarge => {
                Ok(State::Blocked(path.clone()))
            }
            Err(err) => Err(err),
        },
        // Git knows no empty folders, so one can go without a loss; removing it proves that it is empty.
        Some(NameKind::Folder) if parent.remove_folder(name).is_ok() => {
            parent.make_child(name)?;
            walk.start_over();
            Ok(State::EmptyFolder)
        }
        Some(NameKind::Folder | NameKind::Other) => Ok(State::Blocked(path.clone())),
    }
}

impl FileChange {
    /// Looks whether something stands in the way of this change in the working tree: an edit that is not committed.
    pub(crate) fn way(&self, walk: &mut Walk<'_>) -> io::Result<Way> {
        let holds = |file: Option<tree::File>, id| file.is_some_and(|file| file.id == id);
        let is_free = match state(walk, &self.path)? {
            State::Blocked(at) => return Ok(Way::Blocked(at)),
            State::File(id) if holds(self.old, id) => true,
            State::File(id) if holds(self.new, id) => return Ok(Way::MadeByHand),
            State::File(_) => false,
            State::Missing | State::EmptyFolder => self.old.is_none() || self.new.is_none(),
        };
        Ok(if is_free { Way::Free } else { Way::Blocked(self.path.clone()) })
    }

    /// Brings the change to the working tree, unless somebody else edited the file.
    ///
    /// `git` is the folder for unfinished files; nobody sees half a file under its name.
    pub(crate) fn apply(
        &self,
        walk: &mut Walk<'_>,
        git: &Folder,
        content: Option<&[u8]>,
    ) -> io::Result<Applied> {
        let path = &self.path;
        let state = state(walk, path)?;
        let untouched = match &state {
            State::Blocked(_) => false,
            State::File(id) => [self.old, self.new].iter().flatten().any(|file| file.id == *id),
            State::Missing | State::EmptyFolder => true,
        };
        if !untouched {
            return Ok(Applied::Kept);
        }
        let Some(content) = content else {
            if let (State::File(_), Parent::There(parent)) = (&state, walk.parent_of(path)?) {
                parent.remove_file(path.file_name())?;
            }
            walk.prune_above(path);
            return Ok(Applied::Removed);
        };
        if let Some((file, facts)) = self.already_there(walk, &state)? {
            return Ok(Applied::Written(file, facts));
        }
        let parent = walk.make_parent_of(path)?;
        if matches!(state, State::EmptyFolder) {
            parent.remove_folder(path.file_name())?;
        }
        let executable = self.new.is_some_and(|file| file.executable);
        let unfinished = "llmos-lite.file";
        let mut file = match git.create(unfinished, executable) {
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
                git.remove_file(unfinished)?;
                git.create(unfinished, executable)?
            }
            created => created?,
        };
        file.write_all(content)?;
        // Where this fails, Git and the next index take a second look at the file.
        let _ = make_older(&file);
        // Looked at before anybody else can write to it.
        let facts = Facts::of(&file)?;
        git.move_to(unfinished, &parent, path.file_name())?;
        Ok(Applied::Written(file, facts))
    }
}

impl FileChange {
    /// Opens the file where somebody wrote by hand what the change makes of it.
    ///
    /// To write the same again could only run over what they save next.
    fn already_there(
        &self,
        walk: &mut Walk<'_>,
        state: &State,
    ) -> io::Result<Option<(File, Facts)>> {
        let (State::File(id), Some(new)) = (state, self.new) else { return Ok(None) };
        if *id != new.id || self.old.is_some_and(|old| old.executable != new.executable) {
            return Ok(None);
        }
        let Parent::There(parent) = walk.parent_of(&self.path)? else { return Ok(None) };
        let mut file = parent.open_file(self.path.file_name())?;
        let before = Facts::of(&file)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        // What the index is told must be the facts of this very content.
        let is_same = blob_id(&content)? == new.id && Facts::of(&file)? == before;
        Ok(is_same.then_some((file, before)))
    }
}

/// Gives a file that was just written a time one second before.
///
/// Git tells the times of files by whole seconds, so it and we would have to read each file again that is as young as
/// the index: it might have been edited in that second. No edit from now on can have this time.
fn make_older(file: &File) -> io::Result<()> {
    let written = file.metadata()?.modified()?;
    file.set_modified(written - Duration::from_secs(1))
}

pub(crate) fn remove_if_there(folder: &Folder, name: &str) -> io::Result<()> {
    match folder.kind(name)? {
        None => Ok(()),
        Some(_) => folder.remove_file(name),
    }
}

/// Computes the id of a file's content.
pub(crate) fn blob_id(content: &[u8]) -> io::Result<ObjectId> {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, content).map_err(io::Error::other)
}
