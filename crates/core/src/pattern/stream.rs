//! Patterns of a stream that grows: a full pass settles them, and each prompt
//! that comes later is placed by itself, in time that does not depend on how
//! many came before.
//!
//! What is promised:
//! - right after [`Stream::new`] the patterns are those of [`find`](super::find);
//! - a later prompt of the same words as a member of a pattern joins it;
//! - any other goes to the pattern whose members it is most like on
//!   average, if it is at least as like them as all but one in twenty of the
//!   settled members were; three that are alike and fit nowhere are a new
//!   pattern at once;
//! - no prompt that has a place is moved by a later one, and it makes no
//!   difference in how many pieces a stream arrives;
//! - a full pass over everything gives the same whether or not prompts were
//!   placed one by one before. It may group otherwise than they were placed:
//!   with more of the stream known, words weigh differently.

use std::collections::BTreeMap;

use super::{
    Evidence, Pattern, Prompt, Seen,
    likeness::{Lexicon, Row, dot},
    prompt::{LEAST_LIKENESS, LEAST_MEMBERS, SHARES, SHARP_SHARES, grouped, median, shortened},
    words::{Features, Reader, even, shared, topical},
};

/// A feature that more prompts without a place had says too little to look them up.
const MAX_LOOKED_UP: usize = 500;
/// How many times prompts without a place are looked up for a new one, what is rarest first.
const MAX_LOOK_UPS: usize = 10_000;
/// How many prompts without a place are compared with a new one.
const MAX_COMPARED: usize = 40;
/// How like the members of a pattern are, until a pass over a stream has measured it.
const USUAL_LIKENESS: f32 = 0.5;

/// A stream of prompts and its patterns.
pub struct Stream {
    reader: Reader,
    space: Space,
    groups: Vec<Group>,
    /// For each feature the groups that have it, in order, and the sum of its weights there.
    postings: BTreeMap<u32, Vec<(usize, f32)>>,
    loose: Loose,
    /// The pattern of each wording that has one.
    known: BTreeMap<String, usize>,
    /// How like its pattern a prompt must be.
    least: f32,
    /// How like each other prompts must be to make a new pattern.
    usual: f32,
    n_prompts: usize,
    n_settled: usize,
}

struct Group {
    pattern: Pattern,
    /// The sum of the likenesses of its members to the group, for the confidence.
    likeness: f32,
}

/// A prompt without a pattern: its vector, its text in short, its wording, and what is known of it.
type LooseOne = (Row, String, String, Seen);

/// Prompts that are in no pattern.
#[derive(Default)]
struct Loose {
    rows: BTreeMap<usize, LooseOne>,
    /// For each feature the prompts that had it, also those that have a place now; `None` once they were too many.
    postings: BTreeMap<u32, Option<Vec<usize>>>,
}

/// One view of prompts.
struct Face {
    lexicon: Lexicon,
    /// Its part of the likeness.
    share: f32,
    of: fn(&Features) -> Vec<String>,
}

/// What features there are, and how much each counts: the views of a prompt side by side.
struct Space {
    views: Vec<Face>,
}

impl Space {
    fn new(features: &[Features], has_small_groups: bool) -> Self {
        let view = |of: fn(&Features) -> Vec<String>, factor, share| {
            let texts: Vec<Vec<String>> = features.iter().map(of).collect();
            Face { lexicon: Lexicon::new(&texts, factor), share, of }
        };
        let shares = if has_small_groups { SHARP_SHARES } else { SHARES };
        let mut views = vec![
            view(Features::words, even, shares.words),
            view(Features::phrases, even, shares.phrases),
            view(Features::pieces, shared, shares.pieces),
            view(Features::topics, topical, shares.topics),
            view(Features::ties, shared, shares.ties),
        ];
        views.retain(|view| view.share > 0.0);
        Self { views }
    }

    /// Returns a prompt as a vector, and learns the features that are new.
    fn row(&mut self, features: &Features) -> Row {
        let n_views = u32::try_from(self.views.len()).unwrap_or(u32::MAX);
        let mut row = Row::new();
        for (Face { lexicon, share, of }, at) in self.views.iter_mut().zip(0..) {
            let part = lexicon.row(&of(features));
            row.extend(part.iter().map(|&(id, weight)| (id * n_views + at, weight * share.sqrt())));
        }
        row.sort_unstable_by_key(|&(id, _)| id);
        row
    }
}

