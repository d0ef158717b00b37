//! The ordinary `git` program against the server: clone, fetch, push, and every refusal.

use std::fs;

use serde_json::json;

use crate::{
    served::{Served, assert_says, commit, git, refused, run},
    support::{BROKEN, CODING, FLOW, SUM},
};

#[test]
fn a_volume_is_cloned_changed_and_pushed() {
    let served = Served::new().with_alice();
    let copy = served.clone("users/alice", "copy");
    assert!(copy.join("skills/first.md").is_file());
    assert_eq!(git(&copy, &["log", "--format=%s"]), "skill: add first");
    git(&copy, &["fsck", "--full", "--strict"]);
    let pushed = commit(&copy, &[("skills/sum.md", SUM), ("workflows/total.md", FLOW)], "sum");
    let said = run(&copy, &["push", "--quiet", "origin", "main"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));

    let volume = served.volume("users/alice");
    assert_eq!(git(&volume, &["rev-parse", "main"]), pushed);
    assert_eq!(git(&volume, &["status", "--porcelain"]), "");
    assert_eq!(git(&volume, &["diff-files"]), "", "the index knows the files");
    assert_eq!(fs::read_to_string(volume.join("skills/sum.md")).expect("it is there"), SUM);
    git(&volume, &["fsck", "--full", "--strict"]);
    assert_says(&git(&volume, &["reflog", "main"]), &["main@{0}: push"]);
    assert_says(&git(&volume, &["log", "-1", "--format=%an <%ae>"]), &["Ana <ana@example.org>"]);
    let skills = served.get("/skills?user_id=alice&q=sum");
    assert_eq!(skills["skills"][0]["skill_id"], "sum", "{skills}");

    // What the server writes goes on top of it, and the next fetch brings it.
    served.post("/skills", json!({"user_id": "alice", "name": "Next", "description": "d"}));
    git(&copy, &["pull", "--quiet", "origin", "main"]);
    assert_eq!(git(&copy, &["log", "--format=%s"]), "skill: add next\nsum\nskill: add first");
    assert!(copy.join("skills/next.md").is_file());
    served.assert_tidy();
}

#[test]
fn every_version_of_the_protocol_works() {
    let served = Served::new().with_alice();
    for version in ["0", "1", "2"] {
        let name = format!("copy{version}");
        let setting = format!("protocol.version={version}");
        git(
            served.folder.path(),
            &["-c", &setting, "clone", "--quiet", &served.url("users/alice"), &name],
        );
        let copy = served.folder.path().join(&name);
        commit(&copy, &[(&format!("notes/{version}.md"), "x")], "note");
        git(&copy, &["-c", &setting, "push", "--quiet", "origin", "main"]);
    }
    git(served.folder.path(), &["clone", "--quiet", "--depth=1", &served.url("users/alice"), "s"]);
    let shallow = served.folder.path().join("s");
    commit(&shallow, &[("notes/shallow.md", "x")], "note");
    git(&shallow, &["push", "--quiet", "origin", "main"]);
    let volume = served.volume("users/alice");
    assert_eq!(git(&volume, &["rev-list", "--count", "main"]), "5");
    git(&volume, &["fsck", "--full", "--strict"]);
}

#[test]
fn a_broken_skill_is_refused_with_its_line_and_what_to_do() {
    let served = Served::new().with_alice();
    let copy = served.clone("users/alice", "copy");
    let before = git(&served.volume("users/alice"), &["rev-parse", "main"]);
    commit(
        &copy,
        &[("skills/broken.md", BROKEN), ("skills/good.md", CODING), ("workflows/w.md", "no")],
        "bad",
    );
    let said = refused(&copy, &["push", "origin", "main"]);
    assert_says(
        &said,
        &[
            "remote: skills/broken.md:",
            ": error: ",
            "remote:   hint: ",
            "remote: workflows/w.md:1:1: error: ",
            "! [remote rejected] main -> main (",
            "errors, see above",
        ],
    );
    let volume = served.volume("users/alice");
    assert_eq!(git(&volume, &["rev-parse", "main"]), before);
    assert_eq!(git(&volume, &["count-objects"]), git(&volume, &["count-objects"]));
    assert!(!volume.join("skills/good.md").exists());
    // Put right on top, the broken form in between does no harm.
    commit(&copy, &[("skills/broken.md", SUM), ("workflows/w.md", FLOW)], "better");
    git(&copy, &["push", "--quiet", "origin", "main"]);
    assert!(volume.join("skills/good.md").is_file());
    served.assert_tidy();
}

