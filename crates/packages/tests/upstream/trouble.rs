//! Adding, when something goes wrong: it is refused, resumed or reported, and
//! the cache holds nothing that was not checked.

use std::{sync::Mutex, time::Instant};

use llmos_packages::{AddError, ArchiveError, Event, FetchError, ResolveError};

use crate::server::{Listing, Manner, Upstream, hash, listing, wheel};

/// The error of adding `app`, after which the cache is as empty as before.
async fn refused(upstream: &Upstream) -> AddError {
    let error = upstream.add(&["app"]).await.unwrap_err();
    assert!(upstream.cache().lock().unwrap().packages.is_empty());
    let files = upstream.cache().root().join("files");
    assert_eq!(std::fs::read_dir(files).unwrap().count(), 0, "something was kept");
    assert!(!error.hint().is_empty());
    error
}

async fn with(change: impl FnOnce(&mut Listing)) -> Upstream {
    let upstream = Upstream::start().await;
    upstream.offer("app", "1.0", &[]);
    upstream.change("app", change);
    upstream
}

#[tokio::test]
async fn a_corrupted_file_is_refused() {
    let upstream = with(|listing| listing.manner = Manner::Corrupted).await;
    let error = refused(&upstream).await;
    assert!(
        matches!(&error, AddError::Corrupt { file, .. } if file == "app-1.0-py3-none-any.whl"),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(upstream.cache().root().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_wrong_hash_in_the_index_is_refused() {
    let upstream = with(|listing| listing.sha256 = hash(b"something else")).await;
    assert!(matches!(refused(&upstream).await, AddError::Corrupt { .. }));
}

#[tokio::test]
async fn a_truncated_file_is_resumed_where_it_broke_off() {
    let upstream = with(|listing| listing.manner = Manner::Truncated { at: 5_000, times: 2 }).await;
    let told = Mutex::new(Vec::new());
    let tell = |event| told.lock().unwrap().push(event);
    let added = upstream.add_from(&upstream.sources(), &["app"], &tell).await.unwrap();
    assert_eq!(added.new.len(), 1);
    let asked = upstream.asked();
    let file = "app-1.0-py3-none-any.whl";
    assert_eq!(asked, [file.to_owned(), format!("{file} 5000"), format!("{file} 10000")]);
    let again =
        told.lock().unwrap().iter().filter(|event| matches!(event, Event::Again { .. })).count();
    assert_eq!(again, 2);
    upstream.is_sound();
}

#[tokio::test]
async fn what_arrived_stays_for_the_next_command() {
    let upstream = with(|listing| listing.manner = Manner::Truncated { at: 4_000, times: 3 }).await;
    let error = refused(&upstream).await;
    assert!(matches!(error, AddError::Fetch { source: FetchError::BrokeOff { .. } }), "{error}");
    assert!(error.hint().contains("goes on where this attempt ended"));
    upstream.add(&["app"]).await.unwrap();
    assert_eq!(upstream.asked().last().unwrap(), "app-1.0-py3-none-any.whl 12000");
    upstream.is_sound();
}

#[tokio::test]
async fn a_beginning_of_another_file_is_thrown_away() {
    let upstream = with(|listing| listing.manner = Manner::Truncated { at: 4_000, times: 3 }).await;
    refused(&upstream).await;
    let incoming = upstream.cache().root().join("incoming");
    let part = std::fs::read_dir(&incoming).unwrap().map(|entry| entry.unwrap().path());
    let part = part.into_iter().find(|path| path.extension().is_none()).unwrap();
    std::fs::write(&part, vec![b'x'; 9_000]).unwrap();
    assert_eq!(upstream.add(&["app"]).await.unwrap().new.len(), 1);
    upstream.is_sound();
}

#[tokio::test]
async fn a_slow_file_is_given_up_and_reported() {
    let upstream = with(|listing| listing.manner = Manner::Slow).await;
    let from = Instant::now();
    let error = refused(&upstream).await;
    assert!(matches!(error, AddError::Fetch { source: FetchError::Slow { .. } }), "{error}");
    assert!(from.elapsed().as_secs() < 10);
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again() {
    for (status, times, works) in [(500, 2, true), (429, 1, true), (503, 3, false), (404, 1, false)]
    {
        let manner = Manner::Refusing { status, times, after: Some(0) };
        let upstream = with(|listing| listing.manner = manner).await;
        if works {
            assert!(upstream.add(&["app"]).await.is_ok(), "{status}");
        } else {
            let error = refused(&upstream).await.to_string();
            assert!(error.ends_with(&format!("answered {status} {}", reason(status))), "{error}");
        }
    }
}

fn reason(status: u16) -> &'static str {
    if status == 404 { "Not Found" } else { "Service Unavailable" }
}

#[tokio::test]
async fn a_server_that_wants_too_long_a_wait_is_not_waited_for() {
    let manner = Manner::Refusing { status: 429, times: 1, after: Some(3600) };
    let upstream = with(|listing| listing.manner = manner).await;
    let error = refused(&upstream).await;
    assert!(error.hint().contains("try again in a few minutes"), "{error}");
}

#[tokio::test]
async fn redirections_in_a_circle_end() {
    let upstream = with(|listing| listing.manner = Manner::Circling).await;
    let error = refused(&upstream).await.to_string();
    assert!(error.contains("redirects too often"), "{error}");
}

#[tokio::test]
async fn an_index_that_lies_about_sizes_is_found_out() {
    let upstream = with(|listing| listing.size = Some(1_000)).await;
    let error = refused(&upstream).await;
    assert!(matches!(error, AddError::Fetch { source: FetchError::TooLarge { .. } }), "{error}");
    let upstream = with(|listing| listing.size = Some(1_000_000)).await;
    let error = refused(&upstream).await;
    assert!(matches!(error, AddError::Fetch { source: FetchError::OtherSize { .. } }), "{error}");
}

#[tokio::test]
async fn archives_that_reach_out_or_lie_are_refused() {
    for more in [("../evil.py", ""), ("/etc/evil", ""), ("app/zeros", &*"0".repeat(32 << 20))] {
        let upstream = with(|listing| {
            listing.content = wheel("app", "1.0", &[], &[more]);
            listing.sha256 = hash(&listing.content);
        })
        .await;
        let error = refused(&upstream).await;
        let AddError::Archive { source, .. } = &error else { panic!("{error}") };
        assert!(
            matches!(source, ArchiveError::Path { .. } | ArchiveError::TooLarge { .. }),
            "{source}"
        );
    }
    let upstream = with(|listing| {
        listing.content = wheel("other", "1.0", &[], &[]);
        listing.sha256 = hash(&listing.content);
    })
    .await;
    let error = refused(&upstream).await.to_string();
    assert!(error.contains("not the wheel that its name promises"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_had_is_explained() {
    let upstream = Upstream::start().await;
    let mut numpy = listing("numpy", "2.4.6", &[]);
    numpy.file = "numpy-2.4.6-cp314-cp314-manylinux_2_28_x86_64.whl".into();
    upstream.put("numpy", numpy);
    upstream.offer("app", "1.0", &["numpy"]);
    let error = refused(&upstream).await;
    assert!(matches!(error, AddError::Resolve(ResolveError::NoWheel { .. })));
    assert!(
        error
            .to_string()
            .starts_with("`numpy` has no wheel for Pyodide in this index (needed by app 1.0)")
    );
    let error = upstream.add(&["sympi"]).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no package `sympi`");
}

#[tokio::test]
async fn an_upstream_that_nobody_answers_for_is_reported() {
    let upstream = Upstream::start().await;
    let mut sources = upstream.sources();
    sources.index = Some("http://me:secret@127.0.0.1:1/simple/".parse().unwrap());
    let error = upstream.add_from(&sources, &["app"], &|_| {}).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("`http://127.0.0.1:1/simple/app/` cannot be reached"), "{text}");
    assert!(error.hint().contains("--index URL"));
}

#[tokio::test]
async fn two_at_once_both_succeed() {
    let upstream = Upstream::start().await;
    for name in ["one", "two", "three"] {
        upstream.offer(name, "1.0", &["shared"]);
    }
    upstream.offer("shared", "1.0", &[]);
    let all =
        tokio::join!(upstream.add(&["one"]), upstream.add(&["two"]), upstream.add(&["three"]));
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok());
    let lock = upstream.cache().lock().unwrap();
    assert_eq!(lock.packages.keys().collect::<Vec<_>>(), ["one", "shared", "three", "two"]);
    upstream.is_sound();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_leaves_what_was_there() {
    let upstream = Upstream::start().await;
    upstream.offer("app", "1.0", &[]);
    upstream.add(&["app"]).await.unwrap();
    let lib = upstream.offer("lib", "1.0", &[]);
    let arriving = upstream.cache().root().join("incoming").join(&lib.sha256);
    std::os::unix::fs::symlink("/dev/full", &arriving).unwrap();
    let error = upstream.add(&["lib"]).await.unwrap_err();
    assert!(error.hint().starts_with("make room"), "{error}: {}", error.hint());
    assert!(!arriving.exists(), "what cannot be finished takes no room");
    assert_eq!(upstream.cache().lock().unwrap().packages.len(), 1);
    upstream.is_sound();
    upstream.add(&["lib"]).await.unwrap();
}
