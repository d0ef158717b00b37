//! Proposals: made, looked at, decided, taken back; over memory and over real Git.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Client, SUM};

fn propose(user: &str, reason: &str) -> Value {
    json!({"user_id": user, "team_id": "red", "skill_id": "sum", "reason": reason})
}

fn said(user: &str, reason: &str) -> Value {
    json!({"user_id": user, "volume": "team/red", "reason": reason})
}

async fn with_skill(client: &Client, user: &str, source: &str) {
    client.post("/skills", json!({"user_id": user, "source": source})).await.ok();
}

/// Proposes `sum` of a user, and returns the id.
async fn proposed(client: &Client, user: &str, reason: &str) -> String {
    let made = client.post("/proposals", propose(user, reason)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().expect("it has an id").to_owned()
}

async fn view(client: &Client, id: &str) -> Value {
    client.get(&format!("/proposals/{id}?user_id=bob&volume=team/red")).await.ok()
}

fn check<'a>(view: &'a Value, code: &str) -> &'a str {
    let checks = view["checks"].as_array().expect("there are checks");
    let found = checks.iter().find(|check| check["code"] == code);
    found.and_then(|check| check["outcome"].as_str()).unwrap_or_else(|| panic!("{code}: {view:#}"))
}

#[tokio::test]
async fn a_proposal_is_made_looked_at_approved_and_taken_back() {
    let client = Client::memory();
    with_skill(&client, "alice", SUM).await;
    let id = proposed(&client, "alice", "we all add").await;
    let list = client.get("/proposals?user_id=bob&state=open").await.ok();
    assert_eq!(list["proposals"][0]["id"], id.as_str(), "{list:#}");
    let shown = view(&client, &id).await;
    assert_eq!(shown["provenance"]["from"], "user/alice");
    assert_eq!(shown["reason"], "we all add");
    for code in ["reads", "own-files", "overtaken", "name-clash", "workflows"] {
        assert_eq!(check(&shown, code), "passed", "{code}");
    }
    assert_eq!(check(&shown, "shadowing"), "warned", "the system volume has a `sum` too");
    assert_eq!(shown["files"][0]["path"], "skills/sum.md");
    assert!(shown["example"].is_null(), "it needs numbers");

    let path = format!("/proposals/{id}/approve");
    let unsaid = client.post(&path, said("alice", "")).await.problem(403);
    assert_eq!(unsaid["code"], "own-proposal");
    let done = client.post(&path, said("bob", "thanks")).await.ok();
    assert_eq!(done["state"], "approved");
    assert_eq!(client.post(&path, said("bob", "")).await.problem(409)["code"], "not-so");
    let kept = client.get("/skills/sum?user_id=carol&team_id=red").await.ok();
    assert_eq!(kept["volume"], "team/red");
    assert_eq!(kept["provenance"]["reason"], "we all add");
    let again = client.post("/proposals", propose("alice", "again")).await.problem(409);
    assert_eq!(again["code"], "unchanged");

    let path = format!("/proposals/{id}/revert");
    assert_eq!(client.post(&path, said("bob", " ")).await.problem(400)["code"], "missing-field");
    client.post(&path, said("bob", "it was wrong")).await.ok();
    let gone = client.get("/skills/sum?user_id=carol&team_id=red").await.ok();
    assert_eq!(gone["volume"], "system");
    assert_eq!(view(&client, &id).await["state"], "reverted");
}

#[tokio::test]
async fn what_is_declined_keeps_its_reason_and_can_be_proposed_again() {
    let client = Client::memory();
    with_skill(&client, "alice", SUM).await;
    let first = proposed(&client, "alice", "we all add").await;
    let path = format!("/proposals/{first}/decline");
    client.post(&path, said("bob", "")).await.problem(400);
    client.post(&path, said("bob", "no tests")).await.ok();
    let declined = view(&client, &first).await;
    assert_eq!(
        (&declined["state"], &declined["decision"]["reason"]),
        (&json!("declined"), &json!("no tests"))
    );
    assert_eq!(declined["decision"]["by"], "bob");
    let second = proposed(&client, "alice", "with tests").await;
    assert_ne!(first, second);
    client.post(&format!("/proposals/{second}/approve"), said("bob", "")).await.ok();
    let kept = client.get("/skills/sum?user_id=carol&team_id=red").await.ok();
    assert_eq!(kept["provenance"]["reason"], "with tests");
}

