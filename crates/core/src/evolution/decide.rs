//! What becomes of a draft when a pass has looked at its pattern anew.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Thresholds, Usage,
    draft::{Draft, DraftKind, DraftStatus, Evidence, Proof},
    tally::Seen,
};
use crate::{key::sha256, slug::Slug, store::BlobId, trace::TraceId};

/// The most traces that are held back for the proof of a draft.
const MAX_HELD_BACK: usize = 5;
/// How long a skill may lie unused before it should be looked at again, in days.
const UNUSED_DAYS: i64 = 60;
/// How many failures it takes to call a skill failing.
const MIN_FAILING: u64 = 3;

/// What a pass found out about a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// The id of its draft.
    pub id: Slug,
    /// What is proposed.
    pub kind: DraftKind,
    /// The id of the skill.
    pub target: Slug,
    /// What it is called.
    pub title: String,
    /// What it rests on.
    pub evidence: Evidence,
    /// What held-back traces say.
    pub proof: Proof,
    /// What a reviewer should look at twice.
    pub warnings: Vec<String>,
    /// The text of the skill.
    pub text: String,
}

/// What is known of an accepted skill.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The content of its file; `None` where it is gone.
    pub version: Option<&'a BlobId>,
    /// How often it was used.
    pub usage: &'a Usage,
    /// The time.
    pub now: Timestamp,
    /// When something is worth a skill.
    pub thresholds: Thresholds,
}

/// Decides what the draft of a pattern should be now; `None` where there should be none yet.
///
/// A draft that did not prove itself is not begun. What somebody rejected, archived or edited stays as they left
/// it, and so does a skill until its pattern has grown by half.
pub fn decide(before: Option<&Draft>, fresh: Fresh, held: Held<'_>) -> Option<Draft> {
    let Some(before) = before else {
        return fresh.proof.holds().then(|| begun(fresh));
    };
    let mut draft = before.clone();
    match before.status {
        DraftStatus::Rejected | DraftStatus::Archived => return Some(draft),
        DraftStatus::Proposed | DraftStatus::Unproven => {
            draft.status =
                if fresh.proof.holds() { DraftStatus::Proposed } else { DraftStatus::Unproven };
            if !before.is_edited() {
                rewrite(&mut draft, &fresh);
            }
        }
        DraftStatus::Accepted | DraftStatus::Merged => {
            let own = before.status == DraftStatus::Accepted;
            let kept = draft.kept.as_mut();
            let is_untouched =
                kept.as_ref().is_some_and(|kept| held.version == Some(&kept.version));
            if let Some(kept) = kept {
                kept.count(&fresh.evidence, held.usage);
            }
            draft.stale = stale(&draft, &fresh.evidence, held);
            let has_grown =
                fresh.evidence.count.saturating_mul(2) >= before.taught.saturating_mul(3);
            if own && is_untouched && !before.is_edited() && has_grown && fresh.proof.holds() {
                rewrite(&mut draft, &fresh);
            }
        }
    }
    draft.evidence = fresh.evidence;
    draft.proof = fresh.proof;
    Some(draft)
}

/// Chooses the traces that a draft must prove itself on: the newest fifth of the successes, one at least.
pub fn held_back(recent: &BTreeMap<TraceId, Seen>) -> Vec<(&TraceId, &Slug)> {
    let successes: Vec<_> = recent.iter().filter(|(_, seen)| seen.ok).collect();
    let n = successes.len().div_ceil(5).min(MAX_HELD_BACK);
    successes.into_iter().rev().take(n).map(|(id, seen)| (id, &seen.user)).collect()
}

fn begun(fresh: Fresh) -> Draft {
    let Fresh { id, kind, target, title, evidence, proof, warnings, text } = fresh;
    Draft {
        generated: sha256(text.as_bytes()),
        taught: evidence.count,
        status: DraftStatus::Proposed,
        kept: None,
        stale: None,
        id,
        kind,
        target,
        title,
        evidence,
        proof,
        warnings,
        text,
    }
}

fn rewrite(draft: &mut Draft, fresh: &Fresh) {
    draft.title.clone_from(&fresh.title);
    draft.text.clone_from(&fresh.text);
    draft.warnings.clone_from(&fresh.warnings);
    draft.generated = sha256(fresh.text.as_bytes());
    draft.taught = fresh.evidence.count;
}

/// Says why a skill should be looked at again.
fn stale(draft: &Draft, evidence: &Evidence, held: Held<'_>) -> Option<String> {
    let kept = draft.kept.as_ref()?;
    if held.version.is_none() {
        return Some("its file is gone".to_owned());
    }
    let failing = |n: u64, n_success: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a rate has no more digits")]
        let rate = n_success as f64 / n.max(1) as f64;
        n >= MIN_FAILING && rate < held.thresholds.min_success_rate
    };
    if failing(kept.used, kept.used_success) {
        return Some(format!("it fails: {} of {} uses succeeded", kept.used_success, kept.used));
    }
    if failing(kept.since, kept.since_success) {
        return Some(format!(
            "the task fails since: {} of {} times with success",
            kept.since_success, kept.since
        ));
    }
    let last = evidence.traces.iter().chain(&held.usage.last).map(TraceId::day).max()?;
    let long_ago = held.now.checked_sub(SignedDuration::from_hours(24 * UNUSED_DAYS)).ok()?;
    (last < long_ago.strftime("%Y-%m-%d").to_string())
        .then(|| format!("nobody needed it since {last}"))
}
