//! Workflows: list, read, save, delete, and prepare a run.

mod execute;
mod python;

pub use python::PythonTask;

use llmos_api::{
    history::MergedView,
    problem,
    workflow::{SaveWorkflow, SavedWorkflow, WorkflowList, WorkflowSummary, WorkflowView},
};
use llmos_core::{
    access::Action,
    diagnostic::Severity,
    diff, merge,
    slug::Slug,
    store::{BlobId, CommitId, Edit, Expected},
    volume::{VolumeId, VolumePath},
    workflow::{self, Finding, Workflow, validate},
};

use crate::{
    Caller, Error, Page, Workbench,
    catalogue::{View, WorkflowFile, workflow_path},
    ids::{self, Point},
    saving,
    skills::target,
};

/// Which workflows are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowFilter {
    /// Which part of the list.
    pub page: Page,
}

impl Workbench {
    /// Lists the workflows that the caller sees.
    pub fn list_workflows(
        &self,
        caller: &Caller,
        filter: &WorkflowFilter,
    ) -> Result<WorkflowList, Error> {
        let view = self.catalogue.view(caller)?;
        let Page { limit, offset } = filter.page;
        let page = view.workflows.iter().skip(offset).take(limit);
        let broken = match offset {
            0 => self.broken_files(caller, &view, "workflows/")?,
            _ => Vec::new(),
        };
        Ok(WorkflowList {
            total: view.workflows.len(),
            workflows: page.map(|seen| summary(&seen.file)).collect(),
            broken,
        })
    }

    /// Reads a workflow: the nearest one, that of a volume, or what it was at a commit of that volume.
    pub fn read_workflow(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        at: Option<&Point>,
    ) -> Result<WorkflowView, Error> {
        if let Some(volume) = volume {
            caller.must(Action::Read, volume)?;
        }
        let view = self.catalogue.view(caller)?;
        let nearest = || view.workflow(id).map(|seen| seen.file.volume.clone());
        let volume = volume.cloned().or_else(nearest).ok_or_else(|| unknown_workflow(id, None))?;
        let snapshot = self.catalogue.snapshot(&volume)?;
        let now = snapshot.workflows.get(id);
        let (workflow, version, commit) = match (at, now, &snapshot.head) {
            (Some(at), ..) => {
                let path = now.map_or_else(|| workflow_path(id), |file| file.path.clone());
                let at = self.commit_of(&volume, at)?;
                let (workflow, version) = self.workflow_at(&volume, id, path, &at)?;
                (workflow, version, at)
            }
            (None, Some(file), Some(head)) => {
                (file.workflow.clone(), file.blob.clone(), head.clone())
            }
            _ => {
                let broken =
                    snapshot.broken.iter().find(|file| file.path == workflow_path(id).as_str());
                return Err(match broken {
                    Some(file) => Error::BrokenFile {
                        volume,
                        path: workflow_path(id),
                        diagnostics: file.diagnostics.clone(),
                    },
                    None => unknown_workflow(id, Some(&volume)),
                });
            }
        };
        let below = view.layers.iter().skip_while(|layer| layer.volume != volume).skip(1);
        Ok(WorkflowView {
            findings: validate(&workflow, &*view).iter().map(problem::Finding::from).collect(),
            workflow: (&workflow).into(),
            shadows: below
                .filter(|layer| layer.workflows.contains_key(id))
                .map(|layer| layer.volume.to_string())
                .collect(),
            volume: volume.to_string(),
            version: version.to_string(),
            commit: commit.to_string(),
        })
    }

    /// Saves a workflow, finished or not.
    ///
    /// Where the file is no longer what the change rests on, both changes are brought together; it
    /// fails with [`Error::Conflict`] where that is not possible. With `strictly` the file must still
    /// have that version.
    pub fn save_workflow(
        &self,
        caller: &Caller,
        asked: &SaveWorkflow,
        strictly: Option<&BlobId>,
    ) -> Result<SavedWorkflow, Error> {
        let volume = target(caller, asked.volume.as_deref())?;
        let workflow =
            asked.workflow.to_workflow().map_err(|findings| Error::BadWorkflow { findings })?;
        let base = asked.base_version.as_deref();
        let base = base.map(|base| ids::version("base_version", base)).transpose()?;
        let base = base.or_else(|| strictly.cloned());
        let try_once = || self.try_save(caller, asked, &volume, &workflow, base.as_ref(), strictly);
        // A version that must still be there does not come back.
        if strictly.is_some() { try_once() } else { saving::again_if_stale(try_once) }
    }

