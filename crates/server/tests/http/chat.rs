//! The chat as its clients meet it, with no model connected.

use serde_json::{Value, json};

use crate::support::Client;

fn asked(message: &str) -> Value {
    json!({"user_id": "alice", "team_id": "engineering", "message": message,
        "include_skills": true, "max_skills": 5})
}

#[tokio::test]
async fn an_answer_has_the_shape_that_clients_know() {
    let client = Client::memory();
    let answer = client.post("/chat", asked("total of numbers")).await.ok();
    assert!(answer["response"].as_str().is_some_and(|text| text.contains("No model is connected")));
    assert_eq!(answer["skills_used"][0].as_str().map(str::is_empty), Some(false), "{answer}");
    let proposed: Vec<_> = answer["proposals"]
        .as_array()
        .expect("it is a list")
        .iter()
        .map(|proposal| proposal["workflow"]["workflow_id"].as_str().expect("it has an id"))
        .collect();
    assert_eq!(proposed[0], "total", "{answer}");
    let id = answer["trace_id"].as_str().expect("it has a trace");
    let trace = client.get(&format!("/traces/{id}?user_id=alice")).await.ok();
    assert_eq!(trace["prompt"], "total of numbers");
    assert_eq!((&trace["kind"], &trace["outcome"]), (&json!("chat"), &json!("success")));
    let listed = client.get("/traces?user_id=alice").await.ok();
    assert_eq!(listed["traces"][0]["kind"], "chat");
    client.get(&format!("/traces/{id}?user_id=bob")).await.problem(404);
}

#[tokio::test]
async fn feedback_is_written_into_the_trace_and_can_be_taken_back() {
    let client = Client::memory();
    let answer = client.post("/api/chat", asked("total of numbers")).await.ok();
    let id = answer["trace_id"].as_str().expect("it has a trace");
    let url = format!("/traces/{id}/feedback");
    for said in [json!("good"), json!("bad"), Value::Null] {
        client.post(&url, json!({"user_id": "alice", "feedback": said})).await.ok();
        let trace = client.get(&format!("/traces/{id}?user_id=alice")).await.ok();
        assert_eq!(trace["feedback"], said);
    }
    client.post(&url, json!({"user_id": "bob", "feedback": "bad"})).await.problem(404);
    client.post(&url, json!({"user_id": "alice", "feedback": "great"})).await.problem(400);
}

#[tokio::test]
async fn a_stream_says_what_it_does_and_ends_with_its_trace() {
    let client = Client::memory();
    let answer = client.post("/chat/stream", asked("total of numbers")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    let events: Vec<Value> = answer
        .text
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .collect();
    let kinds: Vec<_> =
        events.iter().map(|event| event["type"].as_str().expect("a type")).collect();
    assert_eq!(kinds[..3], ["start", "skills", "text"], "{kinds:?}");
    assert_eq!(kinds.last(), Some(&"end"));
    assert_eq!(events[0]["trace_id"], events[events.len() - 1]["trace_id"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_hint() {
    let client = Client::memory();
    let cases = [
        (json!({"message": "x", "max_skills": -1}), 400),
        (json!({"message": "x", "max_skills": "5"}), 400),
        (json!({"message": ""}), 400),
        (json!({"message": 5}), 400),
        (json!({}), 400),
        (json!({"message": "x", "user_id": "../x"}), 400),
        (json!({"message": "x".repeat(70_000)}), 400),
        (json!({"message": "x".repeat(32 << 20)}), 413),
    ];
    for path in ["/chat", "/chat/stream"] {
        for (body, status) in &cases {
            client.post(path, body.clone()).await.problem(*status);
        }
    }
}

#[tokio::test]
async fn without_models_settings_are_empty_and_cannot_be_set() {
    let client = Client::memory();
    let now = client.get("/models/settings?user_id=alice").await.ok();
    assert_eq!((&now["source"], &now["has_key"]), (&Value::Null, &json!(false)));
    let chosen =
        json!({"user_id": "alice", "provider": "openai", "model": "m", "key": "sk-planted"});
    let refused = client.put("/models/settings", chosen).await;
    assert!(!refused.text.contains("sk-planted"), "{}", refused.text);
    refused.problem(403);
}
