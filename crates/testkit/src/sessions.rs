//! What every [`Sessions`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`sessions_tests!`](crate::sessions_tests).

mod messages;
mod shares;

use jiff::Timestamp;
use llmos_core::{
    session::{
        Committed, KeptMessage, Message, NewMessage, Role, SessionChange, SessionHead,
        SessionStatus, Sessions, SessionsError,
    },
    slug::Slug,
    store::CommitId,
    volume::VolumeId,
};

pub use messages::*;
pub use shares::*;

/// Makes one test of each promise of [`Sessions`].
///
/// `$fresh` is a function that returns something that dereferences to a place without sessions.
#[macro_export]
macro_rules! sessions_tests {
    ($fresh:expr) => {
        $crate::sessions_tests!(
            $fresh;
            a_session_comes_back_as_it_was_kept,
            an_id_is_taken_once,
            sessions_are_listed_by_volume_the_last_change_first,
            a_change_rests_on_the_revision_that_was_read,
            a_commit_is_remembered_until_more_is_said,
            time_never_goes_back,
            a_session_that_was_forgotten_is_gone_with_its_messages,
            what_is_not_there_is_said_to_be_unknown,
            messages_come_back_in_order_and_as_they_were,
            a_message_that_is_sent_again_is_kept_once,
            keys_belong_to_their_session,
            a_page_holds_what_was_asked_for,
            many_writers_lose_nothing_and_double_nothing,
            many_changes_at_once_are_all_told_apart,
            a_share_comes_back_as_it_was_kept,
            a_share_needs_its_session_and_an_id_of_its_own,
            shares_are_listed_by_session_and_by_team,
            a_share_that_was_revoked_is_found_nowhere,
            a_session_takes_its_shares_along,
            what_was_replaced_is_remembered,
        );
    };
    ($fresh:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                let sessions = $fresh();
                $crate::sessions::$promise(&*sessions);
            }
        )*
    };
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + seconds, 123_456_789)
        .expect("because it is a year of this century")
}

fn id(text: &str) -> Slug {
    text.parse().expect("because the tests write valid names")
}

fn volume(text: &str) -> VolumeId {
    text.parse().expect("because the tests write valid volumes")
}

fn said(key: &str, content: &str) -> NewMessage {
    let message = Message {
        role: Role::User,
        at: at(7),
        content: content.to_owned(),
        traces: Vec::new(),
        artifacts: Vec::new(),
        replaces: None,
    };
    NewMessage {
        key: key.parse().expect("because the tests write valid keys"),
        message,
        files: Vec::new(),
    }
}

fn head(name: &str, of: &str, seconds: i64) -> SessionHead {
    SessionHead::new(id(name), format!("About {name}"), volume(of), id("ana"), at(seconds))
}

#[track_caller]
fn begin(sessions: &impl Sessions, name: &str, of: &str, seconds: i64) -> SessionHead {
    sessions.create(&head(name, of, seconds), &[]).expect("the session is kept")
}

#[track_caller]
fn say(sessions: &impl Sessions, name: &str, key: &str, seconds: i64) -> SessionHead {
    let appended = sessions.append(&id(name), &[said(key, key)], at(seconds));
    appended.expect("the message is kept").head
}

#[track_caller]
fn read(sessions: &impl Sessions, name: &str) -> (SessionHead, Vec<KeptMessage>) {
    let found = sessions.read(&id(name), 1, usize::MAX).expect("it answers");
    found.expect("the session is there")
}

fn named(name: &str) -> SessionChange {
    SessionChange::Described { name: Some(name.to_owned()), status: None }
}

/// A session comes back with all that was said of it.
pub fn a_session_comes_back_as_it_was_kept(sessions: &impl Sessions) {
    assert_eq!(sessions.read(&id("s1"), 1, 10).expect("it answers"), None);
    let new =
        SessionHead { name: "Ünï \"quoted\" \\ name".to_owned(), ..head("s1", "system", 3) };
    let kept = sessions.create(&new, &[said("k", "hello")]).expect("the session is kept");
    assert_eq!(kept, new.with_messages(1, at(3)));
    let (again, messages) = read(sessions, "s1");
    assert_eq!(again, kept);
    assert_eq!(messages[0].message.content, "hello");
    for status in SessionStatus::ALL {
        let change = SessionChange::Described { name: None, status: Some(status) };
        let changed = sessions.change(&id("s1"), None, &change, at(9)).expect("it is changed");
        assert_eq!((changed.status, &changed.name), (status, &new.name));
        assert_eq!(read(sessions, "s1").0, changed);
    }
}

/// Whoever comes second with an id is told; whoever asks again for the same is not.
pub fn an_id_is_taken_once(sessions: &impl Sessions) {
    let first = sessions.create(&head("s1", "user/ana", 1), &[said("k", "a")]).expect("it is kept");
    let again = sessions.create(&head("s1", "user/ana", 1), &[said("k", "a")]);
    assert_eq!(again.expect("the answer got lost"), first);
    let other = sessions.create(&head("s1", "user/bo", 1), &[]);
    assert!(matches!(other, Err(SessionsError::Exists { .. })), "got {other:?}");
    assert_eq!(read(sessions, "s1").0, first);
}

