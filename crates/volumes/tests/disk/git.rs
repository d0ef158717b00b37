//! A volume is a repository that plain `git` reads, checks, clones and changes.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use crate::folder::{ByHand, Volumes, ana, git, git_output};
use llmos_core::{
    branch::Branches,
    store::{BlobId, Expected, HistoryQuery, Store, StoreError},
};
use llmos_testkit::store::{change, edit, paths, put, text};
use llmos_volumes::GitStore;

#[test]
fn plain_git_finds_nothing_wrong() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("skills/a.md", "one"), ("skills/b/SKILL.md", "two")]);
    volumes.assert_clean();
    put(
        &*volumes,
        "user/ana",
        &[("skills/a.md", "one!"), ("skills-more/c.md", ""), ("a b/ü.md", "x")],
    );
    volumes.assert_clean();
    let gone = vec![edit("skills/b/SKILL.md", Expected::Anything, None)];
    volumes.commit(&ana(), change("delete b\n\nIt was of no use.", gone)).unwrap();
    volumes.assert_clean();

    assert!(!volumes.ana().join("skills/b").exists(), "an empty folder goes");
    let log = volumes.git(&["log", "--format=%an <%ae> by %cn at %at: %s"]);
    let line = "Ana <ana@example.org> by LLMos-Lite at 1700000000:";
    assert_eq!(log, format!("{line} delete b\n{line} put files\n{line} put files"));
    assert_eq!(volumes.git(&["log", "-1", "--format=%b"]), "It was of no use.");
    assert_eq!(volumes.git(&["branch", "--show-current"]), "main");
}

#[test]
fn a_clone_holds_what_the_volume_holds() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("skills/a.md", "one"), ("x/y/z.bin", "\0\u{1}")]);
    let source = volumes.ana().display().to_string();
    git(volumes.outside(), &["clone", "--quiet", &source, "copy"]);
    for path in paths(&*volumes, "user/ana", None) {
        let copy = fs::read_to_string(volumes.outside().join("copy").join(&path)).unwrap();
        assert_eq!(Some(copy), text(&*volumes, "user/ana", &path));
    }
}

#[test]
fn nothing_is_written_to_disk_by_reading() {
    let volumes = Volumes::new();
    let query = HistoryQuery { limit: 9, ..HistoryQuery::default() };
    assert_eq!(volumes.head(&ana()).unwrap(), None);
    assert_eq!(volumes.history(&ana(), &query).unwrap(), []);
    assert_eq!(volumes.volumes().unwrap(), []);
    assert_eq!(fs::read_dir(volumes.outside()).unwrap().count(), 0);
}

#[test]
fn a_commit_by_hand_is_seen_and_built_upon() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    fs::write(volumes.ana().join("a.md"), "by hand").unwrap();
    fs::write(volumes.ana().join("new.md"), "new by hand").unwrap();
    volumes.git(&["add", "."]);
    volumes.git(&["commit", "--quiet", "-m", "by hand"]);
    let head = volumes.head(&ana()).unwrap().unwrap();
    assert_eq!(head.0, volumes.git(&["rev-parse", "HEAD"]));
    assert_eq!(text(&*volumes, "user/ana", "new.md").as_deref(), Some("new by hand"));

    let old = vec![edit("a.md", Expected::Version(BlobId::of(b"one")), Some("two"))];
    assert!(matches!(volumes.commit(&ana(), change("late", old)), Err(StoreError::Stale { .. })));
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    volumes.assert_clean();
    assert_eq!(volumes.git(&["log", "--format=%s"]), "put files\nby hand\nput files");
}

/// `git commit` makes its trees from what the index remembers of folders.
#[test]
fn a_commit_by_hand_keeps_what_was_written_before_it() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("skills/a.md", "one"), ("b.md", "one")]);
    for (here, by_hand) in [("two", "two"), ("three", "three")] {
        fs::write(volumes.ana().join("b.md"), by_hand).unwrap();
        volumes.git(&["commit", "--quiet", "-am", "by hand"]);
        put(&*volumes, "user/ana", &[("skills/a.md", here)]);
    }
    fs::write(volumes.ana().join("b.md"), "four").unwrap();
    volumes.git(&["commit", "--quiet", "-am", "by hand"]);
    assert_eq!(text(&*volumes, "user/ana", "skills/a.md").as_deref(), Some("three"));
    volumes.assert_clean();
}

