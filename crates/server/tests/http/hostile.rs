//! Requests that mean harm or make no sense: each is refused with a hint, and nothing is written.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

use crate::{
    routes::report,
    support::{Client, request},
};

/// Everything on disk below a folder.
fn disk(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            // What the program keeps for itself there changes when it tidies up.
            if path.ends_with(".git/llmos-lite") {
                continue;
            }
            if path.is_dir() {
                found.insert(path.clone(), Vec::new());
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(path).expect("the file can be read"));
            }
        }
    }
    found
}

fn post(uri: &str, body: impl Into<Body>) -> Request<Body> {
    let request = request(Method::POST, uri).header(header::CONTENT_TYPE, "application/json");
    request.body(body.into()).expect("it is a request")
}

fn plain(method: Method, uri: &str) -> Request<Body> {
    request(method, uri).body(Body::empty()).expect("it is a request")
}

fn skill(field: &str, value: Value) -> Request<Body> {
    let mut body = json!({"user_id": "alice", "skill_id": "x", "name": "X", "description": "d"});
    body[field] = value;
    post("/skills", body.to_string())
}

fn run(change: impl FnOnce(&mut Value)) -> Request<Body> {
    let mut run = report();
    change(&mut run);
    post("/traces", json!({"user_id": "alice", "run": run}).to_string())
}

/// Names that are none, wherever a name may stand; each with the status it should get.
fn bad_names() -> Vec<(u16, Request<Body>)> {
    let long = "a".repeat(10_000);
    let mut requests = Vec::new();
    let ids = [
        "../x",
        "..",
        "/etc/passwd",
        "",
        &long,
        "a\0b",
        "имя",
        "a b",
        "-rf",
        ".git",
        "A",
        "x/y",
        "x\n",
        "<x>",
    ];
    for id in ids {
        requests.push((400, skill("skill_id", json!(id))));
        requests.push((400, skill("user_id", json!(id))));
        requests.push((400, skill("volume", json!(format!("user/{id}")))));
        let promote = json!({"user_id": "alice", "team_id": id, "skill_id": "sum", "reason": "r"});
        requests.push((400, post("/skills/promote", promote.to_string())));
        let save =
            json!({"user_id": "alice", "workflow": {"workflow_id": id, "nodes": [], "edges": []}});
        requests.push((422, post("/workflows/save", save.to_string())));
        requests.push((422, run(|run| run["workflow"]["nodes"][0]["id"] = json!(id))));
    }
    for id in ["..%2F..%2Fx", "%2Fetc%2Fpasswd", "%00", "%FF%FE", "%D0%B8", "a%20b", "..", &long] {
        requests.push((400, plain(Method::GET, &format!("/skills/{id}"))));
        requests.push((400, plain(Method::DELETE, &format!("/skills/{id}?user_id=alice"))));
        requests.push((400, plain(Method::GET, &format!("/workflows/{id}"))));
        requests.push((400, plain(Method::GET, &format!("/traces/{id}"))));
        requests.push((400, plain(Method::GET, &format!("/skills?user_id={id}"))));
        requests.push((400, plain(Method::GET, &format!("/skills?team_id={id}"))));
        requests.push((400, plain(Method::GET, &format!("/volumes/history?volume=user/{id}"))));
    }
    requests
}

/// Queries that make no sense.
fn bad_queries() -> Vec<(u16, Request<Body>)> {
    let queries = [
        "/skills?limit=-1",
        "/skills?limit=0",
        "/skills?limit=1001",
        "/skills?limit=1e9",
        "/skills?limit=x",
        "/skills?offset=-1",
        "/skills?kind=nonsense",
        "/skills?limit=99999999999999999999",
        "/skills?user_id=",
        "/skills?limit=1&limit=2",
        "/traces?before=../x",
        "/traces?limit=-5",
        "/volumes/history?path=../x",
        "/volumes/history?path=/etc/passwd",
        "/volumes/history?path=.git/config",
        "/volumes/history?from=HEAD",
        "/volumes/history?from=--all",
        "/volumes/diff?path=../x",
        "/volumes/diff?from=-x",
        "/volumes/file?path=.git/config",
        "/volumes/file?path=metadata.json&version=HEAD",
        "/volumes/blame?path=/etc/passwd",
        "/volumes/branches?volume=../x",
        "/skills/sum?at=main~1",
        "/skills/sum?at=refs/../main",
        "/skills/sum?volume=nowhere",
        "/skills/sum?volume=",
        "/skills/sum?volume=system/x",
    ];
    queries.map(|query| (400, plain(Method::GET, query))).into()
}

