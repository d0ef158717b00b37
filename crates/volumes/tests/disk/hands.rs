//! What people do with the files of a volume by hand is found as it is, and nothing of it is changed.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    sync::Arc,
};

use llmos_core::{
    hand::{Edits, Folders, Found, HandEdit},
    store::{Author, Edit, Expected, Store, StoreError},
};
use llmos_testkit::store::{change, put, text};
use llmos_volumes::{GitStore, HandFolders};
use tempfile::TempDir;

use crate::folder::{ana, git};

struct Hands {
    store: Arc<GitStore>,
    folders: HandFolders,
    _folder: TempDir,
}

/// Ana's volume with three skills and a trace.
fn hands() -> Hands {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = Arc::new(GitStore::open(folder.path().join("volumes")));
    let trace = "traces/2026/11/20/run-20261120-153000-0a1b2c3d.md";
    put(
        &*store,
        "user/ana",
        &[("skills/a.md", "a"), ("skills/b.md", "b"), ("skills/c/SKILL.md", "c"), (trace, "t")],
    );
    store.settle();
    let folders = HandFolders::watch(Arc::clone(&store));
    Hands { store, folders, _folder: folder }
}

impl Hands {
    fn path(&self, name: &str) -> PathBuf {
        self.store.settle();
        self.store.folder(&ana()).join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.path(""), arguments)
    }

    fn all(&self) -> Edits {
        self.folders.edits(&ana()).expect("the folder is read")
    }

    fn edits(&self) -> Vec<HandEdit> {
        match self.all() {
            Edits::Files { edits, .. } => edits,
            other => panic!("got {other:?}"),
        }
    }

    /// Each edit in words.
    fn told(&self) -> Vec<String> {
        let told = self.edits().into_iter().map(|edit| {
            let how = match (&edit.base, &edit.found) {
                (None, Found::File(_)) => "new".to_owned(),
                (Some(_), Found::File(content)) => String::from_utf8_lossy(content).into_owned(),
                (_, other) => format!("{other:?}").to_lowercase(),
            };
            format!("{} {how}", edit.path)
        });
        told.collect()
    }

    fn commit(&self, edits: Vec<HandEdit>) -> Result<(), StoreError> {
        let edits = edits.into_iter().map(|edit| Edit {
            path: edit.path,
            expected: edit.base.map_or(Expected::Absent, Expected::Version),
            content: match edit.found {
                Found::File(content) => Some(content),
                _ => None,
            },
        });
        self.store.commit(&ana(), change("by hand", edits.collect()))?;
        self.store.settle();
        Ok(())
    }
}

#[test]
fn what_is_as_checked_out_is_no_edit() {
    let hands = hands();
    assert_eq!(hands.told(), [] as [&str; 0]);
    // The same content, written again.
    hands.write("skills/a.md", "a");
    assert_eq!(hands.told(), [] as [&str; 0]);
    assert!(matches!(hands.all(), Edits::Files { n_known: 4, .. }), "{:?}", hands.all());
}

#[test]
fn edited_added_renamed_and_deleted_files_are_found() {
    let hands = hands();
    hands.write("skills/a.md", "a by hand");
    hands.write("skills/c/scripts/run.py", "print()");
    hands.write("workflows/flow.md", "w");
    fs::rename(hands.path("skills/b.md"), hands.path("skills/bee.md")).expect("it is renamed");
    // What editors leave, traces, and what is nobody's are none.
    hands.write("skills/.a.md.swp", "x");
    hands.write("skills/a.md~", "x");
    hands.write("data.csv", "x");
    hands.write("traces/2026/11/20/run-20261120-153000-0a1b2c3d.md", "changed");
    let want = [
        "skills/a.md a by hand",
        "skills/b.md gone",
        "skills/bee.md new",
        "skills/c/scripts/run.py new",
        "workflows/flow.md new",
    ];
    assert_eq!(hands.told(), want);
}

#[test]
fn a_commit_of_what_is_there_leaves_the_files_untouched() {
    let hands = hands();
    hands.write("skills/a.md", "a by hand");
    fs::remove_file(hands.path("skills/b.md")).expect("it is removed");
    let before = fs::metadata(hands.path("skills/a.md")).expect("it is there");
    hands.commit(hands.edits()).expect("the commit is made");
    let after = fs::metadata(hands.path("skills/a.md")).expect("it is there");
    assert_eq!((after.ino(), after.mtime_nsec()), (before.ino(), before.mtime_nsec()));
    assert_eq!(hands.told(), [] as [&str; 0]);
    assert_eq!(hands.git(&["show", "HEAD:skills/a.md"]), "a by hand");
    assert_eq!(hands.git(&["status", "--porcelain"]), "");
    assert_eq!(hands.git(&["fsck", "--full", "--strict", "--no-dangling"]), "");
    // An edit that follows at once is found, whatever the index remembers.
    hands.write("skills/a.md", "b by hand");
    assert_eq!(hands.told(), ["skills/a.md b by hand"]);
}

