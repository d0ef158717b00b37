//! A [`Sessions`] that forgets everything when it is dropped.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use llmos_core::{
    session::{
        Appended, KeptMessage, MessageKey, NewMessage, SessionChange, SessionHead, SessionPage,
        Sessions, SessionsError, Share, SharedWith, Shares,
    },
    slug::Slug,
    volume::VolumeId,
};

/// Sessions in memory. They keep the promises of [`Sessions`] and make no others.
#[derive(Debug, Default)]
pub struct MemorySessions {
    kept: Mutex<BTreeMap<Slug, Kept>>,
    /// Locked after the sessions, where both are.
    shares: Mutex<BTreeMap<Slug, Share>>,
}

#[derive(Debug)]
struct Kept {
    head: SessionHead,
    first: SessionHead,
    messages: Vec<KeptMessage>,
    keys: BTreeMap<MessageKey, u64>,
}

impl MemorySessions {
    /// Makes a place without sessions.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Slug, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shares(&self) -> MutexGuard<'_, BTreeMap<Slug, Share>> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chosen(&self, chosen: impl Fn(&Share) -> bool) -> Vec<Share> {
        let mut found: Vec<_> =
            self.shares().values().filter(|share| chosen(share)).cloned().collect();
        found.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        found
    }
}

impl Shares for MemorySessions {
    fn add_share(&self, share: &Share) -> Result<(), SessionsError> {
        let mut kept = self.lock();
        known(&mut kept, &share.session)?;
        let mut shares = self.shares();
        match shares.get(&share.id) {
            Some(there) if there == share => Ok(()),
            Some(_) => Err(SessionsError::ShareExists { id: share.id.clone() }),
            None => {
                shares.insert(share.id.clone(), share.clone());
                Ok(())
            }
        }
    }

    fn find_share(&self, id: &Slug) -> Result<Option<Share>, SessionsError> {
        Ok(self.shares().get(id).cloned())
    }

    fn shares_of(&self, session: &Slug) -> Result<Vec<Share>, SessionsError> {
        Ok(self.chosen(|share| share.session == *session))
    }

    fn offers_to(&self, team: &Slug) -> Result<Vec<Share>, SessionsError> {
        Ok(self.chosen(|share| matches!(&share.with, SharedWith::Team(to) if to == team)))
    }

    fn revoke_share(&self, session: &Slug, id: &Slug) -> Result<bool, SessionsError> {
        let mut shares = self.shares();
        let there = shares.get(id).is_some_and(|share| share.session == *session);
        if there {
            shares.remove(id);
        }
        Ok(there)
    }
}

impl Kept {
    fn append(
        &mut self,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError> {
        let known: Vec<_> =
            messages.iter().map(|message| self.keys.get(&message.key).copied()).collect();
        let (places, _) = self.head.places(messages, &known)?;
        for (new, place) in messages.iter().zip(&places).filter(|(_, place)| !place.again) {
            self.keys.insert(new.key.clone(), place.number);
            let (message, files) = (new.message.clone(), new.files.clone());
            self.messages.push(KeptMessage { number: place.number, message, files });
        }
        self.head = self.head.with(messages, &places, at);
        Ok(Appended { head: self.head.clone(), places })
    }
}

fn known<'a>(kept: &'a mut BTreeMap<Slug, Kept>, id: &Slug) -> Result<&'a mut Kept, SessionsError> {
    kept.get_mut(id).ok_or_else(|| SessionsError::Unknown { id: id.clone() })
}

impl Sessions for MemorySessions {
    fn create(
        &self,
        head: &SessionHead,
        first: &[NewMessage],
    ) -> Result<SessionHead, SessionsError> {
        let mut kept = self.lock();
        if let Some(there) = kept.get(&head.id) {
            return match there.first == *head {
                true => Ok(there.head.clone()),
                false => Err(SessionsError::Exists { id: head.id.clone() }),
            };
        }
        let mut new = Kept {
            head: head.clone(),
            first: head.clone(),
            messages: Vec::new(),
            keys: BTreeMap::new(),
        };
        new.append(first, head.created_at)?;
        let now = new.head.clone();
        kept.insert(head.id.clone(), new);
        Ok(now)
    }

    fn list(
        &self,
        volumes: &[VolumeId],
        limit: usize,
        offset: usize,
    ) -> Result<SessionPage, SessionsError> {
        let kept = self.lock();
        let heads = kept.values().map(|kept| &kept.head);
        let mut heads: Vec<_> = heads.filter(|head| volumes.contains(&head.volume)).collect();
        heads.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then_with(|| a.id.cmp(&b.id)));
        let total = heads.len() as u64;
        let heads = heads.into_iter().skip(offset).take(limit).cloned().collect();
        Ok(SessionPage { total, heads })
    }

    fn read(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<Option<(SessionHead, Vec<KeptMessage>)>, SessionsError> {
        let kept = self.lock();
        Ok(kept.get(id).map(|kept| {
            let messages = kept.messages.iter().filter(|message| message.number >= first);
            (kept.head.clone(), messages.take(limit).cloned().collect())
        }))
    }

    fn append(
        &self,
        id: &Slug,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError> {
        known(&mut self.lock(), id)?.append(messages, at)
    }

    fn change(
        &self,
        id: &Slug,
        expected: Option<u64>,
        change: &SessionChange,
        at: Timestamp,
    ) -> Result<SessionHead, SessionsError> {
        let mut kept = self.lock();
        let there = known(&mut kept, id)?;
        there.head.expect(expected)?;
        there.head = there.head.changed(change, at);
        Ok(there.head.clone())
    }

    fn remove(&self, id: &Slug, expected: Option<u64>) -> Result<(), SessionsError> {
        let mut kept = self.lock();
        known(&mut kept, id)?.head.expect(expected)?;
        kept.remove(id);
        self.shares().retain(|_, share| share.session != *id);
        Ok(())
    }
}
