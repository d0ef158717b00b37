//! Large volumes and many of them: how long the server takes to be ready, to
//! list, page and write, and what it holds in memory.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    client::Client,
    server::Server,
    table::{Table, count, time},
    volume,
};

/// The traces of the volumes; `LLMOS_BENCH_TRACES` asks for other numbers, with commas between them.
const TRACES: [usize; 2] = [100_000, 1_000_000];

const SKILLS: usize = 10_000;
const USERS: usize = 1_000;
const EDITS: usize = 15;

/// Measures and returns a table.
pub(crate) fn run(program: &Path) -> Result<Table> {
    let mut table = Table::new(&["with", "what", "figure", "memory, most so far"]);
    let asked = std::env::var("LLMOS_BENCH_TRACES").unwrap_or_default();
    let asked: Vec<usize> = asked.split(',').filter_map(|n| n.parse().ok()).collect();
    let sizes = if asked.is_empty() { TRACES.to_vec() } else { asked };
    for n_traces in sizes {
        large(program, n_traces, &mut table)?;
    }
    many_users(program, &mut table)?;
    Ok(table)
}

fn large(program: &Path, n_traces: usize, table: &mut Table) -> Result<()> {
    let folder = filled(program, n_traces)?;
    let server = Server::start(program, folder.path())?;
    let with = format!("{} skills, {} traces", count(SKILLS), count(n_traces));
    let mut row = |what: &str, figure: String| -> Result<()> {
        let (_, most) = server.memory_mb()?;
        table.row([with.clone(), what.to_owned(), figure, format!("{most:.0} MB")]);
        Ok(())
    };
    row("ready, counted from the start of the process", time(server.ready))?;
    let mut client = Client::connect(server.port)?;
    let mut timed = |path: &str| -> Result<(Duration, Value)> {
        let started = Instant::now();
        let answer = client.ask("GET", path, None)?;
        Ok((started.elapsed(), answer))
    };
    let (took, skills) = timed("/skills?limit=100")?;
    ensure!(skills["total"].as_u64() >= Some(SKILLS as u64), "{}", skills["total"]);
    row("first `GET /skills`, which parses all of them", time(took))?;
    let (took, first) = timed("/traces?limit=100")?;
    ensure!(first["total"] == json!(n_traces + 1), "{}", first["total"]);
    row("first `GET /traces`, which counts all of them", time(took))?;
    row("`GET /traces` again", time(timed("/traces?limit=100")?.0))?;
    let (took, page) = timed("/traces?limit=100&before=run-20230701-000000-00000000")?;
    ensure!(page["traces"].as_array().map(Vec::len) == Some(100), "the page is not full");
    row("a page from the oldest of them", time(took))?;
    row("first `GET /volumes/stats`", time(timed("/volumes/stats")?.0))?;
    row("`GET /volumes/stats` again", time(timed("/volumes/stats")?.0))?;

    let mut times = Vec::new();
    for _ in 0..50 {
        let started = Instant::now();
        client.ask("POST", "/traces", Some(&json!({ "run": report() })))?;
        times.push(started.elapsed());
    }
    row("first `POST /traces`, which reads the index", time(times[0]))?;
    times.sort();
    row("`POST /traces`, median of 50", time(times[25]))?;
    let started = Instant::now();
    client.ask("GET", "/traces?limit=100", None)?;
    row("`GET /traces` after these", time(started.elapsed()))?;
    let started = Instant::now();
    client.ask("GET", "/skills?q=plot%20energy&limit=20", None)?;
    row("`GET /skills?q=` after these", time(started.elapsed()))?;

    let (shown, logged) = edits(&mut client, folder.path())?;
    row("a file saved in the folder until `GET /skills` shows it, median", time(shown))?;
    row("the same until `git log` shows it with its author, median", time(logged))?;
    row("memory at the end", format!("{:.0} MB", server.memory_mb()?.0))
}

