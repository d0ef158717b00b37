//! Who may decide about a proposal.

use crate::{
    access::{self, Action, Actor, Denied},
    slug::Slug,
    volume::VolumeId,
};

/// Whether somebody who decides knows that the proposal is their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// They did not say so.
    Unsaid,
    /// They said that they approve their own proposal.
    Said,
}

/// Why somebody may not decide about a proposal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    /// The access table says no.
    #[error("{denied}")]
    Denied {
        /// What it says.
        denied: Denied,
    },
    /// It is their own, and nobody else looked at it.
    #[error("the proposal of `{skill}` is your own")]
    OwnProposal {
        /// The skill.
        skill: Slug,
    },
}

impl DecisionRefused {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Denied { denied } => denied.hint,
            Self::OwnProposal { .. } => {
                "let another admin decide, or say that you approve your own with `own`"
            }
        }
    }
}

/// Says whether somebody may approve a proposal (`approve`), or decline it.
///
/// Both need [`Action::Decide`] on the volume that is asked: a member proposes, an admin decides. Whoever may
/// decide may approve their own proposal too, as nobody else may be there, but never by accident: they have to
/// say so. Everybody may take back, which is to decline, what they proposed themselves.
pub fn check(
    actor: &Actor,
    volume: &VolumeId,
    (user, skill): (&Slug, &Slug),
    approve: bool,
    own: Own,
) -> Result<(), DecisionRefused> {
    let is_own = match actor {
        Actor::Person { user: me, .. } | Actor::Local { user: me, .. } => me == user,
        Actor::TeamCron { .. } | Actor::SystemCron => false,
    };
    if is_own && !approve && access::may(actor, Action::Propose, volume) {
        return Ok(());
    }
    access::check(actor, Action::Decide, volume)
        .map_err(|denied| DecisionRefused::Denied { denied })?;
    if is_own && approve && own == Own::Unsaid {
        return Err(DecisionRefused::OwnProposal { skill: skill.clone() });
    }
    Ok(())
}

/// Says whether somebody may take a proposal back that was merged: whoever decides, whosever it was.
pub fn check_revert(actor: &Actor, volume: &VolumeId) -> Result<(), Denied> {
    access::check(actor, Action::Decide, volume)
}
