//! `llmos reference`: prints the pages of `docs/reference`.

mod api;
mod cli;

use std::process::ExitCode;

use crate::{failure::Failure, out::Out};

/// Print a page of the reference
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which page
    page: Page,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Page {
    /// The routes of the server
    Api,
    /// The commands
    Cli,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let text = match args.page {
        Page::Api => api::page(),
        Page::Cli => cli::page(),
    };
    let mut out = Out::new();
    // A closed pipe is no failure; there is nothing left to write either way.
    let _ = out.line(&text.trim_end())?;
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}
