//! What [`Sessions`] promise of messages.

use std::thread;

use llmos_core::session::{
    Artifact, KeptMessage, Message, NewMessage, Role, SessionFile, Sessions, SessionsError,
};

use super::{at, begin, head, id, read, said, say};

/// Texts that quoting, escaping or trimming would change.
const ODD: [&str; 9] = [
    " \n\n x \t\n",
    "\0 \u{1} \u{7f}",
    "\"quoted\" \\n \\u0041 {\"json\": [1]}",
    "'; DROP TABLE message; --",
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n",
    "\u{202e}right to left\u{200b}\u{feff}",
    "日本語 🤖 é",
    "$(touch x) `id` %00 %s {0}",
    "session: x\n\n🤖 LLMunix Context Memory",
];

/// Whatever was said comes back as it was said, with its traces, artifacts and files.
pub fn messages_come_back_in_order_and_as_they_were(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    let path = |text: &str| text.parse().expect("because the tests write valid paths");
    let mut want = Vec::new();
    for (i, text) in ODD.into_iter().enumerate() {
        let role = Role::ALL[i % Role::ALL.len()];
        let artifact = |name: &str, at: Option<&str>| Artifact {
            kind: id("code"),
            name: name.to_owned(),
            path: at.map(path),
        };
        let message = Message {
            role,
            at: at(i64::try_from(i).unwrap_or(0)),
            content: text.to_owned(),
            traces: vec![path("traces/2026/11/20/run-20261120-153000-0a1b2c3d.md")],
            artifacts: vec![artifact(text, None), artifact(text, Some("sessions/s1/a.py"))],
            replaces: None,
        };
        let files = vec![SessionFile { path: path("sessions/s1/a.py"), content: text.to_owned() }];
        let key = format!("k{i}").parse().expect("because it is a key");
        let new = NewMessage { key, message: message.clone(), files: files.clone() };
        let appended = sessions.append(&id("s1"), &[new], at(2)).expect("it is kept");
        let number = appended.places[0].number;
        assert_eq!((number, appended.places[0].again), (i as u64 + 1, false));
        want.push(KeptMessage { number, message, files });
    }
    let (head, messages) = read(sessions, "s1");
    assert_eq!(messages, want);
    assert_eq!(head.n_messages, want.len() as u64);
}

/// A second message of the same key is not kept, also beside new ones; nothing counts it.
pub fn a_message_that_is_sent_again_is_kept_once(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    let first = say(sessions, "s1", "k", 2);
    let again = sessions.append(&id("s1"), &[said("k", "other")], at(3)).expect("it answers");
    assert_eq!((again.places[0].number, again.places[0].again), (1, true));
    assert_eq!(again.head, first);
    let mixed = [said("l", "l"), said("k", "k"), said("m", "m"), said("l", "l")];
    let mixed = sessions.append(&id("s1"), &mixed, at(4)).expect("it answers");
    let places: Vec<_> = mixed.places.iter().map(|place| (place.number, place.again)).collect();
    assert_eq!(places, [(2, false), (1, true), (3, false), (2, true)]);
    let texts: Vec<_> =
        read(sessions, "s1").1.into_iter().map(|kept| kept.message.content).collect();
    assert_eq!(texts, ["k", "l", "m"]);
}

/// The same key in another session is another message.
pub fn keys_belong_to_their_session(sessions: &impl Sessions) {
    for name in ["s1", "s2"] {
        begin(sessions, name, "user/ana", 1);
        assert_eq!(say(sessions, name, "k", 2).n_messages, 1);
    }
}

