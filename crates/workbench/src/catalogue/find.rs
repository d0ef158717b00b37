//! The search over the skills and workflows of a view. It follows the commits:
//! the search of a new view takes over that of the one before and changes what
//! the files in between changed.

use std::{collections::BTreeSet, sync::Arc};

use llmos_api::skill::Why;
use llmos_core::{
    search::{Fields, Hit, Index},
    slug::Slug,
};

use super::{SkillFile, WorkflowFile, view::Visible};

/// Between the numbers of two neighbours, so that others find room between them.
const GAP: usize = 1 << 12;

/// A search is built anew after so many changes, and one more for each file: words that are gone stay in it until then.
const MAX_CHANGES: usize = 1000;

/// The search over the skills of a view, and its workflows behind them.
pub(crate) struct Finder {
    index: Index,
    /// In the order of the view.
    entries: Vec<Entry>,
    n_changes: usize,
}

/// A skill or a workflow that was found.
pub(crate) struct Found {
    /// Its place among the skills of the view; past their end, among the workflows.
    pub(crate) doc: usize,
    pub(crate) score: f64,
    pub(crate) why: Vec<Why>,
}

/// One file, under its number in the index: the numbers rise with the places, so that equal hits
/// come in the order of the view, whatever was changed before.
struct Entry {
    number: usize,
    file: File,
}

/// Skills stand before workflows, and each in the order of their ids.
#[derive(Clone)]
enum File {
    Skill(Arc<SkillFile>),
    Workflow(Arc<WorkflowFile>),
}

impl File {
    fn key(&self) -> (bool, &Slug) {
        match self {
            Self::Skill(file) => (false, &file.skill.id),
            Self::Workflow(file) => (true, &file.workflow.id),
        }
    }

    fn fields(&self) -> Fields<'_> {
        match self {
            Self::Skill(file) => Fields::of(&file.skill),
            Self::Workflow(file) => Fields::of_workflow(&file.workflow),
        }
    }

    /// Says whether both are one parsed file; a snapshot takes over what did not change.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Skill(one), Self::Skill(other)) => Arc::ptr_eq(one, other),
            (Self::Workflow(one), Self::Workflow(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Finder {
    /// Makes the search over what a view holds, from the one of the view before where that is less work.
    pub(crate) fn new(
        skills: &[Visible<SkillFile>],
        workflows: &[Visible<WorkflowFile>],
        before: Option<&Self>,
    ) -> Self {
        let skills = skills.iter().map(|seen| File::Skill(Arc::clone(&seen.file)));
        let workflows = workflows.iter().map(|seen| File::Workflow(Arc::clone(&seen.file)));
        let files: Vec<File> = skills.chain(workflows).collect();
        match before.and_then(|before| before.followed(&files)) {
            Some(finder) => finder,
            None => Self::anew(files),
        }
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
        let (total, hits) = self.index.page(query, ranks, |number| wanted(self.place(number)));
        (total, self.found(hits))
    }

    /// Returns the best of everything, and why of those that `explained` wants, which is asked in their order.
    pub(crate) fn best(
        &self,
        query: &str,
        limit: usize,
        mut explained: impl FnMut(usize) -> bool,
    ) -> Vec<Found> {
        self.found(self.index.best(query, limit, |number| explained(self.place(number))))
    }

    fn found(&self, hits: Vec<Hit>) -> Vec<Found> {
        let found = hits.into_iter().map(|hit| Found {
            doc: self.place(hit.doc),
            score: hit.score,
            why: hit
                .why
                .into_iter()
                .map(|why| Why { field: why.field.to_string(), terms: why.terms })
                .collect(),
        });
        found.collect()
    }

    /// Returns where the file of a number stands in the view.
    ///
    /// A search asks for thousands. Numbers were given evenly, so the place is near where it was then.
    fn place(&self, number: usize) -> usize {
        let n = self.entries.len();
        let guess = (number / GAP).saturating_sub(1).min(n);
        let is_before = |entry: &Entry| entry.number < number;
        let (mut low, mut high, mut step) = (guess, guess, 1);
        while high < n && is_before(&self.entries[high]) {
            (low, high, step) = (high + 1, (high + step).min(n), step * 2);
        }
        while low > 0 && !is_before(&self.entries[low - 1]) {
            (high, low, step) = (low - 1, low.saturating_sub(step), step * 2);
        }
        low + self.entries[low..high].partition_point(is_before)
    }

    fn anew(files: Vec<File>) -> Self {
        let numbered = files.into_iter().enumerate();
        let entries: Vec<Entry> =
            numbered.map(|(place, file)| Entry { number: (place + 1) * GAP, file }).collect();
        let index = Index::new(entries.iter().map(|entry| (entry.number, entry.file.fields())));
        Self { index, entries, n_changes: 0 }
    }

    /// Follows what changed since, or says that building anew is less work.
    fn followed(&self, files: &[File]) -> Option<Self> {
        let kept = self.kept(files);
        let entries = numbered(files, &kept)?;
        let is_new = |(_, kept): &(&Entry, &Option<usize>)| kept.is_none();
        let new: Vec<&Entry> =
            entries.iter().zip(&kept).filter(is_new).map(|(entry, _)| entry).collect();
        let still: BTreeSet<usize> = kept.iter().flatten().copied().collect();
        let old = self.entries.iter().map(|entry| entry.number);
        let gone: Vec<usize> = old.filter(|number| !still.contains(number)).collect();
        let n_changes = self.n_changes + new.len() + gone.len();
        if n_changes > MAX_CHANGES + files.len() || new.len() > files.len() / 2 {
            return None;
        }
        let mut index = self.index.clone();
        if !new.is_empty() || !gone.is_empty() {
            index.update(gone, new.into_iter().map(|entry| (entry.number, entry.file.fields())));
        }
        Some(Self { index, entries, n_changes })
    }

    /// Returns for each file the number that it has already; `None` for a new or changed one.
    fn kept(&self, files: &[File]) -> Vec<Option<usize>> {
        let mut old = self.entries.iter().peekable();
        let number = |file: &File| {
            while old.next_if(|entry| entry.file.key() < file.key()).is_some() {}
            let same = old.next_if(|entry| entry.file.key() == file.key())?;
            same.file.is(file).then_some(same.number)
        };
        files.iter().map(number).collect()
    }
}

/// Gives each new file a number between those of its neighbours; `None` where there is no room.
fn numbered(files: &[File], kept: &[Option<usize>]) -> Option<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::with_capacity(files.len());
    let mut at = 0;
    while let Some(file) = files.get(at) {
        if let Some(number) = kept[at] {
            entries.push(Entry { number, file: file.clone() });
            at += 1;
            continue;
        }
        let n_new = kept[at..].iter().take_while(|kept| kept.is_none()).count();
        let low = entries.last().map_or(0, |entry| entry.number);
        let high = kept.get(at + n_new).copied().flatten();
        let high = high.unwrap_or(low + (n_new + 1) * GAP);
        let step = (high - low) / (n_new + 1);
        if step == 0 {
            return None;
        }
        let new = files[at..at + n_new].iter().zip(1..);
        entries.extend(new.map(|(file, i)| Entry { number: low + i * step, file: file.clone() }));
        at += n_new;
    }
    Some(entries)
}

#[cfg(test)]
mod tests;
