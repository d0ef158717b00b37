//! Blobs over volumes in memory: who may read which, through what, and what is removed.

#[path = "blobs/collect.rs"]
mod collect;
#[path = "blobs/support.rs"]
mod support;

use llmos_api::{
    session::{CommitSession, CreateSession},
    skill::PromoteSkill,
};
use llmos_core::{
    blob::{BlobHash, MediaType},
    chat::{Ask, ToolAnswer},
    store::{HistoryQuery, Store},
};
use llmos_workbench::{BlobPlace, Caller, Error, ErrorKind, FoundBlob, NewBlob, Page, ids};

use support::{Fixture, caller, volume};

fn place(of: &str) -> BlobPlace {
    BlobPlace { volume: Some(volume(of)), ..BlobPlace::default() }
}

/// What the caller gets there.
fn read(
    fixture: &Fixture,
    caller: &Caller,
    content: &[u8],
    place: &BlobPlace,
) -> Result<String, Error> {
    let found: FoundBlob = fixture.workbench.find_blob(caller, &BlobHash::of(content), place)?;
    assert_eq!(found.size(), content.len() as u64);
    let mut open = fixture.workbench.open_blob(&found, None)?;
    let mut text = String::new();
    open.content.read_to_string(&mut text).expect("it is whole");
    Ok(text)
}

#[track_caller]
fn refused(got: Result<String, Error>, kind: ErrorKind, code: &str) {
    let error = got.expect_err("it is refused");
    assert_eq!((error.kind(), error.code()), (kind, code), "{error}");
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{error}");
}

#[test]
fn an_upload_becomes_one_commit_with_a_text_that_people_read() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    let kept = fixture.put(&ana, "files/data.csv", b"a,b\n1,2\n");
    assert_eq!(
        (kept.path.as_deref(), kept.volume.as_str()),
        (Some("files/data.csv.blob.md"), "user/ana")
    );
    let history = fixture
        .store
        .history(&volume("user/ana"), &HistoryQuery { limit: 9, ..HistoryQuery::default() });
    let history = history.expect("it is in memory");
    assert_eq!(history.len(), 1);
    let hash = BlobHash::of(b"a,b\n1,2\n").tagged();
    let want = format!("file: put files/data.csv.blob.md\n\nBlob: {hash}\nSize: 8\n");
    assert_eq!(history[0].message, want);
    assert_eq!(fixture.text(&volume("user/ana"), "files/data.csv.blob.md"), kept.pointer);
    assert!(kept.pointer.contains(&hash));
    let page = Page::new(None, None).expect("it is a page");
    let list = fixture.workbench.list_blobs(&ana, None, page).expect("it is hers");
    assert_eq!((list.total, list.blobs[0].is_here), (1, true));
    assert_eq!((list.blobs[0].blob.name.as_str(), list.blobs[0].blob.size), ("data.csv", 8));
}

#[test]
fn a_blob_is_read_by_whoever_may_read_what_refers_to_it() {
    let fixture = Fixture::new();
    let (ana, bob) = (caller("ana"), caller("bob"));
    fixture.put(&ana, "files/secret.txt", b"hers");
    for here in [BlobPlace::default(), place("user/ana")] {
        assert_eq!(read(&fixture, &ana, b"hers", &here).ok().as_deref(), Some("hers"));
    }
    let path = Some("files/secret.txt.blob.md".parse().expect("it is a path"));
    let exact = BlobPlace { path: path.clone(), ..place("user/ana") };
    assert_eq!(read(&fixture, &ana, b"hers", &exact).ok().as_deref(), Some("hers"));
    refused(read(&fixture, &ana, b"else", &exact), ErrorKind::Unknown, "unknown");
    refused(read(&fixture, &bob, b"hers", &BlobPlace::default()), ErrorKind::Unknown, "unknown");
    for denied in [place("user/ana"), exact] {
        refused(read(&fixture, &bob, b"hers", &denied), ErrorKind::Denied, "denied");
    }
}

