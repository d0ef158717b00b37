//! What the product before this one got wrong: one test for each line that concerns the server.

use std::{collections::BTreeSet, fs, sync::Arc};

use axum::http::{Method, header};
use llmos_core::branch::Volumes;
use serde_json::{Value, json};

use crate::{
    git::git,
    held::HeldStore,
    routes::report,
    support::{Client, SUM, request},
};

fn skill(user: &str, id: &str, description: &str) -> Value {
    json!({"user_id": user, "skill_id": id, "name": id, "description": description})
}

fn ids(list: &Value) -> Vec<&str> {
    let skills = list["skills"].as_array().expect("there is a list");
    skills.iter().filter_map(|skill| skill["skill_id"].as_str()).collect()
}

#[tokio::test]
async fn d03_records_of_the_same_second_do_not_overwrite_each_other() {
    let client = Client::memory();
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let saved = client.post("/traces", json!({"run": report()})).await.ok();
        seen.insert(saved["trace_id"].as_str().expect("it has an id").to_owned());
    }
    assert_eq!(seen.len(), 20);
    assert_eq!(client.get("/traces").await.ok()["total"], 20);
}

#[tokio::test]
async fn d10_frontmatter_with_lists_quotes_and_dashes_is_read() {
    let client = Client::memory();
    let source = "---\nskill_id: odd\nname: 'It''s: odd'\ndescription: \"a --- b\"\nkeywords:\n  - one\n  - \"two, three\"\n---\nbody\n";
    client.post("/skills", json!({"source": source})).await.ok();
    let read = client.get("/skills/odd").await.ok();
    assert_eq!(read["name"], "It's: odd");
    assert_eq!(read["description"], "a --- b");
    assert_eq!(read["keywords"], json!(["one", "two, three"]));
    assert_eq!(read["content"], source);
}

#[tokio::test]
async fn d11_a_skill_without_keywords_matches_only_what_it_says() {
    let client = Client::memory();
    let mut empty = skill("local", "empty", "nothing of interest");
    empty["keywords"] = json!([]);
    client.post("/skills", empty).await.ok();
    assert!(!ids(&client.get("/skills?q=python").await.ok()).contains(&"empty"));
}

#[tokio::test]
async fn d12_executable_skills_are_listed_and_prepared() {
    let client = Client::memory();
    let list = client.get("/workflows/skills/executable").await.ok();
    assert_eq!(ids(&list), ["load", "sum", "total"]);
    let ready = client.post("/workflows/execute", json!({"workflow_id": "total"})).await.ok();
    assert_eq!(ready["status"], "ready");
}

#[tokio::test]
async fn d13_what_others_keep_is_closed() {
    let client = Client::memory();
    client.post("/skills", skill("bob", "secret", "s")).await.ok();
    client.get("/skills/secret?user_id=alice").await.problem(404);
    client.get("/skills/secret?user_id=alice&volume=user/bob").await.problem(403);
    client.delete("/skills/secret?user_id=alice&volume=user/bob").await.problem(403);
    let mut planted = skill("alice", "planted", "p");
    planted["volume"] = json!("user/bob");
    client.post("/skills", planted).await.problem(403);
    let run = json!({"user_id": "alice", "workflow_id": "w", "volume": "user/bob"});
    client.post("/workflows/execute", run).await.problem(403);
}

#[tokio::test]
async fn d14_only_members_read_a_team_and_only_promotion_changes_it() {
    let client = Client::memory();
    client.post("/skills", skill("alice", "ours", "o")).await.ok();
    let promote = json!({"user_id": "alice", "team_id": "red", "skill_id": "ours", "reason": "r"});
    client.post("/skills/promote", promote).await.ok();
    client.get("/skills/ours?user_id=bob&team_id=blue&volume=team/red").await.problem(403);
    client.get("/skills/ours?user_id=bob&volume=team/red").await.problem(403);
    let mut direct = skill("alice", "direct", "d");
    direct["volume"] = json!("team/red");
    direct["team_id"] = json!("red");
    client.post("/skills", direct).await.problem(403);
}

