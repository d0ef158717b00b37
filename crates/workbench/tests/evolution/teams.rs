//! What a team, and all teams together, learn.

use llmos_api::{
    evolution::{EvolveRequest, EvolveScope},
    proposal::{DecideProposal, ProposalState},
    skill::{CreateSkill, PromoteSkill},
    trace::Outcome,
    workflow::WorkflowDoc,
};
use llmos_core::{store::CommitId, volume::VolumeId};
use llmos_workbench::{Drafts, Error, ErrorKind};
use serde_json::json;

use crate::support::*;

#[test]
fn a_team_learns_across_its_members_from_five_runs_on() {
    let it = bench();
    let [ana, bob] = ["ana", "bob"].map(|user| caller(user, Some("red")));
    let team = EvolveRequest { scope: EvolveScope::Team, ..EvolveRequest::default() };
    for (who, n) in [(&ana, 2), (&bob, 2)] {
        for iterations in 0..n {
            it.run(who, ["a", "b"], json!(iterations), Outcome::Success);
        }
    }
    assert_eq!(it.bench.evolve(&ana, &team).expect("she may").patterns_detected, 0, "four are few");
    it.run(&bob, ["c", "d"], json!(9), Outcome::Success);
    let report = it.bench.evolve(&ana, &team).expect("she may");
    assert_eq!((report.volume.as_str(), report.drafts.len()), ("team/red", 1));
    assert_eq!(report.drafts[0].users, [("ana".to_owned(), 2), ("bob".to_owned(), 3)].into());
    let stranger = it.bench.evolve(
        &caller("eve", Some("blue")),
        &EvolveRequest { team_id: Some("red".to_owned()), ..team.clone() },
    );
    assert_eq!(stranger.expect_err("she is none of them").kind(), ErrorKind::Denied);
    let draft = Drafts {
        volume: Some("team/red".parse().expect("it is a volume")),
        ..asked(&report.drafts[0])
    };
    let eve = it.bench.accept_draft(&caller("eve", None), &draft);
    assert_eq!(eve.expect_err("she is none of them").kind(), ErrorKind::Denied);
    it.bench.accept_draft(&bob, &draft).expect("a member may");
    let seen = it.bench.list_workflows(&ana, &all()).expect("it works");
    assert_eq!(seen.workflows[0].volume, "team/red");
}

#[test]
fn the_system_is_no_place_for_everybody() {
    let it = bench();
    let asked = EvolveRequest { scope: EvolveScope::System, ..EvolveRequest::default() };
    let denied: Result<_, Error> = it.bench.evolve(&caller("ana", None), &asked);
    assert_eq!(denied.expect_err("she is no administrator").kind(), ErrorKind::Denied);
    it.bench.evolve(&it.bench.system_cron(), &asked).expect("the cron may");
}

#[test]
fn a_skill_of_a_team_that_three_people_use_goes_up_and_one_that_two_use_does_not() {
    let it = bench();
    let dan = caller("dan", Some("red"));
    let source =
        VQE.replace("skill_id: vqe", "skill_id: vqe-fast").replace("name: VQE", "name: Fast");
    let skill = CreateSkill { source: Some(source), ..CreateSkill::default() };
    it.bench.create_skill(&dan, &skill).expect("it is new");
    let promote = PromoteSkill {
        team_id: Some("red".to_owned()),
        skill_id: "vqe-fast".to_owned(),
        reason: "r".to_owned(),
        ..PromoteSkill::default()
    };
    it.bench.promote_skill(&dan, &promote).expect("a member may");
    let cron = it.bench.system_cron();
    let asked = |auto_apply| EvolveRequest {
        scope: EvolveScope::System,
        auto_apply,
        ..EvolveRequest::default()
    };
    let pass = |auto_apply| {
        let report = it.bench.evolve(&cron, &asked(auto_apply)).expect("the cron may");
        (report.proposals.len(), report.skills_created)
    };
    for (user, want) in [("ana", 0), ("bob", 0), ("eve", 1)] {
        let doc: WorkflowDoc = serde_json::from_value(json!({
            "workflow_id": "fast", "name": "Fast", "description": "", "tags": [],
            "nodes": [{"id": "one", "skill_id": "vqe-fast"}], "edges": [],
        }))
        .expect("it is a workflow");
        it.run_doc(&caller(user, Some("red")), doc, Outcome::Success);
        assert_eq!(pass(false), (want, 0), "after {user}");
    }
    let proposals = || {
        let list = it.bench.list_proposals(&cron, Some(&VolumeId::System), None);
        list.expect("the cron may").proposals
    };
    let [waits] = proposals().try_into().expect("the system volume was asked");
    assert_eq!((waits.state, waits.skill_id.as_str()), (ProposalState::Open, "vqe-fast"));
    assert_eq!(waits.reason, "3 uses by 3 people, 3 with success");
    let head = it.head("system");
    assert_eq!(pass(false), (1, 0));
    assert_eq!((proposals().len(), it.head("system")), (1, head), "it is asked once");

    let zoe = caller("zoe", None);
    let decision = DecideProposal { reason: "too special".to_owned(), ..DecideProposal::default() };
    let id = CommitId(waits.id.clone());
    it.bench.decline_proposal(&zoe, &id, None, &decision).expect("there is one person");
    assert_eq!(pass(false), (1, 0));
    let states: Vec<_> = proposals().iter().map(|one| one.state).collect();
    assert_eq!(states, [ProposalState::Declined], "what was declined stays declined");
    assert_eq!(pass(true), (1, 1));
    let id = "vqe-fast".parse().expect("it is a slug");
    let seen = it.bench.read_skill(&caller("zoe", None), &id, None, None).expect("it is there");
    assert_eq!(seen.frontmatter["promoted_from"], "team/red");
    assert_eq!(pass(true), (0, 0), "it is there already");
}
