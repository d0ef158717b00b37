//! A volume and a repository elsewhere: equal in the end, whatever happens on the way.

use std::{fs, io::Write as _, path::PathBuf, sync::atomic::Ordering};

use llmos_core::{
    remote::{Remote, RemoteError, Remotes, Synced},
    store::{Author, Expected, Store},
};
use llmos_testkit::store::{change, edit, put, text};

use crate::{
    backend::Backend,
    folder::{Volumes, ana, git, git_output},
};

/// Ana's volume, an empty bare repository, and somebody else who works there.
pub(crate) struct Pair {
    pub(crate) volumes: Volumes,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one\n")]);
        let pair = Self { volumes };
        git(pair.volumes.outside(), &["init", "--quiet", "--bare", "-b", "main", "there.git"]);
        git(&pair.bare(), &["config", "http.receivepack", "true"]);
        pair.point_to(&pair.bare().display().to_string());
        pair
    }

    pub(crate) fn bare(&self) -> PathBuf {
        self.volumes.outside().join("there.git")
    }

    pub(crate) fn point_to(&self, url: &str) {
        let remote =
            Remote { url: url.parse().expect("the test can do so"), branch: "main".to_owned() };
        self.volumes.set_remote(&ana(), Some(&remote)).expect("the test can do so");
    }

    pub(crate) fn sync(&self) -> Result<Synced, RemoteError> {
        let by = Author { name: "ana".into(), email: "ana@llmos.local".into() };
        self.volumes.sync(&ana(), &by, "2026-11-20T15:30:00Z".parse().expect("the test can do so"))
    }

    /// Syncs, after which both sides must be equal; returns what came and what went.
    #[track_caller]
    pub(crate) fn equal(&self) -> (usize, usize) {
        match self.sync() {
            Ok(Synced::Equal { n_fetched, n_pushed, .. }) => {
                let here = self.volumes.git(&["rev-parse", "main"]);
                assert_eq!(git(&self.bare(), &["rev-parse", "main"]), here);
                assert_eq!(self.volumes.git(&["rev-parse", "refs/remotes/origin/main"]), here);
                assert_eq!(self.volumes.git(&["status", "--porcelain"]), "");
                assert_eq!(self.volumes.git(&["fsck", "--full", "--strict", "--no-dangling"]), "");
                (n_fetched, n_pushed)
            }
            other => panic!("not equal: {other:?}"),
        }
    }

    /// Somebody changes files there.
    pub(crate) fn there(&self, files: &[(&str, Option<&str>)]) {
        let copy = self.volumes.outside().join("copy");
        if copy.exists() {
            git(&copy, &["fetch", "--quiet"]);
            git(&copy, &["reset", "--quiet", "--hard", "origin/main"]);
        } else {
            git(self.volumes.outside(), &["clone", "--quiet", "there.git", "copy"]);
        }
        for (path, text) in files {
            let path = copy.join(path);
            fs::create_dir_all(path.parent().expect("the test can do so"))
                .expect("the test can do so");
            match text {
                Some(text) => fs::write(path, text).expect("the test can do so"),
                None => fs::remove_file(path).expect("the test can do so"),
            }
        }
        git(&copy, &["add", "--all"]);
        git(&copy, &["commit", "--quiet", "-m", "there"]);
        git(&copy, &["push", "--quiet", "origin", "HEAD:main"]);
    }
}

#[test]
fn what_one_side_has_the_other_gets() {
    let pair = Pair::new();
    assert_eq!(pair.equal(), (0, 1));
    assert_eq!(pair.equal(), (0, 0));
    put(&*pair.volumes, "user/ana", &[("b.md", "two\n")]);
    put(&*pair.volumes, "user/ana", &[("c.md", "three\n")]);
    assert_eq!(pair.equal(), (0, 2));
    pair.there(&[("a.md", Some("changed there\n")), ("new/d.md", Some("d\n")), ("c.md", None)]);
    assert_eq!(pair.equal(), (1, 0));
    assert_eq!(text(&*pair.volumes, "user/ana", "a.md").as_deref(), Some("changed there\n"));
    assert!(!pair.volumes.ana().join("c.md").exists());
    assert_eq!(
        fs::read_to_string(pair.volumes.ana().join("new/d.md")).expect("the test can do so"),
        "d\n"
    );
}

#[test]
fn changes_of_different_files_are_merged() {
    let pair = Pair::new();
    pair.equal();
    pair.there(&[("there.md", Some("there\n"))]);
    put(&*pair.volumes, "user/ana", &[("here.md", "here\n")]);
    assert_eq!(pair.equal(), (2, 2));
    let volume = pair.volumes.ana();
    assert!(volume.join("there.md").is_file() && volume.join("here.md").is_file());
    let merge = git(&volume, &["log", "-1", "--format=%an: %s (%p)"]);
    assert!(merge.starts_with("ana: merge: 1 file from the remote ("), "{merge}");
    assert_eq!(git(&volume, &["rev-list", "--count", "--merges", "main"]), "1");
}