/// Saves skills by hand, as editors do; returns how long until they are listed, and logged.
fn edits(client: &mut Client, root: &Path) -> Result<(Duration, Duration)> {
    let folder = root.join("users/local");
    let (mut shown, mut logged) = (Vec::new(), Vec::new());
    for n in 0..EDITS {
        let name = format!("by hand {n}");
        let text = format!("---\nname: {name}\ndescription: saved by hand\n---\n\nText {n}.\n");
        let unfinished = folder.join(format!("skills/.hand-{n}.md.tmp"));
        fs::write(&unfinished, text)?;
        fs::rename(&unfinished, folder.join(format!("skills/hand-{n}.md")))?;
        let saved = Instant::now();
        let is_late = || ensure_in_time(saved);
        while client.status("GET", &format!("/skills/hand-{n}"))? != 200 {
            is_late()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        shown.push(saved.elapsed());
        loop {
            let path = format!("skills/hand-{n}.md");
            let log = Command::new("git")
                .args(["log", "-1", "--format=%an", "main", "--", &path])
                .current_dir(&folder)
                .output()?;
            if log.stdout.starts_with(b"local") {
                break;
            }
            is_late()?;
        }
        logged.push(saved.elapsed());
    }
    shown.sort();
    logged.sort();
    Ok((shown[EDITS / 2], logged[EDITS / 2]))
}

fn ensure_in_time(since: Instant) -> Result<()> {
    ensure!(since.elapsed() < Duration::from_secs(30), "the edit is not taken over");
    Ok(())
}

fn many_users(program: &Path, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir_in(".")?;
    for n in 0..USERS {
        volume::make(&folder.path().join(format!("users/u{n}")), 3)?;
    }
    let server = Server::start(program, folder.path())?;
    let with = format!("{} users with 3 skills each", count(USERS));
    let mut row = |what: &str, figure: String| -> Result<()> {
        let (_, most) = server.memory_mb()?;
        table.row([with.clone(), what.to_owned(), figure, format!("{most:.0} MB")]);
        Ok(())
    };
    row("ready, counted from the start of the process", time(server.ready))?;
    let mut client = Client::connect(server.port)?;
    let mut files = 0;
    let started = Instant::now();
    for n in 0..USERS {
        let list = client.ask("GET", &format!("/skills?user_id=u{n}&limit=1"), None)?;
        ensure!(list["total"].as_u64() >= Some(3), "u{n}: {}", list["total"]);
        files = files.max(server.n_files()?);
    }
    row("`GET /skills` of one after the other, each", time(started.elapsed() / USERS as u32))?;
    let started = Instant::now();
    for n in 0..USERS {
        let skill = json!({"user_id": format!("u{n}"), "name": "New", "description": "d"});
        client.ask("POST", "/skills", Some(&skill))?;
        files = files.max(server.n_files()?);
    }
    row("`POST /skills` of one after the other, each", time(started.elapsed() / USERS as u32))?;
    row("most files open at once", count(files))?;
    row("memory at the end", format!("{:.0} MB", server.memory_mb()?.0))
}

/// Volumes of one user with many skills and traces, all of them as the program keeps them.
fn filled(program: &Path, n_traces: usize) -> Result<TempDir> {
    let folder = tempfile::tempdir_in(".")?;
    let user = folder.path().join("users/local");
    volume::make(&user, SKILLS)?;
    let (id, text) = {
        let server = Server::start(program, folder.path())?;
        let run = json!({ "run": report() });
        let saved = Client::connect(server.port)?.ask("POST", "/traces", Some(&run))?;
        let path = saved["path"].as_str().context("it says where it is")?.to_owned();
        let id = saved["trace_id"].as_str().context("it has an id")?.to_owned();
        let mut text = String::new();
        while text.is_empty() {
            text = fs::read_to_string(user.join(&path)).unwrap_or_default();
        }
        // One that is killed may leave its lock on the branch, where Git finds it.
        server.stop()?;
        (id, text)
    };
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(&user)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut out = std::io::BufWriter::new(child.stdin.take().context("it has an input")?);
    writeln!(out, "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 4\nfill")?;
    writeln!(out, "from refs/heads/main^0")?;
    for n in 0..n_traces {
        let day = n % 1_000;
        let (year, month, date) = (2023 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        let second = n / 1_000;
        let new = format!(
            "run-{year}{month:02}{date:02}-{:02}{:02}{:02}-{n:08x}",
            second / 3600 % 24,
            second / 60 % 60,
            second % 60
        );
        let text = text.replace(&id, &new);
        let length = text.len();
        writeln!(
            out,
            "M 644 inline traces/{year}/{month:02}/{date:02}/{new}.md\ndata {length}\n{text}"
        )?;
    }
    drop(out.into_inner().map_err(|err| err.into_error())?);
    ensure!(child.wait()?.success(), "`git fast-import` failed");
    let reset =
        Command::new("git").args(["reset", "--quiet", "--hard"]).current_dir(&user).status()?;
    ensure!(reset.success(), "`git reset` failed");
    Ok(folder)
}

fn report() -> Value {
    let node = |id: &str| {
        json!({"node": id, "skill_id": "sum", "state": "success", "attempts": 1, "started_ms": 1.0,
            "duration_ms": 2.5, "inputs": {"a": 1, "b": 2}, "outputs": {"total": 3}})
    };
    json!({
        "workflow": {"workflow_id": "made", "name": "Made", "nodes": [
            {"id": "one", "skill_id": "sum"}, {"id": "two", "skill_id": "sum"}], "edges": []},
        "outcome": "success", "started_at": "2026-11-20T15:30:00Z",
        "finished_at": "2026-11-20T15:30:01Z", "nodes": [node("one"), node("two")],
    })
}
