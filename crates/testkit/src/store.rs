//! What every [`Store`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`store_tests!`](crate::store_tests).

use std::{str::FromStr, thread};

use jiff::Timestamp;
use llmos_core::{
    metadata,
    store::{Author, BlobId, Change, CommitId, Edit, Expected, HistoryQuery, Store, StoreError},
    volume::{VolumeId, VolumePath},
};

/// Makes one test of each promise of [`Store`].
///
/// `$fresh` is a function that returns something that dereferences to an empty store.
#[macro_export]
macro_rules! store_tests {
    ($fresh:expr) => {
        $crate::store_tests!(
            $fresh;
            reading_creates_nothing,
            the_first_commit_creates_the_volume,
            a_metadata_file_of_the_writer_is_kept,
            a_refused_change_creates_no_volume,
            what_is_committed_is_read_back,
            files_are_listed_in_the_order_of_their_paths,
            a_listing_can_be_of_a_folder_or_a_file,
            older_commits_stay_readable,
            a_stale_change_is_refused_whole,
            a_file_that_must_be_absent_must_be_absent,
            a_file_never_stands_where_a_folder_is,
            two_edits_of_one_change_must_fit_together,
            a_change_of_nothing_makes_no_commit,
            a_deleted_file_is_gone,
            history_tells_who_when_and_why,
            history_can_be_cut_and_continued,
            history_can_be_of_a_path,
            odd_names_and_messages_do_no_harm,
            ids_that_are_not_there_are_unknown,
            volumes_know_nothing_of_each_other,
            writers_at_the_same_time_all_get_through,
        );
    };
    ($fresh:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                let store = $fresh();
                $crate::store::$promise(&*store);
            }
        )*
    };
}

/// Parses a volume or a path that is right.
fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("because the tests write valid names")
}

/// Makes the edit of one file; `None` deletes it.
pub fn edit(path: &str, expected: Expected, content: Option<&str>) -> Edit {
    Edit { path: id(path), expected, content: content.map(|text| text.as_bytes().to_vec()) }
}

/// Makes a change by Ana at a fixed time.
pub fn change(message: &str, edits: Vec<Edit>) -> Change {
    let author = Author { name: "Ana".to_owned(), email: "ana@example.org".to_owned() };
    Change { edits, author, time: at(0), message: message.to_owned() }
}

/// Commits files to a volume, whatever they hold before.
#[track_caller]
pub fn put(store: &impl Store, volume: &str, files: &[(&str, &str)]) -> CommitId {
    let edits =
        files.iter().map(|(path, text)| edit(path, Expected::Anything, Some(text))).collect();
    store.commit(&id(volume), change("put files", edits)).expect("the commit is made")
}

/// Returns the text of a file in the newest commit.
#[track_caller]
pub fn text(store: &impl Store, volume: &str, path: &str) -> Option<String> {
    let volume = id(volume);
    let head = store.head(&volume).expect("the head is read")?;
    let entries = store.list(&volume, &head, Some(&id(path))).expect("the listing is read");
    let blob = entries.into_iter().find(|entry| entry.path.as_str() == path)?.blob;
    Some(
        String::from_utf8(store.read(&volume, &blob).expect("the file is read"))
            .expect("it is text"),
    )
}

/// Returns the paths of the newest commit.
#[track_caller]
pub fn paths(store: &impl Store, volume: &str, below: Option<&str>) -> Vec<String> {
    let volume = id(volume);
    let head = store.head(&volume).expect("the head is read").expect("there is a commit");
    let below = below.map(id::<VolumePath>);
    let entries = store.list(&volume, &head, below.as_ref()).expect("the listing is read");
    entries.into_iter().map(|entry| entry.path.to_string()).collect()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("because it is a year of this century")
}

#[track_caller]
fn messages(store: &impl Store, volume: &str, query: &HistoryQuery) -> Vec<String> {
    let history = store.history(&id(volume), query).expect("the history is read");
    history.into_iter().map(|commit| commit.message.trim_end().to_owned()).collect()
}

