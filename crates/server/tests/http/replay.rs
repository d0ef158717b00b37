//! Going through a session step by step, as it was at a commit or as it is kept now.

use serde_json::{Value, json};

use crate::support::Client;

async fn commit(client: &Client, id: &str) -> String {
    let kept =
        client.post(&format!("/sessions/{id}/commit"), json!({"user_id": "alice"})).await.ok();
    kept["commit_hash"].as_str().expect("it is committed").to_owned()
}

async fn made(client: &Client, id: &str, content: &str) {
    let said = json!({"user_id": "alice", "role": "assistant", "content": "Here it is.",
        "artifacts": [{"kind": "code", "name": "vqe.py", "content": content}]});
    client.post(&format!("/sessions/{id}/messages"), said).await.ok();
}

/// A session in which somebody asked, and an artifact was made and made anew: its id, and a commit after each.
async fn played(client: &Client) -> (String, String, String) {
    let begun = client.post("/sessions", json!({"user_id": "alice", "name": "Totals"})).await.ok();
    let id = begun["id"].as_str().expect("it has an id").to_owned();
    let asked = json!({"user_id": "alice", "message": "total of numbers", "session_id": id});
    client.post("/chat", asked).await.ok();
    made(client, &id, "one\n").await;
    let first = commit(client, &id).await;
    made(client, &id, "two\n").await;
    let second = commit(client, &id).await;
    (id, first, second)
}

fn held(step: &Value) -> &Value {
    &step["artifacts"][0]["content"]
}

#[tokio::test]
async fn a_session_is_gone_through_as_it_was_at_its_commit() {
    let client = Client::memory();
    let (id, first, second) = played(&client).await;
    let at = async |commit: &str, more: &str| {
        client.get(&format!("/sessions/{id}/replay?user_id=alice&commit={commit}{more}")).await.ok()
    };
    let then = at(&first, "").await;
    assert_eq!((&then["commit"], &then["volume"]), (&json!(first), &json!("user/alice")));
    assert_eq!((&then["message_count"], &then["later"]), (&json!(3), &Value::Null));
    let steps = then["steps"].as_array().expect("it is a list");
    let roles: Vec<_> = steps.iter().map(|step| step["role"].as_str().expect("a role")).collect();
    assert_eq!(roles, ["user", "assistant", "assistant"]);
    assert_eq!(steps[1]["artifacts"][0]["workflow"]["workflow_id"], "total");
    assert_eq!(held(&steps[2]), "one\n");
    assert_eq!(held(&at(&second, "").await["steps"][3]), "two\n");
    let page = at(&second, "&after=1&limit=2").await;
    assert_eq!((&page["steps"][0]["number"], &page["later"]), (&json!(2), &json!(3)));
    assert_eq!(at(&second, "&after=4").await["steps"], json!([]));
    client.delete(&format!("/sessions/{id}?user_id=alice")).await;
    assert_eq!(at(&first, "").await, then, "a commit outlives the session");
}

#[tokio::test]
async fn the_skills_of_a_step_are_those_of_its_time() {
    let client = Client::memory();
    let (id, first, _) = played(&client).await;
    let uri = format!("/sessions/{id}/replay?user_id=alice&commit={first}");
    let skills = client.get(&uri).await.ok()["steps"][1]["skills"].clone();
    let sum = skills.as_array().expect("it is a list").iter().find(|one| one["skill_id"] == "sum");
    let sum = sum.expect("the skill went along");
    assert_eq!((&sum["name"], &sum["found"]["volume"]), (&json!("Sum"), &json!("system")));
    let at = sum["found"]["commit"].as_str().expect("it has a commit");
    let text = client.get(&format!("/skills/sum?volume=system&at={at}")).await.ok();
    assert_eq!(text["version"], sum["found"]["version"]);
}

#[tokio::test]
async fn without_a_commit_it_is_shown_as_it_is_kept_now() {
    let client = Client::memory();
    let (id, ..) = played(&client).await;
    made(&client, &id, "three\n").await;
    let now = client.get(&format!("/sessions/{id}/replay?user_id=alice")).await.ok();
    assert_eq!((&now["commit"], &now["message_count"]), (&Value::Null, &json!(5)));
    assert_eq!(held(&now["steps"][4]), "three\n");
    assert!(now["steps"][1]["skills"].as_array().is_some_and(|skills| !skills.is_empty()));
}

#[tokio::test]
async fn only_whoever_reads_the_volume_or_the_session_goes_through_it() {
    let client = Client::memory();
    let (id, first, _) = played(&client).await;
    let replay = async |query: &str| client.get(&format!("/sessions/{id}/replay?{query}")).await;
    replay("user_id=bob").await.problem(404);
    replay(&format!("user_id=bob&commit={first}")).await.problem(404);
    replay(&format!("user_id=bob&volume=user/alice&commit={first}")).await.problem(403);
    replay("user_id=alice&commit=abc").await.problem(400);
    replay(&format!("user_id=alice&commit={}", "0".repeat(40))).await.problem(404);
    replay("user_id=alice&limit=0").await.problem(400);
    let other = client.get(&format!("/sessions/other/replay?user_id=alice&commit={first}")).await;
    other.problem(404);
}
