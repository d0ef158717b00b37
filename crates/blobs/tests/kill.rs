//! Whoever puts and removes blobs may be killed at any moment: what was acknowledged is there and
//! whole, and nothing else is seen.
//!
//! `LLMOS_KILL_ROUNDS` says how often.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use jiff::Timestamp;
use llmos_blobs::DiskBlobs;
use llmos_core::{
    blob::{BlobHash, Blobs, Upload},
    volume::VolumeId,
};
use tempfile::TempDir;

/// How often it is killed where nobody says.
const ROUNDS: u64 = 12;

/// Where the writer that is killed keeps blobs.
const PLACE: &str = "LLMOS_KILL_PLACE";

/// Which round it is.
const ROUND: &str = "LLMOS_KILL_ROUND";

fn at(seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).expect("it is small");
    Timestamp::from_second(1_790_000_000 + seconds).expect("it is a time")
}

/// Contents of a few bytes up to half a megabyte, each another one.
fn content(round: u64, n: u64) -> Vec<u8> {
    let mut bytes = format!("round {round}, number {n}\n").into_bytes();
    bytes.resize(bytes.len() + usize::try_from((n * 7919) % 500_000).expect("it is small"), b'x');
    bytes
}

/// The writer: does nothing unless it is told where. It says of each blob what was acknowledged.
///
/// Each third one it puts as if it were old, and removes it again.
#[test]
fn writer() {
    let Ok(place) = env::var(PLACE) else { return };
    let round: u64 = env::var(ROUND).expect("it is told").parse().expect("it is a number");
    let blobs = DiskBlobs::open(place.into());
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{line}").and_then(|()| out.flush()).expect("somebody listens");
    };
    for n in 0.. {
        let is_old = n % 3 == 2;
        let now = || at(if is_old { 0 } else { 1000 });
        let upload = Upload { volume: &VolumeId::System, limit: 1 << 20, now: &now };
        let hash = blobs.put(upload, &mut content(round, n).as_slice()).expect("it is kept").hash;
        if is_old {
            assert!(blobs.remove(&VolumeId::System, &hash, at(500)).expect("it answers"));
            say(format!("removed {hash}"));
        } else {
            assert!(!blobs.remove(&VolumeId::System, &hash, at(500)).expect("it answers"));
            say(format!("kept {hash}"));
        }
    }
}

/// Lets the writer work and kills it after so many blobs; returns what it acknowledged.
fn write_and_die(place: &Path, round: u64, n: usize) -> Vec<(bool, BlobHash)> {
    let mut child = Command::new(env::current_exe().expect("this program is a file"))
        .args(["writer", "--exact", "--nocapture"])
        .env(PLACE, place)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("it talks")).lines();
    let mut said = lines.map_while(Result::ok).filter_map(|line| {
        let (word, hash) = line.split_once(' ')?;
        let kept = match word {
            "kept" => true,
            "removed" => false,
            _ => return None,
        };
        Some((kept, hash.parse().ok()?))
    });
    let mut all: Vec<_> = said.by_ref().take(n).collect();
    child.kill().expect("it is killed");
    // What it said between the last look and its end counts as well.
    all.extend(said);
    child.wait().expect("it ends");
    all
}

#[test]
fn a_writer_that_is_killed_loses_nothing_and_leaves_no_half() {
    let rounds = env::var("LLMOS_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let folder = TempDir::new().expect("there is room for a folder");
    let (mut kept, mut removed) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..rounds {
        let n = 2 + usize::try_from(round * 5 % 11).expect("it is small");
        for (is_kept, hash) in write_and_die(folder.path(), round, n) {
            if is_kept {
                kept.insert(hash)
            } else {
                removed.insert(hash)
            };
        }
        let blobs = DiskBlobs::open(folder.path().to_owned());
        let mut there = BTreeSet::new();
        blobs
            .list(&VolumeId::System, &mut |blob| {
                there.insert(blob.hash);
            })
            .expect("it answers");
        assert!(there.is_superset(&kept), "something is lost after round {round}");
        assert!(there.is_disjoint(&removed), "something is back after round {round}");
        // Also what was not acknowledged is whole where it is there.
        for hash in there {
            let open = blobs.open(&VolumeId::System, &hash, None).expect("it answers");
            let mut content = Vec::new();
            open.expect("it is there").content.read_to_end(&mut content).expect("it is whole");
        }
    }
    assert!(kept.len() > removed.len() && !removed.is_empty());
}
