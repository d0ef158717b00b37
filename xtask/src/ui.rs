//! Builds what the browser loads: packages, runtimes, the page, and their
//! compressed forms, each only when what it is made from has changed.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::job::Job;
use crate::stamp::Stamp;
use crate::{repo, say, system, wasm};

/// The oldest Node.js that the UI's tools accept.
const NODE: (u32, u32, u32) = (20, 19, 0);

/// What the page is made from, beside its packages and the engine.
const PAGE: [&str; 10] = [
    "ui/index.html",
    "ui/shared.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/vite.config.ts",
    "ui/tsconfig.json",
    "ui/src",
    "ui/scripts",
    "ui/public",
    wasm::PKG,
];

/// Makes `ui/dist`, with everything that it needs.
pub(crate) fn build() -> Result<()> {
    check_node()?;
    wasm::build()?;
    install("ui")?;
    let assets = Stamp::of("assets", &["ui/scripts", "ui/package-lock.json"], "")?;
    if assets.is_fresh("ui/public/runtimes") {
        say::done("runtimes", "up to date", None);
    } else {
        let done = step("runtimes", "node", &["scripts/assets.mjs"])?;
        assets.keep()?;
        say::done("runtimes", "prepared", Some(done));
    }
    let page = Stamp::of("page", &PAGE, "")?;
    if page.is_fresh("ui/dist/index.html") {
        say::done("page", "up to date", None);
        return Ok(());
    }
    let built = step("page", "npm", &["run", "--silent", "build"])?;
    let compressed = step("page", "node", &["scripts/compress.mjs"])?;
    page.keep()?;
    say::done("page", "built", Some(built + compressed));
    Ok(())
}

/// Fails with what to install unless Node.js and npm are here and new enough.
pub(crate) fn check_node() -> Result<()> {
    let wanted =
        format!("install Node.js {}.{} or newer with npm, then run this again", NODE.0, NODE.1);
    let Some(node) = system::ask("node", &["--version"]) else {
        bail!("Node.js is missing; {wanted}");
    };
    if system::version(&node).is_none_or(|version| version < NODE) {
        bail!("Node.js {node} is too old; {wanted}");
    }
    let Some(npm) = system::ask("npm", &["--version"]) else {
        bail!("npm is missing; {wanted}");
    };
    say::done("Node.js", format!("{}, npm {npm}", node.trim_start_matches('v')), None);
    Ok(())
}

/// Installs the packages of a folder exactly as its lock file names them.
pub(crate) fn install(folder: &str) -> Result<()> {
    let lock = format!("{folder}/package-lock.json");
    let manifest = format!("{folder}/package.json");
    let label = format!("{folder} packages");
    let stamp = Stamp::of(&format!("npm-{}", folder.replace('/', "-")), &[&lock, &manifest], "")?;
    if stamp.is_fresh(&format!("{folder}/node_modules/.package-lock.json")) {
        say::done(&label, "up to date", None);
        return Ok(());
    }
    let done = Job::new(&label, "npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .dir(repo::root().join(folder))
        .hint("check that the npm registry can be reached, then run this again")
        .run()?;
    stamp.keep()?;
    say::done(&label, "installed", Some(done.took));
    Ok(())
}

/// As [`install`], for a folder that may use no packages at all.
pub(crate) fn install_where_locked(folder: &str) -> Result<()> {
    if repo::root().join(folder).join("package-lock.json").exists() {
        install(folder)?;
    }
    Ok(())
}

fn step(label: &str, program: &str, args: &[&str]) -> Result<Duration> {
    let done = Job::new(label, program)
        .args(args)
        .dir(repo::root().join("ui"))
        .hint("fix what is said above")
        .run()?;
    Ok(done.took)
}
