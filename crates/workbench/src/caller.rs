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
    /// The team whose skills and workflows the caller sees.
    team: Option<Slug>,
    /// How their commits name them.
    author: Author,
}

impl Caller {
    /// The person at their own machine, where nobody logs in.
    ///
    /// Doors ask [`Workbench::caller`](crate::Workbench::caller), which knows whether anybody keeps members.
    pub fn local(user: Slug, team: Option<Slug>) -> Self {
        Self::new(Actor::local(user, team.clone()), team)
    }

    pub(crate) fn new(actor: Actor, team: Option<Slug>) -> Self {
        let name = actor.name();
        let author = Author { email: format!("{name}@llmos.local"), name };
        Self { actor, team, author }
    }

    /// The same caller, whose commits carry another address.
    pub(crate) fn with_email(mut self, email: Option<String>) -> Self {
        self.author.email = email.unwrap_or(self.author.email);
        self
    }

    /// Whoever runs the program itself, at its command line: the folder of the volumes is theirs.
    pub fn operator() -> Self {
        Self::new(Actor::SystemCron, None)
    }

    /// Says whether this is [`Self::operator`].
    pub(crate) fn is_operator(&self) -> bool {
        self.actor == Actor::SystemCron
    }

    /// Returns the volume that the caller's own changes go to.
    pub fn own_volume(&self) -> VolumeId {
        match &self.actor {
            Actor::Person { user, .. } | Actor::Local { user, .. } => VolumeId::User(user.clone()),
            Actor::TeamCron { team, .. } => VolumeId::Team(team.clone()),
            Actor::SystemCron => VolumeId::System,
        }
    }

    /// Returns who asks, for rules of the core that the table alone does not answer.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the volume of the team that the caller works in.
    pub(crate) fn team_volume(&self) -> Result<VolumeId, Error> {
        let hint = "name the team, as in `team_id=atlas`";
        let team = self.team.clone().ok_or(Error::MissingField { field: "team_id", hint })?;
        Ok(VolumeId::Team(team))
    }

    /// Returns the caller's user id, or the name of the job.
    pub fn user(&self) -> Slug {
        match &self.actor {
            Actor::Person { user, .. } | Actor::Local { user, .. } => user.clone(),
            Actor::TeamCron { .. } | Actor::SystemCron => {
                self.actor.name().parse().expect("because it is a slug and a word")
            }
        }
    }

    /// Returns the team that the caller works in at the moment.
    pub(crate) fn team(&self) -> Option<&Slug> {
        self.team.as_ref()
    }

    /// Returns the members whose volumes the job of a team reads; nobody for any other caller.
    pub(crate) fn members(&self) -> Vec<Slug> {
        match &self.actor {
            Actor::TeamCron { members, .. } => members.iter().cloned().collect(),
            Actor::Person { .. } | Actor::Local { .. } | Actor::SystemCron => Vec::new(),
        }
    }

    /// Returns the volumes whose skills and workflows the caller sees, the nearest first.
    pub(crate) fn layers(&self) -> Result<Vec<VolumeId>, Error> {
        let team = self.team.iter().cloned().map(VolumeId::Team);
        let mut layers: Vec<_> =
            [self.own_volume()].into_iter().chain(team).chain([VolumeId::System]).collect();
        layers.dedup();
        for volume in &layers {
            self.must(Action::Read, volume)?;
        }
        Ok(layers)
    }

    /// Says whether the access table allows it.
    pub(crate) fn may(&self, action: Action, volume: &VolumeId) -> bool {
        access::may(&self.actor, action, volume)
    }

    /// Refuses what the access table does not allow: the one place that asks it.
    pub(crate) fn must(&self, action: Action, volume: &VolumeId) -> Result<(), Error> {
        access::check(&self.actor, action, volume).map_err(|denied| Error::Denied { denied })
    }

    /// Returns the identity that the caller's commits carry.
    pub(crate) fn author(&self) -> Author {
        self.author.clone()
    }
}
