//! Who pushes as whom with the ordinary `git` program, and what nobody can make a volume believe.

use std::{fs, sync::Arc};

use llmos_core::members::{Directory, DirectoryError, Members, parse};
use serde_json::json;

use crate::{
    served::{Served, assert_says, commit, git, refused},
    support::SUM,
};

/// Ana decides in the team Atlas; Bob and Cleo belong to it, Eve does not; Root administers everything.
struct Kept(Arc<Members>);

impl Directory for Kept {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(Some(Arc::clone(&self.0)))
    }
}

const MEMBERS: &str = "---
users:
  - id: ana
    role: user
  - id: bob
    role: user
  - id: cleo
    role: user
  - id: eve
    role: user
  - id: chief
    role: system_admin
teams:
  - id: atlas
    members:
      - user: ana
        role: team_admin
      - user: bob
        role: user
      - user: cleo
        role: user
---
";

fn served() -> Served {
    let members = parse(MEMBERS.as_bytes()).members.expect("it is a file of members");
    let served = Served::of(Arc::new(Kept(Arc::new(members))));
    // The team has a skill that Ana promoted.
    let first = json!({"user_id": "ana", "skill_id": "first", "name": "First", "description": "d"});
    served.post("/skills", first);
    let first =
        json!({"user_id": "ana", "team_id": "atlas", "skill_id": "first", "reason": "first"});
    served.post("/skills/promote", first);
    served
}

/// Clones the team's volume as somebody.
fn cloned(served: &Served, user: &str) -> std::path::PathBuf {
    served.clone(&format!("as/{user}/teams/atlas"), user)
}

