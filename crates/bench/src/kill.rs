//! Processes that are killed while eight writers write, and disks that fail
//! meanwhile: what was promised is in `git log` afterwards, with its content.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use llmos_core::{
    store::{Author, Change, Edit, Expected, Store},
    volume::VolumeId,
};
use llmos_volumes::{Disk, GitStore, RealDisk};

use crate::{
    table::{Table, count},
    volume::Choice,
};

const WRITERS: usize = 8;

/// How many rounds there are; `LLMOS_BENCH_ROUNDS` asks for another number.
const ROUNDS: usize = 1_000;

/// After so many rounds a new volume is begun, so that looking through all of it stays quick.
const ROUNDS_PER_VOLUME: usize = 20;

/// What the disk does in a round.
const FAULTS: [&str; 3] =
    ["the disk works", "`fsync` fails now and then", "the disk is full now and then"];

/// What the rounds of one kind came to.
#[derive(Default)]
struct Tally {
    rounds: usize,
    promised: usize,
    refused: usize,
    came_back: usize,
}

/// Kills writers and returns a table.
pub(crate) fn run() -> Result<Table> {
    let asked = std::env::var("LLMOS_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok());
    let rounds: usize = asked.unwrap_or(ROUNDS);
    let mut tallies: [Tally; 3] = Default::default();
    let mut choice = Choice::new(7);
    let started = Instant::now();
    let mut folder = tempfile::tempdir_in(".")?;
    let mut so_far = Vec::new();
    for round in 0..rounds {
        if round % ROUNDS_PER_VOLUME == 0 {
            folder = tempfile::tempdir_in(".")?;
            so_far = Vec::new();
        }
        // Two rounds of three are of a disk that works.
        let fault = [0, 0, 1, 0, 0, 2][round % 6];
        let pause = Duration::from_millis(3 + choice.below(250) as u64);
        let said = killed(folder.path(), round, fault, pause)?;
        let tally = &mut tallies[fault];
        let (promised, refused) = said;
        so_far.extend(promised.iter().cloned());
        tally.rounds += 1;
        tally.promised += promised.len();
        tally.refused += refused.len();
        tally.came_back += check(folder.path(), &so_far, &refused)
            .with_context(|| format!("round {round}, where {}", FAULTS[fault]))?;
    }
    let mut table = Table::new(&[
        "in these rounds",
        "rounds",
        "promised",
        "lost",
        "refused",
        "of these there after the restart",
        "`git fsck --full`",
    ]);
    for (what, tally) in FAULTS.iter().zip(&tallies) {
        table.row([
            (*what).to_owned(),
            count(tally.rounds),
            count(tally.promised),
            "0".to_owned(),
            count(tally.refused),
            count(tally.came_back),
            "clean".to_owned(),
        ]);
    }
    table.row([
        format!("all, in {:.0} s", started.elapsed().as_secs_f64()),
        count(rounds),
        count(tallies.iter().map(|tally| tally.promised).sum()),
        "0".to_owned(),
        count(tallies.iter().map(|tally| tally.refused).sum()),
        count(tallies.iter().map(|tally| tally.came_back).sum()),
        "clean".to_owned(),
    ]);
    Ok(table)
}

/// A change that was promised: its commit, the file and how many bytes that has; none where it was deleted.
type Promised = (String, String, Option<usize>);

/// Runs writers, kills them, and returns what they were promised and what they were refused.
fn killed(
    root: &Path,
    round: usize,
    fault: usize,
    pause: Duration,
) -> Result<(Vec<Promised>, Vec<String>)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["kill-writers", &round.to_string(), &fault.to_string()])
        .arg(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = child.stdout.take().context("it has an output")?;
    let reading = thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).collect::<Vec<String>>()
    });
    thread::sleep(pause);
    child.kill()?;
    child.wait()?;
    let lines = reading.join().map_err(|_panic| anyhow::anyhow!("the reader panicked"))?;
    let (mut promised, mut refused) = (Vec::new(), Vec::new());
    for line in lines {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["kept", commit, path, "gone", "."] => {
                promised.push(((*commit).to_owned(), (*path).to_owned(), None));
            }
            ["kept", commit, path, bytes, "."] => {
                promised.push(((*commit).to_owned(), (*path).to_owned(), Some(bytes.parse()?)));
            }
            ["refused", mark, "."] => refused.push((*mark).to_owned()),
            // Cut off in the middle: nobody heard of it.
            _ => {}
        }
    }
    Ok((promised, refused))
}

