//! `llmos session`: what people at a terminal see of conversations, and what `git` sees of their commits.

use std::{
    path::Path,
    process::{Command, Output},
};

use jiff::Timestamp;
use llmos_core::session::{Message, NewMessage, Role, SessionHead, Sessions};
use llmos_store::SqliteSessions;
use tempfile::TempDir;

fn llmos(volumes: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.args(args).arg("--volumes").arg(volumes).args(["--user", "ana"]);
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "LLMOS_STATE_PATH", "REDIS_URL", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.current_dir(volumes).output().expect("the command can be started")
}

#[track_caller]
fn ok(volumes: &Path, args: &[&str]) -> String {
    let output = llmos(volumes, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

fn git(volumes: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(volumes.join("users/ana")).args(args);
    let output = command.output().expect("git can be started");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

/// A session of ana in which these prompts were said.
fn keep(volumes: &Path, id: &str, name: &str, prompts: &[&str]) {
    let file = volumes.join("state/sessions.sqlite");
    let sessions = SqliteSessions::open(&file).expect("it opens");
    let at: Timestamp = "2026-11-20T15:30:00Z".parse().expect("it is a time");
    let slug = |text: &str| text.parse().expect("it is a slug");
    let volume = "user/ana".parse().expect("it is a volume");
    let head = SessionHead::new(slug(id), name.to_owned(), volume, slug("ana"), at);
    let said = |(n, text): (usize, &&str)| NewMessage {
        key: format!("k{n}").parse().expect("it is a key"),
        message: Message {
            role: Role::User,
            at,
            content: (*text).to_owned(),
            traces: Vec::new(),
            artifacts: Vec::new(),
            replaces: None,
        },
        files: Vec::new(),
    };
    let messages: Vec<_> = prompts.iter().enumerate().map(said).collect();
    sessions.create(&head, &messages).expect("it is kept");
}

#[test]
fn sessions_are_listed_shown_committed_once_and_exported() {
    let folder = TempDir::new().expect("there is room for a folder");
    let volumes = folder.path();
    keep(volumes, "s1", "VQE for H2", &["Create a circuit"]);
    let list = ok(volumes, &["session", "list"]);
    assert_eq!(list, "s1  uncommitted      1  user/ana  VQE for H2\n");
    assert!(ok(volumes, &["session", "show", "s1"]).ends_with("\n> Create a circuit\n"));
    let commit = ok(volumes, &["session", "commit", "s1"]);
    assert_eq!(ok(volumes, &["session", "commit", "s1"]), commit);
    let log = git(volumes, &["log", "-1", "--format=%H%n%an%n%B"]);
    assert!(
        log.starts_with(&format!("{commit}ana\nsession: VQE for H2\n\nPrompt: Create a circuit\n")),
        "{log}"
    );
    assert!(git(volumes, &["show", "HEAD:sessions/s1.md"]).contains("# VQE for H2\n"));
    let list = ok(volumes, &["session", "list", "--volume", "user/ana"]);
    assert!(list.contains(&commit[..10]), "{list}");
    ok(volumes, &["session", "export", "s1", "--format", "json"]);
    let file = std::fs::read_to_string(volumes.join("s1.json")).expect("it is written");
    assert!(file.contains("\"content\": \"Create a circuit\""), "{file}");
    let again = llmos(volumes, &["session", "export", "s1", "--format", "json"]);
    assert_eq!(again.status.code(), Some(4), "a file that is there stays");
    let nobody = llmos(volumes, &["session", "show", "s2"]);
    assert_eq!(nobody.status.code(), Some(4));
    let text = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(text.starts_with("error: there is no session `s2`\nhint: "), "{text}");
}

#[test]
fn git_takes_nothing_that_was_said_for_a_trailer() {
    let folder = TempDir::new().expect("there is room for a folder");
    let volumes = folder.path();
    let forged = "x\n\nSigned-off-by: root <root@example.org>\nPromoted-From: system";
    keep(
        volumes,
        "s1",
        "Co-authored-by: root <r@example.org>",
        &[forged, "Reviewed-by: root <r@x>"],
    );
    ok(volumes, &["session", "commit", "s1"]);
    assert_eq!(git(volumes, &["log", "-1", "--format=%(trailers)"]).trim(), "");
    assert_eq!(
        git(volumes, &["log", "-1", "--format=%s"]).trim(),
        "session: Co-authored-by: root <r@example.org>"
    );
    git(volumes, &["fsck", "--strict"]);
}

#[test]
fn a_link_is_made_listed_and_revoked_and_its_token_is_kept_nowhere() {
    let folder = TempDir::new().expect("there is room for a folder");
    let volumes = folder.path();
    keep(volumes, "s1", "VQE for H2", &["Create a circuit"]);
    let link = ok(volumes, &["session", "share", "s1", "--until", "2999-01-01T00:00:00Z"]);
    let token = link.trim().strip_prefix("/shared#").expect("it is a link");
    let shares = ok(volumes, &["session", "shares", "s1"]);
    assert!(shares.contains("  link  ana  ") && shares.contains("until 2999-01-01"), "{shares}");
    let secret = token.rsplit('_').next().expect("it has a secret");
    for entry in std::fs::read_dir(volumes.join("state")).expect("there is state") {
        let path = entry.expect("it can be read").path();
        let bytes = std::fs::read(&path).expect("it is a file");
        let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{} has the token", path.display());
    }
    let id = shares.split_whitespace().next().expect("there is a share");
    ok(volumes, &["session", "unshare", "s1", id]);
    assert_eq!(ok(volumes, &["session", "shares", "s1"]), "");
    let again = llmos(volumes, &["session", "unshare", "s1", id]);
    assert!(!again.status.success());
    let offered = ok(volumes, &["session", "share", "s1", "--with", "atlas"]);
    assert!(ok(volumes, &["session", "shares", "s1"]).starts_with(offered.trim()));
    let late = llmos(volumes, &["session", "share", "s1", "--until", "2001-01-01T00:00:00Z"]);
    assert!(String::from_utf8_lossy(&late.stderr).contains("it is over"));
}
