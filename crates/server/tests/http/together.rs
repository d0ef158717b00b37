//! Two people change one thing: what fits together stands, what does not is shown, nothing is lost.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use serde_json::{Value, json};

use crate::support::{Answer, Client, request};

/// Two nodes, the first of which feeds the second.
fn flow() -> Value {
    json!({
        "workflow_id": "flow", "name": "Flow",
        "nodes": [
            {"id": "load", "skill_id": "load", "inputs": {"n": 1}, "position": {"x": 0.0, "y": 0.0}},
            {"id": "sum", "skill_id": "sum", "inputs": {}, "position": {"x": 300.0, "y": 0.0}}
        ],
        "edges": [{"from": {"node": "load", "port": "values"}, "to": {"node": "sum", "port": "values"}}]
    })
}

/// The workflow with one field set, as `/nodes/0/position/x`.
fn with(pointer: &str, value: Value) -> Value {
    let mut flow = flow();
    *flow.pointer_mut(pointer).expect("it is there") = value;
    flow
}

/// Two changes of the first version: the first is saved, and what the server says to the second is returned.
async fn both(client: &Client, first: Value, second: Value, choices: Value) -> (Value, Answer) {
    let base = client.post("/workflows/save", json!({"workflow": flow()})).await.ok();
    let save = |workflow: Value, choices: Value| json!({"workflow": workflow, "base_version": base["version"], "choices": choices});
    client.post("/workflows/save", save(first, json!({}))).await.ok();
    let answer = client.post("/workflows/save", save(second, choices)).await;
    (base["version"].clone(), answer)
}

async fn stored(client: &Client) -> Value {
    client.get("/workflows/flow?volume=user/local").await.ok()["workflow"].clone()
}

#[tokio::test]
async fn moving_different_nodes_stands_for_both() {
    let folder = tempfile::tempdir().expect("there is room");
    for client in [Client::memory(), Client::git(folder.path())] {
        let (first, second) =
            (with("/nodes/0/position/x", json!(50.0)), with("/nodes/1/position/x", json!(400.0)));
        let (base, answer) = both(&client, first, second, json!({})).await;
        let saved = answer.ok();
        assert_eq!(saved["merged"]["base_version"], base);
        assert_eq!(saved["merged"]["theirs"], json!(["moved node `load`"]));
        assert_eq!(saved["merged"]["author"], "local");
        let stored = stored(&client).await;
        assert_eq!(stored, saved["workflow"], "the answer holds what is saved");
        assert_eq!(stored["nodes"][0]["position"]["x"], json!(50.0));
        assert_eq!(stored["nodes"][1]["position"]["x"], json!(400.0));
    }
}

#[tokio::test]
async fn changing_one_value_shows_both_versions_and_loses_neither() {
    let client = Client::memory();
    let (first, second) =
        (with("/nodes/0/inputs/n", json!(2)), with("/nodes/0/inputs/n", json!(3)));
    let (base, answer) = both(&client, first, second.clone(), json!({})).await;
    let problem = answer.problem(409);
    assert_eq!((&problem["code"], &problem["base_version"]), (&json!("conflict"), &base));
    let conflict = &problem["conflicts"][0];
    assert_eq!(conflict["key"], "nodes/load/inputs/n");
    assert_eq!(
        (&conflict["base"], &conflict["mine"], &conflict["theirs"]),
        (&json!("1"), &json!("3"), &json!("2"))
    );
    assert_eq!(conflict["takes"], json!(["mine", "theirs"]));
    assert_eq!(stored(&client).await["nodes"][0]["inputs"]["n"], 2, "nothing was written");
    // Both versions can be had.
    for (version, n) in [(&base, "\"n\": 1"), (&problem["current_version"], "\"n\": 2")] {
        let version = version.as_str().expect("an id");
        let path = format!("/volumes/file?path=workflows/flow.md&version={version}");
        let text = client.get(&path).await.ok()["text"].clone();
        assert!(text.as_str().expect("text").contains(n), "{text}");
    }
    // A choice settles it; what was chosen against stays in the history.
    let choices = json!({"nodes/load/inputs/n": "mine"});
    let save = json!({"workflow": second, "base_version": base, "choices": choices});
    client.post("/workflows/save", save).await.ok();
    assert_eq!(stored(&client).await["nodes"][0]["inputs"]["n"], 3);
    let history = client.get("/volumes/history?path=workflows/flow.md&words=true").await.ok();
    let words: Vec<_> =
        history["commits"].as_array().expect("a list").iter().map(|it| &it["words"]).collect();
    let changed = |from: u8, to: u8| {
        json!([format!("changed input `n` of node `load` from `{from}` to `{to}`")])
    };
    assert_eq!(words, [&changed(2, 3), &changed(1, 2), &json!(["added the file"])]);
}

#[tokio::test]
async fn a_node_that_one_removed_and_the_other_changed_is_a_conflict() {
    let client = Client::memory();
    let mut without = flow();
    without["nodes"].as_array_mut().expect("a list").remove(1);
    without["edges"] = json!([]);
    let changed = with("/nodes/1/inputs", json!({"label": "x"}));
    let (_, answer) = both(&client, changed.clone(), without.clone(), json!({})).await;
    let conflict = answer.problem(409)["conflicts"][0].clone();
    assert_eq!((&conflict["key"], &conflict["reason"]), (&json!("nodes/sum"), &json!("removed")));
    let client = Client::memory();
    both(&client, changed, without, json!({"nodes/sum": "theirs"})).await.1.ok();
    let stored = stored(&client).await;
    assert_eq!(stored["nodes"][1]["inputs"]["label"], "x");
    assert_eq!(stored["edges"].as_array().map(Vec::len), Some(1), "the edge came back with it");
}

