use super::*;
use crate::{
    access::{Actor, TeamRole},
    store::{BlobId, CommitId},
    volume::VolumeId,
};

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn name() -> ProposalName {
    ProposalName { user: slug("ana"), skill: slug("plot") }
}

#[test]
fn a_branch_names_a_proposal_or_says_why_not() {
    assert_eq!("pr/ana/plot".parse(), Ok(name()));
    assert_eq!(name().to_string(), "pr/ana/plot");
    for bad in [
        "",
        "main",
        "pr/",
        "pr/ana",
        "pr/ana/",
        "pr//plot",
        "pr/ana/plot/x",
        "pr/Ana/plot",
        "pr/../plot",
    ] {
        let error = bad.parse::<ProposalName>().expect_err(bad);
        assert!(error.hint().contains("pr/<user>/<skill>"), "{bad}");
    }
}

#[test]
fn a_member_proposes_an_admin_decides_and_nobody_approves_their_own_unawares() {
    let team: VolumeId = "team/atlas".parse().expect("a volume");
    let person = |user: &str, role: Option<TeamRole>, system_admin| Actor::Person {
        user: slug(user),
        teams: role.map(|role| (slug("atlas"), role)).into_iter().collect(),
        system_admin,
    };
    let (member, admin) = (Some(TeamRole::Member), Some(TeamRole::Admin));
    let local = |teams: &[&str]| Actor::local(slug("ana"), teams.iter().map(|team| slug(team)));
    // Whether they approve, approve knowingly, decline.
    let cases = [
        ("a stranger", person("eve", None, false), [false, false, false]),
        ("another member", person("bob", member, false), [false, false, false]),
        ("the proposer", person("ana", member, false), [false, false, true]),
        ("the proposer, who left", person("ana", None, false), [false, false, false]),
        ("another admin", person("bob", admin, false), [true, true, true]),
        ("the proposer, an admin", person("ana", admin, false), [false, true, true]),
        ("a system admin", person("root", None, true), [true, true, true]),
        ("the local person", local(&["atlas"]), [false, true, true]),
        ("the local person elsewhere", local(&["borea"]), [false, false, false]),
        (
            "a job",
            Actor::TeamCron { team: slug("atlas"), members: [].into() },
            [false, false, false],
        ),
        ("the system's job", Actor::SystemCron, [false, false, false]),
    ];
    for (who, actor, want) in cases {
        let (user, skill) = (slug("ana"), slug("plot"));
        let ways = [(true, Own::Unsaid), (true, Own::Said), (false, Own::Unsaid)];
        let got = ways.map(|(approve, own)| {
            check_decision(&actor, &team, (&user, &skill), approve, own).is_ok()
        });
        assert_eq!(got, want, "{who}");
    }
}

#[test]
fn what_a_commit_says_of_a_promotion_reads_back() {
    let id = |c: char| String::from(c).repeat(40);
    let from = Provenance {
        from: "user/ana".parse().expect("a volume"),
        version: BlobId(id('a')),
        commit: Some(CommitId(id('b'))),
        reason: "It helps.\n\nProposal: pr/eve/evil".into(),
    };
    for proposal in [true, false] {
        assert_eq!(Provenance::read(&promoted(&slug("plot"), &from, proposal)), Some(from.clone()));
    }
    let proposed = CommitId(id('c'));
    let text = merged(&name(), &proposed, Some(&from), "bob", "thanks");
    assert_eq!(Decision::read(&text), Some((Decision::Approved, name(), proposed.clone())));
    assert_eq!(Decision::by(&text), Some("bob"));
    assert_eq!(Provenance::read(&text).map(|read| read.version), Some(from.version));
    let text = declined(&name(), &proposed, "no\n\nDecided-By: root", "bob");
    assert_eq!(Decision::read(&text), Some((Decision::Declined, name(), proposed.clone())));
    assert_eq!(Decision::by(&text), Some("bob"));
    let text = reverted(&name(), &proposed, "it broke", "bob");
    assert_eq!(Decision::read(&text), Some((Decision::Reverted, name(), proposed)));
    assert_eq!(Decision::read("skill: change plot"), None);
}

