//! Commits that are signed: `git` accepts them, and history says by which key.

use std::{fs, path::PathBuf, process::Command};

use llmos_core::store::{Author, CommitInfo, Expected, HistoryQuery, Signature, Store};
use llmos_testkit::store::{change, edit};
use llmos_volumes::{GitStore, Signers};

use crate::folder::{ana, git, git_output};

struct Signed {
    folder: tempfile::TempDir,
    store: GitStore,
}

impl Signed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("the test can do so");
        let mut signers = Signers::default();
        let server = signers
            .set_server(&fs::read(key(&folder, "server")).expect("the test can do so"))
            .expect("the test can do so");
        assert_eq!(server, printed(&folder, "server"));
        signers
            .set_user("ana", &fs::read(key(&folder, "ana")).expect("the test can do so"))
            .expect("the test can do so");
        let store = GitStore::open(folder.path().join("volumes")).with_signers(signers);
        Self { folder, store }
    }

    fn commit(&self, author: &str, text: &str) {
        let mut change =
            change("subject\n\nbody\n", vec![edit("a.md", Expected::Anything, Some(text))]);
        change.author = Author { name: author.into(), email: format!("{author}@llmos.local") };
        self.store.commit(&ana(), change).expect("the test can do so");
    }

    fn history(&self) -> Vec<CommitInfo> {
        self.store
            .history(&ana(), &HistoryQuery { limit: 9, ..HistoryQuery::default() })
            .expect("the test can do so")
    }

    fn volume(&self) -> PathBuf {
        self.store.settle();
        self.store.folder(&ana())
    }
}

/// Makes a key with the ordinary `ssh-keygen`.
fn key(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(&path)
        .output()
        .expect("these tests need `ssh-keygen`");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    path
}

/// The fingerprint of a key, as the ordinary `ssh-keygen` prints it.
fn printed(folder: &tempfile::TempDir, name: &str) -> String {
    let path = folder.path().join(format!("{name}.pub"));
    let shown =
        Command::new("ssh-keygen").arg("-lf").arg(path).output().expect("the test can do so");
    String::from_utf8(shown.stdout)
        .expect("the test can do so")
        .split(' ')
        .nth(1)
        .expect("the test can do so")
        .to_owned()
}

#[test]
fn git_accepts_what_is_signed_here() {
    let signed = Signed::new();
    signed.commit("ana", "one");
    signed.commit("ben", "two");
    let volume = signed.volume();
    let public = |name: &str| {
        fs::read_to_string(signed.folder.path().join(format!("{name}.pub")))
            .expect("the test can do so")
    };
    let allowed = signed.folder.path().join("allowed");
    fs::write(
        &allowed,
        format!("ana@llmos.local {}llmos-lite@localhost {}", public("ana"), public("server")),
    )
    .expect("the test can do so");
    let file = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    for (commit, who) in [("HEAD", "llmos-lite@localhost"), ("HEAD~1", "ana@llmos.local")] {
        let got = git_output(&volume, &["-c", &file, "verify-commit", commit], &[]);
        let said = String::from_utf8_lossy(&got.stderr).into_owned();
        assert!(got.status.success(), "{said}");
        assert!(said.contains(&format!("Good \"git\" signature for {who} with ED25519")), "{said}");
    }
    let log = git(&volume, &["-c", &file, "log", "--show-signature", "--format=%s|%b|%G?"]);
    assert_eq!(log.matches("Good \"git\" signature").count(), 2, "{log}");
    assert_eq!(log.matches("subject|body\n|G").count(), 2, "{log}");
    git(&volume, &["fsck", "--full", "--strict"]);
}

#[test]
fn history_says_by_which_key_a_commit_is_signed() {
    let signed = Signed::new();
    signed.commit("ana", "one");
    signed.commit("ben", "two");
    let volume = signed.volume();
    // The same signature under another message.
    let forged = git(&volume, &["cat-file", "commit", "HEAD"]).replace("subject", "forged");
    let arguments = ["hash-object", "-t", "commit", "-w", "--stdin"];
    let forged = git_output(&volume, &arguments, format!("{forged}\n").as_bytes());
    let forged = String::from_utf8(forged.stdout).expect("the test can do so");
    git(&volume, &["update-ref", "refs/heads/main", forged.trim()]);
    git(&volume, &["commit", "--quiet", "--allow-empty", "-m", "by hand"]);
    let found: Vec<_> = signed.history().into_iter().map(|commit| commit.signature).collect();
    let server = printed(&signed.folder, "server");
    let want = [
        None,
        Some(Signature::Broken { key: Some(server) }),
        Some(Signature::Valid { key: printed(&signed.folder, "ana") }),
    ];
    assert_eq!(found, want);
}

#[test]
fn a_key_that_cannot_sign_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().expect("the test can do so");
    let mut signers = Signers::default();
    let public = key(&folder, "mine").with_extension("pub");
    let locked = folder.path().join("locked");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "secret", "-f"])
        .arg(&locked)
        .output()
        .expect("the test can do so");
    assert!(made.status.success());
    for (file, reason) in
        [(public, "it is no private key of OpenSSH"), (locked, "it is locked with a passphrase")]
    {
        let err = signers
            .set_server(&fs::read(file).expect("the test can do so"))
            .expect_err("it is refused");
        assert!(err.to_string().contains(reason), "{err}");
    }
}
