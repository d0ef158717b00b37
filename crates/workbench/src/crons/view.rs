//! From the schedule to what a door shows of it.

use jiff::Timestamp;
use llmos_api::cron::{CronOutcome, CronProgress, CronRun, CronSchedule, CronState, CronView};
use llmos_core::cron::{self, Cause, CronId, Ending, Job, Run, Schedule};

use super::Crons;
use crate::{Caller, Error};

impl Crons {
    /// Shows a cron, as it will be where it is not kept yet.
    pub(super) fn view(
        &self,
        caller: &Caller,
        id: &CronId,
        job: Option<Job>,
        now: Timestamp,
    ) -> Result<CronView, Error> {
        let job = match job {
            Some(job) => job,
            None => {
                let schedule = Schedule::usual(id, &self.parts.zone);
                let next_at = self.next(&schedule)?;
                Job {
                    id: id.clone(),
                    schedule,
                    next_at,
                    asked: None,
                    running: None,
                    runs: Vec::new(),
                }
            }
        };
        let since = job.schedule.last_before(job.next_at, &self.parts.zone).unwrap_or(now);
        let is_due = job.asked.is_some() || job.next_at <= now;
        let state = match &job.running {
            Some(running) if running.until > now => CronState::Running,
            // Whoever ran it went away, and nobody has taken it up yet.
            Some(_) => CronState::Due,
            None if is_due => CronState::Due,
            None => CronState::Waiting,
        };
        let progress = job.running.filter(|_| state == CronState::Running);
        let refusal = cron::check_run(caller.actor(), id).err();
        Ok(CronView {
            id: id.to_string(),
            volume: id.volume().to_string(),
            schedule: CronSchedule {
                phrase: job.schedule.phrase(),
                pattern: job.schedule.pattern,
                zone: job.schedule.zone,
            },
            next_at: job.next_at.to_string(),
            since: since.to_string(),
            seconds_left: job.next_at.duration_since(now).as_secs_f64().max(0.0),
            state,
            progress: progress.map(|running| CronProgress {
                share: running.progress.share,
                phase: running.progress.phase,
            }),
            last: job.runs.into_iter().find(|run| run.ended.is_some()).map(run),
            may_run: refusal.is_none(),
            may_not_because: refusal.map(|denied| format!("{denied}; {}", denied.hint)),
        })
    }
}

/// Shows a run.
pub(super) fn run(run: Run) -> CronRun {
    let (ended_at, outcome, report, error) = match run.ended {
        None => (None, CronOutcome::Running, None, None),
        Some((at, Ending::Done { report })) => {
            (Some(at), CronOutcome::Done, serde_json::from_str(&report).ok(), None)
        }
        Some((at, Ending::Failed { error })) => (Some(at), CronOutcome::Failed, None, Some(error)),
        Some((at, Ending::Lost)) => (Some(at), CronOutcome::Lost, None, None),
    };
    CronRun {
        run: run.run,
        asked_by: match run.cause {
            Cause::Due => None,
            Cause::Asked { by } => Some(by.to_string()),
        },
        attempt: run.attempt,
        server: run.holder,
        started_at: run.started_at.to_string(),
        ended_at: ended_at.map(|at| at.to_string()),
        outcome,
        report,
        error,
    }
}
