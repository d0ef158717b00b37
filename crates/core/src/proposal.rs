//! Proposals: a skill that somebody asks a volume to take, on a branch of its own.
//!
//! A proposal is the branch `pr/<user>/<skill>` of the volume that is asked, made here or pushed with plain
//! `git`. Its id is the commit at its end, so that whoever approves it approves exactly what they saw. Approving
//! merges the branch. Declining puts the skill back as it was, on the branch, with the reason: the history of a
//! proposal is the history of its branch, and nothing of it is kept elsewhere.

mod decide;
mod origin;
mod push;
mod record;

use std::{fmt, str::FromStr};

use crate::slug::{Slug, SlugError};

pub use decide::{DecisionRefused, Own, check as check_decision, check_revert};
pub use origin::{OriginError, origin};
pub use push::{PushRefused, PushedRef, check_push, may_push};
pub use record::{Decision, Provenance, claimed, declined, merged, promoted, reverted};

/// What the branches of proposals begin with.
pub const PREFIX: &str = "pr/";

/// The name of a proposal within its volume: who proposes which skill.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProposalName {
    /// Who proposes it.
    pub user: Slug,
    /// The skill.
    pub skill: Slug,
}

/// Why a branch is not that of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalNameError {
    /// It does not look like one.
    #[error("`{branch}` is not the branch of a proposal")]
    OtherForm {
        /// The branch.
        branch: String,
    },
    /// The user or the skill has no such name.
    #[error("the branch of a proposal names no user or skill: {source}")]
    BadName {
        /// What is wrong with it.
        source: SlugError,
    },
}

impl ProposalNameError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "name the branch `pr/<user>/<skill>`, after yourself and the id of the skill"
    }
}

impl FromStr for ProposalName {
    type Err = ProposalNameError;

    fn from_str(branch: &str) -> Result<Self, ProposalNameError> {
        let named = branch.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/'));
        let Some((user, skill)) = named else {
            let branch = branch.chars().take(80).collect();
            return Err(ProposalNameError::OtherForm { branch });
        };
        let slug =
            |text: &str| text.parse().map_err(|source| ProposalNameError::BadName { source });
        Ok(Self { user: slug(user)?, skill: slug(skill)? })
    }
}

impl fmt::Display for ProposalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/{}", self.user, self.skill)
    }
}

#[cfg(test)]
mod tests;
