//! Promises about changes: what is refused, and what is kept of it.

use std::thread;

use llmos_core::{
    store::{BlobId, Expected, HistoryQuery, Store, StoreError},
    volume::VolumeId,
};

use super::{change, edit, id, messages, paths, put, text};

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
