//! The port to the kept schedule: which jobs there are, when they are due, who
//! runs one now, and how earlier runs ended. Several programs may share one.

use jiff::Timestamp;

use super::{CronId, Schedule};
use crate::slug::Slug;

/// A job, as the schedule keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name.
    pub id: CronId,
    /// When it is due.
    pub schedule: Schedule,
    /// When it is due next; in the past while nobody has come to it.
    pub next_at: Timestamp,
    /// Who wants it to run at once, if somebody does and it does not run yet.
    pub asked: Option<Asked>,
    /// Its run that has not ended, if there is one.
    pub running: Option<Running>,
    /// Its runs, the newest first, as many as were asked for.
    pub runs: Vec<Run>,
}

/// That somebody wants a job to run at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub by: Slug,
    /// When they asked.
    pub at: Timestamp,
}

/// Why a run began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was time.
    Due,
    /// Somebody asked.
    Asked {
        /// Who.
        by: Slug,
    },
}

/// A run that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Which run.
    pub run: u64,
    /// How far it is.
    pub progress: Progress,
    /// When whoever runs it counts as gone, unless it is heard of before.
    pub until: Timestamp,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// From 0 to 1.
    pub share: f64,
    /// What it does, as a phrase for people.
    pub phase: String,
}

/// The right to run a job, which lasts as long as it is renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub id: CronId,
    /// The number of the run. Numbers grow, so what an earlier holder says late is told apart.
    pub run: u64,
    /// Why it runs.
    pub cause: Cause,
    /// Which try this is, counted from 1: more than 1 where earlier holders went away.
    pub attempt: u32,
    /// When it began.
    pub started_at: Timestamp,
}

/// A run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub run: u64,
    /// Why it began.
    pub cause: Cause,
    /// Which try it was.
    pub attempt: u32,
    /// Which program ran it.
    pub holder: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When and how it ended; `None` while it has not.
    pub ended: Option<(Timestamp, Ending)>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It did its work.
    Done {
        /// What it says about it; the port does not look into it.
        report: String,
    },
    /// It could not do its work.
    Failed {
        /// Why, as a sentence for people.
        error: String,
    },
    /// Whoever ran it went away in the middle; the job is taken up again.
    Lost,
}

/// Why the schedule did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// There is no such job.
    #[error("there is no job `{id}`")]
    Unknown {
        /// What was asked for.
        id: CronId,
    },
    /// Where the schedule is kept failed.
    #[error("the schedule failed while {doing}")]
    Medium {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Returns when a lease ends at the latest that others hold, where one that is taken now lasts until `until`.
///
/// It is twice as long from now, which leaves room for clocks that differ a little.
pub fn last_end(now: Timestamp, until: Timestamp) -> Timestamp {
    until.checked_add(until.duration_since(now)).unwrap_or(Timestamp::MAX)
}

/// A kept schedule.
///
/// Times are kept to the millisecond. Methods block: callers on an async runtime move them to a
/// blocking thread. Each is one step that happens whole or not at all, also among programs that
/// share the schedule, and is kept when it returns.
pub trait Jobs: Send + Sync {
    /// Makes sure that there is this job.
    ///
    /// A job that is there with the same schedule stays as it is; with another, it takes the new
    /// one and `next_at`. Where it would come later than `next_at`, which is the first time after
    /// now, a clock was wrong when that was written: it takes `next_at` too.
    fn schedule(
        &self,
        id: &CronId,
        schedule: &Schedule,
        next_at: Timestamp,
    ) -> Result<(), JobsError>;

    /// Asks for a job to run at once. Where it runs already, or somebody asked before, nothing changes.
    fn ask(&self, id: &CronId, asked: &Asked) -> Result<(), JobsError>;

    /// Takes the job that has waited longest, for `holder` and until `until`; `None` where nothing is due.
    ///
    /// A job is due when somebody asked, when `next_at` has come, or when its lease ran out at
    /// `now`: then the run before counts as [`Ending::Lost`]. So it does when its lease would last
    /// longer than [`last_end`], as a clock was wrong when it was taken. Jobs that somebody waits for
    /// come first.
    fn lease(
        &self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Lease>, JobsError>;

    /// Says that the holder is alive and how far it is, and keeps the lease until `until`.
    ///
    /// `false` means that the lease ran out and another holder has the job: stop.
    fn renew(
        &self,
        lease: &Lease,
        until: Timestamp,
        progress: &Progress,
    ) -> Result<bool, JobsError>;

    /// Ends a run, and says when the job is due next.
    ///
    /// `false` means that another holder has the job; then nothing changes.
    fn finish(
        &self,
        lease: &Lease,
        at: Timestamp,
        ending: &Ending,
        next_at: Timestamp,
    ) -> Result<bool, JobsError>;

    /// Reads those of these jobs that there are, in this order, each with up to `n_runs` runs.
    fn read(&self, ids: &[CronId], n_runs: usize) -> Result<Vec<Job>, JobsError>;
}
