//! What recurs among runs: whole structures and connected parts of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ledger::Ledger,
    tally::{Seen, Tally, keep_newest},
    values::Values,
};
use crate::{
    pattern::structure::{MAX_PART, Structure, StructureKey, part, parts},
    slug::Slug,
    trace::TraceId,
};

/// How many structures are searched for parts: those that ran most often.
const MAX_SEARCHED: usize = 20_000;

/// A structure that recurs, as a whole run or inside of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPattern {
    /// Names the pattern.
    pub key: StructureKey,
    /// What recurs.
    pub structure: Structure,
    /// Whether it is all of some run.
    pub is_whole: bool,
    /// In how many finished runs it came up; each counts once.
    pub count: u64,
    /// In how many of them all its steps gave a result.
    pub n_success: u64,
    /// How often each person ran it.
    pub users: BTreeMap<Slug, u64>,
    /// The first run.
    pub first: Option<TraceId>,
    /// The newest runs.
    pub recent: BTreeMap<TraceId, Seen>,
    /// How many whole runs succeeded; values are learned from those.
    pub n_learned: u64,
    /// For each step, what its inputs were given in runs that succeeded.
    pub values: Vec<BTreeMap<String, Values>>,
    /// What went wrong in a step, and how often; most often first.
    pub pitfalls: Vec<(u32, String, u64)>,
    /// Inputs that steps around it feed in some run.
    pub fed: BTreeSet<(u32, String)>,
    /// Outputs that steps around it take in some run.
    pub taken: BTreeSet<(u32, String)>,
}

/// How sure a success rate is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence;

impl Confidence {
    /// Returns the success rate that is exceeded with a certainty of 95 % (Wilson's lower bound, one-sided), 0 to 1.
    ///
    /// 3 of 3 give 0.53, 10 of 10 give 0.79, 100 of 100 give 0.97: a few successes are no proof.
    pub fn of(n_success: u64, n: u64) -> f64 {
        if n == 0 {
            return 0.0;
        }
        const Z: f64 = 1.644_853_626_951;
        #[expect(clippy::cast_precision_loss, reason = "a rate has no more digits")]
        let [k, n] = [n_success as f64, n as f64];
        let rate = k / n;
        let spread = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((rate + Z * Z / (2.0 * n) - spread) / (1.0 + Z * Z / n)).clamp(0.0, 1.0)
    }
}

impl RunPattern {
    /// Returns which part of the runs succeeded, 0 to 1.
    pub fn success_rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate has no more digits")]
        let rate = self.n_success as f64 / self.count.max(1) as f64;
        rate
    }

    /// Returns how sure the success rate is; see [`Confidence::of`].
    pub fn confidence(&self) -> f64 {
        Confidence::of(self.n_success, self.count)
    }
}

/// Where a pattern came up: in all runs of one structure.
struct Place<'a> {
    tally: &'a Tally,
    /// For each step of the pattern, the step of the structure.
    steps: Vec<usize>,
}

/// What is known of a candidate.
struct Candidate<'a> {
    structure: Structure,
    count: u64,
    is_whole: bool,
    /// Whether larger parts around it were looked at somewhere.
    is_inside: bool,
    places: Vec<Place<'a>>,
}

/// Finds what recurs in at least `min_count` finished runs, most often first.
///
/// A pattern has at least two steps: a whole structure of any size, or a connected part of up to
/// [`MAX_PART`] steps. One that never comes up without a certain larger one around it says nothing more than
/// that one, and is left out.
pub fn run_patterns(ledger: &Ledger, min_count: u64) -> Vec<RunPattern> {
    let candidates = candidates(ledger, min_count.max(1));
    let mut covered: BTreeSet<StructureKey> = BTreeSet::new();
    for candidate in candidates.values() {
        let n = candidate.structure.steps.len();
        if n > MAX_PART + 1 {
            continue;
        }
        for left_out in 0..n {
            let rest: Vec<u32> = (0_u32..).take(n).filter(|&at| at as usize != left_out).collect();
            let Some(smaller) = part(&candidate.structure, &rest) else { continue };
            let key = smaller.structure.key();
            if candidates.get(&key).is_some_and(|other| other.count == candidate.count) {
                covered.insert(key);
            }
        }
    }
    let mut found: Vec<RunPattern> = candidates
        .into_iter()
        .filter(|(key, candidate)| {
            let size = candidate.structure.steps.len();
            let small = size <= MAX_PART && candidate.is_inside;
            !covered.contains(key) && (candidate.is_whole || small)
        })
        .map(|(key, candidate)| candidate.described(key))
        .collect();
    found.sort_by(|a, b| {
        let order = |p: &RunPattern| (p.count, p.is_whole, p.structure.steps.len());
        order(b).cmp(&order(a)).then(a.key.cmp(&b.key))
    });
    found
}

