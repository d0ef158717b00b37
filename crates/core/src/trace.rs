//! The record of one finished run or one exchange of a chat: a Markdown file
//! that people read and that parses back without loss.

mod chat;
mod print;
mod read;

use std::{cmp::Ordering, collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    run::{NodeError, NodeState, Outcome},
    slug::Slug,
    store::BlobId,
    volume::{VolumeId, VolumePath},
    workflow::Workflow,
};

pub use chat::{ChatCall, ChatSubagent, ChatTrace, ChatUsage, Feedback, print as print_chat};
pub use print::print;
pub use read::{parse, parse_any};

/// A trace of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// Of a run.
    Run(Box<RunTrace>),
    /// Of an exchange with a model.
    Chat(Box<ChatTrace>),
}

/// What a trace is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraceKind {
    /// The run of a workflow.
    Run,
    /// An exchange with a model.
    Chat,
}

/// What happened when a workflow ran.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTrace {
    /// Its id, which also says where it is kept.
    pub id: TraceId,
    /// Who ran it.
    pub user: Slug,
    /// What ran, as it was.
    pub workflow: Workflow,
    /// Where the workflow was kept, if it was saved.
    pub workflow_volume: Option<VolumeId>,
    /// The version of its file, if it was saved.
    pub workflow_version: Option<BlobId>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What each node did, in the order of the workflow.
    pub nodes: Vec<NodeTrace>,
}

/// What one node did.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeTrace {
    /// The node.
    pub node: Slug,
    /// The skill it ran.
    pub skill: Slug,
    /// The version of the skill's file.
    pub skill_version: Option<BlobId>,
    /// How it ended.
    pub state: NodeState,
    /// What its result was kept under.
    pub key: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it began, in milliseconds since the run did.
    pub started_ms: Option<f64>,
    /// How long it took.
    pub duration_ms: Option<f64>,
    /// Why it failed or was skipped.
    pub error: Option<NodeError>,
    /// Values that were written in the workflow, and defaults.
    pub inputs: BTreeMap<String, TraceValue>,
    /// Values it gave.
    pub outputs: BTreeMap<String, TraceValue>,
    /// What it printed.
    pub logs: Vec<LogLine>,
}

/// A value in a trace, or where it is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceValue {
    /// The value.
    Inline(Value),
    /// A large value, kept beside the trace as JSON.
    Stored {
        /// SHA-256 of the JSON, lower-case hex.
        sha256: String,
        /// How many bytes the JSON has.
        bytes: u64,
    },
}

/// A line that a node printed.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// Milliseconds since the run began.
    pub at_ms: f64,
    /// Where it was printed to.
    pub stream: Stream,
    /// The text.
    pub text: String,
}

/// Where a node printed a line to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Ordinary output.
    Stdout,
    /// Warnings and errors.
    Stderr,
}

/// The id of a trace: `run-<yyyymmdd>-<hhmmss>-<8 hex digits>`, in UTC, or `chat-` and the same.
///
/// It holds the date, so the file is found without a search. Ids sort by time, whatever their kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceId(Slug);

impl Ord for TraceId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.moment().cmp(other.moment()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for TraceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a text is not a [`TraceId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the id of a trace", text = text.escape_debug())]
pub struct TraceIdError {
    /// The text.
    pub text: String,
}

impl TraceIdError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "use an id that `GET /traces` lists, such as `run-20261120-153000-0a1b2c3d`"
    }
}

impl TraceId {
    /// Makes the id of a run from its time and a random number.
    ///
    /// Ids sort by time, to the microsecond: the last part is the fraction of the second in
    /// twenty bits, then twelve random ones.
    pub fn new(at: Timestamp, random: u32) -> Self {
        Self::of_kind(TraceKind::Run, at, random)
    }

    /// Makes the id of a trace of this kind from its time and a random number, as [`Self::new`] does.
    pub fn of_kind(kind: TraceKind, at: Timestamp, random: u32) -> Self {
        let nanos = u64::from(at.subsec_nanosecond().unsigned_abs());
        let fraction = (nanos << 20) / 1_000_000_000;
        let last = (fraction << 12) | u64::from(random & 0xfff);
        let second = at.strftime("%Y%m%d-%H%M%S");
        let text = format!("{}-{second}-{last:08x}", kind.as_str());
        Self(Slug::nearest(&text).expect("because it has letters"))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Tells what the trace is about.
    pub fn kind(&self) -> TraceKind {
        if self.as_str().starts_with("chat-") { TraceKind::Chat } else { TraceKind::Run }
    }

    /// Returns the part that orders traces of all kinds by time.
    pub fn moment(&self) -> &str {
        self.as_str().split_once('-').map_or("", |(_, moment)| moment)
    }

    /// Returns the day on which it was made: `2026-11-20`.
    pub fn day(&self) -> String {
        self.date().join("-")
    }

    /// Returns where the trace is kept: `traces/<yyyy>/<mm>/<dd>/<id>.md`.
    pub fn path(&self) -> VolumePath {
        self.beside(&format!("{self}.md"))
    }

    /// Returns where a large value of the trace is kept, given the SHA-256 of its JSON.
    ///
    /// Traces of one day share their values. Characters that are no hex digits are left out.
    pub fn object_path(&self, sha256: &str) -> VolumePath {
        let sha256: String = sha256.chars().filter(char::is_ascii_hexdigit).take(64).collect();
        self.beside(&format!("objects/{sha256}.json"))
    }

    /// Returns year, month and day, which name the folders that the trace is kept in.
    pub fn date(&self) -> [&str; 3] {
        let date = self.moment().get(..8).expect("because an id has a date");
        let (year, rest) = date.split_at(4);
        let (month, day) = rest.split_at(2);
        [year, month, day]
    }

    fn beside(&self, name: &str) -> VolumePath {
        let [year, month, day] = self.date();
        let path = format!("traces/{year}/{month}/{day}/{name}");
        path.parse().expect("because it is made of digits and an id")
    }
}

impl FromStr for TraceId {
    type Err = TraceIdError;

    fn from_str(text: &str) -> Result<Self, TraceIdError> {
        let error = || TraceIdError { text: text.chars().take(80).collect() };
        let mut parts = text.split('-');
        let shape = [parts.next(), parts.next(), parts.next(), parts.next(), parts.next()];
        let [Some("run" | "chat"), Some(date), Some(time), Some(random), None] = shape else {
            return Err(error());
        };
        let digits = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if digits(date, 8) && digits(time, 6) && random.len() == 8 && random.bytes().all(hex) {
            text.parse().ok().map(Self).ok_or_else(error)
        } else {
            Err(error())
        }
    }
}

impl TraceKind {
    /// Returns the name that files and lists use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Chat => "chat",
        }
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
