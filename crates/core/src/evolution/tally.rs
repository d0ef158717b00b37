//! What is known of all runs of one structure.

use std::{borrow::Cow, collections::BTreeMap};

use super::values::Values;
use crate::{pattern::structure::Structure, slug::Slug, trace::TraceId};

/// How many of the newest runs a tally names.
pub(super) const MAX_RECENT: usize = 40;
/// How many different failures are kept apart.
const MAX_TROUBLES: usize = 24;

/// Runs of one structure, counted. The order of adding does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// What ran.
    pub(super) structure: Structure,
    /// How many runs succeeded.
    pub(super) n_success: u64,
    /// How many failed.
    pub(super) n_error: u64,
    /// How many runs each person made.
    pub(super) users: BTreeMap<Slug, u64>,
    /// The newest runs.
    pub(super) recent: BTreeMap<TraceId, Seen>,
    /// The first run.
    pub(super) first: Option<TraceId>,
    /// For each step, what its inputs were given in the runs that succeeded.
    pub(super) values: Vec<BTreeMap<String, Values>>,
    /// How many runs failed in which steps.
    pub(super) troubles: BTreeMap<Vec<u32>, u64>,
    /// What went wrong in a step, and how often.
    pub(super) pitfalls: BTreeMap<(u32, String), u64>,
}

/// A run that a tally names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who ran it.
    pub user: Slug,
    /// Whether it succeeded.
    pub ok: bool,
}

/// One run, as a tally takes it.
pub(super) struct Counted<'a> {
    pub(super) id: TraceId,
    pub(super) user: Slug,
    pub(super) ok: bool,
    /// The steps that gave no result, ascending.
    pub(super) not_done: Vec<u32>,
    /// The step that failed, and what it said.
    pub(super) pitfall: Option<(u32, String)>,
    /// What each step was given: an input and its JSON, or `None` for a value that is kept elsewhere.
    pub(super) values: Vec<(u32, &'a str, Option<Cow<'a, str>>)>,
}

impl Tally {
    pub(super) fn new(structure: Structure) -> Self {
        Self {
            values: vec![BTreeMap::new(); structure.steps.len()],
            structure,
            n_success: 0,
            n_error: 0,
            users: BTreeMap::new(),
            recent: BTreeMap::new(),
            first: None,
            troubles: BTreeMap::new(),
            pitfalls: BTreeMap::new(),
        }
    }

    /// Returns how many runs were finished.
    pub(super) fn n(&self) -> u64 {
        self.n_success + self.n_error
    }

    pub(super) fn add(&mut self, run: Counted<'_>) {
        let Counted { id, user, ok, not_done, pitfall, values } = run;
        *self.users.entry(user.clone()).or_default() += 1;
        if self.first.as_ref().is_none_or(|first| id < *first) {
            self.first = Some(id.clone());
        }
        self.recent.insert(id, Seen { user, ok });
        keep_newest(&mut self.recent);
        if ok {
            self.n_success += 1;
            for (step, port, json) in values {
                let Some(of_step) = self.values.get_mut(step as usize) else { continue };
                if !of_step.contains_key(port) {
                    of_step.insert(port.to_owned(), Values::default());
                }
                match (of_step.get_mut(port), json) {
                    (Some(known), Some(json)) => known.add(&json),
                    (Some(known), None) => known.add_large(),
                    (None, _) => {}
                }
            }
            return;
        }
        self.n_error += 1;
        bounded(&mut self.troubles, not_done, 1);
        if let Some(pitfall) = pitfall {
            bounded(&mut self.pitfalls, pitfall, 1);
        }
    }

    /// Adds what was counted elsewhere of the same structure.
    pub(super) fn merge(&mut self, other: &Self) {
        self.n_success += other.n_success;
        self.n_error += other.n_error;
        other.users.iter().for_each(|(user, n)| *self.users.entry(user.clone()).or_default() += n);
        self.recent.extend(other.recent.iter().map(|(id, seen)| (id.clone(), seen.clone())));
        keep_newest(&mut self.recent);
        self.first = match (self.first.take(), other.first.clone()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            for (port, values) in theirs {
                mine.entry(port.clone()).or_default().merge(values);
            }
        }
        other.troubles.iter().for_each(|(steps, n)| bounded(&mut self.troubles, steps.clone(), *n));
        other.pitfalls.iter().for_each(|(what, n)| bounded(&mut self.pitfalls, what.clone(), *n));
    }
}

/// Leaves the newest runs.
pub(super) fn keep_newest(recent: &mut BTreeMap<TraceId, Seen>) {
    while recent.len() > MAX_RECENT {
        recent.pop_first();
    }
}

/// Counts something, unless there are too many different ones already: the last in order give way.
fn bounded<K: Ord>(counts: &mut BTreeMap<K, u64>, what: K, n: u64) {
    *counts.entry(what).or_default() += n;
    while counts.len() > MAX_TROUBLES {
        counts.pop_last();
    }
}
