//! Sessions in memory that note every touch.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use llmos_core::{
    session::{
        Appended, KeptMessage, NewMessage, SessionChange, SessionHead, SessionPage, Sessions,
        SessionsError, Share, SharedWith, Shares,
    },
    slug::Slug,
    volume::VolumeId,
};
use llmos_testkit::MemorySessions;

use crate::spy::Touch;

/// Sessions that note every touch.
#[derive(Default)]
pub(crate) struct Heard {
    inner: Mutex<Arc<MemorySessions>>,
    touches: Mutex<Vec<Touch>>,
}

impl Heard {
    /// Returns what was touched since the last time that somebody asked.
    pub(crate) fn take(&self) -> Vec<Touch> {
        std::mem::take(&mut self.touches.lock().expect("nobody failed"))
    }

    /// The sessions, without anybody noting it.
    pub(crate) fn unseen(&self) -> Arc<MemorySessions> {
        Arc::clone(&self.inner.lock().expect("nobody failed"))
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        *self.inner.lock().expect("nobody failed") = Arc::default();
        self.take();
    }

    /// The teams that a session is offered to now.
    pub(crate) fn offers(&self, session: &Slug) -> Vec<VolumeId> {
        let shares = self.unseen().shares_of(session).expect("it is in memory");
        let team = |share: Share| match share.with {
            SharedWith::Team(team) => Some(VolumeId::Team(team)),
            SharedWith::Link(_) => None,
        };
        shares.into_iter().filter_map(team).collect()
    }

    fn note(&self, touch: Touch) {
        self.touches.lock().expect("nobody failed").push(touch);
    }

    fn talk(&self, head: &SessionHead) {
        self.note(Touch::Talk(head.volume.clone()));
    }
}

impl Sessions for Heard {
    fn create(
        &self,
        head: &SessionHead,
        first: &[NewMessage],
    ) -> Result<SessionHead, SessionsError> {
        self.talk(head);
        self.unseen().create(head, first)
    }

    fn list(
        &self,
        volumes: &[VolumeId],
        limit: usize,
        offset: usize,
    ) -> Result<SessionPage, SessionsError> {
        volumes.iter().for_each(|volume| self.note(Touch::Read(volume.clone())));
        self.unseen().list(volumes, limit, offset)
    }

    fn read(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<Option<(SessionHead, Vec<KeptMessage>)>, SessionsError> {
        let read = self.unseen().read(id, first, limit)?;
        // A head says which volume is asked about; nobody is told of it before that is known.
        if let (Some((head, _)), true) = (&read, limit > 0) {
            self.note(Touch::Look(head.volume.clone(), self.offers(id)));
        }
        Ok(read)
    }

    fn append(
        &self,
        id: &Slug,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError> {
        let appended = self.unseen().append(id, messages, at)?;
        self.talk(&appended.head);
        Ok(appended)
    }

    fn change(
        &self,
        id: &Slug,
        expected: Option<u64>,
        change: &SessionChange,
        at: Timestamp,
    ) -> Result<SessionHead, SessionsError> {
        let head = self.unseen().change(id, expected, change, at)?;
        self.talk(&head);
        Ok(head)
    }

    fn remove(&self, id: &Slug, expected: Option<u64>) -> Result<(), SessionsError> {
        if let Some((head, _)) = self.unseen().read(id, 1, 0)? {
            self.talk(&head);
        }
        self.unseen().remove(id, expected)
    }
}

impl Shares for Heard {
    fn add_share(&self, share: &Share) -> Result<(), SessionsError> {
        if let Some((head, _)) = self.unseen().read(&share.session, 1, 0)? {
            self.talk(&head);
        }
        self.unseen().add_share(share)
    }

    fn find_share(&self, id: &Slug) -> Result<Option<Share>, SessionsError> {
        self.unseen().find_share(id)
    }

    fn shares_of(&self, session: &Slug) -> Result<Vec<Share>, SessionsError> {
        self.unseen().shares_of(session)
    }

    fn offers_to(&self, team: &Slug) -> Result<Vec<Share>, SessionsError> {
        self.note(Touch::Read(VolumeId::Team(team.clone())));
        self.unseen().offers_to(team)
    }

    fn revoke_share(&self, session: &Slug, id: &Slug) -> Result<bool, SessionsError> {
        if let Some((head, _)) = self.unseen().read(session, 1, 0)? {
            self.talk(&head);
        }
        self.unseen().revoke_share(session, id)
    }
}
