//! The crons, put together: the schedule in its file, and what they do.

use std::{path::Path, sync::Arc};

use jiff::tz::TimeZone;
use llmos_core::cron::Zone;
use llmos_store::{OpenError, SqliteJobs};
use llmos_workbench::{CronParts, Crons, Work, World};

use crate::{
    failure::{Failure, FailureKind},
    world::Machine,
};

/// How the crons run.
#[derive(clap::Args)]
pub(crate) struct CronArgs {
    /// Run no crons: nothing is learned by itself
    #[arg(long)]
    no_crons: bool,
    /// Whose clock the crons go by
    #[arg(long, value_name = "ZONE", default_value = "UTC", env = "LLMOS_CRON_ZONE", value_parser = zone)]
    cron_zone: Zone,
}

impl CronArgs {
    /// Whether the crons take their turns in this program.
    pub(crate) fn run_here(&self) -> bool {
        !self.no_crons
    }

    /// Opens the schedule in the folder of the state. All servers of the same volumes share it.
    pub(crate) fn open(self, state: &Path, work: Arc<dyn Work>) -> Result<Crons, Failure> {
        let runs_here = self.run_here();
        let jobs = SqliteJobs::open(&state.join("jobs.sqlite"))?;
        let holder = format!("{}-{:08x}", std::process::id(), Machine.random());
        Ok(Crons::new(CronParts {
            jobs: Arc::new(jobs),
            work,
            world: Arc::new(Machine),
            zone: self.cron_zone,
            holder,
            runs_here,
        }))
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(FailureKind::Input, error.to_string(), error.hint())
    }
}

/// Finds the rules of a zone by its name.
fn zone(name: &str) -> Result<Zone, String> {
    if name == "UTC" {
        return Ok(Zone::utc());
    }
    let rules = TimeZone::get(name).ok().ok_or_else(|| {
        "that is no time zone of the IANA database; write it as in `Europe/Berlin`".to_owned()
    })?;
    let name = rules.iana_name().unwrap_or(name).to_owned();
    Ok(Zone::new(name, rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_found_by_their_name() {
        assert_eq!(zone("UTC"), Ok(Zone::utc()));
        assert_eq!(
            zone("europe/berlin").map(|zone| zone.name().to_owned()),
            Ok("Europe/Berlin".to_owned())
        );
        assert!(zone("Europe/Atlantis").is_err_and(|error| error.contains("no time zone")));
    }
}
