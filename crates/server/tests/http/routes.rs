//! Every route once, as a snapshot of its answer.

use axum::http::{Method, header};
use serde_json::{Value, json};

use crate::support::{Client, SUM, request};

/// The report of a run of the workflow `total`, with a large output.
pub(crate) fn report() -> Value {
    let values: Vec<u32> = (0..2000).collect();
    json!({
        "workflow": {
            "workflow_id": "total", "name": "Total of numbers",
            "nodes": [{"id": "load", "skill_id": "load", "inputs": {"n": 2000}}, {"id": "sum", "skill_id": "sum"}],
            "edges": [{"from": {"node": "load", "port": "values"}, "to": {"node": "sum", "port": "values"}}]
        },
        "workflow_volume": "system", "workflow_version": null, "outcome": "success",
        "started_at": "2026-11-20T15:29:58Z", "finished_at": "2026-11-20T15:29:59.25Z",
        "nodes": [
            {"node": "load", "skill_id": "load", "skill_version": null, "state": "success", "key": "k1", "attempts": 1,
             "started_ms": 1.5, "duration_ms": 20.0, "inputs": {"n": 2000}, "outputs": {"values": values},
             "logs": [{"at_ms": 3.0, "stream": "stdout", "text": "loading"}]},
            {"node": "sum", "skill_id": "sum", "skill_version": null, "state": "success", "key": "k2", "attempts": 2,
             "started_ms": 30.0, "duration_ms": 0.5, "outputs": {"total": 1999000}}
        ]
    })
}

macro_rules! snapshot {
    ($name:literal, $answer:expr) => {
        insta::assert_snapshot!($name, $answer.show())
    };
}

#[tokio::test]
async fn skills_are_listed_searched_and_read() {
    let client = Client::memory();
    snapshot!("get_skills", client.get("/skills?limit=2").await);
    snapshot!(
        "get_skills_of_a_kind",
        client.get("/skills?kind=context&limit=1&offset=0&category=coding").await
    );
    snapshot!("get_skills_q", client.get("/skills?q=python+style").await);
    snapshot!("get_context", client.get("/context?q=python+style&budget=200").await);
    snapshot!("get_context_without_room", client.get("/context?q=python+style&budget=5").await);
    snapshot!("get_context_without_query", client.get("/context").await);
    snapshot!("get_skill", client.get("/skills/sum").await);
    snapshot!("get_skill_unknown", client.get("/skills/nope").await);
}

#[tokio::test]
async fn skills_are_created_changed_promoted_and_deleted() {
    let client = Client::memory();
    let new = json!({
        "user_id": "alice", "skill_id": "my-testing-skill", "name": "My Testing Workflow", "category": "coding",
        "description": "How I write tests", "content": "## Approach\n1. Write test\n", "keywords": ["testing", "pytest"]
    });
    snapshot!("post_skills", client.post("/skills", new.clone()).await);
    snapshot!("post_skills_again", client.post("/skills", new).await);
    let source = json!({"user_id": "alice", "source": SUM.replace("sum\n", "my-sum\n")});
    snapshot!("post_skills_source", client.post("/skills", source).await);
    let shadow = json!({"user_id": "alice", "source": SUM.replace("Adds", "Also adds")});
    client.post("/skills", shadow).await.ok();
    snapshot!("get_skill_shadowing", client.get("/skills?user_id=alice&q=adds").await);
    let change = json!({"user_id": "alice", "description": "How we write tests"});
    snapshot!("put_skill", client.put("/skills/my-testing-skill", change.clone()).await);
    let stale = request(Method::PUT, "/skills/my-testing-skill")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::IF_MATCH, format!("\"{}\"", "0".repeat(40)))
        .body(change.to_string().into());
    snapshot!("put_skill_stale", client.send(stale.expect("it is a request")).await);
    let promote = json!({
        "user_id": "alice", "team_id": "engineering", "skill_id": "my-testing-skill", "reason": "Useful for all"
    });
    snapshot!("post_skills_promote", client.post("/skills/promote", promote).await);
    let promoted = client.get("/skills/my-testing-skill?user_id=bob&team_id=engineering").await;
    snapshot!("get_skill_promoted", promoted);
    snapshot!("delete_skill", client.delete("/skills/my-testing-skill?user_id=alice").await);
    client.get("/skills/my-testing-skill?user_id=alice").await.problem(404);
}

#[tokio::test]
async fn executable_skills_feed_the_node_library() {
    let client = Client::memory();
    snapshot!("get_executable", client.get("/workflows/skills/executable").await);
    snapshot!("get_executable_one", client.get("/workflows/skills/executable/load").await);
    snapshot!(
        "get_executable_context",
        client.get("/workflows/skills/executable/python-coding").await
    );
    snapshot!("get_categories", client.get("/workflows/categories").await);
}

#[tokio::test]
async fn workflows_are_listed_read_saved_and_deleted() {
    let client = Client::memory();
    snapshot!("get_workflows", client.get("/workflows").await);
    let read = client.get("/workflows/total").await;
    snapshot!("get_workflow", read);
    let mut workflow = read.json()["workflow"].clone();
    workflow["name"] = json!("My total");
    let version = read.json()["version"].clone();
    let save = json!({"user_id": "alice", "workflow": workflow, "base_version": version});
    let saved = client.post("/workflows/save", save.clone()).await;
    snapshot!("post_workflows_save", saved);
    snapshot!("post_workflows_save_stale", client.post("/workflows/save", save).await);
    let again =
        json!({"user_id": "alice", "workflow": workflow, "base_version": saved.json()["version"]});
    client.post("/workflows/save", again).await.ok();
    let mine = client.get("/workflows/total?user_id=alice").await.ok();
    assert_eq!((&mine["volume"], &mine["shadows"]), (&json!("user/alice"), &json!(["system"])));
    snapshot!("delete_workflow", client.delete("/workflows/total?user_id=alice").await);
    assert_eq!(client.get("/workflows/total?user_id=alice").await.ok()["volume"], "system");
}

