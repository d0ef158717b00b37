//! `cargo xtask serve`: from a fresh checkout to the workbench in the browser.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::job::Job;
use crate::{repo, say, ui};

/// Builds what is missing and becomes the server; `args` go to `llmos serve`.
pub(crate) fn serve(args: &[String]) -> Result<()> {
    ui::build()?;
    build_server()?;

    let mut server = Command::new(program());
    repo::forget_outer_cargo(&mut server);
    server.current_dir(repo::root()).arg("serve").args(args);
    become_it(server).context("cannot start `target/release/llmos serve`")
}

fn program() -> PathBuf {
    repo::target().join("release/llmos")
}

/// Compiles the release server with the page of now inside.
pub(crate) fn build_server() -> Result<()> {
    let done = Job::cargo("server")
        .args(["build", "--release", "--package", "llmos-cli"])
        .hint("fix what the compiler says above")
        .run()?;
    say::done("server", "ready", Some(done.took));
    Ok(())
}

/// Replaces this process, so that signals reach the server itself.
#[cfg(unix)]
fn become_it(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(server.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut server: Command) -> Result<()> {
    let status = server.status()?;
    anyhow::ensure!(status.success(), "the server stopped with {status}");
    Ok(())
}
