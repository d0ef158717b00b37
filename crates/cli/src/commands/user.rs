//! `llmos user`

use std::process::ExitCode;

use clap::Subcommand;
use llmos_core::{
    members::{Members, User},
    slug::Slug,
};
use serde_json::json;

use crate::{
    failure::Failure,
    members::Place,
    out::{Out, say},
};

/// Say who may use the workbench
///
/// Users, teams and who is what in which team stand in `members.md` beside the volumes. Without that file there is
/// one person, who names the teams that they work in. With it, only its users are anybody, for every way in.
/// Whoever may write the file may change it: these commands ask for no other right.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a user; the first one makes the file
    Add {
        /// The id: lower-case letters, digits, `-` and `_`
        #[arg(value_name = "USER")]
        user: Slug,
        #[command(flatten)]
        about: About,
    },
    /// Change what is known of a user; what is not named stays
    Set {
        /// The user
        #[arg(value_name = "USER")]
        user: Slug,
        #[command(flatten)]
        about: About,
        /// Take the administration of the whole system from them
        #[arg(long, conflicts_with = "system_admin")]
        no_system_admin: bool,
    },
    /// Say who there is
    List,
    /// Remove a user from everywhere; their volume stays
    Remove {
        /// The user
        #[arg(value_name = "USER")]
        user: Slug,
    },
}

#[derive(clap::Args)]
struct About {
    /// The name for people
    #[arg(long, value_name = "NAME", value_parser = line)]
    name: Option<String>,
    /// The address that their commits carry
    #[arg(long, value_name = "ADDRESS", value_parser = line)]
    email: Option<String>,
    /// Let them administer the whole system
    #[arg(long)]
    system_admin: bool,
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let file = args.place.file();
    match args.command {
        Command::Add { user, about } => {
            let fresh = about.over(&User::default());
            file.change(|members| members.add_user(user.clone(), fresh))?;
            say(&format!("user {user} is there"));
        }
        Command::Set { user, about, no_system_admin } => {
            file.change(|members| {
                let known = members.users().get(&user).cloned().unwrap_or_default();
                let mut fresh = about.over(&known);
                fresh.system_admin &= !no_system_admin;
                members.set_user(&user, fresh)
            })?;
            say(&format!("user {user} is changed"));
        }
        Command::Remove { user } => {
            file.change(|members| members.remove_user(&user))?;
            // Whoever gets the id later must not meet programs of somebody else.
            let n_keys = args.place.keys().change(|keys| Ok(keys.revoke_all(&user)))?;
            if n_keys > 0 {
                say(&format!("{n_keys} keys of programs are revoked"));
            }
            say(&format!("user {user} is gone; the volume stays"));
        }
        Command::List => list(&args.place.read()?, args.place.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl About {
    fn over(&self, known: &User) -> User {
        User {
            name: self.name.clone().or_else(|| known.name.clone()),
            email: self.email.clone().or_else(|| known.email.clone()),
            system_admin: self.system_admin || known.system_admin,
        }
    }
}

fn list(members: &Members, as_json: bool) -> Result<(), Failure> {
    let mut out = Out::new();
    for (id, user) in members.users() {
        let teams = members.teams_of(id);
        let teams = teams.iter().map(|(team, role)| format!("{team} ({})", role.as_str()));
        let teams: Vec<String> = teams.collect();
        let role = if user.system_admin { "system_admin" } else { "user" };
        let heard = if as_json {
            out.json(&json!({
                "user_id": id.as_str(), "name": user.name, "email": user.email, "role": role,
                "teams": members.teams_of(id).iter()
                    .map(|(team, role)| json!({"team_id": team.as_str(), "role": role.as_str()}))
                    .collect::<Vec<_>>(),
            }))?
        } else {
            let name = user.name.as_deref().unwrap_or_default();
            out.line(&format!("{id}  {role}  {name}  {}", teams.join(", ")).trim_end())?
        };
        if heard.is_break() {
            break;
        }
    }
    out.finish()
}

/// Takes a text that can stand in a commit.
pub(super) fn line(text: &str) -> Result<String, String> {
    if text.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) || text.len() > 200 {
        return Err("write one short line without `<` and `>`".to_owned());
    }
    Ok(text.to_owned())
}
