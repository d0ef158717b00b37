//! Who exists: users, teams, and who is what in which team.
//!
//! The text form is one Markdown file that people may edit. Its front matter is
//! what counts; the table below it is written anew on each save. A file with any
//! mistake gives no members at all, so that no typing error ever opens a door.

mod change;
mod text;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    access::{Actor, TeamRole},
    diagnostic::Diagnostic,
    slug::Slug,
};

pub use change::MembersError;
pub use text::{parse, print};

/// The name of the file, beside the volumes.
pub const FILE: &str = "members.md";

/// Who exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    users: BTreeMap<Slug, User>,
    teams: BTreeMap<Slug, Team>,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name for people.
    pub name: Option<String>,
    /// The address that commits carry.
    pub email: Option<String>,
    /// Whether they administer the whole system.
    pub system_admin: bool,
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// The name for people.
    pub name: Option<String>,
    /// Who belongs to it, and what they are there.
    pub members: BTreeMap<Slug, TeamRole>,
}

/// What [`parse`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct MembersCheck {
    /// Who exists, unless there is any mistake.
    pub members: Option<Members>,
    /// All findings, by position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Members {
    /// Returns the users, by id.
    pub fn users(&self) -> &BTreeMap<Slug, User> {
        &self.users
    }

    /// Returns the teams, by id. Every member is a user.
    pub fn teams(&self) -> &BTreeMap<Slug, Team> {
        &self.teams
    }

    /// Returns the teams of a user, and what they are there.
    pub fn teams_of(&self, user: &Slug) -> BTreeMap<Slug, TeamRole> {
        let role = |(id, team): (&Slug, &Team)| Some((id.clone(), *team.members.get(user)?));
        self.teams.iter().filter_map(role).collect()
    }

    /// Returns the person with the rights of a user; `None` for whoever is no user.
    pub fn person(&self, user: &Slug) -> Option<Actor> {
        let known = self.users.get(user)?;
        Some(Actor::Person {
            user: user.clone(),
            teams: self.teams_of(user),
            system_admin: known.system_admin,
        })
    }

    /// Returns the job of a team, which reads the volumes of its members; `None` for what is no team.
    pub fn team_cron(&self, team: &Slug) -> Option<Actor> {
        let members = self.teams.get(team)?.members.keys().cloned().collect();
        Some(Actor::TeamCron { team: team.clone(), members })
    }
}

/// Where the members are read from.
///
/// `None` means that nobody keeps members here: the local mode, in which one
/// person works on their own machine. What cannot be read is an error, never `None`.
pub trait Directory: Send + Sync {
    /// Returns who exists now.
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError>;
}

/// Why nobody can be told who exists.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file has mistakes.
    #[error("the members in `{place}` cannot be used: {reason}")]
    Broken {
        /// Where the file is.
        place: String,
        /// What is wrong with it, with its line.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The file cannot be read.
    #[error("the members in `{place}` cannot be read: {source}")]
    Unreadable {
        /// Where the file is.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DirectoryError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Broken { hint, .. } => hint.clone(),
            Self::Unreadable { .. } => "check the file, and who may read it".to_owned(),
        }
    }
}

/// The directory of the local mode: nobody keeps members.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDirectory;

impl Directory for NoDirectory {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
