//! The same door over real Git repositories.

use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    routes::report,
    support::{CODING, Client},
};

/// Waits until Git has what was answered: the volume holds Git's lock so long.
pub(crate) fn settled(folder: &Path) {
    let started = Instant::now();
    while folder.join(".git/index.lock").exists() {
        assert!(started.elapsed() < Duration::from_secs(20), "it never gets to Git");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Runs `git` in a folder, apart from the settings of this machine.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    settled(folder);
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git can be started");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn a_run_is_a_commit_that_plain_git_reads() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    let saved = client.post("/traces", json!({"user_id": "alice", "run": report()})).await.ok();
    let folder = root.path().join("users/alice");
    assert_eq!(
        git(&folder, &["log", "-1", "--format=%H %an <%ae> %s"]),
        format!(
            "{} alice <alice@llmos.local> trace: total success",
            saved["commit"].as_str().expect("there is a commit")
        )
    );
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
    git(&folder, &["fsck", "--strict"]);
    let path = saved["path"].as_str().expect("there is a path");
    assert!(folder.join(path).is_file());
    let objects = folder.join(path).with_file_name("objects");
    assert_eq!(fs::read_dir(objects).expect("the large value lies beside").count(), 1);
}

#[tokio::test]
async fn what_somebody_commits_by_hand_is_served_without_a_restart() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client
        .post("/skills", json!({"user_id": "alice", "name": "First", "description": "d"}))
        .await
        .ok();
    let folder = root.path().join("users/alice");
    settled(&folder);
    fs::write(folder.join("skills/python-coding.md"), CODING).expect("the file can be written");
    fs::write(folder.join("skills/bad.md"), "---\nname: [\n---\n")
        .expect("the file can be written");
    git(&folder, &["add", "."]);
    git(
        &folder,
        &["-c", "user.name=Al", "-c", "user.email=al@example.org", "commit", "-qm", "by hand"],
    );
    let list = client.get("/skills?user_id=alice&category=coding").await.ok();
    assert_eq!(list["skills"][0]["volume"], "user/alice");
    assert_eq!(list["skills"][0]["shadows"], json!(["system"]));
    let all = client.get("/skills?user_id=alice").await.ok();
    let broken: Vec<_> =
        all["broken"].as_array().expect("some are broken").iter().map(|b| &b["path"]).collect();
    assert!(broken.contains(&&json!("skills/bad.md")), "{broken:?}");
}

#[tokio::test]
async fn an_earlier_version_is_read_at_its_commit() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    let skill = json!({"user_id": "alice", "skill_id": "s", "name": "S", "description": "one"});
    let first = client.post("/skills", skill).await.ok();
    client.put("/skills/s", json!({"user_id": "alice", "description": "two"})).await.ok();
    let commit = first["commit"].as_str().expect("there is a commit");
    let old = client.get(&format!("/skills/s?user_id=alice&at={commit}")).await.ok();
    let new = client.get("/skills/s?user_id=alice").await.ok();
    assert_eq!((&old["description"], &new["description"]), (&json!("one"), &json!("two")));
    assert_eq!(old["version"], first["version"]);
    let unknown = "0123456789".repeat(4);
    client.get(&format!("/skills/s?user_id=alice&at={unknown}")).await.problem(404);
}

#[tokio::test]
async fn reading_makes_nothing_on_disk() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    for uri in [
        "/skills?user_id=nobody",
        "/traces?user_id=nobody",
        "/volumes/stats?user_id=nobody&team_id=none",
    ] {
        client.get(uri).await.ok();
    }
    let names: Vec<_> = fs::read_dir(root.path())
        .expect("the folder can be read")
        .map(|entry| entry.expect("the entry can be read").file_name())
        .collect();
    let volumes: Vec<_> =
        names.iter().filter(|name| !name.to_string_lossy().starts_with('.')).collect();
    assert_eq!(volumes, ["system"]);
}

/// A report whose first node printed that much.
fn loud_report(n_lines: usize, line: &str) -> serde_json::Value {
    let mut run = report();
    let lines: Vec<_> =
        (0..n_lines).map(|n| json!({"at_ms": n, "stream": "stdout", "text": line})).collect();
    run["nodes"][0]["logs"] = json!(lines);
    run
}

#[tokio::test]
async fn the_trace_of_a_run_that_printed_without_end_can_be_read_again() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    let run = loud_report(2_000, &"x".repeat(5_000));
    let saved = client.post("/traces", json!({"user_id": "alice", "run": run})).await.ok();
    let id = saved["trace_id"].as_str().expect("there is an id");
    let read = client.get(&format!("/traces/{id}?user_id=alice")).await.ok();
    let logs = read["run"]["nodes"][0]["logs"].as_array().expect("there is a log");
    assert_eq!((&logs[0]["at_ms"], &logs[logs.len() - 1]["at_ms"]), (&json!(0.0), &json!(1999.0)));
    let note = |line: &serde_json::Value| {
        line["text"].as_str().is_some_and(|text| text.ends_with("lines are left out of the trace)"))
    };
    assert!(logs.iter().any(note));
}

#[tokio::test]
async fn a_file_in_the_place_of_the_traces_refuses_a_trace_and_hangs_nothing() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", json!({"user_id": "alice", "source": CODING})).await.ok();
    let folder = root.path().join("users/alice");
    settled(&folder);
    fs::write(folder.join("traces"), "in the way").expect("there is room");
    git(&folder, &["add", "traces"]);
    let who = ["-c", "user.name=Alice", "-c", "user.email=alice@example.org"];
    git(&folder, &[&who[..], &["commit", "-qm", "A file"]].concat());
    let answer = client.post("/traces", json!({"user_id": "alice", "run": report()})).await;
    let problem = answer.problem(409);
    assert_eq!(problem["detail"], "`traces` changed in the meantime");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_hides_no_other() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", json!({"user_id": "alice", "source": CODING})).await.ok();
    let folder = root.path().join("users/alice");
    settled(&folder);
    let huge = fs::File::create(folder.join("skills/huge.md")).expect("there is room");
    huge.set_len(300 << 20).expect("a file with a hole takes no room");
    git(&folder, &["-c", "core.bigFileThreshold=1m", "-c", "core.compression=1", "add", "skills"]);
    let who = ["-c", "user.name=Alice", "-c", "user.email=alice@example.org"];
    git(&folder, &[&who[..], &["commit", "-qm", "A huge file"]].concat());
    let list = client.get("/skills?user_id=alice").await.ok();
    let ids: Vec<_> =
        list["skills"].as_array().into_iter().flatten().map(|skill| &skill["skill_id"]).collect();
    assert!(ids.contains(&&json!("python-coding")), "{ids:?}");
    let broken = list["broken"].as_array().expect("there are broken files");
    assert!(broken.iter().any(|file| file["path"] == "skills/huge.md"), "{broken:?}");
}

#[tokio::test]
async fn a_damaged_volume_is_named_and_the_others_stay() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", json!({"user_id": "alice", "source": CODING})).await.ok();
    let folder = root.path().join("users/alice");
    settled(&folder);
    fs::write(folder.join(".git/refs/heads/main"), "nonsense").expect("is there");
    let problem = client.get("/skills?user_id=alice").await.problem(500);
    assert_eq!(problem["code"], "damaged");
    assert_eq!(problem["detail"], "volume `user/alice` cannot be used as it is");
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("git fsck")));
    client.get("/skills?user_id=bob").await.ok();
}
