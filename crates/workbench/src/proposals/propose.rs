//! Asking a volume to take a skill.

use llmos_api::proposal::{ProposalState, ProposalSummary, ProposeSkill};
use llmos_core::{
    access::Action,
    branch::{Branch, BranchName},
    proposal::{ProposalName, Provenance, promoted},
    store::{Change, CommitId, Edit, Expected},
    volume::{VolumeId, VolumePath},
};

use super::{record::Record, summary};
use crate::{Caller, Error, Workbench, skills::Copied};

impl Workbench {
    /// Asks a volume to take a skill: puts a copy of it on the branch `pr/<user>/<skill>` of that volume.
    ///
    /// What was proposed before from the same place is replaced; the proposal gets another id then, so that nobody
    /// approves what they did not see.
    pub fn propose_skill(
        &self,
        caller: &Caller,
        asked: &ProposeSkill,
    ) -> Result<ProposalSummary, Error> {
        let ProposeSkill { team_id, to, skill_id, reason, .. } = asked;
        let (to, from) = self.way(caller, to.as_deref(), team_id.as_deref(), Action::Propose)?;
        let copied = self.copied(&from, skill_id, reason)?;
        let name = ProposalName { user: caller.user(), skill: copied.id.clone() };
        let main = self.begun(caller, &to)?;
        self.refuse_unchanged(&to, &main, &copied)?;
        let branch: BranchName =
            name.to_string().parse().map_err(|error: llmos_core::branch::BranchNameError| {
                Error::BadField {
                    field: "skill_id",
                    reason: error.to_string(),
                    hint: error.hint().to_owned(),
                }
            })?;
        self.carry_blobs((&from, &to), copied.contents())?;
        let tip = self.branch_for(caller, &to, &branch, &main, &copied.provenance)?;
        let edits = self.edits_at(&to, &tip, &copied)?;
        let message = promoted(&copied.id, &copied.provenance, true);
        let change = Change { edits, author: caller.author(), time: self.world.now(), message };
        let made = self.store.commit_to(&to, &branch, change, None)?;
        let proposed = self.commit_info(&to, &made)?.ok_or_else(|| Error::Unknown {
            what: "commit",
            id: made.to_string(),
            volume: Some(to.clone()),
            hint: "propose it again".to_owned(),
        })?;
        let state = ProposalState::Open;
        let record = Record { volume: to, name, proposed, state, decision: None };
        Ok(summary(caller, &record))
    }

    /// Returns the newest commit of a volume; one that nothing was ever kept in begins with its metadata.
    fn begun(&self, caller: &Caller, volume: &VolumeId) -> Result<CommitId, Error> {
        match self.store.head(volume)? {
            Some(head) => Ok(head),
            None => self.commit(caller, volume, Vec::new(), "volume: begin".to_owned()),
        }
    }

    fn refuse_unchanged(
        &self,
        to: &VolumeId,
        main: &CommitId,
        copied: &Copied,
    ) -> Result<(), Error> {
        for (path, content) in &copied.files {
            let there = self.store.list(to, main, Some(path))?;
            let there = there.into_iter().find(|entry| entry.path == *path);
            if there.is_none_or(|entry| entry.blob != llmos_core::store::BlobId::of(content)) {
                return Ok(());
            }
        }
        Err(Error::Unchanged { skill: copied.id.clone(), volume: to.clone() })
    }

    /// Returns the end of the branch that takes the proposal, on top of what the volume holds now.
    fn branch_for(
        &self,
        caller: &Caller,
        to: &VolumeId,
        branch: &BranchName,
        main: &CommitId,
        from: &Provenance,
    ) -> Result<CommitId, Error> {
        let known = self.store.branches(to)?.into_iter().find(|known| known.name == *branch);
        let Some(Branch { tip, .. }) = known else {
            self.store.create_branch(to, branch, main)?;
            return Ok(main.clone());
        };
        let open = self.records(to)?.into_iter().find(|record| record.proposed.id == tip);
        if let Some(open) = open.filter(|record| record.state == ProposalState::Open) {
            let said = Provenance::read(&open.proposed.message);
            if said.as_ref().is_none_or(|said| said.from != from.from) {
                let skill = open.name.skill;
                return Err(Error::ProposalOpen { skill, volume: to.clone() });
            }
        }
        if self.store.merge_base(to, main, &tip)?.as_ref() == Some(main) {
            return Ok(tip);
        }
        // The volume went on: the branch takes that in, so that it is compared with what is there now.
        let edits = self.as_at(to, &tip, main)?;
        let message = format!("proposal: take in what volume {to} holds now");
        let change = Change { edits, author: caller.author(), time: self.world.now(), message };
        Ok(self.store.commit_to(to, branch, change, Some(main))?)
    }

    /// The edits after which the files of one commit are those of another.
    pub(super) fn as_at(
        &self,
        volume: &VolumeId,
        now: &CommitId,
        then: &CommitId,
    ) -> Result<Vec<Edit>, Error> {
        let files = |at| -> Result<std::collections::BTreeMap<VolumePath, _>, Error> {
            let entries = self.store.list(volume, at, None)?;
            Ok(entries.into_iter().map(|entry| (entry.path, entry.blob)).collect())
        };
        let (now, then) = (files(now)?, files(then)?);
        let mut edits = Vec::new();
        for (path, blob) in now.iter().filter(|(path, blob)| then.get(*path) != Some(*blob)) {
            let content = then.get(path).map(|blob| self.store.read(volume, blob)).transpose()?;
            edits.push(Edit {
                path: path.clone(),
                expected: Expected::Version(blob.clone()),
                content,
            });
        }
        for (path, blob) in then.iter().filter(|(path, _)| !now.contains_key(*path)) {
            let content = Some(self.store.read(volume, blob)?);
            edits.push(Edit { path: path.clone(), expected: Expected::Absent, content });
        }
        Ok(edits)
    }

    /// The edits that put a skill, with all files of its folder, in the place of what a commit has.
    fn edits_at(&self, to: &VolumeId, at: &CommitId, copied: &Copied) -> Result<Vec<Edit>, Error> {
        let mut there = std::collections::BTreeMap::new();
        for entry in self.store.list(to, at, Some(&copied.root()))? {
            there.insert(entry.path, entry.blob);
        }
        let mut edits = Vec::new();
        for (path, content) in &copied.files {
            let expected = there.remove(path).map_or(Expected::Absent, Expected::Version);
            edits.push(Edit { path: path.clone(), expected, content: Some(content.clone()) });
        }
        // What the folder had before and the skill has no more.
        edits.extend(there.into_iter().map(|(path, blob)| Edit {
            path,
            expected: Expected::Version(blob),
            content: None,
        }));
        Ok(edits)
    }
}