#[tokio::test]
async fn a_run_is_prepared_or_refused_with_findings() {
    let client = Client::memory();
    let ready = client
        .post("/workflows/execute", json!({"workflow_id": "total", "volume": "system"}))
        .await;
    snapshot!("post_workflows_execute", ready);
    let broken = json!({"workflow": {
        "workflow_id": "w",
        "nodes": [{"id": "a", "skill_id": "load"}, {"id": "b", "skill_id": "summ"}, {"id": "c", "skill_id": "sum"}],
        "edges": [{"from": {"node": "a", "port": "value"}, "to": {"node": "c", "port": "values"}}]
    }});
    snapshot!("post_workflows_execute_broken", client.post("/workflows/execute", broken).await);
    snapshot!("post_workflows_execute_nothing", client.post("/workflows/execute", json!({})).await);
}

#[tokio::test]
async fn traces_are_kept_listed_and_read() {
    let client = Client::memory();
    for i in 0..3 {
        let saved = client.post("/traces", json!({"user_id": "alice", "run": report()})).await;
        if i == 0 {
            snapshot!("post_traces", saved);
        }
        assert_eq!(saved.status, 201);
    }
    let page = client.get("/traces?user_id=alice&limit=2").await;
    snapshot!("get_traces", page);
    let next = page.json()["next"].as_str().expect("there is another page").to_owned();
    let rest = client.get(&format!("/traces?user_id=alice&before={next}")).await.ok();
    assert_eq!((&rest["total"], rest["traces"].as_array().map(Vec::len)), (&json!(3), Some(1)));
    assert_eq!(rest["next"], Value::Null);
    let id = rest["traces"][0]["trace_id"].as_str().expect("it has an id");
    let read = client.get(&format!("/traces/{id}?user_id=alice")).await.ok();
    let (got, sent) = (&read["run"], report());
    assert_eq!(got["nodes"][0]["outputs"], sent["nodes"][0]["outputs"]);
    assert_eq!(got["nodes"][1]["outputs"], sent["nodes"][1]["outputs"]);
    for field in ["outcome", "started_at", "finished_at", "workflow_volume"] {
        assert_eq!(got[field], sent[field], "{field}");
    }
    client.get(&format!("/traces/{id}?user_id=bob")).await.problem(404);
}

#[tokio::test]
async fn volumes_are_counted_and_have_a_history() {
    let client = Client::memory();
    client.post("/skills", json!({"name": "Mine", "description": "x"})).await.ok();
    client.post("/traces", json!({"run": report()})).await.ok();
    snapshot!("get_volumes_stats", client.get("/volumes/stats").await);
    snapshot!("get_volumes_history", client.get("/volumes/history?limit=1").await);
    let path = client.get("/volumes/history?volume=system&path=skills/sum.md").await.ok();
    assert_eq!(path["commits"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_server_speaks_of_itself() {
    let client = Client::memory();
    snapshot!("get_health", client.get("/health").await);
    snapshot!("get_config", client.get("/config").await);
    let api = client.get("/openapi.json").await.ok();
    assert!(api["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let mut paths: Vec<String> = api["paths"]
        .as_object()
        .expect("there are paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("a path has methods").keys();
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    paths.sort();
    insta::assert_snapshot!("openapi_paths", paths.join("\n"));
    let page = client.get("/docs").await;
    assert_eq!(page.status, 200);
    for file in ["/docs/docs.js", "/docs/docs.css"] {
        assert!(page.text.contains(file), "the reader does not load {file}");
        assert_eq!(client.get(file).await.status, 200);
    }
    assert!(!page.text.contains("http"), "the reader loads something from elsewhere");
}

#[tokio::test]
async fn everything_answers_under_api_as_well() {
    let client = Client::memory();
    for path in [
        "/skills",
        "/skills/sum",
        "/workflows",
        "/workflows/total",
        "/config",
        "/health",
        "/openapi.json",
    ] {
        let (bare, api) = (client.get(path).await, client.get(&format!("/api{path}")).await);
        assert_eq!((bare.status, bare.text), (api.status, api.text), "{path}");
    }
}

#[tokio::test]
async fn addresses_of_workflows_are_pages_for_browsers_only() {
    let client = Client::memory();
    let accept = |uri: &str, accept: &str| {
        let request = request(Method::GET, uri).header(header::ACCEPT, accept);
        request.body(axum::body::Body::empty()).expect("it is a request")
    };
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for uri in
        ["/workflows/system/total", "/workflows/user/alice/total", "/workflows/team/red/total", "/"]
    {
        let page = client.send(accept(uri, browser)).await;
        let json = page
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/problem+json");
        assert!(!json, "{uri} gives a browser {page:?}");
    }
    let problem =
        client.send(accept("/workflows/system/total", "application/json")).await.problem(404);
    assert_eq!(
        problem["hint"],
        "ask `GET /workflows/total?volume=system` for the workflow as JSON"
    );
    client.send(accept("/workflows/nobody/x/total", browser)).await.problem(400);
    client.send(accept("/workflows/user/../total", browser)).await.problem(400);
    client.send(accept("/workflows/total", browser)).await.ok();
}