/// Opens the volume again, and looks for everything with `git`; returns how many refused changes are there.
fn check(root: &Path, promised: &[Promised], refused: &[String]) -> Result<usize> {
    let id = volume()?;
    let store = GitStore::open(root.to_owned());
    let Some(head) = store.head(&id)? else {
        ensure!(promised.is_empty(), "the volume is gone");
        return Ok(0);
    };
    let folder = store.folder(&id);
    // The first change after the restart is made like any other.
    store.commit(&id, change("again", "round.md", Some(head.0.into_bytes()))?)?;
    drop(store);

    let log = git(&folder, &["log", "--format=%H %s"], "")?;
    let known: BTreeSet<&str> = log.lines().filter_map(|line| line.split(' ').next()).collect();
    let marks: BTreeSet<&str> = log.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    let asked: String =
        promised.iter().map(|(commit, path, _)| format!("{commit}:{path}\n")).collect();
    let answers = git(&folder, &["cat-file", "--batch-check=%(objectsize)"], &asked)?;
    for ((commit, path, bytes), answer) in promised.iter().zip(answers.lines()) {
        ensure!(known.contains(commit.as_str()), "{commit} of `{path}` is lost");
        match bytes {
            Some(bytes) => ensure!(answer == bytes.to_string(), "{commit}:{path} is {answer}"),
            None => ensure!(answer.ends_with("missing"), "{commit}:{path} is {answer}"),
        }
    }
    ensure!(answers.lines().count() == promised.len(), "`git cat-file` says less than was asked");
    let found = git(&folder, &["fsck", "--full", "--strict", "--no-dangling"], "")?;
    ensure!(found.is_empty(), "{found}");
    let status = git(&folder, &["status", "--porcelain"], "")?;
    ensure!(status.is_empty(), "{status}");
    Ok(refused.iter().filter(|mark| marks.contains(mark.as_str())).count())
}

/// The process that is killed: says what it was promised, a line for each.
pub(crate) fn writers(round: &str, fault: &str, root: &Path) -> Result<()> {
    let (round, fault): (usize, u32) = (round.parse()?, fault.parse()?);
    let disk = Arc::new(Faulty { fault, calls: AtomicU32::new(round as u32) });
    let store = GitStore::with_disk(root.to_owned(), disk);
    let id = volume()?;
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, id) = (&store, &id);
            scope.spawn(move || {
                let mut choice = Choice::new((round * WRITERS + writer) as u64);
                for n in 0_usize.. {
                    let path = match choice.below(4) {
                        0 => format!("skills/{round}-{writer}-{n}.md"),
                        1 => format!("skills/own-{writer}.md"),
                        2 => format!("workflows/shared-{}.md", choice.below(3)),
                        _ => format!("traces/2026/11/{:02}/{round}-{writer}-{n}.md", n % 28 + 1),
                    };
                    let size = if choice.below(20) == 0 { 200_000 } else { 300 };
                    let mark = format!("{round}-{writer}-{n}");
                    let content = match choice.below(12) {
                        0 => None,
                        _ => Some(format!("{mark}\n{}", "x".repeat(size)).into_bytes()),
                    };
                    let length = content.as_ref().map(Vec::len);
                    let Ok(change) = change(&mark, &path, content) else { return };
                    let before = store.head(id).ok().flatten();
                    let line = match store.commit(id, change) {
                        // Nothing was there to delete.
                        Ok(commit) if length.is_none() && before.as_ref() == Some(&commit) => {
                            continue;
                        }
                        Ok(commit) => {
                            let length = length.map_or("gone".to_owned(), |n| n.to_string());
                            format!("kept {commit} {path} {length} .\n")
                        }
                        Err(_) => format!("refused {mark} .\n"),
                    };
                    // One write for each line: half of one is none.
                    if io::stdout().lock().write_all(line.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(())
}

/// A disk that fails for a while, now and then.
#[derive(Debug)]
struct Faulty {
    fault: u32,
    calls: AtomicU32,
}

impl Faulty {
    /// Of every forty requests, the last five fail.
    fn fails(&self, fault: u32) -> bool {
        self.fault == fault && self.calls.fetch_add(1, Ordering::Relaxed) % 40 >= 35
    }
}

impl Disk for Faulty {
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        if self.fails(2) {
            // As on a full disk: a part of it may arrive.
            RealDisk.write(file, &bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.write(file, bytes)
    }

    fn flush(&self, file: &File) -> io::Result<()> {
        if self.fails(1) {
            return Err(io::Error::other("input/output error"));
        }
        RealDisk.flush(file)
    }

    fn flush_all(&self, folder: &File) -> io::Result<()> {
        if self.fails(1) {
            return Err(io::Error::other("input/output error"));
        }
        RealDisk.flush_all(folder)
    }
}

fn volume() -> Result<VolumeId> {
    "user/ana".parse().context("a plain id")
}

fn change(mark: &str, path: &str, content: Option<Vec<u8>>) -> Result<Change> {
    let path = path.parse().with_context(|| format!("`{path}` is no path"))?;
    Ok(Change {
        edits: vec![Edit { path, expected: Expected::Anything, content }],
        author: Author { name: "Ana".to_owned(), email: "ana@example.org".to_owned() },
        time: Timestamp::now(),
        message: mark.to_owned(),
    })
}

fn git(folder: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().context("it has an input")?;
    let input = input.to_owned();
    let feeding = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    drop(feeding.join());
    ensure!(output.status.success(), "`git {}` failed", arguments.join(" "));
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
