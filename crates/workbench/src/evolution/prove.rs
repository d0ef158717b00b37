//! Replaying held-back runs with the skills as they were.

use std::collections::BTreeMap;

use llmos_core::{
    evolution::{Compound, replay},
    pattern::structure::StructureKey,
    skill::{self, Executable},
    slug::Slug,
    store::{BlobId, StoreError},
    trace::{self, RunTrace, TraceId},
    volume::VolumeId,
    workflow::SkillSource,
};

use super::Pass;
use crate::{Error, Workbench};

impl Workbench {
    /// Replays one run with a compound skill in place of its steps; the inner result says why it proves nothing.
    pub(super) fn replay_trace(
        &self,
        pass: &Pass,
        compound: &Compound,
        key: StructureKey,
        id: &TraceId,
        user: &Slug,
    ) -> Result<Result<(), String>, Error> {
        let mine = |source: &&VolumeId| matches!(source, VolumeId::User(of) if of == user);
        let Some(volume) = pass.sources.iter().find(mine) else {
            return Ok(Err("it lies in another volume".to_owned()));
        };
        let Some(head) = self.store.head(volume)? else { return Ok(Err("it is gone".to_owned())) };
        let path = id.path();
        let found = self.store.list(volume, &head, Some(&path))?;
        let Some(entry) = found.into_iter().find(|entry| entry.path == path) else {
            return Ok(Err("it is gone".to_owned()));
        };
        let Ok(run) = trace::parse(&self.store.read(volume, &entry.blob)?) else {
            return Ok(Err("it cannot be read".to_owned()));
        };
        let skills = self.skills_of_run(pass, volume, &run)?;
        Ok(replay(compound, key, &run, &skills).map_err(|problem| problem.to_string()))
    }

    /// Reads the skills of a run in the versions that it names; those that are nowhere are left out.
    fn skills_of_run(
        &self,
        pass: &Pass,
        of: &VolumeId,
        run: &RunTrace,
    ) -> Result<BTreeMap<Slug, Executable>, Error> {
        let view = self.catalogue.view(&pass.caller)?;
        let mut found = BTreeMap::new();
        let mut volumes = vec![of.clone()];
        volumes.extend(pass.caller.layers()?.into_iter().filter(|volume| volume != of));
        for node in &run.nodes {
            if found.contains_key(&node.skill) {
                continue;
            }
            let Some(version) = &node.skill_version else {
                let now = view.executable(&node.skill).cloned();
                found.extend(now.map(|skill| (node.skill.clone(), skill)));
                continue;
            };
            for volume in &volumes {
                if let Some(skill) = self.skill_at(volume, &node.skill, version)? {
                    found.insert(node.skill.clone(), skill);
                    break;
                }
            }
        }
        Ok(found)
    }

    fn skill_at(
        &self,
        volume: &VolumeId,
        id: &Slug,
        version: &BlobId,
    ) -> Result<Option<Executable>, Error> {
        let content = match self.store.read(volume, version) {
            Ok(content) => content,
            Err(StoreError::UnknownObject { .. } | StoreError::Damaged { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let check = skill::check(&format!("skills/{id}.md"), &content);
        Ok(check.skill.and_then(|skill| skill.executable().cloned()))
    }
}
