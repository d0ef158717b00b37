//! `llmos skill check`

use std::{path::PathBuf, process::ExitCode};

use llmos_api::problem::Diagnostic;
use llmos_core::{diagnostic::Severity, skill};
use serde::Serialize;
use serde_json::Value;

use super::files;
use crate::{
    failure::{FOUND, Failure},
    out::{Out, say},
};

/// Say what is wrong with skill files
///
/// Folders are searched for Markdown files. Exits with 1 when a file has an error; warnings alone do not count.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print one JSON object per file
    #[arg(long)]
    json: bool,
}

/// What is said of one file.
#[derive(Serialize)]
struct Record {
    path: String,
    ok: bool,
    kind: &'static str,
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    frontmatter: Option<Value>,
    diagnostics: Vec<Diagnostic>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut out = Out::new();
    let (mut n_files, mut n_bad) = (0_usize, 0_usize);
    'all: for path in &args.paths {
        for file in files::markdown(path)? {
            let bytes = files::read(&file)?;
            let record = check(files::text(&file), &bytes);
            n_files += 1;
            n_bad += usize::from(!record.ok);
            let heard = if args.json { out.json(&record)? } else { print(&mut out, &record)? };
            if heard.is_break() {
                break 'all;
            }
        }
    }
    out.finish()?;
    if !args.json {
        let files = if n_files == 1 { "file" } else { "files" };
        say(&format!("{n_files} {files} checked, {n_bad} with errors"));
    }
    Ok(if n_bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

fn check(path: String, bytes: &[u8]) -> Record {
    let check = skill::check(&path, bytes);
    Record {
        ok: check.diagnostics.iter().all(|found| found.severity != Severity::Error),
        path,
        kind: check.kind.as_str(),
        id: check.id,
        name: check.name,
        description: check.description,
        frontmatter: check.frontmatter,
        diagnostics: check.diagnostics.iter().map(Diagnostic::from).collect(),
    }
}

fn print(out: &mut Out, record: &Record) -> crate::out::Heard {
    super::print_diagnostics(out, &record.path, &record.diagnostics)
}
