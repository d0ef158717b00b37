//! `llmos log`, `show`, `diff` and `restore`, as whole commands.

use std::{path::Path, process::Command};

use jiff::Timestamp;
use llmos_core::store::{Author, Change, Edit, Expected, Store};
use llmos_volumes::GitStore;

/// A volume of Ana with a workflow and a skill, changed a few times; the ids of its commits are always the same.
fn volume(root: &Path) -> Vec<String> {
    let store = GitStore::open(root.to_owned());
    let flow = |x: u32, n: u32| {
        format!(
            "---\nworkflow_id: flow\nname: Flow\n---\n\n```json\n{{\n  \"nodes\": [\n    {{\"id\": \"a\", \"skill_id\": \"load\", \"inputs\": {{\"n\": {n}}}}}\n  ],\n  \"edges\": [],\n  \"layout\": {{\n    \"a\": {{\"x\": {x}, \"y\": 0}}\n  }}\n}}\n```\n"
        )
    };
    let skill =
        |text: &str| format!("---\nname: Plot\ndescription: Draws.\n---\n\n# How\n\n{text}\n");
    let steps: [(&str, &str, Option<String>); 5] = [
        ("workflow: save flow", "workflows/flow.md", Some(flow(0, 1))),
        ("skill: add plot", "skills/plot.md", Some(skill("Slowly."))),
        ("workflow: move", "workflows/flow.md", Some(flow(9, 1))),
        ("workflow: set n", "workflows/flow.md", Some(flow(9, 2))),
        ("skill: change plot", "skills/plot.md", Some(skill("Quickly."))),
    ];
    let mut commits = Vec::new();
    for (second, (message, path, content)) in (0..).zip(steps) {
        let edit = Edit {
            path: path.parse().expect("a path"),
            expected: Expected::Anything,
            content: content.map(String::into_bytes),
        };
        let change = Change {
            edits: vec![edit],
            author: Author { name: "ana".to_owned(), email: "ana@llmos.local".to_owned() },
            time: Timestamp::from_second(1_700_000_000 + second).expect("a time"),
            message: message.to_owned(),
        };
        let volume = "user/ana".parse().expect("a volume");
        commits.push(store.commit(&volume, change).expect("the commit is made").0);
    }
    commits
}

fn show(root: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.args(args).args(["--user", "ana", "--volumes"]).arg(root);
    let output = command.output().expect("the command can be started");
    format!(
        "$ llmos {}\ncode: {}\n--- stdout\n{}--- stderr\n{}",
        args.join(" "),
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn the_history_says_who_when_and_what_in_words() {
    let root = tempfile::tempdir().expect("there is room");
    volume(root.path());
    let show = |args: &[&str]| show(root.path(), args);
    insta::assert_snapshot!("log", show(&["log"]));
    insta::assert_snapshot!("log_file", show(&["log", "workflows/flow.md"]));
    insta::assert_snapshot!("log_json", show(&["log", "skills/plot.md", "--limit", "1", "--json"]));
    insta::assert_snapshot!(
        "log_nothing",
        show(&["log", "--volume", "user/ana", "skills/none.md"])
    );
    insta::assert_snapshot!("log_denied", show(&["log", "--volume", "user/bo"]));
}

#[test]
fn a_commit_and_the_way_between_two_are_shown_by_meaning_and_by_line() {
    let root = tempfile::tempdir().expect("there is room");
    let commits = volume(root.path());
    let show = |args: &[&str]| show(root.path(), args);
    insta::assert_snapshot!("show", show(&["show", &commits[3][..10]]));
    insta::assert_snapshot!(
        "show_json",
        show(&["show", &commits[2], "workflows/flow.md", "--json"])
    );
    insta::assert_snapshot!("show_unknown", show(&["show", &"0".repeat(40)]));
    insta::assert_snapshot!("diff", show(&["diff", &commits[1][..8]]));
    insta::assert_snapshot!(
        "diff_path",
        show(&["diff", &commits[0], &commits[4], "--path", "workflows"])
    );
    insta::assert_snapshot!("diff_nothing", show(&["diff", "main"]));
}

#[test]
fn a_file_and_a_volume_come_back_as_a_new_commit() {
    let root = tempfile::tempdir().expect("there is room");
    let commits = volume(root.path());
    // The new commit carries the time of day.
    let show = |args: &[&str]| {
        let shown = show(root.path(), args);
        let new = GitStore::open(root.path().to_owned());
        let head = new.head(&"user/ana".parse().expect("a volume")).expect("it is read");
        let head = head.expect("there is a commit").0;
        shown.replace(&head, "COMMIT").replace(&head[..10], "COMMIT")
    };
    insta::assert_snapshot!(
        "restore_file",
        show(&["restore", &commits[0][..10], "workflows/flow.md"])
    );
    insta::assert_snapshot!("restore_again", show(&["restore", &commits[0], "workflows/flow.md"]));
    insta::assert_snapshot!("restore_json", show(&["restore", &commits[0], "--json"]));
    insta::assert_snapshot!("restore_unknown", show(&["restore", &commits[0], "nowhere.md"]));
    let text = std::fs::read_to_string(root.path().join("users/ana/workflows/flow.md"));
    assert!(text.expect("it is there").contains("\"n\": 1"));
    assert!(!root.path().join("users/ana/skills/plot.md").exists());
}
