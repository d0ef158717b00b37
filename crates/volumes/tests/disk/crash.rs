//! Processes that are killed, disks that fail, and power cuts: what was
//! promised is there afterwards, and nothing is half there.
//!
//! `LLMOS_KILL_ROUNDS=1000 cargo test -p llmos-volumes --test disk crash` kills
//! more often than the tests do by themselves.
#![expect(clippy::unwrap_used, reason = "a test that cannot use its folder fails")]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use llmos_core::store::{Expected, Store, StoreError};
use llmos_testkit::store::{change, edit, put, text};
use llmos_volumes::{Disk, GitStore, RealDisk};

use crate::folder::{ana, git};

/// Tells the writer process where to write.
const ROOT: &str = "LLMOS_TEST_CRASH_ROOT";

/// How the writer process ends by itself: never, or by abort after so many commits.
const ABORT_AFTER: &str = "LLMOS_TEST_CRASH_ABORT_AFTER";

/// How often the kill test kills; the default keeps the tests short.
const ROUNDS: &str = "LLMOS_KILL_ROUNDS";

const WRITERS: u32 = 8;

/// Not a test: the process that [`killed_writers_lose_nothing`] kills.
///
/// Prints a line for each commit that was promised.
#[test]
#[ignore = "a part of other tests"]
fn writer_process() {
    let Some(root) = std::env::var_os(ROOT) else { return };
    let seed: u32 = std::process::id();
    let abort_after = std::env::var(ABORT_AFTER).ok().and_then(|n| n.parse::<u32>().ok());
    let store = GitStore::open(root.into());
    let n_made = AtomicU32::new(0);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, n_made) = (&store, &n_made);
            scope.spawn(move || {
                for n in 0_u32.. {
                    // Some files are new, some written again and again; some are large.
                    let name = match n % 3 {
                        0 => format!("skills/{seed}-{writer}-{n}.md"),
                        1 => format!("skills/own-{writer}.md"),
                        _ => format!("traces/2026/11/{:02}/{seed}-{writer}-{n}.md", n % 28 + 1),
                    };
                    let size = if n % 17 == 0 { 200_000 } else { 200 };
                    let content = format!("{seed} {writer} {n}\n{}", "x".repeat(size));
                    let edits = vec![edit(&name, Expected::Anything, Some(&content))];
                    let Ok(commit) = store.commit(&ana(), change(&name, edits)) else { continue };
                    let line = format!("{commit} {name} {}\n", content.len());
                    let _ = io::stdout().lock().write_all(line.as_bytes());
                    if abort_after == Some(n_made.fetch_add(1, Ordering::SeqCst) + 1) {
                        std::process::abort();
                    }
                }
            });
        }
    });
}

fn start(root: &Path, abort_after: Option<u32>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["crash::writer_process", "--exact", "--ignored", "--nocapture"])
        .env(ROOT, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(n) = abort_after {
        command.env(ABORT_AFTER, n.to_string());
    }
    command.spawn().unwrap()
}

/// Reads which commits a writer process was promised: commit, path, length.
fn promised(child: &mut Child) -> Vec<(String, String, usize)> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut found = Vec::new();
    for line in lines.map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        if let [commit, path, length] = words.as_slice()
            && let (40, Ok(length)) = (commit.len(), length.parse())
        {
            found.push(((*commit).to_owned(), (*path).to_owned(), length));
        }
    }
    found
}

/// Everything that was promised is in `git log`, and Git finds nothing wrong.
fn assert_kept(folder: &Path, promised: &[(String, String, usize)]) {
    let log = git(folder, &["log", "--format=%H"]);
    let log: std::collections::BTreeSet<&str> = log.lines().collect();
    for (commit, path, length) in promised {
        assert!(log.contains(commit.as_str()), "{commit} of `{path}` is lost");
        let size = git(folder, &["cat-file", "-s", &format!("{commit}:{path}")]);
        assert_eq!(size, length.to_string(), "{commit}:{path}");
    }
    assert_eq!(git(folder, &["fsck", "--full", "--strict", "--no-dangling"]), "");
    assert_eq!(git(folder, &["status", "--porcelain"]), "");
}

#[test]
fn killed_writers_lose_nothing() {
    let rounds = std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("volumes");
    let ana_folder = root.join("users/ana");
    let (mut n_kept, mut pause) = (0, 1_u64);
    for round in 0..rounds {
        let mut child = start(&root, None);
        let output = child.stdout.take();
        // From before the first commit to long after it, a different moment each time.
        pause = pause.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round);
        let reader = thread::spawn(move || {
            let mut lines = Vec::new();
            let Some(output) = output else { return lines };
            lines.extend(BufReader::new(output).lines().map_while(Result::ok));
            lines
        });
        thread::sleep(Duration::from_millis(5 + (pause >> 33) % 400));
        child.kill().unwrap();
        child.wait().unwrap();
        let lines = reader.join().unwrap();
        let store = GitStore::open(root.clone());
        if !lines.iter().any(|line| line.len() > 40 && line.contains(" skills/")) {
            continue;
        }
        // A reader sees all of it, and so does `git` once the store was used.
        store.head(&ana()).unwrap();
        put(&store, "user/ana", &[("round.md", &round.to_string())]);
        drop(store);
        let found: Vec<_> = lines
            .iter()
            .filter_map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                let [commit, path, length] = words.as_slice() else { return None };
                Some(((*commit).to_owned(), (*path).to_owned(), length.parse().ok()?))
            })
            .filter(|(commit, ..): &(String, String, usize)| commit.len() == 40)
            .collect();
        assert_kept(&ana_folder, &found);
        n_kept += found.len();
    }
    assert!(n_kept > 0, "no round was long enough to commit anything");
}