/// Neither reads nor refused reads bring a volume into being.
pub fn reading_creates_nothing(store: &impl Store) {
    let volume: VolumeId = id("user/ghost");
    let query = HistoryQuery { limit: 10, ..HistoryQuery::default() };
    assert_eq!(store.head(&volume).expect("no volume is no error"), None);
    assert_eq!(store.history(&volume, &query).expect("no volume is no error"), []);
    let nobody = CommitId("0".repeat(40));
    assert!(matches!(store.list(&volume, &nobody, None), Err(StoreError::UnknownObject { .. })));
    assert!(matches!(store.read(&volume, &BlobId::of(b"")), Err(StoreError::UnknownObject { .. })));
    assert_eq!(store.volumes().expect("the list is read"), []);
    assert_eq!(store.head(&volume).expect("still no volume"), None);
}

/// The first commit is there, with the change and a metadata file.
pub fn the_first_commit_creates_the_volume(store: &impl Store) {
    let volume: VolumeId = id("team/atlas");
    let commit = put(store, "team/atlas", &[("skills/a.md", "one")]);
    assert_eq!(store.head(&volume).expect("the head is read"), Some(commit));
    assert_eq!(store.volumes().expect("the list is read"), std::slice::from_ref(&volume));
    assert_eq!(paths(store, "team/atlas", None), ["metadata.json", "skills/a.md"]);
    let metadata = text(store, "team/atlas", "metadata.json").expect("it was added");
    assert_eq!(metadata.into_bytes(), metadata::print_new(&volume));
}

/// The store adds a metadata file only where the first change brings none.
pub fn a_metadata_file_of_the_writer_is_kept(store: &impl Store) {
    put(store, "system", &[("metadata.json", "{\"mine\": 1}")]);
    assert_eq!(text(store, "system", "metadata.json").as_deref(), Some("{\"mine\": 1}"));
}

/// A change that cannot be made to a new volume leaves no volume behind.
pub fn a_refused_change_creates_no_volume(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let version = Expected::Version(BlobId::of(b"x"));
    let refused = store.commit(&volume, change("c", vec![edit("a.md", version, Some("y"))]));
    assert!(matches!(refused, Err(StoreError::Stale { current: None, .. })), "got {refused:?}");
    let refused =
        vec![edit("a", Expected::Absent, Some("")), edit("a/b", Expected::Absent, Some(""))];
    let refused = store.commit(&volume, change("c", refused));
    assert!(matches!(refused, Err(StoreError::Stale { .. })), "got {refused:?}");
    assert_eq!(store.head(&volume).expect("the head is read"), None);
    assert_eq!(store.volumes().expect("the list is read"), []);
}

/// Any bytes come back as they were, under the id that Git gives them.
pub fn what_is_committed_is_read_back(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let contents: [&[u8]; 4] = [b"", b"\r\n\n", &[0, 255, 254, 10], "\u{feff}# ünï".as_bytes()];
    for (i, content) in contents.iter().enumerate() {
        let content = Some(content.to_vec());
        let edits = vec![Edit {
            path: id(&format!("files/{i} x.bin")),
            expected: Expected::Absent,
            content,
        }];
        store.commit(&volume, change("write", edits)).expect("the commit is made");
    }
    let head = store.head(&volume).expect("the head is read").expect("there is a commit");
    let entries = store.list(&volume, &head, Some(&id("files"))).expect("the listing is read");
    assert_eq!(entries.len(), contents.len());
    for (entry, content) in entries.iter().zip(contents) {
        assert_eq!(entry.blob, BlobId::of(content));
        assert_eq!(store.read(&volume, &entry.blob).expect("the file is read"), content);
    }
}

/// `a.md` comes before `a/x`, as the texts do.
pub fn files_are_listed_in_the_order_of_their_paths(store: &impl Store) {
    let mut files = ["a/x", "a.md", "a-b/c", "a/b/c", "b", "A", "a/b.md", "z/y/x"];
    put(store, "user/ana", &files.map(|path| (path, "x")));
    let mut want: Vec<_> = files.iter_mut().map(|path| (*path).to_owned()).collect();
    want.push("metadata.json".to_owned());
    want.sort();
    assert_eq!(paths(store, "user/ana", None), want);
}

/// A folder gives what is below it, a file gives itself, anything else nothing.
pub fn a_listing_can_be_of_a_folder_or_a_file(store: &impl Store) {
    put(
        store,
        "user/ana",
        &[("skills/a.md", "a"), ("skills/deep/er/b.md", "b"), ("skills.md", "c")],
    );
    let cases: [(&str, &[&str]); 6] = [
        ("skills", &["skills/a.md", "skills/deep/er/b.md"]),
        ("skills/deep", &["skills/deep/er/b.md"]),
        ("skills/a.md", &["skills/a.md"]),
        ("skill", &[]),
        ("skills/a.md/x", &[]),
        ("none/at/all", &[]),
    ];
    for (path, want) in cases {
        assert_eq!(paths(store, "user/ana", Some(path)), want, "under `{path}`");
    }
}

