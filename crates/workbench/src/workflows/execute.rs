//! Preparing runs: a workflow made flat, with the skills it needs.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::{
    problem,
    skill::ExecutableSkill,
    workflow::{ExecuteWorkflow, PartDoc, ReadyWorkflow, RunPayload, WorkflowDoc},
};
use llmos_core::{
    access::Action,
    slug::Slug,
    store::{BlobId, StoreError},
    trace::{RunTrace, TraceId},
    volume::VolumeId,
    workflow::{Uses, Workflow, flatten},
};

use super::unknown_workflow;
use crate::{
    Caller, Error, Workbench,
    catalogue::{View, skill_paths},
    ids,
    skills::{parse, runnable},
};

/// A workflow that is to run, and where it is kept.
struct Asked {
    workflow: Workflow,
    volume: Option<VolumeId>,
    version: Option<BlobId>,
}

impl Workbench {
    /// Gathers what a runner needs, or says what is wrong with the workflow.
    pub fn execute_workflow(
        &self,
        caller: &Caller,
        asked: &ExecuteWorkflow,
    ) -> Result<ReadyWorkflow, Error> {
        if let Some(trace) = &asked.trace_id {
            return self.replay(caller, &ids::trace(trace)?);
        }
        let view = self.catalogue.view(caller)?;
        let asked = self.asked_workflow(caller, &view, asked)?;
        let flat = flatten(&asked.workflow, &*view).map_err(|findings| Error::BadWorkflow {
            findings: findings.iter().map(problem::Finding::from).collect(),
        })?;
        let mut skills = BTreeMap::new();
        for id in skills_of(&flat.workflow) {
            let skill = view.skill(id).and_then(|seen| runnable(&seen.file));
            skills.extend(skill.map(|skill| (id.to_string(), skill)));
        }
        let parts = flat.parts.iter();
        Ok(ready(RunPayload {
            workflow: WorkflowDoc::from(&flat.workflow),
            skills,
            parts: parts.map(|(id, part)| (id.to_string(), PartDoc::from(part))).collect(),
            workflow_volume: asked.volume.map(|volume| volume.to_string()),
            workflow_version: asked.version.map(|version| version.to_string()),
        }))
    }

    fn asked_workflow(
        &self,
        caller: &Caller,
        view: &View,
        asked: &ExecuteWorkflow,
    ) -> Result<Asked, Error> {
        if let Some(doc) = &asked.workflow {
            let workflow = doc.to_workflow();
            let workflow = workflow.map_err(|findings| Error::BadWorkflow { findings })?;
            return Ok(Asked { workflow, volume: None, version: None });
        }
        let id = asked.workflow_id.as_deref().ok_or(Error::MissingField {
            field: "workflow",
            hint: "give the workflow itself, the `workflow_id` of a saved one, or a `trace_id`",
        })?;
        let id = ids::slug("workflow_id", id)?;
        let file = match &asked.volume {
            None => view.workflow(&id).map(|seen| seen.file.clone()),
            Some(volume) => {
                let volume = ids::volume(volume)?;
                caller.must(Action::Read, &volume)?;
                let snapshot = self.catalogue.snapshot(&volume)?;
                let file = snapshot.workflows.get(&id).cloned();
                Some(file.ok_or_else(|| unknown_workflow(&id, Some(&volume)))?)
            }
        };
        let file = file.ok_or_else(|| unknown_workflow(&id, None))?;
        Ok(Asked {
            workflow: file.workflow.clone(),
            volume: Some(file.volume.clone()),
            version: Some(file.blob.clone()),
        })
    }

    /// Gathers what ran once: the workflow with its values, and the skills as they were.
    fn replay(&self, caller: &Caller, id: &TraceId) -> Result<ReadyWorkflow, Error> {
        let trace = self.load_trace(caller, id)?.trace;
        let mut skills = BTreeMap::new();
        for skill in skills_of(&trace.workflow) {
            let found = self.skill_of_trace(caller, &trace, skill)?;
            skills.insert(skill.to_string(), found);
        }
        Ok(ready(RunPayload {
            workflow: WorkflowDoc::from(&trace.workflow),
            skills,
            parts: BTreeMap::new(),
            workflow_volume: trace.workflow_volume.map(|volume| volume.to_string()),
            workflow_version: trace.workflow_version.map(|version| version.to_string()),
        }))
    }

    /// Reads a skill as it was when a run used it, from whichever volume of the caller has it.
    fn skill_of_trace(
        &self,
        caller: &Caller,
        trace: &RunTrace,
        id: &Slug,
    ) -> Result<ExecutableSkill, Error> {
        let mut nodes = trace.nodes.iter().filter(|node| node.skill == *id);
        let version = nodes.find_map(|node| node.skill_version.as_ref());
        let gone = || gone(&trace.id, id, version);
        let version = version.ok_or_else(gone)?;
        for volume in caller.layers()? {
            let content = match self.store.read(&volume, version) {
                Ok(content) => content,
                Err(StoreError::UnknownObject { .. }) => continue,
                Err(error) => match Error::from(error) {
                    error if error.is_damaged_team() => continue,
                    error => return Err(error),
                },
            };
            let [path, _] = skill_paths(id);
            let file = parse(&volume, path, version.clone(), &content)?;
            return runnable(&file).ok_or_else(gone);
        }
        Err(gone())
    }
}

/// The text of a skill that a run used is nowhere.
fn gone(trace: &TraceId, skill: &Slug, version: Option<&BlobId>) -> Error {
    let version =
        version.map_or_else(|| "without a version".to_owned(), |id| format!("version {id}"));
    Error::Unknown {
        what: "skill",
        id: format!("{skill}, {version}"),
        volume: None,
        hint: format!(
            "run the workflow of `{trace}` with the skills of today, or read the trace with `GET /traces/{trace}`"
        ),
    }
}

fn ready(payload: RunPayload) -> ReadyWorkflow {
    ReadyWorkflow { status: "ready".to_owned(), payload }
}

fn skills_of(workflow: &Workflow) -> BTreeSet<&Slug> {
    let mut skills = BTreeSet::new();
    for node in &workflow.nodes {
        if let Uses::Skill(id) = &node.uses {
            skills.insert(id);
        }
    }
    skills
}
