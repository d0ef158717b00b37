//! What a repository or a working tree holds is data: it leads nowhere and runs nothing.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use crate::folder::{ByHand, Volumes, ana, git, git_output};
use llmos_core::store::{Expected, HistoryQuery, Store, StoreError};
use llmos_testkit::store::{change, edit, paths, put, text};

#[test]
fn a_link_in_the_working_tree_is_not_followed() {
    let links: [(&str, ByHand); 3] = [
        ("skills/a.md", |v| {
            fs::remove_file(v.ana().join("skills/a.md")).unwrap();
            symlink(v.outside().join("secret/a.md"), v.ana().join("skills/a.md")).unwrap();
        }),
        ("skills/a.md", |v| {
            fs::remove_dir_all(v.ana().join("skills")).unwrap();
            symlink(v.outside().join("secret"), v.ana().join("skills")).unwrap();
        }),
        ("new/a.md", |v| symlink(v.outside().join("secret"), v.ana().join("new")).unwrap()),
    ];
    for (path, link) in links {
        let volumes = Volumes::new();
        fs::create_dir(volumes.outside().join("secret")).unwrap();
        fs::write(volumes.outside().join("secret/a.md"), "one").unwrap();
        put(&*volumes, "user/ana", &[("skills/a.md", "one")]);
        link(&volumes);
        for content in [Some("two"), None] {
            let edits = vec![
                edit(path, Expected::Anything, content),
                edit("z.md", Expected::Anything, Some("z")),
            ];
            let refused = volumes.commit(&ana(), change("no", edits));
            let is_new_and_deleted = content.is_none() && path == "new/a.md";
            if !is_new_and_deleted {
                assert!(matches!(refused, Err(StoreError::Dirty { .. })), "{path}: {refused:?}");
            }
        }
        assert_eq!(fs::read_to_string(volumes.outside().join("secret/a.md")).unwrap(), "one");
        assert_eq!(fs::read_dir(volumes.outside().join("secret")).unwrap().count(), 1);
    }
}

#[test]
fn links_and_submodules_of_a_repository_are_left_out_and_never_replaced() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    fs::write(volumes.outside().join("secret"), "secret").unwrap();
    symlink(volumes.outside().join("secret"), volumes.ana().join("link.md")).unwrap();
    symlink("..", volumes.ana().join("up")).unwrap();
    volumes.git(&["add", "link.md", "up"]);
    let commit = volumes.git(&["rev-parse", "HEAD"]);
    volumes.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},module")]);
    volumes.git(&["commit", "--quiet", "-m", "links"]);

    assert_eq!(paths(&*volumes, "user/ana", None), ["a.md", "metadata.json"]);
    for path in ["link.md", "link.md/x", "up/x.md", "module", "module/x"] {
        assert_eq!(text(&*volumes, "user/ana", path), None);
        for content in [Some("new"), None] {
            let refused =
                volumes.commit(&ana(), change("no", vec![edit(path, Expected::Anything, content)]));
            assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{path}: {refused:?}");
        }
        let query = HistoryQuery { path: Some(path.parse().unwrap()), from: None, limit: 9 };
        assert_eq!(volumes.history(&ana(), &query).unwrap(), []);
    }
    assert_eq!(fs::read_to_string(volumes.outside().join("secret")).unwrap(), "secret");
}

#[test]
fn a_repository_elsewhere_is_not_a_volume() {
    let elsewhere: [(&str, ByHand); 3] = [
        ("`.git` is a link", |v| {
            fs::create_dir_all(v.ana()).unwrap();
            symlink(v.outside().join("other/.git"), v.ana().join(".git")).unwrap();
        }),
        ("`.git` is a file that names a folder", |v| {
            fs::create_dir_all(v.ana()).unwrap();
            let text = format!("gitdir: {}\n", v.outside().join("other/.git").display());
            fs::write(v.ana().join(".git"), text).unwrap();
        }),
        ("the folder is a link", |v| {
            fs::create_dir_all(v.ana().parent().unwrap()).unwrap();
            symlink(v.outside().join("other"), v.ana()).unwrap();
        }),
    ];
    for (name, make) in elsewhere {
        let volumes = Volumes::new();
        let other = volumes.outside().join("other");
        fs::create_dir(&other).unwrap();
        git(&other, &["init", "--quiet", "-b", "main"]);
        git(&other, &["commit", "--quiet", "--allow-empty", "-m", "other"]);
        let before = git(&other, &["rev-parse", "HEAD"]);
        make(&volumes);
        assert!(matches!(volumes.head(&ana()), Err(StoreError::Damaged { .. })), "{name}");
        let edits = vec![edit("a.md", Expected::Anything, Some("x"))];
        let refused = volumes.commit(&ana(), change("no", edits));
        assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{name}: {refused:?}");
        assert_eq!(volumes.volumes().unwrap(), [], "{name}");
        assert_eq!(git(&other, &["rev-parse", "HEAD"]), before, "{name}");
    }
}

