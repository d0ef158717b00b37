//! Somebody commits with `git` between two changes that the journal holds, and then the program is killed.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use llmos_core::store::{CommitId, Store};
use llmos_testkit::store::{put, text};
use llmos_volumes::{Disk, GitStore, RealDisk};

use crate::folder::{Volumes, ana, git};

/// A volume with a change, a commit by hand on top of it, and a change on top of that.
struct Story {
    volumes: Volumes,
    /// The volume before the commit by hand, and after it.
    before_hand: PathBuf,
    after_hand: PathBuf,
    /// The commits: of the program, by hand, of the program.
    first: CommitId,
    by_hand: String,
    last: CommitId,
    /// What the journal held when the last one was promised.
    journal: Vec<u8>,
}

impl Story {
    fn new(by_hand: &[&str]) -> Self {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "begun"), ("b.md", "begun")]);
        let first = put(&*volumes, "user/ana", &[("skills/a.md", "acknowledged")]);
        let root = volumes.outside().join("volumes");
        let [before_hand, after_hand] =
            ["before-hand", "after-hand"].map(|name| volumes.outside().join(name));
        volumes.settle();
        at_rest(&volumes.ana());
        copy(&root, &before_hand);
        fs::write(volumes.ana().join("hand.md"), "by hand").expect("the test can use its folder");
        fs::write(volumes.ana().join("b.md"), "by hand").expect("the test can use its folder");
        volumes.git(&["add", "."]);
        volumes.git(&[&["commit", "--quiet", "-m", "by hand"], by_hand].concat());
        let by_hand = volumes.git(&["rev-parse", "HEAD"]);
        copy(&root, &after_hand);
        let last = put(&*volumes, "user/ana", &[("skills/b.md", "acknowledged too")]);
        let journal = fs::read(root.join("users/ana/.git/llmos-lite/journal-0"))
            .expect("the test can use its folder");
        Self { volumes, before_hand, after_hand, first, by_hand, last, journal }
    }

    /// The disk as a kill leaves it when nothing of the last change has left the journal.
    fn killed_early(&self, root: &Path) -> PathBuf {
        let folder = root.join("users/ana");
        fs::write(folder.join(".git/llmos-lite/journal-0"), &self.journal)
            .expect("the test can use its folder");
        folder
    }
}

/// Waits until the locks are let go of, a moment after `git` sees everything.
fn at_rest(folder: &Path) {
    let locks = ["refs/heads/main.lock", "index.lock"];
    while locks.iter().any(|lock| folder.join(".git").join(lock).exists()) {
        std::thread::yield_now();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the test can use its folder");
    for entry in fs::read_dir(from).expect("the test can use its folder").flatten() {
        let there = to.join(entry.file_name());
        match entry.file_type().expect("the test can use its folder").is_dir() {
            true => copy(&entry.path(), &there),
            // A file that was unfinished a moment ago is none of these.
            false => drop(fs::copy(entry.path(), there)),
        }
    }
}

/// Uses the volumes again, and finds both changes, the commit by hand and nothing wrong.
#[track_caller]
fn assert_all_there(root: &Path, story: &Story) {
    let store = GitStore::open(root.to_owned());
    store.head(&ana()).expect("the volume is read");
    assert_all_there_for(store, root, story);
}

#[track_caller]
fn assert_all_there_for(store: GitStore, root: &Path, story: &Story) {
    let folder = root.join("users/ana");
    assert_eq!(text(&store, "user/ana", "skills/b.md").as_deref(), Some("acknowledged too"));
    assert_eq!(text(&store, "user/ana", "b.md").as_deref(), Some("by hand"));
    put(&store, "user/ana", &[("after.md", "after")]);
    drop(store);
    let log = git(&folder, &["log", "--format=%H"]);
    for commit in [&story.first.0, &story.by_hand, &story.last.0] {
        assert!(log.lines().any(|line| line == commit), "{commit} is lost:\n{log}");
    }
    assert_eq!(git(&folder, &["show", "HEAD:hand.md"]), "by hand");
    assert_eq!(git(&folder, &["show", "HEAD:skills/a.md"]), "acknowledged");
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
    assert_eq!(git(&folder, &["fsck", "--full", "--strict", "--no-dangling"]), "");
    for (name, content) in [("hand.md", "by hand"), ("skills/b.md", "acknowledged too")] {
        let found = fs::read_to_string(folder.join(name)).expect("the test can use its folder");
        assert_eq!(found, content, "{name}");
    }
}

#[test]
fn a_commit_by_hand_between_two_changes_survives_a_kill_with_both() {
    let story = Story::new(&[]);
    let after_all = story.volumes.outside().join("after-all");
    story.volumes.settle();
    at_rest(&story.volumes.ana());
    copy(&story.volumes.outside().join("volumes"), &after_all);
    story.killed_early(&after_all);
    assert_all_there(&after_all, &story);

    story.killed_early(&story.after_hand);
    assert_all_there(&story.after_hand, &story);
}

/// Whoever takes over the lock of one that was killed meanwhile does not go on without what that one promised.
#[test]
fn what_was_promised_by_one_that_is_killed_beside_another_comes_first() {
    let story = Story::new(&[]);
    let root = &story.after_hand;
    let store = GitStore::open(root.clone());
    store.head(&ana()).expect("the volume is read");
    let folder = story.killed_early(root);
    let mut gone = Command::new("true").spawn().expect("the test can start programs");
    gone.wait().expect("it ends");
    fs::write(folder.join(".git/index.lock"), format!("llmos-lite {}\n", gone.id()))
        .expect("the test can use its folder");
    put(&store, "user/ana", &[("next.md", "next")]);
    assert_all_there_for(store, root, &story);
    assert_eq!(git(&folder, &["for-each-ref", "refs/llmos-lite"]), "");
}

#[test]
fn an_empty_commit_by_hand_is_no_less() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    volumes.git(&["commit", "--quiet", "--allow-empty", "-m", "by hand"]);
    let root = volumes.outside().join("killed");
    copy(&volumes.outside().join("volumes"), &root);
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    let journal = volumes.outside().join("volumes/users/ana/.git/llmos-lite/journal-0");
    let there = root.join("users/ana");
    fs::copy(journal, there.join(".git/llmos-lite/journal-0"))
        .expect("the test can use its folder");
    drop(put(&GitStore::open(root), "user/ana", &[("b.md", "three")]));
    assert_eq!(git(&there, &["log", "--format=%s"]), "put files\nput files\nby hand\nput files");
    assert_eq!(git(&there, &["show", "HEAD:a.md"]), "two");
}

