//! Durable commits: one writer, many writers, small and large volumes, beside
//! plain `git` and plain flushes of the same disk in the same run.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use llmos_core::{
    store::{Author, Change, Edit, Expected, Store},
    volume::VolumeId,
};
use llmos_volumes::GitStore;
use tempfile::TempDir;

use crate::{
    table::{Table, count, time},
    volume,
};

const WRITERS: usize = 64;

/// How many traces the large volume of traces has; `LLMOS_BENCH_TRACES` asks for another number.
const MANY_TRACES: usize = 100_000;

/// Measures commits and returns a table.
pub(crate) fn run() -> Result<Table> {
    let mut table = Table::new(&["what", "commits/s", "median", "p99", "beside"]);
    let flush = plain_flush()?;
    table.row([
        "a plain fsync of 1 KB, rewritten".into(),
        "".into(),
        time(flush),
        "".into(),
        "".into(),
    ]);
    let mut lone = Vec::new();
    for n_skills in [10, 10_000] {
        let volume = Filled::with_skills(n_skills)?;
        // All over the folder, as people edit: a large one costs least where its end is changed.
        let times = volume.lone(300, |n| format!("skills/made-{:05}.md", n * 7_919 % n_skills))?;
        lone.push(times.median);
        let beside = match n_skills {
            10 => format!("{:.1} plain fsyncs", ratio(times.median, flush)),
            _ => format!("×{:.1} of 10 skills", ratio(times.median, lone[0])),
        };
        let what = format!("one writer, {} skills in the folder", count(n_skills));
        table.row([what, times.rate(), time(times.median), time(times.p99), beside]);
        volume.check()?;
    }
    let many = std::env::var("LLMOS_BENCH_TRACES").ok().and_then(|n| n.parse().ok());
    let mut lone = Vec::new();
    for n_traces in [1_000, many.unwrap_or(MANY_TRACES)] {
        let volume = Filled::with_traces(n_traces)?;
        let times = volume.lone(300, |n| format!("traces/2026/11/20/new-{n:06}.md"))?;
        lone.push(times.median);
        let beside = format!("×{:.2} of 1,000 traces", ratio(times.median, lone[0]));
        let what = format!("one writer, {} traces in the volume", count(n_traces));
        table.row([what, times.rate(), time(times.median), time(times.p99), beside]);
    }
    for n_skills in [10, 10_000] {
        let volume = Filled::with_skills(n_skills)?;
        let (n_commits, n_by_git) = (3_200, if n_skills == 10 { 60 } else { 20 });
        let by_git = volume.add_and_commit(n_by_git)?;
        let import = fast_import(n_skills, n_commits)?;
        let (rate, settled) = volume.many(n_commits)?;
        let what = format!("{WRITERS} writers, {} skills in the folder", count(n_skills));
        let beside = format!(
            "×{:.0} of `git add`+`commit` ({by_git:.0}/s), ×{:.2} of `git fast-import` ({import:.0}/s); \
             {settled:.0}/s until `git log` has them",
            rate / by_git,
            rate / import
        );
        table.row([what, format!("{rate:.0}"), "".into(), "".into(), beside]);
        volume.check()?;
    }
    Ok(table)
}

struct Times {
    median: Duration,
    p99: Duration,
    total: Duration,
    n: usize,
}

impl Times {
    fn rate(&self) -> String {
        format!("{:.0}", self.n as f64 / self.total.as_secs_f64())
    }
}

/// A volume with something in it.
struct Filled {
    store: GitStore,
    id: VolumeId,
    _folder: TempDir,
}

impl Filled {
    fn with_skills(n: usize) -> Result<Self> {
        let filled = Self::empty()?;
        let edits = (0..n).map(|i| edit(&format!("skills/made-{i:05}.md"), volume::skill(i)));
        filled.store.commit(&filled.id, change(edits.collect::<Result<_>>()?))?;
        filled.store.settle();
        Ok(filled)
    }

    /// Traces of a thousand days, imported in one commit.
    fn with_traces(n: usize) -> Result<Self> {
        let filled = Self::empty()?;
        filled.store.commit(&filled.id, change(vec![edit("skills/a.md", volume::skill(1))?]))?;
        filled.store.settle();
        let folder = filled.store.folder(&filled.id);
        import(&folder, |out| {
            writeln!(
                out,
                "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 4\nfill"
            )?;
            writeln!(out, "from refs/heads/main^0")?;
            for i in 0..n {
                let day = i % 1_000;
                let (year, month, date) = (2023 + day / 360, day / 30 % 12 + 1, day % 30 + 1);
                let body = format!("trace {i}\n");
                writeln!(
                    out,
                    "M 644 inline traces/{year}/{month:02}/{date:02}/run-{i:07}.md\ndata {}\n{body}",
                    body.len()
                )?;
            }
            Ok(())
        })?;
        git(&folder, &["reset", "--quiet", "--hard"])?;
        Ok(filled)
    }

