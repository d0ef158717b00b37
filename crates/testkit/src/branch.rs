//! What every [`Branches`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`branch_tests!`](crate::branch_tests).

use std::thread;

use llmos_core::{
    branch::{BranchName, Branches, Volumes},
    store::{BlobId, Change, CommitId, Expected, HistoryQuery, Store, StoreError},
    volume::VolumeId,
};

use crate::store::{at, change, edit, id, put, text};

/// Makes one test of each promise of [`Branches`].
///
/// `$fresh` is a function that returns something that dereferences to an empty store.
#[macro_export]
macro_rules! branch_tests {
    ($fresh:expr) => {
        $crate::branch_tests!(
            $fresh;
            a_volume_is_its_main_branch,
            a_branch_goes_its_own_way,
            two_branches_never_stand_in_each_others_way,
            a_branch_begins_at_a_commit_of_its_volume,
            a_change_on_a_branch_is_held_against_the_branch,
            a_merge_has_both_sides_before_it,
            a_merge_is_made_where_no_file_changes_too,
            a_branch_is_deleted_only_where_it_ends,
            main_is_never_deleted,
            what_two_commits_have_in_common_is_found,
            writers_of_one_branch_all_get_through,
        );
    };
    ($fresh:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                let store = $fresh();
                $crate::branch::$promise(&*store);
            }
        )*
    };
}

const ANA: &str = "user/ana";

/// The names and newest commits of Ana's branches.
fn tips(store: &impl Branches) -> Vec<(String, CommitId)> {
    let branches = store.branches(&id(ANA)).expect("the branches are read");
    branches.into_iter().map(|branch| (branch.name.to_string(), branch.tip)).collect()
}

/// Commits one file to a branch of Ana.
#[track_caller]
fn put_on(store: &impl Branches, branch: &str, path: &str, content: &str, time: i64) -> CommitId {
    let edits = vec![edit(path, Expected::Anything, Some(content))];
    let change = Change { time: at(time), ..change(&format!("{branch}: {content}"), edits) };
    store.commit_to(&id(ANA), &id(branch), change, None).expect("the commit is made")
}

#[track_caller]
fn branch_off(store: &impl Branches, branch: &str, from: &CommitId) {
    store.create_branch(&id(ANA), &id(branch), from).expect("the branch is made");
}

/// The text of a file at a commit.
#[track_caller]
fn text_at(store: &impl Store, commit: &CommitId, path: &str) -> Option<String> {
    let entries = store.list(&id(ANA), commit, Some(&id(path))).expect("the listing is read");
    let content = store.read(&id(ANA), &entries.first()?.blob).expect("the file is read");
    Some(String::from_utf8(content).expect("it is text"))
}

/// There is none without a volume, and `main` with the first commit, whoever makes it.
pub fn a_volume_is_its_main_branch(store: &impl Volumes) {
    assert_eq!(tips(store), []);
    let edits = vec![edit("a.md", Expected::Absent, Some("one"))];
    let main = BranchName::main();
    let made = store.commit_to(&id(ANA), &main, change("first", edits), None);
    let made = made.expect("the first commit is made");
    assert_eq!(tips(store), [("main".to_owned(), made.clone())]);
    assert_eq!(store.head(&id(ANA)).expect("the head is read"), Some(made));
    let second = put(store, ANA, &[("a.md", "two")]);
    assert_eq!(tips(store), [("main".to_owned(), second)]);
}

/// Commits of a branch change neither `main` nor another branch, and stay readable by their ids.
pub fn a_branch_goes_its_own_way(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one"), ("b.md", "bee")]);
    let second = put(store, ANA, &[("a.md", "two")]);
    branch_off(store, "pr/bo/plot", &first);
    branch_off(store, "pr/bo/other", &second);
    let on_branch = put_on(store, "pr/bo/plot", "a.md", "branch", 9);
    let want = [("main", &second), ("pr/bo/other", &second), ("pr/bo/plot", &on_branch)];
    assert_eq!(tips(store), want.map(|(name, tip)| (name.to_owned(), tip.clone())));
    assert_eq!(text(store, ANA, "a.md").as_deref(), Some("two"));
    assert_eq!(text_at(store, &on_branch, "a.md").as_deref(), Some("branch"));
    assert_eq!(text_at(store, &on_branch, "b.md").as_deref(), Some("bee"));
    let query = HistoryQuery { from: Some(on_branch.clone()), limit: 9, path: None };
    let history = store.history(&id(ANA), &query).expect("the history is read");
    assert_eq!(history.iter().map(|it| &it.id).collect::<Vec<_>>(), [&on_branch, &first]);
    // `main` goes on as if there were no branch.
    put(store, ANA, &[("a.md", "three")]);
    assert_eq!(text_at(store, &on_branch, "a.md").as_deref(), Some("branch"));
}