#[tokio::test]
async fn a_save_that_must_not_be_merged_is_refused_with_the_version_that_is_there() {
    let client = Client::memory();
    let base = client.post("/workflows/save", json!({"workflow": flow()})).await.ok();
    let old = base["version"].as_str().expect("an id").to_owned();
    let read = client.get("/workflows/flow?volume=user/local").await;
    assert_eq!(read.headers[header::ETAG].to_str().ok(), Some(format!("\"{old}\"").as_str()));
    let strictly = |method: Method, uri: &str, version: &str, body: Value| {
        let request = request(method, uri)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, format!("\"{version}\""));
        request.body(Body::from(body.to_string())).expect("it is a request")
    };
    let moved = with("/nodes/0/position/x", json!(50.0));
    let save = json!({"workflow": moved});
    let saved =
        client.send(strictly(Method::POST, "/workflows/save", &old, save.clone())).await.ok();
    let new = saved["version"].as_str().expect("an id").to_owned();
    let late =
        client.send(strictly(Method::POST, "/workflows/save", &old, save)).await.problem(412);
    assert_eq!((&late["code"], &late["current_version"]), (&json!("stale"), &json!(new)));
    let delete = |version: &str| strictly(Method::DELETE, "/workflows/flow", version, json!({}));
    assert_eq!(client.send(delete(&old)).await.problem(412)["current_version"], json!(new));
    client.send(delete(&new)).await.ok();
    let gone = client.get("/workflows/flow?volume=user/local").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

const SKILL: &str = "---\nskill_id: plot\nname: Plot\ndescription: Draws.\n---\n\n# How\n\nSlowly.\n\n# Why\n\nTo see.\n";

#[tokio::test]
async fn a_skill_is_merged_by_field_and_section() {
    let client = Client::memory();
    let made = client.post("/skills", json!({"source": SKILL})).await.ok();
    let base = made["version"].clone();
    let put = |source: String, choices: Value| {
        let body = json!({"source": source, "base_version": base, "choices": choices});
        let client = client.clone();
        async move { client.put("/skills/plot", body).await }
    };
    put(SKILL.replace("Slowly.", "Quickly."), json!({})).await.ok();
    let saved = put(SKILL.replace("To see.", "To show."), json!({})).await.ok();
    assert_eq!(saved["merged"]["theirs"], json!(["changed section `How`"]));
    let merged = SKILL.replace("Slowly.", "Quickly.").replace("To see.", "To show.");
    assert_eq!(client.get("/skills/plot").await.ok()["content"], json!(merged));
    // A change of one field rests on its base as well.
    let body = json!({"description": "Paints.", "base_version": base});
    client.put("/skills/plot", body).await.ok();
    let merged = merged.replace("Draws.", "Paints.");
    assert_eq!(client.get("/skills/plot").await.ok()["content"], json!(merged));
    let collides = SKILL.replace("Slowly.", "Never.");
    let problem = put(collides.clone(), json!({})).await.problem(409);
    assert_eq!(problem["conflicts"][0]["key"], "sections/How");
    assert_eq!(problem["conflicts"][0]["mine"], "# How\n\nNever.");
    put(collides, json!({"sections/How": "mine"})).await.ok();
    let merged = merged.replace("Quickly.", "Never.");
    assert_eq!(client.get("/skills/plot").await.ok()["content"], json!(merged));
    let nobody = json!({"source": SKILL, "base_version": "0".repeat(40)});
    assert_eq!(client.put("/skills/plot", nobody).await.problem(409)["code"], "stale");
}

#[tokio::test]
async fn writers_at_the_same_time_all_get_through_or_hear_why() {
    let client = Client::memory();
    let nodes: Vec<Value> = (0..8)
        .map(|n| json!({"id": format!("n{n}"), "skill_id": "load", "inputs": {"n": 0}}))
        .collect();
    let doc = json!({"workflow_id": "flow", "name": "Flow", "nodes": nodes, "edges": []});
    let base =
        client.post("/workflows/save", json!({"workflow": doc})).await.ok()["version"].clone();
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let (client, mut doc, base) = (client.clone(), doc.clone(), base.clone());
            doc["nodes"][n]["inputs"]["n"] = json!(n + 1);
            tokio::spawn(async move {
                let save = json!({"workflow": doc, "base_version": base});
                client.post("/workflows/save", save).await.status
            })
        })
        .collect();
    let mut kept = Vec::new();
    for (n, writer) in writers.into_iter().enumerate() {
        match writer.await.expect("it ends") {
            StatusCode::OK => kept.push(n),
            status => assert_eq!(status, StatusCode::CONFLICT),
        }
    }
    assert!(!kept.is_empty());
    let stored = stored(&client).await;
    for n in kept {
        assert_eq!(
            stored["nodes"][n]["inputs"]["n"],
            json!(n + 1),
            "writer {n} was told it is kept"
        );
    }
}