/// Whoever learns a hash and writes it down has nothing of the content.
#[test]
fn a_pointer_that_somebody_made_up_leads_to_nothing() {
    let fixture = Fixture::new();
    let (ana, bob) = (caller("ana"), caller("bob"));
    let kept = fixture.put(&ana, "files/secret.txt", b"hers");
    fixture.write(&volume("user/bob"), "files/mine.blob.md", Some(&kept.pointer));
    refused(
        read(&fixture, &bob, b"hers", &BlobPlace::default()),
        ErrorKind::Unknown,
        "blob-missing",
    );
    let session = fixture.begin(&bob);
    fixture.say(&bob, &session, &kept.pointer);
    let there =
        BlobPlace { session: Some(session.parse().expect("it is a slug")), ..BlobPlace::default() };
    refused(read(&fixture, &bob, b"hers", &there), ErrorKind::Unknown, "blob-missing");
    refused(read(&fixture, &ana, b"hers", &there), ErrorKind::Unknown, "unknown");
}

#[test]
fn what_nothing_refers_to_yet_is_read_by_nobody() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    let kept = fixture.put_loose(&ana, b"for a message");
    assert_eq!((kept.path, kept.commit), (None, None));
    refused(
        read(&fixture, &ana, b"for a message", &BlobPlace::default()),
        ErrorKind::Unknown,
        "unknown",
    );
    let session = fixture.begin(&ana);
    fixture.say(&ana, &session, &kept.pointer);
    let id = session.parse().expect("it is a slug");
    let there = BlobPlace { session: Some(id), ..BlobPlace::default() };
    assert_eq!(
        read(&fixture, &ana, b"for a message", &there).ok().as_deref(),
        Some("for a message")
    );
    let exact = BlobPlace { message: Some(1), ..there.clone() };
    assert!(read(&fixture, &ana, b"for a message", &exact).is_ok());
    refused(
        read(&fixture, &ana, b"for a message", &BlobPlace { message: Some(2), ..there.clone() }),
        ErrorKind::Unknown,
        "unknown",
    );
    refused(
        read(&fixture, &caller("bob"), b"for a message", &there),
        ErrorKind::Unknown,
        "unknown",
    );
    fixture
        .workbench
        .delete_session(&ana, &session.parse().expect("a slug"), None)
        .expect("it is hers");
    refused(read(&fixture, &ana, b"for a message", &there), ErrorKind::Unknown, "unknown");
}

#[test]
fn what_was_deleted_is_read_at_the_commit_that_has_it() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    let kept = fixture.put(&ana, "files/old.txt", b"old");
    fixture.write(&volume("user/ana"), "files/old.txt.blob.md", None);
    refused(read(&fixture, &ana, b"old", &BlobPlace::default()), ErrorKind::Unknown, "unknown");
    let at = ids::point("commit", kept.commit.as_deref().expect("it was committed")).ok();
    let nameless = BlobPlace { at: at.clone(), ..BlobPlace::default() };
    refused(read(&fixture, &ana, b"old", &nameless), ErrorKind::Invalid, "missing-field");
    let path = Some("files/old.txt.blob.md".parse().expect("it is a path"));
    let there = BlobPlace { at, path, ..place("user/ana") };
    assert_eq!(read(&fixture, &ana, b"old", &there).ok().as_deref(), Some("old"));
}

