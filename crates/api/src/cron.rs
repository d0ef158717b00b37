//! The jobs that learn by themselves: when they are due, how far they are, how they ended.

use serde::{Deserialize, Serialize};

/// Answer of `GET /crons`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronList {
    /// The time by the server's clock (RFC 3339, UTC): countdowns count from here.
    pub now: String,
    /// Whether this server runs jobs that are due (`--no-crons` switches it off).
    pub runs_here: bool,
    /// The crons of the caller, of their team and of the system.
    pub crons: Vec<CronView>,
}

/// A cron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronView {
    /// Its name: `user-<id>`, `team-<id>` or `system`.
    pub id: String,
    /// The volume that it learns for.
    pub volume: String,
    /// When it is due.
    pub schedule: CronSchedule,
    /// When it is due next (RFC 3339, UTC); in the past while nobody has come to it.
    pub next_at: String,
    /// When its countdown began: the time of its schedule before `next_at`.
    pub since: String,
    /// How many seconds are left until then; 0 when it is due.
    pub seconds_left: f64,
    /// Whether it waits for its time, is due, or runs.
    pub state: CronState,
    /// How far it is while it runs.
    pub progress: Option<CronProgress>,
    /// Its last run that ended.
    pub last: Option<CronRun>,
    /// Whether the caller may start it at once.
    pub may_run: bool,
    /// Why not, where they may not.
    pub may_not_because: Option<String>,
}

/// When a cron is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronSchedule {
    /// Minute, hour, day of the month, month, day of the week.
    pub pattern: String,
    /// Whose clock counts: a name of the IANA database.
    pub zone: String,
    /// The same as a phrase.
    pub phrase: String,
}

/// Where a cron is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CronState {
    /// Its time has not come.
    Waiting,
    /// It is due, or somebody asked for it, and it has not begun.
    Due,
    /// It runs.
    Running,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronProgress {
    /// From 0 to 1.
    pub share: f64,
    /// What it does.
    pub phase: String,
}

/// A run of a cron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronRun {
    /// Its number.
    pub run: u64,
    /// Who asked for it; absent where it was time.
    pub asked_by: Option<String>,
    /// Which try it was: more than 1 where a server went away in the middle.
    pub attempt: u32,
    /// Which server ran it.
    pub server: String,
    /// When it began (RFC 3339, UTC).
    pub started_at: String,
    /// When it ended; absent while it runs.
    pub ended_at: Option<String>,
    /// How it is or was.
    pub outcome: CronOutcome,
    /// What it says that it did.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<serde_json::Value>,
    /// Why it failed.
    pub error: Option<String>,
}

/// How a run of a cron is or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CronOutcome {
    /// It has not ended.
    Running,
    /// It did its work.
    Done,
    /// It could not do its work.
    Failed,
    /// The server that ran it went away; the job was taken up again.
    Lost,
}

/// Answer of `GET /crons/{id}/history`: newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CronHistory {
    /// The cron.
    pub id: String,
    /// Its last runs.
    pub runs: Vec<CronRun>,
}
