//! What the commits of promotions and proposals say, and how it is read back.

use super::ProposalName;
use crate::{
    slug::Slug,
    store::{BlobId, CommitId},
    trailer,
    volume::VolumeId,
};

const FROM: &str = "Promoted-From";
const VERSION: &str = "Promoted-Version";
const COMMIT: &str = "Promoted-Commit";
const PROPOSAL: &str = "Proposal";
const PROPOSED: &str = "Proposed-Commit";
const BY: &str = "Decided-By";

/// Where a skill came from, as the commit that brought it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The volume it was copied from.
    pub from: VolumeId,
    /// The version of its file there.
    pub version: BlobId,
    /// The newest commit of that volume at the time.
    pub commit: Option<CommitId>,
    /// Why others should have it.
    pub reason: String,
}

/// What was decided about a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was merged.
    Approved,
    /// It was not taken.
    Declined,
    /// It was merged, and taken back later.
    Reverted,
}

impl Provenance {
    /// Reads what a commit message says about where its skill came from.
    pub fn read(message: &str) -> Option<Self> {
        let trailers = trailer::read(message);
        Some(Self {
            from: trailer::get(&trailers, FROM)?.parse().ok()?,
            version: BlobId(object(trailer::get(&trailers, VERSION)?)?),
            commit: trailer::get(&trailers, COMMIT).and_then(object).map(CommitId),
            reason: trailer::body(message).to_owned(),
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![(FROM, self.from.to_string()), (VERSION, self.version.to_string())];
        all.extend(self.commit.as_ref().map(|commit| (COMMIT, commit.to_string())));
        all
    }
}

impl Decision {
    /// Returns the word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Reverted => "reverted",
        }
    }

    /// Reads what a commit message says was decided: what, about which proposal, about which commit of it.
    pub fn read(message: &str) -> Option<(Self, ProposalName, CommitId)> {
        let trailers = trailer::read(message);
        let subject = message.lines().next()?;
        let decision = [Self::Approved, Self::Declined, Self::Reverted]
            .into_iter()
            .find(|decision| subject.starts_with(decision.subject()))?;
        let name = trailer::get(&trailers, PROPOSAL)?.parse().ok()?;
        let commit = object(trailer::get(&trailers, PROPOSED)?)?;
        Some((decision, name, CommitId(commit)))
    }

    /// Returns who decided, as a commit message says.
    pub fn by(message: &str) -> Option<&str> {
        trailer::get(&trailer::read(message), BY)
    }

    fn subject(&self) -> &'static str {
        match self {
            Self::Approved => "proposal: approve ",
            Self::Declined => "proposal: decline ",
            Self::Reverted => "proposal: revert ",
        }
    }

    fn message(
        &self,
        name: &ProposalName,
        proposed: &CommitId,
        reason: &str,
        more: Vec<(&str, String)>,
        by: &str,
    ) -> String {
        let ProposalName { user, skill } = name;
        let subject = format!("{}{skill} of {user}", self.subject());
        let mut trailers = more;
        trailers.extend([
            (PROPOSAL, name.to_string()),
            (PROPOSED, proposed.to_string()),
            (BY, by.to_owned()),
        ]);
        trailer::message(&subject, reason, &trailers)
    }
}

/// The message of the commit that brings a skill into a volume, or onto the branch of a proposal.
pub fn promoted(skill: &Slug, from: &Provenance, proposal: bool) -> String {
    let verb = if proposal { "propose" } else { "promote" };
    let subject = format!("skill: {verb} {skill} from {}", from.from);
    trailer::message(&subject, &from.reason, &from.trailers())
}

/// The message of the commit that merges a proposal.
pub fn merged(
    name: &ProposalName,
    proposed: &CommitId,
    from: Option<&Provenance>,
    by: &str,
    note: &str,
) -> String {
    let reason = from.map(|from| from.reason.as_str()).unwrap_or_default();
    let body = [reason, note].map(str::trim).join("\n\n");
    let trailers = from.map(Provenance::trailers).unwrap_or_default();
    Decision::Approved.message(name, proposed, &body, trailers, by)
}

/// The message of the commit that declines a proposal, on its branch.
pub fn declined(name: &ProposalName, proposed: &CommitId, reason: &str, by: &str) -> String {
    Decision::Declined.message(name, proposed, reason, Vec::new(), by)
}

/// The message of the commit that takes a merged proposal back.
pub fn reverted(name: &ProposalName, proposed: &CommitId, reason: &str, by: &str) -> String {
    Decision::Reverted.message(name, proposed, reason, Vec::new(), by)
}

/// Returns a line of a commit message that only this program writes, by its key.
///
/// A volume takes no such commit from elsewhere, so what the messages in its history say of promotions and
/// decisions can be believed.
pub fn claimed(message: &str) -> Option<&'static str> {
    let trailers = trailer::read(message);
    [FROM, VERSION, COMMIT, PROPOSAL, PROPOSED, BY]
        .into_iter()
        .find(|key| trailer::get(&trailers, key).is_some())
}

fn object(text: &str) -> Option<String> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (matches!(text.len(), 40 | 64) && text.bytes().all(hex)).then(|| text.to_owned())
}
