//! A draft: a skill that evolution proposes, with the evidence that it rests on
//! and what became of it. It is a Markdown file that people read and edit, and
//! that parses back without loss.

mod print;
mod read;

use std::{collections::BTreeMap, fmt};

use super::{Confidence, Usage};
use crate::{key::sha256, slug::Slug, store::BlobId, trace::TraceId, volume::VolumePath};

pub use print::print;
pub use read::parse;

/// The folder of a volume that holds its drafts.
pub const FOLDER: &str = "memory/drafts";

/// The longest list of traces that a draft names.
pub const MAX_TRACES: usize = 40;

/// A skill that is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its id: one pattern has one draft.
    pub id: Slug,
    /// What is proposed.
    pub kind: DraftKind,
    /// What became of it.
    pub status: DraftStatus,
    /// The id of the skill that it makes.
    pub target: Slug,
    /// What it is called.
    pub title: String,
    /// What it rests on.
    pub evidence: Evidence,
    /// What held-back traces said of it.
    pub proof: Proof,
    /// What a reviewer should look at twice.
    pub warnings: Vec<String>,
    /// The SHA-256 of the text as evolution wrote it, so that an edit by a person shows.
    pub generated: String,
    /// How often the pattern had come up when the text was written.
    pub taught: u64,
    /// What it became, once it was accepted or merged.
    pub kept: Option<Kept>,
    /// Why the skill should be looked at again, where nobody uses it or it fails.
    pub stale: Option<String>,
    /// The text of the skill.
    pub text: String,
}

/// What a draft proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DraftKind {
    /// A compound skill: a workflow that runs as one node.
    Compound,
    /// A context skill: a guide for a task that recurs.
    Guide,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DraftStatus {
    /// Somebody has yet to decide.
    Proposed,
    /// It did not prove itself; it is not shown for a decision.
    Unproven,
    /// It is a skill now.
    Accepted,
    /// It went into a skill that was there.
    Merged,
    /// Nobody wants it, and it does not come back.
    Rejected,
    /// It was a skill, and was put away.
    Archived,
}

/// What a draft rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How often the task came up.
    pub count: u64,
    /// How often with success.
    pub n_success: u64,
    /// How often with each person.
    pub users: BTreeMap<Slug, u64>,
    /// The first time.
    pub first: Option<TraceId>,
    /// The newest traces, at most [`MAX_TRACES`].
    pub traces: Vec<TraceId>,
}

/// What traces that were held back said of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// How many were asked.
    pub n_held_back: u64,
    /// How many spoke for it.
    pub n_passed: u64,
    /// What the first one that did not said, or why none could be asked.
    pub problem: Option<String>,
}

/// What an accepted draft became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub path: VolumePath,
    /// The content that evolution or the reviewer put there.
    pub version: BlobId,
    /// How often the task had come up until then.
    pub before: u64,
    /// How often with success.
    pub before_success: u64,
    /// How often it came up since, with the skill there.
    pub since: u64,
    /// How often with success.
    pub since_success: u64,
    /// How often the skill itself was used.
    pub used: u64,
    /// How often with success.
    pub used_success: u64,
}

impl DraftKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Compound, Self::Guide];

    /// Returns the name that files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compound => "compound",
            Self::Guide => "guide",
        }
    }
}

impl DraftStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Unproven,
        Self::Accepted,
        Self::Merged,
        Self::Rejected,
        Self::Archived,
    ];

    /// Returns the name that files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Unproven => "unproven",
            Self::Accepted => "accepted",
            Self::Merged => "merged",
            Self::Rejected => "rejected",
            Self::Archived => "archived",
        }
    }

    /// Says whether nobody has decided yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Unproven)
    }
}

impl fmt::Display for DraftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for DraftStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Draft {
    /// Returns where a draft of this id is kept.
    pub fn path_of(id: &Slug) -> VolumePath {
        format!("{FOLDER}/{id}.md").parse().expect("because a slug is a safe part of a path")
    }

    /// Returns where the skill that it makes belongs.
    pub fn target_path(&self) -> VolumePath {
        let folder = match self.kind {
            DraftKind::Compound => "workflows",
            DraftKind::Guide => "skills",
        };
        let path = format!("{folder}/{}.md", self.target);
        path.parse().expect("because a slug is a safe part of a path")
    }

    /// Says whether a person changed the text.
    pub fn is_edited(&self) -> bool {
        sha256(self.text.as_bytes()) != self.generated
    }
}

impl Evidence {
    /// Returns which part was a success, 0 to 1.
    pub fn success_rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate has no more digits")]
        let rate = self.n_success as f64 / self.count.max(1) as f64;
        rate
    }

    /// Returns how sure that is; see [`Confidence::of`].
    pub fn confidence(&self) -> f64 {
        Confidence::of(self.n_success, self.count)
    }
}

impl Proof {
    /// Says whether the draft proved itself: somebody was asked, and nobody spoke against it.
    pub fn holds(&self) -> bool {
        self.n_held_back > 0 && self.n_passed == self.n_held_back
    }
}

impl Kept {
    /// Begins to count what a skill gains.
    pub fn new(path: VolumePath, version: BlobId, evidence: &Evidence) -> Self {
        Self {
            path,
            version,
            before: evidence.count,
            before_success: evidence.n_success,
            since: 0,
            since_success: 0,
            used: 0,
            used_success: 0,
        }
    }

    /// Takes over what was counted since.
    pub fn count(&mut self, evidence: &Evidence, usage: &Usage) {
        self.since = evidence.count.saturating_sub(self.before);
        self.since_success = evidence.n_success.saturating_sub(self.before_success);
        (self.used, self.used_success) = (usage.n, usage.n_success);
    }
}

#[cfg(test)]
mod tests;
