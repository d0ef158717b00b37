//! A chat in a session: what was said before goes along with a message, which is
//! kept before a model is asked; the answer is kept at its end.

use llmos_api::chat::{ChatMessage, ChatRequest, ChatRole};
use llmos_core::{
    chat::ProposedEdit,
    diff::text::{lines, unified},
    session::{KeptMessage, MessageKey, Part, Role, SessionHead, check_replaces},
    slug::Slug,
    volume::VolumePath,
    workflow::{self, Workflow},
};

use super::incoming;
use crate::{Caller, Error, Workbench, ids};

/// How many messages of before go along.
const MAX_HISTORY: usize = 40;

/// Where an exchange is kept.
#[derive(Clone, Debug)]
pub(crate) struct InSession {
    id: Slug,
    key: MessageKey,
    /// The message that the question takes the place of.
    replaces: Option<u64>,
}

/// What came of an exchange.
pub(crate) struct Answer<'a> {
    /// What was said.
    pub(crate) text: &'a str,
    /// Why there is no whole answer, for people.
    pub(crate) trouble: Option<String>,
    /// Its trace.
    pub(crate) trace: VolumePath,
    /// Workflows that were proposed.
    pub(crate) proposals: &'a [Workflow],
    /// Edits of skills that were proposed.
    pub(crate) edits: &'a [ProposedEdit],
}

impl Workbench {
    /// Opens the session that a message names, if it names one, with what was said in it before.
    pub(crate) fn join_session(
        &self,
        caller: &Caller,
        asked: &ChatRequest,
    ) -> Result<Option<(InSession, Vec<ChatMessage>)>, Error> {
        let Some(id) = asked.session_id.as_deref() else { return Ok(None) };
        let id = ids::slug("session_id", id)?;
        let key = match asked.message_key.as_deref() {
            Some(text) => incoming::key(text)?,
            None => self.message_key(),
        };
        let head = self.session(caller, &id, Part::Talk)?;
        if let Some(number) = asked.replaces {
            check_replaces(&head, number)?;
        }
        let before = self.said_before(&head, asked.replaces)?;
        let replaces = asked.replaces;
        Ok(Some((
            InSession { id, key, replaces },
            before.into_iter().filter_map(history).collect(),
        )))
    }

    /// The newest messages that count, oldest first: those that were replaced, or are replaced now, do not.
    fn said_before(
        &self,
        head: &SessionHead,
        replaces: Option<u64>,
    ) -> Result<Vec<KeptMessage>, Error> {
        let mut end = replaces.map_or(head.n_messages, |number| number - 1);
        let mut found = Vec::new();
        while end > 0 && found.len() < MAX_HISTORY {
            // A whole stretch of replaced messages is not read.
            if let Some((first, _)) = head.replaced.stretch(end) {
                end = first - 1;
                continue;
            }
            let first = end.saturating_sub(MAX_HISTORY as u64 - 1).max(1);
            let limit = usize::try_from(end - first + 1).unwrap_or(MAX_HISTORY);
            let mut read = self.messages(&head.id, first, limit)?.1;
            read.retain(|kept| kept.number <= end && !head.replaced.has(kept.number));
            found.extend(read.into_iter().rev());
            end = first - 1;
        }
        found.truncate(MAX_HISTORY);
        found.reverse();
        Ok(found)
    }

    /// Keeps what the person asks.
    pub(crate) fn keep_question(&self, place: &InSession, message: &str) -> Result<(), Error> {
        let now = self.world.now();
        let mut said = incoming::said(place.key.clone(), Role::User, message, now);
        said.message.replaces = place.replaces;
        self.say(&place.id, said)?;
        Ok(())
    }

    /// Keeps what was answered. Sent again, it is kept once.
    pub(crate) fn keep_answer(&self, place: &InSession, answer: Answer<'_>) -> Result<(), Error> {
        let Answer { text, trouble, trace, proposals, edits } = answer;
        let now = self.world.now();
        let mut messages = Vec::new();
        if !text.trim().is_empty() || !proposals.is_empty() || !edits.is_empty() {
            let key = place.key.then("answer");
            let mut new = incoming::said(key, Role::Assistant, text, now);
            new.message.traces.push(trace.clone());
            for proposal in proposals {
                let kind = "workflow".parse().expect("because it is a slug");
                let name = proposal.name.clone();
                let content = Some(workflow::print(proposal));
                let (artifact, file) = incoming::made(&place.id, kind, name, content);
                new.message.artifacts.push(artifact);
                new.files.extend(file);
            }
            for edit in edits {
                let kind = "edit".parse().expect("because it is a slug");
                let name = format!("{}.diff", edit.id);
                let hunks = lines(&edit.before, &edit.after);
                let (artifact, file) = incoming::made(&place.id, kind, name, Some(unified(&hunks)));
                new.message.artifacts.push(artifact);
                new.files.extend(file);
            }
            messages.push(new);
        }
        if let Some(trouble) = trouble {
            let mut new = incoming::said(place.key.then("trouble"), Role::System, &trouble, now);
            new.message.traces.push(trace);
            messages.push(new);
        }
        if !messages.is_empty() {
            self.sessions()?.append(&place.id, &messages, now)?;
        }
        Ok(())
    }
}

/// What a model is told of a message; nothing of what the program itself said.
fn history(kept: KeptMessage) -> Option<ChatMessage> {
    let role = match kept.message.role {
        Role::User => ChatRole::User,
        Role::Assistant => ChatRole::Assistant,
        Role::System => return None,
    };
    Some(ChatMessage { role, content: kept.message.content })
}
