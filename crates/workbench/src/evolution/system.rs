//! The monthly look at all work: skills of teams that many people use go up.

use std::collections::BTreeSet;

use llmos_api::{
    evolution::{EvolveReport, EvolveRequest},
    proposal::ProposeSkill,
};
use llmos_core::{
    access::Action,
    evolution::{Ledger, Usage},
    pattern::structure::Structure,
    skill::{self, SkillEdit},
    slug::Slug,
    store::{BlobId, Edit, Expected},
    volume::{VolumeId, VolumePath},
    workflow::Uses,
};

use crate::{
    Caller, Error, Workbench,
    catalogue::{SkillFile, Snapshot, WorkflowFile},
    proposals::Asked,
};

/// How many people must use a skill of a team.
const MIN_USERS: usize = 3;

/// A skill that is used widely enough.
struct Popular {
    id: Slug,
    path: VolumePath,
    version: BlobId,
    is_skill: bool,
    users: BTreeSet<Slug>,
    n: u64,
    n_success: u64,
}

impl Popular {
    /// Says why others should have it.
    fn reason(&self) -> String {
        let Self { users, n, n_success, .. } = self;
        format!("{n} uses by {} people, {n_success} with success", users.len())
    }
}

impl Workbench {
    /// Finds the skills of teams that at least three people use with success, and that the system volume lacks.
    ///
    /// With `auto_apply` they are copied there with their origin; otherwise the system volume is asked to take them.
    /// Workflows have no proposals yet: without `auto_apply` they are named, and nothing more.
    pub(super) fn evolve_system(
        &self,
        caller: &Caller,
        asked: &EvolveRequest,
    ) -> Result<EvolveReport, Error> {
        let writes = asked.auto_apply && !asked.dry_run;
        caller.must(if writes { Action::Promote } else { Action::Write }, &VolumeId::System)?;
        let volumes = self.store.volumes()?;
        let users: Vec<VolumeId> =
            volumes.iter().filter(|volume| matches!(volume, VolumeId::User(_))).cloned().collect();
        users.iter().try_for_each(|volume| caller.must(Action::Read, volume))?;
        let (ledger, n_new) = self.ledger_of(&users)?;
        let system = self.catalogue.snapshot(&VolumeId::System)?;
        let mut asked_before = self.asked_of(&VolumeId::System)?;
        let (mut proposals, mut n_made) = (Vec::new(), 0);
        for team in volumes.iter().filter(|volume| matches!(volume, VolumeId::Team(_))) {
            caller.must(Action::Read, team)?;
            let snapshot = match self.catalogue.snapshot(team) {
                Err(error) if error.is_damaged_team() => continue,
                snapshot => snapshot?,
            };
            for found in self.popular(&ledger, &snapshot, &system)? {
                if writes {
                    self.raise(caller, team, &found)?;
                    n_made += 1;
                } else if !asked.dry_run && found.is_skill {
                    self.ask_for(caller, team, &found, &mut asked_before)?;
                }
                proposals.push(format!("{} of {team}: {}", found.id, found.reason()));
            }
        }
        Ok(EvolveReport {
            status: "completed".to_owned(),
            volume: VolumeId::System.to_string(),
            traces_analyzed: ledger.n_traces,
            traces_new: n_new,
            traces_unreadable: ledger.n_unreadable,
            patterns_detected: proposals.len(),
            skills_created: n_made,
            drafts: Vec::new(),
            patterns: Vec::new(),
            proposals,
        })
    }

    fn popular(
        &self,
        ledger: &Ledger,
        team: &Snapshot,
        system: &Snapshot,
    ) -> Result<Vec<Popular>, Error> {
        let mut found = Vec::new();
        for file in team.skills.values().filter(|file| !system.skills.contains_key(&file.skill.id))
        {
            let usage = self.uses_of_team_skill(ledger, &team.volume, file)?;
            found.extend(self.worth(&usage, of_skill(file)));
        }
        let missing = |file: &&std::sync::Arc<WorkflowFile>| {
            !system.workflows.contains_key(&file.workflow.id)
        };
        for file in team.workflows.values().filter(missing) {
            // One that runs a skill of the team would not run where there is none.
            let runs_there = file.workflow.nodes.iter().all(|node| match &node.uses {
                Uses::Skill(id) => system.skills.contains_key(id),
                Uses::Workflow(id) => system.workflows.contains_key(id),
            });
            let placed = Structure::of(&file.workflow).filter(|_| runs_there);
            let Some(placed) = placed else { continue };
            let usage = ledger.uses_of_workflow(&file.workflow.id, placed.structure.key());
            found.extend(self.worth(&usage, of_workflow(file)));
        }
        Ok(found)
    }

