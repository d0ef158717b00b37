//! The search over the skills of a view.

use llmos_api::skill::Why;
use llmos_core::search::{Fields, Index};

use super::{SkillFile, view::Visible};

/// The search over the skills of a view.
pub(crate) struct Finder(Index);

/// A skill that was found.
pub(crate) struct Found {
    /// Its place in the view.
    pub(crate) doc: usize,
    pub(crate) score: f64,
    pub(crate) why: Vec<Why>,
}

impl Finder {
    pub(crate) fn new(skills: &[Visible<SkillFile>]) -> Self {
        let fields =
            skills.iter().enumerate().map(|(doc, seen)| (doc, Fields::of(&seen.file.skill)));
        Self(Index::new(fields))
    }

    /// Returns how many wanted skills match, and one page of them, best first.
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