#[tokio::test]
async fn d15_and_g11_promotion_works_after_the_team_was_read_and_before() {
    let client = Client::memory();
    for (id, read_first) in [("one", true), ("two", false), ("three", true)] {
        client.post("/skills", skill("alice", id, id)).await.ok();
        if read_first {
            client.get("/skills?user_id=alice&team_id=red").await.ok();
        }
        let promote = json!({"user_id": "alice", "team_id": "red", "skill_id": id, "reason": "r"});
        client.post("/skills/promote", promote).await.ok();
    }
    let seen = client.get("/skills?user_id=bob&team_id=red&q=one+two+three").await.ok();
    assert_eq!(seen["total"], 3);
}

#[tokio::test]
async fn d16_the_system_volume_is_not_written_by_users() {
    let client = Client::memory();
    let before = client.get("/volumes/history?volume=system").await.text;
    let mut planted = skill("alice", "planted", "p");
    planted["volume"] = json!("system");
    client.post("/skills", planted).await.problem(403);
    client.post("/skills", skill("../system", "planted", "p")).await.problem(400);
    client.put("/skills/sum", json!({"volume": "system", "description": "x"})).await.problem(403);
    client.delete("/skills/sum?volume=system").await.problem(403);
    assert_eq!(client.get("/volumes/history?volume=system").await.text, before);
}

#[tokio::test]
async fn d17_to_d21_names_never_lead_out_of_a_volume() {
    let root = tempfile::tempdir().expect("there is room");
    let volumes = root.path().join("volumes");
    let client = Client::git(&volumes);
    let bad = ["../x", "../../x", "/tmp/x", "..", ".", "", "a/b", "users", "../teams/t"];
    for name in bad.into_iter().filter(|name| *name != "users") {
        client.post("/skills", skill("alice", name, "d17")).await.problem(400);
        client.post("/skills", skill(name, "x", "d19, d21")).await.problem(400);
        let promote =
            json!({"user_id": "alice", "team_id": "t", "skill_id": name, "reason": "d18"});
        client.post("/skills/promote", promote).await.problem(400);
    }
    client.get("/skills?user_id=%2Ftmp%2Fx").await.problem(400);
    for i in 0..50 {
        client.get(&format!("/skills?user_id=nobody-{i}&team_id=none-{i}")).await.ok();
    }
    let names = |folder: &std::path::Path| -> Vec<_> {
        fs::read_dir(folder)
            .expect("it is a folder")
            .map(|entry| entry.expect("it is there").file_name())
            .filter(|name| name != ".llmos-lite-secret")
            .collect()
    };
    assert_eq!(names(root.path()), ["volumes"], "d17, d19");
    assert_eq!(names(&volumes), ["system"], "d20");
}

#[tokio::test]
async fn d22_no_two_callers_share_what_they_see() {
    let client = Client::memory();
    client.post("/skills", skill("a", "mine", "m")).await.ok();
    client.get("/skills?user_id=a:b&team_id=c").await.problem(400);
    for (user, team, sees) in
        [("a", "b-c", true), ("a-b", "c", false), ("b", "a", false), ("a", "c", true)]
    {
        let list = client.get(&format!("/skills?user_id={user}&team_id={team}")).await.ok();
        assert_eq!(ids(&list).contains(&"mine"), sees, "{user} in {team}");
    }
}

#[tokio::test]
async fn d23_a_skill_of_the_user_lies_over_that_of_the_system() {
    let client = Client::memory();
    let source = SUM.replace("Adds numbers", "Adds them my way");
    client.post("/skills", json!({"user_id": "alice", "source": source})).await.ok();
    let mine = client.get("/workflows/skills/executable/sum?user_id=alice").await.ok();
    assert_eq!(
        (&mine["description"], &mine["volume"]),
        (&json!("Adds them my way"), &json!("user/alice"))
    );
    let other = client.get("/workflows/skills/executable/sum?user_id=bob").await.ok();
    assert_eq!(other["volume"], "system");
}

#[tokio::test]
async fn d24_any_author_is_shown_in_the_history() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", skill("alice", "one", "o")).await.ok();
    let folder = root.path().join("users/alice");
    let by = ["-c", "user.name=A | \"B\" C", "-c", "user.email=x@example.org"];
    git(&folder, &[&by[..], &["commit", "--allow-empty", "-qm", "a | b\n\n|"]].concat());
    let history = client.get("/volumes/history?user_id=alice").await.ok();
    assert_eq!(history["commits"][0]["author"], "A | \"B\" C");
    assert_eq!(history["commits"][0]["subject"], "a | b");
}