#[tokio::test]
async fn nobody_approves_what_they_did_not_see() {
    let client = Client::memory();
    with_skill(&client, "alice", SUM).await;
    let seen = proposed(&client, "alice", "we all add").await;
    let evil = SUM.replace("a + b", "a - b");
    client.put("/skills/sum", json!({"user_id": "alice", "source": evil})).await.ok();
    let swapped = proposed(&client, "alice", "we all add").await;
    assert_ne!(seen, swapped);
    let path = format!("/proposals/{seen}/approve");
    assert_eq!(client.post(&path, said("bob", "")).await.problem(404)["code"], "unknown");
    // What the team changed meanwhile stands in the way as well.
    let promote = json!({"user_id": "bob", "team_id": "red", "skill_id": "sum", "reason": "mine"});
    with_skill(&client, "bob", &SUM.replace("Adds", "Bob adds")).await;
    client.post("/skills/promote", promote).await.ok();
    let path = format!("/proposals/{swapped}/approve");
    let refused = client.post(&path, said("bob", "")).await.problem(422);
    assert_eq!(refused["code"], "not-ready");
    let third = proposed(&client, "alice", "on top of it").await;
    let shown = view(&client, &third).await;
    assert_eq!((check(&shown, "overtaken"), check(&shown, "replaces")), ("passed", "warned"));
    let fields = shown["files"][0]["fields"].as_array().expect("fields are compared");
    assert!(fields.iter().any(|field| field["field"] == "fields/description"), "{fields:#?}");
}

#[tokio::test]
async fn a_team_s_skill_is_proposed_to_everybody() {
    let client = Client::memory();
    with_skill(&client, "alice", &SUM.replace("sum\n", "triple\n")).await;
    let promote =
        json!({"user_id": "alice", "team_id": "red", "skill_id": "triple", "reason": "r"});
    client.post("/skills/promote", promote.clone()).await.ok();
    let mut up = promote;
    up["to"] = json!("system");
    client.post("/skills/promote", up.clone()).await.problem(403);
    let made = client.post("/proposals", up).await.ok();
    let decide = json!({"user_id": "bob", "volume": "system"});
    let id = made["id"].as_str().expect("it has an id");
    client.post(&format!("/proposals/{id}/approve"), decide).await.ok();
    let kept = client.get("/skills/triple?user_id=dora").await.ok();
    assert_eq!(
        (&kept["volume"], &kept["provenance"]["from"]),
        (&json!("system"), &json!("team/red"))
    );
}

#[tokio::test]
async fn plain_git_shows_a_proposal_and_its_branch_is_one_like_any_other() {
    let root = tempfile::tempdir().expect("there is room");
    let folder = root.path().join("teams/red");
    let git = |args: &[&str]| {
        let output =
            Command::new("git").arg("-C").arg(&folder).args(args).output().expect("git runs");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let (approved, declined);
    {
        let client = Client::git(root.path());
        with_skill(&client, "alice", SUM).await;
        approved = proposed(&client, "alice", "we all add").await;
        client.post(&format!("/proposals/{approved}/approve"), said("bob", "thanks")).await.ok();
        with_skill(&client, "carol", &SUM.replace("Adds", "Carol adds")).await;
        declined = proposed(&client, "carol", "mine is better").await;
        client.post(&format!("/proposals/{declined}/decline"), said("bob", "it is not")).await.ok();
    }
    let trailers = git(&["log", "-1", "--format=%(trailers)", "main"]);
    for want in ["Promoted-From: user/alice", "Proposal: pr/alice/sum", "Decided-By: bob"] {
        assert!(trailers.contains(want), "{want} in {trailers}");
    }
    assert_eq!(
        git(&["log", "-1", "--format=%P", "main"]).split_whitespace().nth(1),
        Some(&*approved)
    );
    assert_eq!(git(&["branch", "--format=%(refname:short)"]), "main\npr/carol/sum\n");
    assert_eq!(git(&["log", "-1", "--format=%P", "pr/carol/sum"]).trim(), declined);
    assert!(
        git(&["diff", "main...pr/carol/sum"]).is_empty(),
        "what was declined is taken back there"
    );
    git(&["fsck", "--full", "--strict"]);
}
