//! From the arguments to a workflow that can run, with its skills and values.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_api::{
    problem::Severity,
    skill::Port,
    trace::{NodeReport, NodeState, RunReport},
    workflow::{ExecuteWorkflow, RunPayload, WorkflowDoc},
};
use llmos_core::{
    slug::Slug,
    store::Store,
    trace::{TraceId, TraceIdError},
    volume::{VolumeId, VolumePath},
};
use llmos_headless::Gpu;
use llmos_members::MembersFile;
use llmos_packages::Cache;
use llmos_volumes::GitStore;
use llmos_workbench::{Caller, LargeValues, Workbench};

use super::inputs::{Given, unknown};
use crate::{
    commands::{files, workflow_check},
    failure::{Failure, FailureKind},
    library,
    overlay::Overlay,
    packages::Place,
    world::Machine,
};

/// The nodes that had a part in a run, where some had none.
pub(super) fn part_of(then: &RunReport) -> Option<Vec<Slug>> {
    let idle = |node: &&NodeReport| node.state == NodeState::Idle;
    then.nodes.iter().find(idle)?;
    Some(
        then.nodes
            .iter()
            .filter(|node| !idle(node))
            .filter_map(|node| node.node.parse().ok())
            .collect(),
    )
}

/// Looks for a graphics processor where a skill of the run needs one.
pub(super) fn gpu(payload: &RunPayload) -> Option<Gpu> {
    payload.skills.values().any(|skill| skill.ty == "webgpu").then(Gpu::find)
}

/// Where workflows and skills come from.
#[derive(clap::Args)]
pub(crate) struct From {
    /// The folder that holds the volumes; without one, the skills are those of the program
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    #[command(flatten)]
    packages: Place,
    /// Whose volume lies over the system's, and keeps the trace
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// The team whose volume lies between the two
    #[arg(long, value_name = "TEAM")]
    team: Option<Slug>,
    /// Take the skills of this folder before all others
    #[arg(long, value_name = "FOLDER")]
    skills: Option<PathBuf>,
}

/// The workbench in the name of the user.
pub(super) struct Bench {
    workbench: Workbench,
    caller: Caller,
}

impl From {
    /// The package cache.
    pub(crate) fn packages(&self) -> Cache {
        self.packages.cache(&self.volumes)
    }

    /// Puts the volumes together, in the name of the user. Nothing is written.
    pub(super) fn workbench(&self) -> Result<Bench, Failure> {
        let workbench = self.open()?;
        let (user, team) = self.who();
        let caller = workbench.caller(user, team)?;
        Ok(Bench { workbench, caller })
    }

    /// Returns the user and the team that were named.
    pub(crate) fn who(&self) -> (Slug, Option<Slug>) {
        (self.user.clone(), self.team.clone())
    }

    /// Puts the volumes together. Nothing is written.
    pub(crate) fn open(&self) -> Result<Workbench, Failure> {
        let store = GitStore::open(self.volumes.clone());
        let seeded = store.head(&VolumeId::System).is_ok_and(|head| head.is_some());
        let mut store = Overlay::new(store);
        if !seeded {
            let files = library::files().into_iter().map(|file| (file.path, file.content));
            store.lay(VolumeId::System, files);
        }
        if let Some(folder) = &self.skills {
            store.lay(VolumeId::User(self.user.clone()), skill_files(folder)?);
        }
        let directory = Arc::new(MembersFile::beside(&self.volumes));
        Ok(Workbench::new(Arc::new(store), Arc::new(Machine)).with_directory(directory))
    }
}

/// Reads the skills of a folder, each under the path that it would have in a volume.
fn skill_files(folder: &Path) -> Result<Vec<(VolumePath, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for path in files::markdown(folder)? {
        let content = files::read(&path)?;
        let Some(skill) = llmos_core::skill::check(&files::text(&path), &content).skill else {
            continue;
        };
        let place: Option<VolumePath> = format!("skills/{}.md", skill.id).parse().ok();
        found.extend(place.map(|place| (place, content)));
    }
    Ok(found)
}

impl Bench {
    /// Reads a workflow, gives its inputs their values, and gathers what it needs to run.
    pub(super) fn payload(&self, named: &str, given: &[String]) -> Result<RunPayload, Failure> {
        let mut doc = self.document(named)?;
        self.give(&mut doc, given)?;
        let asked = ExecuteWorkflow { workflow: Some(doc), ..ExecuteWorkflow::default() };
        Ok(self.workbench.execute_workflow(&self.caller, &asked)?.payload)
    }

