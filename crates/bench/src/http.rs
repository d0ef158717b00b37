//! The server under load, beside a bare axum route in the same run: latency of
//! lists and searches with many skills, and requests per second.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::client::{Client, latencies, throughput};
use crate::server::Server;
use crate::table::{Table, count, time};
use crate::volume;

const SIZES: [usize; 3] = [10, 1_000, 10_000];
const JSON: &str = "application/json";
const CONNECTIONS: usize = 8;

/// What is asked for, and what it accepts.
const ASKED: [(&str, &str); 4] = [
    ("/skills", JSON),
    ("/skills?q=plot%20energy&limit=20", JSON),
    ("/workflows/skills/executable", JSON),
    ("/health", JSON),
];

/// Starts `server` on volumes of each size and measures it.
pub(crate) fn run(server: &Path) -> Result<Table> {
    let mut table =
        Table::new(&["skills", "request", "median", "99 %", "bytes", "requests/s", "ratio"]);
    let bare = bare()?;
    for n_skills in SIZES {
        let folder = tempfile::tempdir()?;
        volume::make(&folder.path().join("users/local"), n_skills)?;
        let llmos = Server::start(server, folder.path())?;
        let mut asked = ASKED.to_vec();
        asked.push(("/", "text/html"));
        for (path, accept) in asked {
            let n_bytes = Client::connect(llmos.port)?.get(path, accept)?.n_bytes;
            latencies(llmos.port, path, accept, 50)?;
            let times = latencies(llmos.port, path, accept, 500)?;
            let (ours, ratio) = beside(&bare, &llmos, path, accept)?;
            table.row([
                count(n_skills),
                format!("`GET {path}`"),
                time(times[times.len() / 2]),
                time(times[times.len() * 99 / 100]),
                count(n_bytes),
                format!("{ours:.0}"),
                format!("{ratio:.2}"),
            ]);
        }
    }
    Ok(table)
}

/// Requests per second, and their ratio to the bare route's: the median of
/// three rounds in turns, so that both see the same machine.
fn beside(bare: &Server, llmos: &Server, path: &str, accept: &str) -> Result<(f64, f64)> {
    let lasting = Duration::from_secs(1);
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let yardstick = throughput(bare.port, CONNECTIONS, lasting, |client, _| {
            client.get("/", JSON).map(drop)
        })?;
        let ours = throughput(llmos.port, CONNECTIONS, lasting, |client, _| {
            client.get(path, accept).map(drop)
        })?;
        rounds.push((ours / yardstick, ours));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok((rounds[1].1, rounds[1].0))
}

fn bare() -> Result<Server> {
    let mut process = Command::new(std::env::current_exe()?)
        .arg("bare")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut port = String::new();
    let stdout = process.stdout.take().context("the yardstick has no output")?;
    BufReader::new(stdout).read_line(&mut port)?;
    Ok(Server { port: port.trim().parse()?, process, ready: Duration::ZERO })
}
