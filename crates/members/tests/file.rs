//! The file of members on a real disk.

use std::{fs, thread};

use llmos_core::{
    members::{Directory, DirectoryError, MembersError, User},
    slug::Slug,
};
use llmos_members::{ChangeError, MembersFile};

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn fresh() -> (tempfile::TempDir, MembersFile) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = MembersFile::beside(&folder.path().join("volumes"));
    (folder, file)
}

#[test]
fn without_a_file_nobody_keeps_members_and_looking_makes_none() {
    let (_folder, file) = fresh();
    assert!(file.members().expect("nothing to read").is_none());
    assert!(!file.path().parent().expect("a folder").exists());
}

#[test]
fn a_change_counts_from_the_next_question_on_whoever_made_it() {
    let (_folder, file) = fresh();
    file.change(|members| members.add_user(slug("ana"), User::default())).expect("it is new");
    let ids = || {
        let members = file.members().expect("it reads").expect("it is there");
        members.users().keys().map(Slug::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids(), ["ana"]);
    let text = fs::read_to_string(file.path()).expect("it is there");
    fs::write(file.path(), text.replace("id: ana", "id: bob")).expect("an editor saves it");
    assert_eq!(ids(), ["bob"]);
}

#[test]
fn a_refused_change_and_a_broken_file_leave_the_file_as_it_is() {
    let (_folder, file) = fresh();
    file.change(|members| members.add_user(slug("ana"), User::default())).expect("it is new");
    let text = fs::read_to_string(file.path()).expect("it is there");
    let again = file.change(|members| members.add_user(slug("ana"), User::default()));
    assert!(matches!(again, Err(ChangeError::Refused(MembersError::Exists { .. }))), "{again:?}");
    assert_eq!(fs::read_to_string(file.path()).expect("it is there"), text);

    fs::write(file.path(), "---\nusers: [{id: ana}\n---\n").expect("an editor saves it");
    let read = file.members();
    assert!(matches!(read, Err(DirectoryError::Broken { .. })), "{read:?}");
    let changed = file.change(|members| members.add_user(slug("bob"), User::default()));
    assert!(matches!(changed, Err(ChangeError::Directory(_))), "{changed:?}");
    assert_eq!(fs::read(file.path()).expect("it is there"), b"---\nusers: [{id: ana}\n---\n");
}

#[test]
fn two_that_change_it_at_once_both_keep_their_changes() {
    let (_folder, file) = fresh();
    let file = &file;
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for n in 0..5 {
                    let id = slug(&format!("u{writer}-{n}"));
                    file.change(|members| members.add_user(id, User::default()))
                        .expect("it is new");
                }
            });
        }
    });
    let members = file.members().expect("it reads").expect("it is there");
    assert_eq!(members.users().len(), 20);
}
