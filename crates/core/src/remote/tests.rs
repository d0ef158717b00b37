use super::*;
use crate::store::BlobId;

#[test]
fn addresses_parse_and_print() {
    let host = |host: &str| Transport::Http { host: host.to_owned() };
    let good = [
        ("https://github.com/ana/skills.git", host("github.com")),
        ("https://ana@git.example.org:8443/skills", host("git.example.org:8443")),
        ("http://localhost:8080/x.git", host("localhost:8080")),
        ("http://127.0.0.1:8080/x.git", host("127.0.0.1:8080")),
        ("ssh://git@github.com:22/ana/skills.git", Transport::Ssh),
        ("git@github.com:ana/skills.git", Transport::Ssh),
        ("file:///srv/git/x.git", Transport::Folder),
        ("/srv/git/x.git", Transport::Folder),
    ];
    for (text, transport) in good {
        let url: RemoteUrl = text.parse().unwrap();
        assert_eq!((url.to_string().as_str(), url.transport()), (text, &transport));
    }
}

#[test]
fn what_would_run_something_or_tell_a_secret_is_no_address() {
    use RemoteUrlError::{Clear, NoAddress, OtherTransport, Password};
    let bad = [
        ("", NoAddress),
        ("ext::sh -c evil", NoAddress),
        ("ext::evil", OtherTransport),
        ("fd::3", OtherTransport),
        ("--upload-pack=evil", OtherTransport),
        ("-oProxyCommand=evil@host:x", OtherTransport),
        ("git@-oProxyCommand=evil:x", OtherTransport),
        ("ssh://-oProxyCommand=evil/x", NoAddress),
        ("ssh://-oProxyCommand=evil@host/x", NoAddress),
        ("git@host:-x", OtherTransport),
        ("https://ana:secret@github.com/x.git", Password),
        ("http://github.com/x.git", Clear),
        ("http://localhost.evil.example/x.git", Clear),
        ("ftp://host/x", OtherTransport),
        ("git://host/x", OtherTransport),
        ("https://host", NoAddress),
        ("https:///x", NoAddress),
        ("file://x", NoAddress),
        ("relative/folder", OtherTransport),
        ("https://host/x\n[core]", NoAddress),
    ];
    for (text, want) in bad {
        assert_eq!(text.parse::<RemoteUrl>().err(), Some(want), "{text:?}");
    }
    assert!(format!("https://host/{}", "x".repeat(600)).parse::<RemoteUrl>().is_err());
}

#[test]
fn commits_go_together_and_failures_wait_longer_and_longer() {
    let start: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let at = |secs: i64| later(start, SignedDuration::from_secs(secs));
    let mut schedule = Schedule::new(start, 0, 0);
    assert!(schedule.is_due(start));
    schedule.done(start);
    assert!(!schedule.is_due(at(299)) && schedule.is_due(at(300)));
    schedule.committed(at(10));
    schedule.committed(at(12));
    assert!(!schedule.is_due(at(12)) && schedule.is_due(at(13)), "the first commit counts");

    let mut last = 0;
    for n in 1..=20 {
        schedule.failed(start, u32::MAX);
        let due = (1..=4000).find(|secs| schedule.is_due(at(*secs))).unwrap();
        assert!(due >= last && due <= 3600, "failure {n}: {due}");
        last = due;
    }
    assert_eq!(last, 3600);
    schedule.committed(at(1));
    assert!(!schedule.is_due(at(100)), "a commit does not shorten the pause");
    schedule.failed(start, 0);
    assert!(!schedule.is_due(at(1799)) && schedule.is_due(at(1800)), "chance halves it at most");
    schedule.done(at(1800));
    schedule.committed(at(1800));
    assert!(schedule.is_due(at(1803)));
}

fn files(versions: &[(&str, &str)]) -> Files {
    let version = |text: &str| {
        (!text.is_empty()).then(|| FileVersion { blob: BlobId(text.to_owned()), executable: false })
    };
    versions.iter().map(|(path, text)| (path.parse().unwrap(), version(text))).collect()
}

#[track_caller]
fn check(
    ours: &[(&str, &str)],
    theirs: &[(&str, &str)],
    edits: &[(&str, &str)],
    conflicts: &[&str],
) {
    let merged = merge(&files(ours), &files(theirs));
    assert_eq!(merged.edits, files(edits));
    let found: Vec<_> = merged.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(found, conflicts);
}

#[test]
fn what_one_side_changed_is_taken() {
    check(&[("a", "1")], &[("b", "2"), ("c", "")], &[("b", "2"), ("c", "")], &[]);
    check(&[("a", "1"), ("b", "")], &[("a", "1"), ("b", "")], &[], &[]);
    check(&[], &[("a", "1")], &[("a", "1")], &[]);
    check(&[("x/a", "")], &[("x", "1")], &[("x", "1")], &[]);
}

#[test]
fn what_both_sides_changed_is_for_somebody_to_decide() {
    check(&[("a", "1")], &[("a", "2"), ("b", "3")], &[("b", "3")], &["a"]);
    check(&[("a", "")], &[("a", "2")], &[], &["a"]);
    check(&[("a", "1")], &[("a", "")], &[], &["a"]);
    check(&[("x", "1")], &[("x/y", "2")], &[], &["x/y"]);
    check(&[("x/y", "1")], &[("x", "2")], &[], &["x"]);
}