/// A commit shows what it held for ever.
pub fn older_commits_stay_readable(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let first = put(store, "user/ana", &[("a.md", "one"), ("b.md", "bee")]);
    put(store, "user/ana", &[("a.md", "two")]);
    store
        .commit(&volume, change("delete", vec![edit("b.md", Expected::Anything, None)]))
        .expect("the commit is made");
    let entries = store.list(&volume, &first, None).expect("the listing is read");
    let texts: Vec<_> = entries
        .iter()
        .filter(|entry| entry.path != metadata::path())
        .map(|entry| store.read(&volume, &entry.blob).expect("the file is read"))
        .collect();
    assert_eq!(texts, [b"one", b"bee"]);
}

/// One expectation that does not hold stops the whole change and tells what is there.
pub fn a_stale_change_is_refused_whole(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let before = put(store, "user/ana", &[("a.md", "one")]);
    let old = Expected::Version(BlobId::of(b"older"));
    let edits = vec![edit("new.md", Expected::Absent, Some("n")), edit("a.md", old, Some("two"))];
    match store.commit(&volume, change("late", edits)) {
        Err(StoreError::Stale { path, current }) => {
            assert_eq!((path.as_str(), current), ("a.md", Some(BlobId::of(b"one"))));
        }
        other => panic!("got {other:?}"),
    }
    assert_eq!(store.head(&volume).expect("the head is read"), Some(before));
    assert_eq!(text(store, "user/ana", "a.md").as_deref(), Some("one"));
    assert_eq!(text(store, "user/ana", "new.md"), None);
    let gone = vec![edit("gone.md", Expected::Version(BlobId::of(b"x")), None)];
    let refused = store.commit(&volume, change("late", gone));
    assert!(matches!(refused, Err(StoreError::Stale { current: None, .. })), "got {refused:?}");
    let right = Expected::Version(BlobId::of(b"one"));
    store.commit(&volume, change("now", vec![edit("a.md", right, Some("two"))])).expect("it holds");
    assert_eq!(text(store, "user/ana", "a.md").as_deref(), Some("two"));
}

/// Creating a file does not replace one.
pub fn a_file_that_must_be_absent_must_be_absent(store: &impl Store) {
    put(store, "user/ana", &[("a.md", "one")]);
    let again = vec![edit("a.md", Expected::Absent, Some("two"))];
    let refused = store.commit(&id("user/ana"), change("create", again));
    assert!(matches!(refused, Err(StoreError::Stale { current: Some(_), .. })), "got {refused:?}");
    assert_eq!(text(store, "user/ana", "a.md").as_deref(), Some("one"));
}

/// A file is not made of a folder, nor a folder of a file, whatever the writer expects.
pub fn a_file_never_stands_where_a_folder_is(store: &impl Store) {
    put(store, "user/ana", &[("a", "file"), ("b/c", "below")]);
    for expected in [Expected::Anything, Expected::Absent] {
        for path in ["a/x", "a/x/y", "b"] {
            let edits = vec![edit(path, expected.clone(), Some("no"))];
            let refused = store.commit(&id("user/ana"), change("clash", edits));
            assert!(matches!(refused, Err(StoreError::Stale { .. })), "`{path}`: {refused:?}");
        }
    }
    assert_eq!(paths(store, "user/ana", None), ["a", "b/c", "metadata.json"]);
}

/// The same holds between the edits of one change.
pub fn two_edits_of_one_change_must_fit_together(store: &impl Store) {
    put(store, "user/ana", &[("x", "x")]);
    let edits =
        vec![edit("n/m", Expected::Anything, Some("1")), edit("n", Expected::Anything, Some("2"))];
    let refused = store.commit(&id("user/ana"), change("clash", edits));
    assert!(matches!(refused, Err(StoreError::Stale { .. })), "got {refused:?}");
}

