//! Proposals: list, and read with all that a reviewer must know.

mod check;
mod decide;
mod difference;
mod propose;
mod record;

use llmos_api::proposal::{FactView, ProposalList, ProposalState, ProposalSummary, ProposalView};
use llmos_core::{
    access::{Action, Actor},
    proposal::{Own, Provenance, check_decision, check_revert},
    review::{self, Fact, Weight},
    skill::{self, Skill},
    slug::Slug,
    store::CommitId,
    volume::VolumeId,
};

pub(crate) use self::difference::file_diff;
pub(crate) use self::record::Asked;
use self::record::Record;
use crate::{
    Caller, Error, Workbench,
    skills::{provenance_view, views},
};

impl Workbench {
    /// Lists the proposals for a volume, or for all volumes that the caller reads together with others.
    pub fn list_proposals(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        state: Option<ProposalState>,
    ) -> Result<ProposalList, Error> {
        let mut proposals = Vec::new();
        for (caller, volume) in self.asked(caller, volume)? {
            for record in self.records(&volume)? {
                proposals.push(summary(&caller, &record));
            }
        }
        proposals.retain(|one| state.is_none_or(|state| one.state == state));
        let when = |one: &ProposalSummary| {
            let decided = one.decision.as_ref().map(|decision| decision.time.clone());
            decided.unwrap_or_else(|| one.time.clone())
        };
        proposals
            .sort_by_key(|one| std::cmp::Reverse((one.state == ProposalState::Open, when(one))));
        Ok(ProposalList { proposals })
    }

    /// Reads a proposal: what is different, what the skill may do, and what was checked.
    pub fn read_proposal(
        &self,
        caller: &Caller,
        id: &CommitId,
        volume: Option<&VolumeId>,
    ) -> Result<ProposalView, Error> {
        let (caller, record) = self.proposal(caller, id, volume)?;
        let difference = self.difference(&record)?;
        let after = difference.skill.as_ref();
        let checks = match record.state {
            ProposalState::Open => self.checks(&record, &difference)?,
            _ => Vec::new(),
        };
        let facts = match after {
            Some((skill, text)) => {
                let before = difference.skill_before.as_ref();
                compared(
                    review::facts(skill, text),
                    before.map(|(skill, text)| review::facts(skill, text)),
                )
            }
            None => Vec::new(),
        };
        Ok(ProposalView {
            name: after
                .map_or_else(|| record.name.skill.to_string(), |(skill, _)| skill.name.clone()),
            replaces: difference.skill_before.is_some(),
            facts,
            checks,
            files: self.file_diffs(&record, &difference)?,
            example: after.and_then(|(skill, _)| example(skill, &record)),
            diagnostics: views(&difference.diagnostics),
            summary: summary(&caller, &record),
        })
    }

    /// Finds a proposal by its id, and the caller as they are in its volume.
    fn proposal(
        &self,
        caller: &Caller,
        id: &CommitId,
        volume: Option<&VolumeId>,
    ) -> Result<(Caller, Record), Error> {
        for (caller, volume) in self.asked(caller, volume)? {
            let found = self.records(&volume)?.into_iter().find(|record| record.proposed.id == *id);
            if let Some(record) = found {
                return Ok((caller, record));
            }
        }
        Err(Error::Unknown {
            what: "proposal",
            id: id.to_string(),
            volume: volume.cloned(),
            hint: "`GET /proposals` lists them; one that was made anew has another id".to_owned(),
        })
    }

    /// Returns the volumes that may be asked to take something and that the caller reads.
    ///
    /// Where nobody keeps members the one person is in the teams they name: in that of the volume, or in each of
    /// those that are there when they ask about all.
    fn asked(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
    ) -> Result<Vec<(Caller, VolumeId)>, Error> {
        let volumes = match volume {
            Some(volume) => vec![volume.clone()],
            None => {
                let teams = self.list_teams(caller)?.teams.into_iter();
                let teams = teams.filter_map(|team| team.team_id.parse().ok().map(VolumeId::Team));
                teams.chain([VolumeId::System]).collect()
            }
        };
        let of = |volume: VolumeId| {
            let caller = match (caller.actor(), &volume) {
                (Actor::Local { user, .. }, VolumeId::Team(team)) => {
                    Caller::local(user.clone(), Some(team.clone()))
                }
                _ => caller.clone(),
            };
            caller.must(Action::Read, &volume)?;
            Ok((caller, volume))
        };
        volumes.into_iter().map(of).collect()
    }
}

fn summary(caller: &Caller, record: &Record) -> ProposalSummary {
    let Record { volume, name, proposed, state, decision } = record;
    let may = |approve| {
        let who = (&name.user, &name.skill);
        *state == ProposalState::Open
            && check_decision(caller.actor(), volume, who, approve, Own::Said).is_ok()
    };
    let provenance = Provenance::read(&proposed.message);
    ProposalSummary {
        id: proposed.id.to_string(),
        volume: volume.to_string(),
        branch: name.to_string(),
        user: name.user.to_string(),
        skill_id: name.skill.to_string(),
        state: *state,
        reason: match &provenance {
            Some(provenance) => provenance.reason.clone(),
            None => proposed.message.trim().to_owned(),
        },
        provenance: provenance.map(|from| provenance_view(&from, proposed)),
        time: proposed.time.to_string(),
        decision: decision.clone(),
        may_approve: may(true),
        may_decline: may(false),
        may_revert: *state == ProposalState::Approved
            && check_revert(caller.actor(), volume).is_ok(),
        own: is_own(caller, &name.user),
    }
}

fn is_own(caller: &Caller, user: &Slug) -> bool {
    matches!(caller.actor(), Actor::Person { user: me, .. } | Actor::Local { user: me, .. } if me == user)
}

/// Puts what is known of a skill beside what was known of the one it replaces.
fn compared(after: Vec<Fact>, before: Option<Vec<Fact>>) -> Vec<FactView> {
    let was = |about: &str| {
        let before = before.as_ref()?;
        let fact = before.iter().find(|fact| fact.about == about);
        Some(fact.map(|fact| fact.text.clone()).unwrap_or_default())
    };
    let view = |fact: Fact| FactView {
        about: fact.about.to_owned(),
        caution: fact.weight == Weight::Caution,
        before: was(fact.about).filter(|before| *before != fact.text),
        text: fact.text,
    };
    after.into_iter().map(view).collect()
}

/// Returns a skill that can run as it is: every input that must have a value has one.
fn example(skill: &Skill, record: &Record) -> Option<llmos_api::skill::ExecutableSkill> {
    let executable = skill.executable()?;
    let ready = |port: &skill::Port| !port.required || port.default.is_some();
    executable.inputs.iter().all(ready).then(|| {
        let version = llmos_core::store::BlobId(record.proposed.id.0.clone());
        llmos_api::skill::ExecutableSkill::new(skill, executable, &record.volume, &version)
            .with_code(executable)
    })
}