/// A name is taken once, and `a` and `a/b` cannot both be.
pub fn two_branches_never_stand_in_each_others_way(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "pr/ana", &first);
    for taken in ["main", "main/x", "pr/ana", "pr/ana/x", "pr"] {
        let again = store.create_branch(&id(ANA), &id(taken), &first);
        assert!(matches!(again, Err(StoreError::BranchExists { .. })), "`{taken}`: {again:?}");
    }
    assert_eq!(tips(store).len(), 2);
    branch_off(store, "pr/bo", &first);
}

/// Contents, commits of another volume and made-up ids are no place to begin.
pub fn a_branch_begins_at_a_commit_of_its_volume(store: &impl Volumes) {
    put(store, ANA, &[("a.md", "one")]);
    let elsewhere = put(store, "user/bo", &[("b.md", "other")]);
    let blob = CommitId(BlobId::of(b"one").0);
    let nobody = CommitId("0".repeat(40));
    for odd in [&elsewhere, &blob, &nobody, &CommitId("HEAD".to_owned())] {
        let made = store.create_branch(&id(ANA), &id("x"), odd);
        assert!(matches!(made, Err(StoreError::UnknownObject { .. })), "`{odd}`: {made:?}");
        let merged = store.commit_to(&id(ANA), &BranchName::main(), change("m", vec![]), Some(odd));
        assert!(matches!(merged, Err(StoreError::UnknownObject { .. })), "`{odd}`: {merged:?}");
    }
    let ghost: VolumeId = id("user/ghost");
    let made = store.create_branch(&ghost, &id("x"), &elsewhere);
    assert!(matches!(made, Err(StoreError::UnknownObject { .. })), "got {made:?}");
    let edits = vec![edit("a.md", Expected::Absent, Some("x"))];
    let made = store.commit_to(&ghost, &id("x"), change("c", edits), None);
    assert!(matches!(made, Err(StoreError::UnknownBranch { .. })), "got {made:?}");
    assert_eq!(store.head(&ghost).expect("no volume is no error"), None);
}

/// Expectations are those of the branch, not of `main`; a refused change leaves it as it is.
pub fn a_change_on_a_branch_is_held_against_the_branch(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "x", &first);
    put(store, ANA, &[("a.md", "two")]);
    let replace = |version: &[u8], text| {
        let version = Expected::Version(BlobId::of(version));
        let change = change("c", vec![edit("a.md", version, Some(text))]);
        store.commit_to(&id(ANA), &id("x"), change, None)
    };
    let stale = replace(b"two", "three");
    assert!(matches!(stale, Err(StoreError::Stale { current: Some(_), .. })), "got {stale:?}");
    let same = replace(b"one", "one").expect("nothing changes");
    assert_eq!(same, first);
    let made = replace(b"one", "three").expect("the commit is made");
    assert_eq!(text_at(store, &made, "a.md").as_deref(), Some("three"));
    let unknown = store.commit_to(&id(ANA), &id("y"), change("c", vec![]), None);
    assert!(matches!(unknown, Err(StoreError::UnknownBranch { .. })), "got {unknown:?}");
}

/// The commit of a merge follows both, and the history has the commits of both sides.
pub fn a_merge_has_both_sides_before_it(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "x", &first);
    let theirs = put_on(store, "x", "b.md", "branch", 1);
    let ours = put_on(store, "main", "a.md", "main", 2);
    let edits = vec![edit("b.md", Expected::Absent, Some("branch"))];
    let merge = Change { time: at(3), ..change("merge x", edits) };
    let merged = store.commit_to(&id(ANA), &BranchName::main(), merge, Some(&theirs));
    let merged = merged.expect("the merge is made");
    let all = HistoryQuery { limit: 9, ..HistoryQuery::default() };
    let history = store.history(&id(ANA), &all).expect("the history is read");
    assert_eq!(history[0].parents, [ours.clone(), theirs.clone()]);
    let ids: Vec<_> = history.iter().map(|commit| &commit.id).collect();
    assert_eq!(ids, [&merged, &ours, &theirs, &first]);
    assert_eq!(text(store, ANA, "b.md").as_deref(), Some("branch"));
    // What came from one side is told of that side alone.
    let of_file = HistoryQuery { path: Some(id("b.md")), ..all };
    let history = store.history(&id(ANA), &of_file).expect("the history is read");
    assert_eq!(history.iter().map(|it| &it.id).collect::<Vec<_>>(), [&theirs]);
    // The branch itself goes nowhere, and a branch can take `main` in.
    assert!(tips(store).contains(&("x".to_owned(), theirs)));
    let back = Change { time: at(4), ..change("update x", vec![]) };
    let back = store.commit_to(&id(ANA), &id("x"), back, Some(&merged)).expect("it is made");
    assert!(tips(store).contains(&("x".to_owned(), back)));
}