/// A list holds the sessions of the volumes that are asked for and no others, page by page.
pub fn sessions_are_listed_by_volume_the_last_change_first(sessions: &impl Sessions) {
    for (name, of, seconds) in [
        ("a", "user/ana", 1),
        ("b", "team/ana", 2),
        ("c", "user/ana", 3),
        ("d", "user/bo", 4),
        ("e", "user/ana", 3),
    ] {
        begin(sessions, name, of, seconds);
    }
    let list = |volumes: &[&str], limit, offset| {
        let volumes: Vec<_> = volumes.iter().map(|text| volume(text)).collect();
        let page = sessions.list(&volumes, limit, offset).expect("it answers");
        let names: Vec<_> = page.heads.iter().map(|head| head.id.to_string()).collect();
        (page.total, names.join(" "))
    };
    assert_eq!(list(&["user/ana"], 10, 0), (3, "c e a".to_owned()));
    say(sessions, "a", "k", 9);
    assert_eq!(list(&["user/ana"], 10, 0), (3, "a c e".to_owned()));
    assert_eq!(list(&["user/ana", "team/ana"], 2, 1), (4, "c e".to_owned()));
    assert_eq!(list(&["user/ana"], 10, 3), (3, String::new()));
    assert_eq!(list(&["system"], 10, 0), (0, String::new()));
    assert_eq!(list(&[], 10, 0), (0, String::new()));
}

/// A change on an old revision is refused and changes nothing.
pub fn a_change_rests_on_the_revision_that_was_read(sessions: &impl Sessions) {
    let first = begin(sessions, "s1", "user/ana", 1);
    let second = say(sessions, "s1", "k", 2);
    assert_eq!(second.revision, first.revision + 1);
    let late = sessions.change(&id("s1"), Some(first.revision), &named("late"), at(3));
    let Err(SessionsError::Moved { revision, .. }) = late else { panic!("got {late:?}") };
    assert_eq!((revision, read(sessions, "s1").0), (second.revision, second.clone()));
    let late = sessions.remove(&id("s1"), Some(first.revision));
    assert!(matches!(late, Err(SessionsError::Moved { .. })), "got {late:?}");
    let third = sessions.change(&id("s1"), Some(second.revision), &named("new"), at(4));
    let third = third.expect("it rests on the newest");
    assert_eq!((third.name.as_str(), third.revision), ("new", second.revision + 1));
    sessions.remove(&id("s1"), Some(third.revision)).expect("it rests on the newest");
}

/// The commit stays known; what is said or renamed later is not in it.
pub fn a_commit_is_remembered_until_more_is_said(sessions: &impl Sessions) {
    begin(sessions, "s1", "team/atlas", 1);
    let head = say(sessions, "s1", "k", 2);
    assert!(!head.is_committed());
    let committed = Committed {
        commit: CommitId("c0ffee".repeat(6)),
        volume: volume("user/ana"),
        at: at(3),
        name: head.name.clone(),
        n_messages: head.n_messages,
    };
    let change = SessionChange::Committed(committed.clone());
    let kept = sessions.change(&id("s1"), None, &change, at(3)).expect("it is changed");
    assert!(kept.is_committed());
    assert_eq!(read(sessions, "s1").0.committed, Some(committed.clone()));
    let more = say(sessions, "s1", "l", 4);
    assert!(!more.is_committed());
    assert_eq!(more.committed, Some(committed));
}

/// A clock that is set back changes no order.
pub fn time_never_goes_back(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 50);
    assert_eq!(say(sessions, "s1", "k", 20).updated_at, at(50));
    assert_eq!(say(sessions, "s1", "l", 60).updated_at, at(60));
}

/// Nothing is left of what was forgotten, also where its id is used again.
pub fn a_session_that_was_forgotten_is_gone_with_its_messages(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    begin(sessions, "s2", "user/ana", 1);
    say(sessions, "s1", "k", 2);
    say(sessions, "s2", "k", 2);
    sessions.remove(&id("s1"), None).expect("it is forgotten");
    assert_eq!(sessions.read(&id("s1"), 1, 10).expect("it answers"), None);
    assert_eq!(sessions.list(&[volume("user/ana")], 10, 0).expect("it answers").total, 1);
    begin(sessions, "s1", "user/ana", 5);
    assert_eq!(read(sessions, "s1").1, []);
    assert_eq!(say(sessions, "s1", "k", 6).n_messages, 1, "its keys are forgotten as well");
    assert_eq!(read(sessions, "s2").1.len(), 1);
}

/// Every method that needs a session says so.
pub fn what_is_not_there_is_said_to_be_unknown(sessions: &impl Sessions) {
    let append = sessions.append(&id("s1"), &[said("k", "a")], at(1)).map(drop);
    let change = sessions.change(&id("s1"), Some(1), &named("x"), at(1)).map(drop);
    for got in [append, change, sessions.remove(&id("s1"), Some(1))] {
        assert!(
            matches!(&got, Err(SessionsError::Unknown { id }) if id.as_str() == "s1"),
            "{got:?}"
        );
    }
}