/// Bodies and requests that are wrong in other ways.
fn other_requests() -> Vec<(u16, Request<Body>)> {
    vec![
        (400, skill("name", json!(7))),
        (400, skill("keywords", json!("not a list"))),
        (400, skill("user_id", json!(["alice"]))),
        (400, post("/skills", "{\"name\": ")),
        (400, post("/skills", "")),
        (400, post("/skills", "[]")),
        (400, post("/skills", "null")),
        (400, post("/skills", "{\"name\": \"\\ud800\"}")),
        (400, post("/skills", vec![b'{', b'"', 0xff, 0xfe])),
        (400, post("/skills", "[".repeat(100_000))),
        (400, post("/workflows/save", "{\"workflow\": {\"workflow_id\": \"x\", \"nodes\": {}}}")),
        (400, post("/workflows/execute", "{\"workflow\": 3}")),
        (400, post("/traces", "{\"run\": {}}")),
        (400, run(|run| run["started_at"] = json!("yesterday"))),
        (400, run(|run| run["outcome"] = json!("perfect"))),
        (400, run(|run| run["nodes"][0]["skill_version"] = json!("../x"))),
        (400, run(|run| run["workflow_volume"] = json!("user/../x"))),
        (422, skill("name", json!("\u{1b}]0;owned\u{7}"))),
        (422, skill("description", json!("a\u{9b}2J"))),
        (422, skill("category", json!("a\u{8}"))),
        (422, skill("description", json!("x".repeat(8193)))),
        (413, skill("content", json!("x".repeat(2 << 20)))),
        (413, post("/traces", vec![b' '; 65 << 20])),
        (413, run(|run| run["nodes"][0]["inputs"] = json!({"x": vec![json!({"a": 0}); 600_000]}))),
        (415, request(Method::POST, "/skills").body(Body::from("{}")).expect("it is a request")),
        (403, skill("volume", json!("system"))),
        (403, skill("volume", json!("team/engineering"))),
        (403, skill("volume", json!("user/bob"))),
        (403, plain(Method::DELETE, "/skills/sum?user_id=alice&volume=system")),
        (403, plain(Method::DELETE, "/workflows/total?user_id=alice&volume=system")),
        (403, plain(Method::GET, "/volumes/history?user_id=alice&volume=user/bob")),
        (403, plain(Method::GET, "/skills/sum?user_id=alice&volume=team/secret")),
        (404, plain(Method::GET, "/%2e%2e/%2e%2e/etc/passwd")),
        (404, plain(Method::GET, "/assets/../../Cargo.toml")),
        (404, plain(Method::POST, "/nope")),
        (405, plain(Method::PATCH, "/skills")),
        (
            422,
            post("/skills", json!({"user_id": "alice", "source": "no front matter"}).to_string()),
        ),
    ]
}

#[tokio::test]
async fn hostile_requests_are_refused_with_a_hint_and_write_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    let client = Client::git(folder.path());
    crate::git::settled(&folder.path().join("system"));
    let before = disk(folder.path());
    let requests = bad_names().into_iter().chain(bad_queries()).chain(other_requests());
    for (status, request) in requests {
        let uri: String = request.uri().to_string().chars().take(100).collect();
        let asked = format!("{} {uri}", request.method());
        let answer = client.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{asked}: {}", answer.text);
        answer.problem(status);
        assert!(disk(folder.path()) == before, "{asked} wrote something");
    }
}

#[tokio::test]
async fn a_bad_body_says_which_field_and_where() {
    let client = Client::memory();
    let body = "{\n  \"workflow\": {\"workflow_id\": \"x\", \"nodes\": [{\"id\": 5}]}\n}";
    let problem = client.send(post("/workflows/save", body)).await.problem(400);
    let detail = problem["detail"].as_str().expect("there is a detail");
    assert!(detail.starts_with("`workflow.nodes[0].id` at line 2 column"), "{detail}");
    let problem = client.send(post("/workflows/save", "{\n  \"workflow\": }")).await.problem(400);
    let detail = problem["detail"].as_str().expect("there is a detail");
    assert!(detail.starts_with("the body is not JSON, line 2 column 15"), "{detail}");
}
