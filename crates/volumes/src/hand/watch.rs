//! Hearing of changes in the folders of volumes.
//!
//! The system tells of files that change; what it cannot tell of, and now and
//! then everything, is looked through.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use llmos_core::{
    hand::{FOLDERS, is_temporary},
    volume::VolumeId,
};
use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};

use crate::GitStore;

/// How often everything is looked through, as a net below what the system tells.
const ALL: Duration = Duration::from_secs(300);

/// How often folders are looked through that cannot be watched.
const UNWATCHED: Duration = Duration::from_millis(500);

/// How long more is collected after something was heard, at least and at most.
const MORE: Duration = Duration::from_millis(40);
const MOST: Duration = Duration::from_millis(400);

/// The share of the time in which folders are looked through, as 1 in so many: each change that
/// is made here is heard of as well, and those who make many need the disk themselves.
const SHARE: u32 = 5;

/// Hears of changes.
pub(super) struct Watch {
    heard: Arc<Heard>,
    watcher: Mutex<Watched>,
}

/// What was heard and not yet told.
#[derive(Debug, Default)]
struct Heard {
    changes: Mutex<Changes>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Changes {
    volumes: BTreeSet<VolumeId>,
    /// Folders came or went: there may be others to watch.
    folders: bool,
}

struct Watched {
    watcher: Option<RecommendedWatcher>,
    /// What is watched of each volume; `false` where the system refused.
    volumes: BTreeMap<VolumeId, (Vec<PathBuf>, bool)>,
    all_looked: Option<Instant>,
    unwatched_looked: Instant,
    /// When somebody was last sent to look.
    told: Instant,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("heard", &self.heard).finish_non_exhaustive()
    }
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    pub(super) fn new(store: &GitStore) -> Self {
        let heard: Arc<Heard> = Arc::default();
        // The system names files by the real folder.
        let root = std::fs::canonicalize(&store.root).unwrap_or_else(|_none| store.root.clone());
        let tell = Arc::clone(&heard);
        let handler = move |event: notify::Result<Event>| tell_of(&tell, &root, event);
        let config = Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(handler, config).ok();
        heard.lock().folders = true;
        let watched = Watched {
            watcher,
            volumes: BTreeMap::new(),
            all_looked: None,
            unwatched_looked: Instant::now(),
            told: Instant::now(),
        };
        Self { heard, watcher: Mutex::new(watched) }
    }

    /// Waits for a change, at most so long, and returns the volumes that may hold one.
    pub(super) fn wait(&self, store: &GitStore, at_most: Duration) -> Vec<VolumeId> {
        let mut watched = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let looking_took = watched.told.elapsed();
        let nothing = |changes: &mut Changes| changes.volumes.is_empty() && !changes.folders;
        let is_quiet = nothing(&mut self.heard.lock());
        if is_quiet {
            let any_refused = watched.volumes.values().any(|(_, is_watched)| !is_watched);
            let at_most = if any_refused { at_most.min(UNWATCHED) } else { at_most };
            let heard = self.heard.lock();
            let waited = self.heard.wake.wait_timeout_while(heard, at_most, nothing);
            let (heard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            drop(heard);
            if !timeout.timed_out() {
                std::thread::sleep(MORE);
            }
        } else {
            std::thread::sleep((looking_took * (SHARE - 1)).clamp(MORE, MOST));
        }
        let mut due = std::mem::take(&mut *self.heard.lock());
        let is_time = watched.all_looked.is_none_or(|looked| looked.elapsed() >= ALL);
        if due.folders || is_time {
            due.volumes.extend(watched.watch_all(store));
        }
        if is_time {
            watched.all_looked = Some(Instant::now());
            due.volumes.extend(watched.volumes.keys().cloned());
        }
        if watched.unwatched_looked.elapsed() >= UNWATCHED {
            watched.unwatched_looked = Instant::now();
            let refused = watched.volumes.iter().filter(|(_, (_, is_watched))| !is_watched);
            due.volumes.extend(refused.map(|(id, _)| id.clone()));
        }
        watched.told = Instant::now();
        due.volumes.into_iter().collect()
    }
}

impl Watched {
    /// Watches what is not watched yet; returns the volumes of which something is new.
    fn watch_all(&mut self, store: &GitStore) -> Vec<VolumeId> {
        let parents = ["", "users", "teams"].map(|name| store.root.join(name));
        for parent in parents.iter().filter(|parent| parent.is_dir()) {
            self.add(parent, RecursiveMode::NonRecursive);
        }
        // Also those that are being made: nobody tells when the first commit has arrived.
        let volumes = store.folders().unwrap_or_default();
        self.volumes.retain(|id, _| volumes.binary_search(id).is_ok());
        let mut new = Vec::new();
        for id in volumes {
            let folder = store.folder(&id);
            let inside = FOLDERS.map(|name| folder.join(name));
            let is_real = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_dir());
            if !is_real(&folder) {
                continue;
            }
            let mut wanted = vec![folder];
            wanted.extend(inside.into_iter().filter(|path| is_real(path)));
            if self
                .volumes
                .get(&id)
                .is_some_and(|(there, is_watched)| *is_watched && *there == wanted)
            {
                continue;
            }
            let mut is_watched = true;
            for (at, path) in wanted.iter().enumerate() {
                let mode =
                    if at == 0 { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
                is_watched &= self.add(path, mode);
            }
            self.volumes.insert(id.clone(), (wanted, is_watched));
            new.push(id);
        }
        new
    }

    fn add(&mut self, path: &Path, mode: RecursiveMode) -> bool {
        self.watcher.as_mut().is_some_and(|watcher| watcher.watch(path, mode).is_ok())
    }
}

/// Notes what an event is about.
fn tell_of(heard: &Heard, root: &Path, event: notify::Result<Event>) {
    let mut changes = heard.lock();
    match event {
        Ok(event) => {
            let is_read = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
            if is_read {
                return;
            }
            for path in &event.paths {
                note(&mut changes, root, path);
            }
            changes.folders |= event.need_rescan();
        }
        // It may have missed something.
        Err(_) => changes.folders = true,
    }
    heard.wake.notify_all();
}

fn note(changes: &mut Changes, root: &Path, path: &Path) {
    let Some(parts) = path.strip_prefix(root).ok().map(parts_of) else {
        changes.folders = true;
        return;
    };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (id, rest) = match parts.as_slice() {
        ["system", rest @ ..] => (Some(VolumeId::System), rest),
        ["users", name, rest @ ..] => (name.parse().ok().map(VolumeId::User), rest),
        ["teams", name, rest @ ..] => (name.parse().ok().map(VolumeId::Team), rest),
        _ => (None, &[][..]),
    };
    match rest {
        // A volume came or went, or something at its top.
        [] => changes.folders = true,
        [name] if FOLDERS.contains(name) || *name == ".git" => changes.folders = true,
        [.., name] if is_temporary(name) => return,
        _ => {}
    }
    changes.volumes.extend(id);
}

fn parts_of(path: &Path) -> Vec<String> {
    path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}
