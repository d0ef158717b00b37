//! Between rows and what the core calls them.

use jiff::Timestamp;
use llmos_core::{
    cron::{Asked, CronId, Ending, Job, Lease, Progress, Run, Running, Schedule},
    slug::Slug,
};
use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::cause;

/// A job that is due.
pub(super) struct Due {
    pub(super) id: String,
    pub(super) run: Option<i64>,
    pub(super) asked_by: Option<String>,
}

/// A row of `job`.
pub(super) struct JobRow {
    schedule: Schedule,
    next_at: i64,
    asked: Option<(String, i64)>,
    running: Option<(i64, i64, f64, String)>,
}

/// A row of `run`.
pub(super) struct RunRow {
    number: i64,
    asked_by: Option<String>,
    attempt: i64,
    holder: String,
    started_at: i64,
    ended: Option<(i64, String, Option<String>)>,
}

impl FromRow<'_, SqliteRow> for Due {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            run: row.try_get("run")?,
            asked_by: row.try_get("asked_by")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for JobRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let asked: Option<String> = row.try_get("asked_by")?;
        let run: Option<i64> = row.try_get("run")?;
        Ok(Self {
            schedule: Schedule { pattern: row.try_get("pattern")?, zone: row.try_get("zone")? },
            next_at: row.try_get("next_at")?,
            asked: asked
                .map(|by| Ok::<_, sqlx::Error>((by, row.try_get("asked_at")?)))
                .transpose()?,
            running: run
                .map(|run| {
                    let (share, phase) = (row.try_get("share")?, row.try_get("phase")?);
                    Ok::<_, sqlx::Error>((run, row.try_get("until")?, share, phase))
                })
                .transpose()?,
        })
    }
}

impl FromRow<'_, SqliteRow> for RunRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let outcome: Option<String> = row.try_get("outcome")?;
        let ended = outcome.map(|outcome| {
            Ok::<_, sqlx::Error>((row.try_get("ended_at")?, outcome, row.try_get("text")?))
        });
        Ok(Self {
            number: row.try_get("number")?,
            asked_by: row.try_get("asked_by")?,
            attempt: row.try_get("attempt")?,
            holder: row.try_get("holder")?,
            started_at: row.try_get("started_at")?,
            ended: ended.transpose()?,
        })
    }
}

impl JobRow {
    /// Makes the job of these rows.
    pub(super) fn into_job(self, id: CronId, runs: Vec<RunRow>) -> Result<Job, sqlx::Error> {
        let asked = self
            .asked
            .map(|(by, at)| Ok::<_, sqlx::Error>(Asked { by: slug(&by)?, at: time(at)? }));
        let running = self.running.map(|(run, until, share, phase)| {
            let progress = Progress { share, phase };
            Ok::<_, sqlx::Error>(Running { run: run.unsigned_abs(), progress, until: time(until)? })
        });
        Ok(Job {
            id,
            schedule: self.schedule,
            next_at: time(self.next_at)?,
            asked: asked.transpose()?,
            running: running.transpose()?,
            runs: runs.into_iter().map(RunRow::into_run).collect::<Result<_, _>>()?,
        })
    }
}

impl RunRow {
    fn into_run(self) -> Result<Run, sqlx::Error> {
        let ended = self.ended.map(|(at, outcome, text)| {
            let text = text.unwrap_or_default();
            let ending = match outcome.as_str() {
                "done" => Ending::Done { report: text },
                "failed" => Ending::Failed { error: text },
                _ => Ending::Lost,
            };
            Ok::<_, sqlx::Error>((time(at)?, ending))
        });
        Ok(Run {
            run: self.number.unsigned_abs(),
            cause: cause(self.asked_by)?,
            attempt: u32::try_from(self.attempt).unwrap_or(u32::MAX),
            holder: self.holder,
            started_at: time(self.started_at)?,
            ended: ended.transpose()?,
        })
    }
}

/// Makes the lease of a run that began now.
pub(super) fn lease(
    id: &str,
    run: i64,
    asked_by: Option<String>,
    attempt: i64,
    started_at: Timestamp,
) -> Result<Lease, sqlx::Error> {
    let id = id.parse().map_err(|source| sqlx::Error::Decode(Box::new(source)))?;
    let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
    Ok(Lease { id, run: run.unsigned_abs(), cause: cause(asked_by)?, attempt, started_at })
}

/// How an ending is written: its name, and what it says.
pub(super) fn ending(ending: &Ending) -> (&'static str, Option<&str>) {
    match ending {
        Ending::Done { report } => ("done", Some(report)),
        Ending::Failed { error } => ("failed", Some(error)),
        Ending::Lost => ("lost", None),
    }
}

/// The number of a run as SQLite has it.
pub(super) fn number(run: u64) -> i64 {
    i64::try_from(run).unwrap_or(i64::MAX)
}

/// A time as SQLite has it: milliseconds since 1970.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn time(millis: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_millisecond(millis)
        .map_err(|source| sqlx::Error::Decode(source.to_string().into()))
}

fn slug(text: &str) -> Result<Slug, sqlx::Error> {
    text.parse().map_err(|source| sqlx::Error::Decode(Box::new(source)))
}
