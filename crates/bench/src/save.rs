//! What it takes until a skill is kept, and until it is found again: through the
//! server, in a small folder and in a large one, in turns.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    client::Client,
    server::Server,
    table::{Table, count, middle, time},
    volume,
};

const SIZES: [usize; 2] = [10, 10_000];
const TURNS: usize = 6;
const SAVES: usize = 50;

/// Measures and returns a table.
pub(crate) fn run(program: &Path) -> Result<Table> {
    let mut sides = Vec::new();
    for n_skills in SIZES {
        sides.push(Side::start(program, n_skills)?);
    }
    for turn in 0..TURNS {
        for side in &mut sides {
            side.turn(turn)?;
        }
    }
    let mut table = Table::new(&["what, median", "10 skills", "10,000 skills", "times as long"]);
    for (at, what) in
        ["`PUT /skills/{id}`", "`GET /skills?limit=20` after it", "`GET /skills?q=` after it"]
            .iter()
            .enumerate()
    {
        let [small, large] = [0, 1].map(|side: usize| middle(&mut sides[side].times[at]));
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        table.row([(*what).to_owned(), time(small), time(large), format!("× {ratio:.2}")]);
    }
    Ok(table)
}

/// A server with a folder of so many skills.
struct Side {
    n_skills: usize,
    client: Client,
    /// Of saving, listing and searching.
    times: [Vec<Duration>; 3],
    _server: Server,
    _folder: TempDir,
}

impl Side {
    fn start(program: &Path, n_skills: usize) -> Result<Self> {
        let folder = tempfile::tempdir_in(".")?;
        volume::make(&folder.path().join("users/local"), n_skills)?;
        let server = Server::start(program, folder.path())?;
        let mut client = Client::connect(server.port)?;
        // Nobody saves into a folder that was never looked at.
        let list = client.ask("GET", "/skills?q=plot&limit=20", None)?;
        ensure!(list["total"].as_u64() > Some(0), "no skill of {} is found", count(n_skills));
        Ok(Self { n_skills, client, times: Default::default(), _server: server, _folder: folder })
    }

    fn turn(&mut self, turn: usize) -> Result<()> {
        for n in 0..SAVES {
            // All over the folder, as people edit.
            let skill = (turn * SAVES + n) * 7_919 % self.n_skills;
            let body = json!({ "user_id": "local", "description": format!("saved in turn {turn} as number {n}") });
            self.timed(0, "PUT", &format!("/skills/made-{skill:05}"), Some(&body))?;
            self.timed(1, "GET", "/skills?limit=20", None)?;
            self.timed(2, "GET", "/skills?q=plot%20energy&limit=20", None)?;
        }
        Ok(())
    }

    fn timed(
        &mut self,
        what: usize,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<()> {
        let started = Instant::now();
        self.client.ask(method, path, body)?;
        self.times[what].push(started.elapsed());
        Ok(())
    }
}