#[tokio::test]
async fn d25_and_g02_an_id_that_cannot_be_kept_is_refused_before_anything_is_said() {
    let client = Client::memory();
    for id in ["a<b", "a\nb", "a>b", "a\tb", "--amend", "x.lock", "HEAD~1", "a@{b"] {
        client.post("/skills", skill("alice", id, "d")).await.problem(400);
    }
    assert_eq!(
        client.get("/volumes/stats?user_id=alice").await.ok()["volumes"][0]["exists"],
        false
    );
}

#[tokio::test]
async fn d26_and_d27_what_is_said_to_be_kept_is_committed() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", skill("alice", "one", "o")).await.ok();
    let saved = client.post("/traces", json!({"user_id": "alice", "run": report()})).await.ok();
    let folder = root.path().join("users/alice");
    assert_eq!(saved["commit"], git(&folder, &["rev-parse", "HEAD"]), "d27");
    fs::write(folder.join(".git/index.lock"), "").expect("the file can be written");
    let held = client.post("/skills", skill("alice", "two", "t")).await;
    let said = held.status.is_success();
    fs::remove_file(folder.join(".git/index.lock")).ok();
    let kept = git(&folder, &["ls-tree", "-r", "--name-only", "HEAD"]).contains("skills/two.md");
    assert_eq!(said, kept, "d26: {held:?}");
    assert!(said || held.problem(503)["hint"].is_string());
}

#[tokio::test]
async fn d28_a_saved_workflow_is_a_workflow_and_comes_back() {
    let client = Client::memory();
    let workflow = client.get("/workflows/total").await.ok()["workflow"].clone();
    let saved = client
        .post("/workflows/save", json!({"user_id": "alice", "workflow": workflow}))
        .await
        .ok();
    assert_eq!(saved["path"], "workflows/total.md");
    let back = client.get("/workflows/total?user_id=alice&volume=user/alice").await.ok();
    assert_eq!(back["workflow"], workflow);
    assert_eq!(client.get("/traces?user_id=alice").await.ok()["total"], 0);
}

#[tokio::test]
async fn d29_skills_can_be_changed_and_deleted() {
    let client = Client::memory();
    client.post("/skills", skill("alice", "one", "o")).await.ok();
    client.put("/skills/one", json!({"user_id": "alice", "name": "One"})).await.ok();
    client.delete("/skills/one?user_id=alice").await.ok();
    client.get("/skills/one?user_id=alice").await.problem(404);
}

#[tokio::test]
async fn d30_what_is_not_there_is_404() {
    let client = Client::memory();
    for uri in [
        "/skills/x",
        "/workflows/x",
        "/workflows/skills/executable/x",
        "/traces/run-20261120-153000-00000000",
    ] {
        client.get(uri).await.problem(404);
    }
}

