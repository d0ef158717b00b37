//! The schedule of the jobs in SQLite.
//!
//! Each method is one statement, or one transaction that holds the write lock
//! from its first statement on: SQLite lets one program write at a time, so two
//! that share the file never take the same job.

mod rows;

use std::path::Path;

use jiff::Timestamp;
use llmos_core::cron::{
    Asked, Cause, CronId, Ending, Job, Jobs, JobsError, KEPT_RUNS, Lease, Progress, Schedule,
    last_end,
};
use sqlx::{Sqlite, Transaction};

use crate::{OpenError, database::Database};
use rows::{Due, JobRow, RunRow, millis};

/// What the file looks like, form by form.
const FORMS: [&str; 1] = [include_str!("jobs/1.sql")];

/// A schedule in a file.
#[derive(Debug)]
pub struct SqliteJobs {
    database: Database,
}

impl SqliteJobs {
    /// Opens the file, which is made where there is none.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Ok(Self { database: Database::open(file, &FORMS)? })
    }

    /// Does several statements as one step.
    fn step<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFnOnce(&mut Transaction<'static, Sqlite>) -> Result<T, sqlx::Error>,
    ) -> Result<T, JobsError> {
        let step = async {
            let mut step = self.database.pool().begin_with("BEGIN IMMEDIATE").await?;
            let done = work(&mut step).await?;
            step.commit().await?;
            Ok(done)
        };
        self.database.wait(step).map_err(|source| failed(doing, source))
    }
}

fn failed(doing: &'static str, source: sqlx::Error) -> JobsError {
    JobsError::Medium { doing, source: Box::new(source) }
}

impl Jobs for SqliteJobs {
    fn schedule(
        &self,
        id: &CronId,
        schedule: &Schedule,
        next_at: Timestamp,
    ) -> Result<(), JobsError> {
        let asked = sqlx::query(
            "INSERT INTO job (id, pattern, zone, next_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET pattern = ?2, zone = ?3, next_at = ?4
             WHERE pattern <> ?2 OR zone <> ?3 OR next_at > ?4",
        )
        .bind(id.to_string())
        .bind(&schedule.pattern)
        .bind(&schedule.zone)
        .bind(millis(next_at))
        .execute(self.database.pool());
        self.database.wait(asked).map_err(|source| failed("scheduling a job", source))?;
        Ok(())
    }

