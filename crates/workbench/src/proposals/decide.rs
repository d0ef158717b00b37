//! Deciding about proposals: approve, decline, and take back what was merged.

use llmos_api::proposal::{CheckOutcome, DecideProposal, DecidedProposal, ProposalState};
use llmos_core::{
    branch::BranchName,
    proposal::{
        DecisionRefused, Own, Provenance, check_decision, check_revert, declined, merged, reverted,
    },
    store::{Change, CommitId, CommitInfo, Edit, Expected, HistoryQuery},
    volume::VolumeId,
};

use super::record::Record;
use crate::{Caller, Error, Workbench, skills::reason};

impl Workbench {
    /// Merges a proposal into its volume: exactly the commit that the id names.
    pub fn approve_proposal(
        &self,
        caller: &Caller,
        id: &CommitId,
        volume: Option<&VolumeId>,
        asked: &DecideProposal,
    ) -> Result<DecidedProposal, Error> {
        let (caller, record) = self.proposal(caller, id, volume)?;
        let own = if asked.own { Own::Said } else { Own::Unsaid };
        may_decide(&caller, &record, true, own)?;
        must_be(&record, ProposalState::Open)?;
        let difference = self.difference(&record)?;
        let checks = self.checks(&record, &difference)?;
        if let Some(failed) = checks.into_iter().find(|check| check.outcome == CheckOutcome::Failed)
        {
            return Err(Error::NotReady { reason: failed.text, hint: failed.hint });
        }
        let mut edits = Vec::new();
        for (path, blob) in &difference.changed {
            let expected = difference.before.get(path).cloned();
            let expected = expected.map_or(Expected::Absent, Expected::Version);
            let content =
                blob.as_ref().map(|blob| self.store.read(&record.volume, blob)).transpose()?;
            edits.push(Edit { path: path.clone(), expected, content });
        }
        let from = Provenance::read(&record.proposed.message);
        let by = caller.user().to_string();
        let note = asked.reason.trim();
        let message = merged(&record.name, id, from.as_ref(), &by, note);
        let change = self.change(&caller, edits, message);
        let commit = self.store.commit_to(&record.volume, &BranchName::main(), change, Some(id))?;
        // Whoever pushed to it meanwhile has a proposal of their own there; then the branch stays.
        drop(self.store.delete_branch(&record.volume, &branch(&record)?, id));
        Ok(done(&record, ProposalState::Approved, &commit))
    }

    /// Does not take a proposal: puts the skill back as it was, on its branch, with the reason.
    pub fn decline_proposal(
        &self,
        caller: &Caller,
        id: &CommitId,
        volume: Option<&VolumeId>,
        asked: &DecideProposal,
    ) -> Result<DecidedProposal, Error> {
        let (caller, record) = self.proposal(caller, id, volume)?;
        may_decide(&caller, &record, false, Own::Unsaid)?;
        must_be(&record, ProposalState::Open)?;
        let reason = reason(&asked.reason)?;
        let difference = self.difference(&record)?;
        let mut edits = Vec::new();
        for (path, blob) in &difference.changed {
            let expected = blob.clone().map_or(Expected::Absent, Expected::Version);
            let before = difference.at_base.get(path);
            let content = before.map(|blob| self.store.read(&record.volume, blob)).transpose()?;
            edits.push(Edit { path: path.clone(), expected, content });
        }
        if edits.is_empty() {
            // Nothing was proposed: there is no commit to make, and nothing to keep.
            self.store.delete_branch(&record.volume, &branch(&record)?, id)?;
            return Ok(done(&record, ProposalState::Declined, id));
        }
        let message = declined(&record.name, id, reason, caller.user().as_str());
        let change = self.change(&caller, edits, message);
        let commit = self.store.commit_to(&record.volume, &branch(&record)?, change, None)?;
        Ok(done(&record, ProposalState::Declined, &commit))
    }

    /// Takes a proposal back that was merged, if nobody changed the skill since.
    pub fn revert_proposal(
        &self,
        caller: &Caller,
        id: &CommitId,
        volume: Option<&VolumeId>,
        asked: &DecideProposal,
    ) -> Result<DecidedProposal, Error> {
        let (caller, record) = self.proposal(caller, id, volume)?;
        check_revert(caller.actor(), &record.volume).map_err(|denied| Error::Denied { denied })?;
        must_be(&record, ProposalState::Approved)?;
        let reason = reason(&asked.reason)?;
        let difference = self.difference(&record)?;
        let mut edits = Vec::new();
        for (path, blob) in &difference.changed {
            let expected = blob.clone().map_or(Expected::Absent, Expected::Version);
            let before = difference.before.get(path);
            let content = before.map(|blob| self.store.read(&record.volume, blob)).transpose()?;
            edits.push(Edit { path: path.clone(), expected, content });
        }
        let message = reverted(&record.name, id, reason, caller.user().as_str());
        let commit = self.commit(&caller, &record.volume, edits, message);
        let commit = commit.map_err(|error| match error {
            Error::Stale { path, .. } => Error::NotReady {
                reason: format!("`{path}` changed since the proposal was merged"),
                hint: Some(
                    "change it back by hand, or restore an earlier version of it".to_owned(),
                ),
            },
            other => other,
        })?;
        Ok(done(&record, ProposalState::Reverted, &commit))
    }

    /// Finds the commit that merged a proposal.
    pub(super) fn merge_of(&self, record: &Record) -> Result<Option<CommitInfo>, Error> {
        let query = HistoryQuery { limit: super::record::MAX_COMMITS, ..HistoryQuery::default() };
        let history = self.store.history(&record.volume, &query)?;
        Ok(history.into_iter().find(|commit| {
            commit.parents.len() > 1 && commit.parents.contains(&record.proposed.id)
        }))
    }

    fn change(&self, caller: &Caller, edits: Vec<Edit>, message: String) -> Change {
        Change { edits, author: caller.author(), time: self.world.now(), message }
    }
}

fn branch(record: &Record) -> Result<BranchName, Error> {
    record.name.to_string().parse().map_err(|error: llmos_core::branch::BranchNameError| {
        Error::BadField { field: "id", reason: error.to_string(), hint: error.hint().to_owned() }
    })
}

fn may_decide(caller: &Caller, record: &Record, approve: bool, own: Own) -> Result<(), Error> {
    let who = (&record.name.user, &record.name.skill);
    check_decision(caller.actor(), &record.volume, who, approve, own).map_err(|refused| {
        match refused {
            DecisionRefused::Denied { denied } => Error::Denied { denied },
            source @ DecisionRefused::OwnProposal { .. } => Error::OwnProposal { source },
        }
    })
}

fn must_be(record: &Record, state: ProposalState) -> Result<(), Error> {
    if record.state == state {
        return Ok(());
    }
    let skill = record.name.skill.clone();
    Err(Error::NotSo { skill, state: record.state.as_str() })
}

fn done(record: &Record, state: ProposalState, commit: &CommitId) -> DecidedProposal {
    DecidedProposal {
        id: record.proposed.id.to_string(),
        state,
        volume: record.volume.to_string(),
        skill_id: record.name.skill.to_string(),
        commit: commit.to_string(),
    }
}
