//! Compound skills from what recurs among runs.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::evolution::PatternView;
use llmos_core::{
    evolution::{
        Compound, Fresh, Ledger, Library, RunPattern, compound,
        draft::{DraftKind, Evidence, MAX_TRACES, Proof},
        held_back, run_patterns,
    },
    pattern::structure::StructureKey,
    slug::Slug,
    workflow,
};

use super::{Existing, Pass, note};
use crate::{Error, Workbench, catalogue::View};

/// How many patterns may have drafts: those that came up most often.
const MAX_PATTERNS: usize = 50;
/// How many patterns a report shows.
const MAX_SHOWN: usize = 200;
/// What the ids of drafts of compound skills begin with.
const PREFIX: &str = "compound-";

impl Workbench {
    /// Finds what recurs among runs, and what of it makes a compound skill.
    pub(super) fn compounds(
        &self,
        pass: &Pass,
        ledger: &Ledger,
        view: &View,
        existing: &BTreeMap<Slug, Existing>,
    ) -> Result<(Vec<Fresh>, Vec<PatternView>), Error> {
        let name = |id: &Slug| view.skill(id).map(|seen| seen.file.skill.name.clone());
        let library = Library { skills: view, name: &name };
        let found = run_patterns(ledger, pass.thresholds.min_count);
        let mut shown: Vec<PatternView> = found
            .iter()
            .take(MAX_SHOWN)
            .map(|pattern| PatternView::of_runs(pattern, described(pattern, library)))
            .collect();
        let mut problems = BTreeMap::new();
        let mut fresh = Vec::new();
        let mut taken: BTreeSet<Slug> =
            existing.values().map(|existing| existing.draft.target.clone()).collect();
        let mut n_new = 0;
        for pattern in &found {
            let id = draft_id(pattern.key);
            let before = existing.get(&id);
            let worth = pattern.success_rate() >= pass.thresholds.min_success_rate;
            n_new += usize::from(worth);
            if before.is_none() && (!worth || n_new > MAX_PATTERNS) {
                continue;
            }
            let target = before.map(|before| before.draft.target.clone());
            match made(pattern, library, target, view, pass, &mut taken) {
                Ok(compound) => {
                    let made = self.fresh(pass, pattern, compound, id, before)?;
                    if let (Some(problem), None) = (&made.proof.problem, before) {
                        problems.insert(pattern.key.to_string(), problem.clone());
                    }
                    fresh.push(made);
                }
                Err(problem) => _ = problems.insert(pattern.key.to_string(), problem),
            }
        }
        note(&mut shown, &problems);
        Ok((fresh, shown))
    }

    /// Proves a compound skill on traces that were held back, and gathers its evidence.
    fn fresh(
        &self,
        pass: &Pass,
        pattern: &RunPattern,
        compound: Compound,
        id: Slug,
        before: Option<&Existing>,
    ) -> Result<Fresh, Error> {
        let evidence = Evidence {
            count: pattern.count,
            n_success: pattern.n_success,
            users: pattern.users.clone(),
            first: pattern.first.clone(),
            traces: pattern.recent.keys().rev().take(MAX_TRACES).cloned().collect(),
        };
        let text = workflow::print(&compound.workflow);
        // What was proved on these traces need not be proved again.
        let proved = before.filter(|before| {
            let draft = &before.draft;
            draft.evidence == evidence && (draft.is_edited() || draft.text == text)
        });
        let proof = match proved {
            Some(before) => before.draft.proof.clone(),
            None => self.prove(pass, &compound, pattern.key, &held_back(&pattern.recent))?,
        };
        Ok(Fresh {
            id,
            kind: DraftKind::Compound,
            target: compound.workflow.id.clone(),
            title: compound.workflow.name.clone(),
            evidence,
            proof,
            warnings: compound.warnings,
            text,
        })
    }

    fn prove(
        &self,
        pass: &Pass,
        compound: &Compound,
        key: StructureKey,
        held_back: &[(&llmos_core::trace::TraceId, &Slug)],
    ) -> Result<Proof, Error> {
        let mut proof = Proof { n_held_back: held_back.len() as u64, ..Proof::default() };
        for (id, user) in held_back {
            match self.replay_trace(pass, compound, key, id, user)? {
                Ok(()) => proof.n_passed += 1,
                Err(problem) if proof.problem.is_none() => {
                    proof.problem = Some(format!("{id}: {problem}"));
                }
                Err(_) => {}
            }
        }
        Ok(proof)
    }
}

/// Makes the compound skill of a pattern under an id that nothing else has.
fn made(
    pattern: &RunPattern,
    library: Library<'_>,
    target: Option<Slug>,
    view: &View,
    pass: &Pass,
    taken: &mut BTreeSet<Slug>,
) -> Result<Compound, String> {
    if let Some(target) = target {
        return compound(pattern, library, Some(&target)).map_err(|problem| problem.to_string());
    }
    let first = compound(pattern, library, None).map_err(|problem| problem.to_string())?;
    let here = view.layers.iter().find(|layer| layer.volume == pass.volume);
    let is_free = |id: &Slug| {
        !taken.contains(id) && here.is_none_or(|layer| !layer.workflows.contains_key(id))
    };
    let base = first.workflow.id.clone();
    let numbered = (2..1000).filter_map(|n| Slug::nearest(&format!("{base}-{n}")));
    let free = std::iter::once(base.clone()).chain(numbered).find(is_free);
    let id = free.ok_or_else(|| format!("every id like `{base}` is taken"))?;
    taken.insert(id.clone());
    if id == base {
        return Ok(first);
    }
    compound(pattern, library, Some(&id)).map_err(|problem| problem.to_string())
}

/// Names a pattern by its steps.
fn described(pattern: &RunPattern, library: Library<'_>) -> String {
    let steps = pattern.structure.flow().into_iter().map(|step| {
        let id = pattern.structure.steps[step].id();
        (library.name)(id).unwrap_or_else(|| id.to_string())
    });
    let steps: Vec<_> = steps.take(12).collect();
    llmos_core::evolution::clean::plain(&steps.join(" > "), 200)
}

fn draft_id(key: StructureKey) -> Slug {
    format!("{PREFIX}{key}").parse().expect("because a key has letters and digits only")
}

/// Returns the structure that a draft is about.
pub(super) fn key_of(draft: &Slug) -> Option<StructureKey> {
    draft.as_str().strip_prefix(PREFIX)?.parse().ok()
}