#[test]
fn uploads_stand_where_their_owner_may_write_and_replace_nothing_by_accident() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    fixture.put(&ana, "files/a.txt", b"one");
    let asked = |of: &str, path: Option<&str>| NewBlob {
        volume: Some(volume(of)),
        path: path.map(|path| path.parse().expect("it is a path")),
        media_type: MediaType::unknown(),
        name: None,
        expected: None,
        replace: false,
    };
    let put = |asked: &NewBlob| {
        fixture.workbench.put_blob(&ana, asked, &mut b"two".as_slice()).map(|kept| kept.pointer)
    };
    refused(put(&asked("user/bob", Some("files/a.txt"))), ErrorKind::Denied, "denied");
    refused(put(&asked("user/bob", None)), ErrorKind::Denied, "denied");
    refused(put(&asked("system", None)), ErrorKind::Denied, "denied");
    refused(put(&asked("team/atlas", Some("files/a.txt"))), ErrorKind::Denied, "denied");
    assert!(put(&asked("team/atlas", None)).is_ok(), "a member may say something there");
    refused(put(&asked("user/ana", Some("skills/a.txt"))), ErrorKind::Invalid, "bad-field");
    refused(put(&asked("user/ana", Some("files/a.txt"))), ErrorKind::Invalid, "bad-field");
    let other = NewBlob {
        expected: Some(BlobHash::of(b"three")),
        ..asked("user/ana", Some("files/b.txt"))
    };
    refused(put(&other), ErrorKind::Invalid, "bad-field");
    let whole = asked("user/ana", Some("files/a.txt"));
    assert!(put(&NewBlob { replace: true, ..whole.clone() }).is_ok());
    let again = NewBlob { expected: Some(BlobHash::of(b"two")), ..whole };
    assert!(put(&again).is_ok(), "the same content again is no other one");
    let large = fixture.workbench.may_upload(&ana, &again, Some(support::LIMIT + 1));
    refused(large.map(|()| String::new()), ErrorKind::TooLarge, "body-too-large");
    let mut too_much = std::io::Read::take(std::io::repeat(7), support::LIMIT + 1);
    let got = fixture.workbench.put_blob(&ana, &asked("user/ana", None), &mut too_much);
    refused(got.map(|kept| kept.pointer), ErrorKind::TooLarge, "body-too-large");
}

#[test]
fn a_deleted_file_is_one_commit_and_its_content_stays_in_the_history() {
    let fixture = Fixture::new();
    let (ana, bob) = (caller("ana"), caller("bob"));
    let kept = fixture.put(&ana, "files/a.txt", b"one");
    let path = ids::path("files/a.txt.blob.md").expect("it is a path");
    let of_ana = volume("user/ana");
    let got = fixture.workbench.delete_blob(&bob, Some(&of_ana), &path, None);
    refused(got.map(|gone| gone.commit), ErrorKind::Denied, "denied");
    let there = fixture.workbench.blob_place(&bob, Some(&of_ana), "a.txt", 1);
    refused(there.map(|there| there.path), ErrorKind::Denied, "denied");
    let other = BlobHash::of(b"two");
    let got = fixture.workbench.delete_blob(&ana, None, &path, Some(&other));
    refused(got.map(|gone| gone.commit), ErrorKind::Conflict, "stale");
    fixture.workbench.delete_blob(&ana, None, &path, None).expect("it is hers");
    let query = HistoryQuery { limit: 9, ..HistoryQuery::default() };
    let history = fixture.store.history(&of_ana, &query).expect("it is in memory");
    let hash = BlobHash::of(b"one").tagged();
    assert_eq!(history[0].message, format!("file: delete {path}\n\nBlob: {hash}\n"));
    let then = BlobPlace {
        path: Some(path),
        at: Some(ids::point("commit", &kept.commit.expect("it is a commit")).expect("it is one")),
        ..place("user/ana")
    };
    assert_eq!(read(&fixture, &ana, b"one", &then).ok().as_deref(), Some("one"));
}

#[test]
fn a_model_reads_the_text_of_a_file_part_by_part_in_the_name_of_the_person() {
    let fixture = Fixture::new();
    let (ana, bob) = (caller("ana"), caller("bob"));
    let long = "ä".repeat(20_000);
    fixture.put(&ana, "files/long.txt", long.as_bytes());
    fixture.put(&ana, "files/a.bin", b"\x00\x01");
    let ask = |caller: &Caller, path: &str, from: usize| {
        let (volume, path) = (volume("user/ana"), ids::path(path).expect("it is a path"));
        match fixture.workbench.carry_out(caller, &Ask::ReadFile { volume, path, from })? {
            ToolAnswer::Text(text) => Ok(text),
            other => panic!("{other:?}"),
        }
    };
    let (mut got, mut from) = (String::new(), 0);
    for path in ["files/long.txt", "files/long.txt.blob.md"].into_iter().cycle() {
        let text = ask(&ana, path, from).expect("it is hers");
        let (head, part) = text.split_once("\n\n").expect("it has a head");
        assert_eq!(
            head,
            format!("`{path}` of volume `user/ana`, the file `long.txt` of 40000 bytes:")
        );
        let Some((part, next)) = part.split_once("\n[go on with `from`: ") else {
            got.push_str(part);
            break;
        };
        got.push_str(part);
        from = next.trim_end_matches(']').parse().expect("it is a number");
    }
    assert_eq!(got, long);
    refused(ask(&ana, "files/a.bin", 0), ErrorKind::Invalid, "bad-field");
    refused(ask(&bob, "files/long.txt", 0), ErrorKind::Denied, "denied");
    refused(ask(&ana, "files/none.txt", 0), ErrorKind::Unknown, "unknown");
}

