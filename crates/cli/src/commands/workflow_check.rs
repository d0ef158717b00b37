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
    workflow::{self, Workflow, validate},
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
/// The file is a workflow's Markdown or the JSON of the API. Its skills are those that the program ships, those of
/// the user's and the system volume with `--volumes`, or those of a folder with `--skills`.
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
    /// Gathers the executable skills.
    pub(crate) fn load(&self) -> Result<BTreeMap<Slug, Executable>, Failure> {
        if let Some(folder) = &self.skills {
            let texts = files::markdown(folder)?.into_iter().map(|path| {
                let bytes = files::read(&path)?;
                Ok((files::text(&path), bytes))
            });
            let texts: Result<Vec<_>, Failure> = texts.collect();
            return Ok(library::executable_of(texts?));
        }
        let mut skills = library::executable();
        if let Some(root) = &self.volumes {
            let store = GitStore::open(root.clone());
            for volume in [VolumeId::System, VolumeId::User(self.user.clone())] {
                skills.extend(library::executable_of(texts_of(&store, &volume)?));
            }
        }
        Ok(skills)
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
                found.extend(texts_of(&store, &volume)?);
            }
        }
        Ok(found)
    }
}

/// Reads the skill files of a volume.
fn texts_of(store: &dyn Store, volume: &VolumeId) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let failed = |error: llmos_core::store::StoreError| {
        Failure::new(FailureKind::Input, error.to_string(), "check the folder of the volumes")
    };
    let Some(head) = store.head(volume).map_err(failed)? else { return Ok(Vec::new()) };
    let folder = "skills".parse().expect("because it is one plain name");
    let entries = store.list(volume, &head, Some(&folder)).map_err(failed)?;
    let skills = entries.into_iter().filter(|entry| entry.path.as_str().ends_with(".md"));
    let read = |entry: llmos_core::store::Entry| {
        Ok((entry.path.to_string(), store.read(volume, &entry.blob).map_err(failed)?))
    };
    skills.map(read).collect()
}
