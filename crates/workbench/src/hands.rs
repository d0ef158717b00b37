//! Edits that people make in the folders of volumes: taken over where they are whole and sound, and
//! otherwise shown with what is wrong.

mod judge;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use llmos_api::{
    problem,
    skill::BrokenFile,
    volume::{EditsList, VolumeEdits},
};
use llmos_core::{
    diagnostic::{Diagnostic, Position},
    hand::{self, Edits, Folders, Found, HandEdit, Steady},
    store::{Author, Change, CommitId, Edit, Expected, StoreError},
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench};

/// How long to wait before looking again at what is not steady yet.
const SOON: Duration = Duration::from_millis(90);

/// How long to wait for a change, so that the end is noticed.
const LONG: Duration = Duration::from_millis(500);

/// What the folders hold that no commit has.
#[derive(Default)]
pub(crate) struct Hands(Mutex<BTreeMap<VolumeId, Hand>>);

/// What one folder holds that no commit has.
#[derive(Default)]
struct Hand {
    steady: Steady,
    /// Files that stay uncommitted, each with the reason.
    kept_back: Vec<BrokenFile>,
    /// Why the whole folder is left to `git`.
    left_alone: Option<&'static str>,
    /// Counts how often the two above changed.
    revision: u64,
}

/// What looking at a folder came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The commit of the edits that were whole and sound, if there were any.
    pub commit: Option<CommitId>,
    /// Whether something is there that may be whole a moment later.
    pub is_waiting: bool,
}

impl Workbench {
    /// Takes over what people edit in the folders, until `stop` is set. Needs a thread of its own.
    ///
    /// `local` is the author of edits in volumes that belong to nobody and name none. What fails is told to
    /// `failed`, and tried again when the folder changes.
    pub fn take_edits(
        &self,
        folders: &dyn Folders,
        local: &Author,
        stop: &AtomicBool,
        failed: &dyn Fn(&VolumeId, &Error),
    ) {
        let mut again: BTreeSet<VolumeId> = BTreeSet::new();
        while !stop.load(Ordering::Relaxed) {
            let mut due: BTreeSet<VolumeId> =
                folders.wait(if again.is_empty() { LONG } else { SOON }).into_iter().collect();
            due.append(&mut again);
            for volume in due {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                match self.take_edits_of(folders, &volume, local) {
                    Ok(taken) if taken.is_waiting => drop(again.insert(volume)),
                    Ok(_) => {}
                    Err(error) => failed(&volume, &error),
                }
            }
        }
    }

    /// Looks at the folder of one volume, and commits the edits that are whole and sound.
    ///
    /// Asks for no permission: who may write to the folder has made the edit already.
    pub fn take_edits_of(
        &self,
        folders: &dyn Folders,
        volume: &VolumeId,
        local: &Author,
    ) -> Result<Taken, Error> {
        let (edits, n_known) = match folders.edits(volume)? {
            Edits::Busy => return Ok(Taken { commit: None, is_waiting: true }),
            Edits::LeftAlone(reason) => {
                self.hands.note(volume, Vec::new(), Some(reason));
                return Ok(Taken::default());
            }
            Edits::Files { edits, n_known } => (edits, n_known),
        };
        let is_whole = self.hands.look(volume, &edits, self.world.now());
        let before = self.hands.kept_back(volume);
        let is_landslide = hand::is_landslide(&edits, n_known);
        let (mut sound, mut kept_back, mut is_waiting) = (Vec::new(), Vec::new(), false);
        for (edit, is_whole) in edits.into_iter().zip(is_whole) {
            if !is_whole {
                is_waiting = true;
                let path = edit.path.as_str();
                kept_back.extend(before.iter().find(|file| file.path == path).cloned());
                continue;
            }
            let wrong = match edit.found {
                Found::Gone if is_landslide => vec![judge::landslide()],
                _ => judge::wrong_with(&edit),
            };
            match wrong.is_empty() {
                true => sound.push(edit),
                false => kept_back.push(shown(volume, &edit.path, &wrong)),
            }
        }
        let commit = match sound.is_empty() {
            true => None,
            false => match self.commit_edits(folders, volume, local, sound) {
                Ok(commit) => Some(commit),
                // Somebody was faster, or saves at this moment: it is looked at anew.
                Err(Error::Stale { .. } | Error::Store { source: StoreError::Dirty { .. } }) => {
                    is_waiting = true;
                    None
                }
                Err(Error::Store { source: StoreError::Busy { .. } }) => {
                    is_waiting = true;
                    None
                }
                Err(error) => return Err(error),
            },
        };
        self.hands.note(volume, kept_back, None);
        Ok(Taken { commit, is_waiting })
    }

