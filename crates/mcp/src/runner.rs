//! The port to whatever carries runs out, and the gate before it.

use std::{
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};

use llmos_api::{
    trace::{NodeState, RunReport},
    workflow::RunPayload,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs workflows where skill code can do nothing but compute.
///
/// Whoever implements it answers for the wall: the code is hostile until proven otherwise.
pub trait Runner: Send + Sync {
    /// Takes a run to its end, or ends it soon after it is told to stop. Blocks.
    fn run(&self, payload: RunPayload, control: RunControl) -> Result<RunReport, RunnerError>;
}

/// How a run is watched and stopped.
pub struct RunControl {
    /// The run is to be stopped as soon as this yields anything, or an error.
    pub stop: Receiver<()>,
    /// Hears of each node that has a new state.
    pub progress: Box<dyn FnMut(Progress) + Send>,
}

/// A node has a new state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The node.
    pub node: String,
    /// Its state.
    pub state: NodeState,
}

/// Why a run could not be carried out. A run in which a node failed is a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RunnerError {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How tools are run.
#[derive(Clone)]
pub struct Runs {
    /// What carries runs out.
    pub runner: Arc<dyn Runner>,
    /// How long a run may take as a whole; no argument of a call makes it longer.
    pub time_limit: Duration,
    /// Whether the trace of each run is kept in the volume of the caller.
    pub keep_traces: bool,
}

impl Runs {
    /// Where nothing can be run.
    pub fn none() -> Self {
        Self { runner: Arc::new(NoRunner), time_limit: Duration::ZERO, keep_traces: false }
    }
}

/// Where nothing can be run: skills can be found and read all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRunner;

impl Runner for NoRunner {
    fn run(&self, _: RunPayload, _: RunControl) -> Result<RunReport, RunnerError> {
        Err(RunnerError {
            message: "nothing can be run here".to_owned(),
            hint: "start it with `llmos serve` or `llmos mcp`".to_owned(),
        })
    }
}

/// How many runs may wait for their turn, besides those that go on.
const MAX_WAITING: usize = 32;

/// Lets a few runs in at a time.
#[derive(Clone)]
pub(crate) struct Gate {
    running: Arc<Semaphore>,
    inside: Arc<Semaphore>,
}

/// The right to run; waiting and running end with it.
pub(crate) struct Turn {
    _running: OwnedSemaphorePermit,
    _inside: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let n_running = cores.clamp(1, 4);
        Self {
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
