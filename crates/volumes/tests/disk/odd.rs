//! Pipes, sockets, giants and folders where a repository or a folder should hold a file: nothing waits, nothing is filled.
#![expect(clippy::unwrap_used, reason = "a test that cannot use its folder fails")]

use std::{
    fs::{self, File},
    os::unix::net::UnixListener,
    path::Path,
    process::Command,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use llmos_core::{
    branch::Branches,
    exchange::{Exchange, Protocol, Service},
    hand::{Edits, Folders},
    store::{Expected, HistoryQuery, Store, StoreError},
};
use llmos_testkit::store::{change, edit, put, text};
use llmos_volumes::{GitStore, HandFolders};

use crate::folder::{Volumes, ana, git};

/// Long enough for a slow machine; a pipe would be waited for for ever.
const FOR_EVER: Duration = Duration::from_secs(60);

/// Puts something odd in the place of a file.
type Odd = fn(&Path);

const ODDITIES: [(&str, Odd); 4] = [
    ("a pipe", |path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }),
    ("a socket", |path| drop(UnixListener::bind(path).unwrap())),
    ("a folder", |path| fs::create_dir(path).unwrap()),
    // It takes no room on the disk, and all memory to read.
    ("a giant", |path| File::create(path).unwrap().set_len(1 << 42).unwrap()),
];

/// Does something in a thread of its own, and fails where it never ends.
#[track_caller]
fn ends<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    wait.recv_timeout(FOR_EVER).unwrap_or_else(|_| panic!("{what}: it never ends"))
}

/// Everything that reads a volume; what it finds is for others to judge.
fn read_all(root: &Path) -> Vec<Result<(), StoreError>> {
    let store = Arc::new(GitStore::open(root.to_owned()));
    let edits = vec![edit("skills/a.md", Expected::Anything, Some("two"))];
    let hands = HandFolders::watch(Arc::clone(&store));
    let query = HistoryQuery { limit: 9, ..HistoryQuery::default() };
    let found = vec![
        store.volumes().map(drop),
        store.head(&ana()).map(drop),
        store.branches(&ana()).map(drop),
        store.history(&ana(), &query).map(drop),
        hands.edits(&ana()).map(drop),
        store.commit(&ana(), change("two", edits)).map(drop),
    ];
    // What these say is another matter; here they must end.
    drop(store.advertise(&ana(), Service::Fetch, Protocol::V2));
    drop(store.verify(&ana()));
    found
}

#[test]
fn what_is_no_file_in_place_of_a_file_of_git_is_told_and_hangs_nothing() {
    let names = [
        "HEAD",
        "config",
        "packed-refs",
        "index",
        "shallow",
        "commondir",
        "refs/heads/main",
        "objects/pack/pack-1.idx",
        "objects/info/commit-graph",
    ];
    for (what, odd) in ODDITIES {
        for name in names {
            // A folder among the objects is one that Git does not look into.
            if what == "a folder" && name.starts_with("objects") && !name.ends_with("graph") {
                continue;
            }
            // Objects are as large as they are.
            if what == "a giant" && name.ends_with(".idx") {
                continue;
            }
            let volumes = Volumes::new();
            put(&*volumes, "user/ana", &[("skills/a.md", "one")]);
            let path = volumes.ana().join(".git").join(name);
            let root = volumes.outside().join("volumes");
            let _ = fs::remove_file(&path);
            odd(&path);
            let what = format!("{what} as `{name}`");
            let found = ends(&what, move || read_all(&root));
            let is_told = |found: &Result<(), StoreError>| matches!(found, Err(StoreError::Damaged { reason, .. }) if reason.contains(name));
            assert!(found.iter().any(is_told), "{what}: {found:?}");
        }
    }
}

