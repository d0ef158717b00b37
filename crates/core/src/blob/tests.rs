use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::volume::VolumePath;

const DIGITS: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[test]
fn hashes_are_read_with_their_kind_and_without() {
    let hash = BlobHash::of(b"test");
    assert_eq!(hash.to_string(), DIGITS);
    for text in [DIGITS.to_owned(), hash.tagged()] {
        assert_eq!(text.parse(), Ok(hash));
    }
    let upper = DIGITS.to_uppercase();
    let longer = format!("{DIGITS}0");
    let bad = ["", "sha256:", &upper, &DIGITS[1..], &longer, "sha512:00", "../../etc/passwd"];
    for bad in bad {
        assert!(bad.parse::<BlobHash>().is_err(), "accepted {bad:?}");
    }
}

#[test]
fn every_hash_that_a_text_mentions_is_found_and_nothing_else() {
    let text = format!("a {DIGITS}, sha256:{DIGITS}\n{DIGITS}0 {} {}x", &DIGITS[1..], DIGITS);
    let found: Vec<_> = mentioned(text.as_bytes()).collect();
    assert_eq!(found, vec![BlobHash::of(b"test"); 3]);
    assert_eq!(mentioned(b"\xff\x00").count(), 0);
}

#[test]
fn a_pointer_is_a_text_that_people_read() {
    let media_type = "text/csv; charset=utf-8".parse().expect("it is a type");
    let pointer = Pointer::new(BlobHash::of(b"test"), 4, media_type, "data/Messung 1.csv");
    let text = format!(
        "---\nblob: sha256:{DIGITS}\nsize: 4\nmedia_type: text/csv\nname: Messung 1.csv\n---\n\n# Messung 1.csv\n\n\
         The content lies outside of Git: 4 bytes, with the SHA-256 above.\n\
         `llmos blob get {DIGITS}` writes it into a file.\n"
    );
    assert_eq!(pointer.to_string(), text);
    assert_eq!(Pointer::parse(text.as_bytes()), Ok(pointer));
}

#[test]
fn what_is_no_pointer_is_said_to_be_none() {
    let whole = Pointer::new(BlobHash::of(b"test"), 4, MediaType::unknown(), "a").to_string();
    let cases = [
        ("# Notes\n", "it has no front matter"),
        (&whole.replace("blob: sha256:", "blob: "), "`blob` does not begin with `sha256:`"),
        (&whole.replace("size: 4", "size: -4"), "`size` is no number"),
        (&whole.replace("size: 4\n", ""), "`size` is missing"),
        (&whole.replace("application/octet-stream", "octets"), "`octets` is not a media type"),
    ];
    for (text, reason) in cases {
        let error = Pointer::parse(text.as_bytes()).expect_err(text);
        assert_eq!(error.reason, reason, "{text}");
    }
    assert!(Pointer::parse(&vec![b' '; MAX_POINTER_BYTES + 1]).is_err());
    assert!(Pointer::parse(b"---\nblob: \xff\n---\n").is_err());
}

#[test]
fn pointers_are_known_by_their_names() {
    for (path, want) in [
        ("files/a.csv.blob.md", true),
        ("a.blob.md", true),
        (".blob.md", false),
        ("files/.blob.md", false),
        ("files/a.blob.md/b", false),
        ("skills/blob.md", false),
    ] {
        assert_eq!(is_pointer_path(path), want, "{path}");
    }
    let path = "files/a.csv".parse().expect("it is a path");
    let pointer = pointer_path(&path).expect("it is short");
    assert_eq!(pointer.as_str(), "files/a.csv.blob.md");
    assert_eq!(pointer_path(&pointer), Ok(pointer));
}

#[test]
fn uploads_stand_where_nothing_else_does() {
    for (path, want) in [
        ("files/a.csv", Some("files/a.csv.blob.md")),
        ("files/deep/er/a.csv.blob.md", Some("files/deep/er/a.csv.blob.md")),
        ("skills/fit/assets/model.bin", Some("skills/fit/assets/model.bin.blob.md")),
        ("files", None),
        ("skills/a.csv", None),
        ("traces/2026/11/20/a", None),
        ("workflows/a/b", None),
        ("metadata.json", None),
    ] {
        let got = place_for_upload(&path.parse().expect("it is a path"));
        assert_eq!(got.as_ref().ok().map(VolumePath::as_str), want, "{path}");
    }
}

