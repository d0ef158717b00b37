//! Earlier versions: compared, read, restored, on branches, line by line.

use axum::{
    body::Body,
    http::{Method, header},
};
use serde_json::{Value, json};

use crate::support::{Client, request};

const SKILL: &str = "---\nskill_id: plot\nname: Plot\ndescription: Draws.\n---\n\n# How\n\nSlowly.\n\n# Why\n\nTo see.\n";

macro_rules! snapshot {
    ($name:expr, $answer:expr) => {
        insta::assert_snapshot!($name, $answer.show())
    };
}

/// A skill in three versions; their commits.
async fn three(client: &Client) -> Vec<String> {
    let id = |saved: &Value| saved["commit"].as_str().expect("an id").to_owned();
    let mut commits = vec![id(&client.post("/skills", json!({"source": SKILL})).await.ok())];
    for text in ["Quickly.", "At once."] {
        let change = json!({"source": SKILL.replace("Slowly.", text)});
        commits.push(id(&client.put("/skills/plot", change).await.ok()));
    }
    commits
}

#[tokio::test]
async fn versions_are_compared_by_meaning_and_by_line() {
    let client = Client::memory();
    let commits = three(&client).await;
    snapshot!("get_volumes_diff", client.get("/volumes/diff").await);
    let from_to = format!("/volumes/diff?from={}&to={}", commits[2], commits[0]);
    let back = client.get(&from_to).await.ok();
    assert_eq!(back["files"][0]["changes"][0]["words"], "changed section `How`");
    let first = client.get(&format!("/volumes/diff?to={}", commits[0])).await.ok();
    assert_eq!(first["files"][1]["status"], "added");
    assert_eq!(first.get("from"), None);
    // Versions of one file.
    let old = client.get(&format!("/skills/plot?at={}", commits[0])).await.ok()["version"].clone();
    let old = old.as_str().expect("an id");
    let path = format!("/volumes/diff?path=skills/plot.md&from={old}");
    let diff = client.get(&path).await.ok();
    assert_eq!(diff["files"][0]["old_version"], old);
    assert_eq!(
        client.get(&format!("/volumes/diff?from={old}")).await.problem(404)["code"],
        "unknown"
    );
    let same = client.get(&format!("/volumes/diff?from={}", commits[2])).await.ok();
    assert_eq!(same["files"], json!([]));
    client.get("/volumes/diff?volume=user/bo").await.problem(403);
}

#[tokio::test]
async fn a_file_comes_back_as_a_new_commit() {
    let client = Client::memory();
    let commits = three(&client).await;
    let restore = json!({"path": "skills/plot.md", "to": commits[0]});
    snapshot!("post_volumes_restore", client.post("/volumes/restore", restore.clone()).await);
    assert_eq!(client.get("/skills/plot").await.ok()["content"], SKILL);
    let again = client.post("/volumes/restore", restore).await.ok();
    assert_eq!(again["files"], json!([]), "nothing differs");
    let history = client.get("/volumes/history?path=skills/plot.md").await.ok();
    assert_eq!(history["commits"].as_array().map(Vec::len), Some(4));
    // One that was deleted meanwhile comes back too.
    client.delete("/skills/plot").await.ok();
    let back = json!({"path": "skills/plot.md", "to": commits[1]});
    assert_eq!(client.post("/volumes/restore", back).await.ok()["files"][0]["status"], "added");
    let nothing = json!({"path": "skills/none.md", "to": commits[1]});
    client.post("/volumes/restore", nothing).await.problem(404);
    client.post("/volumes/restore", json!({})).await.problem(400);
    let elsewhere = json!({"volume": "system", "to": commits[0]});
    client.post("/volumes/restore", elsewhere).await.problem(403);
}

