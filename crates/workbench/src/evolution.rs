//! Evolution: passes over traces that leave drafts of skills.

mod compounds;
mod drafts;
mod guides;
mod ledgers;
mod prove;
mod system;

use std::{collections::BTreeMap, sync::PoisonError};

use llmos_api::evolution::{DraftSummary, EvolveReport, EvolveRequest, EvolveScope, PatternView};
use llmos_core::{
    access::Action,
    evolution::{
        Fresh, Held, Ledger, Thresholds, Usage, decide,
        draft::{self, Draft, DraftKind, DraftStatus, Kept},
    },
    store::{BlobId, Edit, Expected},
    volume::VolumeId,
};

use crate::{Caller, Error, Workbench, ids};

pub use drafts::Drafts;
pub(crate) use ledgers::Evolution;
pub use ledgers::Ledgers;

/// How often the same task must come up in a team.
const TEAM_MIN_COUNT: u64 = 5;
/// How often a pass begins anew when somebody else changed a draft meanwhile.
const MAX_TRIES: usize = 3;

/// A pass, as the access rules allow it.
struct Pass {
    /// In whose name it writes.
    caller: Caller,
    /// Where the drafts go.
    volume: VolumeId,
    /// Whose traces it reads.
    sources: Vec<VolumeId>,
    thresholds: Thresholds,
    auto_apply: bool,
    dry_run: bool,
}

/// A draft that is there already.
pub(crate) struct Existing {
    pub(crate) draft: Draft,
    pub(crate) version: BlobId,
}

/// What a pass is about to write.
#[derive(Default)]
struct Outcome {
    edits: Vec<Edit>,
    drafts: Vec<DraftSummary>,
    skills: Vec<String>,
}

impl Workbench {
    /// Looks at all traces of a scope, and writes drafts of what recurs in them.
    ///
    /// Each trace is read once, whatever the number of passes. A second pass without new traces changes nothing.
    pub fn evolve(&self, caller: &Caller, asked: &EvolveRequest) -> Result<EvolveReport, Error> {
        let pass = match asked.scope {
            EvolveScope::User => self.user_pass(caller, asked)?,
            EvolveScope::Team => self.team_pass(caller, asked)?,
            EvolveScope::System => return self.evolve_system(caller, asked),
        };
        // Two passes at once would write the same drafts.
        let _one = self.evolution.one_pass.lock().unwrap_or_else(PoisonError::into_inner);
        let mut n_tries = 1;
        loop {
            match self.run_pass(&pass) {
                Err(Error::Stale { .. }) if n_tries < MAX_TRIES => n_tries += 1,
                done => return done,
            }
        }
    }

    fn user_pass(&self, caller: &Caller, asked: &EvolveRequest) -> Result<Pass, Error> {
        let volume = caller.own_volume();
        caller.must(if asked.dry_run { Action::Read } else { Action::Write }, &volume)?;
        Ok(Pass {
            caller: caller.clone(),
            sources: vec![volume.clone()],
            volume,
            thresholds: self.evolution.thresholds,
            auto_apply: asked.auto_apply,
            dry_run: asked.dry_run,
        })
    }

    /// A pass over the work of a team: any member may ask for it, and it runs with the rights of the team's cron.
    fn team_pass(&self, caller: &Caller, asked: &EvolveRequest) -> Result<Pass, Error> {
        let named = asked.team_id.as_deref().map(|id| ids::slug("team_id", id)).transpose()?;
        let team = named.or_else(|| caller.team().cloned()).ok_or(Error::MissingField {
            field: "team_id",
            hint: "name the team whose work is to be looked at",
        })?;
        let volume = VolumeId::Team(team.clone());
        caller.must(Action::Propose, &volume)?;
        let cron = self.team_cron(&team)?;
        let sources: Vec<_> = cron.members().into_iter().map(VolumeId::User).collect();
        sources.iter().try_for_each(|source| cron.must(Action::Read, source))?;
        let least = self.evolution.thresholds.min_count.max(TEAM_MIN_COUNT);
        Ok(Pass {
            caller: cron,
            volume,
            sources,
            thresholds: Thresholds { min_count: least, ..self.evolution.thresholds },
            auto_apply: asked.auto_apply,
            dry_run: asked.dry_run,
        })
    }

    fn run_pass(&self, pass: &Pass) -> Result<EvolveReport, Error> {
        let (ledger, n_new) = self.ledger_of(&pass.sources)?;
        let view = self.catalogue.view(&pass.caller)?;
        let existing = self.drafts_of(&pass.volume)?;
        let (mut fresh, mut patterns) = self.compounds(pass, &ledger, &view, &existing)?;
        let (guides, tasks) = self.guides(pass, &ledger, &view, &existing);
        fresh.extend(guides);
        patterns.extend(tasks);
        let mut outcome = Outcome::default();
        for fresh in fresh {
            self.settle(pass, &ledger, existing.get(&fresh.id), fresh, &mut outcome)?;
        }
        if !pass.dry_run && !outcome.edits.is_empty() {
            let message = message(&outcome, &ledger);
            self.commit(&pass.caller, &pass.volume, std::mem::take(&mut outcome.edits), message)?;
        }
        Ok(EvolveReport {
            status: "completed".to_owned(),
            volume: pass.volume.to_string(),
            traces_analyzed: ledger.n_traces,
            traces_new: n_new,
            traces_unreadable: ledger.n_unreadable,
            patterns_detected: patterns.len(),
            skills_created: outcome.skills.len(),
            drafts: outcome.drafts,
            patterns,
            proposals: Vec::new(),
        })
    }

