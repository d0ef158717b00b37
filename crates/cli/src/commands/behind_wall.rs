//! `llmos behind-wall`: becomes another program that has next to no rights.

use std::{path::PathBuf, process::ExitCode};

use llmos_headless::wall;

use crate::failure::{Failure, FailureKind};

/// Become another program behind a wall
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The process that asks for it; without it nothing runs on
    parent: u32,
    /// What the program keeps, in JSON
    wall: String,
    /// The program
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let error = wall::enter(args.parent, &args.wall, &args.program, &args.args);
    Err(Failure::new(
        FailureKind::Refused,
        error.to_string(),
        "run `llmos doctor`: it says what is missing",
    ))
}
