//! Sessions: beginning one, reading it, saying something, renaming and forgetting
//! it; each with its access check. Whoever may not look is told that it is not there.

mod commit;
mod export;
mod gathered;
mod incoming;
mod replay;
mod shares;
mod talk;
mod view;

use std::sync::Arc;

use llmos_api::session::{
    AddMessage, CreateSession, SessionDetail, SessionList, SessionMessage, SessionView,
    UpdateSession,
};
use llmos_core::{
    session::{
        self, KeptMessage, MessageKey, NewMessage, Part, Replaced, SessionChange, SessionHead,
        Sessions, SessionsError, Share, TooMuch, check_name, check_talk, may_take_part, name_from,
    },
    slug::Slug,
    volume::VolumeId,
};

use crate::{Caller, Error, Page, Workbench};

pub use export::{Exported, SessionFormat};
pub(crate) use incoming::volume as session_volume;
pub use replay::SessionPoint;
pub(crate) use talk::{Answer, InSession};

/// Which sessions are wanted.
#[derive(Clone, Debug)]
pub struct SessionFilter {
    /// Those of this volume; those of all that the caller sees when left out.
    pub volume: Option<VolumeId>,
    /// Which page of them.
    pub page: Page,
}

/// Which messages of a session are wanted; the newest where neither end is given.
#[derive(Clone, Copy, Debug)]
pub struct MessageFilter {
    /// Only those before this number, the nearest ones.
    pub before: Option<u64>,
    /// Only those after this number, the nearest ones.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl MessageFilter {
    /// Says with which number the wanted ones of so many messages begin, and how many they are.
    fn window(&self, n_messages: u64) -> (u64, u64) {
        let n = self.limit as u64;
        match (self.after, self.before) {
            (Some(after), _) => {
                let first = after.saturating_add(1);
                (first, n.min((n_messages + 1).saturating_sub(first)))
            }
            (None, before) => {
                let end = before.unwrap_or(u64::MAX).min(n_messages + 1).max(1);
                let first = end.saturating_sub(n).max(1);
                (first, end - first)
            }
        }
    }
}

/// Some messages of a session, and where there are more.
struct Pageful {
    head: SessionHead,
    messages: Vec<KeptMessage>,
    earlier: Option<u64>,
    later: Option<u64>,
}

impl Workbench {
    /// Keeps sessions there. Without it there are none.
    #[must_use]
    pub fn with_sessions(self, sessions: Arc<dyn Sessions>) -> Self {
        Self { sessions: Some(sessions), ..self }
    }

    /// Lists the sessions that the caller may see, the one that was changed last first.
    pub fn list_sessions(
        &self,
        caller: &Caller,
        filter: &SessionFilter,
    ) -> Result<SessionList, Error> {
        let volumes = match &filter.volume {
            Some(volume) => {
                caller.must(llmos_core::access::Action::Read, volume)?;
                vec![volume.clone()]
            }
            None => caller.layers()?,
        };
        let Page { limit, offset } = filter.page;
        let page = self.sessions()?.list(&volumes, limit, offset)?;
        let sessions = page.heads.iter().map(|head| view::session(caller, head)).collect();
        Ok(SessionList { total: page.total, sessions })
    }

    /// Begins a session.
    pub fn create_session(
        &self,
        caller: &Caller,
        asked: &CreateSession,
    ) -> Result<SessionView, Error> {
        let volume = incoming::volume(caller, asked.volume.as_deref(), asked.volume_id.as_deref())?;
        check_talk(caller.actor(), &volume).map_err(|denied| Error::Denied { denied })?;
        let first = asked.initial_message.as_deref().filter(|text| !text.trim().is_empty());
        let name = match asked.name.as_deref().filter(|name| !name.trim().is_empty()) {
            Some(name) => check_name(name)?,
            None => name_from(asked.named_after.as_deref().or(first).unwrap_or_default()),
        };
        let at = self.world.now();
        let first: Vec<NewMessage> = first
            .map(|text| incoming::said(self.message_key(), session::Role::User, text, at))
            .into_iter()
            .collect();
        first.iter().try_for_each(session::check_message)?;
        for _ in 0..4 {
            let id = self.new_session_id(at);
            let head = SessionHead::new(id, name.clone(), volume.clone(), caller.user(), at);
            match self.sessions()?.create(&head, &first) {
                // Somebody else began one in the same second, and drew the same number.
                Err(SessionsError::Exists { .. }) => {}
                made => return Ok(view::session(caller, &made?)),
            }
        }
        let hint = "try again".to_owned();
        Err(Error::NotReady {
            reason: "no id was free for the session".to_owned(),
            hint: Some(hint),
        })
    }

    /// Reads a session and some of its messages.
    pub fn read_session(
        &self,
        caller: &Caller,
        id: &Slug,
        filter: MessageFilter,
    ) -> Result<SessionDetail, Error> {
        let n_messages = self.session(caller, id, Part::Look)?.n_messages;
        let Pageful { head, messages, earlier, later } = self.page(id, n_messages, None, filter)?;
        Ok(SessionDetail {
            session: view::session(caller, &head),
            messages: messages
                .into_iter()
                .map(|kept| SessionMessage::new(kept, &head.replaced))
                .collect(),
            earlier,
            later,
        })
    }

