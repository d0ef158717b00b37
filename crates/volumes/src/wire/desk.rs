//! A repository of this program's own, made for one conversation.
//!
//! `git` works here and never in a volume, so nothing that a volume's
//! configuration, hooks or attributes say is seen by it. The objects of the volume
//! lie behind it; what a client sends lies in it until it was looked at, and goes
//! with it where it is refused.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use gix::{ObjectId, Repository};

use crate::{lock, volume::MAIN, wire::program};

/// The folder of all desks, beside the volumes: on the same disk, and in none of them.
const FOLDER: &str = ".llmos-lite-wire";

/// Numbers the desks of this process.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What `git` is told on a desk.
const CONFIG: &str = "[core]
\trepositoryformatversion = 0
\tbare = true
\thooksPath = /dev/null
\tfsmonitor = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tpackedGitWindowSize = 32m
\tpackedGitLimit = 512m
\tbigFileThreshold = 64m
\tprotectHFS = true
\tprotectNTFS = true
\tlogAllRefUpdates = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[pack]
\tthreads = 1
\twindowMemory = 64m
[transfer]
\tfsckObjects = true
\tunpackLimit = 1
\tadvertiseSID = false
\tbundleURI = false
[fetch]
\tunpackLimit = 1
\twriteCommitGraph = false
\tshowForcedUpdates = false
\trecurseSubmodules = false
[push]
\trecurseSubmodules = no
\tgpgSign = false
[protocol]
\tversion = 2
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = false
[http]
\tfollowRedirects = initial
\tlowSpeedLimit = 1
\tlowSpeedTime = 60
";

/// A repository for one conversation; dropping it removes it.
#[derive(Debug)]
pub(super) struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// Sets up a desk beside the volumes in `root`, with the objects of a volume behind it and these refs.
    pub(super) fn set_up(
        root: &Path,
        objects: Option<&Path>,
        refs: &BTreeMap<String, ObjectId>,
    ) -> io::Result<Self> {
        let all = root.join(FOLDER);
        fs::create_dir_all(&all)?;
        sweep(&all);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let desk = Self { folder: all.join(format!("{}-{number}", std::process::id())) };
        match fs::remove_dir_all(&desk.folder) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
            _ => {}
        }
        for folder in ["objects/info", "objects/pack", "refs/heads"] {
            fs::create_dir_all(desk.folder.join(folder))?;
        }
        fs::write(desk.folder.join("HEAD"), format!("ref: {MAIN}\n"))?;
        fs::write(desk.folder.join("config"), CONFIG)?;
        fs::write(desk.folder.join("nothing"), "")?;
        let lines: String = refs.iter().map(|(name, id)| format!("{id} {name}\n")).collect();
        fs::write(desk.folder.join("packed-refs"), lines)?;
        if let Some(objects) = objects {
            let path = objects.to_str().filter(|path| !path.contains('\n'));
            let path = path.ok_or_else(|| io::Error::other("the folder has an odd name"))?;
            fs::write(desk.folder.join("objects/info/alternates"), format!("{path}\n"))?;
        }
        Ok(desk)
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Prepares `git` to work here.
    pub(super) fn git(&self, arguments: &[&str]) -> Command {
        let mut command = program::git(&self.folder);
        command.args(arguments);
        command
    }

    /// Opens it to read what was sent on top of what the volume holds.
    pub(super) fn open(&self) -> io::Result<Repository> {
        let options = gix::open::Options::isolated().open_path_as_is(true);
        let mut repository =
            options.open(&self.folder).map_err(io::Error::other)?.to_thread_local();
        repository.object_cache_size_if_unset(4 << 20);
        Ok(repository)
    }

    /// The names of the packs that were put here.
    pub(super) fn packs(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.folder.join("objects/pack"))? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            names.extend(name.strip_suffix(".pack").map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // What stays is swept away by the next process.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes the desks of processes that are gone.
fn sweep(all: &Path) {
    let Ok(entries) = fs::read_dir(all) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let process = name.split_once('-').and_then(|(process, _)| process.parse::<u32>().ok());
        if process.is_some_and(lock::is_gone) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
