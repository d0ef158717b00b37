//! The thread that does what the crons have to do.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use llmos_workbench::{Crons, Turn};

/// How often the schedule is looked at while nobody asks for anything.
const LOOK: Duration = Duration::from_secs(2);

/// How long the schedule is left alone after it failed.
const RECOVER: Duration = Duration::from_secs(15);

/// How long a job may take to come to a stop.
const GRACE: Duration = Duration::from_secs(5);

/// A thread that takes one turn after the other.
#[derive(Debug)]
pub struct CronThread {
    crons: Arc<Crons>,
    thread: JoinHandle<()>,
}

impl CronThread {
    /// Starts it.
    pub fn start(crons: Arc<Crons>) -> std::io::Result<Self> {
        let worker = Arc::clone(&crons);
        let work = move || {
            let mut patience = Duration::ZERO;
            while worker.wait(patience) {
                patience = turn(&worker);
            }
        };
        let thread = thread::Builder::new().name("llmos-crons".to_owned()).spawn(work)?;
        Ok(Self { crons, thread })
    }

    /// Stops it: a job that runs is told so, and taken up again by whoever comes next.
    pub fn stop(self) {
        self.crons.stop();
        let start = Instant::now();
        while !self.thread.is_finished() && start.elapsed() < GRACE {
            thread::sleep(Duration::from_millis(10));
        }
        // A job that does not listen ends with the process, and its lease a minute later.
    }
}

/// Does one job, if one is due, and tells how long to wait before the next look.
fn turn(crons: &Crons) -> Duration {
    match crons.turn() {
        Ok(Turn::Idle) => LOOK,
        Ok(Turn::Ended { id, ending }) => {
            tracing::info!(%id, ?ending, "a cron ended");
            Duration::ZERO
        }
        Ok(Turn::GivenUp { id }) => {
            tracing::info!(%id, "a cron was left to another server");
            LOOK
        }
        Err(error) => {
            tracing::warn!(?error, "the crons failed");
            RECOVER
        }
    }
}
