//! Who may do what with a volume: one table, asked by every door.
//!
//! | volume | its user | a member of the team | a team's admin | team cron | system admin, system cron |
//! | --- | --- | --- | --- | --- | --- |
//! | `user/<id>` | read, write | | | read (members) | read, write (cron only) |
//! | `team/<id>` | | read, promote | read, write, promote | read, write, promote | read, write, promote |
//! | `system` | read | read | read | read | read, write, promote |
//!
//! Whatever is not in the table is refused. An administrator is still a person:
//! the private volumes of others stay closed to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{slug::Slug, volume::VolumeId};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    Person {
        /// Their id.
        user: Slug,
        /// The teams they belong to, and what they are there.
        teams: BTreeMap<Slug, TeamRole>,
        /// Whether they administer the whole system.
        system_admin: bool,
    },
    /// The job that learns from the work of one team.
    TeamCron {
        /// The team.
        team: Slug,
        /// Whose volumes it reads.
        members: BTreeSet<Slug>,
    },
    /// The job that learns from the work of all.
    SystemCron,
}

/// What a person is in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TeamRole {
    /// Reads the team's volume and promotes into it.
    Member,
    /// Also changes it.
    Admin,
}

/// What somebody wants to do with a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See what it holds, also at an earlier commit.
    Read,
    /// Change it.
    Write,
    /// Copy a skill into it, with reason and origin.
    Promote,
}

/// A request that the table does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{who} may not {action} volume `{volume}`")]
pub struct Denied {
    /// Who asked.
    pub who: String,
    /// What for, as a phrase.
    pub action: &'static str,
    /// Which volume.
    pub volume: VolumeId,
    /// What to do instead.
    pub hint: &'static str,
}

impl Actor {
    /// The person at their own machine, where nobody logs in.
    ///
    /// The same table holds as for a member of the teams they name, so that
    /// nothing is changed by accident which a team would have to agree on.
    pub fn local(user: Slug, teams: impl IntoIterator<Item = Slug>) -> Self {
        let teams = teams.into_iter().map(|team| (team, TeamRole::Member)).collect();
        Self::Person { user, teams, system_admin: false }
    }

    /// Names the actor for messages and the authorship of commits.
    pub fn name(&self) -> String {
        match self {
            Self::Person { user, .. } => user.to_string(),
            Self::TeamCron { team, .. } => format!("{team}-cron"),
            Self::SystemCron => "system-cron".to_owned(),
        }
    }
}

/// Says whether the table allows it.
pub fn may(actor: &Actor, action: Action, volume: &VolumeId) -> bool {
    match (actor, volume) {
        (Actor::SystemCron, VolumeId::User(_)) => action != Action::Promote,
        (Actor::SystemCron, _) => true,
        (Actor::TeamCron { members, .. }, VolumeId::User(user)) => {
            action == Action::Read && members.contains(user)
        }
        (Actor::TeamCron { team, .. }, VolumeId::Team(asked)) => team == asked,
        (Actor::TeamCron { .. }, VolumeId::System) => action == Action::Read,
        (Actor::Person { user, .. }, VolumeId::User(asked)) => {
            user == asked && action != Action::Promote
        }
        (Actor::Person { system_admin: true, .. }, _) => true,
        (Actor::Person { teams, .. }, VolumeId::Team(asked)) => match teams.get(asked) {
            Some(TeamRole::Admin) => true,
            Some(TeamRole::Member) => action != Action::Write,
            None => false,
        },
        (Actor::Person { .. }, VolumeId::System) => action == Action::Read,
    }
}

/// Like [`may`], with an explanation where the answer is no.
pub fn check(actor: &Actor, action: Action, volume: &VolumeId) -> Result<(), Denied> {
    if may(actor, action, volume) {
        return Ok(());
    }
    let hint = match (action, volume) {
        (Action::Promote, VolumeId::User(_)) => "promote into a team or the system volume",
        (_, VolumeId::User(_)) => "ask its owner to promote the skill into a team",
        (Action::Write, VolumeId::Team(_)) => {
            "save it in your own volume, then promote it into the team"
        }
        (Action::Write | Action::Promote, VolumeId::System) => {
            "save it in your own volume; the system volume changes by promotion from a team"
        }
        (_, VolumeId::Team(_)) => "ask the team to make you a member",
        (Action::Read, VolumeId::System) => "log in first",
    };
    let action = match action {
        Action::Read => "read",
        Action::Write => "change",
        Action::Promote => "promote into",
    };
    Err(Denied { who: format!("`{}`", actor.name()), action, volume: volume.clone(), hint })
}

#[cfg(test)]
mod tests;
