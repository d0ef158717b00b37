//! The crons as a client meets them.

use serde_json::{Value, json};

use crate::support::Client;

/// Waits for nothing: takes the turns that are due now.
fn turns(client: &Client) {
    while client.crons.turn().expect("the schedule answers") != llmos_workbench::Turn::Idle {}
}

#[tokio::test]
async fn crons_are_listed_started_and_looked_back_upon() {
    let client = Client::memory();
    insta::assert_snapshot!("get_crons", client.get("/crons?team_id=atlas").await.show());
    let started = client.post("/api/crons/user-local/run", json!({})).await;
    insta::assert_snapshot!("post_crons_run", started.show());
    turns(&client);
    insta::assert_snapshot!(
        "get_crons_history",
        client.get("/crons/user-local/history").await.show()
    );
    let after = client.get("/api/crons").await.ok();
    assert_eq!(after["crons"][0]["last"]["outcome"], "done");
    assert_eq!(after["crons"][0]["next_at"], "2026-11-21T03:00:00Z", "its own time stays");
}

#[tokio::test]
async fn a_cron_that_is_not_the_callers_is_refused() {
    let client = Client::memory();
    let cases = [
        ("/crons/user-bo/run", 403),
        ("/crons/team-other/run", 403),
        ("/crons/evolution-team/run", 400),
        ("/crons/nonsense/run", 400),
        ("/crons/user-..%2Fx/run", 400),
    ];
    for (uri, status) in cases {
        client.post(uri, json!({})).await.problem(status);
    }
    client.get("/crons/user-bo/history").await.problem(403);
    client.get("/crons/user-local/history?limit=0").await.problem(400);
    turns(&client);
    for id in ["user-local", "system"] {
        let history = client.get(&format!("/crons/{id}/history")).await.ok();
        assert_eq!(history["runs"], Value::Array(Vec::new()), "{id}");
    }
}
