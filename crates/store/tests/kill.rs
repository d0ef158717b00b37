//! Whoever writes may be killed at any moment: nothing that was acknowledged is
//! lost, and nothing that is sent again is there twice.
//!
//! `LLMOS_KILL_MESSAGES` says how many messages are written.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use jiff::Timestamp;
use llmos_core::session::{Message, NewMessage, Role, SessionHead, Sessions};
use llmos_store::{RedisSessions, SqliteSessions};
use llmos_testkit::RedisServer;
use tempfile::TempDir;

/// How many messages are written where nobody says.
const MESSAGES: u64 = 60;

/// Where the writer that is killed finds the sessions.
const PLACE: &str = "LLMOS_KILL_PLACE";

/// From which message on it writes.
const FROM: &str = "LLMOS_KILL_FROM";

fn open(place: &str) -> Box<dyn Sessions> {
    match place.starts_with("redis://") {
        true => Box::new(RedisSessions::open(place).expect("it answers")),
        false => Box::new(SqliteSessions::open(Path::new(place)).expect("it opens")),
    }
}

fn at() -> Timestamp {
    "2026-11-20T15:30:00Z".parse().expect("it is a time")
}

fn said(n: u64) -> NewMessage {
    let message = Message {
        role: Role::User,
        at: at(),
        content: format!("message {n} {}", "x".repeat(usize::try_from(n % 7).unwrap_or(0) * 900)),
        traces: Vec::new(),
        artifacts: Vec::new(),
        replaces: None,
    };
    NewMessage { key: format!("key-{n}").parse().expect("it is a key"), message, files: Vec::new() }
}

fn n_messages() -> u64 {
    env::var("LLMOS_KILL_MESSAGES").ok().and_then(|n| n.parse().ok()).unwrap_or(MESSAGES)
}

/// The writer: does nothing unless it is told where. It says of each message when it was acknowledged.
#[test]
fn writer() {
    let Ok(place) = env::var(PLACE) else { return };
    let from: u64 = env::var(FROM).expect("it is told").parse().expect("it is a number");
    let sessions = open(&place);
    for n in from..=n_messages() {
        let id = "s1".parse().expect("it is a slug");
        sessions.append(&id, &[said(n)], at()).expect("it is kept");
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nkept {n}").and_then(|()| out.flush()).expect("somebody listens");
    }
}

/// Lets the writer write, and kills it after so many messages; returns the last that was acknowledged.
fn write_and_die(place: &str, from: u64, n: u64) -> u64 {
    let mut child = Command::new(env::current_exe().expect("this program is a file"))
        .args(["writer", "--exact", "--nocapture"])
        .env(PLACE, place)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("it talks")).lines();
    let mut kept =
        lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("kept ")?.parse().ok());
    let last =
        kept.by_ref().take(usize::try_from(n).unwrap_or(usize::MAX)).last().unwrap_or(from - 1);
    child.kill().expect("it is killed");
    // What it said between the last look and its end counts as well.
    let last = kept.last().unwrap_or(last);
    child.wait().expect("it ends");
    last
}

fn nothing_is_lost_or_doubled(place: &str, mut after_each: impl FnMut()) {
    let id = "s1".parse().expect("it is a slug");
    let volume = "user/ana".parse().expect("it is a volume");
    let user = "ana".parse().expect("it is a slug");
    let head = SessionHead::new(id, "Work".to_owned(), volume, user, at());
    open(place).create(&head, &[]).expect("it is kept");
    let (mut acknowledged, mut round) = (0, 0);
    while acknowledged < n_messages() {
        round += 1;
        // The one after the last may or may not have been kept: it is sent again.
        acknowledged = write_and_die(place, acknowledged.max(1), 3 + round * 7 % 23);
        after_each();
        let (head, messages) =
            open(place).read(&head.id, 1, usize::MAX).expect("it answers").expect("it is there");
        let n = messages.len() as u64;
        assert_eq!(head.n_messages, n);
        assert!(n >= acknowledged, "{acknowledged} were acknowledged, {n} are there");
        for (kept, number) in messages.iter().zip(1..) {
            assert_eq!((kept.number, &kept.message), (number, &said(number).message));
        }
    }
    assert!(round > 1, "it was killed {round} times");
}

#[test]
fn a_writer_that_is_killed_loses_and_doubles_nothing_in_sqlite() {
    let folder = TempDir::new().expect("there is room for a folder");
    let file = folder.path().join("sessions.sqlite");
    nothing_is_lost_or_doubled(file.to_str().expect("it is text"), || {});
}

#[test]
fn a_writer_that_is_killed_loses_and_doubles_nothing_in_redis() {
    let folder = TempDir::new().expect("there is room for a folder");
    let server = RedisServer::start(folder.path());
    nothing_is_lost_or_doubled(&server.url(), || {});
}

/// A Redis that writes before it answers comes back with all that it acknowledged.
#[test]
fn a_redis_that_is_killed_comes_back_with_everything() {
    let folder = TempDir::new().expect("there is room for a folder");
    let server = RedisServer::start(folder.path());
    let sessions = RedisSessions::open(&server.url()).expect("it answers");
    assert_eq!(sessions.writes_through(), Some(true));
    let slug = |text: &str| text.parse().expect("it is a slug");
    let volume = "user/ana".parse().expect("it is a volume");
    let head = SessionHead::new(slug("s1"), "Work".to_owned(), volume, slug("ana"), at());
    sessions.create(&head, &[]).expect("it is kept");
    for n in 1..=20 {
        sessions.append(&head.id, &[said(n)], at()).expect("it is kept");
    }
    let port_gone = sessions;
    server.kill();
    assert!(port_gone.read(&head.id, 1, 1).is_err(), "nobody answers any more");
    let server = RedisServer::start(folder.path());
    let (head, messages) = RedisSessions::open(&server.url())
        .expect("it answers")
        .read(&head.id, 1, 100)
        .expect("it answers")
        .expect("it is there");
    assert_eq!((head.n_messages, messages.len()), (20, 20));
}