    fn try_save(
        &self,
        caller: &Caller,
        asked: &SaveWorkflow,
        volume: &VolumeId,
        workflow: &Workflow,
        base: Option<&BlobId>,
        strictly: Option<&BlobId>,
    ) -> Result<SavedWorkflow, Error> {
        let mut workflow = workflow.clone();
        let id = workflow.id.clone();
        let view = self.catalogue.view(caller)?;
        let snapshot = self.catalogue.snapshot(volume)?;
        let there = snapshot.workflows.get(&id);
        if let (None, Some(there)) = (&asked.workflow.body, there) {
            workflow.body.clone_from(&there.workflow.body);
        }
        let path = there.map_or_else(|| workflow_path(&id), |file| file.path.clone());
        let stale =
            || Error::Stale { path: path.clone(), current: there.map(|file| file.blob.clone()) };
        let mut merged = None;
        let expected = match (base, there) {
            (_, file)
                if strictly.is_some_and(|version| file.is_none_or(|it| it.blob != *version)) =>
            {
                return Err(stale());
            }
            (Some(base), Some(file)) if file.blob == *base => Expected::Version(base.clone()),
            (Some(base), Some(file)) => {
                let (value, view) = self.merged_workflow(file, base, &workflow, asked)?;
                (workflow, merged) = (value, Some(view));
                Expected::Version(file.blob.clone())
            }
            (None, None) => Expected::Absent,
            (None, Some(file)) => return Err(exists(&id, volume, file.blob.clone())),
            (Some(base), None) if is_elsewhere(&view, &id, base) => Expected::Absent,
            (Some(_), None) => return Err(stale()),
        };
        let text = printed(&path, &workflow)?;
        let version = BlobId::of(text.as_bytes());
        let message = format!(
            "workflow: save {id}\n\n{}, {}{}\n",
            counted(workflow.nodes.len(), "node"),
            counted(workflow.edges.len(), "edge"),
            saving::note(merged.as_ref())
        );
        let edit = Edit {
            path: path.clone(),
            expected: expected.clone(),
            content: Some(text.into_bytes()),
        };
        let commit = self.commit(caller, volume, vec![edit], message);
        let commit = commit.map_err(|error| match (error, expected) {
            (Error::Stale { current: Some(version), .. }, Expected::Absent) => {
                exists(&id, volume, version)
            }
            (error, _) => error,
        })?;
        Ok(SavedWorkflow {
            workflow_id: id.to_string(),
            volume: volume.to_string(),
            path: path.to_string(),
            version: Some(version.to_string()),
            commit: commit.to_string(),
            workflow: merged.is_some().then(|| (&workflow).into()),
            merged,
        })
    }

    /// Brings a change of a workflow together with what others changed since its base.
    fn merged_workflow(
        &self,
        file: &WorkflowFile,
        base: &BlobId,
        mine: &Workflow,
        asked: &SaveWorkflow,
    ) -> Result<(Workflow, MergedView), Error> {
        let stale = || Error::Stale { path: file.path.clone(), current: Some(file.blob.clone()) };
        let old = self.version(&file.volume, base)?.ok_or_else(stale)?;
        let old = workflow::parse(file.path.as_str(), &old).workflow.ok_or_else(stale)?;
        let mut mine = mine.clone();
        if asked.workflow.body.is_none() {
            mine.body.clone_from(&old.body);
        }
        let choices = saving::choices(&asked.choices);
        let merged = merge::workflows(&old, &mine, &file.workflow, &choices);
        if !merged.is_clean() {
            return Err(Error::Conflict {
                path: file.path.clone(),
                base: base.clone(),
                current: file.blob.clone(),
                conflicts: merged.conflicts.iter().map(Into::into).collect(),
            });
        }
        let theirs = diff::workflows(&old, &file.workflow);
        let old_file =
            saving::OldFile { path: &file.path, base: base.clone(), current: &file.blob };
        let words = theirs.iter().map(diff::Change::words).collect();
        Ok((merged.value, self.merged_view(&file.volume, &old_file, words)?))
    }

