use std::collections::BTreeMap;

use super::*;
use crate::access::TeamRole;

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
}

fn share(with: SharedWith, ends_at: Option<&str>) -> Share {
    Share {
        id: slug("0a1b2c3d"),
        session: slug("s1"),
        with,
        by: slug("ana"),
        created_at: at("2026-11-20T15:30:00Z"),
        ends_at: ends_at.map(at),
        n_messages: None,
    }
}

#[test]
fn a_token_opens_its_own_share_until_that_ends() {
    let link = FreshLink::new(0x0a1b_2c3d, &[7; 32]);
    let other = FreshLink::new(0x0a1b_2c3d, &[8; 32]);
    assert_eq!(share_of_token(&link.token), Some(link.id.clone()));
    assert!(link.token.len() > 64 && !link.token.contains(&link.hash().to_string()));
    let open = share(SharedWith::Link(link.hash()), None);
    let ending = share(SharedWith::Link(link.hash()), Some("2026-11-21T00:00:00Z"));
    let (before, end) = (at("2026-11-20T23:59:59.999Z"), at("2026-11-21T00:00:00Z"));
    let cases = [
        (&open, link.token.as_str(), end, true),
        (&ending, &link.token, before, true),
        (&ending, &link.token, end, false),
        (&open, &other.token, before, false),
        (&open, &link.token[..link.token.len() - 1], before, false),
        (&open, "", before, false),
        (&open, "share_0a1b2c3d_", before, false),
    ];
    for (share, token, now, want) in cases {
        assert_eq!(share.opens_with(token, now), want, "{token} at {now}");
    }
}

#[test]
fn what_is_no_token_names_no_share() {
    for text in ["", "share_", "share_0a1b2c3d", "llmos_0a1b2c3d_00", "share_../x_00", "share_A_00"]
    {
        assert_eq!(share_of_token(text), None, "{text}");
    }
}

#[test]
fn a_hash_reads_back_what_it_prints() {
    let hash = FreshLink::new(1, &[3; 32]).hash();
    assert_eq!(hash.to_string().parse(), Ok(hash));
    for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"0".repeat(66)] {
        assert_eq!(text.parse::<LinkHash>(), Err(LinkHashError), "{text}");
    }
}

#[test]
fn an_offer_is_for_the_members_of_its_team_and_opens_with_no_token() {
    let person = |user: &str, team: &str, system_admin| Actor::Person {
        user: slug(user),
        teams: BTreeMap::from([(slug(team), TeamRole::Member)]),
        system_admin,
    };
    let offer = share(SharedWith::Team(slug("atlas")), Some("2026-11-21T00:00:00Z"));
    let (now, late) = (at("2026-11-20T16:00:00Z"), at("2026-11-21T00:00:00Z"));
    assert!(offer.is_for(&person("bob", "atlas", false), now));
    assert!(!offer.is_for(&person("bob", "atlas", false), late));
    assert!(!offer.is_for(&person("eve", "borea", false), now));
    assert!(offer.is_for(&Actor::local(slug("eve"), [slug("atlas")]), now));
    assert!(!offer.is_for(&Actor::local(slug("ana"), [slug("borea")]), now));
    let link = FreshLink::new(0x0a1b_2c3d, &[7; 32]);
    assert!(!offer.opens_with(&link.token, now));
    let shared = share(SharedWith::Link(link.hash()), None);
    assert!(!shared.is_for(&person("ana", "atlas", true), now));
}

#[test]
fn a_share_shows_what_was_said_when_it_was_made_or_all() {
    let head = SessionHead::new(
        slug("s1"),
        "Work".to_owned(),
        VolumeId::System,
        slug("ana"),
        at("2026-11-20T15:30:00Z"),
    );
    let head = head.with_messages(5, head.created_at);
    let all = share(SharedWith::Team(slug("atlas")), None);
    for (n_messages, want) in [(None, 5), (Some(3), 3), (Some(9), 5), (Some(0), 0)] {
        assert_eq!(Share { n_messages, ..all.clone() }.shown(&head), want);
    }
}