#[test]
fn a_name_becomes_a_place_that_every_system_can_have() {
    for (name, nth, want) in [
        ("data.csv", 1, "files/data.csv.blob.md"),
        ("data.csv", 2, "files/data (2).csv.blob.md"),
        ("archive.tar.gz", 3, "files/archive.tar (3).gz.blob.md"),
        ("README", 2, "files/README (2).blob.md"),
        (".env", 2, "files/.env (2).blob.md"),
        ("Messung 1 (neu).csv", 1, "files/Messung 1 (neu).csv.blob.md"),
        ("../../etc/passwd", 1, "files/passwd.blob.md"),
        ("C:\\data\\a.csv", 1, "files/a.csv.blob.md"),
        ("<img src=x onerror=a>.svg", 1, "files/_img src=x onerror=a_.svg.blob.md"),
        ("a\u{202e}gpj.exe", 1, "files/a_gpj.exe.blob.md"),
        ("git~1", 1, "files/_git~1.blob.md"),
        ("con.txt", 1, "files/_con.txt.blob.md"),
        ("con.txt", 2, "files/con (2).txt.blob.md"),
        ("COM1", 1, "files/_COM1.blob.md"),
        ("console.log", 1, "files/console.log.blob.md"),
        ("a.csv.blob.md", 1, "files/a.csv.blob.md.blob.md"),
        ("...", 1, "files/file.blob.md"),
        ("", 1, "files/file.blob.md"),
    ] {
        assert_eq!(place_for_name(name, nth).as_str(), want, "{name}");
    }
}

#[test]
fn a_browser_shows_only_what_holds_no_program() {
    for (text, media_type, inline) in [
        ("image/png", "image/png", true),
        ("IMAGE/PNG; q=1", "image/png", true),
        ("text/csv", "text/plain; charset=utf-8", true),
        ("text/html", "application/octet-stream", false),
        ("image/svg+xml", "application/octet-stream", false),
        ("application/xhtml+xml", "application/octet-stream", false),
        ("application/pdf", "application/octet-stream", false),
        ("text/javascript", "application/octet-stream", false),
        ("multipart/x-mixed-replace", "application/octet-stream", false),
    ] {
        let kind: MediaType = text.parse().expect("it is a type");
        assert_eq!(kind.shown(), Shown { media_type, inline }, "{text}");
    }
    for bad in ["", "text", "text/", "/csv", "a/b/c", "text/html\r\nset-cookie: a", "te xt/csv"] {
        assert!(bad.parse::<MediaType>().is_err(), "accepted {bad:?}");
    }
}

#[test]
fn only_what_is_old_and_not_referred_to_is_garbage() {
    let now: Timestamp = "2026-11-20T15:30:00Z".parse().expect("it is a time");
    let before = now - SignedDuration::from_hours(24);
    let kept = |text: &[u8], hours: i64| KeptBlob {
        hash: BlobHash::of(text),
        size: 1,
        kept_at: now - SignedDuration::from_hours(hours),
    };
    let all =
        [kept(b"old", 25), kept(b"old, referred to", 900), kept(b"young", 23), kept(b"edge", 24)];
    let referred = BTreeSet::from([BlobHash::of(b"old, referred to")]);
    assert_eq!(garbage(&all, &referred, before), vec![kept(b"old", 25)]);
}

proptest! {
    #[test]
    fn every_name_has_a_place_where_uploads_may_stand(name in "\\PC{0,300}|[a-z.~ /]{0,12}|\\p{any}{0,40}", nth in 1_usize..2000) {
        let place = place_for_name(&name, nth);
        prop_assert_eq!(place_for_upload(&place), Ok(place.clone()));
        prop_assert!(place.file_name().len() < 250);
    }

    #[test]
    fn what_a_pointer_says_is_read_back(
        content in any::<Vec<u8>>(), size in any::<u64>(), name in any::<String>(),
    ) {
        let kind = "application/vnd.x+y-1".parse().expect("it is a type");
        let pointer = Pointer::new(BlobHash::of(&content), size, kind, &name);
        let text = pointer.to_string();
        let read = Pointer::parse(text.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&pointer), "{}", text);
        let mut found = mentioned(text.as_bytes());
        prop_assert!(found.all(|hash| hash == pointer.hash));
    }
}
