//! Promises about the commits of a volume.

use llmos_core::{
    store::{
        Author, BlobId, Change, Changed, CommitId, Expected, HistoryQuery, Span, Store, StoreError,
    },
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

/// What lies between two commits is what the later one has and the earlier one has not, by name of the file.
pub fn what_came_between_two_commits_is_handed_over_once(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let folder = id("t");
    let files = [("t/1/a.md", "a"), ("t/b.md", "b"), ("t/b.json", "{}"), ("other.md", "o")];
    let first = put(store, "user/ana", &files);
    let second = put(store, "user/ana", &[("t/1/c.md", "c"), ("t/2/d.md", "d"), ("other.md", "p")]);
    let added = |from: Option<&CommitId>, to: &CommitId| {
        let mut found = Vec::new();
        let span = Span { from, to, path: &folder };
        let wanted = |name: &str| name.ends_with(".md");
        let mut visit = |content| found.push(String::from_utf8(content).expect("it is text"));
        let is_more = store.added(&volume, span, &wanted, &mut visit).expect("it can be read");
        found.sort();
        (found.join(" "), is_more)
    };
    assert_eq!(added(None, &first), ("a b".to_owned(), false));
    assert_eq!(added(Some(&first), &second), ("c d".to_owned(), false));
    assert_eq!(added(Some(&second), &second), (String::new(), false));
    assert_eq!(added(Some(&second), &first), (String::new(), true), "two are gone");
    let edits = vec![
        edit("t/b.md", Expected::Anything, Some("B")),
        edit("t/1/a.md", Expected::Anything, None),
        edit("t/b.json", Expected::Anything, Some("[]")),
    ];
    let third = store.commit(&volume, change("change", edits)).expect("the commit is made");
    assert_eq!(added(Some(&second), &third), ("B".to_owned(), true));
    assert_eq!(added(Some(&third), &third), (String::new(), false));
    let gone = CommitId("0".repeat(40));
    let span = Span { from: Some(&gone), to: &third, path: &folder };
    let error = store.added(&volume, span, &|_| true, &mut |_| {});
    assert!(matches!(error, Err(StoreError::UnknownObject { .. })), "got {error:?}");
}

/// What differs between two commits is told file by file, as the later one has it.
pub fn what_differs_between_two_commits_is_told_by_file(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let folder = id("t");
    let files = [("t/1/a.md", "a"), ("t/b.md", "b"), ("t/c", "c"), ("t.md", "o")];
    let first = put(store, "user/ana", &files);
    let told = |from: Option<&CommitId>, to: &CommitId| {
        let found = store.changed(&volume, Span { from, to, path: &folder });
        let found = found.expect("it can be read").into_iter();
        let text =
            |blob: BlobId| String::from_utf8(store.read(&volume, &blob).expect("it is there"));
        let one = |it: Changed| {
            let blob = it.blob.map_or("-".to_owned(), |blob| text(blob).expect("it is text"));
            format!("{}={blob}", it.path)
        };
        found.map(one).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told(None, &first), "t/1/a.md=a t/b.md=b t/c=c");
    assert_eq!(told(Some(&first), &first), "");
    // Beside a saved, a new and a removed file, a file becomes a folder and a folder a file.
    let edits = vec![
        edit("t/b.md", Expected::Anything, Some("B")),
        edit("t/b-2.md", Expected::Anything, Some("2")),
        edit("t/1/a.md", Expected::Anything, None),
        edit("t/c", Expected::Anything, None),
        edit("t.md", Expected::Anything, Some("p")),
    ];
    store.commit(&volume, change("change", edits)).expect("the commit is made");
    let third = put(store, "user/ana", &[("t/c/d.md", "d"), ("t/1", "one")]);
    let there = "t/1=one t/1/a.md=- t/b-2.md=2 t/b.md=B t/c=- t/c/d.md=d";
    assert_eq!(told(Some(&first), &third), there);
    let back = "t/1=- t/1/a.md=a t/b-2.md=- t/b.md=b t/c=c t/c/d.md=-";
    assert_eq!(told(Some(&third), &first), back);
    let edits = ["t/1", "t/b-2.md", "t/b.md", "t/c/d.md"];
    let edits = edits.map(|path| edit(path, Expected::Anything, None)).into();
    let empty = store.commit(&volume, change("clear", edits)).expect("the commit is made");
    assert_eq!(told(Some(&third), &empty), "t/1=- t/b-2.md=- t/b.md=- t/c/d.md=-");
    assert_eq!(told(None, &empty), "");
    let gone = CommitId("0".repeat(40));
    let error = store.changed(&volume, Span { from: Some(&gone), to: &third, path: &folder });
    assert!(matches!(error, Err(StoreError::UnknownObject { .. })), "got {error:?}");
}