/// Gathers everything that comes up often enough.
fn candidates(ledger: &Ledger, min_count: u64) -> BTreeMap<StructureKey, Candidate<'_>> {
    let mut most: Vec<(&StructureKey, &Tally)> =
        ledger.runs.iter().filter(|(_, tally)| tally.structure.steps.len() > 1).collect();
    if most.len() > MAX_SEARCHED {
        most.sort_by(|a, b| b.1.n().cmp(&a.1.n()).then(a.0.cmp(b.0)));
        most.truncate(MAX_SEARCHED);
    }
    let mut found: BTreeMap<StructureKey, Candidate<'_>> = BTreeMap::new();
    for (key, tally) in most {
        let mut all = parts(&tally.structure);
        let n = tally.structure.steps.len();
        // It is all of these runs, whether it hangs together or not.
        all.remove(key);
        let whole = (tally.structure.clone(), (0..n).collect::<Vec<_>>(), true);
        let parts = all
            .into_iter()
            .map(|(key, part)| (key, (part.placed.structure, part.placed.places, part.is_inside)));
        for (part_key, (structure, steps, is_inside)) in parts.chain([(*key, whole)]) {
            let known = found.entry(part_key).or_insert_with(|| Candidate {
                structure,
                count: 0,
                is_whole: false,
                is_inside: false,
                places: Vec::new(),
            });
            known.count += tally.n();
            known.is_whole |= part_key == *key;
            known.is_inside |= is_inside;
            known.places.push(Place { tally, steps });
        }
    }
    found.retain(|_, candidate| candidate.count >= min_count);
    found
}

impl Candidate<'_> {
    fn described(self, key: StructureKey) -> RunPattern {
        let n = self.structure.steps.len();
        let mut pattern = RunPattern {
            key,
            structure: self.structure,
            is_whole: self.is_whole,
            count: self.count,
            n_success: 0,
            users: BTreeMap::new(),
            first: None,
            recent: BTreeMap::new(),
            n_learned: 0,
            values: vec![BTreeMap::new(); n],
            pitfalls: Vec::new(),
            fed: BTreeSet::new(),
            taken: BTreeSet::new(),
        };
        let mut pitfalls: BTreeMap<(u32, &str), u64> = BTreeMap::new();
        for place in &self.places {
            place.add_to(&mut pattern, &mut pitfalls);
        }
        let mut pitfalls: Vec<_> =
            pitfalls.into_iter().map(|((step, what), n)| (step, what.to_owned(), n)).collect();
        pitfalls.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, &a.1).cmp(&(b.0, &b.1))));
        pattern.pitfalls = pitfalls;
        pattern
    }
}

impl<'a> Place<'a> {
    /// Adds the runs of one structure to what is known of a pattern in it.
    fn add_to(&self, pattern: &mut RunPattern, pitfalls: &mut BTreeMap<(u32, &'a str), u64>) {
        let tally = self.tally;
        let mut step_of: BTreeMap<u32, u32> = BTreeMap::new();
        for (step, &at) in (0_u32..).zip(&self.steps) {
            step_of.insert(crate::lookup::small(at), step);
        }
        // A run that failed elsewhere did not fail here.
        let elsewhere = tally.troubles.iter();
        let elsewhere = elsewhere.filter(|(steps, _)| {
            !steps.is_empty() && steps.iter().all(|at| !step_of.contains_key(at))
        });
        pattern.n_success += tally.n_success + elsewhere.map(|(_, n)| n).sum::<u64>();
        pattern.n_learned += tally.n_success;
        for (user, n) in &tally.users {
            *pattern.users.entry(user.clone()).or_default() += n;
        }
        pattern.first = match (pattern.first.take(), tally.first.clone()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        pattern.recent.extend(tally.recent.iter().map(|(id, seen)| (id.clone(), seen.clone())));
        keep_newest(&mut pattern.recent);
        for (values, &at) in pattern.values.iter_mut().zip(&self.steps) {
            for (port, more) in &tally.values[at] {
                values.entry(port.clone()).or_default().merge(more);
            }
        }
        for ((at, what), n) in &tally.pitfalls {
            if let Some(step) = step_of.get(at) {
                *pitfalls.entry((*step, what)).or_default() += n;
            }
        }
        for link in &tally.structure.links {
            match (step_of.get(&link.from), step_of.get(&link.to)) {
                (None, Some(step)) => _ = pattern.fed.insert((*step, link.input.to_string())),
                (Some(step), None) => _ = pattern.taken.insert((*step, link.output.to_string())),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }
}
