//! Sharing a session: by a link, or with a team; and reading one because it is shared.
//!
//! A share gives no more than reading. It stands as long as whoever made it may share the session.

use llmos_api::{
    session::{SessionList, SessionMessage},
    share::{MadeShare, ShareList, ShareSession, ShareView, SharedSession},
};
use llmos_core::{
    access::Action,
    session::{
        FreshLink, KeptMessage, MAX_SHARES, Part, Replaced, Role, SessionHead, SessionsError,
        Share, SharedWith, may_take_part, share_id, share_of_token,
    },
    slug::Slug,
    volume::VolumeId,
};

use super::{MessageFilter, incoming, view};
use crate::{Caller, Error, Page, Workbench, ids};

/// What stands in a link for what the program itself said: that may name what is near the server.
const SAID_BY_PROGRAM: &str = "There is no whole answer to this.";

impl Workbench {
    /// Shares a session. The token of a link is in this answer and nowhere else.
    pub fn share_session(
        &self,
        caller: &Caller,
        id: &Slug,
        asked: &ShareSession,
    ) -> Result<MadeShare, Error> {
        let head = self.session(caller, id, Part::Change)?;
        let now = self.world.now();
        let team =
            asked.with_team.as_deref().map(|team| ids::slug("with_team", team)).transpose()?;
        if let Some(team) = &team {
            self.must_be_offerable(caller, team, &head)?;
        }
        let ends_at = asked.ends_at.as_deref().map(|text| incoming::end(text, now)).transpose()?;
        if self.sessions()?.shares_of(id)?.len() >= MAX_SHARES {
            return Err(Error::NotReady {
                reason: format!("the session has {MAX_SHARES} shares, which are the most"),
                hint: Some("revoke those that are no longer needed".to_owned()),
            });
        }
        let follows = team.is_some() || asked.follow == Some(true);
        for _ in 0..4 {
            let (share_id, with, token) = match &team {
                Some(team) => (share_id(self.world.random()), SharedWith::Team(team.clone()), None),
                None => {
                    let fresh = self.fresh_link();
                    (fresh.id.clone(), SharedWith::Link(fresh.hash()), Some(fresh.token))
                }
            };
            let share = Share {
                id: share_id,
                session: id.clone(),
                with,
                by: caller.user(),
                created_at: now,
                ends_at,
                n_messages: (!follows).then_some(head.n_messages),
            };
            match self.sessions()?.add_share(&share) {
                // Another share drew the same id.
                Err(SessionsError::ShareExists { .. }) => {}
                kept => {
                    kept?;
                    let link = token.as_ref().map(|token| format!("/shared#{token}"));
                    return Ok(MadeShare { share: ShareView::new(&share, now), token, link });
                }
            }
        }
        let hint = Some("try again".to_owned());
        Err(Error::NotReady { reason: "no id was free for the share".to_owned(), hint })
    }

    /// Lists the shares of a session, the newest first.
    pub fn list_shares(&self, caller: &Caller, id: &Slug) -> Result<ShareList, Error> {
        self.session(caller, id, Part::Change)?;
        let now = self.world.now();
        let shares = self.sessions()?.shares_of(id)?;
        Ok(ShareList { shares: shares.iter().map(|share| ShareView::new(share, now)).collect() })
    }

    /// Revokes a share: nobody reads because of it from now on.
    pub fn revoke_share(&self, caller: &Caller, id: &Slug, share: &Slug) -> Result<(), Error> {
        self.session(caller, id, Part::Change)?;
        if self.sessions()?.revoke_share(id, share)? {
            return Ok(());
        }
        Err(Error::Unknown {
            what: "share",
            id: share.to_string(),
            volume: None,
            hint:
                "take one that `GET /sessions/{id}/shares` lists; one that was revoked is not there"
                    .to_owned(),
        })
    }

