//! Who may do what with a volume: one table, asked by every door.
//!
//! | volume | its user | member of the team | admin of the team | system admin | team cron | system cron |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | `user/<id>` | read, write | | | | read (members) | read, write |
//! | `team/<id>` | | read, propose | all | all | read, write, promote, propose | read, write, promote, propose |
//! | `system` | read, propose | read, propose | read, propose | all | read | read, write, promote, propose |
//!
//! *All* is read, write, promote, propose and decide. Whatever is not in the
//! table is refused. An administrator is still a person: the private volumes of
//! others stay closed to them. A job proposes; it never decides.
//!
//! Where nobody logs in there is one person, in the teams they name: they read
//! and propose as a member does, and as nobody else is there, promote into those
//! teams and decide about what they proposed, into the system volume as well. They
//! write neither, so that nothing changes by accident which a team would have to agree on.

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
    /// The one person at a machine where nobody logs in.
    Local {
        /// Their id.
        user: Slug,
        /// The teams they name.
        teams: BTreeSet<Slug>,
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
    /// Reads the team's volume and proposes skills for it.
    Member,
    /// Also changes it, and decides about proposals.
    Admin,
}

impl TeamRole {
    /// Returns the name that the file of members uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "user",
            Self::Admin => "team_admin",
        }
    }
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
    /// Ask that a skill be copied into it, on a branch of its own.
    Propose,
    /// Approve, decline or take back what was proposed.
    Decide,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Write, Self::Promote, Self::Propose, Self::Decide];
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
    /// The person at their own machine, where nobody logs in, in the teams they name.
    pub fn local(user: Slug, teams: impl IntoIterator<Item = Slug>) -> Self {
        Self::Local { user, teams: teams.into_iter().collect() }
    }

    /// Names the actor for messages and the authorship of commits.
    pub fn name(&self) -> String {
        match self {
            Self::Person { user, .. } | Self::Local { user, .. } => user.to_string(),
            Self::TeamCron { team, .. } => format!("{team}-cron"),
            Self::SystemCron => "system-cron".to_owned(),
        }
    }
}

/// Says whether the table allows it.
pub fn may(actor: &Actor, action: Action, volume: &VolumeId) -> bool {
    use Action::{Decide, Promote, Propose, Read, Write};
    let allowed: &[Action] = match (actor, volume) {
        (Actor::SystemCron, VolumeId::User(_)) => &[Read, Write],
        (Actor::SystemCron, _) => &[Read, Write, Promote, Propose],
        (Actor::TeamCron { members, .. }, VolumeId::User(user)) if members.contains(user) => {
            &[Read]
        }
        (Actor::TeamCron { team, .. }, VolumeId::Team(asked)) if team == asked => {
            &[Read, Write, Promote, Propose]
        }
        (Actor::TeamCron { .. }, VolumeId::System) => &[Read],
        (Actor::Person { user, .. } | Actor::Local { user, .. }, VolumeId::User(asked))
            if user == asked =>
        {
            &[Read, Write]
        }
        (Actor::Person { system_admin: true, .. }, VolumeId::Team(_) | VolumeId::System) => {
            &Action::ALL
        }
        (Actor::Person { teams, .. }, VolumeId::Team(asked)) => match teams.get(asked) {
            Some(TeamRole::Admin) => &Action::ALL,
            Some(TeamRole::Member) => &[Read, Propose],
            None => &[],
        },
        (Actor::Person { .. }, VolumeId::System) => &[Read, Propose],
        (Actor::Local { teams, .. }, VolumeId::Team(asked)) if teams.contains(asked) => {
            &[Read, Promote, Propose, Decide]
        }
        (Actor::Local { .. }, VolumeId::System) => &[Read, Propose, Decide],
        _ => &[],
    };
    allowed.contains(&action)
}

/// Like [`may`], with an explanation where the answer is no.
pub fn check(actor: &Actor, action: Action, volume: &VolumeId) -> Result<(), Denied> {
    if may(actor, action, volume) {
        return Ok(());
    }
    let member = may(actor, Action::Propose, volume);
    let hint = match (action, volume) {
        (Action::Promote | Action::Propose | Action::Decide, VolumeId::User(_)) => {
            "promote into a team or the system volume"
        }
        (Action::Promote, _) if member => {
            "propose it with `POST /proposals`, and let an admin decide"
        }
        (Action::Decide, _) if member => "ask an admin of the volume to decide",
        (_, VolumeId::User(_)) => "ask its owner to promote the skill into a team",
        (Action::Write, VolumeId::Team(_)) => {
            "save it in your own volume, then promote it into the team"
        }
        (Action::Write | Action::Promote | Action::Propose | Action::Decide, VolumeId::System) => {
            "save it in your own volume; the system volume changes by promotion from a team"
        }
        (_, VolumeId::Team(_)) => "ask the team to make you a member",
        (Action::Read, VolumeId::System) => "log in first",
    };
    let action = match action {
        Action::Read => "read",
        Action::Write => "change",
        Action::Promote => "promote into",
        Action::Propose => "propose for",
        Action::Decide => "decide about proposals for",
    };
    Err(Denied { who: format!("`{}`", actor.name()), action, volume: volume.clone(), hint })
}

#[cfg(test)]
mod tests;
