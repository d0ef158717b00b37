//! From what a door knows of somebody to a caller: the one place where it is decided who that is.
//!
//! People do not log in yet: whoever reaches a door is the user that they name, and the doors answer to this machine
//! alone. A login belongs here: it makes a door prove the user that it names, and changes nothing behind it. Programs
//! that a door does not take at their word show an API key.

use llmos_api::team::{TeamList, TeamView};
use llmos_core::{
    access::{Action, Actor},
    members::Team,
    slug::Slug,
    volume::VolumeId,
};

use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Tells who asks: the user that a door names, in the team that they work in.
    ///
    /// Where somebody keeps members, only a user of theirs is anybody, with the rights that they have there. Where
    /// nobody does, this is the one person at their machine.
    pub fn caller(&self, user: Slug, team: Option<Slug>) -> Result<Caller, Error> {
        let Some(members) = self.directory.members().map_err(|source| Error::Members { source })?
        else {
            return Ok(Caller::local(user, team));
        };
        let actor = members.person(&user).ok_or_else(|| Error::Stranger { user: user.clone() })?;
        let caller = Caller::new(actor, team.clone());
        if let Some(team) = team {
            caller.must(Action::Read, &VolumeId::Team(team))?;
        }
        let email = members.users().get(&user).and_then(|user| user.email.clone());
        Ok(caller.with_email(email))
    }

    /// Tells who asks by the API key that a program shows.
    ///
    /// The key says the user and the team; what they may do is looked up anew each time, so a user who is gone, or
    /// no longer in the team, takes the key with them.
    pub fn caller_with_key(&self, shown: Option<&str>) -> Result<Caller, Error> {
        let shown = shown.ok_or(Error::NoKey { reason: "there is no API key in the request" })?;
        let keys = self.keys.api_keys().map_err(|source| Error::Keys { source })?;
        let refused = Error::NoKey { reason: "the API key is not known here, or was revoked" };
        let Some(key) = keys.find(shown) else { return Err(refused) };
        match self.caller(key.user.clone(), key.team.clone()) {
            Err(Error::Stranger { .. } | Error::Denied { .. }) => Err(refused),
            caller => caller,
        }
    }

    /// Returns the job that learns from the work of a team.
    ///
    /// It reads the volumes of the members. Where nobody keeps members, every user of this machine is the one
    /// person at it, and it reads the volumes that there are.
    pub fn team_cron(&self, team: &Slug) -> Result<Caller, Error> {
        let actor = match self.directory.members().map_err(|source| Error::Members { source })? {
            Some(members) => members.team_cron(team).ok_or_else(|| Error::Unknown {
                what: "team",
                id: team.to_string(),
                volume: None,
                hint: "`llmos team list` lists them".to_owned(),
            })?,
            None => {
                let user = |volume| match volume {
                    VolumeId::User(user) => Some(user),
                    VolumeId::Team(_) | VolumeId::System => None,
                };
                let members = self.store.volumes()?.into_iter().filter_map(user).collect();
                Actor::TeamCron { team: team.clone(), members }
            }
        };
        Ok(Caller::new(actor, Some(team.clone())))
    }

    /// Returns the job that learns from the work of all.
    pub fn system_cron(&self) -> Caller {
        Caller::new(Actor::SystemCron, None)
    }

    /// Lists the teams that the caller may work in, by id.
    ///
    /// Where nobody keeps members, these are the teams that have a volume: the person may name any.
    pub fn list_teams(&self, caller: &Caller) -> Result<TeamList, Error> {
        let view = |id: &Slug, team: Option<&Team>| TeamView {
            team_id: id.to_string(),
            name: team.and_then(|team| team.name.clone()),
            role: team
                .and_then(|team| team.members.get(&caller.user()))
                .map(|role| role.as_str().to_owned()),
        };
        let members = self.directory.members().map_err(|source| Error::Members { source })?;
        let teams = match &members {
            Some(members) => {
                let may = |id: &Slug| caller.may(Action::Read, &VolumeId::Team(id.clone()));
                let readable = members.teams().iter().filter(|(id, _)| may(id));
                readable.map(|(id, team)| view(id, Some(team))).collect()
            }
            None => {
                let team = |volume| match volume {
                    VolumeId::Team(id) => Some(view(&id, None)),
                    VolumeId::User(_) | VolumeId::System => None,
                };
                self.store.volumes()?.into_iter().filter_map(team).collect()
            }
        };
        Ok(TeamList { kept: members.is_some(), teams })
    }
}
