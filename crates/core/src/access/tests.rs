use super::*;

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn volume(text: &str) -> VolumeId {
    text.parse().expect("a volume")
}

fn actors() -> Vec<(&'static str, Actor)> {
    let person = |teams: &[(&str, TeamRole)], system_admin| Actor::Person {
        user: slug("ana"),
        teams: teams.iter().map(|(team, role)| (slug(team), *role)).collect(),
        system_admin,
    };
    vec![
        ("loner", person(&[], false)),
        ("member", person(&[("atlas", TeamRole::Member)], false)),
        ("admin", person(&[("atlas", TeamRole::Admin)], false)),
        ("root", person(&[], true)),
        ("local", Actor::local(slug("ana"), [slug("atlas")])),
        ("team-cron", Actor::TeamCron { team: slug("atlas"), members: [slug("ana")].into() }),
        ("system-cron", Actor::SystemCron),
    ]
}

/// `r`ead, `w`rite, `p`romote, `o`ffer a proposal, `d`ecide; a dot for what is refused.
fn rights(actor: &Actor, volume: &VolumeId) -> String {
    let letters = ['r', 'w', 'p', 'o', 'd'];
    let marks = Action::ALL.into_iter().zip(letters);
    marks.map(|(action, letter)| if may(actor, action, volume) { letter } else { '.' }).collect()
}

#[test]
fn the_table_holds_for_every_actor_and_volume() {
    let want = [
        ("loner", ["rw...", ".....", ".....", ".....", "r..o."]),
        ("member", ["rw...", ".....", "r..o.", ".....", "r..o."]),
        ("admin", ["rw...", ".....", "rwpod", ".....", "r..o."]),
        ("root", ["rw...", ".....", "rwpod", "rwpod", "rwpod"]),
        ("local", ["rw...", ".....", "r.pod", ".....", "r..od"]),
        ("team-cron", ["r....", ".....", "rwpo.", ".....", "r...."]),
        ("system-cron", ["rw...", "rw...", "rwpo.", "rwpo.", "rwpo."]),
    ];
    let volumes = ["user/ana", "user/bob", "team/atlas", "team/borea", "system"].map(volume);
    for ((name, actor), (want_name, want_rights)) in actors().iter().zip(want) {
        assert_eq!(*name, want_name);
        let got: Vec<_> = volumes.iter().map(|volume| rights(actor, volume)).collect();
        assert_eq!(got, want_rights, "{name}");
    }
}

#[test]
fn a_refusal_says_who_what_and_what_to_do() {
    for (_, actor) in actors() {
        for volume in ["user/ana", "user/bob", "team/atlas", "team/borea", "system"].map(volume) {
            for action in Action::ALL {
                let answer = check(&actor, action, &volume);
                assert_eq!(answer.is_ok(), may(&actor, action, &volume));
                if let Err(denied) = answer {
                    assert!(denied.to_string().contains(&actor.name()));
                    assert!(denied.to_string().contains(&volume.to_string()));
                    assert!(!denied.hint.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_member_who_may_not_promote_is_told_to_propose() {
    let (_, member) = &actors()[1];
    let denied = check(member, Action::Promote, &volume("team/atlas")).expect_err("a member");
    assert_eq!(denied.hint, "propose it with `POST /proposals`, and let an admin decide");
}