    /// Deletes a workflow. With `base` it must still have that version.
    pub fn delete_workflow(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        base: Option<&BlobId>,
    ) -> Result<SavedWorkflow, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let snapshot = self.catalogue.snapshot(&volume)?;
        let file = snapshot.workflows.get(id).ok_or_else(|| unknown_workflow(id, Some(&volume)))?;
        if base.is_some_and(|base| *base != file.blob) {
            return Err(Error::Stale { path: file.path.clone(), current: Some(file.blob.clone()) });
        }
        let edit = Edit {
            path: file.path.clone(),
            expected: Expected::Version(file.blob.clone()),
            content: None,
        };
        let commit = self.commit(caller, &volume, vec![edit], format!("workflow: delete {id}"))?;
        Ok(SavedWorkflow {
            workflow_id: id.to_string(),
            volume: volume.to_string(),
            path: file.path.to_string(),
            version: None,
            commit: commit.to_string(),
            merged: None,
            workflow: None,
        })
    }

    fn workflow_at(
        &self,
        volume: &VolumeId,
        id: &Slug,
        path: VolumePath,
        at: &CommitId,
    ) -> Result<(Workflow, BlobId), Error> {
        let found = self.store.list(volume, at, Some(&path))?;
        let Some(entry) = found.into_iter().find(|entry| entry.path == path) else {
            return Err(Error::Unknown {
                what: "workflow",
                id: id.to_string(),
                volume: Some(volume.clone()),
                hint: "`GET /volumes/history` lists the commits that changed it".to_owned(),
            });
        };
        let check = workflow::parse(path.as_str(), &self.store.read(volume, &entry.blob)?);
        match check.workflow {
            Some(workflow) => Ok((workflow, entry.blob)),
            None => Err(Error::BrokenFile {
                volume: volume.clone(),
                path,
                diagnostics: check.diagnostics.iter().map(problem::Diagnostic::from).collect(),
            }),
        }
    }
}

/// Prints a workflow, and makes sure that it can be read again.
fn printed(path: &VolumePath, workflow: &Workflow) -> Result<String, Error> {
    let text = workflow::print(workflow);
    let check = workflow::parse(path.as_str(), text.as_bytes());
    if check.workflow.is_some() {
        return Ok(text);
    }
    let finding = |found: &llmos_core::diagnostic::Diagnostic| {
        let finding = match found.severity {
            Severity::Error => Finding::error(found.code, found.message.clone()),
            Severity::Warning => Finding::warning(found.code, found.message.clone()),
        };
        problem::Finding { hint: found.hint.clone(), ..problem::Finding::from(&finding) }
    };
    Err(Error::BadWorkflow { findings: check.diagnostics.iter().map(finding).collect() })
}

/// Says whether a change rests on a workflow that the caller sees in another volume.
fn is_elsewhere(view: &View, id: &Slug, base: &BlobId) -> bool {
    view.layers.iter().any(|layer| layer.workflows.get(id).is_some_and(|file| file.blob == *base))
}

fn exists(id: &Slug, volume: &VolumeId, version: BlobId) -> Error {
    Error::Exists {
        what: "workflow",
        id: id.clone(),
        volume: volume.clone(),
        version,
        hint: "give its version as `base_version` to replace it, or save under another id",
    }
}

fn summary(file: &WorkflowFile) -> WorkflowSummary {
    let workflow = &file.workflow;
    WorkflowSummary {
        workflow_id: workflow.id.to_string(),
        name: workflow.name.clone(),
        description: workflow.description.clone(),
        tags: workflow.tags.clone(),
        volume: file.volume.to_string(),
        version: file.blob.to_string(),
        n_nodes: workflow.nodes.len(),
        n_edges: workflow.edges.len(),
    }
}

pub(crate) fn unknown_workflow(id: &Slug, volume: Option<&VolumeId>) -> Error {
    Error::Unknown {
        what: "workflow",
        id: id.to_string(),
        volume: volume.cloned(),
        hint:
            "choose another: the page lists them under `Workflows`, programs ask `GET /workflows`"
                .to_owned(),
    }
}

/// A number with its word: `1 edge`, `2 edges`.
fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
