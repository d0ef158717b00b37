//! What goes wrong at a place for blobs.

mod support;

use std::{fs, io::Read};

use jiff::Timestamp;
use llmos_blobs::{DiskBlobs, ObjectBlobs, S3, S3Settings, Secret, Vercel, VercelSettings};
use llmos_core::{
    blob::{BlobHash, Blobs, BlobsError, Upload},
    volume::VolumeId,
};
use tempfile::TempDir;

use support::{S3Server, VercelServer};

fn now() -> Timestamp {
    "2026-11-20T15:30:00Z".parse().expect("it is a time")
}

fn put(blobs: &dyn Blobs, content: &[u8]) -> Result<BlobHash, BlobsError> {
    let upload = Upload { volume: &VolumeId::System, limit: 1 << 20, now: &now };
    blobs.put(upload, &mut &*content).map(|kept| kept.hash)
}

fn read(blobs: &dyn Blobs, hash: &BlobHash) -> Result<Vec<u8>, String> {
    let open = blobs.open(&VolumeId::System, hash, None).map_err(|error| error.to_string())?;
    let mut content = Vec::new();
    let read = open.expect("it is there").content.read_to_end(&mut content);
    read.map(|_| content).map_err(|error| error.to_string())
}

/// A message with all its causes, as a log shows it.
fn told(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(|error| format!("{error} {error:?} "))
        .collect()
}

#[test]
fn a_file_that_is_damaged_is_not_given_and_is_healed_by_the_same_content() {
    let folder = TempDir::new().expect("there is room for a folder");
    let blobs = DiskBlobs::open(folder.path().to_owned());
    let content = b"a rather precious content";
    let hash = put(&blobs, content).expect("it is kept");
    let name = hash.to_string();
    let file = folder.path().join("system").join(&name[..2]).join(&name);
    assert_eq!(fs::read(&file).expect("it is a plain file"), content);
    let part = |blobs: &DiskBlobs| {
        let part = blobs.open(&VolumeId::System, &hash, Some(2..8));
        part.map(|open| open.expect("it is there").size)
    };
    assert_eq!(part(&blobs).expect("it is whole"), content.len() as u64);
    for bad in [&b"b rather precious content"[..], b"a rather", b"", b"a rather precious content."]
    {
        fs::write(&file, bad).expect("it can be written");
        let damaged = format!("what is kept of blob `{hash}` is damaged");
        assert_eq!(read(&blobs, &hash), Err(damaged));
        let refused = part(&blobs).expect_err("it is damaged");
        assert!(matches!(refused, BlobsError::Damaged { .. }), "{refused:?}");
        assert_eq!(put(&blobs, content).expect("it is kept"), hash);
        assert_eq!(read(&blobs, &hash), Ok(content.to_vec()));
        assert_eq!(part(&blobs).expect("it is whole"), content.len() as u64);
    }
    assert_eq!(fs::read_dir(folder.path().join(".unfinished")).expect("it is there").count(), 0);
}

#[test]
fn what_lies_in_the_folder_besides_blobs_is_none() {
    let folder = TempDir::new().expect("there is room for a folder");
    for path in ["system/ab/notes.txt", "system/README", "users/Ana Berg/ab/x", "other/ab/x"] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
        fs::write(&path, b"x").expect("it can be written");
    }
    let blobs = DiskBlobs::open(folder.path().to_owned());
    let mut n = 0;
    blobs.list(&VolumeId::System, &mut |_| n += 1).expect("it answers");
    assert_eq!(n, 0);
    let hash = put(&blobs, b"x").expect("it is kept");
    assert_eq!(read(&blobs, &hash), Ok(b"x".to_vec()));
}

#[test]
fn a_folder_that_takes_nothing_is_told() {
    let folder = TempDir::new().expect("there is room for a folder");
    let file = folder.path().join("a file");
    fs::write(&file, b"").expect("it can be written");
    let refused = put(&DiskBlobs::open(file), b"x").expect_err("it is no folder");
    assert!(matches!(refused, BlobsError::Medium { .. }), "{refused:?}");
}

