//! `llmos workflow check`

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use llmos_api::{
    problem::{Diagnostic, Finding, Severity},
    workflow::WorkflowDoc,
};
use llmos_core::{
    diagnostic,
    skill::Executable,
    slug::Slug,
    store::Store,
    volume::VolumeId,
    workflow::{self, Inner, SkillSource, Workflow, validate},
};
use llmos_volumes::GitStore;
use serde::Serialize;

use super::files;
use crate::{
    failure::{FOUND, Failure, FailureKind},
    library,
    out::{Heard, Out, say},
};

/// Say what is wrong with a workflow file
///
/// The file is a workflow's Markdown or the JSON of the API. Its skills, and the workflows that its nodes name, are
/// those that the program ships, those of the user's and the system volume with `--volumes`, or those of a folder
/// with `--skills`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    skills: SkillArgs,
}

/// Where the skills of a workflow come from.
#[derive(clap::Args)]
pub(crate) struct SkillArgs {
    /// Take the skills of this folder, and no others
    #[arg(long, value_name = "FOLDER", conflicts_with = "volumes")]
    skills: Option<PathBuf>,
    /// Take the skills of these volumes as well
    #[arg(long, value_name = "FOLDER")]
    volumes: Option<PathBuf>,
    /// Whose volume lies over the system's
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
}

/// The skills and workflows that nodes can name.
#[derive(Default)]
pub(super) struct Shelf {
    skills: BTreeMap<Slug, Executable>,
    workflows: BTreeMap<Slug, Workflow>,
}

