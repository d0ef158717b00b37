use proptest::prelude::*;

use super::*;

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn key(user: &str, fresh: &FreshKey) -> ApiKey {
    ApiKey {
        user: slug(user),
        team: None,
        name: None,
        created_at: "2026-11-30T08:00:00Z".parse().expect("a time"),
        sha256: fresh.sha256(),
    }
}

#[test]
fn a_key_is_found_by_its_whole_text_and_by_nothing_else() {
    let (ana, bob) = (FreshKey::new(1, &[7; 32]), FreshKey::new(2, &[8; 32]));
    let mut keys = ApiKeys::default();
    keys.add(ana.id.clone(), key("ana", &ana)).expect("it is new");
    keys.add(bob.id.clone(), key("bob", &bob)).expect("it is new");
    assert_eq!(ana.text.len(), "llmos_00000001_".len() + 64);
    assert_eq!(keys.find(&ana.text).map(|key| key.user.as_str()), Some("ana"));
    assert_eq!(keys.find(&bob.text).map(|key| key.user.as_str()), Some("bob"));

    let secret = &ana.text["llmos_00000001_".len()..];
    let wrong = [
        String::new(),
        secret.to_owned(),
        "llmos_00000001_".to_owned(),
        format!("llmos_00000002_{secret}"),
        format!("{} ", ana.text),
        ana.text.to_uppercase(),
        ana.text.replace("07", "08"),
        format!("llmos_../../x_{secret}"),
    ];
    for shown in wrong {
        assert_eq!(keys.find(&shown), None, "{shown}");
    }
}

#[test]
fn a_revoked_key_is_gone_and_an_id_is_given_once() {
    let fresh = FreshKey::new(0x3f9a_1c20, &[1; 32]);
    let mut keys = ApiKeys::default();
    keys.add(fresh.id.clone(), key("ana", &fresh)).expect("it is new");
    let again = keys.add(fresh.id.clone(), key("bob", &fresh));
    assert_eq!(again, Err(ApiKeysError::Exists { id: slug("3f9a1c20") }));
    keys.revoke(&fresh.id).expect("it is there");
    assert_eq!(keys.find(&fresh.text), None);
    assert_eq!(keys.revoke(&fresh.id), Err(ApiKeysError::Unknown { id: fresh.id.clone() }));

    keys.add(fresh.id.clone(), key("ana", &fresh)).expect("it is free");
    assert_eq!((keys.revoke_all(&slug("bob")), keys.revoke_all(&slug("ana"))), (0, 1));
}

#[test]
fn the_file_holds_the_hash_and_not_the_key() {
    let fresh = FreshKey::new(1, &[7; 32]);
    let mut keys = ApiKeys::default();
    keys.add(fresh.id.clone(), key("ana", &fresh)).expect("it is new");
    let text = print(&keys);
    assert!(text.contains("user: ana") && text.contains(&hex(&fresh.sha256())), "{text}");
    assert!(!text.contains(&hex(&[7; 32])), "{text}");
}

#[test]
fn any_mistake_gives_no_keys_and_says_where() {
    let hash = "a".repeat(64);
    let whole = format!(
        "---\nkeys:\n  - id: k1\n    user: ana\n    created_at: 2026-11-30T08:00:00Z\n    sha256: {hash}\n---\n"
    );
    assert!(parse(whole.as_bytes()).keys.is_some(), "{:?}", parse(whole.as_bytes()));
    let cases = [
        (String::new(), 1, "the file has no front matter"),
        (whole.replace("user: ana", "user: Ana"), 4, "`user` is not an id"),
        (whole.replace("user: ana", "usr: ana"), 4, "`usr` means nothing here"),
        (whole.replace(&hash, "abc"), 6, "`sha256` is not the 64 digits of a SHA-256"),
        (
            whole.replace("2026-11-30T", "soon "),
            5,
            "`created_at` is not a time such as `2026-11-30T08:00:00Z`",
        ),
        (whole.replace("- id: k1", "- id: K"), 3, "`id`: the name holds `K` at position 1"),
        (whole.replace("    user", "    team: ../x\n    user"), 4, "`team` is not an id"),
    ];
    for (text, line, message) in cases {
        let check = parse(text.as_bytes());
        assert_eq!(check.keys, None, "{text}");
        let found = check.diagnostics.iter().any(|found| {
            (found.position.line, found.message.as_str()) == (line, message) && found.hint.is_some()
        });
        assert!(found, "{text}\n{:?}", check.diagnostics);
    }
}

proptest! {
    #[test]
    fn printing_then_reading_gives_the_same_keys(
        ids in proptest::collection::btree_set(any::<u32>(), 0..5),
        name in proptest::option::of("[a-zA-Z0-9 :#'-]{1,30}[a-z]"),
        team in proptest::option::of("[a-z0-9]{1,8}"),
        seconds in 0_i64..4_000_000_000,
    ) {
        let mut keys = ApiKeys::default();
        for id in ids {
            let fresh = FreshKey::new(id, &[id.to_le_bytes()[0]; 32]);
            let key = ApiKey {
                name: name.as_ref().map(|name| name.trim().to_owned()),
                team: team.as_ref().map(|team| slug(team)),
                created_at: Timestamp::from_second(seconds).expect("a time"),
                ..key("ana", &fresh)
            };
            keys.add(fresh.id, key).expect("it is new");
        }
        let text = print(&keys);
        let check = parse(text.as_bytes());
        prop_assert_eq!(check.keys.as_ref(), Some(&keys), "{}\n{:?}", text, check.diagnostics);
    }
}