/// Trees that no honest `git` writes, made with `git mktree`.
#[test]
fn names_that_are_not_safe_are_left_out() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    let blob = volumes.git(&["hash-object", "-w", "a.md"]);
    let tree = |entries: &[(&str, &str, &[u8])]| {
        let mut input = Vec::new();
        for (kind, id, name) in entries {
            let mode = if *kind == "tree" { "040000" } else { "100644" };
            input.extend_from_slice(format!("{mode} {kind} {id}\t").as_bytes());
            input.extend_from_slice(name);
            input.push(0);
        }
        let made = git_output(&volumes.ana(), &["mktree", "-z"], &input);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    };
    let inner = tree(&[("blob", &blob, b"config"), ("blob", &blob, b"hooks")]);
    let bad: [&[u8]; 14] = [
        b".git",
        b".GIT",
        b".giT",
        b"git~1",
        b"..",
        b".",
        b".git ",
        b".git.",
        b"a\\b",
        b"c:x",
        b"a\nb",
        b"\xff\xfe.md",
        "\u{202e}x".as_bytes(),
        ".g\u{200c}it".as_bytes(),
    ];
    let mut entries: Vec<(&str, &str, &[u8])> = vec![("blob", &blob, b"good.md")];
    for name in bad {
        entries.push(("tree", &inner, name));
    }
    entries.push(("blob", &blob, b"\xe9.md"));
    let root = tree(&entries);
    let commit = volumes.git(&["commit-tree", "-m", "bad", &root]);
    volumes.git(&["update-ref", "refs/heads/main", &commit]);

    assert_eq!(paths(&*volumes, "user/ana", None), ["good.md"]);
    let refused =
        volumes.commit(&ana(), change("no", vec![edit("next.md", Expected::Absent, Some("two"))]));
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "got {refused:?}");
    let names = |folder: &std::path::Path| {
        let names = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(names(volumes.ana().parent().unwrap()), ["ana"]);
    assert_eq!(names(&volumes.ana()), [".git", "a.md", "metadata.json"]);
}

#[test]
fn nothing_of_a_repository_is_run() {
    let volumes = Volumes::new();
    put(&*volumes, "user/ana", &[("a.md", "one")]);
    let ran = volumes.outside().join("ran");
    let evil = volumes.outside().join("evil");
    fs::write(&evil, format!("#!/bin/sh\necho \"$0\" >> '{}'\ncat\n", ran.display())).unwrap();
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(
        volumes.ana().join(".gitattributes"),
        "* filter=evil text eol=crlf diff=evil merge=evil\n",
    )
    .unwrap();
    volumes.git(&["add", ".gitattributes"]);
    volumes.git(&["commit", "--quiet", "-m", "attributes"]);
    let hooks = volumes.ana().join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in
        ["pre-commit", "post-commit", "reference-transaction", "post-index-change", "update"]
    {
        fs::copy(&evil, hooks.join(hook)).unwrap();
    }
    let evil = evil.display().to_string();
    let config = volumes.ana().join(".git/config");
    let honest = fs::read_to_string(&config).unwrap();
    let include = volumes.outside().join("include");
    let sections = format!(
        "[core]\n\tfsmonitor = {evil}\n\teditor = {evil}\n\tsshCommand = {evil}\n\tpager = {evil}\n\
         [filter \"evil\"]\n\tclean = {evil}\n\tsmudge = {evil}\n\trequired = true\n\
         [diff \"evil\"]\n\ttextconv = {evil}\n[merge \"evil\"]\n\tdriver = {evil}\n\
         [gpg]\n\tprogram = {evil}\n[commit]\n\tgpgSign = true\n[credential]\n\thelper = {evil}\n\
         [include]\n\tpath = {}\n",
        include.display()
    );
    fs::write(&config, honest + &sections).unwrap();
    fs::write(&include, "[core]\n\tbare = true\n\tworktree = /\n").unwrap();

    let store = llmos_volumes::GitStore::open(volumes.outside().join("volumes"));
    put(&store, "user/ana", &[("a.md", "line\nline\n"), ("b.md", "b\n")]);
    assert_eq!(text(&store, "user/ana", "a.md").as_deref(), Some("line\nline\n"));
    store.settle();
    assert_eq!(fs::read(volumes.ana().join("a.md")).unwrap(), b"line\nline\n");
    assert_eq!(
        store.history(&ana(), &HistoryQuery { limit: 9, ..HistoryQuery::default() }).unwrap().len(),
        3
    );
    assert!(!ran.exists(), "ran: {}", fs::read_to_string(&ran).unwrap_or_default());
}

