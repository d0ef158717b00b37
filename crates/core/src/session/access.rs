//! Who may do what with a session that goes on.
//!
//! | session in | look | talk | rename, delete, share |
//! | --- | --- | --- | --- |
//! | `user/<id>` | its user | its user | its user |
//! | `team/<id>` | who may read the volume | who may propose for it | who began it, and who may change the volume |
//! | `system` | who may read the volume | who may change it | who may change it |
//!
//! A session may also be looked at by whomever it is shared with: see [`Share`](super::Share).
//! Committing one changes a volume, and is asked of [`access`] like every change.

use super::SessionHead;
use crate::{
    access::{self, Action, Actor, Denied},
    volume::VolumeId,
};

/// What somebody wants to do with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// See what was said.
    Look,
    /// Begin one, or say something in it.
    Talk,
    /// Rename, delete or share it.
    Change,
}

/// Says whether somebody may begin a session in a volume, and talk in those of others.
pub fn may_talk(actor: &Actor, volume: &VolumeId) -> bool {
    let action = match volume {
        VolumeId::Team(_) => Action::Propose,
        VolumeId::User(_) | VolumeId::System => Action::Write,
    };
    access::may(actor, Action::Read, volume) && access::may(actor, action, volume)
}

/// Says whether somebody may do this with a session.
pub fn may_take_part(actor: &Actor, part: Part, head: &SessionHead) -> bool {
    let volume = &head.volume;
    match part {
        Part::Look => access::may(actor, Action::Read, volume),
        Part::Talk => may_talk(actor, volume),
        Part::Change => {
            let own = actor.name() == head.user.as_str() && may_talk(actor, volume);
            own || access::may(actor, Action::Write, volume)
        }
    }
}

/// Like [`may_talk`], with an explanation where the answer is no.
pub fn check_talk(actor: &Actor, volume: &VolumeId) -> Result<(), Denied> {
    if may_talk(actor, volume) {
        return Ok(());
    }
    let hint = match volume {
        VolumeId::User(_) => "begin one in your own volume",
        VolumeId::Team(_) => "ask the team to make you a member, or begin one in your own volume",
        VolumeId::System => "begin one in your own volume, or in that of a team",
    };
    let who = format!("`{}`", actor.name());
    Err(Denied { who, action: "talk in sessions of", volume: volume.clone(), hint })
}

/// Like [`may_take_part`], with an explanation where the answer is no.
pub fn check_part(actor: &Actor, part: Part, head: &SessionHead) -> Result<(), Denied> {
    if may_take_part(actor, part, head) {
        return Ok(());
    }
    let denied = |action, hint| {
        let who = format!("`{}`", actor.name());
        Err(Denied { who, action, volume: head.volume.clone(), hint })
    };
    match part {
        Part::Look => access::check(actor, Action::Read, &head.volume),
        Part::Talk => check_talk(actor, &head.volume),
        Part::Change => denied(
            "rename, delete or share a session of somebody else in",
            "ask whoever began it, or an admin of the team",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::Timestamp;

    use super::*;
    use crate::{access::TeamRole, slug::Slug};

    fn slug(text: &str) -> Slug {
        text.parse().expect("it is a slug")
    }

    #[test]
    fn a_session_is_as_open_as_its_volume() {
        let person = |user: &str, teams: &[(&str, TeamRole)], system_admin| Actor::Person {
            user: slug(user),
            teams: teams.iter().map(|(team, role)| (slug(team), *role)).collect::<BTreeMap<_, _>>(),
            system_admin,
        };
        let (member, admin) = (TeamRole::Member, TeamRole::Admin);
        let ana = person("ana", &[("atlas", member)], false);
        let bob = person("bob", &[("atlas", member)], false);
        let boss = person("boss", &[("atlas", admin)], false);
        let eve = person("eve", &[], false);
        let root = person("root", &[], true);
        let local = Actor::local(slug("ana"), [slug("atlas")]);
        let team_cron =
            Actor::TeamCron { team: slug("atlas"), members: BTreeSet::from([slug("ana")]) };
        // Who, in which volume, a session that ana began: look, talk, change.
        let cases = [
            (&ana, "user/ana", [true, true, true]),
            (&bob, "user/ana", [false, false, false]),
            (&root, "user/ana", [false, false, false]),
            (&team_cron, "user/ana", [true, false, false]),
            (&ana, "team/atlas", [true, true, true]),
            (&bob, "team/atlas", [true, true, false]),
            (&boss, "team/atlas", [true, true, true]),
            (&eve, "team/atlas", [false, false, false]),
            (&local, "team/atlas", [true, true, true]),
            (&local, "team/borea", [false, false, false]),
            (&ana, "system", [true, false, false]),
            (&local, "system", [true, false, false]),
            (&root, "system", [true, true, true]),
        ];
        for (actor, volume, want) in cases {
            let volume = volume.parse().expect("it is a volume");
            let head = SessionHead::new(
                slug("s1"),
                "Work".to_owned(),
                volume,
                slug("ana"),
                Timestamp::UNIX_EPOCH,
            );
            let got = [Part::Look, Part::Talk, Part::Change]
                .map(|part| may_take_part(actor, part, &head));
            assert_eq!(got, want, "{actor:?} in {}", head.volume);
            for part in [Part::Look, Part::Talk, Part::Change] {
                let checked = check_part(actor, part, &head);
                assert_eq!(checked.is_ok(), may_take_part(actor, part, &head), "{checked:?}");
            }
        }
    }
}
