//! From the domain to the wire.

use std::collections::BTreeMap;

use llmos_core::{
    evolution::{
        RunPattern, Task,
        draft::{Draft, Kept},
    },
    slug::Slug,
    store::BlobId,
    trace::TraceId,
    volume::VolumeId,
};

use super::{DraftSummary, DraftView, Gain, PatternView};

impl DraftSummary {
    /// Shows a draft in a list. `update` says whether the text is newer than the skill.
    pub fn new(draft: &Draft, volume: &VolumeId, version: &BlobId, update: bool) -> Self {
        let evidence = &draft.evidence;
        Self {
            draft_id: draft.id.to_string(),
            kind: draft.kind.to_string(),
            status: draft.status.to_string(),
            skill_id: draft.target.to_string(),
            title: draft.title.clone(),
            count: evidence.count,
            n_success: evidence.n_success,
            success_rate: evidence.success_rate(),
            confidence: evidence.confidence(),
            users: users(&evidence.users),
            n_held_back: draft.proof.n_held_back,
            n_passed: draft.proof.n_passed,
            warnings: draft.warnings.clone(),
            edited: draft.is_edited(),
            update,
            gain: draft.kept.as_ref().map(Gain::from),
            stale: draft.stale.clone(),
            volume: volume.to_string(),
            version: version.to_string(),
        }
    }
}

impl DraftView {
    /// Shows a draft with its text and file.
    pub fn new(summary: DraftSummary, draft: &Draft, source: String) -> Self {
        let kept = draft.kept.as_ref().map(|kept| kept.path.to_string());
        Self {
            summary,
            text: draft.text.clone(),
            path: kept.unwrap_or_else(|| draft.target_path().to_string()),
            traces: draft.evidence.traces.iter().map(ToString::to_string).collect(),
            problem: draft.proof.problem.clone(),
            source,
        }
    }
}

impl From<&Kept> for Gain {
    fn from(kept: &Kept) -> Self {
        Self {
            before: kept.before,
            before_success: kept.before_success,
            since: kept.since,
            since_success: kept.since_success,
            used: kept.used,
            used_success: kept.used_success,
        }
    }
}

impl PatternView {
    /// Shows a pattern of runs, in words that the caller found for it.
    pub fn of_runs(pattern: &RunPattern, description: String) -> Self {
        Self {
            pattern: pattern.key.to_string(),
            kind: if pattern.is_whole { "workflow" } else { "part" }.to_owned(),
            description,
            count: pattern.count,
            n_success: pattern.n_success,
            success_rate: pattern.success_rate(),
            confidence: pattern.confidence(),
            users: users(&pattern.users),
            first_seen: pattern.first.as_ref().map(TraceId::day),
            last_seen: pattern.recent.keys().map(TraceId::day).max(),
            traces: pattern.recent.keys().rev().map(ToString::to_string).collect(),
            problem: None,
        }
    }
}

impl PatternView {
    /// Shows a task that recurs in chats.
    pub fn of_task(task: &Task<'_>, id: &Slug) -> Self {
        let evidence = task.evidence();
        Self {
            pattern: id.to_string(),
            kind: "task".to_owned(),
            description: task.description.clone(),
            count: evidence.count,
            n_success: evidence.n_success,
            success_rate: evidence.success_rate(),
            confidence: evidence.confidence(),
            users: users(&evidence.users),
            first_seen: evidence.first.as_ref().map(TraceId::day),
            last_seen: evidence.traces.iter().map(TraceId::day).max(),
            traces: evidence.traces.iter().map(ToString::to_string).collect(),
            problem: None,
        }
    }
}

/// Writes how often each person did something.
pub(crate) fn users(users: &BTreeMap<Slug, u64>) -> BTreeMap<String, u64> {
    users.iter().map(|(user, n)| (user.to_string(), *n)).collect()
}
