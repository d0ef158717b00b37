use proptest::prelude::*;

use super::*;

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn atlas() -> Members {
    let mut members = Members::default();
    for id in ["ana", "bob"] {
        members.add_user(slug(id), User::default()).expect("new");
    }
    let root = User { name: Some("Root: the \"first\"".into()), system_admin: true, email: None };
    members.add_user(slug("root"), root).expect("new");
    members.add_team(slug("atlas"), Some("Atlas".into()), &slug("ana")).expect("new");
    members.set_member(&slug("atlas"), &slug("bob"), TeamRole::Member).expect("a user");
    members
}

#[test]
fn the_file_reads_back_and_people_can_read_it() {
    let members = atlas();
    let text = print(&members);
    assert_eq!(parse(text.as_bytes()).members.as_ref(), Some(&members), "{text}");
    let (front, below) = text.rsplit_once("---\n\n").expect("front matter");
    assert!(front.contains("  - id: bob\n    role: user\n"), "{front}");
    assert!(
        front.contains("    members:\n      - user: ana\n        role: team_admin\n"),
        "{front}"
    );
    assert!(below.ends_with("\n- team `atlas`: ana (admin), bob\n"), "{below}");
}

#[test]
fn any_mistake_gives_no_members_and_says_where() {
    let cases = [
        ("", 1, "the file has no front matter"),
        ("---\nusers: ana\n---\n", 2, "`users` is a text, not a list"),
        ("---\nusers: [{id: Ana}]\n---\n", 2, "`id`: the name holds `A` at position 1"),
        ("---\nusers: [{}]\n---\n", 2, "`id`: the name is empty"),
        ("---\nusers: [{id: a}, {id: a}]\n---\n", 2, "`a` stands in `users` twice"),
        ("---\nusers: [{id: a, role: root}]\n---\n", 2, "there is no such role here"),
        ("---\nusers: [{id: a, roles: user}]\n---\n", 2, "`roles` means nothing here"),
        ("---\nusers: [{id: a, name: \"a\\nb\"}]\n---\n", 2, "`name` cannot stand in a commit"),
        (
            "---\nteams:\n  - id: t\n    members: [{user: x}]\n---\n",
            4,
            "`x` of team `t` is no user",
        ),
        ("---\nteam: []\n---\n", 2, "`team` means nothing here"),
    ];
    for (text, line, message) in cases {
        let check = parse(text.as_bytes());
        assert_eq!(check.members, None, "{text:?}");
        let first = check.diagnostics.first().expect("a finding");
        assert_eq!((first.position.line, first.message.as_str()), (line, message), "{text:?}");
        assert!(first.hint.is_some(), "{text:?}");
    }
    assert_eq!(parse(b"---\nusers:\nteams:\n---\n").members, Some(Members::default()));
}

#[test]
fn a_person_has_the_rights_of_their_teams_and_a_stranger_is_nobody() {
    let members = atlas();
    let Some(Actor::Person { teams, system_admin, .. }) = members.person(&slug("ana")) else {
        panic!("ana is a person")
    };
    assert_eq!((teams, system_admin), ([(slug("atlas"), TeamRole::Admin)].into(), false));
    assert_eq!(members.person(&slug("eve")), None);
    assert_eq!(members.team_cron(&slug("borea")), None);
    let Some(Actor::TeamCron { members: readable, .. }) = members.team_cron(&slug("atlas")) else {
        panic!("atlas is a team")
    };
    assert_eq!(readable, [slug("ana"), slug("bob")].into());
}

#[test]
fn a_team_never_loses_its_last_admin() {
    let mut members = atlas();
    let (atlas, ana, bob) = (slug("atlas"), slug("ana"), slug("bob"));
    let last = MembersError::LastAdmin { team: atlas.clone(), user: ana.clone() };
    assert_eq!(members.remove_member(&atlas, &ana), Err(last.clone()));
    assert_eq!(members.set_member(&atlas, &ana, TeamRole::Member), Err(last.clone()));
    assert_eq!(members.remove_user(&ana), Err(last));
    members.set_member(&atlas, &bob, TeamRole::Admin).expect("bob is a user");
    members.remove_user(&ana).expect("bob decides now");
    assert_eq!(members.person(&ana), None);
    assert!(!members.teams()[&atlas].members.contains_key(&ana));
    let unknown = MembersError::Unknown { what: "user", id: ana.clone() };
    assert_eq!(members.set_member(&atlas, &ana, TeamRole::Member), Err(unknown));
    members.remove_team(&atlas).expect("it is there");
    members.remove_user(&bob).expect("no team needs him");
}

proptest! {
    #[test]
    fn whatever_is_printed_reads_back(
        users in proptest::collection::btree_map("[a-z][a-z0-9]{0,5}", (proptest::option::of("[^\\p{C}<>]{1,12}"), any::<bool>()), 1..6),
        teams in proptest::collection::btree_map("[a-z]{1,5}", proptest::collection::btree_map(0usize..6, any::<bool>(), 0..5), 0..4),
    ) {
        let mut members = Members::default();
        for (id, (name, system_admin)) in &users {
            members.users.insert(slug(id), User { name: name.clone(), email: None, system_admin: *system_admin });
        }
        let ids: Vec<_> = members.users.keys().cloned().collect();
        for (id, of) in teams {
            let role = |admin| if admin { TeamRole::Admin } else { TeamRole::Member };
            let of = of.into_iter().map(|(i, admin)| (ids[i % ids.len()].clone(), role(admin)));
            members.teams.insert(slug(&id), Team { name: None, members: of.collect() });
        }
        let text = print(&members);
        let check = parse(text.as_bytes());
        prop_assert_eq!(check.members, Some(members), "{}\n{:?}", text, check.diagnostics);
    }
}
