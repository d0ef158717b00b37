//! Workflows inside workflows, and runs that are run again.

use serde_json::{Value, json};

use crate::{
    routes::report,
    support::{Client, LOAD, SUM},
};

/// A workflow whose one node runs `total`, and one behind it that adds again.
fn outer() -> Value {
    json!({
        "workflow_id": "outer", "name": "Outer",
        "nodes": [
            {"id": "part", "workflow": "total", "inputs": {"n": 7}, "memory_mb": 32},
            {"id": "sum", "skill_id": "sum"}
        ],
        "edges": [{"from": {"node": "part", "port": "list"}, "to": {"node": "sum", "port": "values"}}]
    })
}

/// A door whose user has a `total` of their own, with an interface.
async fn client() -> Client {
    let client = Client::memory();
    let read = client.get("/workflows/total").await.ok();
    let mut total = read["workflow"].clone();
    total["interface"] = json!({
        "inputs": [{"name": "n", "node": "load", "port": "n"}],
        "outputs": [{"name": "list", "node": "load", "port": "values"}]
    });
    let save = json!({"workflow": total, "base_version": read["version"]});
    client.post("/workflows/save", save).await.ok();
    client
}

#[tokio::test]
async fn a_workflow_that_is_a_node_is_laid_open() {
    let client = client().await;
    let ready = client.post("/workflows/execute", json!({"workflow": outer()})).await;
    insta::assert_snapshot!("post_execute_nested", ready.show());
    client.post("/workflows/save", json!({"workflow": outer()})).await.ok();
    let saved = client.get("/workflows/outer").await.ok();
    assert_eq!(saved["findings"], json!([]));
    assert_eq!(saved["workflow"]["nodes"][0]["workflow"], "total");
    let ready = client.post("/workflows/execute", json!({"workflow_id": "outer"})).await.ok();
    assert_eq!(ready["payload"]["workflow_volume"], "user/local");
    assert_eq!(ready["payload"]["workflow_version"], saved["version"]);
}

#[tokio::test]
async fn workflows_stand_in_the_node_library() {
    let client = client().await;
    let list = client.get("/workflows/skills/executable?category=workflows").await;
    insta::assert_snapshot!("get_executable_workflows", list.show());
    let found = client.get("/workflows/skills/executable?q=adds+numbers").await.ok();
    let ids: Vec<_> =
        found["skills"].as_array().expect("a list").iter().map(|s| &s["skill_id"]).collect();
    assert!(ids.contains(&&json!("total")) && ids.contains(&&json!("sum")), "{ids:?}");
    let skills = client.get("/skills?q=adds+numbers").await.ok();
    let ids: Vec<_> =
        skills["skills"].as_array().expect("a list").iter().map(|s| &s["skill_id"]).collect();
    assert!(!ids.contains(&&json!("total")), "{ids:?}");
}

#[tokio::test]
async fn a_circle_of_workflows_is_refused_and_named() {
    let client = client().await;
    let mut total = client.get("/workflows/total").await.ok();
    let mut workflow = total["workflow"].take();
    workflow["nodes"] = json!([{"id": "around", "workflow": "outer"}]);
    workflow["edges"] = json!([]);
    workflow["interface"] = json!(null);
    client
        .post("/workflows/save", json!({"workflow": workflow, "base_version": total["version"]}))
        .await
        .ok();
    let problem =
        client.post("/workflows/execute", json!({"workflow": outer()})).await.problem(422);
    let circle = &problem["findings"].as_array().expect("a list")[0];
    assert_eq!(circle["code"], "workflow-circle", "{problem}");
    assert_eq!(circle["path"], json!(["outer", "total"]));
}

#[tokio::test]
async fn a_trace_is_run_again_with_the_skills_of_that_time() {
    let client = Client::memory();
    let version = |id: &'static str| {
        let client = client.clone();
        async move { client.get(&format!("/skills/{id}")).await.ok()["version"].clone() }
    };
    let (load, sum) = (version("load").await, version("sum").await);
    let mut run = report();
    run["nodes"][0]["skill_version"] = load.clone();
    run["nodes"][1]["skill_version"] = sum.clone();
    let saved = client.post("/traces", json!({"run": run})).await.ok();
    // The user's own copies lie over those of the system volume from now on.
    for source in [LOAD, SUM] {
        let source = source.replace("numbers", "many numbers");
        client.post("/skills", json!({"source": source})).await.ok();
    }
    let ask = json!({"trace_id": saved["trace_id"]});
    let payload = client.post("/workflows/execute", ask).await.ok()["payload"].clone();
    assert_eq!(payload["workflow"]["nodes"][0]["inputs"], json!({"n": 2000}));
    assert_eq!(
        (&payload["skills"]["load"]["version"], &payload["skills"]["sum"]["version"]),
        (&load, &sum)
    );
    assert_eq!(payload["skills"]["load"]["description"], "Gives a list of numbers");
    assert_ne!(version("load").await, load);

    run["nodes"][0]["skill_version"] = json!("0".repeat(40));
    let saved = client.post("/traces", json!({"run": run})).await.ok();
    let ask = json!({"trace_id": saved["trace_id"]});
    let problem = client.post("/workflows/execute", ask).await.problem(404);
    assert!(
        problem["detail"].as_str().is_some_and(|text| text.contains("load, version 0000")),
        "{problem}"
    );
    client.post("/workflows/execute", json!({"trace_id": "run-x"})).await.problem(400);
}

#[tokio::test]
async fn large_values_of_a_trace_are_read_one_by_one() {
    let client = Client::memory();
    let saved = client.post("/traces", json!({"run": report()})).await.ok();
    let id = saved["trace_id"].as_str().expect("an id");
    let trace = client.get(&format!("/traces/{id}?values=beside")).await.ok();
    let values = &trace["run"]["nodes"][0]["outputs"]["values"];
    assert!(values["bytes"].as_u64().is_some_and(|bytes| bytes > 4096), "{values}");
    assert_eq!(trace["run"]["nodes"][1]["outputs"]["total"], 1_999_000);
    let sha256 = values["$ref"].as_str().and_then(|text| text.strip_prefix("sha256:"));
    let sha256 = sha256.expect("it names a hash");
    let answer = client.get(&format!("/traces/{id}/values/{sha256}")).await;
    assert_eq!(answer.ok(), report()["nodes"][0]["outputs"]["values"]);
    assert!(answer.headers["cache-control"].to_str().is_ok_and(|text| text.contains("immutable")));
    let inside = client.get(&format!("/traces/{id}")).await.ok();
    assert_eq!(inside["run"]["nodes"][0]["outputs"]["values"], answer.json());
    for wrong in ["0".repeat(64), "..%2F..%2Fx".to_owned(), "x".to_owned()] {
        client.get(&format!("/traces/{id}/values/{wrong}")).await.problem(404);
    }
    client.get(&format!("/traces/{id}?values=nowhere")).await.problem(400);
}
