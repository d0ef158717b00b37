//! The search over the skills and workflows of a view.

use llmos_api::skill::Why;
use llmos_core::search::{Fields, Index};

use super::{SkillFile, WorkflowFile, view::Visible};

/// The search over the skills of a view, and its workflows behind them.
pub(crate) struct Finder(Index);

/// A skill or a workflow that was found.
pub(crate) struct Found {
    /// Its place among the skills of the view; past their end, among the workflows.
    pub(crate) doc: usize,
    pub(crate) score: f64,
    pub(crate) why: Vec<Why>,
}

impl Finder {
    pub(crate) fn new(skills: &[Visible<SkillFile>], workflows: &[Visible<WorkflowFile>]) -> Self {
        let skills = skills.iter().map(|seen| Fields::of(&seen.file.skill));
        let workflows = workflows.iter().map(|seen| Fields::of_workflow(&seen.file.workflow));
        Self(Index::new(skills.chain(workflows).enumerate()))
    }

    /// Returns how many of those that are wanted match, and one page of them, best first.
    pub(crate) fn find(
        &self,
        query: &str,
        offset: usize,
        limit: usize,
        wanted: impl Fn(usize) -> bool,
    ) -> (usize, Vec<Found>) {
        let ranks = offset..offset.saturating_add(limit);
        let (total, hits) = self.0.page(query, ranks, wanted);
        let page = hits.into_iter().map(|hit| Found {
            doc: hit.doc,
            score: hit.score,
            why: hit
                .why
                .into_iter()
                .map(|why| Why { field: why.field.to_string(), terms: why.terms })
                .collect(),
        });
        (total, page.collect())
    }
}