/// An edit of the same size in the very moment of the last commit, made visible to `git` only by its content.
#[test]
fn an_edit_in_the_moment_of_a_commit_is_not_hidden_by_the_next_one() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one"), ("b.md", "one")]);
    let file = volumes.ana().join("a.md");
    // `git` may count times in whole seconds, so all of this happens a while ago.
    let moment = fs::metadata(&file).unwrap().modified().unwrap() - Duration::from_secs(60);
    let set_back = |path: &Path| {
        fs::File::options().write(true).open(path).unwrap().set_modified(moment).unwrap();
    };
    set_back(&file);
    volumes.git(&["update-index", "--refresh"]);
    fs::write(&file, "two").unwrap();
    set_back(&file);
    set_back(&volumes.ana().join(".git/index"));
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    let by_time_alone =
        ["-c", "core.trustctime=false", "-c", "core.checkStat=minimal", "diff", "--name-only"];
    assert_eq!(volumes.git(&by_time_alone), "a.md");
}

/// What was written in the second of the index is read once more by `git`, and would have to be by us too.
#[test]
fn what_was_written_looks_older_than_any_edit_that_follows() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one"), ("b.md", "one")]);
    let second = |path: &str| {
        let modified = fs::metadata(volumes.ana().join(path)).unwrap().modified().unwrap();
        modified.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
    };
    assert!(second("a.md") < second(".git/index"));
    let by_time_alone =
        ["-c", "core.trustctime=false", "-c", "core.checkStat=minimal", "diff", "--name-only"];
    assert_eq!(volumes.git(&by_time_alone), "");
    // As long as before, in the same moment, and in place.
    fs::write(volumes.ana().join("a.md"), "two").unwrap();
    assert_eq!(volumes.git(&by_time_alone), "a.md");
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    assert_eq!(volumes.git(&by_time_alone), "a.md");
}

#[test]
fn packing_by_git_changes_nothing() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    volumes.git(&["gc", "--quiet", "--prune=now"]);
    volumes.git(&["pack-refs", "--all"]);
    assert_eq!(text(&*volumes, "user/ana", "a.md").as_deref(), Some("two"));
    assert_eq!(GitStore::open(volumes.outside().join("volumes")).volumes().unwrap(), [ana()]);
    put(&*volumes, "user/ana", &[("a.md", "three")]);
    volumes.git(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(
        volumes
            .history(&ana(), &HistoryQuery { limit: 9, ..HistoryQuery::default() })
            .unwrap()
            .len(),
        3
    );
    volumes.assert_clean();
}

#[test]
fn edits_that_are_not_committed_are_never_run_over() {
    // What somebody did by hand, and the file that a writer then cannot change.
    let cases: [(&str, ByHand, &str); 6] = [
        ("edited", |v| fs::write(v.ana().join("a.md"), "mine").unwrap(), "a.md"),
        ("deleted", |v| fs::remove_file(v.ana().join("a.md")).unwrap(), "a.md"),
        ("made", |v| fs::write(v.ana().join("new.md"), "mine").unwrap(), "new.md"),
        (
            "staged",
            |v| {
                fs::write(v.ana().join("a.md"), "mine").unwrap();
                v.git(&["add", "a.md"]);
                fs::write(v.ana().join("a.md"), "one").unwrap();
            },
            "a.md",
        ),
        (
            "a file in the way of a folder",
            |v| fs::write(v.ana().join("folder"), "mine").unwrap(),
            "folder/x.md",
        ),
        (
            "a folder in the way of a file",
            |v| {
                fs::create_dir(v.ana().join("new.md")).unwrap();
                fs::write(v.ana().join("new.md/mine"), "mine").unwrap();
            },
            "new.md",
        ),
    ];
    for (name, by_hand, path) in cases {
        let volumes = Volumes::new();
        let before = put(&*volumes, "user/ana", &[("a.md", "one"), ("b.md", "one")]);
        by_hand(&volumes);
        let status = volumes.git(&["status", "--porcelain"]);
        let refused = volumes
            .commit(&ana(), change("no", vec![edit(path, Expected::Anything, Some("theirs"))]));
        let Err(err @ StoreError::Dirty { .. }) = refused else { panic!("{name}: {refused:?}") };
        assert!(err.hint().is_some(), "{name}");
        assert_eq!(volumes.head(&ana()).unwrap(), Some(before), "{name}");
        // Other files can be changed, and what was done by hand still stands as it was.
        put(&*volumes, "user/ana", &[("b.md", "two")]);
        assert_eq!(volumes.git(&["status", "--porcelain"]), status, "{name}");
    }
}

