//! Backups come back whole or not at all, and checks find what is wrong.

use std::{fs, path::Path, thread};

use jiff::Timestamp;
use llmos_core::store::{Expected, Store};
use llmos_testkit::store::{change, edit, put, text};
use llmos_volumes::{BackupError, GitStore, HomeFile, restore};

use crate::folder::{ana, git};

fn back_up(store: &GitStore, to: &Path) {
    store.backup(to, &[], Timestamp::UNIX_EPOCH).expect("the backup is made");
}

#[test]
fn a_backup_brings_every_volume_back_with_its_history() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    put(&store, "system", &[("skills/s.md", "s")]);
    put(&store, "team/atlas", &[("skills/t.md", "t")]);
    put(&store, "user/ana", &[("skills/a.md", "one"), ("traces/2026/11/20/objects/x.json", "{}")]);
    put(&store, "user/ana", &[("skills/a.md", "two")]);
    store.settle();
    let ana_folder = store.folder(&ana());
    git(&ana_folder, &["branch", "side", "HEAD~1"]);
    git(&ana_folder, &["tag", "-a", "v1", "-m", "first"]);
    let file = folder.path().join("all.llmos");
    back_up(&store, &file);
    let again = store.backup(&file, &[], Timestamp::UNIX_EPOCH);
    assert!(matches!(again, Err(BackupError::Occupied { .. })), "got {again:?}");

    let root = folder.path().join("restored");
    restore(&file, &root).expect("it is restored");
    let restored = GitStore::open(root.clone());
    assert_eq!(restored.volumes().expect("they are listed"), store.volumes().expect("as before"));
    assert_eq!(restored.head(&ana()).expect("it is read"), store.head(&ana()).expect("it is read"));
    assert_eq!(text(&restored, "user/ana", "skills/a.md").as_deref(), Some("two"));
    assert_eq!(text(&restored, "team/atlas", "skills/t.md").as_deref(), Some("t"));
    let there = root.join("users/ana");
    let names = ["for-each-ref", "--format=%(refname) %(objectname)"];
    assert_eq!(git(&there, &names), git(&ana_folder, &names));
    assert_eq!(git(&there, &["fsck", "--full", "--strict", "--no-dangling"]), "");
    assert_eq!(git(&there, &["status", "--porcelain"]), "");
    // It is a volume like any other.
    put(&restored, "user/ana", &[("skills/a.md", "three")]);
    drop(restored);
    assert_eq!(git(&there, &["log", "--format=%s", "--", "skills/a.md"]).lines().count(), 3);
    let occupied = restore(&file, &root);
    assert!(matches!(occupied, Err(BackupError::Occupied { .. })), "got {occupied:?}");
}

#[test]
fn a_backup_that_was_damaged_restores_nothing() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    put(&store, "user/ana", &[("skills/a.md", "one")]);
    let file = folder.path().join("all.llmos");
    let members = HomeFile { name: "members.md".to_owned(), content: b"who exists".to_vec() };
    store.backup(&file, &[members], Timestamp::UNIX_EPOCH).expect("the backup is made");
    let whole = fs::read(&file).expect("it is read");
    let root = folder.path().join("restored");
    for at in (0..whole.len()).step_by(23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(&file, &bytes).expect("it is written");
        if restore(&file, &root).is_ok() {
            // Not every byte of a zip says something; what does not must change nothing.
            let restored = GitStore::open(root.clone());
            assert_eq!(text(&restored, "user/ana", "skills/a.md").as_deref(), Some("one"));
            drop(restored);
            let members = fs::read(root.join("members.md")).expect("it is read");
            assert_eq!(members, b"who exists", "byte {at}");
            fs::remove_dir_all(&root).expect("it is removed");
        }
        assert!(!root.exists(), "byte {at} left something behind");
    }
    fs::write(&file, &whole[..whole.len() / 2]).expect("it is written");
    assert!(matches!(restore(&file, &root), Err(BackupError::Damaged { .. })));
    let left = fs::read_dir(folder.path()).expect("it is read").count();
    assert_eq!(left, 2, "the volumes and the backup");
}

/// A backup may come from anybody.
#[test]
fn no_file_of_a_backup_goes_anywhere_but_beside_the_volumes() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    put(&store, "user/ana", &[("skills/a.md", "one")]);
    for bad in [
        "../members.md",
        "/members.md",
        "a/../../b",
        "",
        "a//b",
        ".",
        "system/x",
        "Users/ana/.git/config",
        ".llmos-lite-secret",
        ".llmos-lite-master-key",
        "a\\b",
        "c:x",
    ] {
        let file = folder.path().join("bad.llmos");
        let odd = HomeFile { name: bad.to_owned(), content: b"x".to_vec() };
        let refused = store.backup(&file, &[odd], Timestamp::UNIX_EPOCH);
        assert!(refused.is_err(), "{bad:?}");
        // Whoever makes one without this program writes what they like.
        let good = HomeFile { name: "x".repeat(bad.len().max(1)), content: b"x".to_vec() };
        store.backup(&file, &[good], Timestamp::UNIX_EPOCH).expect("the backup is made");
        let name = "x".repeat(bad.len().max(1));
        let manifest = |text: &str| {
            text.replace(&format!("\"name\": \"{name}\""), &format!("\"name\": {bad:?}"))
        };
        rewrite(&file, "manifest.json", manifest);
        let root = folder.path().join("restored");
        let got = restore(&file, &root);
        assert!(matches!(got, Err(BackupError::Damaged { .. })), "{bad:?}: {got:?}");
        assert!(!root.exists(), "{bad:?}");
        fs::remove_file(&file).expect("it is removed");
    }
}