impl Stream {
    /// Finds the patterns of a whole stream and makes ready for what comes after it.
    pub fn new(prompts: &[Prompt<'_>]) -> Self {
        let grouped = grouped(prompts);
        let reader = Reader::new();
        let features: Vec<Features> =
            prompts.iter().map(|prompt| reader.read(prompt.text)).collect();
        let mut stream = Self {
            reader,
            space: Space::new(&features, grouped.has_small_groups),
            groups: Vec::new(),
            postings: BTreeMap::new(),
            loose: Loose::default(),
            known: BTreeMap::new(),
            least: LEAST_LIKENESS,
            usual: USUAL_LIKENESS,
            n_prompts: prompts.len(),
            n_settled: prompts.len(),
        };
        let rows: Vec<Row> = features.iter().map(|features| stream.space.row(features)).collect();
        let mut group_of = vec![None; prompts.len()];
        for (group, pattern) in grouped.patterns.into_iter().enumerate() {
            for &member in &pattern.members {
                group_of[member] = Some(group);
                stream.weigh_in(group, &rows[member]);
            }
            let likeness = pattern.confidence * pattern.members.len() as f32;
            stream.groups.push(Group { pattern, likeness });
        }
        for (at, (row, group)) in rows.iter().zip(&group_of).enumerate() {
            match *group {
                Some(group) => {
                    stream.known.insert(features[at].wording(), group);
                }
                None => {
                    let Prompt { text, seen, .. } = &prompts[at];
                    let wording = features[at].wording();
                    stream.loose.keep(at, (row.clone(), shortened(text), wording, seen.clone()));
                }
            }
        }
        stream.measure(&rows, &group_of);
        stream
    }

    /// Places one more prompt, and returns the pattern that it is in now, if any: its place in [`Self::patterns`].
    pub fn add(&mut self, prompt: &Prompt<'_>) -> Option<usize> {
        let at = self.n_prompts;
        self.n_prompts += 1;
        let features = self.reader.read(prompt.text);
        let row = self.space.row(&features);
        if row.is_empty() {
            return None;
        }
        let wording = features.wording();
        if let Some((likeness, group)) = self.pattern_of(&wording, &row) {
            self.known.insert(wording, group);
            self.weigh_in(group, &row);
            let Group { pattern, likeness: sum } = &mut self.groups[group];
            *sum += likeness;
            pattern.members.push(at);
            pattern.evidence.add(&prompt.seen);
            pattern.confidence = (*sum / pattern.members.len() as f32).clamp(0.0, 1.0);
            return Some(group);
        }
        let near = self.loose.near(&row, self.usual);
        self.loose.keep(at, (row, shortened(prompt.text), wording, prompt.seen.clone()));
        (near.len() + 1 >= LEAST_MEMBERS).then(|| self.found(at, &near))
    }

    /// Returns the patterns: the settled ones as they were found, then the new ones in the order in which they came up.
    pub fn patterns(&self) -> impl ExactSizeIterator<Item = &Pattern> {
        self.groups.iter().map(|group| &group.pattern)
    }

    /// Returns how many prompts came since the pass over the whole stream.
    ///
    /// Another pass is worth its time when this is a good part of all.
    pub fn n_placed(&self) -> usize {
        self.n_prompts - self.n_settled
    }

    /// The pattern where a prompt belongs, and how like its members it is.
    fn pattern_of(&self, wording: &str, row: &Row) -> Option<(f32, usize)> {
        if let Some(&group) = self.known.get(wording) {
            return Some((self.likeness(row, group), group));
        }
        self.nearest(row).filter(|(likeness, _)| *likeness >= self.least)
    }

    /// How like the members of a pattern a vector is on average.
    fn likeness(&self, row: &Row, group: usize) -> f32 {
        let product: f32 = row
            .iter()
            .map(|(feature, weight)| weight * self.sum(*feature, group).unwrap_or_default())
            .sum();
        product / self.groups[group].pattern.members.len() as f32
    }

    /// Makes a pattern of a prompt and those that are near it.
    fn found(&mut self, at: usize, near: &[(usize, f32)]) -> usize {
        let group = self.groups.len();
        let mut members: Vec<usize> = near.iter().map(|&(member, _)| member).collect();
        members.push(at);
        members.sort_unstable();
        let mut evidence = Evidence::default();
        let mut description = String::new();
        for &member in &members {
            let Some((row, text, wording, seen)) = self.loose.take(member) else { continue };
            self.weigh_in(group, &row);
            self.known.insert(wording, group);
            evidence.add(&seen);
            if member == at {
                // It is what brought the others together.
                description = text;
            }
        }
        let sum: f32 = near.iter().map(|(_, likeness)| likeness).sum();
        let confidence = (sum / near.len() as f32).clamp(0.0, 1.0);
        let likeness = confidence * members.len() as f32;
        let pattern = Pattern { members, description, confidence, evidence };
        self.groups.push(Group { pattern, likeness });
        group
    }

    /// The group whose members a vector is most like on average.
    fn nearest(&self, row: &Row) -> Option<(f32, usize)> {
        let mut products = vec![0.0_f32; self.groups.len()];
        for (feature, weight) in row {
            for &(group, sum) in self.postings.get(feature).into_iter().flatten() {
                products[group] += weight * sum;
            }
        }
        let n_members = |group: usize| self.groups[group].pattern.members.len() as f32;
        let shared = products.into_iter().zip(0..).filter(|(product, _)| *product > 0.0);
        let likeness = shared.map(|(product, group)| (product / n_members(group), group));
        likeness.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
    }

    fn weigh_in(&mut self, group: usize, row: &Row) {
        for &(feature, weight) in row {
            let sums = self.postings.entry(feature).or_default();
            match sums.binary_search_by_key(&group, |&(group, _)| group) {
                Ok(at) => sums[at].1 += weight,
                Err(at) => sums.insert(at, (group, weight)),
            }
        }
    }

    /// The sum of the weights of a feature in a group that has it.
    fn sum(&self, feature: u32, group: usize) -> Option<f32> {
        let sums = self.postings.get(&feature)?;
        let at = sums.binary_search_by_key(&group, |&(group, _)| group).ok()?;
        Some(sums[at].1)
    }

    /// Reads from the settled members how like a pattern its members are.
    fn measure(&mut self, rows: &[Row], group_of: &[Option<usize>]) {
        let mut likenesses = Vec::new();
        for (row, group) in rows.iter().zip(group_of) {
            let Some(group) = *group else { continue };
            let sum = |feature, weight| self.sum(feature, group).unwrap_or(weight);
            let others: f32 =
                row.iter().map(|&(feature, weight)| weight * (sum(feature, weight) - weight)).sum();
            let n_others = self.groups[group].pattern.members.len() - 1;
            likenesses.push(others / n_others as f32);
        }
        if likenesses.is_empty() {
            return;
        }
        likenesses.sort_unstable_by(f32::total_cmp);
        // One member in twenty is less like its pattern than this.
        self.least = likenesses[likenesses.len() / 20].max(f32::EPSILON);
        self.usual = median(likenesses.into_iter()).max(self.least);
    }
}

impl Loose {
    fn keep(&mut self, at: usize, one: LooseOne) {
        for &(feature, _) in &one.0 {
            let had = self.postings.entry(feature).or_insert_with(|| Some(Vec::new()));
            if let Some(list) = had {
                list.push(at);
            }
            if had.as_ref().is_some_and(|list| list.len() > MAX_LOOKED_UP) {
                *had = None;
            }
        }
        self.rows.insert(at, one);
    }

