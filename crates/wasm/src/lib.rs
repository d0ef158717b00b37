//! The browser's face of core and api: JSON strings in and out.
//!
//! No rule lives here. Whatever is refused is thrown as an `Error` whose message
//! says what is wrong and, after a line break, what to do. A panic is thrown as
//! an `Error` as well; after one, load the module again.

mod run;

use llmos_api::{
    package::{NeededPackages, PackageLock},
    problem::{Diagnostic, Finding, Severity},
    run::{ConnectView, PlanView, Refusal, RunOptions},
    skill::{Skills, SkillsById},
    sweep::{ComparisonDoc, ExpandedDoc, SweepDoc},
    workflow::WorkflowDoc,
};
use llmos_core::{
    diagnostic, digest,
    run::Plan,
    skill, sweep,
    workflow::{self, Workflow},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

pub use run::Run;

/// Makes a panic an `Error` with its message.
#[wasm_bindgen(start)]
pub fn install_panic_hook() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|info| {
        wasm_bindgen::throw_str(&format!("the engine failed: {info}"))
    }));
}

/// Says what is wrong with a skill file: the record of `llmos skill check --json`.
#[wasm_bindgen(js_name = checkSkill)]
pub fn check_skill(path: &str, text: &str) -> Result<String, JsError> {
    let check = skill::check(path, text.as_bytes());
    let is_error = |found: &diagnostic::Diagnostic| found.severity == diagnostic::Severity::Error;
    print(&json!({
        "path": path,
        "ok": !check.diagnostics.iter().any(is_error),
        "kind": check.kind.as_str(),
        "id": check.id,
        "name": check.name,
        "description": check.description,
        "frontmatter": check.frontmatter,
        "diagnostics": diagnostics(&check.diagnostics),
    }))
}

/// Says what is wrong with a workflow, given its skills by id.
///
/// Workflows that nodes run stand among the skills, as `GET /workflows/skills/executable`
/// gives them; they may be filed under any name.
#[wasm_bindgen(js_name = checkWorkflow)]
pub fn check_workflow(doc: &str, skills: &str) -> Result<String, JsError> {
    let doc: WorkflowDoc = read("workflow", doc)?;
    let skills: SkillsById = read("skills", skills)?;
    let findings = match doc.to_workflow() {
        Ok(workflow) => {
            let found = workflow::validate(&workflow, &Skills::from(&skills));
            found.iter().map(Finding::from).collect()
        }
        Err(findings) => findings,
    };
    print(&findings)
}

/// Says whether an output of one type may feed an input of another: `{ok, message, hint}`.
#[wasm_bindgen(js_name = canConnect)]
pub fn can_connect(from_type: &str, to_type: &str) -> Result<String, JsError> {
    print(&ConnectView::new(from_type, to_type))
}

/// Says which packages each Python skill needs of those in a lock: `{skill_id: {load, versions, chooses, error?}}`.
#[wasm_bindgen(js_name = neededPackages)]
pub fn needed_packages(skills: &str, lock: &str) -> Result<String, JsError> {
    let skills: SkillsById = read("skills", skills)?;
    let lock: PackageLock = read("lock", lock)?;
    print(&NeededPackages::of(&skills, &lock))
}

/// Plans a workflow: `{levels, keys}`. The options are those of a run.
#[wasm_bindgen(js_name = planWorkflow)]
pub fn plan_workflow(doc: &str, skills: &str, options: Option<String>) -> Result<String, JsError> {
    let options: RunOptions =
        options.map_or(Ok(RunOptions::default()), |text| read("options", &text))?;
    print(&PlanView::from(&plan(doc, skills, &options)?))
}

/// Reads the file of a workflow: `{workflow, diagnostics}`.
#[wasm_bindgen(js_name = parseWorkflow)]
pub fn parse_workflow(text: &str) -> Result<String, JsError> {
    let check = workflow::parse("", text.as_bytes());
    print(&json!({
        "workflow": check.workflow.as_ref().map(WorkflowDoc::from),
        "diagnostics": diagnostics(&check.diagnostics),
    }))
}

/// Prints a workflow as the file that is kept in a volume.
#[wasm_bindgen(js_name = printWorkflow)]
pub fn print_workflow(doc: &str) -> Result<String, JsError> {
    Ok(workflow::print(&workflow_of(doc)?))
}