/// The branch, the index and the objects of the program were not flushed when the power went.
#[test]
fn a_commit_by_hand_between_two_changes_survives_a_power_cut_with_both() {
    let story = Story::new(&[]);
    let folder = story.killed_early(&story.after_hand);
    let write = |name: &str| {
        let path = folder.join(".git").join(name);
        let _ = fs::remove_file(&path);
        fs::write(path, "").expect("the test can use its folder");
    };
    write("refs/heads/main");
    write("index");
    let (start, rest) = story.first.0.split_at(2);
    write(&format!("objects/{start}/{rest}"));
    assert_all_there(&story.after_hand, &story);
}

/// Whoever rewrites what was committed has the last word; what came after it is kept.
#[test]
fn a_commit_that_was_amended_by_hand_stays_amended() {
    let story = Story::new(&["--amend"]);
    story.killed_early(&story.after_hand);
    let store = GitStore::open(story.after_hand.clone());
    put(&store, "user/ana", &[("after.md", "after")]);
    drop(store);
    let folder = story.after_hand.join("users/ana");
    let log = git(&folder, &["log", "--format=%H"]);
    assert!(log.contains(&story.last.0) && log.contains(&story.by_hand), "{log}");
    assert!(!log.contains(&story.first.0), "{log}");
    assert_eq!(git(&folder, &["show", "HEAD:skills/a.md"]), "acknowledged");
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
}

/// A commit by hand that is gone from the disk takes nothing with it.
#[test]
fn a_change_whose_ground_is_gone_is_kept() {
    let story = Story::new(&[]);
    let folder = story.killed_early(&story.before_hand);
    let store = GitStore::open(story.before_hand.clone());
    put(&store, "user/ana", &[("after.md", "after")]);
    drop(store);
    let log = git(&folder, &["log", "--all", "--format=%s", "--", "skills/b.md"]);
    assert_eq!(log, "put files");
    assert_eq!(git(&folder, &["show", "HEAD:skills/a.md"]), "acknowledged");
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
    assert_eq!(git(&folder, &["fsck", "--full", "--strict", "--no-dangling"]), "");
}

/// The power went when the branch named a commit by hand that never reached the disk.
#[test]
fn a_branch_that_names_what_is_gone_keeps_nothing_from_coming_back() {
    let story = Story::new(&[]);
    let folder = story.killed_early(&story.before_hand);
    fs::write(folder.join(".git/refs/heads/main"), format!("{}\n", story.by_hand))
        .expect("the test can use its folder");
    let store = GitStore::open(story.before_hand.clone());
    put(&store, "user/ana", &[("after.md", "after")]);
    drop(store);
    let log = git(&folder, &["log", "--all", "--format=%s", "--", "skills/b.md"]);
    assert_eq!(log, "put files");
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
}

/// A disk that counts how often all of it was flushed.
#[derive(Debug, Default)]
struct Counting(AtomicU32);

impl Disk for Counting {
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(file, bytes)
    }

    fn flush(&self, file: &File) -> io::Result<()> {
        RealDisk.flush(file)
    }

    fn flush_all(&self, folder: &File) -> io::Result<()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        RealDisk.flush_all(folder)
    }
}

/// `git` flushes none of its objects.
#[test]
fn nothing_is_promised_on_top_of_what_is_not_on_disk() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let disk = Arc::new(Counting::default());
    let root = folder.path().join("volumes");
    let store = GitStore::with_disk(root.clone(), Arc::<Counting>::clone(&disk));
    put(&store, "user/ana", &[("a.md", "one")]);
    store.settle();
    at_rest(&root.join("users/ana"));
    git(&root.join("users/ana"), &["commit", "--quiet", "--allow-empty", "-m", "by hand"]);
    let before = disk.0.load(Ordering::SeqCst);
    put(&store, "user/ana", &[("a.md", "two")]);
    assert!(disk.0.load(Ordering::SeqCst) > before);
}
