//! Shares of sessions where somebody keeps members, and time passes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use llmos_api::{
    session::{CreateSession, SessionList},
    share::{MadeShare, ShareSession},
};
use llmos_core::{
    access::TeamRole,
    members::{Directory, DirectoryError, Members, User},
    slug::Slug,
};
use llmos_testkit::{MemorySessions, MemoryStore};
use llmos_workbench::{Caller, Error, ErrorKind, MessageFilter, Page, Workbench, World};

/// Time passes when the test says so.
struct Clock(Mutex<Timestamp>, AtomicU32);

impl World for Clock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody failed")
    }

    fn random(&self) -> u32 {
        self.1.fetch_add(0x9e37_79b9, Ordering::Relaxed)
    }
}

/// Members that the test changes.
struct Kept(Mutex<Members>);

impl Directory for Kept {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(Some(Arc::new(self.0.lock().expect("nobody failed").clone())))
    }
}

struct Fixture {
    workbench: Workbench,
    clock: Arc<Clock>,
    kept: Arc<Kept>,
}

const ALL: MessageFilter = MessageFilter { before: None, after: None, limit: 1000 };

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

/// Ana and bob are in atlas, which boss administers; eve is in no team.
fn members() -> Members {
    let mut members = Members::default();
    for user in ["ana", "bob", "boss", "eve"] {
        members.add_user(slug(user), User::default()).expect("it is new");
    }
    members.add_team(slug("atlas"), None, &slug("boss")).expect("it is new");
    for user in ["ana", "bob"] {
        members.set_member(&slug("atlas"), &slug(user), TeamRole::Member).expect("it is a user");
    }
    members
}

fn fixture() -> Fixture {
    let now = "2026-11-20T15:30:00Z".parse().expect("it is a time");
    let clock = Arc::new(Clock(Mutex::new(now), AtomicU32::new(7)));
    let kept = Arc::new(Kept(Mutex::new(members())));
    let workbench = Workbench::new(Arc::new(MemoryStore::new()), Arc::clone(&clock) as _)
        .with_sessions(Arc::new(MemorySessions::new()))
        .with_directory(Arc::clone(&kept) as _);
    Fixture { workbench, clock, kept }
}

impl Fixture {
    fn caller(&self, user: &str, team: Option<&str>) -> Caller {
        self.workbench.caller(slug(user), team.map(slug)).expect("it is a user")
    }

    /// Begins a session of ana in her volume or that of her team.
    fn begin(&self, volume: &str) -> Slug {
        let asked = CreateSession {
            volume: Some(volume.to_owned()),
            initial_message: Some("hello".to_owned()),
            ..CreateSession::default()
        };
        let made = self.workbench.create_session(&self.caller("ana", Some("atlas")), &asked);
        slug(&made.expect("it begins").id)
    }

    fn share(&self, user: &str, id: &Slug, asked: &ShareSession) -> Result<MadeShare, Error> {
        let team = (user != "eve").then_some("atlas");
        self.workbench.share_session(&self.caller(user, team), id, asked)
    }

    fn link(&self, user: &str, id: &Slug) -> String {
        let made = self.share(user, id, &ShareSession::default()).expect("it is shared");
        made.token.expect("it is a link")
    }

    fn opens(&self, token: &str) -> bool {
        match self.workbench.open_link(Some(token), ALL) {
            Ok(seen) => seen.messages.len() == 1,
            Err(error) => {
                assert_eq!((error.kind(), error.code()), (ErrorKind::Unknown, "link-closed"));
                false
            }
        }
    }

    fn offered(&self, user: &str) -> SessionList {
        let page = Page { limit: 10, offset: 0 };
        let caller = self.caller(user, Some("atlas"));
        self.workbench.offered_sessions(&caller, page).expect("it is a member")
    }

    fn later(&self, seconds: i64) {
        *self.clock.0.lock().expect("nobody failed") += SignedDuration::from_secs(seconds);
    }
}

fn until(end: &str) -> ShareSession {
    ShareSession { ends_at: Some(end.to_owned()), ..ShareSession::default() }
}