#[test]
fn who_may_not_write_a_volume_may_not_push_to_it() {
    let served = Served::new();
    for (volume, hint) in [
        ("system", "remote: hint: propose a skill in the page"),
        ("teams/lab", "remote: hint: propose a skill in the page"),
    ] {
        let name = volume.replace('/', "-");
        let copy = served.folder.path().join(&name);
        git(served.folder.path(), &["init", "--quiet", "-b", "main", &name]);
        commit(&copy, &[("skills/sum.md", SUM)], "mine");
        let said = refused(&copy, &["push", &served.url(volume), "main"]);
        assert_says(&said, &["! [remote rejected] main -> main (", hint]);
        assert!(!served.volume(volume).exists(), "{volume}");
    }
    let nowhere = format!("http://localhost:{}/git/nowhere.git", served.port);
    let said = refused(served.folder.path(), &["clone", &nowhere, "x"]);
    assert_says(&said, &["remote: there is no repository at this address"]);
}

#[test]
fn main_only_moves_forward() {
    let served = Served::new().with_alice();
    let copy = served.clone("users/alice", "copy");
    git(&copy, &["commit", "--quiet", "--amend", "-m", "another past"]);
    let said = refused(&copy, &["push", "--force", "origin", "main"]);
    assert_says(&said, &["main -> main (`main` only moves forward: fetch and merge first)"]);
    let said = refused(&copy, &["push", "origin", ":main"]);
    assert_says(&said, &["`main` cannot be deleted"]);
    let said = refused(&copy, &["push", "origin", "HEAD:refs/llmos-lite/x"]);
    assert_says(&said, &["only branches and tags can be pushed"]);
    git(&copy, &["reset", "--quiet", "--hard", "origin/main"]);

    // Somebody else was faster.
    served.post("/skills", json!({"user_id": "alice", "name": "Next", "description": "d"}));
    commit(&copy, &[("notes.md", "x")], "note");
    assert_says(&refused(&copy, &["push", "origin", "main"]), &["fetch first"]);
    git(&copy, &["pull", "--quiet", "--rebase", "origin", "main"]);
    git(&copy, &["push", "--quiet", "origin", "main"]);
}

