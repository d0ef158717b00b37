//! Changes of the members, none of which leaves a member without a user or a team without an admin.

use super::{Members, Team, User};
use crate::{access::TeamRole, slug::Slug};

/// Why the members were not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MembersError {
    /// There is one of that name.
    #[error("there is a {what} `{id}` already")]
    Exists {
        /// `user` or `team`.
        what: &'static str,
        /// Its id.
        id: Slug,
    },
    /// There is none of that name.
    #[error("there is no {what} `{id}`")]
    Unknown {
        /// `user`, `team` or `member`.
        what: &'static str,
        /// Its id.
        id: Slug,
    },
    /// The team would have members and nobody who decides for them.
    #[error("`{user}` is the only admin of team `{team}`")]
    LastAdmin {
        /// The team.
        team: Slug,
        /// Its admin.
        user: Slug,
    },
}

impl MembersError {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "choose another id, or change the one that is there",
            Self::Unknown { what: "team", .. } => "see `llmos team list`, or add it first",
            Self::Unknown { .. } => "see `llmos user list`, or add them first",
            Self::LastAdmin { .. } => "make somebody else `team_admin` first, or remove the team",
        }
    }
}

impl Members {
    /// Adds a user.
    pub fn add_user(&mut self, id: Slug, user: User) -> Result<(), MembersError> {
        if self.users.contains_key(&id) {
            return Err(MembersError::Exists { what: "user", id });
        }
        self.users.insert(id, user);
        Ok(())
    }

    /// Puts something else in the place of what is known of a user.
    pub fn set_user(&mut self, id: &Slug, user: User) -> Result<(), MembersError> {
        *self.user_mut(id)? = user;
        Ok(())
    }

    /// Removes a user from everywhere. Their volume stays.
    pub fn remove_user(&mut self, id: &Slug) -> Result<(), MembersError> {
        self.user_mut(id)?;
        if let Some((team, _)) = self.teams.iter().find(|(_, team)| team.is_last_admin(id)) {
            return Err(MembersError::LastAdmin { team: team.clone(), user: id.clone() });
        }
        self.users.remove(id);
        for team in self.teams.values_mut() {
            team.members.remove(id);
        }
        Ok(())
    }

    /// Adds a team, with its first admin.
    pub fn add_team(
        &mut self,
        id: Slug,
        name: Option<String>,
        admin: &Slug,
    ) -> Result<(), MembersError> {
        self.user_mut(admin)?;
        if self.teams.contains_key(&id) {
            return Err(MembersError::Exists { what: "team", id });
        }
        let members = [(admin.clone(), TeamRole::Admin)].into();
        self.teams.insert(id, Team { name, members });
        Ok(())
    }

    /// Removes a team. Its volume stays, and nobody but system admins reads it.
    pub fn remove_team(&mut self, id: &Slug) -> Result<(), MembersError> {
        let gone = self.teams.remove(id);
        gone.map(drop).ok_or_else(|| MembersError::Unknown { what: "team", id: id.clone() })
    }

    /// Takes a user into a team, or changes what they are there.
    pub fn set_member(
        &mut self,
        team: &Slug,
        user: &Slug,
        role: TeamRole,
    ) -> Result<(), MembersError> {
        self.user_mut(user)?;
        let there = self.team_mut(team)?;
        if role != TeamRole::Admin && there.is_last_admin(user) {
            return Err(MembersError::LastAdmin { team: team.clone(), user: user.clone() });
        }
        there.members.insert(user.clone(), role);
        Ok(())
    }

    /// Takes a user out of a team.
    pub fn remove_member(&mut self, team: &Slug, user: &Slug) -> Result<(), MembersError> {
        let there = self.team_mut(team)?;
        if there.is_last_admin(user) {
            return Err(MembersError::LastAdmin { team: team.clone(), user: user.clone() });
        }
        let gone = there.members.remove(user);
        gone.map(drop).ok_or_else(|| MembersError::Unknown { what: "member", id: user.clone() })
    }

    fn user_mut(&mut self, id: &Slug) -> Result<&mut User, MembersError> {
        let known = self.users.get_mut(id);
        known.ok_or_else(|| MembersError::Unknown { what: "user", id: id.clone() })
    }

    fn team_mut(&mut self, id: &Slug) -> Result<&mut Team, MembersError> {
        let known = self.teams.get_mut(id);
        known.ok_or_else(|| MembersError::Unknown { what: "team", id: id.clone() })
    }
}

impl Team {
    fn is_last_admin(&self, user: &Slug) -> bool {
        let mut admins = self.members.iter().filter(|(_, role)| **role == TeamRole::Admin);
        admins.next().is_some_and(|(first, _)| first == user) && admins.next().is_none()
    }
}
