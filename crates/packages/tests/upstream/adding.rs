//! Adding, when all goes well.

use std::sync::Mutex;

use llmos_packages::{Event, Request, add};

use crate::server::{Manner, Upstream, names};

#[tokio::test]
async fn a_package_comes_with_what_it_needs() {
    let upstream = Upstream::start().await;
    upstream.offer("app", "1.0", &["lib<2,>=1", "nothing; sys_platform == 'win32'"]);
    upstream.offer("lib", "1.5", &[]);
    upstream.offer("lib", "2.0", &[]);
    let added = upstream.add(&["App"]).await.unwrap();
    assert_eq!(names(&added.new), ["app 1.0", "lib 1.5"]);
    let lock = upstream.cache().lock().unwrap();
    assert_eq!(lock.packages["app"].depends, ["lib"]);
    assert_eq!(lock.packages["app"].imports, ["app"]);
    assert_eq!(lock.packages["app"].requested[0].to_string(), "app");
    assert!(lock.packages["lib"].requested.is_empty());
    upstream.is_sound();

    let again = upstream.add(&["app"]).await.unwrap();
    assert_eq!((again.new.len(), again.kept.len(), again.fetched_bytes), (0, 2, 0));
}

#[tokio::test]
async fn an_index_of_html_does_as_well() {
    let upstream = Upstream::start().await;
    upstream.offer("htmlapp", "1.0", &[]);
    assert_eq!(names(&upstream.add(&["htmlapp"]).await.unwrap().new), ["htmlapp 1.0"]);
}

#[tokio::test]
async fn a_distribution_goes_before_the_index_and_may_be_missing() {
    let upstream = Upstream::start().await;
    upstream.offer("builtapp", "1.0", &["builtlib"]);
    upstream.offer("builtlib", "1.0", &[]);
    let sources = upstream.with_distribution();
    let added = upstream.add_from(&sources, &["builtapp"], &|_| {}).await.unwrap();
    assert_eq!(names(&added.new), ["builtapp 1.0", "builtlib 1.0"]);
    let source = &upstream.cache().lock().unwrap().packages["builtapp"].source;
    assert!(source.contains("/full/"), "{source}");

    let other = Upstream::start().await;
    other.offer("app", "1.0", &[]);
    let told = Mutex::new(Vec::new());
    let tell = |event| told.lock().unwrap().push(event);
    let added = other.add_from(&other.with_distribution(), &["app"], &tell).await.unwrap();
    assert_eq!(names(&added.new), ["app 1.0"]);
    let told = told.into_inner().unwrap();
    let passed = told.iter().find_map(|event| match event {
        Event::PassedOver { reason } => Some(reason.as_str()),
        _ => None,
    });
    assert!(passed.unwrap().contains("pyodide-lock.json` is not there"), "{told:?}");
}

#[tokio::test]
async fn versions_change_only_when_they_must_or_are_asked_to() {
    let upstream = Upstream::start().await;
    upstream.offer("lib", "1.0", &[]);
    upstream.add(&["lib"]).await.unwrap();
    upstream.offer("lib", "2.0", &[]);
    assert_eq!(names(&upstream.add(&["lib"]).await.unwrap().kept), ["lib 1.0"]);
    upstream.offer("app", "1.0", &["lib>=2"]);
    let added = upstream.add(&["app"]).await.unwrap();
    assert_eq!(names(&added.new), ["app 1.0", "lib 2.0"]);
    assert_eq!(added.replaced, [("lib".to_owned(), "1.0".to_owned())]);

    let error = upstream.add(&["lib==1.0"]).await.unwrap_err();
    assert!(error.to_string().contains("does not go with"), "{error}");
    upstream.offer("app", "2.0", &[]);
    let request = Request { wanted: vec!["app".parse().unwrap()], upgrade: true };
    let added = add(&upstream.cache(), &upstream.sources(), &request, &|_| {}).await.unwrap();
    assert_eq!(names(&added.new), ["app 2.0"]);
    upstream.is_sound();
}

#[tokio::test]
async fn redirections_are_followed() {
    let upstream = Upstream::start().await;
    upstream.offer("app", "1.0", &[]);
    upstream.change("app", |listing| listing.manner = Manner::Redirected);
    assert_eq!(upstream.add(&["app"]).await.unwrap().new.len(), 1);
}

#[tokio::test]
async fn a_file_that_went_bad_is_fetched_again() {
    let upstream = Upstream::start().await;
    let app = upstream.offer("app", "1.0", &[]);
    upstream.add(&["app"]).await.unwrap();
    let file = upstream.cache().root().join("files").join(&app.sha256);
    std::fs::write(&file, b"something else").unwrap();
    let added = upstream.add(&["app"]).await.unwrap();
    assert!(added.fetched_bytes > 0);
    upstream.is_sound();

    // The place that it came from is gone; another one has it.
    std::fs::remove_file(&file).unwrap();
    let other = Upstream::start().await;
    other.offer("app", "1.0", &[]);
    let added = upstream.add_from(&other.sources(), &["app"], &|_| {}).await.unwrap();
    assert!(added.fetched_bytes > 0);
    assert_eq!(upstream.asked().len(), 2, "the first upstream is not asked again");
    upstream.is_sound();
}