    fn commit_edits(
        &self,
        folders: &dyn Folders,
        volume: &VolumeId,
        local: &Author,
        edits: Vec<HandEdit>,
    ) -> Result<CommitId, Error> {
        let author = folders.author(volume)?.unwrap_or_else(|| match volume {
            VolumeId::User(user) => {
                Author { name: user.to_string(), email: format!("{user}@llmos.local") }
            }
            VolumeId::Team(_) | VolumeId::System => local.clone(),
        });
        let message = judge::message(&edits);
        let edits = edits.into_iter().map(|edit| Edit {
            path: edit.path,
            expected: edit.base.map_or(Expected::Absent, Expected::Version),
            content: match edit.found {
                Found::File(content) => Some(content),
                _ => None,
            },
        });
        let change = Change { edits: edits.collect(), author, time: self.world.now(), message };
        Ok(self.store.commit(volume, change)?)
    }

    /// Lists the edits in the folders that the caller sees and that stay uncommitted, with the reason.
    pub fn list_edits(&self, caller: &Caller) -> Result<EditsList, Error> {
        let volumes = caller.layers()?.into_iter().map(|volume| {
            let hands = self.hands.lock();
            let hand = hands.get(&volume);
            VolumeEdits {
                volume: volume.to_string(),
                left_alone: hand.and_then(|hand| hand.left_alone).map(str::to_owned),
                files: hand.map(|hand| hand.kept_back.clone()).unwrap_or_default(),
            }
        });
        Ok(EditsList { volumes: volumes.collect() })
    }

    /// Returns, for each volume that the caller sees, what tells its present state from all others.
    pub fn heads(&self, caller: &Caller) -> Result<Vec<(VolumeId, Option<CommitId>, u64)>, Error> {
        let state = |volume: VolumeId| {
            let head = self.store.head(&volume)?;
            let revision = self.hands.lock().get(&volume).map_or(0, |hand| hand.revision);
            Ok((volume, head, revision))
        };
        caller.layers()?.into_iter().map(state).collect()
    }

    /// The files below a folder that stay uncommitted because they are broken.
    pub(crate) fn broken_edits(
        &self,
        caller: &Caller,
        folder: &str,
    ) -> Result<Vec<BrokenFile>, Error> {
        let mut found = Vec::new();
        for volume in caller.layers()? {
            let files = self.hands.kept_back(&volume);
            found.extend(files.into_iter().filter(|file| file.path.starts_with(folder)));
        }
        Ok(found)
    }
}

impl Hands {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<VolumeId, Hand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, volume: &VolumeId, edits: &[HandEdit], now: jiff::Timestamp) -> Vec<bool> {
        let mut hands = self.lock();
        if edits.is_empty() && !hands.contains_key(volume) {
            return Vec::new();
        }
        hands.entry(volume.clone()).or_default().steady.look(edits, now)
    }

    fn kept_back(&self, volume: &VolumeId) -> Vec<BrokenFile> {
        self.lock().get(volume).map(|hand| hand.kept_back.clone()).unwrap_or_default()
    }

    fn note(&self, volume: &VolumeId, files: Vec<BrokenFile>, left_alone: Option<&'static str>) {
        let mut hands = self.lock();
        // A volume in which nobody edits takes no room.
        if files.is_empty() && left_alone.is_none() && !hands.contains_key(volume) {
            return;
        }
        let hand = hands.entry(volume.clone()).or_default();
        if hand.kept_back != files || hand.left_alone != left_alone {
            (hand.kept_back, hand.left_alone) = (files, left_alone);
            hand.revision += 1;
        }
    }
}

fn shown(volume: &VolumeId, path: &VolumePath, wrong: &[Diagnostic]) -> BrokenFile {
    BrokenFile {
        volume: volume.to_string(),
        path: path.to_string(),
        uncommitted: true,
        diagnostics: wrong.iter().map(problem::Diagnostic::from).collect(),
    }
}

/// A finding about a whole file.
fn finding(code: &'static str, message: &str, hint: &str) -> Diagnostic {
    Diagnostic::error(code, Position::START, message).with_hint(hint)
}
