//! What every [`Shares`](llmos_core::session::Shares) promises, as a part of its sessions.

use llmos_core::session::{FreshLink, Sessions, SessionsError, Share, SharedWith};

use super::{at, begin, id};

fn link(n: u32, session: &str, seconds: i64) -> Share {
    let fresh = FreshLink::new(n, &[7; 32]);
    Share {
        id: fresh.id.clone(),
        session: id(session),
        with: SharedWith::Link(fresh.hash()),
        by: id("ana"),
        created_at: at(seconds),
        ends_at: None,
        n_messages: Some(3),
    }
}

fn offer(n: u32, session: &str, team: &str, seconds: i64) -> Share {
    let with = SharedWith::Team(id(team));
    Share { with, n_messages: None, ends_at: Some(at(seconds + 60)), ..link(n, session, seconds) }
}

#[track_caller]
fn add(sessions: &impl Sessions, share: &Share) {
    sessions.add_share(share).expect("it is kept");
}

#[track_caller]
fn find(sessions: &impl Sessions, share: &Share) -> Option<Share> {
    sessions.find_share(&share.id).expect("it answers")
}

/// A share comes back with all that was said of it, and is there once however often it is added.
pub fn a_share_comes_back_as_it_was_kept(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    for share in [link(1, "s1", 2), offer(2, "s1", "atlas", 3)] {
        assert_eq!(find(sessions, &share), None);
        add(sessions, &share);
        add(sessions, &share);
        assert_eq!(find(sessions, &share), Some(share));
    }
    assert_eq!(sessions.shares_of(&id("s1")).expect("it answers").len(), 2);
}

/// Nothing is shared that is not there, and no share takes the place of another.
pub fn a_share_needs_its_session_and_an_id_of_its_own(sessions: &impl Sessions) {
    let lost = sessions.add_share(&link(1, "s1", 2));
    assert!(matches!(lost, Err(SessionsError::Unknown { .. })), "got {lost:?}");
    begin(sessions, "s1", "user/ana", 1);
    begin(sessions, "s2", "user/bo", 1);
    let first = link(1, "s1", 2);
    add(sessions, &first);
    let second = sessions.add_share(&link(1, "s2", 2));
    assert!(matches!(second, Err(SessionsError::ShareExists { .. })), "got {second:?}");
    assert_eq!(find(sessions, &first), Some(first));
    assert_eq!(sessions.shares_of(&id("s2")).expect("it answers"), []);
}

/// A list has the newest first, of one session or of one team.
pub fn shares_are_listed_by_session_and_by_team(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    begin(sessions, "s2", "user/bo", 1);
    let (one, two) = (link(1, "s1", 2), offer(2, "s1", "atlas", 4));
    let (three, four) = (offer(3, "s2", "atlas", 3), offer(4, "s2", "borea", 5));
    for share in [&one, &two, &three, &four] {
        add(sessions, share);
    }
    let of = |session: &str| sessions.shares_of(&id(session)).expect("it answers");
    let to = |team: &str| sessions.offers_to(&id(team)).expect("it answers");
    assert_eq!(of("s1"), [two.clone(), one]);
    assert_eq!(of("s2"), [four.clone(), three.clone()]);
    assert_eq!(to("atlas"), [two, three]);
    assert_eq!(to("borea"), [four]);
    assert_eq!((of("s3"), to("none")), (Vec::new(), Vec::new()));
}

/// What was revoked is found nowhere; only through its own session is a share revoked.
pub fn a_share_that_was_revoked_is_found_nowhere(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    begin(sessions, "s2", "user/bo", 1);
    let (one, two) = (link(1, "s1", 2), offer(2, "s1", "atlas", 3));
    add(sessions, &one);
    add(sessions, &two);
    let revoke = |session: &str, share: &Share| {
        sessions.revoke_share(&id(session), &share.id).expect("it answers")
    };
    assert!(!revoke("s2", &one), "it belongs to another session");
    assert_eq!(find(sessions, &one).as_ref(), Some(&one));
    assert!(revoke("s1", &one));
    assert!(!revoke("s1", &one), "it is gone");
    assert!(revoke("s1", &two));
    for share in [&one, &two] {
        assert_eq!(find(sessions, share), None);
    }
    assert_eq!(sessions.shares_of(&id("s1")).expect("it answers"), []);
    assert_eq!(sessions.offers_to(&id("atlas")).expect("it answers"), []);
}

/// A session that is forgotten takes its shares along, and one that gets its id later has none.
pub fn a_session_takes_its_shares_along(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    begin(sessions, "s2", "user/ana", 1);
    let shares = [link(1, "s1", 2), offer(2, "s1", "atlas", 3), offer(3, "s2", "atlas", 3)];
    for share in &shares {
        add(sessions, share);
    }
    sessions.remove(&id("s1"), None).expect("it is forgotten");
    begin(sessions, "s1", "user/bo", 5);
    assert_eq!((find(sessions, &shares[0]), find(sessions, &shares[1])), (None, None));
    assert_eq!(sessions.shares_of(&id("s1")).expect("it answers"), []);
    assert_eq!(sessions.offers_to(&id("atlas")).expect("it answers"), [shares[2].clone()]);
}