#[test]
fn an_odd_branch_hides_no_other_and_hangs_nothing() {
    for (what, odd) in ODDITIES {
        let volumes = Volumes::new();
        let tip = put(&*volumes, "user/ana", &[("skills/a.md", "one")]);
        volumes.git(&["branch", "good"]);
        volumes.git(&["branch", "pr/ana/plot"]);
        volumes.git(&["pack-refs", "--all", "--no-prune"]);
        odd(&volumes.ana().join(".git/refs/heads/odd"));
        fs::remove_file(volumes.ana().join(".git/refs/heads/pr/ana/plot")).unwrap();
        odd(&volumes.ana().join(".git/refs/heads/pr/ana/plot"));
        let root = volumes.outside().join("volumes");
        let name = what.to_owned();
        let (names, refused, commits) = ends(what, move || {
            let store = GitStore::open(root);
            let names = store.branches(&ana()).unwrap().into_iter();
            let names: Vec<_> = names.map(|branch| branch.name.to_string()).collect();
            let edits = vec![edit("skills/a.md", Expected::Anything, Some("two"))];
            let odd = "odd".parse().unwrap();
            let refused = [
                store.commit_to(&ana(), &odd, change("no", edits.clone()), None).map(drop),
                store.delete_branch(&ana(), &odd, &tip),
            ];
            drop(store.create_branch(&ana(), &odd, &tip));
            let commits = [
                store.commit(&ana(), change("two", edits.clone())).map(drop),
                store
                    .commit_to(&ana(), &"good".parse().unwrap(), change("two", edits), None)
                    .map(drop),
            ];
            drop(store.advertise(&ana(), Service::Push, Protocol::V0).unwrap());
            (names, refused, commits)
        });
        assert!(
            names.contains(&"good".to_owned()) && names.contains(&"main".to_owned()),
            "{name}: {names:?}"
        );
        assert!(!names.contains(&"odd".to_owned()), "{name}: {names:?}");
        assert!(refused.iter().all(Result::is_err), "{name}: {refused:?}");
        assert!(commits.iter().all(Result::is_ok), "{name}: {commits:?}");
    }
}

/// Git would take what another repository holds for its own.
#[test]
fn a_repository_that_says_it_is_another_one_is_refused() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("skills/a.md", "one")]);
    put(&*volumes, "user/bob", &[("skills/secret.md", "secret")]);
    volumes.settle();
    let root = volumes.outside().join("volumes");
    let bob = git(&root.join("users/bob"), &["rev-parse", "HEAD:skills/secret.md"]);
    fs::write(volumes.ana().join(".git/commondir"), "../../bob/.git\n").unwrap();
    let store = GitStore::open(root);
    let read = store.read(&ana(), &llmos_core::store::BlobId(bob));
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "got {read:?}");
}

#[test]
fn odd_things_among_the_skills_are_left_alone_and_hang_nothing() {
    for (what, odd) in ODDITIES {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("skills/a.md", "one"), ("skills/b.md", "one")]);
        let folder = volumes.ana();
        odd(&folder.join("skills/odd.md"));
        fs::remove_file(folder.join("skills/a.md")).unwrap();
        odd(&folder.join("skills/a.md"));
        odd(&folder.join(".gitattributes"));
        let root = volumes.outside().join("volumes");
        let (edits, other, same) = ends(what, move || {
            let store = Arc::new(GitStore::open(root));
            let hands = HandFolders::watch(Arc::clone(&store));
            let edits = hands.edits(&ana());
            let write = |path: &str| {
                let edits = vec![edit(path, Expected::Anything, Some("two"))];
                store.commit(&ana(), change("two", edits)).map(drop)
            };
            let other = write("skills/b.md");
            assert_eq!(text(&*store, "user/ana", "skills/b.md").as_deref(), Some("two"));
            (edits, other, write("skills/a.md"))
        });
        assert!(
            matches!(edits, Ok(Edits::Files { .. } | Edits::LeftAlone(_))),
            "{what}: {edits:?}"
        );
        assert!(other.is_ok(), "{what}: {other:?}");
        // An empty folder holds nothing of anybody's.
        let is_dirty = matches!(same, Err(StoreError::Dirty { .. }));
        assert!(is_dirty, "{what}: {same:?}");
    }
}