#[test]
fn a_session_that_is_committed_elsewhere_takes_its_files_along() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    let loose = NewBlob {
        volume: Some(volume("team/atlas")),
        path: None,
        media_type: MediaType::unknown(),
        name: Some("plan.txt".to_owned()),
        expected: None,
        replace: false,
    };
    let kept =
        fixture.workbench.put_blob(&ana, &loose, &mut b"plan".as_slice()).expect("a member may");
    let asked = CreateSession { volume: Some("team/atlas".to_owned()), ..CreateSession::default() };
    let session = fixture.workbench.create_session(&ana, &asked).expect("a member may").id;
    fixture.say(&ana, &session, &kept.pointer);
    let asked = CommitSession { volume: Some("user".to_owned()), ..CommitSession::default() };
    let id = session.parse().expect("it is a slug");
    fixture.workbench.commit_session(&ana, &id, &asked).expect("it is hers");
    assert_eq!(read(&fixture, &ana, b"plan", &place("user/ana")).ok().as_deref(), Some("plan"));
    let path = format!("sessions/{session}/plan.txt.blob.md");
    assert_eq!(fixture.text(&volume("user/ana"), &path), kept.pointer);
    refused(read(&fixture, &ana, b"plan", &place("team/atlas")), ErrorKind::Unknown, "unknown");
}

#[test]
fn a_skill_that_is_promoted_takes_its_files_along() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    let own = volume("user/ana");
    let skill =
        "---\nname: fit\ndescription: Fits a model\n---\n\n# Fit\n\nUse `assets/model.bin`.\n";
    fixture.write(&own, "skills/fit/SKILL.md", Some(skill));
    fixture.put(&ana, "skills/fit/assets/model.bin", b"weights");
    let asked = PromoteSkill {
        team_id: Some("atlas".to_owned()),
        skill_id: "fit".to_owned(),
        reason: "it is good".to_owned(),
        ..PromoteSkill::default()
    };
    fixture.workbench.promote_skill(&ana, &asked).expect("the one person may promote");
    assert_eq!(
        read(&fixture, &ana, b"weights", &place("team/atlas")).ok().as_deref(),
        Some("weights")
    );
}

#[test]
fn all_blobs_are_read_and_what_is_missing_is_named() {
    let fixture = Fixture::new();
    let (ana, bob) = (caller("ana"), caller("bob"));
    let kept = fixture.put(&ana, "files/a.txt", b"here");
    let operator = Caller::operator();
    let found = fixture.workbench.verify_blobs(&operator).expect("it may look");
    assert_eq!((found.n_read, found.n_bytes, found.faults.len()), (1, 4, 0));
    fixture.write(&volume("user/bob"), "files/b.txt.blob.md", Some(&kept.pointer));
    let found = fixture.workbench.verify_blobs(&operator).expect("it may look");
    assert_eq!(found.faults.len(), 1, "{found:?}");
    assert_eq!(found.faults[0].path.as_deref(), Some("files/b.txt.blob.md"));
    for somebody in [ana, bob] {
        assert_eq!(
            fixture.workbench.verify_blobs(&somebody).map_err(|e| e.kind()),
            Err(ErrorKind::Denied)
        );
    }
}
