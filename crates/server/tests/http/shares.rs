//! Shares of sessions as clients meet them, and what a link opens to somebody who has nothing else.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use crate::support::{Answer, Client, request};

/// A session of alice with a question, an answer with an artifact, and what the program said.
async fn begin(client: &Client) -> String {
    let asked = json!({"user_id": "alice", "name": "VQE for H2", "initial_message": "hello"});
    let made = client.post("/api/sessions", asked).await.ok();
    let id = made["id"].as_str().expect("it has an id").to_owned();
    let said = json!({"user_id": "alice", "role": "assistant", "content": "Here it is.",
        "traces": ["chat-20261120-153000-0a1b2c3d"],
        "artifacts": [{"kind": "code", "name": "vqe.py", "content": "print(1)\n"}]});
    client.post(&format!("/sessions/{id}/messages"), said).await.ok();
    say(client, &id, "system", "No whole answer: http://10.0.0.5:8080/v1 refuses the key.").await;
    id
}

async fn say(client: &Client, id: &str, role: &str, content: &str) {
    let said = json!({"user_id": "alice", "role": role, "content": content});
    client.post(&format!("/sessions/{id}/messages"), said).await.ok();
}

async fn share(client: &Client, id: &str, mut asked: Value) -> Value {
    asked["user_id"] = json!("alice");
    client.post(&format!("/sessions/{id}/shares"), asked).await.ok()
}

fn token(made: &Value) -> String {
    made["token"].as_str().expect("it has a token").to_owned()
}

async fn open(client: &Client, token: &str, query: &str) -> Answer {
    let asked = request(Method::GET, &format!("/shared/session{query}"));
    let asked = asked.header("authorization", format!("Bearer {token}"));
    client.send(asked.body(Body::empty()).expect("it is a request")).await
}

#[tokio::test]
async fn every_route_once() {
    let client = Client::memory();
    let id = begin(&client).await;
    let asked = json!({"user_id": "alice", "ends_at": "2026-12-01T00:00:00Z"});
    let mut made = client.post(&format!("/sessions/{id}/shares"), asked).await;
    let token = token(&made.ok());
    assert_eq!(made.headers["cache-control"], "no-store");
    made.text = made.text.replace(&token, "[token]");
    insta::assert_snapshot!("post_share", made.show());
    insta::assert_snapshot!(
        "get_shares",
        client.get(&format!("/sessions/{id}/shares?user_id=alice")).await.show()
    );
    let opened = open(&client, &token, "").await;
    assert_eq!(opened.headers["cache-control"], "no-store");
    assert_eq!(opened.headers["x-robots-tag"], "noindex, nofollow, noarchive");
    assert_eq!(opened.headers["referrer-policy"], "no-referrer");
    insta::assert_snapshot!("get_shared_session", opened.show());
    share(&client, &id, json!({"with_team": "atlas"})).await;
    insta::assert_snapshot!(
        "get_sessions_offered",
        client.get("/sessions/offered?user_id=bob&team_id=atlas").await.show()
    );
}