    /// Gathers what ran when a trace was made, and reads what came out.
    pub(super) fn replay(&self, trace: &str) -> Result<(RunPayload, RunReport), Failure> {
        let id: TraceId = trace.parse().map_err(|error: TraceIdError| {
            Failure::new(FailureKind::Usage, error.to_string(), error.hint())
        })?;
        let asked = ExecuteWorkflow { trace_id: Some(id.to_string()), ..Default::default() };
        let ready = self.workbench.execute_workflow(&self.caller, &asked)?;
        let then = self.workbench.read_trace(&self.caller, &id, LargeValues::Inside)?;
        if then.note.is_some() {
            let message = format!("trace `{id}` holds more than can be compared at once");
            let hint = "look at it with `llmos serve`, or run its workflow again".to_owned();
            return Err(Failure::new(FailureKind::Refused, message, hint));
        }
        Ok((ready.payload, then.run))
    }

    /// Keeps the trace of a run and returns its id.
    pub(super) fn save(&self, report: RunReport) -> Result<String, Failure> {
        Ok(self.workbench.save_trace(&self.caller, report)?.trace_id)
    }

    fn document(&self, named: &str) -> Result<WorkflowDoc, Failure> {
        let path = Path::new(named);
        if !path.exists()
            && let Ok(id) = named.parse::<Slug>()
        {
            return Ok(self.workbench.read_workflow(&self.caller, &id, None, None)?.workflow);
        }
        let read = workflow_check::read(path)?;
        if let Some(workflow) = &read.workflow {
            return Ok(WorkflowDoc::from(workflow));
        }
        let broken = read.diagnostics.iter().find(|found| found.severity == Severity::Error);
        let what = broken.map(|found| format!("line {}: {}", found.line, found.message));
        let what = what.or_else(|| read.findings.first().map(|found| found.message.clone()));
        Err(Failure::new(
            FailureKind::Usage,
            format!("`{}` is no workflow: {}", files::printable(path), what.unwrap_or_default()),
            "run `llmos workflow check` on it",
        ))
    }

    /// Puts values from the command line into a workflow.
    fn give(&self, doc: &mut WorkflowDoc, given: &[String]) -> Result<(), Failure> {
        let mut ports: BTreeMap<String, Vec<Port>> = BTreeMap::new();
        let fed: BTreeSet<(String, String)> =
            doc.edges.iter().map(|edge| (edge.to.node.clone(), edge.to.port.clone())).collect();
        for argument in given {
            let given = Given::read(argument)?;
            let ids: Vec<&str> = doc.nodes.iter().map(|node| node.id.as_str()).collect();
            let Some(at) = ids.iter().position(|id| *id == given.node) else {
                return Err(unknown("node", given.node, &ids));
            };
            let node = &mut doc.nodes[at];
            let known = match ports.get(&node.id) {
                Some(known) => known,
                None => {
                    let known = self.inputs_of(&node.skill_id)?;
                    ports.entry(node.id.clone()).or_insert(known)
                }
            };
            let Some(port) = known.iter().find(|port| port.name == given.port) else {
                let names: Vec<&str> = known.iter().map(|port| port.name.as_str()).collect();
                let what = format!("input of node `{}` called", given.node);
                return Err(unknown(&what, given.port, &names));
            };
            if fed.contains(&(given.node.to_owned(), given.port.to_owned())) {
                let message =
                    format!("`{}.{}` gets its value from another node", given.node, given.port);
                let hint = "give a value to an input of that node, or take the edge out";
                return Err(Failure::new(FailureKind::Usage, message, hint));
            }
            let value = given.value(port)?;
            node.inputs.insert(given.port.to_owned(), value);
        }
        Ok(())
    }

    fn inputs_of(&self, skill: &str) -> Result<Vec<Port>, Failure> {
        let id: Slug = skill.parse().map_err(|error: llmos_core::slug::SlugError| {
            Failure::new(FailureKind::Usage, error.to_string(), "run `llmos workflow check` on it")
        })?;
        Ok(self.workbench.read_executable(&self.caller, &id)?.inputs)
    }
}