#[test]
fn an_s3_that_does_not_know_the_key_is_told_without_showing_it() {
    let server = S3Server::start();
    let good = ObjectBlobs::new(S3::open(&server.settings()).expect("they make sense"), "");
    let hash = put(&good.expect("it is plain"), b"hers").expect("it is kept");
    assert!(!server.files().is_empty());
    let wrong = "qJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let settings = S3Settings { secret_access_key: Some(Secret::new(wrong)), ..server.settings() };
    assert!(!format!("{settings:?}").contains(wrong));
    let bad = ObjectBlobs::new(S3::open(&settings).expect("they make sense"), "");
    let bad = bad.expect("it is plain");
    let refused = put(&bad, b"theirs").expect_err("it is another key");
    let opened = bad.open(&VolumeId::System, &hash, None);
    let opened = opened.err().expect("it is another key");
    for error in [refused, opened] {
        let told = told(&error);
        assert!(told.contains("SignatureDoesNotMatch"), "{told}");
        assert!(!told.contains(wrong), "{told}");
    }
}

#[test]
fn an_s3_whose_objects_changed_gives_none_of_them_whole() {
    let server = S3Server::start();
    let blobs = ObjectBlobs::new(S3::open(&server.settings()).expect("they make sense"), "");
    let blobs = blobs.expect("it is plain");
    let hash = put(&blobs, b"precious").expect("it is kept");
    for file in server.files() {
        if fs::read(&file).expect("it is there") == b"precious" {
            fs::write(&file, b"Precious").expect("it can be written");
        }
    }
    assert_eq!(read(&blobs, &hash), Err(format!("what is kept of blob `{hash}` is damaged")));
    put(&blobs, b"precious").expect("it is kept");
}

#[test]
fn a_vercel_store_that_is_busy_for_a_moment_is_asked_again() {
    let server = VercelServer::start();
    let blobs = ObjectBlobs::new(Vercel::open(&server.settings()).expect("they make sense"), "");
    let blobs = blobs.expect("it is plain");
    server.be_busy(2);
    let hash = put(&blobs, b"hers").expect("it is kept");
    server.be_busy(1);
    assert_eq!(read(&blobs, &hash), Ok(b"hers".to_vec()));
    server.damage();
    assert_eq!(read(&blobs, &hash), Err(format!("what is kept of blob `{hash}` is damaged")));
    assert_eq!(server.n_blobs(), 1);
}

#[test]
fn a_vercel_store_that_does_not_know_the_token_is_told_without_showing_it() {
    let server = VercelServer::start();
    let wrong = "vercel_blob_rw_St0reId_other";
    let settings = VercelSettings { token: Secret::new(wrong), ..server.settings() };
    assert!(!format!("{settings:?}").contains(wrong));
    let blobs = ObjectBlobs::new(Vercel::open(&settings).expect("they make sense"), "");
    let refused = put(&blobs.expect("it is plain"), b"x").expect_err("it is another token");
    let told = told(&refused);
    assert!(told.contains("403") && !told.contains(wrong), "{told}");
}

/// Whoever answers as the store may not lead the token astray.
#[test]
fn the_token_goes_to_no_other_place() {
    let server = VercelServer::start();
    let blobs = ObjectBlobs::new(Vercel::open(&server.settings()).expect("they make sense"), "");
    let blobs = blobs.expect("it is plain");
    let hash = put(&blobs, b"hers").expect("it is kept");
    for elsewhere in [
        "http://127.0.0.1:9",
        "https://evil.example",
        "https://other.private.blob.vercel-storage.com",
        "http://st0reid.private.blob.vercel-storage.com",
        "https://st0reid.private.blob.vercel-storage.com.evil.example",
    ] {
        server.point_to(elsewhere);
        let refused = blobs.open(&VolumeId::System, &hash, None).err().expect("it is elsewhere");
        assert!(told(&refused).contains("where no token is sent"), "{refused:?}");
    }
}

#[test]
fn settings_that_make_no_sense_are_refused_before_anything_is_sent() {
    for (token, api) in [
        ("s3cr3t", None),
        ("vercel_blob_rw__s3cr3t", None),
        ("vercel_blob_rw_store_", None),
        ("vercel_blob_rw_store_s3cr3t", Some("http://blob.example/api")),
        ("vercel_blob_rw_store_s3cr3t", Some("blob")),
    ] {
        let api = api.map(str::to_owned);
        let refused = Vercel::open(&VercelSettings { token: Secret::new(token), api });
        let refused = refused.err().expect(token);
        assert!(!refused.to_string().contains("s3cr3t") && !refused.hint().is_empty());
    }
    let nowhere = S3::open(&S3Settings::default()).err().expect("there is no bucket");
    assert!(!nowhere.hint().is_empty());
    let server = VercelServer::start();
    for prefix in ["a/../b", "a b", "a//b", ".", "ä"] {
        let vercel = Vercel::open(&server.settings()).expect("they make sense");
        assert!(ObjectBlobs::new(vercel, prefix).is_err(), "{prefix}");
    }
}