fn with_atlas() -> ShareSession {
    ShareSession { with_team: Some("atlas".to_owned()), ..ShareSession::default() }
}

#[test]
fn a_share_ends_at_its_time() {
    let it = fixture();
    let id = it.begin("user");
    let made = it.share("ana", &id, &until("2026-11-20T15:31:00Z")).expect("it is shared");
    let token = made.token.expect("it is a link");
    let offer = ShareSession { ends_at: Some("2026-11-20T15:31:00Z".to_owned()), ..with_atlas() };
    it.share("ana", &id, &offer).expect("it is shared");
    it.later(59);
    let bob = it.caller("bob", Some("atlas"));
    assert!(it.opens(&token));
    assert!(it.workbench.read_session(&bob, &id, ALL).is_ok());
    it.later(1);
    assert!(!it.opens(&token));
    assert!(it.workbench.read_session(&bob, &id, ALL).is_err());
    assert_eq!(it.offered("bob").total, 0);
    let ana = it.caller("ana", None);
    let list = it.workbench.list_shares(&ana, &id).expect("it is hers").shares;
    assert_eq!(list.iter().map(|share| share.ended).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn a_share_stands_as_long_as_whoever_made_it_may_share() {
    let it = fixture();
    let (own, teams) = (it.begin("user"), it.begin("team/atlas"));
    let links = [it.link("ana", &own), it.link("ana", &teams), it.link("boss", &teams)];
    let open = |it: &Fixture| links.each_ref().map(|token| it.opens(token));
    assert_eq!(open(&it), [true, true, true]);
    let change =
        |change: &dyn Fn(&mut Members)| change(&mut it.kept.0.lock().expect("nobody failed"));
    change(&|members| members.remove_member(&slug("atlas"), &slug("ana")).expect("she is one"));
    assert_eq!(open(&it), [true, false, true], "ana left the team");
    change(&|members| members.remove_user(&slug("ana")).expect("she is one"));
    assert_eq!(open(&it), [false, false, true], "ana is gone");
    change(&|members| *members = self::members());
    assert_eq!(open(&it), [true, true, true]);
}

#[test]
fn only_whoever_may_rename_a_session_shares_it_and_only_with_teams_of_theirs() {
    let it = fixture();
    let (own, teams) = (it.begin("user"), it.begin("team/atlas"));
    // Who, which session, with whom: what comes of it.
    let unknown = Some(ErrorKind::Unknown);
    let denied = Some(ErrorKind::Denied);
    let borea = ShareSession { with_team: Some("borea".to_owned()), ..ShareSession::default() };
    let cases = [
        ("ana", &own, ShareSession::default(), None),
        ("ana", &own, with_atlas(), None),
        ("ana", &own, borea, denied),
        ("ana", &teams, ShareSession::default(), None),
        ("ana", &teams, with_atlas(), Some(ErrorKind::Invalid)),
        ("bob", &teams, ShareSession::default(), denied),
        ("boss", &teams, ShareSession::default(), None),
        ("eve", &teams, ShareSession::default(), unknown),
        ("eve", &own, ShareSession::default(), unknown),
        // It is offered to his team by now.
        ("bob", &own, ShareSession::default(), denied),
    ];
    for (user, id, asked, want) in cases {
        let got = it.share(user, id, &asked).map_err(|error| error.kind()).err();
        assert_eq!(got, want, "{user} shares {id}: {asked:?}");
    }
    assert_eq!(it.offered("bob").total, 1);
    let bob = it.caller("bob", Some("atlas"));
    assert!(it.workbench.list_shares(&bob, &teams).is_err());
}

#[test]
fn tokens_are_as_unforeseeable_as_chance_and_differ_each_time() {
    let it = fixture();
    let id = it.begin("user");
    let (one, two) = (it.link("ana", &id), it.link("ana", &id));
    let secret = |token: &str| token.rsplit('_').next().expect("it has one").to_owned();
    assert_ne!(secret(&one), secret(&two));
    assert_eq!(secret(&one).len(), 64, "256 bits");
}
