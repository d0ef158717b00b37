//! Sessions: the port to those that go on, and those in a volume: the message of
//! the commit that keeps one, the document that holds it, and what can be
//! learned from many such commits.
//!
//! A session is a conversation with what came of it. Its parts are written so
//! that people and programs read the same text, and read back without loss.

mod access;
mod answer;
mod artifact;
mod document;
mod head;
mod limits;
mod line;
mod message;
mod replaced;
mod sessions;
mod share;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    slug::Slug,
    store::{Author, CommitId, CommitInfo},
    volume::VolumePath,
};

pub use access::{Part, check_part, check_talk, may_take_part, may_talk};
pub use answer::{
    ANSWER_SCHEMA, AnswerError, CommitPattern, LeftOut, MIN_CONFIDENCE, MIN_OCCURRENCES, Model,
    ModelError, Patterns, PatternsError, check_answer, find_patterns, question,
};
pub use artifact::{ArtifactError, artifact_path};
pub use document::{parse_document, print_document};
pub use head::{
    Committed, KeptMessage, MAX_KEY_LEN, MessageKey, MessageKeyError, NewMessage, SessionChange,
    SessionFile, SessionHead, SessionStatus,
};
pub use limits::{
    MAX_CONTENT_BYTES, MAX_DOCUMENT_BYTES, MAX_EXTRAS, MAX_NAME_CHARS, TooMuch, check_message,
    check_name, check_replaces, name_from,
};
pub use message::{MessageError, is_session, parse_message, print_message};
pub use replaced::{MAX_REPLACED, Replaced};
pub use sessions::{Appended, MAX_MESSAGES, MessagePlace, SessionPage, Sessions, SessionsError};
pub use share::{
    FreshLink, LinkHash, LinkHashError, MAX_SHARES, Share, SharedWith, Shares, share_id,
    share_of_token,
};

/// The most prompts that the message of a commit quotes; the document holds all.
pub const MAX_PROMPTS: usize = 20;

/// The most artifacts, and the most traces, that the message of a commit names; the document names all.
pub const MAX_NAMED: usize = 50;

/// The most characters of a prompt that the message of a commit quotes.
pub const MAX_PROMPT_CHARS: usize = 2000;

/// A conversation, as its document in `sessions/` of a volume holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which also names its file: `sessions/<id>.md`.
    pub id: Slug,
    /// What people call it.
    pub name: String,
    /// Who talks.
    pub user: Slug,
    /// When it began.
    pub created_at: Timestamp,
    /// What was said, oldest first.
    pub messages: Vec<Message>,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// By whom.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// The text, in Markdown.
    pub content: String,
    /// The traces of what ran for it, by their path in the volume.
    pub traces: Vec<VolumePath>,
    /// What came of it.
    pub artifacts: Vec<Artifact>,
    /// The number of an earlier message that this one takes the place of, with all that was said after it.
    pub replaces: Option<u64>,
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The person.
    User,
    /// The model, or what answers in its place.
    Assistant,
    /// The program itself.
    System,
}

/// A thing that came of a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artifact {
    /// What it is, such as `code`, `skill`, `workflow`, `plot`, `quantum-circuit`, `file`.
    pub kind: Slug,
    /// What it is called.
    pub name: String,
    /// Where in the volume it is, if it is a file.
    pub path: Option<VolumePath>,
}

/// What the message of a session's commit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCommit {
    /// What the session is called.
    pub name: String,
    /// What its user asked for.
    pub prompts: Vec<String>,
    /// How much there was of what.
    pub stats: Stats,
    /// What came of it.
    pub artifacts: Vec<Artifact>,
    /// What ran in it, by path.
    pub traces: Vec<VolumePath>,
    /// The document that holds all of it.
    pub document: Option<VolumePath>,
}

/// How much there was of what in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Things that were said.
    pub messages: u32,
    /// Things that came of it.
    pub artifacts: u32,
    /// Runs and exchanges that were recorded.
    pub traces: u32,
}

/// The commit of a session, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitContext {
    /// The commit.
    pub commit: CommitId,
    /// When it was made.
    pub time: Timestamp,
    /// Who made it.
    pub author: Author,
    /// What its message says.
    pub session: SessionCommit,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::User, Self::Assistant, Self::System];

    /// Returns the name that documents use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }
}

impl Session {
    /// Returns where its document is kept.
    pub fn path(&self) -> VolumePath {
        let path = format!("sessions/{}.md", self.id);
        path.parse().expect("because a slug is a plain name")
    }

    /// Says in short what the commit of this session says; long prompts are cut.
    pub fn commit(&self) -> SessionCommit {
        let asked = self.messages.iter().filter(|message| message.role == Role::User);
        let prompts = asked.take(MAX_PROMPTS).map(|message| cut(&message.content)).collect();
        let mut artifacts = distinct(self.messages.iter().flat_map(|message| &message.artifacts));
        let mut traces = distinct(self.messages.iter().flat_map(|message| &message.traces));
        let n = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let stats = Stats {
            messages: n(self.messages.len()),
            artifacts: n(artifacts.len()),
            traces: n(traces.len()),
        };
        artifacts.truncate(MAX_NAMED);
        traces.truncate(MAX_NAMED);
        let document = Some(self.path());
        SessionCommit { name: self.name.clone(), prompts, stats, artifacts, traces, document }
    }
}

/// Reads the sessions among commits, in their order.
///
/// Commits of other things are left out. Those that begin as a session and cannot be read are
/// told apart, each with what is wrong with its message.
pub fn contexts(commits: &[CommitInfo]) -> (Vec<CommitContext>, Vec<(CommitId, MessageError)>) {
    let mut read = Vec::new();
    let mut unreadable = Vec::new();
    for commit in commits.iter().filter(|commit| is_session(&commit.message)) {
        match parse_message(&commit.message) {
            Ok(session) => read.push(CommitContext {
                commit: commit.id.clone(),
                time: commit.time,
                author: commit.author.clone(),
                session,
            }),
            Err(error) => unreadable.push((commit.id.clone(), error)),
        }
    }
    (read, unreadable)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_PROMPT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Each of these once, where it came first.
fn distinct<'a, T: Clone + Ord + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(*one)).cloned().collect()
}

#[cfg(test)]
mod tests;