    fn ask(&self, id: &CronId, asked: &Asked) -> Result<(), JobsError> {
        // Sets the two to what they are where there is nothing to change, so that it tells
        // whether there is such a job.
        let work = sqlx::query(
            "UPDATE job SET
               asked_by = CASE WHEN run IS NULL AND asked_by IS NULL THEN ?2 ELSE asked_by END,
               asked_at = CASE WHEN run IS NULL AND asked_by IS NULL THEN ?3 ELSE asked_at END
             WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(asked.by.as_str())
        .bind(millis(asked.at))
        .execute(self.database.pool());
        let done = self.database.wait(work).map_err(|source| failed("asking for a job", source))?;
        if done.rows_affected() == 0 {
            return Err(JobsError::Unknown { id: id.clone() });
        }
        Ok(())
    }

    fn lease(
        &self,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Lease>, JobsError> {
        let due = self.step("looking for a job that is due", async |step| {
            let due: Option<Due> = sqlx::query_as(
                "SELECT id, run, asked_by FROM job
                 WHERE CASE WHEN run IS NOT NULL THEN until <= ?1 OR until > ?2
                            ELSE asked_by IS NOT NULL OR next_at <= ?1 END
                 ORDER BY run IS NULL AND asked_by IS NOT NULL DESC,
                          CASE WHEN run IS NOT NULL THEN until
                               WHEN asked_by IS NOT NULL THEN asked_at
                               ELSE next_at END
                 LIMIT 1",
            )
            .bind(millis(now))
            .bind(millis(last_end(now, until)))
            .fetch_optional(&mut **step)
            .await?;
            let Some(due) = due else { return Ok(None) };
            let (asked_by, attempt) = match due.run {
                Some(lost) => lose(step, lost, now).await?,
                None => (due.asked_by, 1),
            };
            let run: i64 = sqlx::query_scalar(
                "INSERT INTO run (job, asked_by, attempt, holder, started_at)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
            )
            .bind(&due.id)
            .bind(&asked_by)
            .bind(attempt)
            .bind(holder)
            .bind(millis(now))
            .fetch_one(&mut **step)
            .await?;
            sqlx::query(
                "UPDATE job SET run = ?2, until = ?3, share = 0, phase = '', asked_by = NULL,
                 asked_at = NULL WHERE id = ?1",
            )
            .bind(&due.id)
            .bind(run)
            .bind(millis(until))
            .execute(&mut **step)
            .await?;
            Ok(Some((due.id, run, asked_by, attempt)))
        })?;
        due.map(|(id, run, asked_by, attempt)| rows::lease(&id, run, asked_by, attempt, now))
            .transpose()
            .map_err(|source| failed("reading a job that is due", source))
    }

    fn renew(
        &self,
        lease: &Lease,
        until: Timestamp,
        progress: &Progress,
    ) -> Result<bool, JobsError> {
        let work = sqlx::query(
            "UPDATE job SET until = ?3, share = ?4, phase = ?5 WHERE id = ?1 AND run = ?2",
        )
        .bind(lease.id.to_string())
        .bind(rows::number(lease.run))
        .bind(millis(until))
        .bind(progress.share)
        .bind(&progress.phase)
        .execute(self.database.pool());
        let done = self.database.wait(work).map_err(|source| failed("renewing a lease", source))?;
        Ok(done.rows_affected() > 0)
    }

    fn finish(
        &self,
        lease: &Lease,
        at: Timestamp,
        ending: &Ending,
        next_at: Timestamp,
    ) -> Result<bool, JobsError> {
        let (outcome, text) = rows::ending(ending);
        self.step("ending a run", async |step| {
            let id = lease.id.to_string();
            let done = sqlx::query(
                "UPDATE job SET run = NULL, until = NULL, share = NULL, phase = NULL, next_at = ?3
                 WHERE id = ?1 AND run = ?2",
            )
            .bind(&id)
            .bind(rows::number(lease.run))
            .bind(millis(next_at))
            .execute(&mut **step)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            end(step, rows::number(lease.run), at, outcome, text).await?;
            sqlx::query(
                "DELETE FROM run WHERE job = ?1 AND number NOT IN
                 (SELECT number FROM run WHERE job = ?1 ORDER BY number DESC LIMIT ?2)",
            )
            .bind(&id)
            .bind(i64::try_from(KEPT_RUNS).expect("because it is small"))
            .execute(&mut **step)
            .await?;
            Ok(true)
        })
    }

    fn read(&self, ids: &[CronId], n_runs: usize) -> Result<Vec<Job>, JobsError> {
        let limit = i64::try_from(n_runs).unwrap_or(i64::MAX);
        let work = async {
            let mut found = Vec::new();
            // One transaction, so that a job and its runs are of one moment.
            let mut step = self.database.pool().begin().await?;
            for id in ids {
                let job: Option<JobRow> = sqlx::query_as("SELECT * FROM job WHERE id = ?1")
                    .bind(id.to_string())
                    .fetch_optional(&mut *step)
                    .await?;
                let Some(job) = job else { continue };
                let runs: Vec<RunRow> = sqlx::query_as(
                    "SELECT * FROM run WHERE job = ?1 ORDER BY number DESC LIMIT ?2",
                )
                .bind(id.to_string())
                .bind(limit)
                .fetch_all(&mut *step)
                .await?;
                found.push(job.into_job(id.clone(), runs)?);
            }
            Ok(found)
        };
        self.database.wait(work).map_err(|source| failed("reading the schedule", source))
    }
}

/// Ends the run of a holder that went away, and tells who asked for it and which try the next one is.
async fn lose(
    step: &mut Transaction<'static, Sqlite>,
    run: i64,
    now: Timestamp,
) -> Result<(Option<String>, i64), sqlx::Error> {
    let (outcome, text) = rows::ending(&Ending::Lost);
    end(step, run, now, outcome, text).await?;
    sqlx::query_as("SELECT asked_by, attempt + 1 FROM run WHERE number = ?1")
        .bind(run)
        .fetch_one(&mut **step)
        .await
}

async fn end(
    step: &mut Transaction<'static, Sqlite>,
    run: i64,
    at: Timestamp,
    outcome: &'static str,
    text: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE run SET ended_at = ?2, outcome = ?3, text = ?4 WHERE number = ?1")
        .bind(run)
        .bind(millis(at))
        .bind(outcome)
        .bind(text)
        .execute(&mut **step)
        .await?;
    Ok(())
}

/// Why a run began, by who asked for it.
fn cause(asked_by: Option<String>) -> Result<Cause, sqlx::Error> {
    let Some(by) = asked_by else { return Ok(Cause::Due) };
    let by = by.parse().map_err(|source| sqlx::Error::Decode(Box::new(source)))?;
    Ok(Cause::Asked { by })
}
