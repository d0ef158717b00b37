//! Sessions as clients meet them, in the shapes that they know.

use axum::{
    body::Body,
    http::{Method, header},
};
use llmos_api::session::SessionExport;
use serde_json::{Value, json};

use crate::support::{Answer, Client, request};

macro_rules! snapshot {
    ($name:literal, $answer:expr) => {
        insta::assert_snapshot!($name, $answer.show())
    };
}

async fn begin(client: &Client) -> String {
    let asked = json!({"user_id": "alice", "name": "VQE for H2", "volume": "user", "initial_message": "hello"});
    let made = client.post("/api/sessions", asked).await.ok();
    made["id"].as_str().expect("it has an id").to_owned()
}

fn said(text: &str) -> Value {
    json!({"user_id": "alice", "role": "assistant", "content": text, "timestamp": "2026-11-20T15:31:00Z",
        "traces": ["chat-20261120-153000-0a1b2c3d"], "artifacts": ["code: vqe.py", "notes.txt"]})
}

async fn send(
    client: &Client,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = request(method, uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(Body::from(body.to_owned())).expect("it is a request")).await
}

#[tokio::test]
async fn every_route_once() {
    let client = Client::memory();
    let asked = json!({"user_id": "alice", "name": "VQE for H2", "volume": "user", "initial_message": "hello"});
    let made = client.post("/api/sessions", asked).await;
    snapshot!("post_sessions", made);
    let id = made.ok()["id"].as_str().expect("it has an id").to_owned();
    snapshot!(
        "post_message",
        client.post(&format!("/api/sessions/{id}/messages"), said("Hi")).await
    );
    snapshot!("get_session", client.get(&format!("/api/sessions/{id}?user_id=alice")).await);
    let change = json!({"user_id": "alice", "name": "VQE", "status": "paused"});
    snapshot!("put_session", client.put(&format!("/api/sessions/{id}"), change).await);
    let mut committed =
        client.post(&format!("/api/sessions/{id}/commit"), json!({"user_id": "alice"})).await;
    committed.text = without_hash(&committed.text);
    snapshot!("post_session_commit", committed);
    let mut list = client.get("/api/sessions?volume=user&volume_id=alice").await;
    list.text = without_hash(&list.text);
    snapshot!("get_sessions", list);
    snapshot!(
        "get_session_export",
        client.get(&format!("/api/sessions/{id}/export?user_id=alice")).await
    );
    let mut json =
        client.get(&format!("/api/sessions/{id}/export?user_id=alice&format=json")).await;
    let export: SessionExport = serde_json::from_value(json.ok()).expect("it has its shape");
    assert_eq!((export.format.as_str(), export.version), ("llmos-session", 1));
    assert_eq!(export.messages.len(), 2);
    let saved = json.headers[header::CONTENT_DISPOSITION].to_str().expect("it is text");
    assert_eq!(saved, format!("attachment; filename=\"{id}.json\""));
    json.text = json.text.replace(&hash_of(&json.text), "[commit]");
    snapshot!("get_session_export_json", json);
    let gone = client.delete(&format!("/api/sessions/{id}?user_id=alice")).await;
    assert_eq!(gone.status, 204);
    snapshot!(
        "get_session_unknown",
        client.get(&format!("/api/sessions/{id}?user_id=alice")).await
    );
}

/// The hash of the commit in an exported session.
fn hash_of(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("it is JSON");
    value["commit"]["hash"].as_str().expect("it is committed").to_owned()
}

/// The fake volume gives commits ids of its own.
fn without_hash(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("it is JSON");
    let hash = value["commit_hash"].as_str().or(value["sessions"][0]["commit_hash"].as_str());
    let hash = hash.expect("it is committed").to_owned();
    assert_eq!(hash.len(), 40);
    text.replace(&hash, "[commit]")
}

#[tokio::test]
async fn a_message_with_a_key_is_kept_once() {
    let client = Client::memory();
    let uri = format!("/sessions/{}/messages", begin(&client).await);
    let body = said("Hi").to_string();
    let post = async |key: &str, body: &str| {
        let headers = [("content-type", "application/json"), ("Idempotency-Key", key)];
        send(&client, Method::POST, &uri, &headers, body).await
    };
    let first = post("9F0C-1", &body).await;
    assert_eq!((first.status.as_u16(), first.ok()["number"].clone()), (201, json!(2)));
    let again = post("9F0C-1", &body).await;
    assert_eq!((again.status.as_u16(), again.ok()), (200, first.ok()));
    assert_eq!(post("9F0C-1", &said("other").to_string()).await.problem(409)["code"], "key-used");
    post("", &body).await.problem(400);
    post(&"x".repeat(101), &body).await.problem(400);
    post("a b", &body).await.problem(400);
}

