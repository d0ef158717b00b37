//! Shares of a session: what lets somebody read it who may not look into its volume.
//!
//! A share gives one right, to read one session. A link is a token that nobody can guess, of
//! which the hash is kept; an offer to a team needs none, as its members are known.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{SessionHead, SessionsError};
use crate::{
    access::{self, Action, Actor},
    api_key::unhex,
    key::hex,
    slug::Slug,
    volume::VolumeId,
};

/// The most shares of one session.
pub const MAX_SHARES: usize = 50;

/// What every token begins with, so that people and scanners of secrets know one when they see it.
const PREFIX: &str = "share_";

/// Lets others read a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its id, by which it is listed and revoked. It opens nothing.
    pub id: Slug,
    /// The session.
    pub session: Slug,
    /// Whom it lets in.
    pub with: SharedWith,
    /// Who made it.
    pub by: Slug,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
    /// How many messages it shows, from the first; `None` shows also those that are still to come.
    pub n_messages: Option<u64>,
}

/// Whom a share lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedWith {
    /// Whoever shows the token of this hash.
    Link(LinkHash),
    /// The members of a team.
    Team(Slug),
}

/// The SHA-256 of a token. Its text form is 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkHash([u8; 32]);

/// Why a text is not a [`LinkHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the 64 digits of a SHA-256")]
pub struct LinkHashError;

/// A token on its way to whoever asked for it. It can be shown, and is never logged.
pub struct FreshLink {
    /// The id of its share.
    pub id: Slug,
    /// The token.
    pub token: String,
}

impl FreshLink {
    /// Makes a token of numbers that nobody can foresee.
    pub fn new(id: u32, secret: &[u8; 32]) -> Self {
        let id = share_id(id);
        let token = format!("{PREFIX}{id}_{}", hex(secret));
        Self { id, token }
    }

    /// Returns what is kept of it.
    pub fn hash(&self) -> LinkHash {
        LinkHash::of(&self.token)
    }
}

/// Makes the id of a share.
pub fn share_id(drawn: u32) -> Slug {
    format!("{drawn:08x}").parse().expect("because hexadecimal digits are a slug")
}

/// Returns the id of the share that a token may open, if it looks like one.
pub fn share_of_token(token: &str) -> Option<Slug> {
    let (id, _) = token.strip_prefix(PREFIX)?.split_once('_')?;
    id.parse().ok()
}

impl LinkHash {
    fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl fmt::Display for LinkHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for LinkHash {
    type Err = LinkHashError;

    fn from_str(text: &str) -> Result<Self, LinkHashError> {
        unhex(text).map(Self).ok_or(LinkHashError)
    }
}

impl Share {
    /// Says whether it has not ended.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    /// Says whether it is a link that this token opens now. How long that takes says nothing of the hash.
    pub fn opens_with(&self, token: &str, now: Timestamp) -> bool {
        match &self.with {
            SharedWith::Link(hash) => {
                bool::from(LinkHash::of(token).0.ct_eq(&hash.0)) && self.is_open(now)
            }
            SharedWith::Team(_) => false,
        }
    }

    /// Says whether it is offered to a team whose volume somebody may read.
    pub fn is_for(&self, actor: &Actor, now: Timestamp) -> bool {
        match &self.with {
            SharedWith::Link(_) => false,
            SharedWith::Team(team) => {
                self.is_open(now) && access::may(actor, Action::Read, &VolumeId::Team(team.clone()))
            }
        }
    }

    /// Returns how many messages of a session it shows.
    pub fn shown(&self, head: &SessionHead) -> u64 {
        self.n_messages.unwrap_or(u64::MAX).min(head.n_messages)
    }
}

/// Where shares are kept: beside their sessions, and gone with them.
///
/// What [`Sessions`](super::Sessions) says of itself holds here too: methods block, each is one step that is kept when
/// it returns, and nobody is asked for permission. A share that was revoked is found by nobody any more.
pub trait Shares: Send + Sync {
    /// Keeps a share of a session that is there. One that is there exactly as it is given counts as kept.
    fn add_share(&self, share: &Share) -> Result<(), SessionsError>;

    /// Finds a share by its id.
    fn find_share(&self, id: &Slug) -> Result<Option<Share>, SessionsError>;

    /// Lists the shares of a session, the newest first.
    fn shares_of(&self, session: &Slug) -> Result<Vec<Share>, SessionsError>;

    /// Lists what is offered to a team, the newest first.
    fn offers_to(&self, team: &Slug) -> Result<Vec<Share>, SessionsError>;

    /// Takes a share of a session away, and says whether it was there.
    fn revoke_share(&self, session: &Slug, id: &Slug) -> Result<bool, SessionsError>;
}

#[cfg(test)]
mod tests;
