//! What the specification allows, written from its words and not from the code:
//!
//! - a user reads and writes their own volume, and reads those of their teams and the system's (S3);
//! - a team's cron writes its team, the system's cron writes all (S3); what the team's cron learns from is the work
//!   of its members (E7);
//! - roles are `user`, `team_admin` and `system_admin` (A2); a skill gets into a team or the system by promotion, or
//!   as a proposal on a branch `pr/<user>/<skill>` that somebody with the right to do so merges or declines (S6);
//! - a session of a user is theirs alone, one of a team is for its members (S3, C6); in the system's talks whoever
//!   changes it; one that its owner shares with a team is read by the members of that team (C9);
//! - in local mode there is one person without a login, in the teams that they name (A1).

use std::collections::{BTreeMap, BTreeSet};

use llmos_core::volume::VolumeId;

use crate::spy::Touch;

/// Who exists, as the oracle has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    /// Users, and whether they administer the system.
    pub(crate) users: BTreeMap<String, bool>,
    /// Teams, their members, and whether these are admins.
    pub(crate) teams: BTreeMap<String, BTreeMap<String, bool>>,
}

/// Who acts.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// A user, or somebody who says so.
    User(String),
    /// The one person of the local mode, and the teams that the call names.
    Local(String, BTreeSet<String>),
    TeamCron(String),
    SystemCron,
}

/// Says whether the specification allows a touch. `call` names what was asked for.
pub(crate) fn allows(people: &People, who: &Who, call: &str, touch: &Touch) -> bool {
    match touch {
        Touch::Read(volume) => reads(people, who, volume),
        Touch::Look(volume, offered) => {
            reads(people, who, volume) || offered.iter().any(|team| reads(people, who, team))
        }
        Touch::Talk(volume) => match volume {
            VolumeId::Team(_) => reads(people, who, volume),
            VolumeId::User(_) | VolumeId::System => writes(people, who, call, volume),
        },
        Touch::Begin(volume) => {
            writes(people, who, call, volume) || proposes(people, who, volume).is_some()
        }
        Touch::Write(volume, branch) if !branch.starts_with("pr/") => {
            writes(people, who, call, volume)
        }
        Touch::Write(volume, branch) => {
            let own = proposes(people, who, volume).map(|name| format!("pr/{name}/"));
            own.is_some_and(|own| branch.starts_with(&own)) || decides(people, who, volume)
        }
    }
}

pub(crate) fn reads(people: &People, who: &Who, volume: &VolumeId) -> bool {
    match (who, volume) {
        (Who::SystemCron, _) => true,
        (Who::User(user), _) if !people.users.contains_key(user) => false,
        (_, VolumeId::System) => true,
        (Who::User(user) | Who::Local(user, _), VolumeId::User(of)) => user == of.as_str(),
        (Who::User(user), VolumeId::Team(team)) => {
            people.users[user] || role(people, user, team.as_str()).is_some()
        }
        (Who::Local(_, named), VolumeId::Team(team)) => named.contains(team.as_str()),
        (Who::TeamCron(own), VolumeId::Team(team)) => own == team.as_str(),
        (Who::TeamCron(own), VolumeId::User(user)) => role(people, user.as_str(), own).is_some(),
    }
}

/// Whether `main` of a volume may change, and branches be made and deleted that are no proposals.
fn writes(people: &People, who: &Who, call: &str, volume: &VolumeId) -> bool {
    let merges = call.ends_with("/approve") || call.ends_with("/revert");
    match (who, volume) {
        (Who::SystemCron, _) => true,
        (Who::User(user), _) if !people.users.contains_key(user) => false,
        (Who::User(user) | Who::Local(user, _), VolumeId::User(of)) => user == of.as_str(),
        (Who::User(user), VolumeId::Team(team)) => {
            people.users[user] || role(people, user, team.as_str()) == Some(true)
        }
        (Who::User(user), VolumeId::System) => people.users[user],
        // The one person asks nobody, but changes what is shared by promotion and by merging alone.
        (Who::Local(_, named), VolumeId::Team(team)) => {
            named.contains(team.as_str()) && (merges || call.ends_with("/promote"))
        }
        (Who::Local(..), VolumeId::System) => merges,
        (Who::TeamCron(own), VolumeId::Team(team)) => own == team.as_str(),
        (Who::TeamCron(_), _) => false,
    }
}

/// Under which name somebody may put a branch of proposals into a volume.
fn proposes(people: &People, who: &Who, volume: &VolumeId) -> Option<String> {
    if matches!(volume, VolumeId::User(_)) || !reads(people, who, volume) {
        return None;
    }
    match (who, volume) {
        (Who::User(user) | Who::Local(user, _), _) => Some(user.clone()),
        (Who::TeamCron(team), VolumeId::Team(_)) => Some(format!("{team}-cron")),
        (Who::TeamCron(_), _) => None,
        (Who::SystemCron, _) => Some("system-cron".to_owned()),
    }
}

/// Who may decide may also put a declined skill back on its branch, and remove a merged one.
fn decides(people: &People, who: &Who, volume: &VolumeId) -> bool {
    match (who, volume) {
        (_, VolumeId::User(_)) | (Who::TeamCron(_) | Who::SystemCron, _) => false,
        (Who::User(_), _) => writes(people, who, "", volume),
        (Who::Local(..), _) => reads(people, who, volume),
    }
}

fn role(people: &People, user: &str, team: &str) -> Option<bool> {
    people.users.get(user)?;
    people.teams.get(team)?.get(user).copied()
}
