//! What the crons do: a pass of evolution over the work of a user, a team or all.

use llmos_api::evolution::{EvolveRequest, EvolveScope};
use llmos_core::{
    cron::{CronId, Progress},
    volume::VolumeId,
};

use super::Work;
use crate::{Error, Workbench};

impl Work for Workbench {
    /// Names the crons of all volumes that there are.
    fn crons(&self) -> Result<Vec<CronId>, Error> {
        Ok(self.store.volumes()?.into_iter().map(CronId::of).collect())
    }

    /// Writes drafts of what recurs; no skill changes before somebody accepts one.
    fn learn(&self, id: &CronId, tell: &mut dyn FnMut(Progress) -> bool) -> Result<String, Error> {
        let phase = |share, phase: &str| Progress { share, phase: phase.to_owned() };
        tell(phase(0.1, "reading traces and looking for what recurs"));
        let asked = |scope| EvolveRequest { scope, ..EvolveRequest::default() };
        let report = match id.volume() {
            VolumeId::User(user) => {
                let caller = self.caller(user.clone(), None)?;
                self.evolve(&caller, &asked(EvolveScope::User))
            }
            VolumeId::Team(team) => {
                let caller = self.team_cron(team)?;
                let team_id = Some(team.to_string());
                self.evolve(&caller, &EvolveRequest { team_id, ..asked(EvolveScope::Team) })
            }
            VolumeId::System => self.evolve(&self.system_cron(), &asked(EvolveScope::System)),
        }?;
        tell(phase(1.0, "done"));
        Ok(serde_json::to_string(&report).expect("because a report is plain data"))
    }
}