#[test]
fn what_is_already_there_by_hand_can_be_committed() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one"), ("b.md", "one")]);
    fs::write(volumes.ana().join("a.md"), "two").unwrap();
    fs::remove_file(volumes.ana().join("b.md")).unwrap();
    let edits =
        vec![edit("a.md", Expected::Anything, Some("two")), edit("b.md", Expected::Anything, None)];
    volumes.commit(&ana(), change("the same", edits)).unwrap();
    volumes.assert_clean();
}

#[test]
fn a_folder_with_files_becomes_a_volume_and_keeps_them() {
    let volumes = Volumes::new();
    fs::create_dir_all(volumes.ana()).unwrap();
    fs::write(volumes.ana().join("notes.txt"), "mine").unwrap();
    assert_eq!(volumes.head(&ana()).unwrap(), None);
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    assert_eq!(volumes.git(&["status", "--porcelain"]), "?? notes.txt");
}

#[test]
fn another_branch_in_the_working_tree_is_left_alone() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    volumes.git(&["checkout", "--quiet", "-b", "idea"]);
    fs::write(volumes.ana().join("a.md"), "an idea").unwrap();
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    assert_eq!(text(&*volumes, "user/ana", "a.md").as_deref(), Some("two"));
    assert_eq!(fs::read_to_string(volumes.ana().join("a.md")).unwrap(), "an idea");
    assert_eq!(volumes.git(&["diff", "--name-only"]), "a.md");
    volumes.git(&["checkout", "--quiet", "--force", "main"]);
    volumes.assert_clean();
}

#[test]
fn history_goes_through_merges() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one"), ("b.md", "one")]);
    volumes.git(&["checkout", "--quiet", "-b", "side"]);
    fs::write(volumes.ana().join("a.md"), "side").unwrap();
    volumes.git(&["commit", "--quiet", "-am", "side"]);
    volumes.git(&["checkout", "--quiet", "main"]);
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    volumes.git(&["merge", "--quiet", "--no-edit", "-m", "merge", "side"]);
    let messages = |path: Option<&str>| {
        let query =
            HistoryQuery { path: path.map(|path| path.parse().unwrap()), from: None, limit: 9 };
        let history = volumes.history(&ana(), &query).unwrap();
        let mut messages: Vec<_> =
            history.iter().map(|commit| commit.message.trim_end().to_owned()).collect();
        messages.sort();
        messages
    };
    assert_eq!(messages(None), ["merge", "put files", "put files", "side"]);
    assert_eq!(messages(Some("a.md")), ["put files", "side"]);
    assert_eq!(messages(Some("b.md")), ["put files", "put files"]);
    let merge =
        &volumes.history(&ana(), &HistoryQuery { limit: 1, ..HistoryQuery::default() }).unwrap()[0];
    assert_eq!(merge.parents.len(), 2);
    put(&*volumes, "user/ana", &[("a.md", "after")]);
    volumes.assert_clean();
}

#[test]
fn an_executable_file_stays_one() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("run.sh", "one")]);
    volumes.git(&["update-index", "--chmod=+x", "run.sh"]);
    volumes.git(&["commit", "--quiet", "-m", "executable"]);
    volumes.git(&["checkout", "--quiet", "--force", "main"]);
    put(&*volumes, "user/ana", &[("run.sh", "two")]);
    assert!(volumes.git(&["ls-tree", "HEAD", "run.sh"]).starts_with("100755"));
    volumes.assert_clean();
}

#[test]
fn a_volume_that_was_deleted_by_hand_starts_anew() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    fs::remove_dir_all(volumes.ana()).unwrap();
    assert_eq!(volumes.head(&ana()).unwrap(), None);
    assert!(!volumes.ana().exists());
    put(&*volumes, "user/ana", &[("b.md", "two")]);
    assert_eq!(paths(&*volumes, "user/ana", None), ["b.md", "metadata.json"]);
    volumes.assert_clean();
}

