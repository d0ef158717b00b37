//! `llmos proposal create`

use std::process::ExitCode;

use llmos_api::proposal::ProposeSkill;
use llmos_core::slug::Slug;

use crate::{
    commands::place::Place,
    failure::Failure,
    out::{Out, say},
};

/// Ask a team to take one of your skills, or everybody to take one of the team's
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The skill
    #[arg(value_name = "SKILL")]
    skill: Slug,
    /// Why others should have it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Propose the team's skill for the system volume
    #[arg(long)]
    to_system: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = place.open()?;
    let made = workbench.propose_skill(
        &caller,
        &ProposeSkill {
            user_id: None,
            team_id: place.team().map(Slug::to_string),
            to: args.to_system.then(|| "system".to_owned()),
            skill_id: args.skill.to_string(),
            reason: args.reason.clone(),
        },
    )?;
    let mut out = Out::new();
    let _heard = if place.json() { out.json(&made)? } else { out.line(&made.id)? };
    out.finish()?;
    if !place.json() {
        say(&format!(
            "{} is proposed for volume {}, on branch {}",
            made.skill_id, made.volume, made.branch
        ));
    }
    Ok(ExitCode::SUCCESS)
}