    /// Lists the sessions that are offered to the caller's team, the one that was offered last first.
    pub fn offered_sessions(&self, caller: &Caller, page: Page) -> Result<SessionList, Error> {
        let volume = caller.team_volume()?;
        caller.must(Action::Read, &volume)?;
        let VolumeId::Team(team) = &volume else {
            return Ok(SessionList { total: 0, sessions: Vec::new() });
        };
        let now = self.world.now();
        let mut heads: Vec<SessionHead> = Vec::new();
        for share in self.sessions()?.offers_to(team)? {
            if !share.is_open(now) || heads.iter().any(|head| head.id == share.session) {
                continue;
            }
            let Some((head, _)) = self.sessions()?.read(&share.session, 1, 0)? else { continue };
            if self.stands(&share, &head)? {
                heads.push(head);
            }
        }
        let total = heads.len() as u64;
        let heads = heads.iter().skip(page.offset).take(page.limit);
        Ok(SessionList { total, sessions: heads.map(|head| view::session(caller, head)).collect() })
    }

    /// Reads a session because somebody shows the token of a link. Asks for nothing else: whoever has it may.
    pub fn open_link(
        &self,
        token: Option<&str>,
        filter: MessageFilter,
    ) -> Result<SharedSession, Error> {
        let token = token.unwrap_or_default();
        let share = match share_of_token(token) {
            Some(id) => self.sessions()?.find_share(&id)?,
            None => None,
        };
        let now = self.world.now();
        let share = share.filter(|share| share.opens_with(token, now)).ok_or(Error::LinkClosed)?;
        let found = self.sessions()?.read(&share.session, 1, 0)?;
        let (head, _) = found.ok_or(Error::LinkClosed)?;
        if !self.stands(&share, &head)? {
            return Err(Error::LinkClosed);
        }
        let pageful = self.page(&head.id, share.shown(&head), Some(&share), filter)?;
        // What was replaced was taken back: nobody else reads it any more.
        let replaced = pageful.head.replaced.clone();
        let end = share.shown(&pageful.head);
        let count = end - replaced.count_to(end);
        let still = pageful.messages.into_iter().filter(|kept| !replaced.has(kept.number));
        Ok(SharedSession {
            message_count: count,
            name: pageful.head.name,
            created_at: head.created_at.to_string(),
            ends_at: share.ends_at.map(|end| end.to_string()),
            messages: still.map(|kept| shown(kept, &replaced)).collect(),
            earlier: pageful.earlier,
            later: pageful.later,
        })
    }

    /// Says whether a session is offered to a team of the caller.
    pub(super) fn is_offered(&self, caller: &Caller, head: &SessionHead) -> Result<bool, Error> {
        let now = self.world.now();
        for share in self.sessions()?.shares_of(&head.id)? {
            if share.is_for(caller.actor(), now) && self.stands(&share, head)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses teams that the caller is not in, and the one whose members read the session anyway.
    fn must_be_offerable(
        &self,
        caller: &Caller,
        team: &Slug,
        head: &SessionHead,
    ) -> Result<(), Error> {
        let volume = VolumeId::Team(team.clone());
        self.caller(caller.user(), Some(team.clone()))?;
        if volume != head.volume {
            return Ok(());
        }
        Err(Error::BadField {
            field: "with_team",
            reason: format!("the session is one of `{volume}`: its members read it already"),
            hint: "name another team, or make a link".to_owned(),
        })
    }

    /// Says whether whoever made a share may still share the session.
    fn stands(&self, share: &Share, head: &SessionHead) -> Result<bool, Error> {
        let team = match &head.volume {
            VolumeId::Team(team) => Some(team.clone()),
            VolumeId::User(_) | VolumeId::System => None,
        };
        match self.caller(share.by.clone(), team) {
            Ok(owner) => Ok(may_take_part(owner.actor(), Part::Change, head)),
            Err(Error::Stranger { .. } | Error::Denied { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn fresh_link(&self) -> FreshLink {
        let mut secret = [0; 32];
        for part in secret.as_chunks_mut::<4>().0 {
            *part = self.world.random().to_be_bytes();
        }
        FreshLink::new(self.world.random(), &secret)
    }
}

/// A message as whoever has a link sees it: what was said and what came of it, and nothing of where that is kept.
fn shown(mut kept: KeptMessage, replaced: &Replaced) -> SessionMessage {
    if kept.message.role == Role::System {
        SAID_BY_PROGRAM.clone_into(&mut kept.message.content);
    }
    let mut message = SessionMessage::new(kept, replaced);
    message.replaces = None;
    message.traces.clear();
    for artifact in &mut message.artifacts {
        artifact.path = None;
    }
    message
}
