//! `llmos team`

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use llmos_core::{access::TeamRole, members::Members, slug::Slug};
use serde_json::json;

use super::user::line;
use crate::{
    failure::Failure,
    members::Place,
    out::{Out, say},
};

/// Say which teams there are, and who is in them
///
/// A member reads the team's volume and proposes skills for it; an admin changes it and decides about proposals.
/// See `llmos user` for where this is kept.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a team, with its first admin
    Add {
        /// The id: lower-case letters, digits, `-` and `_`
        #[arg(value_name = "TEAM")]
        team: Slug,
        /// The user who decides for it
        #[arg(long, value_name = "USER")]
        admin: Slug,
        /// The name for people
        #[arg(long, value_name = "NAME", value_parser = line)]
        name: Option<String>,
    },
    /// Say which teams there are
    List,
    /// Remove a team; its volume stays
    Remove {
        /// The team
        #[arg(value_name = "TEAM")]
        team: Slug,
    },
    /// Take a user into a team, change what they are there, or take them out
    Member {
        /// The team
        #[arg(value_name = "TEAM")]
        team: Slug,
        /// The user
        #[arg(value_name = "USER")]
        user: Slug,
        /// What they are there
        #[arg(long, value_enum, default_value_t = Role::User)]
        role: Role,
        /// Take them out
        #[arg(long, conflicts_with = "role")]
        remove: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    /// Reads, and proposes
    #[value(name = "user")]
    User,
    /// Changes, and decides
    #[value(name = "team_admin")]
    TeamAdmin,
}

impl From<Role> for TeamRole {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::Member,
            Role::TeamAdmin => Self::Admin,
        }
    }
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let file = args.place.file();
    match args.command {
        Command::Add { team, admin, name } => {
            file.change(|members| members.add_team(team.clone(), name, &admin))?;
            say(&format!("team {team} is there; {admin} decides for it"));
        }
        Command::Remove { team } => {
            file.change(|members| members.remove_team(&team))?;
            say(&format!("team {team} is gone; the volume stays"));
        }
        Command::Member { team, user, remove: true, .. } => {
            file.change(|members| members.remove_member(&team, &user))?;
            say(&format!("{user} is no member of {team} any more"));
        }
        Command::Member { team, user, role, .. } => {
            let role = TeamRole::from(role);
            file.change(|members| members.set_member(&team, &user, role))?;
            say(&format!("{user} is {} of {team}", role.as_str()));
        }
        Command::List => list(&args.place.read()?, args.place.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(members: &Members, as_json: bool) -> Result<(), Failure> {
    let mut out = Out::new();
    for (id, team) in members.teams() {
        let heard = if as_json {
            let member = |(user, role): (&Slug, &TeamRole)| json!({"user_id": user.as_str(), "role": role.as_str()});
            let members: Vec<_> = team.members.iter().map(member).collect();
            out.json(&json!({"team_id": id.as_str(), "name": team.name, "members": members}))?
        } else {
            let member = |(user, role): (&Slug, &TeamRole)| format!("{user} ({})", role.as_str());
            let members: Vec<String> = team.members.iter().map(member).collect();
            let name = team.name.as_deref().map(|name| format!("  {name}")).unwrap_or_default();
            out.line(&format!("{id}{name}: {}", members.join(", ")))?
        };
        if heard.is_break() {
            break;
        }
    }
    out.finish()
}
