//! One module for each command, each with its arguments and a `run`.

pub(crate) mod archive;
pub(crate) mod backup;
pub(crate) mod behind_wall;
pub(crate) mod blob;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod evolve;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod mcp;
pub(crate) mod openapi;
pub(crate) mod packages;
pub(crate) mod patterns;
pub(crate) mod place;
pub(crate) mod promote;
pub(crate) mod proposal;
pub(crate) mod reference;
pub(crate) mod remote_add;
pub(crate) mod remote_remove;
pub(crate) mod remote_status;
pub(crate) mod remote_sync;
pub(crate) mod restore;
pub(crate) mod restore_backup;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod session;
pub(crate) mod show;
pub(crate) mod skill_check;
pub(crate) mod skill_context;
pub(crate) mod skill_rank;
pub(crate) mod skill_search;
pub(crate) mod team;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod workflow_check;
pub(crate) mod workflow_plan;

pub(crate) mod files;
mod volume;

use std::ops::ControlFlow;

use llmos_api::problem::{Diagnostic, Severity};

use crate::out::{Heard, Out};

/// Prints findings about a file, each with where it is and what to do.
fn print_diagnostics(out: &mut Out, path: &str, diagnostics: &[Diagnostic]) -> Heard {
    for found in diagnostics {
        let Diagnostic { line, column, message, code, .. } = found;
        let severity = name(found.severity);
        let place = format!("{}:{line}:{column}", files::escaped(path));
        if out.line(&format!("{place}: {severity}: {message} [{code}]"))?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if let Some(hint) = &found.hint
            && out.line(&format!("  hint: {hint}"))?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