/// Writing what is there, deleting what is not and doing nothing leave the newest commit as it is.
pub fn a_change_of_nothing_makes_no_commit(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let before = put(store, "user/ana", &[("a.md", "one")]);
    let cases = [
        vec![],
        vec![edit("a.md", Expected::Anything, Some("one"))],
        vec![
            edit("none.md", Expected::Absent, None),
            edit("none/at/all.md", Expected::Anything, None),
        ],
    ];
    for edits in cases {
        assert_eq!(store.commit(&volume, change("nothing", edits)).expect("it is fine"), before);
    }
    let query = HistoryQuery { limit: 10, ..HistoryQuery::default() };
    assert_eq!(messages(store, "user/ana", &query), ["put files"]);
}

/// A folder goes with its last file.
pub fn a_deleted_file_is_gone(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    put(store, "user/ana", &[("a/b/c.md", "c"), ("a/d.md", "d")]);
    let version = Expected::Version(BlobId::of(b"c"));
    let edits = vec![edit("a/b/c.md", version, None)];
    store.commit(&volume, change("delete", edits)).expect("the commit is made");
    assert_eq!(paths(store, "user/ana", Some("a")), ["a/d.md"]);
    // Where the folder was, a file may be.
    put(store, "user/ana", &[("a/b", "file")]);
    assert_eq!(paths(store, "user/ana", Some("a")), ["a/b", "a/d.md"]);
}

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

/// Ids that nobody gave, and ids of another kind, are errors and nothing worse.
pub fn ids_that_are_not_there_are_unknown(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let commit = put(store, "user/ana", &[("a.md", "one")]);
    let blob = BlobId::of(b"one").0;
    let odd = [
        "",
        "HEAD",
        "main",
        "../x",
        "zz",
        "\0",
        "ünï",
        &commit.0[..10],
        &format!("{commit}~1"),
        &"f".repeat(40),
    ];
    for odd in odd.into_iter().chain([blob.as_str()]) {
        let got = store.list(&volume, &CommitId(odd.to_owned()), None);
        assert!(matches!(got, Err(StoreError::UnknownObject { .. })), "commit `{odd}`: {got:?}");
    }
    for odd in odd.into_iter().chain([commit.0.as_str()]) {
        let got = store.read(&volume, &BlobId(odd.to_owned()));
        assert!(matches!(got, Err(StoreError::UnknownObject { .. })), "content `{odd}`: {got:?}");
        let stale = vec![edit("a.md", Expected::Version(BlobId(odd.to_owned())), Some("x"))];
        let got = store.commit(&volume, change("odd", stale));
        assert!(matches!(got, Err(StoreError::Stale { .. })), "version `{odd}`: {got:?}");
    }
}

/// What is in one volume can be neither seen nor read in another.
pub fn volumes_know_nothing_of_each_other(store: &impl Store) {
    let secret = put(store, "user/ana", &[("a.md", "secret")]);
    put(store, "user/bo", &[("b.md", "b")]);
    put(store, "team/ana", &[("t.md", "t")]);
    put(store, "system", &[("s.md", "s")]);
    let bo: VolumeId = id("user/bo");
    assert_eq!(paths(store, "user/bo", None), ["b.md", "metadata.json"]);
    assert!(matches!(store.list(&bo, &secret, None), Err(StoreError::UnknownObject { .. })));
    assert!(matches!(
        store.read(&bo, &BlobId::of(b"secret")),
        Err(StoreError::UnknownObject { .. })
    ));
    let all: Vec<_> =
        store.volumes().expect("the list is read").iter().map(VolumeId::to_string).collect();
    assert_eq!(all, ["system", "team/ana", "user/ana", "user/bo"]);
}

/// Two writers that expect nothing of each other both keep all their changes.
pub fn writers_at_the_same_time_all_get_through(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    thread::scope(|scope| {
        for writer in ["x", "y"] {
            let volume = &volume;
            scope.spawn(move || {
                for n in 0..50 {
                    let edits =
                        vec![edit(&format!("{writer}/{n}.md"), Expected::Absent, Some(writer))];
                    let made = store.commit(volume, change(&format!("{writer} {n}"), edits));
                    made.expect("the commit is made");
                }
            });
        }
    });
    assert_eq!(paths(store, "user/ana", None).len(), 101);
    let query = HistoryQuery { limit: 1000, ..HistoryQuery::default() };
    assert_eq!(messages(store, "user/ana", &query).len(), 100);
}
