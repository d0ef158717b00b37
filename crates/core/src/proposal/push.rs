//! What somebody may push to a volume with plain `git`: which branches and tags may move, and what no commit may claim.

use super::{PREFIX, ProposalName, ProposalNameError};
use crate::{
    access::{self, Action, Actor, Denied},
    slug::Slug,
    volume::VolumeId,
};

/// A branch or tag that somebody wants to move, make or remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushedRef<'a> {
    /// Its whole name, such as `refs/heads/main`.
    pub name: &'a str,
    /// Whether it is to go.
    pub deletes: bool,
}

/// Why a branch or tag may not move so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushRefused {
    /// The access table says no.
    #[error("{denied}")]
    Denied {
        /// What it says.
        denied: Denied,
    },
    /// It is the branch of somebody else's proposal.
    #[error("only `{user}` may push to a proposal of `{user}`")]
    OthersProposal {
        /// Who proposes there.
        user: Slug,
    },
    /// It looks like the branch of a proposal and is none.
    #[error("{source}")]
    NoProposal {
        /// Why not.
        source: ProposalNameError,
    },
}

impl PushRefused {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Denied { denied } if denied.action == "change" => {
                "push to `pr/<user>/<skill>`, after yourself and the id of the skill, to propose it"
            }
            Self::Denied { denied } => denied.hint,
            Self::OthersProposal { .. } => "push it to a branch `pr/<user>/<skill>` of your own",
            Self::NoProposal { source } => source.hint(),
        }
    }
}

/// Says whether somebody may push anything at all: whoever changes a volume, or proposes for it.
pub fn may_push(actor: &Actor, volume: &VolumeId) -> Result<(), Denied> {
    match access::may(actor, Action::Propose, volume) {
        true => Ok(()),
        false => access::check(actor, Action::Write, volume),
    }
}

/// Says whether one branch or tag may move.
///
/// The branch of a proposal is its user's alone: what stands there is taken for theirs. Whoever decides about it
/// may remove it. Everything else is for those who may change the volume. In somebody's own volume nothing is
/// proposed, so no name means anything there.
pub fn check_push(
    actor: &Actor,
    volume: &VolumeId,
    pushed: PushedRef<'_>,
) -> Result<(), PushRefused> {
    let must = |action| {
        access::check(actor, action, volume).map_err(|denied| PushRefused::Denied { denied })
    };
    let branch = pushed.name.strip_prefix("refs/heads/");
    let proposal = branch.filter(|branch| branch.starts_with(PREFIX));
    let (Some(proposal), VolumeId::Team(_) | VolumeId::System) = (proposal, volume) else {
        return must(Action::Write);
    };
    let name: ProposalName =
        proposal.parse().map_err(|source| PushRefused::NoProposal { source })?;
    match actor {
        Actor::Person { user, .. } | Actor::Local { user, .. } if *user == name.user => {
            must(Action::Propose)
        }
        _ if pushed.deletes => must(Action::Decide),
        _ => Err(PushRefused::OthersProposal { user: name.user }),
    }
}
