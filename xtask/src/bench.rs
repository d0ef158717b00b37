//! `cargo xtask bench`: runs the measurements and writes their tables into
//! `docs/benchmarks.md`. What is measured, and how, is in `crates/bench`.

mod document;

use std::fs;

use anyhow::{Context, Result, bail};

use self::document::Figures;
use crate::job::Job;
use crate::{repo, say, serve, system, ui};

const FILE: &str = "docs/benchmarks.md";

/// One measurement.
struct Bench {
    name: &'static str,
    job: fn() -> Job,
    /// Whether it needs the page and the server.
    workbench: bool,
}

const BENCHES: [Bench; 17] = [
    Bench { name: "skills", job: || native(&["skills"]), workbench: false },
    Bench { name: "search", job: || native(&["search"]), workbench: false },
    Bench { name: "patterns", job: || native(&["patterns"]), workbench: false },
    Bench { name: "flow", job: || native(&["flow"]), workbench: false },
    Bench { name: "commits", job: || native(&["commits"]), workbench: false },
    Bench { name: "kill", job: || native(&["kill"]), workbench: false },
    Bench { name: "save", job: || served("save"), workbench: true },
    Bench { name: "scale", job: || served("scale"), workbench: true },
    Bench { name: "chat", job: || served("chat"), workbench: true },
    Bench { name: "evolve", job: || native(&["evolve"]), workbench: false },
    Bench { name: "engine", job: || script("engine.mjs"), workbench: true },
    Bench { name: "python", job: || script("python.mjs"), workbench: true },
    Bench { name: "http", job: || served("http"), workbench: true },
    Bench { name: "load", job: || browser("load"), workbench: true },
    Bench { name: "runs", job: || browser("runs"), workbench: true },
    Bench { name: "values", job: || browser("values"), workbench: true },
    Bench { name: "sweep", job: || browser("sweep"), workbench: true },
];

/// Runs the measurements named, or all of them.
pub(crate) fn bench(names: &[String]) -> Result<()> {
    let known = || BENCHES.map(|bench| bench.name).join(", ");
    if let Some(name) = names.iter().find(|name| BENCHES.iter().all(|bench| bench.name != *name)) {
        bail!("no measurement is called `{name}`; there are {}", known());
    }
    let chosen: Vec<&Bench> = BENCHES
        .iter()
        .filter(|bench| names.is_empty() || names.iter().any(|name| name == bench.name))
        .collect();
    if chosen.iter().any(|bench| bench.workbench) {
        ui::build()?;
        serve::build_server()?;
        ui::install_where_locked("tests/e2e")?;
    }
    let built =
        Job::cargo("programs").args(["build", "--release", "--package", "llmos-bench"]).run()?;
    say::done("programs", "ready", Some(built.took));

    for bench in chosen {
        let done = (bench.job)().run()?;
        let figures = Figures::from_json(&done.stdout)
            .with_context(|| format!("`{}` printed no table", bench.name))?;
        let path = repo::root().join(FILE);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{FILE}`"))?;
        let text = document::replace(&text, "machine", &machine())?;
        fs::write(&path, document::replace(&text, bench.name, &figures.markdown())?)?;
        say::done(bench.name, format!("written to `{FILE}`"), Some(done.took));
        say::out(&format!("\n{}\n", figures.markdown()));
    }
    Ok(())
}

fn native(args: &[&str]) -> Job {
    let label = format!("bench {}", args.first().unwrap_or(&"all"));
    Job::new(&label, repo::target().join("release/llmos-bench")).args(args)
}

/// One that starts the server itself.
fn served(name: &str) -> Job {
    native(&[name]).args([repo::target().join("release/llmos")])
}

fn script(name: &str) -> Job {
    let script = repo::root().join("crates/bench/js").join(name);
    Job::new(&format!("bench {name}"), "node").args([script])
}

fn browser(what: &str) -> Job {
    let job = script("browser.mjs").args([what]);
    job.env("LLMOS_BIN", repo::target().join("release/llmos"))
}

/// What the figures were measured on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let cpu = cpu.map_or("an unnamed processor", |name| name.trim_start_matches([' ', '\t', ':']));
    let tool = |program, args: &[&str]| system::ask(program, args).unwrap_or_default();
    let (date, rustc) = (tool("date", &["-u", "+%Y-%m-%d"]), tool("rustc", &["--version"]));
    let (node, chromium) = (tool("node", &["--version"]), tool("chromium", &["--version"]));
    format!("Last measured {date} on {cores} cores of {cpu}; {rustc}, Node.js {node}, {chromium}.")
}