#[test]
fn a_file_that_is_still_open_for_writing_is_not_finished() {
    let hands = hands();
    let mut file = File::create(hands.path("skills/a.md")).expect("it is opened");
    file.write_all(b"half").expect("it is written");
    assert_eq!(hands.told(), ["skills/a.md unfinished"]);
    file.write_all(b" and half").expect("it is written");
    drop(file);
    // A program that another test starts in this process holds its files for the moment before it is itself.
    while hands.told() == ["skills/a.md unfinished"] {
        std::thread::yield_now();
    }
    assert_eq!(hands.told(), ["skills/a.md half and half"]);
}

#[test]
fn what_is_staged_belongs_to_the_one_who_staged_it() {
    let hands = hands();
    hands.write("skills/a.md", "staged");
    hands.write("skills/new.md", "staged");
    hands.git(&["add", "skills/a.md", "skills/new.md"]);
    hands.git(&["rm", "--cached", "--quiet", "skills/b.md"]);
    assert_eq!(hands.told(), ["skills/b.md staged"], "the others are as they were prepared");
    hands.write("skills/a.md", "and more");
    hands.write("skills/new.md", "and more");
    let want = ["skills/a.md staged", "skills/b.md staged", "skills/new.md staged"];
    assert_eq!(hands.told(), want);
    hands.git(&["commit", "--quiet", "--message", "mine"]);
    // `b.md` is in the folder and in no commit: a new file.
    let want = ["skills/a.md and more", "skills/b.md new", "skills/new.md and more"];
    assert_eq!(hands.told(), want);
}

#[test]
fn a_folder_in_which_git_is_at_work_is_left_alone() {
    let middle = |what: &str, set_up: fn(&Hands)| {
        let hands = hands();
        set_up(&hands);
        hands.write("skills/a.md", "edited");
        let found = hands.all();
        assert!(!matches!(found, Edits::Files { .. }), "{what}: {found:?}");
    };
    middle("another branch", |hands| drop(hands.git(&["checkout", "--quiet", "-b", "other"])));
    middle("a detached head", |hands| drop(hands.git(&["checkout", "--quiet", "--detach"])));
    middle("a merge", |hands| {
        let head = hands.git(&["rev-parse", "HEAD"]);
        fs::write(hands.path(".git/MERGE_HEAD"), head).expect("it is written");
    });
    middle("a lock", |hands| {
        fs::write(hands.path(".git/index.lock"), "").expect("it is written");
    });
    middle("nothing checked out", |hands| {
        fs::remove_file(hands.path(".git/index")).expect("it is removed");
    });
    middle("line endings", |hands| drop(hands.git(&["config", "core.autocrlf", "true"])));
    middle("attributes", |hands| hands.write(".gitattributes", "*.md text=auto\n"));
}

#[test]
fn links_are_not_followed_and_large_files_are_not_read() {
    let hands = hands();
    let outside = hands.path("..").join("outside.md");
    fs::write(&outside, "secret").expect("it is written");
    std::os::unix::fs::symlink(&outside, hands.path("skills/link.md")).expect("it is made");
    fs::remove_file(hands.path("skills/a.md")).expect("it is removed");
    std::os::unix::fs::symlink(&outside, hands.path("skills/a.md")).expect("it is made");
    let file = File::create(hands.path("skills/huge.md")).expect("it is made");
    file.set_len(9 << 20).expect("it is long");
    drop(file);
    assert_eq!(hands.told(), ["skills/huge.md toolarge"]);
}

#[test]
fn an_edit_on_something_stale_is_refused_and_stays() {
    let hands = hands();
    hands.write("skills/a.md", "mine");
    let edits = hands.edits();
    // Somebody commits with `git` in between.
    hands.git(&["commit", "--quiet", "--all", "--message", "theirs"]);
    hands.write("skills/a.md", "mine again");
    let refused = hands.commit(edits);
    assert!(matches!(refused, Err(StoreError::Stale { .. })), "got {refused:?}");
    assert_eq!(fs::read_to_string(hands.path("skills/a.md")).expect("it is there"), "mine again");
    assert_eq!(text(&*hands.store, "user/ana", "skills/a.md").as_deref(), Some("mine"));
}

#[test]
fn the_author_is_the_one_that_the_volume_names() {
    let hands = hands();
    assert_eq!(hands.folders.author(&ana()).expect("it is read"), None);
    hands.git(&["config", "user.name", "Ana Berg"]);
    assert_eq!(hands.folders.author(&ana()).expect("it is read"), None, "half of one is none");
    hands.git(&["config", "user.email", "ana@berg.example"]);
    let want = Author { name: "Ana Berg".to_owned(), email: "ana@berg.example".to_owned() };
    assert_eq!(hands.folders.author(&ana()).expect("it is read"), Some(want));
}

#[test]
fn a_change_is_heard_of() {
    let hands = hands();
    let hears = |what: &str| {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while std::time::Instant::now() < until {
            if hands.folders.wait(std::time::Duration::from_secs(1)).contains(&ana()) {
                return;
            }
        }
        panic!("nobody told of {what}");
    };
    hears("the volume itself, at the beginning");
    let temporary = hands.path("skills/.a.md.tmp");
    fs::write(&temporary, "saved as editors do").expect("it is written");
    fs::rename(temporary, hands.path("skills/a.md")).expect("it is renamed");
    hears("a save by renaming");
    hands.write("workflows/new.md", "w");
    hears("a new folder");
    assert_eq!(hands.told(), ["skills/a.md saved as editors do", "workflows/new.md new"]);
}