    fn take(&mut self, at: usize) -> Option<LooseOne> {
        self.rows.remove(&at)
    }

    /// The prompts that are at least so like a vector, looked for among those that share something rare with it.
    fn near(&self, row: &Row, least: f32) -> Vec<(usize, f32)> {
        let had = |&(feature, weight): &(u32, f32)| {
            Some((self.postings.get(&feature)?.as_deref()?, weight))
        };
        let mut lists: Vec<(&[usize], f32)> = row.iter().filter_map(had).collect();
        lists.sort_by_key(|(list, _)| list.len());
        let mut products: BTreeMap<usize, f32> = BTreeMap::new();
        let mut n_looked_up = 0;
        for (list, weight) in lists {
            n_looked_up += list.len();
            if n_looked_up > MAX_LOOK_UPS {
                break;
            }
            for &at in list {
                *products.entry(at).or_default() += weight * weight;
            }
        }
        products.retain(|at, _| self.rows.contains_key(at));
        let mut likely: Vec<(usize, f32)> = products.into_iter().collect();
        likely.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        likely.truncate(MAX_COMPARED);
        // Where all words are new, some views are empty: equal prompts are alike all the same.
        let likeness = |(at, _): (usize, f32)| {
            let cosine = |other: &Row| dot(row, other) / (dot(row, row) * dot(other, other)).sqrt();
            (at, self.rows.get(&at).map_or(0.0, |(other, ..)| cosine(other)))
        };
        likely.into_iter().map(likeness).filter(|&(_, likeness)| likeness >= least).collect()
    }
}

#[cfg(test)]
mod tests;