    /// Reads a page of a session that had so many messages, or of what a share shows of it.
    fn page(
        &self,
        id: &Slug,
        n_messages: u64,
        share: Option<&Share>,
        filter: MessageFilter,
    ) -> Result<Pageful, Error> {
        let (first, limit) = filter.window(n_messages);
        let (head, messages) = self.messages(id, first, usize::try_from(limit).unwrap_or(0))?;
        let n_messages = share.map_or(head.n_messages, |share| share.shown(&head));
        // Where nothing was asked for a page may lie beside the messages that there are.
        let (from, to) = match (messages.first(), messages.last()) {
            (Some(from), Some(to)) => (from.number, to.number),
            _ => (first.min(n_messages + 1), first.saturating_sub(1).min(n_messages)),
        };
        let earlier = (from > 1).then_some(from);
        Ok(Pageful { head, messages, earlier, later: (to < n_messages).then_some(to) })
    }

    /// Renames a session, or says where it stands.
    pub fn update_session(
        &self,
        caller: &Caller,
        id: &Slug,
        expected: Option<u64>,
        asked: &UpdateSession,
    ) -> Result<SessionView, Error> {
        self.session(caller, id, Part::Change)?;
        let name = asked.name.as_deref().map(check_name).transpose()?;
        let change = SessionChange::Described { name, status: asked.status.map(Into::into) };
        let head = self.sessions()?.change(id, expected, &change, self.world.now())?;
        Ok(view::session(caller, &head))
    }

    /// Forgets a session with all that was said in it. What was committed stays in its volume.
    pub fn delete_session(
        &self,
        caller: &Caller,
        id: &Slug,
        expected: Option<u64>,
    ) -> Result<(), Error> {
        self.session(caller, id, Part::Change)?;
        Ok(self.sessions()?.remove(id, expected)?)
    }

    /// Adds a message to a session; `false` beside it means that it was there already.
    pub fn add_message(
        &self,
        caller: &Caller,
        id: &Slug,
        key: Option<&str>,
        asked: &AddMessage,
    ) -> Result<(SessionMessage, bool), Error> {
        let head = self.session(caller, id, Part::Talk)?;
        if let Some(number) = asked.replaces {
            session::check_replaces(&head, number)?;
        }
        let at = self.world.now();
        let key = key.map_or_else(|| Ok(self.message_key()), incoming::key)?;
        let new = incoming::message(id, key, asked, at)?;
        let (kept, again) = self.say(id, new)?;
        Ok((SessionMessage::new(kept, &Replaced::default()), !again))
    }

    /// Keeps what is said, and tells whether it was there already.
    fn say(&self, id: &Slug, new: NewMessage) -> Result<(KeptMessage, bool), Error> {
        session::check_message(&new)?;
        let sessions = self.sessions()?;
        let place = sessions.append(id, std::slice::from_ref(&new), self.world.now())?.places[0];
        if !place.again {
            let NewMessage { message, files, .. } = new;
            return Ok((KeptMessage { number: place.number, message, files }, false));
        }
        let there = self.messages(id, place.number, 1)?.1.pop();
        let same = there.filter(|there| {
            there.message.content == new.message.content && there.message.role == new.message.role
        });
        let kept = same.ok_or(Error::KeyUsed { number: place.number })?;
        Ok((kept, true))
    }

    /// The session, if the caller may do this with it.
    pub(crate) fn session(
        &self,
        caller: &Caller,
        id: &Slug,
        part: Part,
    ) -> Result<SessionHead, Error> {
        let found = self.sessions()?.read(id, 1, 0)?;
        let (head, _) = found.ok_or_else(|| unknown(id))?;
        let seen = may_take_part(caller.actor(), Part::Look, &head);
        if !seen && !self.is_offered(caller, &head)? {
            return Err(unknown(id));
        }
        if part == Part::Look {
            return Ok(head);
        }
        session::check_part(caller.actor(), part, &head)
            .map_err(|denied| Error::Denied { denied })?;
        Ok(head)
    }

    pub(crate) fn messages(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<(SessionHead, Vec<KeptMessage>), Error> {
        self.sessions()?.read(id, first, limit)?.ok_or_else(|| unknown(id))
    }

    pub(crate) fn sessions(&self) -> Result<&dyn Sessions, Error> {
        self.sessions.as_deref().ok_or(Error::NoSessions)
    }

    fn new_session_id(&self, at: jiff::Timestamp) -> Slug {
        let text = format!("session-{}-{:08x}", at.strftime("%Y%m%d-%H%M%S"), self.world.random());
        text.parse().expect("because it is made of letters, digits and dashes")
    }

    /// A key for a message whose sender gave none.
    fn message_key(&self) -> MessageKey {
        let (one, two) = (self.world.random(), self.world.random());
        format!("{one:08x}{two:08x}").parse().expect("because it is made of digits")
    }
}

fn unknown(id: &Slug) -> Error {
    Error::Unknown {
        what: "session",
        id: id.to_string(),
        volume: None,
        hint: "take one that `GET /sessions` lists; name the team for a session of a team"
            .to_owned(),
    }
}

impl From<TooMuch> for Error {
    fn from(source: TooMuch) -> Self {
        let TooMuch { field, reason, hint } = source;
        Self::BadField { field, reason, hint: hint.to_owned() }
    }
}

impl From<SessionsError> for Error {
    fn from(source: SessionsError) -> Self {
        match source {
            SessionsError::Unknown { id } => unknown(&id),
            source => Self::Sessions { source },
        }
    }
}
