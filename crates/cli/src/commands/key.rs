//! `llmos key`

use std::process::ExitCode;

use clap::Subcommand;
use jiff::Timestamp;
use llmos_core::{
    access::{self, Action},
    api_key::{ApiKey, ApiKeySource, ApiKeySourceError, ApiKeys, FreshKey},
    members::Directory,
    slug::Slug,
    volume::VolumeId,
};
use llmos_members::{ApiKeysChangeError, ApiKeysFile};
use serde_json::json;

use super::user::line;
use crate::{
    failure::{Failure, FailureKind},
    members::Place,
    out::{Out, say},
};

/// Let programs in that act in somebody's name, such as MCP clients
///
/// A key is shown once, when it is made; `api-keys.md` beside the volumes keeps its hash. It may do what its user may do,
/// never more, from the next request on and until it is revoked.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and print it; it cannot be shown again
    Add {
        /// In whose name the program acts
        #[arg(value_name = "USER")]
        user: Slug,
        /// What it is for
        #[arg(long, value_name = "NAME", value_parser = line)]
        name: Option<String>,
        /// The team whose skills it sees besides those of the user and the system
        #[arg(long, value_name = "TEAM")]
        team: Option<Slug>,
    },
    /// Say which keys there are
    List,
    /// Take a key away; it lets nobody in from the next request on
    Revoke {
        /// The id, as `llmos key list` tells it
        #[arg(value_name = "ID")]
        id: Slug,
    },
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let file = args.place.keys();
    match args.command {
        Command::Add { user, name, team } => {
            must_exist(&args.place, &user, team.as_ref())?;
            add(&file, args.place.json, &user, name, team)?;
        }
        Command::List => list(&*file.api_keys()?, args.place.json)?,
        Command::Revoke { id } => {
            let key = file.change(|keys| keys.revoke(&id))?;
            say(&format!("key {id} of {} lets nobody in any more", key.user));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where members are kept, a key is for one of them and for a team of theirs.
fn must_exist(place: &Place, user: &Slug, team: Option<&Slug>) -> Result<(), Failure> {
    let Some(members) = place.file().members()? else { return Ok(()) };
    let refused = |message, hint| Err(Failure::new(FailureKind::Refused, message, hint));
    let Some(actor) = members.person(user) else {
        return refused(format!("there is no user `{user}`"), "see `llmos user list`");
    };
    match team {
        Some(team) if !access::may(&actor, Action::Read, &VolumeId::Team(team.clone())) => {
            refused(format!("`{user}` is not in team `{team}`"), "see `llmos team list`")
        }
        _ => Ok(()),
    }
}

fn add(
    file: &ApiKeysFile,
    as_json: bool,
    user: &Slug,
    name: Option<String>,
    team: Option<Slug>,
) -> Result<(), Failure> {
    let mut secret = [0; 32];
    let drawn = getrandom::fill(&mut secret).and_then(|()| getrandom::u32()).map_err(|error| {
        let message = format!("the system gives no random numbers: {error}");
        Failure::new(FailureKind::Internal, message, "try again")
    })?;
    let fresh = FreshKey::new(drawn, &secret);
    let now = Timestamp::now();
    let key = ApiKey {
        user: user.clone(),
        team,
        name,
        // To the second, as people read it.
        created_at: Timestamp::from_second(now.as_second()).unwrap_or(now),
        sha256: fresh.sha256(),
    };
    file.change(|keys| keys.add(fresh.id.clone(), key))?;
    let mut out = Out::new();
    let _heard = match as_json {
        true => out
            .json(&json!({"id": fresh.id.as_str(), "user_id": user.as_str(), "key": fresh.text}))?,
        false => out.line(&fresh.text)?,
    };
    out.finish()?;
    say(&format!("key {} of {user} is made; it is shown this once", fresh.id));
    Ok(())
}

fn list(keys: &ApiKeys, as_json: bool) -> Result<(), Failure> {
    let mut out = Out::new();
    for (id, key) in keys.all() {
        let ApiKey { user, team, name, created_at, .. } = key;
        let team = team.as_ref().map(Slug::as_str);
        let heard = if as_json {
            out.json(&json!({
                "id": id.as_str(), "user_id": user.as_str(), "team_id": team, "name": name,
                "created_at": created_at.to_string(),
            }))?
        } else {
            let team = team.map_or_else(String::new, |team| format!("  team {team}"));
            let name = name.as_deref().unwrap_or_default();
            out.line(&format!("{id}  {user}{team}  {created_at}  {name}").trim_end())?
        };
        if heard.is_break() {
            break;
        }
    }
    out.finish()
}

impl std::convert::From<ApiKeysChangeError> for Failure {
    fn from(error: ApiKeysChangeError) -> Self {
        let kind = match &error {
            ApiKeysChangeError::Refused(_) => FailureKind::Refused,
            ApiKeysChangeError::Source(_) | ApiKeysChangeError::Unwritable { .. } => {
                FailureKind::Input
            }
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

impl std::convert::From<ApiKeySourceError> for Failure {
    fn from(error: ApiKeySourceError) -> Self {
        Self::new(FailureKind::Input, error.to_string(), error.hint())
    }
}
