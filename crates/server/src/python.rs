//! The port to Python on the server, and the gate before it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use llmos_api::python::PythonResult;
use llmos_workbench::PythonTask;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs Python where it can do nothing but compute.
///
/// Whoever implements it answers for the wall: the code is hostile until proven otherwise.
pub trait ServerPython: Send + Sync {
    /// Runs a task to its end, to the end of its time, or until shortly after `cancelled` is set. Blocks.
    fn run(
        &self,
        task: PythonTask,
        cancelled: &AtomicBool,
    ) -> Result<PythonResult, ServerPythonError>;
}

/// Why a task could not even be started.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ServerPythonError {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How many tasks may wait for their turn, besides those that run.
const MAX_WAITING: usize = 64;

/// Lets a few tasks in at a time.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) python: Arc<dyn ServerPython>,
    running: Arc<Semaphore>,
    inside: Arc<Semaphore>,
}

/// The right to run a task; waiting and running end with it.
pub(crate) struct Turn {
    _running: OwnedSemaphorePermit,
    _inside: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(python: Arc<dyn ServerPython>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let n_running = cores.clamp(1, 4);
        Self {
            python,
            running: Arc::new(Semaphore::new(n_running)),
            inside: Arc::new(Semaphore::new(n_running + MAX_WAITING)),
        }
    }

    /// Waits for a turn; `None` where too many wait already.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        let inside = Arc::clone(&self.inside).try_acquire_owned().ok()?;
        let running = Arc::clone(&self.running).acquire_owned().await.ok()?;
        Some(Turn { _running: running, _inside: inside })
    }
}

/// Sets its flag when it is dropped: the client went away, or has its answer.
pub(crate) struct CancelOnDrop(pub(crate) Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
