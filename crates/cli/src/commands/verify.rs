//! `llmos verify`

use std::{ops::ControlFlow, path::PathBuf, process::ExitCode, sync::Arc};

use llmos_core::{store::Store, volume::VolumeId};
use llmos_volumes::GitStore;
use llmos_workbench::{FileFault, Workbench};

use super::backup::must_be_there;
use crate::{
    failure::{FOUND, Failure},
    out::{Heard, Out},
    world::Machine,
};

/// Check everything that the volumes hold
///
/// It looks at every object and name of the repositories, at the journals, and reads every skill, workflow and trace
/// with its values. The server may run meanwhile. Exits with 1 when something is wrong, and says what to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// Only this volume: `system`, `team/<id>` or `user/<id>`
    #[arg(long, value_name = "VOLUME")]
    volume: Option<VolumeId>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    must_be_there(&args.volumes)?;
    let store = Arc::new(GitStore::open(args.volumes.clone()));
    let workbench = Workbench::new(Arc::<GitStore>::clone(&store), Arc::new(Machine));
    let volumes = match &args.volume {
        Some(volume) => vec![volume.clone()],
        None => store.volumes().map_err(llmos_workbench::Error::from)?,
    };
    let mut out = Out::new();
    let mut n_wrong = 0;
    for volume in volumes {
        match verify(&store, &workbench, &volume, &mut out, &mut n_wrong)? {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(()) => break,
        }
    }
    out.finish()?;
    Ok(if n_wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

fn verify(
    store: &GitStore,
    workbench: &Workbench,
    volume: &VolumeId,
    out: &mut Out,
    n_wrong: &mut usize,
) -> Heard {
    let faults = store.verify(volume);
    let mut lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{volume}: error: {}\n  hint: {}", fault.what, fault.hint))
        .collect();
    let mut tell = |FileFault { path, found }: FileFault| {
        let hint = found.hint.map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
        lines.push(format!(
            "{volume}: {path}:{}:{}: error: {} [{}]{hint}",
            found.line, found.column, found.message, found.code
        ));
    };
    let looked = match workbench.verify_content(volume, &mut tell) {
        Ok(looked) => Some(looked),
        // Said already where the repository itself is damaged.
        Err(error) => {
            lines.push(format!("{volume}: error: not everything could be read: {error}"));
            None
        }
    };
    *n_wrong += lines.len();
    if let (Some(looked), true) = (looked, lines.is_empty()) {
        lines.push(format!(
            "{volume}: ok: {} skills and workflows, {} traces, {} values beside them",
            looked.n_documents, looked.n_traces, looked.n_values
        ));
    }
    for line in &lines {
        if out.line(line)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}
