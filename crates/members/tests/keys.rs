//! The file of API keys on a real disk.

use std::{fs, thread};

use llmos_core::{
    api_key::{ApiKey, ApiKeySource, ApiKeySourceError, FreshKey},
    slug::Slug,
};
use llmos_members::{ApiKeysChangeError, ApiKeysFile};

fn fresh() -> (tempfile::TempDir, ApiKeysFile) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = ApiKeysFile::beside(&folder.path().join("volumes"));
    (folder, file)
}

fn add(file: &ApiKeysFile, number: u32) -> (Slug, String) {
    let made = FreshKey::new(number, &[number.to_le_bytes()[0]; 32]);
    let key = ApiKey {
        user: "ana".parse().expect("a slug"),
        team: None,
        name: None,
        created_at: "2026-11-30T08:00:00Z".parse().expect("a time"),
        sha256: made.sha256(),
    };
    file.change(|keys| keys.add(made.id.clone(), key)).expect("it is new");
    (made.id, made.text)
}

fn lets_in(file: &ApiKeysFile, key: &str) -> bool {
    file.api_keys().expect("it reads").find(key).is_some()
}

#[test]
fn without_a_file_there_are_no_keys_and_looking_makes_none() {
    let (_folder, file) = fresh();
    assert!(!lets_in(&file, "llmos_1_2"));
    assert!(!file.path().parent().expect("a folder").exists());
}

#[test]
fn a_key_counts_until_it_is_revoked_also_by_another_process() {
    let (folder, file) = fresh();
    let (id, key) = add(&file, 7);
    assert!(lets_in(&file, &key));
    let other = ApiKeysFile::beside(&folder.path().join("volumes"));
    other.change(|keys| keys.revoke(&id)).expect("it is there");
    assert!(!lets_in(&file, &key));
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, file) = fresh();
    add(&file, 7);
    let mode = fs::metadata(file.path()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_broken_file_lets_nobody_in_and_is_not_overwritten() {
    let (_folder, file) = fresh();
    let (id, _) = add(&file, 7);
    fs::write(file.path(), "---\nkeys: [{\n---\n").expect("an editor saves it");
    let read = file.api_keys();
    assert!(matches!(read, Err(ApiKeySourceError::Broken { .. })), "{read:?}");
    let changed = file.change(|keys| keys.revoke(&id));
    assert!(matches!(changed, Err(ApiKeysChangeError::Source(_))), "{changed:?}");
    assert_eq!(fs::read(file.path()).expect("it is there"), b"---\nkeys: [{\n---\n");
}

#[test]
fn two_that_change_it_at_once_both_keep_their_changes() {
    let (_folder, file) = fresh();
    let file = &file;
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || (0..5).for_each(|n| drop(add(file, writer * 100 + n))));
        }
    });
    assert_eq!(file.api_keys().expect("it reads").all().len(), 20);
}