/// Whoever can foresee a name can put a link there.
#[cfg(unix)]
#[test]
fn a_backup_is_written_where_no_link_leads_and_for_its_owner_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    put(&store, "user/ana", &[("skills/a.md", "one")]);
    let (file, precious) = (folder.path().join("all.llmos"), folder.path().join("precious"));
    fs::write(&precious, "mine").expect("it is written");
    symlink(&precious, folder.path().join("all.llmos.part")).expect("the link is made");
    back_up(&store, &file);
    assert_eq!(fs::read(&precious).expect("it is read"), b"mine");
    let mode = fs::symlink_metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let left = fs::read_dir(folder.path()).expect("it is read").count();
    assert_eq!(left, 4, "volumes, backup, precious file and link");
}

#[test]
fn a_manifest_that_unfolds_without_end_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    put(&store, "user/ana", &[("skills/a.md", "one")]);
    let file = folder.path().join("all.llmos");
    back_up(&store, &file);
    let filler = "x".repeat(65 << 20);
    rewrite(&file, "manifest.json", |text| {
        text.replacen('{', &format!("{{\"x\": \"{filler}\","), 1)
    });
    let got = restore(&file, &folder.path().join("restored")).expect_err("it is too long");
    assert!(got.to_string().contains("longer than any"), "{got}");
}

/// Writes a zip again with one of its members changed.
fn rewrite(file: &Path, name: &str, change: impl Fn(&str) -> String) {
    use std::io::{Read, Write};
    let mut old = zip::ZipArchive::new(fs::File::open(file).expect("it is there")).expect("a zip");
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut member = old.by_index(at).expect("it is there");
        let mut content = Vec::new();
        member.read_to_end(&mut content).expect("it is read");
        let here = member.name().expect("it is text").into_owned();
        if here == name {
            content = change(&String::from_utf8(content).expect("it is text")).into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        new.start_file(here, options).expect("there is room");
        new.write_all(&content).expect("there is room");
    }
    let bytes = new.finish().expect("there is room").into_inner();
    fs::write(file, bytes).expect("it is written");
}

#[test]
fn a_backup_holds_what_was_answered_before_it_began() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let root = folder.path().join("volumes");
    let store = GitStore::open(root.clone());
    put(&store, "user/ana", &[("skills/before.md", "answered")]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let edits = vec![edit(&format!("skills/{n}.md"), Expected::Anything, Some("x"))];
                store.commit(&ana(), change("more", edits)).expect("the commit is made");
            }
        });
        // As another process sees the folder.
        let file = folder.path().join("all.llmos");
        back_up(&GitStore::open(root.clone()), &file);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        restore(&file, &folder.path().join("restored")).expect("it is restored");
    });
    let restored = GitStore::open(folder.path().join("restored"));
    assert_eq!(text(&restored, "user/ana", "skills/before.md").as_deref(), Some("answered"));
    assert_eq!(restored.verify(&ana()), []);
}

#[test]
fn a_sound_volume_has_no_faults() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    assert_eq!(store.verify(&ana()), [], "there is none");
    put(&store, "user/ana", &[("skills/a.md", "one")]);
    store.settle();
    assert_eq!(store.verify(&ana()), []);
    git(&store.folder(&ana()), &["gc", "--quiet"]);
    assert_eq!(store.verify(&ana()), []);
}

/// What happens to the folder of a volume.
type Damage = fn(&Path);

#[test]
fn what_is_wrong_with_a_volume_is_told() {
    let damages: [(&str, Damage); 4] = [
        ("git fsck", |folder| {
            let id = git(folder, &["rev-parse", "HEAD:skills/a.md"]);
            let path = folder.join(".git/objects").join(&id[..2]).join(&id[2..]);
            fs::remove_file(path).expect("it is removed");
        }),
        ("names", |folder| {
            let path = folder.join(".git/refs/heads/lost");
            fs::write(path, format!("{}\n", "1".repeat(40))).expect("it is written");
        }),
        ("no branch `main`", |folder| {
            fs::rename(folder.join(".git/refs/heads/main"), folder.join(".git/refs/heads/mine"))
                .expect("it is renamed");
            // Else nobody would take it for a volume.
            fs::write(folder.join(".git/packed-refs"), "").expect("it is written");
        }),
        ("put aside", |folder| {
            fs::create_dir_all(folder.join(".git/llmos-lite/damaged")).expect("it is made");
            fs::write(folder.join(".git/llmos-lite/damaged/ab-cd"), "").expect("it is written");
        }),
    ];
    for (want, damage) in damages {
        let folder = tempfile::tempdir().expect("the test can use its folder");
        let root = folder.path().join("volumes");
        let store = GitStore::open(root.clone());
        put(&store, "user/ana", &[("skills/a.md", "one")]);
        drop(store);
        damage(&root.join("users/ana"));
        let faults = GitStore::open(root).verify(&ana());
        assert!(faults.iter().any(|fault| fault.what.contains(want)), "{want}: {faults:?}");
    }
}