/// What is said of a workflow.
#[derive(Serialize)]
struct Record {
    path: String,
    ok: bool,
    workflow_id: Option<String>,
    diagnostics: Vec<Diagnostic>,
    findings: Vec<Finding>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let skills = args.skills.load()?;
    let read = read(&args.file)?;
    let findings = read.workflow.as_ref().map_or(read.findings, |workflow| {
        validate(workflow, &skills).iter().map(Finding::from).collect()
    });
    let wrong = read.workflow.is_none()
        || read.diagnostics.iter().any(|found| found.severity == Severity::Error)
        || findings.iter().any(|found| found.severity == Severity::Error);
    let record = Record {
        path: files::text(&args.file),
        ok: !wrong,
        workflow_id: read.workflow.map(|workflow| workflow.id.to_string()),
        diagnostics: read.diagnostics,
        findings,
    };
    let mut out = Out::new();
    // What was found decides the exit code, whether or not anybody read it to the end.
    let _ = if args.json { out.json(&record)? } else { print(&mut out, &record)? };
    out.finish()?;
    if !args.json && record.ok {
        say(&format!("{} can run", record.path));
    }
    Ok(if record.ok { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

fn print(out: &mut Out, record: &Record) -> Heard {
    let mut heard = super::print_diagnostics(out, &record.path, &record.diagnostics)?;
    for found in &record.findings {
        if heard.is_break() {
            break;
        }
        let severity = super::name(found.severity);
        let (message, code) = (&found.message, &found.code);
        heard = out.line(&format!("{}: {severity}: {message} [{code}]", record.path))?;
        if let (true, Some(hint)) = (heard.is_continue(), &found.hint) {
            heard = out.line(&format!("  hint: {hint}"))?;
        }
    }
    Ok(heard)
}

/// What a workflow file gave.
pub(super) struct ReadFile {
    pub(super) workflow: Option<Workflow>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) findings: Vec<Finding>,
}

/// Reads a workflow from Markdown, or from JSON as the API speaks it.
pub(super) fn read(path: &Path) -> Result<ReadFile, Failure> {
    let bytes = files::read_graph(path)?;
    let is_json = path.extension().is_some_and(|ext| ext == "json")
        || bytes.trim_ascii_start().starts_with(b"{");
    if !is_json {
        let check = workflow::parse(&files::text(path), &bytes);
        let diagnostics = check.diagnostics.iter().map(Diagnostic::from).collect();
        return Ok(ReadFile { workflow: check.workflow, diagnostics, findings: Vec::new() });
    }
    let mut file = ReadFile { workflow: None, diagnostics: Vec::new(), findings: Vec::new() };
    match serde_json::from_slice::<WorkflowDoc>(&bytes) {
        Ok(doc) => match doc.to_workflow() {
            Ok(workflow) => file.workflow = Some(workflow),
            Err(findings) => file.findings = findings,
        },
        Err(error) => {
            let at =
                diagnostic::Position { line: error.line().max(1), column: error.column().max(1) };
            let found = diagnostic::Diagnostic::error("bad-json", at, error.to_string())
                .with_hint("write the workflow as `POST /workflows/save` takes it");
            file.diagnostics.push((&found).into());
        }
    }
    Ok(file)
}

impl SkillArgs {
    /// Gathers the executable skills, and the workflows that nodes can name.
    pub(super) fn load(&self) -> Result<Shelf, Failure> {
        let mut shelf = Shelf::default();
        if let Some(folder) = &self.skills {
            let read = |path: PathBuf| Ok((files::text(&path), files::read(&path)?));
            let texts: Result<Vec<_>, Failure> =
                files::markdown(folder)?.into_iter().map(read).collect();
            let texts = texts?;
            shelf.add_workflows(&texts);
            shelf.skills = library::executable_of(texts);
            return Ok(shelf);
        }
        let shipped: Vec<_> = library::files()
            .into_iter()
            .filter(|file| file.path.as_str().starts_with("workflows/"))
            .map(|file| (file.path.to_string(), file.content))
            .collect();
        shelf.add_workflows(&shipped);
        shelf.skills = library::executable();
        if let Some(root) = &self.volumes {
            let store = GitStore::open(root.clone());
            for volume in [VolumeId::System, VolumeId::User(self.user.clone())] {
                shelf.add_workflows(&texts_of(&store, &volume, "workflows")?);
                let skills = texts_of(&store, &volume, "skills")?;
                shelf.skills.extend(library::executable_of(skills));
            }
        }
        Ok(shelf)
    }

    /// Reads the files of all skills; of an id the last counts.
    pub(crate) fn files(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        if let Some(folder) = &self.skills {
            let read = |path: PathBuf| {
                let bytes = files::read(&path)?;
                Ok((files::text(&path), bytes))
            };
            return files::markdown(folder)?.into_iter().rev().map(read).collect();
        }
        let shipped = library::files().into_iter();
        let shipped = shipped.filter(|file| file.path.as_str().starts_with("skills/"));
        let mut found: Vec<(String, Vec<u8>)> =
            shipped.map(|file| (file.path.to_string(), file.content)).collect();
        if let Some(root) = &self.volumes {
            let store = GitStore::open(root.clone());
            for volume in [VolumeId::System, VolumeId::User(self.user.clone())] {
                found.extend(texts_of(&store, &volume, "skills")?);
            }
        }
        Ok(found)
    }
}

impl Shelf {
    /// Adds the workflows among files. Of an id the first counts, and it takes the place of what was there.
    fn add_workflows(&mut self, files: &[(String, Vec<u8>)]) {
        let read = |(path, content): &(String, Vec<u8>)| workflow::parse(path, content).workflow;
        let found = files.iter().rev().filter_map(read);
        self.workflows.extend(found.map(|workflow| (workflow.id.clone(), workflow)));
    }
}

impl SkillSource for Shelf {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.skills.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.skills.keys().collect()
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        self.workflows.get(id).map(Inner::Whole)
    }

    fn workflow_ids(&self) -> Vec<&Slug> {
        self.workflows.keys().collect()
    }
}

/// Reads the Markdown files of a folder of a volume.
fn texts_of(
    store: &dyn Store,
    volume: &VolumeId,
    folder: &str,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let failed = |error: llmos_core::store::StoreError| {
        Failure::new(FailureKind::Input, error.to_string(), "check the folder of the volumes")
    };
    let Some(head) = store.head(volume).map_err(failed)? else { return Ok(Vec::new()) };
    let folder = folder.parse().expect("because it is one plain name");
    let entries = store.list(volume, &head, Some(&folder)).map_err(failed)?;
    let files = entries.into_iter().filter(|entry| entry.path.as_str().ends_with(".md"));
    let read = |entry: llmos_core::store::Entry| {
        Ok((entry.path.to_string(), store.read(volume, &entry.blob).map_err(failed)?))
    };
    files.map(read).collect()
}