    /// Counts the uses of a skill in versions that the team's volume holds: another volume may have one of the same id.
    fn uses_of_team_skill(
        &self,
        ledger: &Ledger,
        team: &VolumeId,
        file: &SkillFile,
    ) -> Result<Usage, Error> {
        let mut all = Usage::default();
        for (id, version, usage) in ledger.skills().filter(|(id, ..)| **id == file.skill.id) {
            let is_of_team = match version {
                Some(version) => *version == file.blob || self.store.read(team, version).is_ok(),
                // A chat names no version.
                None => *id == file.skill.id,
            };
            if is_of_team {
                all.merge(usage);
            }
        }
        Ok(all)
    }

    fn worth(&self, usage: &Usage, found: Popular) -> Option<Popular> {
        #[expect(clippy::cast_precision_loss, reason = "a rate has no more digits")]
        let rate = usage.n_success as f64 / usage.n.max(1) as f64;
        let worth =
            usage.users.len() >= MIN_USERS && rate >= self.evolution.thresholds.min_success_rate;
        worth.then(|| Popular {
            users: usage.users.keys().cloned().collect(),
            n: usage.n,
            n_success: usage.n_success,
            ..found
        })
    }

    /// Asks the system volume to take a skill, unless it was asked before: what waits goes on waiting, and a version
    /// that was declined is not proposed again.
    fn ask_for(
        &self,
        caller: &Caller,
        team: &VolumeId,
        found: &Popular,
        before: &mut Asked,
    ) -> Result<(), Error> {
        let VolumeId::Team(team_id) = team else { return Ok(()) };
        if before.has(&found.id, &found.version) {
            return Ok(());
        }
        let asked = ProposeSkill {
            user_id: None,
            team_id: Some(team_id.to_string()),
            to: Some(VolumeId::System.to_string()),
            skill_id: found.id.to_string(),
            reason: found.reason(),
        };
        self.propose_skill(caller, &asked)?;
        before.add(&found.id);
        Ok(())
    }

    /// Copies a skill into the system volume, with a note of where it came from.
    fn raise(&self, caller: &Caller, team: &VolumeId, found: &Popular) -> Result<(), Error> {
        let bytes = self.store.read(team, &found.version)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let note = |key: &str, value: String| (key.to_owned(), Some(value.into()));
        let stamped = skill::edit(
            &text,
            &SkillEdit {
                set: vec![
                    note("promoted_from", team.to_string()),
                    note("promoted_version", found.version.to_string()),
                ],
                ..SkillEdit::default()
            },
        );
        // The file of a workflow has no place for such a note; its commit says it.
        let content = if found.is_skill { stamped.unwrap_or(text) } else { text };
        let edit = Edit {
            path: found.path.clone(),
            expected: Expected::Absent,
            content: Some(content.into_bytes()),
        };
        let message = format!(
            "skill: promote {} from {team}\n\n{}.\n\nPromoted-From: {team}\nPromoted-Version: {}\n",
            found.id,
            found.reason(),
            found.version
        );
        self.commit(caller, &VolumeId::System, vec![edit], message)?;
        Ok(())
    }
}

fn of_skill(file: &SkillFile) -> Popular {
    Popular {
        id: file.skill.id.clone(),
        path: file.path.clone(),
        version: file.blob.clone(),
        is_skill: true,
        users: BTreeSet::new(),
        n: 0,
        n_success: 0,
    }
}

fn of_workflow(file: &WorkflowFile) -> Popular {
    Popular {
        id: file.workflow.id.clone(),
        path: file.path.clone(),
        version: file.blob.clone(),
        is_skill: false,
        users: BTreeSet::new(),
        n: 0,
        n_success: 0,
    }
}