/// A power cut takes what was not flushed: files are empty or gone, the branch is an older one or nothing.
#[test]
fn a_power_cut_takes_nothing_that_was_promised() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("volumes");
    let ana_folder = root.join("users/ana");
    let store = GitStore::open(root.clone());
    put(&store, "user/ana", &[("before.md", "before"), ("skills/own-0.md", "old")]);
    drop(store);
    let flushed = snapshot(&ana_folder);

    for damage in [Damage::Empty, Damage::Gone, Damage::Half, Damage::Ahead] {
        restore(&ana_folder, &flushed);
        let mut child = start(&root, Some(120));
        let found = promised(&mut child);
        child.wait().unwrap();
        assert!(found.len() >= 120, "{}", found.len());
        // The journal is flushed; of everything else assume the worst.
        for (path, _) in snapshot(&ana_folder) {
            let is_journal = path.to_string_lossy().contains("llmos-lite/journal");
            if is_journal || flushed.get(&path) == Some(&fs::read(&path).unwrap()) {
                continue;
            }
            damage.strike(&path, flushed.get(&path));
        }
        let store = GitStore::open(root.clone());
        put(&store, "user/ana", &[("after.md", "after")]);
        assert_eq!(text(&store, "user/ana", "before.md").as_deref(), Some("before"));
        drop(store);
        assert_kept(&ana_folder, &found);
    }
}

#[derive(Clone, Copy)]
enum Damage {
    Empty,
    Gone,
    Half,
    /// Only the branch reached the disk.
    Ahead,
}

impl Damage {
    fn strike(self, path: &Path, before: Option<&Vec<u8>>) {
        let is_lock = path.extension().is_some_and(|ending| ending == "lock");
        // A log and a lock are no part of what was promised, and Git reads a half one as it is.
        let is_log = path.components().any(|part| part.as_os_str() == "logs");
        let _ = fs::set_permissions(path, permissions());
        match (self, before) {
            _ if is_lock => {}
            (Self::Ahead, _) if path.ends_with("refs/heads/main") => {}
            (Self::Gone | Self::Ahead, None) => fs::remove_file(path).unwrap(),
            (_, Some(before)) => fs::write(path, before).unwrap(),
            _ if is_log => fs::remove_file(path).unwrap(),
            (Self::Half, None) if path.to_string_lossy().contains("/objects/") => {
                let content = fs::read(path).unwrap();
                fs::write(path, &content[..content.len() / 2]).unwrap();
            }
            _ => fs::write(path, "").unwrap(),
        }
    }
}

fn permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o644)
}

fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut to_do = vec![folder.to_owned()];
    while let Some(folder) = to_do.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => to_do.push(entry.path()),
                false => drop(found.insert(entry.path(), fs::read(entry.path()).unwrap())),
            }
        }
    }
    found
}

fn restore(folder: &Path, to: &BTreeMap<PathBuf, Vec<u8>>) {
    fs::remove_dir_all(folder).unwrap();
    for (path, content) in to {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    for name in ["objects", "objects/pack", "objects/info", "refs", "refs/heads", "refs/tags"] {
        fs::create_dir_all(folder.join(".git").join(name)).unwrap();
    }
}

/// A disk on which one kind of request can be made to fail.
#[derive(Debug, Default)]
struct Faulty(AtomicU32);

const NOTHING: u32 = 0;
const FLUSHES: u32 = 1;
const WRITES: u32 = 2;

impl Disk for Faulty {
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) == WRITES {
            // As on a full disk: a part of it may arrive.
            RealDisk.write(file, &bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.write(file, bytes)
    }

    fn flush(&self, file: &File) -> io::Result<()> {
        match self.0.load(Ordering::SeqCst) {
            FLUSHES => Err(io::Error::other("input/output error")),
            _ => RealDisk.flush(file),
        }
    }

    fn flush_all(&self, folder: &File) -> io::Result<()> {
        match self.0.load(Ordering::SeqCst) {
            FLUSHES => Err(io::Error::other("input/output error")),
            _ => RealDisk.flush_all(folder),
        }
    }
}

#[test]
fn a_disk_that_fails_refuses_the_change_and_keeps_the_others() {
    for fault in [FLUSHES, WRITES] {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(Faulty::default());
        let root = folder.path().join("volumes");
        let store = GitStore::with_disk(root.clone(), Arc::<Faulty>::clone(&disk));
        put(&store, "user/ana", &[("a.md", "one")]);
        store.settle();
        for round in 0..3 {
            disk.0.store(fault, Ordering::SeqCst);
            let edits = vec![edit("a.md", Expected::Anything, Some("two"))];
            let refused = store.commit(&ana(), change("no", edits));
            assert!(matches!(refused, Err(StoreError::Medium { .. })), "got {refused:?}");
            let now = if round == 0 { "one".to_owned() } else { format!("round {round}") };
            assert_eq!(text(&store, "user/ana", "a.md").as_deref(), Some(now.as_str()));
            disk.0.store(NOTHING, Ordering::SeqCst);
            put(&store, "user/ana", &[("a.md", &format!("round {}", round + 1))]);
        }
        drop(store);
        let ana_folder = root.join("users/ana");
        assert_eq!(git(&ana_folder, &["show", "HEAD:a.md"]), "round 3");
        assert_eq!(git(&ana_folder, &["log", "--format=%s"]).lines().count(), 4);
        assert_eq!(git(&ana_folder, &["fsck", "--full", "--strict", "--no-dangling"]), "");
        assert_eq!(git(&ana_folder, &["status", "--porcelain"]), "");
    }
}