#[test]
fn a_volume_begins_with_what_the_remote_has() {
    let volumes = Volumes::new();
    let pair = Pair { volumes };
    git(pair.volumes.outside(), &["init", "--quiet", "--bare", "-b", "main", "there.git"]);
    pair.there(&[("skills/a.md", Some("a\n"))]);
    pair.point_to(&pair.bare().display().to_string());
    assert_eq!(pair.equal(), (1, 0));
    assert_eq!(text(&*pair.volumes, "user/ana", "skills/a.md").as_deref(), Some("a\n"));
}

#[test]
fn a_conflict_is_told_and_both_versions_are_kept() {
    let pair = Pair::new();
    pair.equal();
    pair.there(&[("a.md", Some("theirs\n")), ("free.md", Some("free\n"))]);
    put(&*pair.volumes, "user/ana", &[("a.md", "ours\n")]);
    let before = pair.volumes.git(&["rev-parse", "main"]);
    for _ in 0..2 {
        let synced = pair.sync().expect("the test can do so");
        assert_eq!(
            synced,
            Synced::Conflict { paths: vec!["a.md".parse().expect("the test can do so")] }
        );
    }
    assert_eq!(pair.volumes.git(&["rev-parse", "main"]), before);
    assert_eq!(pair.volumes.git(&["show", "refs/remotes/origin/main:a.md"]), "theirs");
    let state = pair.volumes.remote_state(&ana()).expect("the test can do so");
    assert_eq!((state.n_failures, state.conflicts.len()), (2, 1));
    assert!(state.synced_at.is_some(), "when it last went well stays known");
    // Writing goes on, and whoever decides does so with the ordinary program.
    put(&*pair.volumes, "user/ana", &[("more.md", "more\n")]);
    let volume = pair.volumes.ana();
    let merged = git_output(&volume, &["merge", "--quiet", "origin/main"], &[]);
    assert!(!merged.status.success(), "git sees the conflict as well");
    fs::write(volume.join("a.md"), "both\n").expect("the test can do so");
    git(&volume, &["commit", "--quiet", "--all", "-m", "both"]);
    assert_eq!(pair.equal(), (0, 3));
    assert_eq!(pair.volumes.remote_state(&ana()).expect("the test can do so").n_failures, 0);
    assert_eq!(git(&pair.bare(), &["show", "main:a.md"]), "both");
}

#[test]
fn nothing_is_lost_while_the_remote_is_away() {
    let pair = Pair::new();
    pair.equal();
    let away = pair.volumes.outside().join("away.git");
    fs::rename(pair.bare(), &away).expect("the test can do so");
    for n in 0..10 {
        put(&*pair.volumes, "user/ana", &[("a.md", &format!("{n}\n"))]);
        let refused = pair.sync();
        assert!(matches!(refused, Err(RemoteError::Unreachable { .. })), "got {refused:?}");
    }
    let state = pair.volumes.remote_state(&ana()).expect("the test can do so");
    assert_eq!(state.n_failures, 10);
    let (_, reason) = state.failure.expect("the test can do so");
    assert!(reason.contains("cannot be reached"), "{reason}");
    fs::rename(&away, pair.bare()).expect("the test can do so");
    // Another process goes on from there.
    let store = llmos_volumes::GitStore::open(pair.volumes.outside().join("volumes"));
    let by = Author { name: "ana".into(), email: "ana@llmos.local".into() };
    let synced = store
        .sync(&ana(), &by, "2026-11-23T15:30:00Z".parse().expect("the test can do so"))
        .expect("the test can do so");
    assert!(matches!(synced, Synced::Equal { n_pushed: 10, .. }), "got {synced:?}");
    assert_eq!(pair.equal(), (0, 0));
}

#[test]
fn an_edit_in_the_folder_is_not_run_over() {
    let pair = Pair::new();
    pair.equal();
    pair.there(&[("a.md", Some("theirs\n"))]);
    fs::write(pair.volumes.ana().join("a.md"), "not committed\n").expect("the test can do so");
    let refused = pair.sync();
    assert!(matches!(refused, Err(RemoteError::Store { .. })), "got {refused:?}");
    assert_eq!(
        fs::read_to_string(pair.volumes.ana().join("a.md")).expect("the test can do so"),
        "not committed\n"
    );
    pair.volumes.git(&["checkout", "--quiet", "--", "a.md"]);
    assert_eq!(pair.equal(), (1, 0));
}