    fn empty() -> Result<Self> {
        let folder = tempfile::tempdir_in(".")?;
        let store = GitStore::open(folder.path().to_owned());
        Ok(Self { store, id: "user/bench".parse().context("a plain id")?, _folder: folder })
    }

    /// One commit after the other.
    fn lone(&self, n: usize, path: impl Fn(usize) -> String) -> Result<Times> {
        let mut times = Vec::with_capacity(n);
        for i in 0..n {
            let change = change(vec![edit(&path(i), format!("{}\n{i}\n", volume::skill(i)))?]);
            let started = Instant::now();
            self.store.commit(&self.id, change)?;
            times.push(started.elapsed());
        }
        let total = times.iter().sum();
        times.sort();
        self.store.settle();
        Ok(Times { median: times[n / 2], p99: times[n * 99 / 100], total, n })
    }

    /// Many writers at once: commits per second as they are promised, and as `git` sees them.
    fn many(&self, n: usize) -> Result<(f64, f64)> {
        let started = Instant::now();
        thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    scope.spawn(move || {
                        for i in 0..n / WRITERS {
                            let at = writer * (n / WRITERS) + i;
                            let path = many_path(at);
                            let change = change(vec![edit(&path, volume::skill(at))?]);
                            self.store.commit(&self.id, change)?;
                        }
                        Ok::<_, anyhow::Error>(())
                    })
                })
                .collect();
            for writer in writers {
                writer.join().map_err(|_panic| anyhow::anyhow!("a writer panicked"))??;
            }
            Ok::<_, anyhow::Error>(())
        })?;
        let promised = n as f64 / started.elapsed().as_secs_f64();
        self.store.settle();
        let settled = n as f64 / started.elapsed().as_secs_f64();
        let folder = self.store.folder(&self.id);
        let log = Command::new("git")
            .args(["rev-list", "--count", "HEAD"])
            .current_dir(&folder)
            .output()?;
        let found: usize = String::from_utf8_lossy(&log.stdout).trim().parse()?;
        ensure!(found > n, "{found} commits are in Git, of {n}");
        Ok((promised, settled))
    }

    /// The same with `git add` and `git commit`, which do not wait for the disk.
    fn add_and_commit(&self, n: usize) -> Result<f64> {
        let folder = self.store.folder(&self.id);
        let started = Instant::now();
        for i in 0..n {
            let path = format!("skills/hand-{i:05}.md");
            fs::write(folder.join(&path), volume::skill(i))?;
            git(&folder, &["add", &path])?;
            git(&folder, &["commit", "--quiet", "--message", "by hand"])?;
        }
        Ok(n as f64 / started.elapsed().as_secs_f64())
    }

    fn check(&self) -> Result<()> {
        self.store.settle();
        let folder = self.store.folder(&self.id);
        git(&folder, &["fsck", "--full", "--strict", "--no-dangling"])?;
        let status =
            Command::new("git").args(["status", "--porcelain"]).current_dir(&folder).output()?;
        ensure!(status.stdout.is_empty(), "{}", String::from_utf8_lossy(&status.stdout));
        Ok(())
    }
}

/// Writers keep skills; each in the folder that the measurement is about.
fn many_path(at: usize) -> String {
    format!("skills/many-{at:06}.md")
}

/// `git fast-import` of the same files, a commit each.
fn fast_import(n_skills: usize, n_commits: usize) -> Result<f64> {
    let filled = Filled::with_skills(n_skills)?;
    let folder = filled.store.folder(&filled.id);
    let started = Instant::now();
    import(&folder, |out| {
        for at in 0..n_commits {
            let text = volume::skill(at);
            writeln!(
                out,
                "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 2\nit"
            )?;
            if at == 0 {
                writeln!(out, "from refs/heads/main^0")?;
            }
            writeln!(out, "M 644 inline {}\ndata {}\n{text}", many_path(at), text.len())?;
        }
        Ok(())
    })?;
    Ok(n_commits as f64 / started.elapsed().as_secs_f64())
}

fn import(folder: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = std::io::BufWriter::new(child.stdin.take().context("it has an input")?);
    write(&mut input)?;
    drop(input.into_inner().map_err(|err| err.into_error())?);
    ensure!(child.wait()?.success(), "`git fast-import` failed");
    Ok(())
}

fn plain_flush() -> Result<Duration> {
    let folder = tempfile::tempdir_in(".")?;
    let mut file = File::create(folder.path().join("file"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        file.write_all(&[7; 1_024])?;
        file.sync_all()?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn git(folder: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("git")
        .args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "`git {}` failed", arguments.join(" "));
    Ok(())
}

fn edit(path: &str, text: String) -> Result<Edit> {
    let path = path.parse().with_context(|| format!("`{path}` is no path"))?;
    Ok(Edit { path, expected: Expected::Anything, content: Some(text.into_bytes()) })
}

fn change(edits: Vec<Edit>) -> Change {
    Change {
        edits,
        author: Author { name: "Bench".to_owned(), email: "bench@localhost".to_owned() },
        time: Timestamp::UNIX_EPOCH,
        message: "skills: keep".to_owned(),
    }
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