    /// Decides what becomes of one draft, and notes what that changes.
    fn settle(
        &self,
        pass: &Pass,
        ledger: &Ledger,
        before: Option<&Existing>,
        fresh: Fresh,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let now = self.world.now();
        let kept = before.and_then(|before| before.draft.kept.as_ref());
        let version = match kept {
            Some(kept) => self.version_of(&pass.volume, &kept.path)?,
            None => None,
        };
        let usage = before.map_or_else(Usage::default, |before| usage(ledger, &before.draft));
        let held =
            Held { version: version.as_ref(), usage: &usage, now, thresholds: pass.thresholds };
        let Some(mut draft) = decide(before.map(|before| &before.draft), fresh, held) else {
            return Ok(());
        };
        if pass.auto_apply && draft.warnings.is_empty() {
            self.apply(pass, &mut draft, version.as_ref(), outcome)?;
        }
        let text = draft::print(&draft).into_bytes();
        let blob = BlobId::of(&text);
        if before.is_some_and(|before| before.version == blob) {
            return Ok(());
        }
        let update = is_update(&draft, version.as_ref());
        outcome.drafts.push(DraftSummary::new(&draft, &pass.volume, &blob, update));
        outcome.edits.push(Edit {
            path: Draft::path_of(&draft.id),
            expected: before.map_or(Expected::Absent, |e| Expected::Version(e.version.clone())),
            content: Some(text),
        });
        Ok(())
    }

    /// Makes a skill of a draft that proved itself, or brings the skill that it became up to date.
    fn apply(
        &self,
        pass: &Pass,
        draft: &mut Draft,
        version: Option<&BlobId>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let path = draft.target_path();
        let expected = match draft.status {
            DraftStatus::Proposed if self.version_of(&pass.volume, &path)?.is_none() => {
                Expected::Absent
            }
            DraftStatus::Accepted if is_update(draft, version) => match version {
                Some(version) => Expected::Version(version.clone()),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let text = draft.text.clone().into_bytes();
        let blob = BlobId::of(&text);
        match &mut draft.kept {
            Some(kept) => kept.version = blob,
            None => draft.kept = Some(Kept::new(path.clone(), blob, &draft.evidence)),
        }
        draft.status = DraftStatus::Accepted;
        outcome.skills.push(draft.title.clone());
        outcome.edits.push(Edit { path, expected, content: Some(text) });
        Ok(())
    }
}

/// Returns how often the skill of a draft was used.
fn usage(ledger: &Ledger, draft: &Draft) -> Usage {
    let id = match &draft.kept {
        Some(kept) => kept.path.file_name().strip_suffix(".md").and_then(|id| id.parse().ok()),
        None => None,
    };
    let id = id.unwrap_or_else(|| draft.target.clone());
    match draft.kind {
        DraftKind::Compound => match compounds::key_of(&draft.id) {
            Some(key) => ledger.uses_of_workflow(&id, key),
            None => Usage::default(),
        },
        DraftKind::Guide => ledger.uses_of_skill(&id),
    }
}

/// Says whether the text of an accepted draft is newer than its skill, and nobody changed the skill.
pub(crate) fn is_update(draft: &Draft, version: Option<&BlobId>) -> bool {
    let Some(kept) = &draft.kept else { return false };
    draft.status == DraftStatus::Accepted
        && version == Some(&kept.version)
        && BlobId::of(draft.text.as_bytes()) != kept.version
}

fn message(outcome: &Outcome, ledger: &Ledger) -> String {
    let n = outcome.drafts.len();
    let mut text = match outcome.skills.as_slice() {
        [] => format!("evolution: {n} draft{}", if n == 1 { "" } else { "s" }),
        [one] => format!("evolution: learn {one}"),
        [first, rest @ ..] => format!("evolution: learn {first} and {} more", rest.len()),
    };
    text.push_str(&format!(" from {} traces\n\n", ledger.n_traces));
    for draft in &outcome.drafts {
        text.push_str(&format!(
            "Draft: {} {} ({} of {} with success)\n",
            draft.draft_id, draft.status, draft.n_success, draft.count
        ));
    }
    text
}

/// The problem of a pattern by its key, for the report.
fn note(patterns: &mut [PatternView], problems: &BTreeMap<String, String>) {
    for pattern in patterns {
        pattern.problem = problems.get(&pattern.pattern).cloned();
    }
}
