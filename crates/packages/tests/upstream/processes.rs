//! Several processes at one cache, and one that is killed.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use llmos_packages::{Cache, Patience, Request, Sources, add};

use crate::server::{Manner, Upstream};

const INDEX: &str = "LLMOS_TEST_INDEX";
const CACHE: &str = "LLMOS_TEST_CACHE";
const NAME: &str = "LLMOS_TEST_NAME";

/// Adds one package, in whatever process this is.
#[tokio::test]
#[ignore = "the other tests start it in processes of its own"]
async fn one_process() {
    let told = |name: &str| std::env::var(name).unwrap();
    let index = Some(told(INDEX).parse().unwrap());
    let sources = Sources { index, distribution: None, patience: Patience::default() };
    let request = Request { wanted: vec![told(NAME).parse().unwrap()], upgrade: false };
    add(&Cache::open(told(CACHE).into()), &sources, &request, &|_| {}).await.unwrap();
}

fn start(upstream: &Upstream, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::one_process", "--ignored"])
        .env(INDEX, upstream.sources().index.unwrap().as_str())
        .env(CACHE, upstream.cache().root())
        .env(NAME, name)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to it that {what}");
}

#[tokio::test]
async fn two_processes_add_at_once() {
    let upstream = Upstream::start().await;
    upstream.offer("one", "1.0", &["shared"]);
    upstream.offer("two", "1.0", &["shared"]);
    upstream.offer("shared", "1.0", &[]);
    let mut children = [start(&upstream, "one"), start(&upstream, "two")];
    for child in &mut children {
        // Waited for without holding up the upstream, which lives on this thread.
        while child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(child.wait().unwrap().success());
    }
    let lock = upstream.cache().lock().unwrap();
    assert_eq!(lock.packages.keys().collect::<Vec<_>>(), ["one", "shared", "two"]);
    upstream.is_sound();
}

#[tokio::test]
async fn a_process_that_is_killed_leaves_nothing_unchecked_and_the_next_goes_on() {
    let upstream = Upstream::start().await;
    upstream.offer("old", "1.0", &[]);
    upstream.add(&["old"]).await.unwrap();
    let app = upstream.offer("app", "1.0", &[]);
    upstream.change("app", |listing| listing.manner = Manner::Slow);
    let arriving = upstream.cache().root().join("incoming").join(&app.sha256);
    let size = || std::fs::metadata(&arriving).map_or(0, |found| found.len());

    let mut child = start(&upstream, "app");
    until("the file arrives", || size() >= 10).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let begun = size();
    assert_eq!(upstream.cache().lock().unwrap().packages.keys().collect::<Vec<_>>(), ["old"]);
    assert!(!upstream.cache().root().join("files").join(&app.sha256).exists());
    upstream.is_sound();

    upstream.change("app", |listing| listing.manner = Manner::Good);
    upstream.add(&["app"]).await.unwrap();
    assert_eq!(upstream.asked().last().unwrap(), &format!("app-1.0-py3-none-any.whl {begun}"));
    upstream.is_sound();
}