/// Makes an id for a new node of a skill that is not among those taken.
#[wasm_bindgen(js_name = newNodeId)]
pub fn new_node_id(taken: &str, skill_id: &str) -> Result<String, JsError> {
    let taken: std::collections::BTreeSet<String> = read("ids", taken)?;
    Ok(workflow::new_node_id(skill_id, |id| taken.contains(id)).to_string())
}

/// Makes one workflow of all runs of a sweep: `{workflow, runs: [{index, values, nodes}]}`.
///
/// The sweep: `{axes: [{node, port, values} | {node, port, from, to, steps, scale?}], mode?, parts?}`,
/// where `parts` is what `POST /workflows/execute` answered with the workflow.
#[wasm_bindgen(js_name = expandSweep)]
pub fn expand_sweep(doc: &str, skills: &str, sweep: &str) -> Result<String, JsError> {
    let workflow = workflow_of(doc)?;
    let skills: SkillsById = read("skills", skills)?;
    let sweep: SweepDoc = read("sweep", sweep)?;
    let (sweep, parts) = sweep.to_sweep().map_err(|refusal| refused(&refusal))?;
    let expanded = sweep::expand(&workflow, &parts, &Skills::from(&skills), &sweep)
        .map_err(|error| refused(&error.into()))?;
    print(&ExpandedDoc::from(&expanded))
}

/// Returns the hash of a result as a trace writes it: equal for equal results, noise apart.
#[wasm_bindgen(js_name = resultHash)]
pub fn result_hash(json: &str) -> Result<String, JsError> {
    Ok(digest::result_hash(&read("result", json)?))
}

/// Compares two results as traces write them: `{equal, n_differences, differences: [{path, a, b}]}`.
///
/// Numbers are equal when they differ by no more than `tolerance` times the larger one.
#[wasm_bindgen(js_name = compareResults)]
pub fn compare_results(a: &str, b: &str, tolerance: f64) -> Result<String, JsError> {
    let (a, b): (Value, Value) = (read("first result", a)?, read("second result", b)?);
    print(&ComparisonDoc::from(digest::compare(&a, &b, tolerance)))
}

fn workflow_of(doc: &str) -> Result<Workflow, JsError> {
    let doc: WorkflowDoc = read("workflow", doc)?;
    doc.to_workflow().map_err(|findings| invalid(&findings))
}

/// Grows the memory once for a large workflow, which takes far less time than growing it page by page.
fn make_room(doc: &str) {
    const LARGE: usize = 256 << 10;
    /// About how many bytes a plan takes for each byte of its document.
    const BYTES_PER_BYTE: usize = 16;
    if doc.len() > LARGE {
        let mut room: Vec<u8> = Vec::new();
        // Without the room it goes on as before, only slower.
        let _ = room.try_reserve_exact(doc.len().saturating_mul(BYTES_PER_BYTE));
        std::hint::black_box(&room);
    }
}

fn plan(doc: &str, skills: &str, options: &RunOptions) -> Result<Plan, JsError> {
    make_room(doc);
    let workflow = workflow_of(doc)?;
    let skills: SkillsById = read("skills", skills)?;
    Plan::new(&workflow, &Skills::from(&skills), &options.versions())
        .map_err(|found| invalid(&found.iter().map(Finding::from).collect::<Vec<_>>()))
}

/// Throws what is wrong with a workflow: the first error, and how many there are.
fn invalid(findings: &[Finding]) -> JsError {
    let errors: Vec<_> =
        findings.iter().filter(|found| found.severity == Severity::Error).collect();
    let Some(first) = errors.first() else { return JsError::new("the workflow cannot run") };
    let more = match errors.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let hint = first.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
    JsError::new(&format!("the workflow cannot run: {}{more}{hint}", first.message))
}

fn diagnostics(found: &[diagnostic::Diagnostic]) -> Value {
    let found: Vec<_> = found.iter().map(Diagnostic::from).collect();
    serde_json::to_value(found).unwrap_or_default()
}

fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, JsError> {
    serde_json::from_str(text)
        .map_err(|err| JsError::new(&format!("bad JSON for the {what}: {err}")))
}

fn print(value: &impl Serialize) -> Result<String, JsError> {
    serde_json::to_string(value).map_err(|err| JsError::new(&err.to_string()))
}

fn refused(refusal: &Refusal) -> JsError {
    JsError::new(&format!("{}\n{}", refusal.message, refusal.hint))
}