/// That two lines met is worth a commit even where the files stay as they are.
pub fn a_merge_is_made_where_no_file_changes_too(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "x", &first);
    let theirs = put_on(store, "x", "a.md", "branch", 1);
    for branch in ["main", "x"] {
        let merge = Change { time: at(2), ..change("keep ours", vec![]) };
        let before = tips(store);
        let made = store.commit_to(&id(ANA), &id(branch), merge, Some(&theirs));
        let made = made.expect("the merge is made");
        assert_ne!(tips(store), before);
        assert!(tips(store).contains(&(branch.to_owned(), made)));
    }
    assert_eq!(text(store, ANA, "a.md").as_deref(), Some("one"));
}

/// Whoever deletes a branch says where it ends; then its name is free again.
pub fn a_branch_is_deleted_only_where_it_ends(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "pr/x", &first);
    let second = put_on(store, "pr/x", "a.md", "two", 1);
    let late = store.delete_branch(&id(ANA), &id("pr/x"), &first);
    match late {
        Err(StoreError::BranchMoved { tip, .. }) => assert_eq!(tip, second),
        other => panic!("got {other:?}"),
    }
    store.delete_branch(&id(ANA), &id("pr/x"), &second).expect("it is deleted");
    let gone = store.delete_branch(&id(ANA), &id("pr/x"), &second);
    assert!(matches!(gone, Err(StoreError::UnknownBranch { .. })), "got {gone:?}");
    assert_eq!(tips(store), [("main".to_owned(), first.clone())]);
    branch_off(store, "pr", &first);
}

/// `main` is the volume.
pub fn main_is_never_deleted(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    let refused = store.delete_branch(&id(ANA), &BranchName::main(), &first);
    assert!(matches!(refused, Err(StoreError::CheckedOut { .. })), "got {refused:?}");
    assert_eq!(store.head(&id(ANA)).expect("the head is read"), Some(first));
}

/// The last commit before two lines parted.
pub fn what_two_commits_have_in_common_is_found(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    let second = put_on(store, "main", "a.md", "two", 1);
    branch_off(store, "x", &second);
    let theirs = put_on(store, "x", "a.md", "branch", 2);
    let ours = put_on(store, "main", "a.md", "three", 3);
    let base = |one: &CommitId, other: &CommitId| {
        store.merge_base(&id(ANA), one, other).expect("both are there")
    };
    assert_eq!(base(&ours, &theirs), Some(second.clone()));
    assert_eq!(base(&theirs, &ours), Some(second.clone()));
    assert_eq!(base(&first, &theirs), Some(first.clone()));
    assert_eq!(base(&ours, &ours), Some(ours.clone()));
    let nobody = CommitId("0".repeat(40));
    let unknown = store.merge_base(&id(ANA), &nobody, &ours);
    assert!(matches!(unknown, Err(StoreError::UnknownObject { .. })), "got {unknown:?}");
}

/// Writers that expect nothing of each other both keep all their changes.
pub fn writers_of_one_branch_all_get_through(store: &impl Volumes) {
    let first = put(store, ANA, &[("a.md", "one")]);
    branch_off(store, "x", &first);
    thread::scope(|scope| {
        for writer in ["x", "y", "z"] {
            scope.spawn(move || {
                let branch = if writer == "z" { "main" } else { "x" };
                for n in 0..5 {
                    put_on(store, branch, &format!("{writer}/{n}.md"), writer, n);
                }
            });
        }
    });
    for (branch, want) in [("main", 7), ("x", 12)] {
        let tip = tips(store).into_iter().find(|(name, _)| name == branch).expect("it is there").1;
        let files = store.list(&id(ANA), &tip, None).expect("the listing is read");
        assert_eq!(files.len(), want, "on `{branch}`");
    }
}