#[tokio::test]
async fn d31_no_other_page_may_read_answers() {
    let client = Client::memory();
    let from = request(Method::GET, "/skills").header(header::ORIGIN, "http://evil.example");
    let answer = client.send(from.body(axum::body::Body::empty()).expect("it is a request")).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn d33_bodies_have_a_limit() {
    let client = Client::memory();
    client.post("/skills", skill("alice", "one", &"x".repeat(32 << 20))).await.problem(413);
}

#[tokio::test]
async fn d34_numbers_are_checked() {
    let client = Client::memory();
    for uri in [
        "/skills?limit=-1",
        "/traces?limit=-1",
        "/skills?q=x&limit=0",
        "/volumes/history?limit=100000",
    ] {
        client.get(uri).await.problem(400);
    }
}

#[tokio::test]
async fn d35_a_name_cannot_add_frontmatter() {
    let client = Client::memory();
    let mut evil = skill("alice", "one", "o");
    evil["name"] = json!("x\ntype: python-wasm\n---\nname: y");
    evil["category"] = json!("c\nskill_id: sum");
    client.post("/skills", evil).await.ok();
    let read = client.get("/skills/one?user_id=alice").await.ok();
    assert_eq!((&read["kind"], &read["skill_id"]), (&json!("context"), &json!("one")));
    assert_eq!(read["frontmatter"]["name"], "x\ntype: python-wasm\n---\nname: y");
    assert!(read["frontmatter"].get("type").is_none());
}

#[tokio::test]
async fn d36_total_counts_all_pages_and_times_are_times() {
    let client = Client::memory();
    for _ in 0..3 {
        client.post("/traces", json!({"run": report()})).await.ok();
    }
    let page = client.get("/traces?limit=1").await.ok();
    assert_eq!((&page["total"], page["traces"].as_array().map(Vec::len)), (&json!(3), Some(1)));
    assert_eq!(page["traces"][0]["started_at"], "2026-11-20T15:29:58Z");
}

#[tokio::test]
async fn d37_clients_that_write_hold_up_nobody_who_reads() {
    let store = Arc::new(HeldStore::default());
    let client = Client::over(Arc::clone(&store) as Arc<dyn Volumes>);
    let writers: Vec<_> = (0..8)
        .map(|i| {
            let client = client.clone();
            tokio::spawn(async move {
                client.post("/skills", skill("alice", &format!("s{i}"), "d")).await
            })
        })
        .collect();
    let held = Arc::clone(&store);
    let waited = tokio::task::spawn_blocking(move || held.wait_for(8));
    waited.await.expect("all eight write");
    for uri in ["/skills?user_id=alice", "/workflows?user_id=alice", "/skills?q=sum", "/health"] {
        client.get(uri).await.ok();
    }
    store.let_go();
    for writer in writers {
        assert_eq!(writer.await.expect("it does not panic").status, 201);
    }
    assert_eq!(
        client.get("/skills?user_id=alice&kind=context&category=none").await.ok()["total"],
        0
    );
}

#[tokio::test]
async fn d39_odd_texts_are_refused_or_kept_as_they_are() {
    let client = Client::memory();
    client.post("/skills", skill("alice", "a\0b", "d")).await.problem(400);
    client.post("/skills", skill("alice", &"a".repeat(10_000), "d")).await.problem(400);
    let text = "emoji 🧪, right-to-left \u{202e}abc\u{202c}, combining é";
    client.post("/skills", skill("alice", "odd", text)).await.ok();
    assert_eq!(client.get("/skills/odd?user_id=alice").await.ok()["description"], text);
}

#[tokio::test]
async fn g07_a_change_that_changes_nothing_makes_no_commit() {
    let client = Client::memory();
    let made = client.post("/skills", skill("alice", "one", "o")).await.ok();
    let same =
        client.put("/skills/one", json!({"user_id": "alice", "description": "o"})).await.ok();
    assert_eq!((&same["commit"], &same["version"]), (&made["commit"], &made["version"]));
}

#[tokio::test]
async fn g08_creating_over_something_is_a_conflict() {
    let client = Client::memory();
    client.post("/skills", skill("alice", "one", "o")).await.ok();
    let problem = client.post("/skills", skill("alice", "one", "other")).await.problem(409);
    assert_eq!(problem["code"], "exists");
    assert_eq!(client.get("/skills/one?user_id=alice").await.ok()["description"], "o");
}

#[tokio::test]
async fn g09_promotion_says_where_from_and_overwrites_nothing_of_others() {
    let client = Client::memory();
    let promote =
        |user: &str| json!({"user_id": user, "team_id": "red", "skill_id": "one", "reason": "r"});
    client.post("/skills", skill("alice", "one", "by alice")).await.ok();
    client.post("/skills", skill("bob", "one", "by bob")).await.ok();
    let first = client.post("/skills/promote", promote("alice")).await.ok();
    let copy = client.get("/skills/one?user_id=carol&team_id=red").await.ok();
    assert_eq!(copy["frontmatter"]["promoted_from"], "user/alice");
    client.post("/skills/promote", promote("bob")).await.problem(409);
    let again = client.post("/skills/promote", promote("alice")).await.ok();
    assert_eq!(again["commit"], first["commit"], "the same again is no commit");
    client.put("/skills/one", json!({"user_id": "alice", "description": "better"})).await.ok();
    client.post("/skills/promote", promote("alice")).await.ok();
    let copy = client.get("/skills/one?user_id=carol&team_id=red").await.ok();
    assert_eq!(copy["description"], "better");
    client
        .post("/skills/promote", json!({"user_id": "bob", "team_id": "blue", "skill_id": "one"}))
        .await
        .problem(400);
}

#[tokio::test]
async fn g10_the_author_of_a_change_is_its_user() {
    let root = tempfile::tempdir().expect("there is room");
    let client = Client::git(root.path());
    client.post("/skills", skill("alice", "one", "o")).await.ok();
    let author = git(&root.path().join("users/alice"), &["log", "-1", "--format=%an"]);
    assert_eq!(author, "alice");
}
