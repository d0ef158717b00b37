//! `llmos proposal check`

use std::{collections::BTreeMap, process::ExitCode};

use llmos_api::{
    proposal::{CheckOutcome, ProposalView},
    skill::ExecutableSkill,
    trace::{NodeReport, Outcome},
    workflow::{NodeDoc, RunPayload, WorkflowDoc},
};
use llmos_core::review::visible;
use serde_json::json;

use super::show::read;
use crate::{
    commands::{place::Place, run::once},
    failure::{FOUND, Failure},
    out::Out,
    packages,
};

/// Check a proposal, and run its skill once with the values that it brings
///
/// The skill runs in Node.js behind the wall that `llmos run` uses: without network, files and environment. Exits with
/// 1 when a check fails or the skill does.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id, or its first digits
    #[arg(value_name = "ID")]
    id: String,
    /// Do not run it
    #[arg(long)]
    no_run: bool,
    #[command(flatten)]
    packages: packages::Place,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = place.open()?;
    let view = read(&workbench, &caller, &args.id)?;
    let node = match &view.example {
        Some(skill) if !args.no_run => {
            let report = once(example(skill), &args.packages.cache(place.volumes()))?;
            report.nodes.into_iter().next().map(|node| (report.outcome, node))
        }
        _ => None,
    };
    let mut out = Out::new();
    if place.json() {
        let ran = node.as_ref().map(|(outcome, node)| json!({"outcome": outcome, "node": node}));
        let _heard =
            out.json(&json!({"id": view.summary.id, "checks": view.checks, "example": ran}))?;
    } else {
        for line in lines(&view, node.as_ref(), args.no_run) {
            if out.line(&line)?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    let failed = view.checks.iter().any(|check| check.outcome == CheckOutcome::Failed);
    let ran = node.is_none_or(|(outcome, _)| outcome == Outcome::Success);
    Ok(if failed || !ran { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn lines(view: &ProposalView, ran: Option<&(Outcome, NodeReport)>, no_run: bool) -> Vec<String> {
    let word = |outcome| match outcome {
        CheckOutcome::Passed => "ok",
        CheckOutcome::Warned => "look",
        CheckOutcome::Failed => "FAILED",
    };
    let mut lines: Vec<String> = view
        .checks
        .iter()
        .map(|check| format!("{:<6} {}: {}", word(check.outcome), check.code, visible(&check.text)))
        .collect();
    lines.push(match ran {
        Some((Outcome::Success, node)) => {
            let ports: Vec<&str> = node.outputs.keys().map(String::as_str).collect();
            format!("ok     example: it ran and gave {}", ports.join(", "))
        }
        Some((_, node)) => {
            let why = node.error.as_ref().map(|error| error.message.clone()).unwrap_or_default();
            format!("FAILED example: {}", why.lines().map(visible).collect::<Vec<_>>().join(" "))
        }
        None if no_run => "-      example: not run".to_owned(),
        None => "-      example: it needs values that it does not bring".to_owned(),
    });
    lines
}

/// A workflow of one node that runs the skill.
fn example(skill: &ExecutableSkill) -> RunPayload {
    let node = NodeDoc {
        id: "example".to_owned(),
        skill_id: skill.skill_id.clone(),
        workflow: None,
        name: None,
        inputs: BTreeMap::new(),
        timeout_ms: None,
        memory_mb: None,
        retries: None,
        position: None,
    };
    let workflow = WorkflowDoc {
        workflow_id: "example".to_owned(),
        name: skill.name.clone(),
        description: String::new(),
        tags: Vec::new(),
        version: None,
        author: None,
        body: None,
        nodes: vec![node],
        edges: Vec::new(),
        interface: None,
    };
    RunPayload {
        workflow,
        skills: [(skill.skill_id.clone(), skill.clone())].into(),
        parts: BTreeMap::new(),
        workflow_volume: None,
        workflow_version: None,
    }
}