/// A page begins and ends where it was asked to, in a long session too.
pub fn a_page_holds_what_was_asked_for(sessions: &impl Sessions) {
    let all: Vec<_> = (1..=1200).map(|n| said(&format!("k{n}"), &format!("message {n}"))).collect();
    sessions.create(&head("s1", "user/ana", 1), &all[..600]).expect("it is kept");
    sessions.append(&id("s1"), &all[600..], at(2)).expect("it is kept");
    let page = |first, limit| {
        let (head, messages) =
            sessions.read(&id("s1"), first, limit).expect("it answers").expect("it is there");
        assert_eq!(head.n_messages, 1200);
        for kept in &messages {
            assert_eq!(kept.message.content, format!("message {}", kept.number));
        }
        messages.iter().map(|kept| kept.number).collect::<Vec<_>>()
    };
    assert_eq!(page(1, 3), [1, 2, 3]);
    assert_eq!(page(0, 1), [1]);
    assert_eq!(page(599, 3), [599, 600, 601]);
    assert_eq!(page(1199, 50), [1199, 1200]);
    assert!(page(1201, 50).is_empty());
    assert!(page(u64::MAX, 1).is_empty());
    assert!(page(5, 0).is_empty());
    assert_eq!(page(1, usize::MAX).len(), 1200);
}

/// Messages of many writers get numbers without a gap, and each is there once though all are sent twice.
pub fn many_writers_lose_nothing_and_double_nothing(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for n in 0..10 {
                    let new = said(&format!("{writer}-{n}"), &format!("{writer} {n:02}"));
                    for _ in 0..2 {
                        let sent = sessions.append(&id("s1"), std::slice::from_ref(&new), at(2));
                        sent.expect("it is kept");
                    }
                }
            });
        }
    });
    let (head, messages) = read(sessions, "s1");
    assert_eq!((head.n_messages, messages.len(), head.revision), (40, 40, 41));
    let numbers: Vec<_> = messages.iter().map(|kept| kept.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<u64>>());
    for writer in 0..4 {
        let own: Vec<_> = messages
            .iter()
            .map(|kept| kept.message.content.as_str())
            .filter(|text| text.starts_with(&format!("{writer} ")))
            .collect();
        assert!(own.is_sorted() && own.len() == 10, "writer {writer} said {own:?}");
    }
}

/// Of several changes that rest on the same revision one is made.
pub fn many_changes_at_once_are_all_told_apart(sessions: &impl Sessions) {
    let revision = begin(sessions, "s1", "user/ana", 1).revision;
    let made: usize = thread::scope(|scope| {
        let change = |n: usize| {
            scope.spawn(move || {
                let change = super::named(&format!("by {n}"));
                match sessions.change(&id("s1"), Some(revision), &change, at(2)) {
                    Ok(_) => 1,
                    Err(SessionsError::Moved { .. }) => 0,
                    Err(error) => panic!("it failed: {error}"),
                }
            })
        };
        let changes: Vec<_> = (0..6).map(change).collect();
        changes.into_iter().map(|change| change.join().expect("no writer fails")).sum()
    });
    assert_eq!(made, 1);
    assert_eq!(read(sessions, "s1").0.revision, revision + 1);
}

/// A message that takes the place of others is kept with what it replaces, and the head knows which these are.
pub fn what_was_replaced_is_remembered(sessions: &impl Sessions) {
    begin(sessions, "s1", "user/ana", 1);
    let instead = |key: &str, number: u64| {
        let mut new = said(key, key);
        new.message.replaces = Some(number);
        new
    };
    let messages = [said("a", "a"), said("b", "b"), instead("c", 2), said("d", "d")];
    let head = sessions.append(&id("s1"), &messages, at(2)).expect("they are kept").head;
    assert_eq!(head.replaced.stretches(), [(2, 2)]);
    let again = sessions.append(&id("s1"), &[instead("c", 1)], at(3)).expect("it is there").head;
    assert_eq!(again.replaced.stretches(), [(2, 2)], "it was kept before");
    sessions.append(&id("s1"), &[instead("e", 3)], at(4)).expect("it is kept");
    let (head, kept) = read(sessions, "s1");
    assert_eq!(head.replaced.stretches(), [(2, 4)]);
    let replaces: Vec<_> = kept.iter().map(|one| one.message.replaces).collect();
    assert_eq!(replaces, [None, None, Some(2), None, Some(3)]);
}