#[tokio::test]
async fn a_change_that_rests_on_an_old_answer_is_refused() {
    let client = Client::memory();
    let id = begin(&client).await;
    let uri = format!("/sessions/{id}?user_id=alice");
    let read = client.get(&uri).await;
    let etag = read.headers[header::ETAG].to_str().expect("it is text").to_owned();
    client.post(&format!("/sessions/{id}/messages"), said("Hi")).await.ok();
    let json = [("content-type", "application/json"), ("if-match", etag.as_str())];
    let late = send(&client, Method::PUT, &uri, &json, r#"{"name": "late"}"#).await;
    assert_eq!(late.problem(412)["code"], "stale");
    send(&client, Method::DELETE, &uri, &[("if-match", &etag)], "").await.problem(412);
    send(&client, Method::PUT, &uri, &[("if-match", "\"x\"")], "").await.problem(400);
    let status = send(&client, Method::PUT, &format!("{uri}&status=completed"), &[], "").await.ok();
    assert_eq!((&status["status"], &status["name"]), (&json!("completed"), &json!("VQE for H2")));
    let etag = format!("\"{}\"", status["revision"]);
    let gone = send(&client, Method::DELETE, &uri, &[("if-match", &etag)], "").await;
    assert_eq!(gone.status, 204);
}

#[tokio::test]
async fn a_chat_with_a_session_is_kept_in_it() {
    let client = Client::memory();
    let id = begin(&client).await;
    let asked = json!({"user_id": "alice", "message": "total of numbers", "session_id": id});
    let answer = client.post("/chat", asked.clone()).await.ok();
    client.post("/chat/stream", asked).await;
    let read = client.get(&format!("/sessions/{id}?user_id=alice")).await.ok();
    let messages = read["messages"].as_array().expect("it is a list");
    let roles: Vec<_> = messages.iter().map(|one| one["role"].as_str().expect("a role")).collect();
    assert_eq!(roles, ["user", "user", "assistant", "user", "assistant"]);
    assert_eq!(messages[2]["traces"], json!([answer["trace_id"]]));
    let artifact = &messages[2]["artifacts"][0];
    assert_eq!(artifact["kind"], "workflow");
    assert!(
        artifact["content"].as_str().is_some_and(|text| text.contains("\"skill_id\"")),
        "{artifact}"
    );
    assert_eq!(artifact["workflow"]["workflow_id"], "total");
    let other = json!({"user_id": "bob", "message": "hello", "session_id": id});
    client.post("/chat", other.clone()).await.problem(404);
    client.post("/chat/stream", other).await.problem(404);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_hint() {
    let client = Client::memory();
    let id = begin(&client).await;
    let long = "x".repeat(101);
    for (body, status) in [
        (json!({"name": long}), 400),
        (json!({"name": "a\nb"}), 400),
        (json!({"volume": "nowhere"}), 400),
        (json!({"volume": "team"}), 400),
        (json!({"volume": "system"}), 403),
        (json!({"volume": "user/bob", "user_id": "alice"}), 403),
        (json!({"volume": "user", "volume_id": "../x"}), 400),
        (json!({"user_id": "../x"}), 400),
        (json!({"initial_message": "x".repeat(600 << 10)}), 400),
        (json!({"initial_message": "x".repeat(2 << 20)}), 413),
    ] {
        client.post("/sessions", body).await.problem(status);
    }
    for path in ["..%2fx", "UPPER", "a%00b", "-x"] {
        client.get(&format!("/sessions/{path}")).await.problem(400);
        client.delete(&format!("/sessions/{path}")).await.problem(400);
        client.post(&format!("/sessions/{path}/commit"), json!({})).await.problem(400);
    }
    for query in ["limit=0", "limit=1001", "before=-1", "after=x"] {
        client.get(&format!("/sessions/{id}?user_id=alice&{query}")).await.problem(400);
    }
    client.get(&format!("/sessions/{id}/export?user_id=alice&format=exe")).await.problem(400);
    let words = send(&client, Method::PUT, &format!("/sessions/{id}"), &[], "name=x").await;
    assert_eq!(words.problem(415)["code"], "not-json");
    for body in [json!({}), json!({"role": "root", "content": "x"}), json!({"role": "user"})] {
        client.post(&format!("/sessions/{id}/messages"), body).await.problem(400);
    }
}
