//! Doing what is due: one job at a time, under a lease that is renewed for as
//! long as the work lives.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use llmos_core::cron::{CronId, Ending, Lease, MAX_ATTEMPTS, Progress, Schedule};

use super::Crons;
use crate::Error;

/// How long a job is left to a program that is not heard of.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How often the program is heard of while it works.
const BEAT: Duration = Duration::from_secs(15);

/// How often progress is kept at most.
const PACE: SignedDuration = SignedDuration::from_millis(250);

/// What came of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing was due.
    Idle,
    /// A job ended, whether well or not.
    Ended {
        /// The job.
        id: CronId,
        /// How.
        ending: Ending,
    },
    /// Another program has the job now, or this one was told to stop: it is done again.
    GivenUp {
        /// The job.
        id: CronId,
    },
}

/// Wakes whoever waits for something to do, and tells them to stop.
#[derive(Debug, Default)]
pub(super) struct Bell {
    state: Mutex<Rung>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    work: bool,
    stop: bool,
}

/// Keeps a lease alive while work is done in another thread.
#[derive(Debug)]
struct Heartbeat<'a> {
    crons: &'a Crons,
    lease: &'a Lease,
    state: Mutex<Pulse>,
    over: Condvar,
}

#[derive(Debug)]
struct Pulse {
    progress: Progress,
    kept_at: Timestamp,
    lost: bool,
    over: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bell {
    pub(super) fn ring(&self) {
        lock(&self.state).work = true;
        self.rung.notify_all();
    }
}

impl std::fmt::Debug for Crons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crons").field("holder", &self.parts.holder).finish_non_exhaustive()
    }
}

impl Crons {
    /// Puts every cron for which there is work into the schedule, and does the job that is due
    /// first, if one is.
    ///
    /// It returns when the job ended; meanwhile other programs leave it alone.
    pub fn turn(&self) -> Result<Turn, Error> {
        self.schedule_new()?;
        let now = self.parts.world.now();
        let Some(lease) = self.parts.jobs.lease(&self.parts.holder, now, now + LEASE)? else {
            return Ok(Turn::Idle);
        };
        if lease.attempt > MAX_ATTEMPTS {
            let tries = lease.attempt - 1;
            let error = format!(
                "the server that ran it went away, {tries} times; it is left until it is due again"
            );
            return self.end(lease, Ending::Failed { error });
        }
        let heart = Heartbeat::new(self, &lease, now);
        let done = std::thread::scope(|scope| {
            let beating = scope.spawn(|| heart.beat());
            let work = || self.parts.work.learn(&lease.id, &mut |progress| heart.tell(progress));
            let done = panic::catch_unwind(AssertUnwindSafe(work));
            heart.end();
            // It only waits and writes, and a panic in it changes nothing of what was done.
            let _ = beating.join();
            done
        });
        let Pulse { progress, lost, .. } =
            heart.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if lost {
            return Ok(Turn::GivenUp { id: lease.id });
        }
        if self.stopping() && !matches!(done, Ok(Ok(_))) {
            // The lease ends now, so that whoever comes next takes the job up at once.
            self.parts.jobs.renew(&lease, self.parts.world.now(), &progress)?;
            return Ok(Turn::GivenUp { id: lease.id });
        }
        let ending = match done {
            Ok(Ok(report)) => Ending::Done { report },
            Ok(Err(error)) => {
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                Ending::Failed { error: format!("{error}{hint}") }
            }
            Err(_) => Ending::Failed { error: "the program failed; its log says how".to_owned() },
        };
        self.end(lease, ending)
    }

    /// Waits until somebody asks for a job, somebody says stop, or `patience` ends; `false` means stop.
    pub fn wait(&self, patience: Duration) -> bool {
        let state = lock(&self.bell.state);
        let idle = |state: &mut Rung| !state.work && !state.stop;
        let waited = self.bell.rung.wait_timeout_while(state, patience, idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.work = false;
        !state.stop
    }

    /// Ends [`Self::wait`], and the work of a [`Self::turn`] as soon as it says how far it is.
    pub fn stop(&self) {
        lock(&self.bell.state).stop = true;
        self.bell.rung.notify_all();
    }

    fn stopping(&self) -> bool {
        lock(&self.bell.state).stop
    }

    /// Schedules the crons that this program has not met before; all of them when the clock was set back.
    fn schedule_new(&self) -> Result<(), Error> {
        let mut scheduled = lock(&self.scheduled);
        let now = self.parts.world.now();
        if now < scheduled.at {
            scheduled.ids.clear();
        }
        scheduled.at = now;
        for id in self.parts.work.crons()? {
            if !scheduled.ids.contains(&id) {
                self.schedule(&id)?;
                scheduled.ids.insert(id);
            }
        }
        Ok(())
    }

    fn end(&self, lease: Lease, ending: Ending) -> Result<Turn, Error> {
        let schedule = Schedule::usual(&lease.id, &self.parts.zone);
        let next_at = self.next(&schedule)?;
        let now = self.parts.world.now();
        if self.parts.jobs.finish(&lease, now, &ending, next_at)? {
            return Ok(Turn::Ended { id: lease.id, ending });
        }
        Ok(Turn::GivenUp { id: lease.id })
    }
}

impl<'a> Heartbeat<'a> {
    fn new(crons: &'a Crons, lease: &'a Lease, now: Timestamp) -> Self {
        let pulse = Pulse { progress: Progress::default(), kept_at: now, lost: false, over: false };
        Self { crons, lease, state: Mutex::new(pulse), over: Condvar::new() }
    }

    /// Renews the lease until the work is over or another program has the job.
    fn beat(&self) {
        let mut pulse = lock(&self.state);
        while !pulse.over && !pulse.lost {
            let waited = self.over.wait_timeout_while(pulse, BEAT, |pulse| !pulse.over);
            pulse = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !pulse.over {
                self.keep(&mut pulse);
            }
        }
    }

    /// Takes note of how far the work is; `false` tells it to stop.
    fn tell(&self, progress: Progress) -> bool {
        let mut pulse = lock(&self.state);
        let share = if progress.share.is_finite() { progress.share.clamp(0.0, 1.0) } else { 0.0 };
        let progress = Progress { share, ..progress };
        let other_phase = progress.phase != pulse.progress.phase;
        pulse.progress = progress;
        if other_phase || self.crons.parts.world.now() >= pulse.kept_at + PACE {
            self.keep(&mut pulse);
        }
        !pulse.lost && !self.crons.stopping()
    }

    /// Renews the lease. Where the schedule does not answer the work goes on: the lease may last until it does.
    fn keep(&self, pulse: &mut Pulse) {
        let now = self.crons.parts.world.now();
        pulse.kept_at = now;
        let kept = self.crons.parts.jobs.renew(self.lease, now + LEASE, &pulse.progress);
        pulse.lost |= matches!(kept, Ok(false));
    }

    fn end(&self) {
        lock(&self.state).over = true;
        self.over.notify_all();
    }
}
