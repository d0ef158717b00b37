//! The crons: listing them, starting one at once, looking back; and
//! [`Crons::turn`], with which a program does what is due.

mod turn;
mod view;
mod work;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use llmos_api::cron::{CronHistory, CronList, CronView};
use llmos_core::cron::{self, Asked, CronId, Jobs, JobsError, Progress, Schedule, Zone};

use crate::{Caller, Error, World, ids};

pub use turn::Turn;

/// What a cron does when its time has come.
pub trait Work: Send + Sync {
    /// Names the crons for which there is something to learn from.
    fn crons(&self) -> Result<Vec<CronId>, Error>;

    /// Learns for one cron, and tells what came of it as JSON.
    ///
    /// It says how far it is with `tell`, and stops soon once that gives `false`. It must not
    /// matter how often it is done: after a crash the same job is done again.
    fn learn(&self, id: &CronId, tell: &mut dyn FnMut(Progress) -> bool) -> Result<String, Error>;
}

/// What the crons stand on.
pub struct CronParts {
    /// The kept schedule.
    pub jobs: Arc<dyn Jobs>,
    /// What they do.
    pub work: Arc<dyn Work>,
    /// The time.
    pub world: Arc<dyn World>,
    /// Whose clock counts.
    pub zone: Zone,
    /// How this program is called where several share the schedule.
    pub holder: String,
    /// Whether this program takes [turns](Crons::turn).
    pub runs_here: bool,
}

/// What a program has brought into the schedule.
#[derive(Default)]
struct Scheduled {
    ids: BTreeSet<CronId>,
    /// When it last looked.
    at: jiff::Timestamp,
}

/// The crons.
pub struct Crons {
    parts: CronParts,
    /// Those that this program has scheduled already.
    scheduled: Mutex<Scheduled>,
    /// Rings when somebody asked for a job.
    bell: turn::Bell,
}

impl Crons {
    /// Puts the use cases on top of a schedule and its work.
    pub fn new(parts: CronParts) -> Self {
        Self { parts, scheduled: Mutex::default(), bell: turn::Bell::default() }
    }

    /// Lists the crons that the caller may see: their own, their team's and the system's.
    ///
    /// Those that nobody has scheduled yet are shown as they will be. Nothing is kept.
    pub fn list(&self, caller: &Caller) -> Result<CronList, Error> {
        let layers = caller.layers()?;
        let ids: Vec<_> = layers.into_iter().map(CronId::of).collect();
        let mut kept = self.parts.jobs.read(&ids, 2)?.into_iter().peekable();
        let now = self.parts.world.now();
        let mut crons = Vec::new();
        for id in &ids {
            cron::check_see(caller.actor(), id).map_err(|denied| Error::Denied { denied })?;
            let job = kept.next_if(|job| job.id == *id);
            crons.push(self.view(caller, id, job, now)?);
        }
        Ok(CronList { now: now.to_string(), runs_here: self.parts.runs_here, crons })
    }

    /// Starts a cron as soon as a server is free; one that runs already goes on.
    pub fn run_now(&self, caller: &Caller, id: &str) -> Result<CronView, Error> {
        let id = self.find(caller, id)?;
        cron::check_run(caller.actor(), &id).map_err(|denied| Error::Denied { denied })?;
        if !self.parts.runs_here {
            return Err(Error::CronsOff);
        }
        self.schedule(&id)?;
        let now = self.parts.world.now();
        self.parts.jobs.ask(&id, &Asked { by: caller.user(), at: now })?;
        self.bell.ring();
        let job = self.parts.jobs.read(std::slice::from_ref(&id), 2)?.pop();
        self.view(caller, &id, job, now)
    }

    /// Lists the last runs of a cron, newest first.
    pub fn history(&self, caller: &Caller, id: &str, limit: usize) -> Result<CronHistory, Error> {
        let id = self.find(caller, id)?;
        let job = self.parts.jobs.read(std::slice::from_ref(&id), limit)?.pop();
        let runs = job.map(|job| job.runs).unwrap_or_default();
        Ok(CronHistory { id: id.to_string(), runs: runs.into_iter().map(view::run).collect() })
    }

    /// Finds a cron that the caller may see, by its name or by what it is to them.
    fn find(&self, caller: &Caller, id: &str) -> Result<CronId, Error> {
        let found = match id {
            "evolution-user" => CronId::of(caller.own_volume()),
            "evolution-team" => CronId::of(caller.team_volume()?),
            "evolution-system" => CronId::of(llmos_core::volume::VolumeId::System),
            _ => ids::cron(id)?,
        };
        cron::check_see(caller.actor(), &found).map_err(|denied| Error::Denied { denied })?;
        Ok(found)
    }

    /// Makes sure that a cron is in the schedule.
    fn schedule(&self, id: &CronId) -> Result<(), Error> {
        let schedule = Schedule::usual(id, &self.parts.zone);
        let next_at = self.next(&schedule)?;
        Ok(self.parts.jobs.schedule(id, &schedule, next_at)?)
    }

    fn next(&self, schedule: &Schedule) -> Result<jiff::Timestamp, Error> {
        let next = schedule.next_after(self.parts.world.now(), &self.parts.zone);
        next.map_err(|source| Error::BadField {
            field: "schedule",
            reason: source.to_string(),
            hint: source.hint().to_owned(),
        })
    }
}

impl From<JobsError> for Error {
    fn from(source: JobsError) -> Self {
        match source {
            JobsError::Unknown { id } => Self::Unknown {
                what: "cron",
                id: id.to_string(),
                volume: None,
                hint: "take one that `GET /crons` lists".to_owned(),
            },
            source @ JobsError::Medium { .. } => Self::Jobs { source },
        }
    }
}
