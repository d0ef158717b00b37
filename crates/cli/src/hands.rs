//! The thread that takes over what people edit in the folders of volumes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use llmos_core::{store::Author, volume::VolumeId};
use llmos_volumes::{GitStore, HandFolders};
use llmos_workbench::{Error, Workbench};

use crate::failure::{Failure, FailureKind};

/// The thread, and how to end it.
pub(crate) struct Hands {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Starts taking over edits.
pub(crate) fn start(
    workbench: Arc<Workbench>,
    store: Arc<GitStore>,
    local: Author,
) -> Result<Hands, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let work = move || {
        let folders = HandFolders::watch(store);
        let failed = |volume: &VolumeId, error: &Error| {
            tracing::warn!(%volume, ?error, "edits in a folder could not be taken over");
        };
        workbench.take_edits(&folders, &local, &told, &failed);
    };
    let thread = thread::Builder::new().name("hands".to_owned()).spawn(work).map_err(|error| {
        let message = format!("cannot start a thread: {error}");
        Failure::new(FailureKind::Internal, message, "try again, or start with `--no-watch`")
    })?;
    Ok(Hands { stop, thread })
}

impl Hands {
    /// Ends it; a commit that is being made is finished first.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.thread.join());
    }
}
