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
        ("team-cron", Actor::TeamCron { team: slug("atlas"), members: [slug("ana")].into() }),
        ("system-cron", Actor::SystemCron),
    ]
}

/// `r`ead, `w`rite, `p`romote; a dot for what is refused.
fn rights(actor: &Actor, volume: &VolumeId) -> String {
    [(Action::Read, 'r'), (Action::Write, 'w'), (Action::Promote, 'p')]
        .map(|(action, letter)| if may(actor, action, volume) { letter } else { '.' })
        .iter()
        .collect()
}

#[test]
fn the_table_holds_for_every_actor_and_volume() {
    let want = [
        ("loner", ["rw.", "...", "...", "...", "r.."]),
        ("member", ["rw.", "...", "r.p", "...", "r.."]),
        ("admin", ["rw.", "...", "rwp", "...", "r.."]),
        ("root", ["rw.", "...", "rwp", "rwp", "rwp"]),
        ("team-cron", ["r..", "...", "rwp", "...", "r.."]),
        ("system-cron", ["rw.", "rw.", "rwp", "rwp", "rwp"]),
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
            for action in [Action::Read, Action::Write, Action::Promote] {
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
fn local_mode_is_one_person_with_the_same_table() {
    let actor = Actor::local(slug("local"), [slug("atlas")]);
    for (name, want) in [
        ("user/local", "rw."),
        ("user/ana", "..."),
        ("team/atlas", "r.p"),
        ("team/x", "..."),
        ("system", "r.."),
    ] {
        assert_eq!(rights(&actor, &volume(name)), want, "{name}");
    }
}
