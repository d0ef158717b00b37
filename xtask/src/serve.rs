//! `cargo xtask serve`: from a fresh checkout to the workbench in the browser.

use std::process::Command;

use anyhow::{Context, Result};

use crate::job::Job;
use crate::{repo, say, ui};

/// Builds what is missing and becomes the server; `args` go to `llmos serve`.
pub(crate) fn serve(args: &[String]) -> Result<()> {
    ui::build()?;
    let done = Job::cargo("server")
        .args(["build", "--release", "--package", "llmos-cli"])
        .hint("fix what the compiler says above")
        .run()?;
    say::done("server", "ready", Some(done.took));

    let mut server = Command::new(repo::target().join("release/llmos"));
    repo::forget_outer_cargo(&mut server);
    server.current_dir(repo::root()).arg("serve").args(args);
    become_it(server).context("cannot start `target/release/llmos serve`")
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