#[tokio::test]
async fn a_restore_does_not_run_over_what_the_caller_has_not_seen() {
    let client = Client::memory();
    let commits = three(&client).await;
    let version =
        client.get("/skills/plot").await.ok()["version"].as_str().expect("an id").to_owned();
    let restore = |known: &str, body: Value| {
        let request = request(Method::POST, "/volumes/restore")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{known}\""));
        request.body(Body::from(body.to_string())).expect("it is a request")
    };
    let file = json!({"path": "skills/plot.md", "to": commits[0]});
    let late = client.send(restore(&"0".repeat(40), file.clone())).await.problem(412);
    assert_eq!(late["current_version"], json!(version));
    let all = json!({"to": commits[0]});
    let late = client.send(restore(&commits[1], all.clone())).await.problem(412);
    assert_eq!(late["current_version"], json!(commits[2]));
    let seen = json!({"to": commits[0], "base_commit": commits[1]});
    assert_eq!(client.post("/volumes/restore", seen).await.problem(409)["code"], "stale");
    client.send(restore(&version, file)).await.ok();
    let head = client.get("/volumes/history?limit=1").await.ok()["commits"][0]["commit"].clone();
    client.send(restore(head.as_str().expect("an id"), all)).await.ok();
}

#[tokio::test]
async fn a_volume_comes_back_whole() {
    let folder = tempfile::tempdir().expect("there is room");
    let client = Client::git(folder.path());
    let commits = three(&client).await;
    client.post("/skills", json!({"name": "Other", "description": "d"})).await.ok();
    client.delete("/skills/plot").await.ok();
    let restored = client.post("/volumes/restore", json!({"to": commits[1]})).await.ok();
    assert_eq!(restored["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        client.get("/skills/plot").await.ok()["content"],
        SKILL.replace("Slowly.", "Quickly.")
    );
    client.get("/skills/other").await.problem(404);
}

#[tokio::test]
async fn branches_are_made_listed_read_and_deleted() {
    let folder = tempfile::tempdir().expect("there is room");
    for client in [Client::memory(), Client::git(folder.path())] {
        let commits = three(&client).await;
        let made =
            client.post("/volumes/branches", json!({"name": "try/old", "from": commits[0]})).await;
        assert_eq!((made.status.as_u16(), &made.json()["commit"]), (201, &json!(commits[0])));
        let list = client.get("/volumes/branches").await.ok();
        assert_eq!(
            list["branches"],
            json!([{"name": "main", "commit": commits[2]}, {"name": "try/old", "commit": commits[0]}])
        );
        assert_eq!(client.get("/skills/plot?at=try/old").await.ok()["content"], SKILL);
        let history = client.get("/volumes/history?from=try/old").await.ok();
        assert_eq!(history["commits"].as_array().map(Vec::len), Some(1));
        let diff = client.get("/volumes/diff?from=try/old&to=main").await.ok();
        assert_eq!(diff["files"][0]["path"], "skills/plot.md");
        for taken in ["main", "try", "try/old"] {
            let again = client.post("/volumes/branches", json!({"name": taken})).await.problem(409);
            assert_eq!(again["code"], "branch-exists");
        }
        client.post("/volumes/branches", json!({"name": "../x"})).await.problem(400);
        client.get("/skills/plot?at=nowhere").await.problem(404);
        let delete =
            |name: &str, commit: &str| format!("/volumes/branches?name={name}&commit={commit}");
        let moved = client.delete(&delete("try/old", &commits[1])).await.problem(409);
        assert_eq!(
            (&moved["code"], &moved["current_version"]),
            (&json!("branch-moved"), &json!(commits[0]))
        );
        client.delete(&delete("try/old", &commits[0])).await.ok();
        client.delete(&delete("try/old", &commits[0])).await.problem(404);
        client.delete(&delete("main", &commits[2])).await.problem(409);
    }
}

#[tokio::test]
async fn each_line_names_the_commit_that_it_came_with() {
    let client = Client::memory();
    let commits = three(&client).await;
    let blame = client.get("/volumes/blame?path=skills/plot.md").await.ok();
    let lines = blame["lines"].as_array().expect("a list");
    for line in lines {
        let want = if line["text"] == "At once." { &commits[2] } else { &commits[0] };
        assert_eq!(line["commit"], json!(want), "{line}");
    }
    assert_eq!(blame["commits"].as_array().map(Vec::len), Some(2));
    let then =
        client.get(&format!("/volumes/blame?path=skills/plot.md&at={}", commits[1])).await.ok();
    assert_eq!(then["lines"][8], json!({"text": "Quickly.", "commit": commits[1]}));
    client.get("/volumes/blame?path=skills/none.md").await.problem(404);
}
