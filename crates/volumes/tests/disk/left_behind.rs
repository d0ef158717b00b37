//! Locks and half-done commits that a killed program leaves behind.

use std::{
    fs::{self, File},
    time::{Duration, SystemTime},
};

use crate::folder::{Volumes, ana};
use llmos_core::store::{Expected, Store, StoreError};
use llmos_testkit::store::{change, edit, put, text};

/// The number of a process that cannot be.
const NOBODY: u32 = u32::MAX;

fn leave_lock(volumes: &Volumes, name: &str, content: &str, age_secs: u64) {
    let path = volumes.ana().join(".git").join(name);
    fs::write(&path, content).expect("the test can use its folder");
    let now = fs::metadata(&path)
        .expect("the test can use its folder")
        .modified()
        .expect("the test can use its folder");
    let then: SystemTime = now - Duration::from_secs(age_secs);
    File::options()
        .write(true)
        .open(&path)
        .expect("the test can use its folder")
        .set_modified(then)
        .expect("the test can use its folder");
}

#[test]
fn a_lock_in_use_stops_the_commit_and_says_so() {
    let volumes = Volumes::new();
    let before = put(&*volumes, "user/ana", &[("a.md", "one")]);
    leave_lock(&volumes, "index.lock", "", 0);
    let refused =
        volumes.commit(&ana(), change("no", vec![edit("a.md", Expected::Anything, Some("two"))]));
    let Err(err @ StoreError::Busy { .. }) = refused else { panic!("got {refused:?}") };
    assert!(err.to_string().contains(".git/index.lock"), "{err}");
    assert_eq!(volumes.head(&ana()).unwrap(), Some(before));
    assert_eq!(fs::read_to_string(volumes.ana().join("a.md")).unwrap(), "one");

    fs::remove_file(volumes.ana().join(".git/index.lock")).unwrap();
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    volumes.assert_clean();
}

#[test]
fn a_forgotten_lock_stops_nothing() {
    let cases = [
        ("index.lock", String::new(), 3600),
        ("index.lock", "llmos-lite 1\n".to_owned(), 60),
        ("index.lock", format!("llmos-lite {NOBODY}\n"), 0),
        ("index.lock", format!("llmos-lite {NOBODY}\nbegin\nhalf"), 0),
        ("refs/heads/main.lock", String::new(), 3600),
    ];
    for (name, content, age_secs) in cases {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        leave_lock(&volumes, name, &content, age_secs);
        put(&*volumes, "user/ana", &[("a.md", "two")]);
        assert_eq!(volumes.git(&["show", "HEAD:a.md"]), "two", "{name} with {content:?}");
        volumes.assert_clean();
    }
}

/// Killed after the branch moved and before the working tree followed: the files are still those of before.
#[test]
fn a_commit_that_was_killed_half_way_is_finished() {
    let volumes = Volumes::new();
    let old = put(
        &*volumes,
        "user/ana",
        &[("changed.md", "one"), ("gone.md", "one"), ("kept.md", "one")],
    );
    let edits = vec![
        edit("changed.md", Expected::Anything, Some("two")),
        edit("gone.md", Expected::Anything, None),
        edit("new/new.md", Expected::Anything, Some("two")),
    ];
    let new = volumes.commit(&ana(), change("half", edits)).unwrap();
    volumes.git(&["reset", "--quiet", "--hard", &old.0]);
    fs::write(volumes.ana().join(".git/refs/heads/main"), format!("{new}\n")).unwrap();
    let paths = "changed.md\ngone.md\nnew/new.md\n";
    leave_lock(
        &volumes,
        "index.lock",
        &format!("llmos-lite {NOBODY}\nbegin\n{old}\n{new}\n{paths}end\n"),
        0,
    );
    leave_lock(&volumes, "refs/heads/main.lock", "", 0);
    fs::write(volumes.ana().join(".git/llmos-lite.file"), "half a fi").unwrap();

    put(&*volumes, "user/ana", &[("kept.md", "two")]);
    volumes.assert_clean();
    assert_eq!(text(&*volumes, "user/ana", "changed.md").as_deref(), Some("two"));
    assert_eq!(fs::read_to_string(volumes.ana().join("new/new.md")).unwrap(), "two");
    assert!(!volumes.ana().join("gone.md").exists());
}

/// Killed before the branch moved: the commit never was.
#[test]
fn a_commit_that_was_killed_early_is_forgotten() {
    let volumes = Volumes::new();
    let old = put(&*volumes, "user/ana", &[("a.md", "one")]);
    let new = "1".repeat(40);
    leave_lock(
        &volumes,
        "index.lock",
        &format!("llmos-lite {NOBODY}\nbegin\n{old}\n{new}\na.md\nend\n"),
        0,
    );
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    assert_eq!(text(&*volumes, "user/ana", "a.md").as_deref(), Some("one"));
    volumes.assert_clean();
}

/// What somebody wrote after the kill is not run over by finishing.
#[test]
fn finishing_leaves_newer_edits_alone() {
    let volumes = Volumes::new();
    let old = put(&*volumes, "user/ana", &[("a.md", "one")]);
    let new = put(&*volumes, "user/ana", &[("a.md", "two")]);
    volumes.git(&["reset", "--quiet", "--hard", &old.0]);
    fs::write(volumes.ana().join(".git/refs/heads/main"), format!("{new}\n")).unwrap();
    fs::write(volumes.ana().join("a.md"), "mine").unwrap();
    leave_lock(
        &volumes,
        "index.lock",
        &format!("llmos-lite {NOBODY}\nbegin\n{old}\n{new}\na.md\nend\n"),
        0,
    );
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    assert_eq!(fs::read_to_string(volumes.ana().join("a.md")).unwrap(), "mine");
    assert_eq!(volumes.git(&["status", "--porcelain"]), " M a.md");
}
