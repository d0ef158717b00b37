//! `llmos session export`

use std::{fs, path::PathBuf, process::ExitCode};

use clap::ValueEnum;
use llmos_workbench::{Exported, SessionFormat};

use crate::{
    commands::files,
    failure::{Failure, FailureKind},
    out::say,
};

/// Write a session into a file
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
    /// What it looks like
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// The file, which must not be there; named after the session when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The document that a commit keeps
    Markdown,
    /// Everything, also what artifacts hold
    Json,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let format = match asked.format {
        Format::Markdown => SessionFormat::Markdown,
        Format::Json => SessionFormat::Json,
    };
    let Exported { file, text, .. } =
        workbench.export_session(&caller, &asked.which.session, format)?;
    let path = asked.output.clone().unwrap_or_else(|| file.into());
    if path.exists() {
        let message = format!("`{}` is there already", files::printable(&path));
        return Err(Failure::new(
            FailureKind::Refused,
            message,
            "name another file with `--output`",
        ));
    }
    fs::write(&path, text).map_err(|error| Failure::unwritable(&path, &error))?;
    say(&format!("written to {}", files::printable(&path)));
    Ok(ExitCode::SUCCESS)
}
