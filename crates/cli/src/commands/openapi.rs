//! `llmos openapi`

use std::process::ExitCode;

use crate::{failure::Failure, out::Out};

/// Print the OpenAPI description of the server
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(Args {}: &Args) -> Result<ExitCode, Failure> {
    let mut out = Out::new();
    let description = serde_json::to_string_pretty(&llmos_server::openapi());
    // A closed pipe is no failure; there is nothing left to write either way.
    let _ = out.line(&description.expect("because the description is plain data"))?;
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}
