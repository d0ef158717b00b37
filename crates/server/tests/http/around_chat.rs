//! What would go to the model, and what came of a session.

use serde_json::{Value, json};

use crate::support::Client;

async fn begin(client: &Client) -> String {
    let begun = client.post("/sessions", json!({"user_id": "alice", "name": "Totals"})).await.ok();
    begun["id"].as_str().expect("it has an id").to_owned()
}

async fn say(client: &Client, id: &str, role: &str, content: &str, more: Value) {
    let mut said = json!({"user_id": "alice", "role": role, "content": content});
    said.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
    client.post(&format!("/sessions/{id}/messages"), said).await.ok();
}

#[tokio::test]
async fn what_would_go_to_the_model_is_told_and_nothing_is_kept() {
    let client = Client::memory();
    let id = begin(&client).await;
    say(&client, &id, "user", "hello", json!({})).await;
    say(&client, &id, "assistant", "Hello.", json!({})).await;
    let ask = async |message: &str, more: Value| {
        let mut asked = json!({"user_id": "alice", "message": message, "session_id": id});
        asked
            .as_object_mut()
            .expect("it is one")
            .extend(more.as_object().expect("it is one").clone());
        client.post("/chat/context", asked).await
    };
    let told = ask("how do I write python code", json!({})).await.ok();
    assert_eq!((&told["model"], &told["message_count"]), (&Value::Null, &json!(2)));
    assert_eq!(told["skills"][0]["skill_id"], "python-coding");
    let parts = told["parts"].as_array().expect("it is a list");
    let sum: u64 = parts.iter().filter_map(|part| part["tokens"].as_u64()).sum();
    assert_eq!(told["tokens"], json!(sum));
    assert!(parts.iter().all(|part| part["tokens"].as_u64() > Some(0)), "{parts:?}");
    let empty = ask("", json!({})).await.ok();
    assert_eq!(empty["skills"], json!([]));
    assert_eq!(ask("better", json!({"replaces": 1})).await.ok()["message_count"], 0);
    ask("better", json!({"replaces": 3})).await.problem(400);
    ask(&"x".repeat(65 << 10), json!({})).await.problem(400);
    let read = client.get(&format!("/sessions/{id}?user_id=alice")).await.ok();
    assert_eq!(read["message_count"], 2);
    let other = json!({"user_id": "bob", "message": "hi", "session_id": id});
    client.post("/chat/context", other).await.problem(404);
}

#[tokio::test]
async fn what_came_of_a_session_is_gathered_once_each_the_newest_first() {
    let client = Client::memory();
    let id = begin(&client).await;
    let code =
        |name: &str, content: &str| json!({"kind": "code", "name": name, "content": content});
    say(&client, &id, "user", "go", json!({})).await;
    say(&client, &id, "assistant", "a", json!({"artifacts": [code("a.py", "1"), "plan.txt"]}))
        .await;
    say(&client, &id, "assistant", "b", json!({"artifacts": [code("b.py", "22")]})).await;
    say(&client, &id, "assistant", "c", json!({"artifacts": [code("a.py", "333")]})).await;
    let uri = format!("/sessions/{id}/artifacts");
    let all = client.get(&format!("{uri}?user_id=alice")).await.ok();
    let named: Vec<_> = all["artifacts"]
        .as_array()
        .expect("it is a list")
        .iter()
        .map(|one| {
            format!("{} {} {}", one["name"].as_str().expect("a name"), one["number"], one["bytes"])
        })
        .collect();
    assert_eq!(named, ["a.py 4 3", "b.py 3 2", "plan.txt 2 null"]);
    assert_eq!(all["total"], 3);
    client.get(&format!("{uri}?user_id=bob")).await.problem(404);
}
