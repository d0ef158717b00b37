//! Branches of a volume: list, create, delete.

use llmos_api::history::{BranchList, BranchView, CreateBranch};
use llmos_core::{
    access::Action,
    branch::{Branch, BranchName},
    store::CommitId,
    volume::VolumeId,
};

use crate::{Caller, Error, Workbench, ids, skills::target};

impl Workbench {
    /// Lists the branches of a volume.
    pub fn list_branches(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
    ) -> Result<BranchList, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let branches = self.store.branches(&volume)?;
        Ok(BranchList {
            volume: volume.to_string(),
            branches: branches.into_iter().map(view).collect(),
        })
    }

    /// Makes a branch that begins at a commit.
    pub fn create_branch(
        &self,
        caller: &Caller,
        asked: &CreateBranch,
    ) -> Result<BranchView, Error> {
        let volume = target(caller, asked.volume.as_deref())?;
        let hint = "give the branch a name, such as `try/other-solver`";
        let name = asked.name.as_deref().ok_or(Error::MissingField { field: "name", hint })?;
        let name = ids::branch("name", name)?;
        let from = match asked.from.as_deref() {
            Some(from) => self.commit_of(&volume, &ids::point("from", from)?)?,
            None => self.store.head(&volume)?.ok_or_else(|| Error::Unknown {
                what: "volume",
                id: volume.to_string(),
                volume: None,
                hint: "save something in it first".to_owned(),
            })?,
        };
        self.store.create_branch(&volume, &name, &from)?;
        Ok(view(Branch { name, tip: from }))
    }

    /// Deletes a branch, if it still ends where the caller says.
    pub fn delete_branch(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<BranchView, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        self.store.delete_branch(&volume, name, tip)?;
        Ok(view(Branch { name: name.clone(), tip: tip.clone() }))
    }
}

fn view(branch: Branch) -> BranchView {
    BranchView { name: branch.name.to_string(), commit: branch.tip.to_string() }
}