/// Two stores know nothing of each other's locks in memory, as two processes do not.
#[test]
fn two_programs_at_the_same_time_lose_nothing() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    let root = volumes.outside().join("volumes");
    thread::scope(|scope| {
        for writer in ["x", "y"] {
            let root = root.clone();
            scope.spawn(move || {
                let store = GitStore::open(root);
                for n in 0..50 {
                    let edits =
                        vec![edit(&format!("{writer}/{n}.md"), Expected::Absent, Some(writer))];
                    store.commit(&ana(), change(&format!("{writer} {n}"), edits)).unwrap();
                }
            });
        }
    });
    assert_eq!(volumes.git(&["rev-list", "--count", "HEAD"]), "101");
    assert_eq!(paths(&*volumes, "user/ana", None).len(), 102);
    volumes.assert_clean();
}

/// Somebody who moves the branch without the index, as `git push` does, and a writer here.
#[test]
fn a_branch_that_moves_underneath_loses_nothing() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..30 {
                let push = || {
                    let old = volumes.git(&["rev-parse", "main"]);
                    let tree = format!("{old}^{{tree}}");
                    let new = volumes.git(&["commit-tree", "-m", "pushed", "-p", &old, &tree]);
                    let moved = ["update-ref", "refs/heads/main", &new, &old];
                    git_output(&volumes.ana(), &moved, b"").status.success()
                };
                while !push() {}
            }
        });
        for n in 0..200 {
            put(&*volumes, "user/ana", &[("a.md", &n.to_string())]);
        }
    });
    assert_eq!(volumes.git(&["rev-list", "--count", "main"]), "231");
    volumes.assert_clean();
}

#[test]
fn a_deep_folder_is_no_danger() {
    let volumes = Volumes::new();
    let deep = format!("{}x", "d/".repeat(199));
    put(&*volumes, "user/ana", &[(deep.as_str(), "deep")]);
    assert_eq!(text(&*volumes, "user/ana", &deep).as_deref(), Some("deep"));
    volumes.assert_clean();
    volumes.commit(&ana(), change("delete", vec![edit(&deep, Expected::Anything, None)])).unwrap();
    assert!(!volumes.ana().join("d").exists());
    volumes.assert_clean();
}

/// Whatever somebody can still get at with `git` is reached from one of these.
#[test]
fn every_name_of_the_repository_leads_to_a_tip() {
    let volumes = Volumes::new();
    assert_eq!(volumes.tips(&ana()).unwrap(), []);
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    volumes.settle();
    let on_a_side = |name: &str| {
        let tree = volumes.git(&["rev-parse", "HEAD^{tree}"]);
        let commit = volumes.git(&["commit-tree", &tree, "-m", name]);
        volumes.git(&["update-ref", name, &commit]);
        commit
    };
    let names = [
        "refs/heads/pr/ana/plot",
        "refs/heads/ü",
        "refs/tags/light",
        "refs/remotes/origin/main",
        "refs/stash",
        "refs/llmos-lite/saved",
    ];
    let mut want: Vec<String> = names.into_iter().map(on_a_side).collect();
    let tagged = on_a_side("refs/heads/tagged");
    volumes.git(&["tag", "-a", "heavy", "-m", "a tag", &tagged]);
    volumes.git(&["tag", "-a", "heavier", "-m", "a tag of a tag", "heavy"]);
    volumes.git(&["update-ref", "-d", "refs/heads/tagged"]);
    let blob = volumes.git(&["rev-parse", "HEAD:a.md"]);
    volumes.git(&["update-ref", "refs/tags/no-commit", &blob]);
    let head = volumes.git(&["rev-parse", "HEAD"]);
    want.extend([tagged, head]);
    want.sort();
    let tips = || -> Vec<String> {
        volumes.tips(&ana()).unwrap().into_iter().map(|commit| commit.0).collect()
    };
    assert_eq!(tips(), want);
    let detached = on_a_side("refs/heads/gone");
    volumes.git(&["checkout", "--quiet", "--detach", &detached]);
    volumes.git(&["update-ref", "-d", "refs/heads/gone"]);
    assert!(tips().contains(&detached));
    volumes.git(&["checkout", "--quiet", "main"]);
    put(&*volumes, "user/ana", &[("a.md", "two")]);
    let newest = volumes.head(&ana()).unwrap().unwrap();
    assert!(tips().contains(&newest.0), "also while it is on its way to Git");
}
