//! The skills that hold a term, how often in which field, and what that comes to.

use std::sync::{Arc, Mutex, PoisonError};

use super::Field;

/// How soon a word that is repeated stops to count more.
pub(super) const SATURATION: f32 = 2.2;

/// A term in a skill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub(super) slot: u32,
    counts: u32,
}

/// The skills that hold a term, by slot.
#[derive(Debug, Default)]
pub(super) struct Postings {
    list: Vec<Posting>,
    /// What each counts, as it was worked out for a query. It is a copy of what the list says, never more.
    impacts: Mutex<Option<Impacts>>,
}

/// What each skill of a list counts, and for which average lengths of the fields that holds.
#[derive(Clone, Debug)]
struct Impacts {
    averages: [f32; 6],
    by_posting: Arc<[f32]>,
}

impl Posting {
    /// How many bits hold the count of each field; more often is no more telling.
    const BITS: [u32; 6] = [4, 4, 2, 6, 5, 8];
    const SHIFTS: [u32; 6] = [0, 4, 8, 10, 16, 21];
    /// What a count of one stands for in each field: the body is counted in thirds.
    const UNITS: [f32; 6] = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0 / 3.0];

    pub(super) fn new(slot: u32, counts: [u32; 6]) -> Self {
        let pack = |sum: u32, field: Field| {
            let at = field as usize;
            let most = (1 << Self::BITS[at]) - 1;
            sum | counts[at].min(most) << Self::SHIFTS[at]
        };
        Self { slot, counts: Field::ALL.into_iter().fold(0, pack) }
    }

    /// Returns how often the term stands in a field.
    pub(super) fn count(self, field: Field) -> u32 {
        let at = field as usize;
        self.counts >> Self::SHIFTS[at] & ((1 << Self::BITS[at]) - 1)
    }

    /// Returns what the term counts in the skill: how often it stands there by the weight of each field, saturated.
    fn impact(self, gains: &[f32; 6]) -> f32 {
        let mut frequency = 0.0;
        for field in Field::ALL {
            let at = field as usize;
            frequency += self.count(field) as f32 * Self::UNITS[at] * gains[at];
        }
        saturated(frequency)
    }
}

/// Returns what a weighed frequency counts: the part of BM25 that a skill has in it.
pub(super) fn saturated(frequency: f32) -> f32 {
    frequency / (frequency + SATURATION)
}

impl Postings {
    pub(super) fn list(&self) -> &[Posting] {
        &self.list
    }

    /// Returns what each posting counts, where the fields are that long on average and weigh that much.
    ///
    /// It is kept for the next query: a frequent word stands in thousands of skills, and the averages change only when
    /// skills do.
    pub(super) fn impacts(&self, averages: &[f32; 6], gains: &[[f32; 6]]) -> Arc<[f32]> {
        let mut kept = self.impacts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.averages == *averages) {
            return Arc::clone(&kept.by_posting);
        }
        let impact = |posting: &Posting| posting.impact(&gains[posting.slot as usize]);
        let by_posting: Arc<[f32]> = self.list.iter().map(impact).collect();
        *kept = Some(Impacts { averages: *averages, by_posting: Arc::clone(&by_posting) });
        by_posting
    }

    /// Puts in a posting of a slot that has none.
    pub(super) fn insert(&mut self, posting: Posting) {
        match self.list.last() {
            Some(last) if last.slot > posting.slot => {
                let at = self.list.partition_point(|other| other.slot < posting.slot);
                self.list.insert(at, posting);
            }
            _ => self.list.push(posting),
        }
        self.forget_impacts();
    }

    /// Says where the posting of a slot is, if there is one: a stop word outside the name has none.
    pub(super) fn find(&self, slot: u32) -> Option<usize> {
        self.list.binary_search_by_key(&slot, |posting| posting.slot).ok()
    }

    pub(super) fn remove(&mut self, at: usize) {
        self.list.remove(at);
        self.forget_impacts();
    }

    pub(super) fn shrink(&mut self) {
        self.list.shrink_to_fit();
    }

    fn forget_impacts(&mut self) {
        *self.impacts.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Clone for Postings {
    /// The copy is about to change, so the impacts do not come along.
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), impacts: Mutex::default() }
    }
}
