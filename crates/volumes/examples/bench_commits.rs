//! Measures commits per second into a folder that already holds many files,
//! beside `git add` and `git commit` doing the same on the same disk.
//!
//! `cargo run --release -p llmos-volumes --example bench_commits [COMMITS]`
#![expect(clippy::print_stdout, reason = "it is a program that prints what it measured")]

use std::{
    error::Error,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use llmos_core::{
    store::{Author, Change, Edit, Expected, Store},
    volume::VolumeId,
};
use llmos_volumes::GitStore;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let n_commits = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 200,
    };
    println!("files  store commits/s  median ms  p99 ms  head us  git add+commit/s");
    for n_files in [10, 1_000, 10_000] {
        let folder = tempfile::tempdir()?;
        let store = GitStore::open(folder.path().to_owned());
        let volume: VolumeId = "user/bench".parse()?;
        let files: Vec<_> = (0..n_files)
            .map(|n| edit(&format!("skills/skill-{n}.md"), n))
            .collect::<Result<_>>()?;
        store.commit(&volume, change(files))?;

        let mut times = Vec::new();
        for n in 0..n_commits {
            let change =
                change(vec![edit(&format!("skills/skill-{}.md", n % n_files), n_files + n)?]);
            let start = Instant::now();
            store.commit(&volume, change)?;
            times.push(start.elapsed());
        }
        let start = Instant::now();
        for _ in 0..1_000 {
            store.head(&volume)?;
        }
        let head = start.elapsed() / 1_000;
        let total: Duration = times.iter().sum();
        times.sort();
        let n_git = (n_commits / 10).max(5);
        let git = plain_git(&store.folder(&volume), n_files, n_git)?;
        println!(
            "{n_files:5}  {:15.0}  {:9.2}  {:6.2}  {:7.1}  {:16.1}",
            n_commits as f64 / total.as_secs_f64(),
            millis(times[times.len() / 2]),
            millis(times[times.len() * 99 / 100]),
            millis(head) * 1_000.0,
            n_git as f64 / git.as_secs_f64(),
        );
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn edit(path: &str, n: usize) -> Result<Edit> {
    let content = format!(
        "---\nname: skill {n}\ndescription: what it does\n---\n\n{}\n",
        "Some text. ".repeat(100)
    );
    Ok(Edit {
        path: path.parse()?,
        expected: Expected::Anything,
        content: Some(content.into_bytes()),
    })
}

fn change(edits: Vec<Edit>) -> Change {
    let author = Author { name: "Ana".to_owned(), email: "ana@example.org".to_owned() };
    Change { edits, author, time: Timestamp::UNIX_EPOCH, message: "skill: save".to_owned() }
}

/// Does by the `git` program what the store did before it in the same volume.
fn plain_git(folder: &Path, n_files: usize, n_commits: usize) -> Result<Duration> {
    let git = |arguments: &[&str]| -> Result<()> {
        let status = Command::new("git")
            .current_dir(folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"])
            .args(arguments)
            .status()?;
        if status.success() { Ok(()) } else { Err(format!("`git {arguments:?}` failed").into()) }
    };
    let start = Instant::now();
    for n in 0..n_commits {
        let path = format!("skills/skill-{}.md", n % n_files);
        fs::write(folder.join(&path), format!("by git, {n}\n"))?;
        git(&["add", &path])?;
        git(&["commit", "--quiet", "-m", "skill: save"])?;
    }
    Ok(start.elapsed())
}
