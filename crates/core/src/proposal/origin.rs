//! Which volume a skill comes from that another is asked to take: one step up, user to team to system.

use crate::{slug::Slug, volume::VolumeId};

/// Why nothing can be promoted into a volume that way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// A team is asked whose skills come from nowhere below.
    #[error("`team_id` is missing")]
    NoTeam,
    /// The volume of a person is asked.
    #[error("nothing is promoted into volume `{to}`")]
    IntoUser {
        /// The volume.
        to: VolumeId,
    },
    /// The job of a team asks its own team.
    #[error("volume `{to}` has its own skills already")]
    FromItself {
        /// The volume.
        to: VolumeId,
    },
}

impl OriginError {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoTeam => {
                "name the team that gets the skill, or whose skill the system volume gets"
            }
            Self::IntoUser { .. } => "promote into a team or the system volume",
            Self::FromItself { .. } => "promote it into the system volume",
        }
    }
}

/// Returns the volume from which a skill goes into another: a person's own into a team, a team's into the system.
pub fn origin(to: &VolumeId, own: &VolumeId, team: Option<&Slug>) -> Result<VolumeId, OriginError> {
    match (to, team) {
        (VolumeId::User(_), _) => Err(OriginError::IntoUser { to: to.clone() }),
        (VolumeId::Team(_), _) if own == to => Err(OriginError::FromItself { to: to.clone() }),
        (VolumeId::Team(_), _) => Ok(own.clone()),
        (VolumeId::System, Some(team)) => Ok(VolumeId::Team(team.clone())),
        (VolumeId::System, None) => Err(OriginError::NoTeam),
    }
}
