//! Who asks, and which team they work in at the moment.

use llmos_core::{
    access::{self, Action, Actor},
    slug::Slug,
    store::Author,
    volume::VolumeId,
};

use crate::Error;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    actor: Actor,
    user: Slug,
    team: Option<Slug>,
}

impl Caller {
    /// The person at their own machine, where nobody logs in.
    pub fn local(user: Slug, team: Option<Slug>) -> Self {
        Self { actor: Actor::local(user.clone(), team.clone()), user, team }
    }

    /// Returns the volume that the caller's own changes go to.
    pub fn own_volume(&self) -> VolumeId {
        VolumeId::User(self.user.clone())
    }

    /// Returns the caller's user id.
    pub(crate) fn user(&self) -> &Slug {
        &self.user
    }

    /// Returns the volumes whose skills and workflows the caller sees, the nearest first.
    pub(crate) fn layers(&self) -> Result<Vec<VolumeId>, Error> {
        let team = self.team.iter().cloned().map(VolumeId::Team);
        let layers: Vec<_> =
            [self.own_volume()].into_iter().chain(team).chain([VolumeId::System]).collect();
        for volume in &layers {
            self.must(Action::Read, volume)?;
        }
        Ok(layers)
    }

    /// Refuses what the access table does not allow: the one place that asks it.
    pub(crate) fn must(&self, action: Action, volume: &VolumeId) -> Result<(), Error> {
        access::check(&self.actor, action, volume).map_err(|denied| Error::Denied { denied })
    }

    /// Returns the identity that the caller's commits carry.
    pub(crate) fn author(&self) -> Author {
        let name = self.actor.name();
        Author { email: format!("{name}@llmos.local"), name }
    }
}
