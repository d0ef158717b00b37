//! What every [`Store`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`store_tests!`](crate::store_tests).

mod history;
mod writing;

use std::str::FromStr;

use jiff::Timestamp;
use llmos_core::{
    metadata,
    store::{
        Author, BlobId, Change, CommitId, Edit, Expected, HistoryQuery, Holds, Store, StoreError,
    },
    volume::{VolumeId, VolumePath},
};

pub use history::*;
pub use writing::*;

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
            the_names_of_a_folder_are_those_directly_in_it,
            the_id_of_a_folder_changes_with_what_is_below_it,
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
            what_came_between_two_commits_is_handed_over_once,
            what_differs_between_two_commits_is_told_by_file,
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
pub(crate) fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
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

pub(crate) fn at(seconds: i64) -> Timestamp {
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

/// Names stand without their folder, and nothing from further down is among them.
pub fn the_names_of_a_folder_are_those_directly_in_it(store: &impl Store) {
    let volume: VolumeId = id("user/ana");
    let files = ["skills/a.md", "skills/a/x", "skills/deep/er/b.md", "skills-2.md", "b.md"];
    let head = put(store, "user/ana", &files.map(|path| (path, path)));
    let cases: [(Option<&str>, &[&str]); 6] = [
        (None, &["b.md", "metadata.json", "skills/", "skills-2.md"]),
        (Some("skills"), &["a/", "a.md", "deep/"]),
        (Some("skills/deep"), &["er/"]),
        (Some("skills/a.md"), &[]),
        (Some("skills/a.md/x"), &[]),
        (Some("none/at/all"), &[]),
    ];
    for (path, want) in cases {
        let found = store.names(&volume, &head, path.map(id::<VolumePath>).as_ref());
        let found = found.expect("the names are read").into_iter().map(|name| match name.holds {
            Holds::Folder(_) => format!("{}/", name.name),
            Holds::File(blob) => {
                let path = path.map(|path| format!("{path}/")).unwrap_or_default() + &name.name;
                if path != "metadata.json" {
                    assert_eq!(blob, BlobId::of(path.as_bytes()));
                }
                name.name
            }
        });
        assert_eq!(found.collect::<Vec<_>>(), want, "in {path:?}");
    }
    let nobody = CommitId("0".repeat(40));
    assert!(matches!(store.names(&volume, &nobody, None), Err(StoreError::UnknownObject { .. })));
}

/// The same content has the same id, whatever happened elsewhere and in between.
pub fn the_id_of_a_folder_changes_with_what_is_below_it(store: &impl Store) {
    let skills = |head: &CommitId| {
        let names = store.names(&id("user/ana"), head, None).expect("the names are read");
        let found = names.into_iter().find(|name| name.name == "skills");
        match found.expect("the folder is there").holds {
            Holds::Folder(folder) => folder,
            Holds::File(_) => panic!("it is a folder"),
        }
    };
    let first = skills(&put(store, "user/ana", &[("skills/deep/a.md", "one")]));
    let elsewhere = skills(&put(store, "user/ana", &[("workflows/b.md", "b")]));
    let changed = skills(&put(store, "user/ana", &[("skills/deep/a.md", "two")]));
    let back = skills(&put(store, "user/ana", &[("skills/deep/a.md", "one")]));
    assert_eq!((&elsewhere, &back), (&first, &first));
    assert_ne!(changed, first);
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