#[test]
fn broken_repositories_are_errors() {
    let breaks: [(&str, ByHand); 5] = [
        ("main names nothing", |v| {
            fs::write(v.ana().join(".git/refs/heads/main"), "1".repeat(40)).unwrap();
        }),
        ("main is nonsense", |v| fs::write(v.ana().join(".git/refs/heads/main"), "\0\0").unwrap()),
        ("main is a link", |v| {
            fs::write(v.ana().join(".git/refs/heads/main"), "ref: refs/heads/x\n").unwrap();
        }),
        ("main is a file", |v| {
            let blob = v.git(&["hash-object", "-w", "a.md"]);
            fs::write(v.ana().join(".git/refs/heads/main"), blob).unwrap();
        }),
        ("the index is nonsense", |v| fs::write(v.ana().join(".git/index"), "nonsense").unwrap()),
    ];
    for (name, damage) in breaks {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        damage(&volumes);
        let edits = vec![edit("a.md", Expected::Anything, Some("two"))];
        let got = volumes.commit(&ana(), change("no", edits));
        let is_clear =
            matches!(got, Err(StoreError::Damaged { .. } | StoreError::UnknownObject { .. }));
        assert!(is_clear, "{name}: {got:?}");
        let _ = volumes.history(&ana(), &HistoryQuery { limit: 9, ..HistoryQuery::default() });
        assert_eq!(fs::read_to_string(volumes.ana().join("a.md")).unwrap(), "one", "{name}");
    }
}

#[test]
fn a_pipe_or_a_link_in_place_of_a_file_of_git_hangs_nothing() {
    for name in ["config", "HEAD", "packed-refs", "index", "refs/heads/main"] {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        let file = volumes.ana().join(".git").join(name);
        let _ = fs::remove_file(&file);
        // A link to itself stands for a pipe as well: reading a pipe would end this test never.
        symlink(&file, &file).unwrap();
        let got = volumes.head(&ana());
        assert!(matches!(got, Err(StoreError::Damaged { .. })), "{name}: {got:?}");
        let edits = vec![edit("a.md", Expected::Anything, Some("two"))];
        let got = volumes.commit(&ana(), change("no", edits));
        assert!(matches!(got, Err(StoreError::Damaged { .. })), "{name}: {got:?}");
    }
}

/// A volume that somebody hands over, with links where this program writes.
#[test]
fn links_inside_git_lead_nowhere() {
    for name in ["main", "packs", "unfinished", "ref"] {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        let victim = volumes.outside().join("victim");
        fs::write(&victim, "untouched").unwrap();
        let link = volumes.ana().join(".git/llmos-lite").join(name);
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        for n in 0..3 {
            put(&*volumes, "user/ana", &[("a.md", &n.to_string())]);
        }
        assert_eq!(volumes.git(&["show", "HEAD:a.md"]), "2");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched", "{name}");
    }
    for name in ["logs", "logs/refs/heads", "refs/heads", "objects/pack", "llmos-lite"] {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        volumes.settle();
        let folder = volumes.ana().join(".git").join(name);
        // The locks are let go of a moment after `git` sees everything.
        while ["refs/heads/main.lock", "index.lock"]
            .iter()
            .any(|lock| volumes.ana().join(".git").join(lock).exists())
        {
            std::thread::yield_now();
        }
        let elsewhere = volumes.outside().join("elsewhere");
        fs::create_dir_all(&folder).unwrap();
        fs::rename(&folder, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
        let before = names_below(&elsewhere);
        let edits = vec![edit("a.md", Expected::Anything, Some("two"))];
        let refused = volumes.commit(&ana(), change("no", edits));
        assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{name}: {refused:?}");
        assert_eq!(names_below(&elsewhere), before, "{name}");
    }
}

fn names_below(folder: &std::path::Path) -> Vec<(std::path::PathBuf, u64)> {
    let mut found = Vec::new();
    let mut to_do = vec![folder.to_owned()];
    while let Some(folder) = to_do.pop() {
        for entry in fs::read_dir(folder).expect("the test can use its folder") {
            let entry = entry.expect("the test can use its folder");
            let metadata = entry.metadata().expect("the test can use its folder");
            if metadata.is_dir() {
                to_do.push(entry.path());
            }
            found.push((entry.path(), metadata.len()));
        }
    }
    found.sort();
    found
}
