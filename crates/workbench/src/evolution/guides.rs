//! Context skills from tasks that recur in chats.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::evolution::PatternView;
use llmos_core::{
    evolution::{
        Fresh, Guide, Ledger, Task, brief,
        draft::{DraftKind, DraftStatus, Proof},
        guide, held_back, is_found, sections, tasks,
    },
    key::sha256,
    search::Fields,
    slug::Slug,
    trace::TraceId,
};

use super::{Existing, Pass};
use crate::{Workbench, catalogue::View};

/// How many tasks may have drafts: those that came up most often.
const MAX_TASKS: usize = 50;
/// How many requests for something else are tried against a guide.
const MAX_OTHERS: usize = 50;
/// A guide is no help where it is found for more than one in so many of them.
const ONE_IN: usize = 5;

impl Workbench {
    /// Finds the tasks that recur in chats, and writes a guide for each.
    pub(super) fn guides(
        &self,
        pass: &Pass,
        ledger: &Ledger,
        view: &View,
        existing: &BTreeMap<Slug, Existing>,
    ) -> (Vec<Fresh>, Vec<PatternView>) {
        let mut fresh = Vec::new();
        let mut shown = Vec::new();
        let mut used: BTreeSet<Slug> = BTreeSet::new();
        let mut taken: BTreeSet<Slug> =
            existing.values().map(|existing| existing.draft.target.clone()).collect();
        for task in tasks(ledger, pass.thresholds.min_count).into_iter().take(MAX_TASKS) {
            let evidence = task.evidence();
            let before = earlier(&task, existing, &used);
            let id = before.map_or_else(|| draft_id(&task), |before| before.draft.id.clone());
            let mut view_of = PatternView::of_task(&task, &id);
            let worth = evidence.success_rate() >= pass.thresholds.min_success_rate;
            if before.is_some() || worth {
                used.insert(id.clone());
                let made = self.fresh_guide(ledger, view, &task, id, before, &mut taken);
                if before.is_none() {
                    view_of.problem.clone_from(&made.proof.problem);
                }
                fresh.push(made);
            }
            shown.push(view_of);
        }
        (fresh, shown)
    }

    fn fresh_guide(
        &self,
        ledger: &Ledger,
        view: &View,
        task: &Task<'_>,
        id: Slug,
        before: Option<&Existing>,
        taken: &mut BTreeSet<Slug>,
    ) -> Fresh {
        let evidence = task.evidence();
        let kind = DraftKind::Guide;
        if let Some(Existing { draft, .. }) = before.filter(|b| b.draft.evidence == evidence) {
            // Nothing new was asked, so there is nothing new to say.
            let (target, title) = (draft.target.clone(), draft.title.clone());
            let (proof, warnings) = (draft.proof.clone(), draft.warnings.clone());
            return Fresh {
                id,
                kind,
                target,
                title,
                evidence,
                proof,
                warnings,
                text: draft.text.clone(),
            };
        }
        let made = match before {
            Some(before) => self.write_guide(task, Some(&before.draft.target)),
            None => {
                let first = self.write_guide(task, None);
                let target = free(&first.id, view, taken);
                taken.insert(target.clone());
                if target == first.id { first } else { guide(task, Some(&target), None) }
            }
        };
        let proof = prove(ledger, view, task, &made.id);
        let Guide { id: target, title, text, warnings } = made;
        Fresh { id, kind, target, title, evidence, proof, warnings, text }
    }

    /// Writes a guide: in the words of a model where there is one and its answer holds, else from what was counted.
    fn write_guide(&self, task: &Task<'_>, id: Option<&Slug>) -> Guide {
        let author = self.evolution.author.as_ref();
        let answer = author.and_then(|author| author.write(&brief(task)).ok());
        let sections = answer.and_then(|answer| sections(&answer).ok());
        guide(task, id, sections.as_ref())
    }
}

/// Finds the draft that an earlier pass made of a task: the one whose traces have most in common with it.
fn earlier<'a>(
    task: &Task<'_>,
    existing: &'a BTreeMap<Slug, Existing>,
    used: &BTreeSet<Slug>,
) -> Option<&'a Existing> {
    let traces: BTreeSet<&TraceId> = task.chats.iter().map(|(id, _)| *id).collect();
    let shared = |existing: &Existing| {
        existing.draft.evidence.traces.iter().filter(|id| traces.contains(id)).count()
    };
    let guides = existing.values().filter(|existing| existing.draft.kind == DraftKind::Guide);
    let free = guides.filter(|existing| !used.contains(&existing.draft.id));
    let rank =
        |existing: &&Existing| (shared(existing), existing.draft.status != DraftStatus::Unproven);
    free.filter(|existing| shared(existing) > 0).max_by_key(rank)
}

/// Names the draft of a task by the first time that it came up.
fn draft_id(task: &Task<'_>) -> Slug {
    let first = task.chats.first().map(|(id, _)| id.as_str()).unwrap_or_default();
    let hash = sha256(first.as_bytes());
    format!("guide-{}", &hash[..32]).parse().expect("because a hash has letters and digits only")
}

fn free(base: &Slug, view: &View, taken: &BTreeSet<Slug>) -> Slug {
    let is_free = |id: &Slug| !taken.contains(id) && view.skill(id).is_none();
    let numbered = (2..1000).filter_map(|n| Slug::nearest(&format!("{base}-{n}")));
    std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or_else(|| base.clone())
}

/// Makes sure that a guide written from the earlier requests is found for the later ones, and not for others.
fn prove(ledger: &Ledger, view: &View, task: &Task<'_>, target: &Slug) -> Proof {
    let recent = task.recent();
    let held: Vec<&TraceId> = held_back(&recent).into_iter().map(|(id, _)| id).collect();
    let earlier = guide(&task.without(&held), Some(target), None);
    let others: Vec<Fields<'_>> = view
        .skills
        .iter()
        .filter(|seen| seen.file.skill.id != *target)
        .map(|seen| Fields::of(&seen.file.skill))
        .collect();
    let later: Vec<&str> = task
        .chats
        .iter()
        .filter(|(id, _)| held.contains(id))
        .map(|(_, said)| said.prompt.as_str())
        .collect();
    let mine: BTreeSet<&TraceId> = task.chats.iter().map(|(id, _)| *id).collect();
    let strangers: Vec<&str> = ledger
        .chats()
        .filter(|(id, _)| !mine.contains(id))
        .map(|(_, said)| said.prompt.as_str())
        .take(MAX_OTHERS)
        .collect();
    let found = is_found(&earlier, &others, &later);
    let n_found = found.iter().filter(|found| **found).count() as u64;
    let wrongly =
        is_found(&earlier, &others, &strangers).into_iter().filter(|found| *found).count();
    let mut proof = Proof { n_held_back: held.len() as u64, n_passed: n_found, problem: None };
    if n_found < proof.n_held_back {
        proof.problem = Some("it would not be found for a later request of its task".to_owned());
    }
    if wrongly * ONE_IN > strangers.len() {
        proof.n_passed = 0;
        proof.problem = Some(format!(
            "it would be found for {wrongly} of {} requests for something else",
            strangers.len()
        ));
    }
    proof
}
