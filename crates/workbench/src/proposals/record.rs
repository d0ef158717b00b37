//! What the branches and commits of a volume say about its proposals.

use std::collections::BTreeMap;

use llmos_api::proposal::{DecisionView, ProposalState};
use llmos_core::{
    proposal::{Decision, ProposalName, Provenance},
    slug::Slug,
    store::{BlobId, CommitId, CommitInfo, HistoryQuery},
    trailer,
    volume::VolumeId,
};

use crate::{Error, Workbench};

/// How many commits of a volume are looked at for proposals that were decided.
pub(super) const MAX_COMMITS: usize = 1000;

/// A proposal as its volume has it.
pub(super) struct Record {
    pub(super) volume: VolumeId,
    pub(super) name: ProposalName,
    /// The commit that is proposed.
    pub(super) proposed: CommitInfo,
    pub(super) state: ProposalState,
    pub(super) decision: Option<DecisionView>,
}

/// The skills that a volume was asked to take, whoever asked.
pub(crate) struct Asked(Vec<(Slug, Of)>);

/// What was asked for.
enum Of {
    /// A skill that waits for a decision.
    Open,
    /// A version that was decided about.
    Version(BlobId),
}

impl Asked {
    /// Says whether a skill waits for a decision, or this version of it was decided about.
    pub(crate) fn has(&self, skill: &Slug, version: &BlobId) -> bool {
        let same = |of: &Of| match of {
            Of::Open => true,
            Of::Version(decided) => decided == version,
        };
        self.0.iter().any(|(id, of)| id == skill && same(of))
    }

    /// Notes that a skill waits for a decision.
    pub(crate) fn add(&mut self, skill: &Slug) {
        self.0.push((skill.clone(), Of::Open));
    }
}

impl Workbench {
    /// Lists what a volume was asked to take. Asks for no permission: the use case did.
    pub(crate) fn asked_of(&self, volume: &VolumeId) -> Result<Asked, Error> {
        let records = self.records(volume)?.into_iter();
        let of = |record: Record| {
            let of = match record.state {
                ProposalState::Open => Of::Open,
                _ => Of::Version(Provenance::read(&record.proposed.message)?.version),
            };
            Some((record.name.skill, of))
        };
        Ok(Asked(records.filter_map(of).collect()))
    }

    /// Lists the proposals of a volume. Asks for no permission: the use case did.
    pub(super) fn records(&self, volume: &VolumeId) -> Result<Vec<Record>, Error> {
        let mut records = self.decided(volume)?;
        let head = self.store.head(volume)?;
        for branch in self.store.branches(volume)? {
            let Ok(name) = branch.name.as_str().parse::<ProposalName>() else { continue };
            if records.iter().any(|record| record.proposed.id == branch.tip) {
                // It is merged, and its branch was left behind.
                continue;
            }
            let Some(tip) = self.commit_info(volume, &branch.tip)? else { continue };
            let volume = volume.clone();
            if let Some((Decision::Declined, of, proposed)) = Decision::read(&tip.message)
                && of == name
                && let Some(proposed) = self.commit_info(&volume, &proposed)?
            {
                let decision = Some(decision_view(&tip));
                let state = ProposalState::Declined;
                records.push(Record { volume, name, proposed, state, decision });
                continue;
            }
            let nothing_new = match &head {
                Some(head) => {
                    self.store.merge_base(&volume, head, &tip.id)?.as_ref() == Some(&tip.id)
                }
                None => false,
            };
            if !nothing_new {
                let state = ProposalState::Open;
                records.push(Record { volume, name, proposed: tip, state, decision: None });
            }
        }
        Ok(records)
    }

    /// Lists the proposals that were merged lately, and of these those that were taken back.
    fn decided(&self, volume: &VolumeId) -> Result<Vec<Record>, Error> {
        let query = HistoryQuery { limit: MAX_COMMITS, ..HistoryQuery::default() };
        let mut reverted: BTreeMap<CommitId, DecisionView> = BTreeMap::new();
        let mut records = Vec::new();
        // Newest first: what was taken back is known before what was merged.
        for commit in self.store.history(volume, &query)? {
            match Decision::read(&commit.message) {
                Some((Decision::Reverted, _, proposed)) => {
                    reverted.entry(proposed).or_insert_with(|| decision_view(&commit));
                }
                Some((Decision::Approved, name, id)) if commit.parents.contains(&id) => {
                    let Some(proposed) = self.commit_info(volume, &id)? else { continue };
                    let (state, decision) = match reverted.remove(&id) {
                        Some(decision) => (ProposalState::Reverted, decision),
                        None => (ProposalState::Approved, decision_view(&commit)),
                    };
                    let (volume, decision) = (volume.clone(), Some(decision));
                    records.push(Record { volume, name, proposed, state, decision });
                }
                _ => {}
            }
        }
        Ok(records)
    }

    /// Reads one commit.
    pub(super) fn commit_info(
        &self,
        volume: &VolumeId,
        id: &CommitId,
    ) -> Result<Option<CommitInfo>, Error> {
        let query = HistoryQuery { from: Some(id.clone()), limit: 1, path: None };
        Ok(self.store.history(volume, &query)?.into_iter().next())
    }
}

fn decision_view(commit: &CommitInfo) -> DecisionView {
    let by = Decision::by(&commit.message).unwrap_or(&commit.author.name);
    DecisionView {
        by: by.to_owned(),
        time: commit.time.to_string(),
        reason: trailer::body(&commit.message).to_owned(),
        commit: commit.id.to_string(),
    }
}