/// What a remote holds is as hostile as what is pushed.
#[test]
fn what_a_volume_does_not_take_does_not_come_from_a_remote() {
    type Evil = fn(&std::path::Path);
    let table: [(&str, Evil, &str); 4] = [
        (
            "a link",
            |copy| {
                std::os::unix::fs::symlink("/etc/passwd", copy.join("link.md"))
                    .expect("the test can do so");
            },
            "link.md: is a symbolic link",
        ),
        (
            "a submodule",
            |copy| {
                let commit = git(copy, &["rev-parse", "HEAD"]);
                let entry = format!("160000,{commit},module");
                git(copy, &["update-index", "--add", "--cacheinfo", &entry]);
                git(copy, &["commit", "--quiet", "-m", "module"]);
            },
            "module: is a submodule",
        ),
        (
            "a device",
            |copy| fs::write(copy.join("aux.md"), "x").expect("the test can do so"),
            "is the name of a device",
        ),
        (
            "a bomb",
            |copy| {
                fs::write(copy.join("bomb.md"), vec![0; 100 << 20]).expect("the test can do so");
            },
            "104857600 bytes, at most",
        ),
    ];
    for (name, evil, reason) in table {
        let pair = Pair::new();
        pair.equal();
        let before = pair.volumes.git(&["rev-parse", "main"]);
        pair.there(&[("b.md", Some("b\n"))]);
        let copy = pair.volumes.outside().join("copy");
        evil(&copy);
        if !git(&copy, &["status", "--porcelain"]).is_empty() && name != "a submodule" {
            git(&copy, &["add", "--all"]);
            git(&copy, &["commit", "--quiet", "-m", "evil"]);
        }
        git(&copy, &["push", "--quiet", "origin", "HEAD:main"]);
        let refused = pair.sync();
        assert!(
            matches!(&refused, Err(RemoteError::Unsafe { reason: said }) if said.contains(reason)),
            "{name}: {refused:?}"
        );
        assert_eq!(pair.volumes.git(&["rev-parse", "main"]), before, "{name}");
        put(&*pair.volumes, "user/ana", &[("still.md", "works")]);
    }
}

#[test]
fn a_remote_is_noted_beside_the_volumes_and_nowhere_else() {
    let pair = Pair::new();
    pair.equal();
    assert_eq!(pair.volumes.with_remotes().expect("the test can do so"), [ana()]);
    let config =
        fs::read_to_string(pair.volumes.ana().join(".git/config")).expect("the test can do so");
    assert!(!config.contains("there.git") && !config.contains("remote"), "{config}");
    // One that somebody writes into the volume is not asked.
    pair.volumes.git(&["config", "remote.origin.url", "ext::sh -c evil"]);
    pair.volumes.git(&[
        "config",
        "url./nowhere.insteadOf",
        pair.bare().to_str().expect("the test can do so"),
    ]);
    put(&*pair.volumes, "user/ana", &[("b.md", "two\n")]);
    assert_eq!(pair.equal(), (0, 1));
    pair.volumes.set_remote(&ana(), None).expect("the test can do so");
    assert!(matches!(pair.sync(), Err(RemoteError::None { .. })));
    assert_eq!(pair.volumes.with_remotes().expect("the test can do so"), []);
}

/// The number of cuts; `LLMOS_REMOTE_CUTS=100` for the full measure.
fn n_cuts() -> u64 {
    std::env::var("LLMOS_REMOTE_CUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

/// A real `git http-backend`, whose connections break at random bytes.
#[test]
fn a_transport_that_is_cut_at_random_loses_and_doubles_nothing() {
    let pair = Pair::new();
    let backend = Backend::start(pair.volumes.outside());
    pair.point_to(&format!("http://127.0.0.1:{}/there.git", backend.port()));
    pair.equal();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let (mut n_here, mut n_there, mut n_failed) = (0, 0, 0);
    for round in 0..n_cuts() {
        for _ in 0..=next(2) {
            let edits = vec![edit(&format!("here/{n_here}.md"), Expected::Absent, Some("x"))];
            pair.volumes
                .commit(&ana(), change(&format!("here {n_here}"), edits))
                .expect("the test can do so");
            n_here += 1;
        }
        if next(4) == 0 {
            pair.there(&[(&format!("there/{n_there}.md"), Some("x"))]);
            n_there += 1;
        }
        backend.budget().store(next(4_500) as i64, Ordering::SeqCst);
        match pair.sync() {
            Err(RemoteError::Unreachable { .. }) => n_failed += 1,
            Ok(Synced::Equal { .. }) => {}
            other => panic!("round {round}: {other:?}"),
        }
    }
    backend.budget().store(i64::MAX, Ordering::SeqCst);
    pair.equal();
    let told = format!("{} syncs, {n_failed} cut off, {n_here} here, {n_there} there", n_cuts());
    writeln!(std::io::stderr(), "{told}").expect("the test can do so");
    assert!(n_failed * 3 > n_cuts(), "only {n_failed} were cut off");
    let bare = pair.bare();
    git(&bare, &["fsck", "--full", "--strict"]);
    let subjects = git(&bare, &["log", "--no-merges", "--format=%s", "main"]);
    let mut found: Vec<&str> = subjects.lines().filter(|line| line.starts_with("here ")).collect();
    assert_eq!(found.len(), n_here, "{subjects}");
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), n_here, "nothing is doubled");
    assert_eq!(subjects.lines().filter(|line| *line == "there").count(), n_there);
    let files = git(&bare, &["ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(files.lines().filter(|line| line.contains('/')).count(), n_here + n_there);
}
