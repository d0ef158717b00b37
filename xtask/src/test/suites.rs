//! The suites, in the order in which they run: what is quick and often wrong
//! first, the browser last.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Counts;
use crate::job::{Finished, Job};
use crate::{codegen, repo, say, system, tidy, ui, wasm};

/// A group of tests with one name.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) run: fn() -> Result<Counts>,
}

/// Every suite.
pub(crate) const SUITES: [Suite; 11] = [
    Suite { name: "setup", run: setup },
    Suite { name: "fmt", run: fmt },
    Suite { name: "clippy", run: clippy },
    Suite { name: "tidy", run: tidy },
    Suite { name: "test", run: rust },
    Suite { name: "doc", run: doc },
    Suite { name: "codegen", run: codegen },
    Suite { name: "page", run: page },
    Suite { name: "ui", run: ui_tests },
    Suite { name: "library", run: library },
    Suite { name: "e2e", run: e2e },
];

/// How long any one command may take before it counts as stuck.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// Installs what the tests need and the machine lacks.
fn setup() -> Result<Counts> {
    let mut missing = Vec::new();
    if system::which("git").is_none() {
        missing.push("git");
    }
    // Makes the keys with which tests sign commits, and checks what they signed.
    if system::which("ssh-keygen").is_none() {
        missing.push("openssh-client");
    }
    if chromium().is_none() {
        missing.push("chromium");
    }
    // Runs Python behind the wall, and fetches the wheels that a test serves.
    if system::which("python3").is_none() {
        missing.push("python3");
    }
    if system::ask("python3", &["-m", "pip", "--version"]).is_none() {
        missing.push("python3-pip");
    }
    // Keeps the sessions of servers that share them.
    if system::which("redis-server").is_none() {
        missing.push("redis-server");
    }
    // Kernels run without a browser on the software driver that Chromium brings.
    if cfg!(target_os = "linux") && !system::has_library("libvulkan.so.1") {
        missing.push("libvulkan1");
    }
    if !missing.is_empty() {
        system::apt_install("test packages", &missing)?;
    }
    ui::check_node()?;
    Ok(Counts::success())
}

fn fmt() -> Result<Counts> {
    if !has_component("fmt") {
        return Ok(Counts { skipped: 1, ..Counts::default() });
    }
    check(Job::cargo("fmt").args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Counts> {
    if !has_component("clippy") {
        return Ok(Counts { skipped: 1, ..Counts::default() });
    }
    let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    check(Job::cargo("clippy").args(args))
}

fn tidy() -> Result<Counts> {
    tidy::tidy()
}

fn rust() -> Result<Counts> {
    let job = Job::cargo("test").args(["test", "--workspace", "--no-fail-fast"]).limit(LIMIT);
    let done = job.attempt()?;
    Ok(judge(&done, Counts::from_cargo(&done.lines)))
}

fn doc() -> Result<Counts> {
    let job = Job::cargo("doc").args(["doc", "--workspace", "--no-deps"]);
    check(job.env("RUSTDOCFLAGS", "-D warnings"))
}

fn codegen() -> Result<Counts> {
    codegen::codegen(codegen::Mode::Check)?;
    Ok(Counts::success())
}

/// Builds the page that the next suites test.
fn page() -> Result<Counts> {
    ui::build()?;
    Ok(Counts::success())
}

fn ui_tests() -> Result<Counts> {
    // The types of the engine are among what it checks.
    wasm::build()?;
    ui::install("ui")?;
    let dir = repo::root().join("ui");
    let types = check(Job::new("ui types", "npm").args(["run", "--silent", "check"]).dir(&dir))?;
    let lint = check(Job::new("ui lint", "npm").args(["run", "--silent", "lint"]).dir(&dir))?;

    let report = report_path("vitest.json")?;
    let job = Job::new("ui tests", "npx").args(["vitest", "run", "--reporter=default"]);
    let job = job.args(["--reporter=json"]).arg_path("--outputFile.json", &report).dir(&dir);
    let done = job.limit(LIMIT).attempt()?;
    let counts = read(&report).map_or(Counts::default(), |report| Counts::from_vitest(&report));
    Ok(types + lint + judge(&done, counts))
}

fn library() -> Result<Counts> {
    ui::install_where_locked("tests/library")?;
    let job = Job::new("library tests", "npm").args(["test", "--silent"]);
    let done = job.dir(repo::root().join("tests/library")).limit(LIMIT).attempt()?;
    Ok(judge(&done, Counts::from_node(&done.lines)))
}

fn e2e() -> Result<Counts> {
    ui::build()?;
    let built = Job::cargo("e2e server").args(repo::TESTED).run()?;
    say::done("e2e server", "ready", Some(built.took));
    ui::install_where_locked("tests/e2e")?;
    let chromium = chromium().context("no browser was found; install chromium")?;
    let report = report_path("playwright.json")?;
    let job = Job::new("e2e tests", "npm")
        .args(["test", "--silent", "--", "--reporter=list,json"])
        .arg_path("--output", &repo::target().join("xtask/e2e"))
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("LLMOS_BIN", repo::target().join("debug/llmos"))
        .env("LLMOS_CHROMIUM", chromium);
    let done = job.dir(repo::root().join("tests/e2e")).limit(LIMIT).attempt()?;
    let counts = read(&report).map_or(Counts::default(), |report| Counts::from_playwright(&report));
    Ok(judge(&done, counts))
}

/// One command as one test.
fn check(job: Job) -> Result<Counts> {
    let done = job.limit(LIMIT).attempt()?;
    if !done.success {
        show(&done);
    }
    Ok(Counts::of(done.success))
}

fn judge(done: &Finished, counts: Counts) -> Counts {
    let counts = counts.judged_by(done.success);
    if counts.failed > 0 {
        show(done);
    }
    counts
}

fn show(done: &Finished) {
    say::failed(&done.label, "failed:");
    for line in done.tail(150) {
        say::line(&format!("    {line}"));
    }
    say::line(&format!("    all of it is in `{}`", repo::relative(&done.log)));
}

fn has_component(name: &str) -> bool {
    let found = system::ask("cargo", &[name, "--version"]).is_some();
    if !found {
        say::note(name, "not installed, so it is left out");
    }
    found
}

fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(system::which)
}

/// A place for a runner's report, without the one of an earlier run.
fn report_path(name: &str) -> Result<std::path::PathBuf> {
    let dir = repo::target().join("xtask/reports");
    fs::create_dir_all(&dir)?;
    let path = dir.join(name);
    if path.exists() {
        fs::remove_file(&path)?;
    }
    Ok(path)
}

fn read(report: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(report).ok()?).ok()
}
