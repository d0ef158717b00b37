//! Promises about the commits of a volume.

use llmos_core::{
    store::{Author, Change, CommitId, Expected, HistoryQuery, Store, StoreError},
    volume::VolumeId,
};

use super::{at, change, edit, id, messages, put, text};

/// The author, the time to the second, the parents and the whole message come back.
pub fn history_tells_who_when_and_why(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let first = put(store, "user/ana", &[("a.md", "one")]);
    let author = Author { name: "Bo Li".to_owned(), email: "bo@example.org".to_owned() };
    let edits = vec![edit("a.md", Expected::Anything, Some("two"))];
    let message = "change a\n\nBecause one is not enough.".to_owned();
    let change = Change { edits, author: author.clone(), time: at(60), message: message.clone() };
    let second = store.commit(&volume, change).expect("the commit is made");
    let query = HistoryQuery { limit: 1, ..HistoryQuery::default() };
    let history = store.history(&volume, &query).expect("the history is read");
    let [info] = history.as_slice() else { panic!("one was asked for, got {history:?}") };
    assert_eq!(
        (&info.id, &info.parents, &info.author, info.time),
        (&second, &vec![first], &author, at(60))
    );
    assert_eq!(info.message.trim_end(), message);
}

/// The limit counts what is shown, and `from` is the first that is shown.
pub fn history_can_be_cut_and_continued(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let mut commits = Vec::new();
    for n in 0..5 {
        let edits = vec![edit("a.md", Expected::Anything, Some(&n.to_string()))];
        let change = Change { time: at(n), ..change(&format!("change {n}"), edits) };
        commits.push(store.commit(&volume, change).expect("the commit is made"));
    }
    let query =
        |from: Option<&CommitId>, limit| HistoryQuery { from: from.cloned(), limit, path: None };
    assert_eq!(messages(store, "user/ana", &query(None, 2)), ["change 4", "change 3"]);
    assert_eq!(messages(store, "user/ana", &query(Some(&commits[1]), 9)), ["change 1", "change 0"]);
    assert_eq!(messages(store, "user/ana", &query(None, 0)), [""; 0]);
    let stranger = store.history(&volume, &query(Some(&CommitId("1".repeat(40))), 9));
    assert!(matches!(stranger, Err(StoreError::UnknownObject { .. })), "got {stranger:?}");
}

/// Only commits that changed the file or something in the folder are shown, deletions too.
pub fn history_can_be_of_a_path(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let steps = [
        ("s/a.md", Some("1")),
        ("b.md", Some("1")),
        ("s/a.md", Some("2")),
        ("s/c.md", Some("1")),
        ("s/a.md", None),
    ];
    for (n, (path, content)) in (0..).zip(steps) {
        let edits = vec![edit(path, Expected::Anything, content)];
        let change = Change { time: at(n), ..change(&format!("step {n}"), edits) };
        store.commit(&volume, change).expect("the commit is made");
    }
    let cases: [(&str, &[&str]); 5] = [
        ("s/a.md", &["step 4", "step 2", "step 0"]),
        ("s", &["step 4", "step 3", "step 2", "step 0"]),
        ("b.md", &["step 1"]),
        ("s/a", &[]),
        ("metadata.json", &["step 0"]),
    ];
    for (path, want) in cases {
        let query = HistoryQuery { path: Some(id(path)), from: None, limit: 9 };
        assert_eq!(messages(store, "user/ana", &query), want, "of `{path}`");
    }
}

/// No author and no message can break a commit or the history.
pub fn odd_names_and_messages_do_no_harm(store: &impl Store) {
    let names =
        ["", "a|b", "<x>", "new\nline", "nul\0", "Ünï 名", "\u{202e}", &"long ".repeat(2000)];
    for (n, name) in (0..).zip(names) {
        let edits = vec![edit("a.md", Expected::Anything, Some(&n.to_string()))];
        let author = Author { name: name.to_owned(), email: name.to_owned() };
        let message = format!("{name}|{n}\u{1f}\0\n\ntree 0\n");
        let change = Change { edits, author, time: at(n), message };
        store.commit(&id("user/ana"), change).expect("the commit is made");
    }
    let query = HistoryQuery { limit: 100, ..HistoryQuery::default() };
    assert_eq!(messages(store, "user/ana", &query).len(), names.len());
    assert_eq!(text(store, "user/ana", "a.md").as_deref(), Some("7"));
}
