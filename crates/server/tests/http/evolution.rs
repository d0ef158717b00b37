//! Learning over HTTP: what the predecessor got wrong (D05 to D09), and the decisions on a draft.

use serde_json::{Value, json};

use super::{routes::report, support::Client};

async fn runs(client: &Client, numbers: impl IntoIterator<Item = u32>) {
    for n in numbers {
        let mut run = report();
        run["workflow"]["nodes"][0]["inputs"]["n"] = json!(n);
        run["nodes"][0]["inputs"]["n"] = json!(n);
        client.post("/traces", json!({"user_id": "alice", "run": run})).await.ok();
    }
}

async fn evolve(client: &Client, auto_apply: bool) -> Value {
    client.post("/evolve", json!({"user_id": "alice", "auto_apply": auto_apply})).await.ok()
}

#[tokio::test]
async fn d07_without_auto_apply_only_drafts_are_written() {
    let client = Client::memory();
    runs(&client, [100, 150, 120, 130, 110]).await;
    let report = evolve(&client, false).await;
    let counts = ["traces_analyzed", "patterns_detected", "skills_created"].map(|key| &report[key]);
    assert_eq!(counts, [&json!(5), &json!(1), &json!(0)]);
    assert_eq!(report["status"], "completed");
    assert_eq!(
        client.get("/workflows?user_id=alice").await.ok()["total"],
        1,
        "that of the library"
    );
    let drafts = client.get("/drafts?user_id=alice").await.ok();
    let draft = &drafts["drafts"][0];
    assert_eq!((&drafts["n_proposed"], &draft["success_rate"]), (&json!(1), &json!(1.0)));
    let id = draft["draft_id"].as_str().expect("it has an id");
    let view = client.get(&format!("/drafts/{id}?user_id=alice")).await.ok();
    assert!(view["text"].as_str().is_some_and(|text| text.contains("\"n\": 122")), "{view}");
}

#[tokio::test]
async fn d06_a_second_pass_makes_nothing_again_and_leaves_edits_alone() {
    let client = Client::memory();
    runs(&client, [1, 2, 3]).await;
    assert_eq!(evolve(&client, true).await["skills_created"], 1);
    let id = "load-numbers-sum";
    let made = client.get(&format!("/workflows/{id}?user_id=alice")).await.ok();
    let mut mine = made["workflow"].clone();
    mine["name"] = json!("My own words");
    let saved = json!({"user_id": "alice", "workflow": mine, "base_version": made["version"]});
    client.post("/workflows/save", saved).await.ok();
    runs(&client, [7, 8, 9, 10]).await;
    for _ in 0..2 {
        assert_eq!(evolve(&client, true).await["skills_created"], 0);
    }
    let now = client.get(&format!("/workflows/{id}?user_id=alice")).await.ok();
    assert_eq!(now["workflow"]["name"], "My own words");
}

#[tokio::test]
async fn a_draft_is_edited_accepted_rejected_and_archived() {
    let client = Client::memory();
    runs(&client, [1, 2, 3]).await;
    evolve(&client, false).await;
    let drafts = client.get("/drafts?user_id=alice").await.ok();
    let draft = &drafts["drafts"][0];
    let path = format!("/drafts/{}", draft["draft_id"].as_str().expect("it has an id"));
    let who = json!({"user_id": "alice"});
    let old = json!({"user_id": "alice", "version": "0".repeat(40)});
    client.post(&format!("{path}/accept"), old).await.problem(409);
    client.post(&format!("{path}/merge"), who.clone()).await.problem(400);
    client.put(&path, json!({"user_id": "alice", "text": "nonsense"})).await.problem(422);
    client.post(&format!("{path}/archive"), who.clone()).await.problem(400);
    let accepted = client.post(&format!("{path}/accept"), who.clone()).await.ok();
    assert_eq!(accepted["path"], "workflows/load-numbers-sum.md");
    client.post(&format!("{path}/reject"), who.clone()).await.problem(400);
    assert_eq!(client.post(&format!("{path}/archive"), who).await.ok()["status"], "archived");
    client.get(&format!("{path}?user_id=bob")).await.problem(404);
    client.get("/drafts/nope?user_id=alice").await.problem(404);
}
