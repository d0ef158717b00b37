//! `llmos proposal show`

use std::process::ExitCode;

use llmos_api::proposal::{
    CheckOutcome, LineChange, ProposalSummary, ProposalView, ProposedFile, TextPiece,
};
use llmos_core::{review, store::CommitId, volume::VolumeId};
use llmos_workbench::{Caller, Workbench};

use crate::{
    commands::place::Place,
    failure::{Failure, FailureKind},
    out::Out,
};

/// Show what a proposal changes, what its skill may do, and what was checked
///
/// Characters that cannot be seen are shown by their names.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id, or its first digits
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = place.open()?;
    let view = read(&workbench, &caller, &args.id)?;
    let mut out = Out::new();
    if place.json() {
        let _heard = out.json(&view)?;
    } else {
        for line in lines(&view) {
            if out.line(&line)?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Finds the one proposal whose id begins like this.
pub(super) fn find(
    workbench: &Workbench,
    caller: &Caller,
    id: &str,
) -> Result<ProposalSummary, Failure> {
    let all = workbench.list_proposals(caller, None, None)?.proposals;
    let mut found = all.into_iter().filter(|one| id.len() >= 4 && one.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::new(
            FailureKind::Refused,
            format!("there is no proposal `{}`", review::visible(id)),
            "take an id that `llmos proposal list --all` prints, or at least 4 digits of it",
        )),
        (Some(_), Some(_)) => Err(Failure::new(
            FailureKind::Refused,
            format!("several proposals begin with `{id}`"),
            "give more digits",
        )),
    }
}

/// Reads all about the one proposal whose id begins like this.
pub(super) fn read(
    workbench: &Workbench,
    caller: &Caller,
    id: &str,
) -> Result<ProposalView, Failure> {
    let found = find(workbench, caller, id)?;
    let volume: Option<VolumeId> = found.volume.parse().ok();
    Ok(workbench.read_proposal(caller, &CommitId(found.id), volume.as_ref())?)
}

fn lines(view: &ProposalView) -> Vec<String> {
    let ProposalView { summary, .. } = view;
    let verb = if view.replaces { "replaces" } else { "is new in" };
    let mut lines = vec![
        format!("proposal {}", summary.id),
        format!(
            "{} ({}), proposed by {} on {}",
            summary.skill_id,
            summary.state.as_str(),
            summary.user,
            summary.time
        ),
        format!("{verb} volume {}, on branch {}", summary.volume, summary.branch),
    ];
    lines.extend(summary.provenance.as_ref().map(|from| {
        format!(
            "from {}, version {}, brought by {}",
            from.from,
            from.version,
            review::visible(&from.author)
        )
    }));
    lines.extend(summary.reason.lines().map(|line| format!("    {}", review::visible(line))));
    if let Some(decision) = &summary.decision {
        lines.push(format!(
            "{} by {} on {}: commit {}",
            summary.state.as_str(),
            review::visible(&decision.by),
            decision.time,
            decision.commit
        ));
        lines.extend(decision.reason.lines().map(|line| format!("    {}", review::visible(line))));
    }
    lines.push("\nwhat it may do:".to_owned());
    for fact in &view.facts {
        let mark = if fact.caution { "!" } else { "-" };
        let before = match fact.before.as_deref() {
            None => String::new(),
            Some("") => "  (new)".to_owned(),
            Some(before) => format!("  (before: {before})"),
        };
        lines.push(format!("  {mark} {}{before}", review::visible(&fact.text)));
    }
    if !view.checks.is_empty() {
        lines.push("\nchecks:".to_owned());
    }
    for check in &view.checks {
        let word = match check.outcome {
            CheckOutcome::Passed => "ok",
            CheckOutcome::Warned => "look",
            CheckOutcome::Failed => "FAILED",
        };
        lines.push(format!("  {word:<6} {}", review::visible(&check.text)));
        if check.outcome != CheckOutcome::Passed {
            lines.extend(check.hint.iter().map(|hint| format!("         hint: {hint}")));
        }
    }
    view.files.iter().for_each(|file| diff(file, &mut lines));
    lines
}

fn diff(file: &ProposedFile, lines: &mut Vec<String>) {
    lines.push(format!("\n{}", review::visible(&file.path)));
    for field in &file.fields {
        let short = |text: &Option<String>| match text {
            Some(text) if text.lines().count() > 1 => "…".to_owned(),
            Some(text) => text.clone(),
            None => "nothing".to_owned(),
        };
        lines.push(format!("  {}: {} → {}", field.name, short(&field.before), short(&field.after)));
    }
    for hunk in &file.hunks {
        lines.push("  @@".to_owned());
        for line in &hunk.lines {
            let sign = match line.change {
                LineChange::Same => ' ',
                LineChange::Removed => '-',
                LineChange::Added => '+',
            };
            let text: String = line.pieces.iter().map(shown).collect();
            lines.push(format!("  {sign}{text}"));
        }
    }
}

fn shown(piece: &TextPiece) -> String {
    if piece.hidden { format!("⟨{}⟩", piece.text) } else { piece.text.clone() }
}
