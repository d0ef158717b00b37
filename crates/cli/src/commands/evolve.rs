//! `llmos evolve`

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::ValueEnum;
use llmos_api::evolution::{EvolveReport, EvolveRequest, EvolveScope, PatternView};
use llmos_core::slug::Slug;
use llmos_members::MembersFile;
use llmos_volumes::GitStore;
use llmos_workbench::Workbench;

use super::files::escaped;
use crate::{
    failure::Failure,
    learning::{Beside, Learning},
    out::Out,
    world::Machine,
};

/// Learn from the traces: write drafts of skills for what recurs
///
/// A draft holds the skill and its evidence, and stands in `memory/drafts` of the volume. It becomes a skill when
/// somebody accepts it, or at once with `--apply`. Each trace is read once; a second pass without new traces changes
/// nothing.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    from: From,
    /// Make skills of drafts that proved themselves
    #[arg(long)]
    apply: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Whose traces are looked at.
#[derive(clap::Args)]
pub(crate) struct From {
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// Whose traces are looked at
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// The team they work in; with `--scope team` the one that is meant
    #[arg(long, value_name = "TEAM")]
    team: Option<Slug>,
    /// Whose traces: those of the user, of all members of the team, or of everybody
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,
    #[command(flatten)]
    learning: Learning,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    User,
    Team,
    System,
}

impl From {
    /// Makes one pass.
    pub(crate) fn evolve(&self, apply: bool, dry_run: bool) -> Result<EvolveReport, Failure> {
        let store = GitStore::open(self.volumes.clone());
        let directory = Arc::new(MembersFile::beside(&self.volumes));
        let workbench = Workbench::new(Arc::new(store), Arc::new(Machine))
            .with_directory(directory)
            .with_ledgers(Arc::new(Beside::volumes(&self.volumes)))
            .with_thresholds(self.learning.thresholds());
        let caller = match self.scope {
            // Whoever can write to the folder of the volumes administers them.
            Scope::System => workbench.system_cron(),
            Scope::User | Scope::Team => workbench.caller(self.user.clone(), self.team.clone())?,
        };
        let asked = EvolveRequest {
            scope: match self.scope {
                Scope::User => EvolveScope::User,
                Scope::Team => EvolveScope::Team,
                Scope::System => EvolveScope::System,
            },
            auto_apply: apply,
            dry_run,
            ..EvolveRequest::default()
        };
        Ok(workbench.evolve(&caller, &asked)?)
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let report = args.from.evolve(args.apply, args.dry_run)?;
    let mut out = Out::new();
    if args.json {
        // Nobody is left to tell when the reader is gone.
        let _ = out.json(&report)?;
    } else {
        show(&mut out, &report, args.dry_run)?;
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut Out, report: &EvolveReport, dry_run: bool) -> Result<(), Failure> {
    let EvolveReport { traces_analyzed, traces_new, patterns_detected, skills_created, .. } =
        report;
    let head = format!(
        "{traces_analyzed} traces ({traces_new} new), {patterns_detected} patterns, {skills_created} skills made"
    );
    if out.line(&head)?.is_break() {
        return Ok(());
    }
    for draft in &report.drafts {
        let verb = if dry_run { "would be " } else { "" };
        let line = format!(
            "{verb}{}  {}  {}  {} of {} with success, proved on {} of {} held back",
            draft.status,
            draft.draft_id,
            escaped(&draft.title),
            draft.n_success,
            draft.count,
            draft.n_passed,
            draft.n_held_back
        );
        if out.line(&line)?.is_break() {
            return Ok(());
        }
    }
    for proposal in &report.proposals {
        if out.line(&format!("proposed for promotion  {}", escaped(proposal)))?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Prints patterns as a table.
pub(crate) fn show_patterns(out: &mut Out, patterns: &[PatternView]) -> Result<(), Failure> {
    if patterns.is_empty() || out.line(&"count  success  confidence  kind      pattern")?.is_break()
    {
        return Ok(());
    }
    for pattern in patterns {
        let PatternView { count, success_rate, confidence, kind, .. } = pattern;
        let success = format!("{:.0} %", success_rate * 100.0);
        let what = escaped(&pattern.description);
        let row = format!("{count:>5}  {success:>7}  {confidence:>10.2}  {kind:<8}  {what}");
        if out.line(&row)?.is_break() {
            break;
        }
    }
    Ok(())
}
