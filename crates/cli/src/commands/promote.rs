//! `llmos promote`

use std::process::ExitCode;

use llmos_api::skill::PromoteSkill;
use llmos_core::slug::Slug;

use crate::{
    commands::place::Place,
    failure::Failure,
    out::{Out, say},
};

/// Copy a skill into a team, or one of a team into the system volume, at once
///
/// Needs the right to change that volume; everybody else proposes with `llmos proposal create`. A different skill of
/// that id is never replaced.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The skill
    #[arg(value_name = "SKILL")]
    skill: Slug,
    /// Why others should have it; the commit keeps it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Take the team's skill into the system volume
    #[arg(long)]
    to_system: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.place.open()?;
    let saved = workbench.promote_skill(
        &caller,
        &PromoteSkill {
            user_id: None,
            team_id: args.place.team().map(Slug::to_string),
            to: args.to_system.then(|| "system".to_owned()),
            skill_id: args.skill.to_string(),
            reason: args.reason.clone(),
        },
    )?;
    if args.place.json() {
        let mut out = Out::new();
        let _heard = out.json(&saved)?;
        out.finish()?;
    } else {
        say(&format!(
            "{} is in volume {} now, commit {}",
            saved.skill_id, saved.volume, saved.commit
        ));
    }
    Ok(ExitCode::SUCCESS)
}