#[test]
fn other_branches_and_tags_come_move_and_go() {
    let served = Served::new().with_alice();
    let copy = served.clone("users/alice", "copy");
    git(&copy, &["checkout", "--quiet", "-b", "try/sum"]);
    commit(&copy, &[("skills/sum.md", SUM)], "sum");
    git(&copy, &["tag", "-a", "-m", "one", "v1"]);
    git(&copy, &["push", "--quiet", "origin", "try/sum", "v1"]);
    git(&copy, &["commit", "--quiet", "--amend", "-m", "sum, better"]);
    git(&copy, &["push", "--quiet", "--force", "origin", "try/sum"]);
    let volume = served.volume("users/alice");
    assert_eq!(git(&volume, &["log", "-1", "--format=%s", "try/sum"]), "sum, better");
    assert_eq!(git(&volume, &["log", "-1", "--format=%s", "v1"]), "sum");
    assert_eq!(git(&volume, &["log", "--format=%s", "main"]), "skill: add first");
    git(&copy, &["tag", "-f", "v1"]);
    let said = refused(&copy, &["push", "--force", "origin", "v1"]);
    assert_says(&said, &["a tag does not move"]);
    git(&volume, &["pack-refs", "--all"]);
    git(&copy, &["push", "--quiet", "origin", ":try/sum", ":v1"]);
    assert_eq!(git(&volume, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
    git(&volume, &["fsck", "--full"]);
}

#[test]
fn the_first_push_makes_a_volume() {
    let served = Served::new();
    let copy = served.folder.path().join("mine");
    git(served.folder.path(), &["init", "--quiet", "-b", "main", "mine"]);
    commit(&copy, &[("skills/broken.md", BROKEN)], "bad");
    refused(&copy, &["push", &served.url("users/bob"), "main"]);
    assert!(!served.volume("users/bob").exists(), "a refused push makes nothing");
    commit(&copy, &[("skills/broken.md", SUM)], "good");
    git(&copy, &["push", "--quiet", &served.url("users/bob"), "main"]);
    let volume = served.volume("users/bob");
    assert_eq!(git(&volume, &["status", "--porcelain"]), "");
    assert_eq!(fs::read_to_string(volume.join("skills/broken.md")).expect("it is there"), SUM);
    served.clone("users/bob", "again");
}

#[test]
fn a_push_never_runs_over_an_edit() {
    let served = Served::new().with_alice();
    let copy = served.clone("users/alice", "copy");
    let file = served.volume("users/alice").join("skills/first.md");
    let edited = format!("{}\nby hand\n", fs::read_to_string(&file).expect("it is there"));
    fs::write(&file, &edited).expect("there is room");
    let text = fs::read_to_string(copy.join("skills/first.md")).expect("it is there");
    commit(&copy, &[("skills/first.md", &format!("{text}\nby git\n"))], "change");
    let said = refused(&copy, &["push", "origin", "main"]);
    assert_says(
        &said,
        &["`skills/first.md` was edited in the folder", "remote: hint: commit or undo"],
    );
    assert_eq!(fs::read_to_string(&file).expect("it is there"), edited);
    git(&served.volume("users/alice"), &["checkout", "--quiet", "--", "skills/first.md"]);
    git(&copy, &["push", "--quiet", "origin", "main"]);
    assert!(fs::read_to_string(&file).expect("it is there").ends_with("by git\n"));
}

#[test]
fn pushes_and_writes_at_once_lose_nothing() {
    let served = Served::new().with_alice();
    let (n_pushes, n_writes) = (6, 30);
    let copies: Vec<_> = (0..2).map(|n| served.clone("users/alice", &format!("copy{n}"))).collect();
    std::thread::scope(|scope| {
        for (who, copy) in copies.iter().enumerate() {
            scope.spawn(move || {
                for n in 0..n_pushes {
                    commit(copy, &[(&format!("notes/{who}-{n}.md"), "x")], &format!("p {who} {n}"));
                    let mut tries = 0;
                    while !run(copy, &["push", "--quiet", "origin", "main"]).status.success() {
                        git(copy, &["pull", "--quiet", "--rebase", "origin", "main"]);
                        tries += 1;
                        assert!(tries < 200, "it never gets through");
                    }
                }
            });
        }
        for n in 0..n_writes {
            let name = format!("Written {n}");
            served.post("/skills", json!({"user_id": "alice", "name": name, "description": "d"}));
        }
    });
    let volume = served.volume("users/alice");
    let subjects = git(&volume, &["log", "--format=%s", "main"]);
    let mut lines: Vec<_> = subjects.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 1 + 2 * n_pushes + n_writes, "{subjects}");
    assert_eq!(git(&volume, &["status", "--porcelain"]), "");
    git(&volume, &["fsck", "--full", "--strict"]);
    served.assert_tidy();
}

#[test]
fn pages_from_elsewhere_cannot_push() {
    use axum::{body::Body, http::Method};
    let served = Served::new().with_alice();
    let request = |origin: Option<&str>, host: &str| {
        let kind = "application/x-git-receive-pack-request";
        let mut request = axum::http::Request::builder()
            .method(Method::POST)
            .uri("/git/users/alice.git/git-receive-pack")
            .header("host", host)
            .header("content-type", kind);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.body(Body::from("0000")).expect("it is a request")
    };
    let status = |request| served.runtime.block_on(served.client.send(request)).status.as_u16();
    assert_eq!(status(request(None, "localhost:8000")), 200);
    assert_eq!(status(request(Some("http://localhost:8000"), "localhost:8000")), 200);
    assert_eq!(status(request(Some("https://evil.example"), "localhost:8000")), 403);
    assert_eq!(status(request(None, "evil.example")), 421);
}