#[tokio::test]
async fn a_link_shows_its_session_and_nothing_of_where_that_is_kept() {
    let client = Client::memory();
    let id = begin(&client).await;
    let token = token(&share(&client, &id, json!({})).await);
    let opened = open(&client, &token, "").await;
    for hidden in ["alice", &id, "chat-2026", "sessions/", "10.0.0.5", "path", "user"] {
        let text = opened.text.replace("\"role\":\"user\"", "");
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
    let opened = opened.ok();
    assert_eq!(opened["messages"][1]["artifacts"][0]["content"], "print(1)\n");
    assert_eq!(opened["messages"][2]["content"], "There is no whole answer to this.");
}

#[tokio::test]
async fn a_link_that_is_revoked_guessed_or_of_another_session_opens_nothing() {
    let client = Client::memory();
    let (id, other) = (begin(&client).await, begin(&client).await);
    let made = share(&client, &id, json!({})).await;
    let (token, share_id) = (token(&made), made["share_id"].as_str().expect("it has an id"));
    open(&client, &token, "").await.ok();
    let flipped =
        format!("{}{}", &token[..token.len() - 1], if token.ends_with('0') { 1 } else { 0 });
    let longer = format!("{token}0");
    let guesses =
        [flipped.as_str(), &longer, "", "share_", share_id, &id, "share_00000000_00", "llmos_0_0"];
    let closed = open(&client, "share_ffffffff_00", "").await;
    for guess in guesses {
        let refused = open(&client, guess, "").await;
        assert_eq!(refused.text, closed.text, "{guess}");
        assert_eq!(refused.problem(404)["code"], "link-closed");
    }
    client.get("/shared/session").await.problem(404);
    client.get(&format!("/shared/session?token={token}")).await.problem(404);
    // The token is for reading what it shows, and no key to the session.
    client.get(&format!("/sessions/{id}?user_id=bob")).await.problem(404);
    let revoke = async |of: &str, user: &str| {
        client.delete(&format!("/sessions/{of}/shares/{share_id}?user_id={user}")).await
    };
    revoke(&id, "bob").await.problem(404);
    revoke(&other, "alice").await.problem(404);
    open(&client, &token, "").await.ok();
    assert_eq!(revoke(&id, "alice").await.status, 204);
    assert_eq!(open(&client, &token, "").await.text, closed.text);
    revoke(&id, "alice").await.problem(404);
    let again = share(&client, &id, json!({})).await;
    client.delete(&format!("/sessions/{id}?user_id=alice")).await;
    let gone = open(&client, again["token"].as_str().expect("it has one"), "").await;
    assert_eq!(gone.problem(404)["code"], "link-closed");
}

#[tokio::test]
async fn a_link_stops_at_what_was_said_when_it_was_made_unless_it_follows() {
    let client = Client::memory();
    let id = begin(&client).await;
    let still = token(&share(&client, &id, json!({})).await);
    let follows = token(&share(&client, &id, json!({"follow": true})).await);
    say(&client, &id, "user", "said later").await;
    assert!(!open(&client, &still, "").await.text.contains("said later"));
    assert!(open(&client, &follows, "").await.text.contains("said later"));
    for query in ["?after=2", "?after=3", "?before=100", "?after=0&limit=1000"] {
        let page = open(&client, &still, query).await;
        assert!(!page.text.contains("said later"), "{query}");
        assert_eq!(page.ok()["later"], Value::Null, "{query}");
    }
    let page = open(&client, &still, "?limit=1").await.ok();
    assert_eq!((&page["messages"][0]["number"], &page["earlier"]), (&json!(3), &json!(3)));
    let page = open(&client, &still, "?before=3&limit=1").await.ok();
    assert_eq!((&page["messages"][0]["number"], &page["later"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn what_was_replaced_is_in_no_link() {
    let client = Client::memory();
    let id = begin(&client).await;
    let token = token(&share(&client, &id, json!({"follow": true})).await);
    assert_eq!(open(&client, &token, "").await.ok()["message_count"], 3);
    let said = json!({"user_id": "alice", "role": "user", "content": "better", "replaces": 2});
    client.post(&format!("/sessions/{id}/messages"), said).await.ok();
    let opened = open(&client, &token, "").await.ok();
    let numbers: Vec<_> = opened["messages"]
        .as_array()
        .expect("it is a list")
        .iter()
        .map(|one| &one["number"])
        .collect();
    assert_eq!(numbers, [1, 4]);
    assert_eq!(opened["message_count"], 2);
    assert!(!opened.to_string().contains("Here it is."), "{opened}");
}

#[tokio::test]
async fn a_team_reads_what_is_offered_to_it_and_says_nothing_there() {
    let client = Client::memory();
    let id = begin(&client).await;
    let uri = format!("/sessions/{id}?user_id=bob&team_id=atlas");
    client.get(&uri).await.problem(404);
    let made = share(&client, &id, json!({"with_team": "atlas"})).await;
    assert_eq!((&made["token"], &made["link"]), (&Value::Null, &Value::Null));
    say(&client, &id, "user", "said later").await;
    let read = client.get(&uri).await;
    assert!(read.text.contains("said later"));
    let read = read.ok();
    for right in ["may_talk", "may_change", "may_commit"] {
        assert_eq!(read[right], json!(false), "{right}");
    }
    client.get(&format!("/sessions/{id}/export?user_id=bob&team_id=atlas")).await;
    let who = json!({"user_id": "bob", "team_id": "atlas"});
    let mut said = who.clone();
    said["role"] = json!("user");
    said["content"] = json!("me too");
    client.post(&format!("/sessions/{id}/messages"), said).await.problem(403);
    client.post(&format!("/sessions/{id}/commit"), who.clone()).await.problem(403);
    client.post(&format!("/sessions/{id}/shares"), who).await.problem(403);
    client.delete(&uri).await.problem(403);
    client.get(&format!("/sessions/{id}/shares?user_id=bob&team_id=atlas")).await.problem(403);
    client.get(&format!("/sessions/{id}?user_id=bob&team_id=borea")).await.problem(404);
    client.get(&format!("/sessions/{id}?user_id=bob")).await.problem(404);
    let share_id = made["share_id"].as_str().expect("it has an id");
    client.delete(&format!("/sessions/{id}/shares/{share_id}?user_id=alice")).await;
    client.get(&uri).await.problem(404);
    let offered = client.get("/sessions/offered?user_id=bob&team_id=atlas").await.ok();
    assert_eq!(offered["total"], 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_hint() {
    let client = Client::memory();
    let id = begin(&client).await;
    for (asked, status) in [
        (json!({"ends_at": "2026-11-20T15:30:00Z"}), 400),
        (json!({"ends_at": "tomorrow"}), 400),
        (json!({"ends_at": "2027-01-01T00:00:00"}), 400),
        (json!({"with_team": "../x"}), 400),
        (json!({"user_id": "bob"}), 404),
    ] {
        let mut body = json!({"user_id": "alice"});
        body.as_object_mut()
            .expect("it is one")
            .extend(asked.as_object().expect("it is one").clone());
        client.post(&format!("/sessions/{id}/shares"), body).await.problem(status);
    }
    client.get("/sessions/offered?user_id=bob").await.problem(400);
    for n in 0.. {
        let answer =
            client.post(&format!("/sessions/{id}/shares"), json!({"user_id": "alice"})).await;
        if n == 50 {
            answer.problem(422);
            break;
        }
        answer.ok();
    }
    client.post("/shared/session", json!({})).await.problem(405);
}
