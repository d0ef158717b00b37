//! The jobs that learn by themselves: what they are called, when they are due,
//! who may start one, and what a run of one leaves behind. Keeping a schedule is
//! a matter of its port, [`Jobs`]; what a job does is none of this module's.
//!
//! | cron | learns from | due |
//! | --- | --- | --- |
//! | `user-<id>` | the work of one user | every day |
//! | `team-<id>` | the work of a team's members | every week |
//! | `system` | the skills of all teams | every month |

mod jobs;
mod schedule;

use std::{fmt, str::FromStr};

use crate::{
    access::{self, Action, Actor, Denied},
    volume::{VolumeId, VolumeIdError},
};

pub use jobs::{
    Asked, Cause, Ending, Job, Jobs, JobsError, Lease, Progress, Run, Running, last_end,
};
pub use schedule::{Schedule, ScheduleError, Zone};

/// How often a job is tried when whoever runs it goes away in the middle.
pub const MAX_ATTEMPTS: u32 = 3;

/// How many runs of each job are remembered.
pub const KEPT_RUNS: usize = 50;

/// The name of a cron: there is one for each volume, and it learns for that volume.
///
/// The text form fits into a URL: `system`, `team-<slug>` or `user-<slug>`.
/// Parsing what [`Display`](fmt::Display) prints gives the same value back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CronId(VolumeId);

/// Why a text is not a [`CronId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no cron: {source}", text = text.escape_debug())]
pub struct CronIdError {
    /// The text.
    pub text: String,
    /// What is wrong with the volume it would learn for.
    pub source: VolumeIdError,
}

impl CronIdError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "use `system`, `team-<name>` or `user-<name>`, as `GET /crons` lists them"
    }
}

impl CronId {
    /// Names the cron of a volume.
    pub fn of(volume: VolumeId) -> Self {
        Self(volume)
    }

    /// Returns the volume that it learns for.
    pub fn volume(&self) -> &VolumeId {
        &self.0
    }
}

impl FromStr for CronId {
    type Err = CronIdError;

    fn from_str(text: &str) -> Result<Self, CronIdError> {
        let volume = match text.split_once('-') {
            Some((kind, name)) => format!("{kind}/{name}").parse(),
            None => text.parse(),
        };
        volume
            .map(Self)
            .map_err(|source| CronIdError { text: text.chars().take(80).collect(), source })
    }
}

impl fmt::Display for CronId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            VolumeId::System => f.write_str("system"),
            VolumeId::Team(name) => write!(f, "team-{name}"),
            VolumeId::User(name) => write!(f, "user-{name}"),
        }
    }
}

/// Refuses a look at a cron to whoever may not read its volume.
pub fn check_see(actor: &Actor, id: &CronId) -> Result<(), Denied> {
    access::check(actor, Action::Read, id.volume())
}

/// Refuses to start a cron at once for whoever could not do by hand what it leads to.
///
/// What a team's cron makes are drafts, so whoever may propose for the team may start
/// it; the system's proposes for everybody, and is started by those who decide about
/// proposals there: administrators, and the one person at a machine where nobody logs in.
pub fn check_run(actor: &Actor, id: &CronId) -> Result<(), Denied> {
    let volume = id.volume();
    let action = match volume {
        VolumeId::User(_) => Action::Write,
        VolumeId::Team(_) => Action::Propose,
        VolumeId::System => Action::Decide,
    };
    if access::may(actor, action, volume) {
        return Ok(());
    }
    let hint = match volume {
        VolumeId::User(_) => "start your own: `user-<your id>`",
        VolumeId::Team(_) => "ask the team to make you a member",
        VolumeId::System => {
            "it runs by itself when it is due; an administrator may start it sooner"
        }
    };
    let who = format!("`{}`", actor.name());
    Err(Denied { who, action: "start the cron of", volume: volume.clone(), hint })
}

#[cfg(test)]
mod tests;