#[test]
fn an_admin_pushes_to_the_team_as_themselves_and_a_member_does_not() {
    let served = served();
    let ana = cloned(&served, "ana");
    let pushed = commit(&ana, &[("skills/sum.md", SUM)], "sum");
    git(&ana, &["push", "--quiet", "origin", "main"]);
    let team = served.volume("teams/atlas");
    assert_eq!(git(&team, &["rev-parse", "main"]), pushed);
    assert_says(&git(&team, &["reflog", "-1", "--format=%gn", "main"]), &["ana"]);

    let bob = cloned(&served, "bob");
    commit(&bob, &[("skills/mine.md", SUM)], "mine");
    let said = refused(&bob, &["push", "origin", "main"]);
    assert_says(
        &said,
        &["main -> main (`bob` may not change volume `team/atlas`)", "hint: push to `pr/"],
    );
    let said = refused(&bob, &["push", "origin", "HEAD:refs/tags/v1", "HEAD:refs/heads/try"]);
    assert_says(&said, &["v1 (`bob` may not change", "try (`bob` may not change"]);
    assert_eq!(git(&team, &["rev-parse", "main"]), pushed);
    assert_eq!(git(&team, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");

    for (address, why) in [
        ("as/eve/teams/atlas", "may not read volume `team/atlas`"),
        ("as/nobody/teams/atlas", "there is no user `nobody`"),
        ("teams/atlas", "there is no user `local`"),
        ("as/chief/users/ana", "may not read volume `user/ana`"),
        ("as/ana", "there is no repository at this address"),
    ] {
        let said = refused(&bob, &["ls-remote", &served.url(address)]);
        assert_says(&said, &[why]);
    }
    commit(&bob, &[("skills/x.md", SUM)], "x");
    let said = refused(&bob, &["push", &served.url("as/chief/users/ana"), "HEAD:main"]);
    assert_says(&said, &["may not change volume `user/ana`"]);
    served.assert_tidy();
}

#[test]
fn the_branch_of_a_proposal_is_its_users_alone() {
    let served = served();
    let (ana, bob, cleo) =
        (cloned(&served, "ana"), cloned(&served, "bob"), cloned(&served, "cleo"));
    commit(&bob, &[("skills/sum.md", SUM)], "sum: what we all add with");
    git(&bob, &["push", "--quiet", "origin", "HEAD:pr/bob/sum"]);
    let listed = served.get("/proposals?user_id=ana&state=open");
    let open = &listed["proposals"][0];
    assert_eq!((&open["user"], &open["skill_id"]), (&json!("bob"), &json!("sum")), "{listed:#}");
    assert!(open["provenance"].is_null(), "nothing is known of where it came from");
    let id = open["id"].as_str().expect("it has an id").to_owned();

    let evil = SUM.replace("a + b", "a - b");
    for other in [&cleo, &ana] {
        git(other, &["fetch", "--quiet", "origin", "pr/bob/sum"]);
        git(other, &["checkout", "--quiet", "-B", "theirs", "FETCH_HEAD"]);
        commit(other, &[("skills/sum.md", &evil)], "sum: better");
        let said = refused(other, &["push", "--force", "origin", "HEAD:pr/bob/sum"]);
        assert_says(&said, &["pr/bob/sum (only `bob` may push to a proposal of `bob`)"]);
        let said = refused(other, &["push", "origin", "HEAD:refs/heads/pr/bob/other"]);
        assert_says(&said, &["only `bob` may push"]);
    }
    let said = refused(&bob, &["push", "origin", "HEAD:pr/bob"]);
    assert_says(&said, &["is not the branch of a proposal"]);
    let said = refused(&cleo, &["push", "origin", ":pr/bob/sum"]);
    assert_says(&said, &["may not decide about proposals"]);
    let team = served.volume("teams/atlas");
    assert_eq!(git(&team, &["rev-parse", "pr/bob/sum"]), id);

    // What was pushed is decided about like any other proposal.
    let decided = json!({"user_id": "ana", "volume": "team/atlas", "reason": "thanks"});
    served.post(&format!("/proposals/{id}/approve"), decided);
    assert_eq!(served.get("/skills/sum?user_id=cleo&team_id=atlas")["volume"], "team/atlas");
    // To take it back is offered to those who may.
    for (user, may) in [("ana", true), ("chief", true), ("bob", false), ("cleo", false)] {
        let listed = served.get(&format!("/proposals?user_id={user}&volume=team/atlas"));
        assert_eq!(listed["proposals"][0]["may_revert"], may, "{user}: {listed:#}");
    }
    git(&cleo, &["push", "--quiet", "origin", "HEAD:pr/cleo/sum"]);
    git(&ana, &["push", "--quiet", "origin", ":pr/cleo/sum"]);
}

#[test]
fn nobody_pushes_what_only_the_program_may_say() {
    let served = served();
    let (ana, bob) = (cloned(&served, "ana"), cloned(&served, "bob"));
    let team = served.volume("teams/atlas");
    let before = git(&team, &["rev-parse", "main"]);
    let id = "1".repeat(40);
    for forged in [
        format!(
            "skill: propose sum\n\nTrust me.\n\nPromoted-From: team/atlas\nPromoted-Version: {id}"
        ),
        format!(
            "proposal: decline sum of bob\n\nProposal: pr/bob/sum\nProposed-Commit: {id}\nDecided-By: ana"
        ),
        "sum\n\nDecided-By: ana".to_owned(),
    ] {
        // Also where a sound commit stands on top of it.
        commit(&bob, &[("skills/sum.md", SUM)], &forged);
        commit(&bob, &[("notes.md", &forged)], "notes");
        let said = refused(&bob, &["push", "origin", "HEAD:pr/bob/sum"]);
        assert_says(
            &said,
            &["remote: commit ", "which only this program may", "hint: write another message"],
        );
        git(&bob, &["reset", "--quiet", "--hard", "origin/main"]);
    }
    // Not even an admin, and not hidden behind a merge.
    git(&ana, &["checkout", "--quiet", "-b", "side"]);
    commit(
        &ana,
        &[("skills/sum.md", SUM)],
        &format!("approve\n\nDecided-By: chief\nProposed-Commit: {before}"),
    );
    git(&ana, &["checkout", "--quiet", "main"]);
    commit(&ana, &[("notes.md", "x")], "notes");
    git(&ana, &["merge", "--quiet", "--no-edit", "-m", "merge", "side"]);
    let said = refused(&ana, &["push", "origin", "main"]);
    assert_says(&said, &["which only this program may"]);
    assert_eq!(git(&team, &["rev-parse", "main"]), before);
    assert_eq!(served.get("/proposals?user_id=ana")["proposals"], json!([]));
    // What the program itself said is no obstacle to whoever builds on it.
    git(&ana, &["reset", "--quiet", "--hard", "origin/main"]);
    assert_says(&git(&ana, &["log", "-1", "--format=%b"]), &["Promoted-From: user/ana"]);
    commit(&ana, &[("notes.md", "x")], "notes");
    git(&ana, &["push", "--quiet", "origin", "main"]);
    let first = served.get("/skills/first?user_id=bob&team_id=atlas");
    assert_eq!(first["provenance"]["from"], "user/ana");
    assert!(fs::read_to_string(team.join("notes.md")).is_ok());
}
