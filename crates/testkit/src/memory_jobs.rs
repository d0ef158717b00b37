//! A [`Jobs`] that forgets everything when it is dropped.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use llmos_core::cron::{
    Asked, Cause, CronId, Ending, Job, Jobs, JobsError, KEPT_RUNS, Lease, Progress, Run, Running,
    Schedule, last_end,
};

/// A schedule in memory. It keeps the promises of [`Jobs`] and makes no others.
#[derive(Debug, Default)]
pub struct MemoryJobs {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Each with all its runs, the newest first.
    jobs: BTreeMap<CronId, Job>,
    n_runs: u64,
}

impl MemoryJobs {
    /// Makes a schedule without jobs.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The job whose run this is, while it is its newest and has not ended.
    fn held(&mut self, lease: &Lease) -> Option<&mut Job> {
        let job = self.jobs.get_mut(&lease.id)?;
        let held = job.running.as_ref().is_some_and(|running| running.run == lease.run);
        held.then_some(job)
    }
}

/// Where a job stands in the line of those that are due at `now`; `None` when it is not.
fn place(job: &Job, now: Timestamp, until: Timestamp) -> Option<(bool, Timestamp)> {
    if let Some(running) = &job.running {
        let is_lost = running.until <= now || running.until > last_end(now, until);
        return is_lost.then_some((true, running.until));
    }
    match &job.asked {
        Some(asked) => Some((false, asked.at)),
        None => (job.next_at <= now).then_some((true, job.next_at)),
    }
}

impl Jobs for MemoryJobs {
    fn schedule(
        &self,
        id: &CronId,
        schedule: &Schedule,
        next_at: Timestamp,
    ) -> Result<(), JobsError> {
        let mut kept = self.lock();
        let fresh = || Job {
            id: id.clone(),
            schedule: schedule.clone(),
            next_at,
            asked: None,
            running: None,
            runs: Vec::new(),
        };
        let job = kept.jobs.entry(id.clone()).or_insert_with(fresh);
        if job.schedule != *schedule || job.next_at > next_at {
            job.schedule = schedule.clone();
            job.next_at = next_at;
        }
        Ok(())
    }

    fn ask(&self, id: &CronId, asked: &Asked) -> Result<(), JobsError> {
        let mut kept = self.lock();
        let unknown = || JobsError::Unknown { id: id.clone() };
        let job = kept.jobs.get_mut(id).ok_or_else(unknown)?;
        if job.running.is_none() && job.asked.is_none() {
            job.asked = Some(asked.clone());
        }
        Ok(())
    }

    fn lease(
        &self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Lease>, JobsError> {
        let mut kept = self.lock();
        let due =
            kept.jobs.values().filter_map(|job| Some((place(job, now, until)?, job.id.clone())));
        let Some((_, id)) = due.min() else { return Ok(None) };
        kept.n_runs += 1;
        let run = kept.n_runs;
        let job = kept.jobs.get_mut(&id).expect("because it was found above");
        let before = job.running.take().and(job.runs.first_mut());
        let (cause, attempt) = match before {
            Some(lost) => {
                lost.ended = Some((now, Ending::Lost));
                (lost.cause.clone(), lost.attempt + 1)
            }
            None => match job.asked.take() {
                Some(Asked { by, .. }) => (Cause::Asked { by }, 1),
                None => (Cause::Due, 1),
            },
        };
        job.running = Some(Running { run, progress: Progress::default(), until });
        let holder = holder.to_owned();
        job.runs.insert(
            0,
            Run { run, cause: cause.clone(), attempt, holder, started_at: now, ended: None },
        );
        Ok(Some(Lease { id, run, cause, attempt, started_at: now }))
    }

    fn renew(
        &self,
        lease: &Lease,
        until: Timestamp,
        progress: &Progress,
    ) -> Result<bool, JobsError> {
        let mut kept = self.lock();
        let Some(job) = kept.held(lease) else { return Ok(false) };
        job.running = Some(Running { run: lease.run, progress: progress.clone(), until });
        Ok(true)
    }

    fn finish(
        &self,
        lease: &Lease,
        at: Timestamp,
        ending: &Ending,
        next_at: Timestamp,
    ) -> Result<bool, JobsError> {
        let mut kept = self.lock();
        let Some(job) = kept.held(lease) else { return Ok(false) };
        job.running = None;
        job.next_at = next_at;
        if let Some(run) = job.runs.first_mut() {
            run.ended = Some((at, ending.clone()));
        }
        job.runs.truncate(KEPT_RUNS);
        Ok(true)
    }

    fn read(&self, ids: &[CronId], n_runs: usize) -> Result<Vec<Job>, JobsError> {
        let kept = self.lock();
        let found = ids.iter().filter_map(|id| kept.jobs.get(id)).cloned();
        Ok(found
            .map(|job| Job { runs: job.runs.into_iter().take(n_runs).collect(), ..job })
            .collect())
    }
}