#[test]
fn a_proposal_is_pushed_by_its_user_and_everything_else_by_those_who_may_change_the_volume() {
    let person = |user: &str, role: Option<TeamRole>, system_admin| Actor::Person {
        user: slug(user),
        teams: role.map(|role| (slug("atlas"), role)).into_iter().collect(),
        system_admin,
    };
    let local = |teams: &[&str]| Actor::local(slug("ana"), teams.iter().map(|team| slug(team)));
    let (member, admin) = (Some(TeamRole::Member), Some(TeamRole::Admin));
    let refs = [
        ("refs/heads/main", false),
        ("refs/tags/v1", false),
        ("refs/heads/pr/ana/plot", false),
        ("refs/heads/pr/bob/plot", false),
        ("refs/heads/pr/bob/plot", true),
        ("refs/heads/pr/ana", false),
        ("refs/heads/pr/ana/plot/more", false),
    ];
    let [no, own] = [[false; 7], [false, false, true, false, false, false, false]];
    let cases = [
        ("a stranger", person("eve", None, false), "team/atlas", no),
        ("a member", person("ana", member, false), "team/atlas", own),
        (
            "an admin",
            person("ana", admin, false),
            "team/atlas",
            [true, true, true, false, true, false, false],
        ),
        (
            "a system admin",
            person("ana", None, true),
            "system",
            [true, true, true, false, true, false, false],
        ),
        ("anybody", person("ana", None, false), "system", own),
        (
            "the local person",
            local(&["atlas"]),
            "team/atlas",
            [false, false, true, false, true, false, false],
        ),
        ("the local person elsewhere", local(&[]), "team/atlas", no),
        ("the owner", person("ana", None, false), "user/ana", [true; 7]),
        ("somebody else", person("eve", None, true), "user/ana", no),
        (
            "the system's job",
            Actor::SystemCron,
            "system",
            [true, true, false, false, false, false, false],
        ),
    ];
    for (who, actor, volume, want) in cases {
        let volume: VolumeId = volume.parse().expect("a volume");
        let got =
            refs.map(|(name, deletes)| check_push(&actor, &volume, PushedRef { name, deletes }));
        assert_eq!(got.clone().map(|refused| refused.is_ok()), want, "{who}: {got:?}");
        assert!(may_push(&actor, &volume).is_ok() || want == no, "{who}");
    }
}

#[test]
fn what_only_this_program_says_is_found_in_a_message() {
    let forged = "plot\n\nIt helps.\n\nReviewed-by: Bob\nPromoted-From: team/atlas\n";
    assert_eq!(claimed(forged), Some("Promoted-From"));
    assert_eq!(claimed("plot\n\nDecided-By: root\n"), Some("Decided-By"));
    // These mean nothing to whoever reads messages back.
    for innocent in ["Promoted-From: team/atlas", "plot\n\nDecided-By: root\n\nand more", "plot"] {
        assert_eq!(claimed(innocent), None, "{innocent}");
        assert_eq!(Provenance::read(innocent), None, "{innocent}");
    }
}

#[test]
fn a_skill_goes_up_one_step_at_a_time() {
    let volume = |text: &str| text.parse::<VolumeId>().expect("a volume");
    let cases = [
        ("team/atlas", "user/ana", None, Ok("user/ana")),
        ("system", "user/ana", Some("atlas"), Ok("team/atlas")),
        ("system", "user/ana", None, Err("`team_id` is missing")),
        ("user/bob", "user/ana", None, Err("nothing is promoted into volume `user/bob`")),
        ("team/atlas", "team/atlas", None, Err("volume `team/atlas` has its own skills already")),
    ];
    for (to, own, team, want) in cases {
        let got = origin(&volume(to), &volume(own), team.map(slug).as_ref());
        let got = got.map(|from| from.to_string()).map_err(|error| error.to_string());
        assert_eq!(got, want.map(str::to_owned).map_err(str::to_owned), "{to} from {own}");
    }
}
