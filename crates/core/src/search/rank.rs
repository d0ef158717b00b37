//! The order of the hits: BM25 over all fields together, then, for the best,
//! what stands side by side in the query and in the skill, or near one another.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Field, Hit, Why,
    index::{Doc, Index},
    query::{Pair, Query},
    vocabulary::GAP,
};

/// How soon a word that is repeated stops to count more.
const SATURATION: f32 = 2.2;
/// How much more a skill counts whose name is the query.
const NAME_BONUS: f32 = 1.5;
/// How much more a skill counts that says when to use it.
const SAYS_WHEN_BONUS: f32 = 1.09;
/// What two words side by side count, compared to the words themselves.
const PAIR_FACTOR: f32 = 0.4;
/// The same for two words with nothing but stop words between them.
const TELLING_PAIR_FACTOR: f32 = 0.3;
/// What two words count that stand near one another, in either order, compared to the rarer of the two.
const NEAR_FACTOR: f32 = 0.1;
/// How many words a text goes on from one to the other at most.
const NEAR: usize = 7;
/// How many of the best hits are looked at for what stands side by side or near.
const N_PAIRED: usize = 100;

/// Returns how many wanted skills match, and those of the given ranks.
pub(super) fn page(
    index: &Index,
    query: &Query,
    ranks: Range<usize>,
    wanted: impl Fn(usize) -> bool,
) -> (usize, Vec<Hit>) {
    let mut found = scores(index, query);
    found.retain(|(_, slot)| wanted(index.doc(*slot).number));
    let total = found.len();
    let order = |a: &(f32, u32), b: &(f32, u32)| {
        let number = |slot: u32| index.doc(slot).number;
        b.0.total_cmp(&a.0).then_with(|| number(a.1).cmp(&number(b.1)))
    };
    let n_needed = ranks.end.max(N_PAIRED);
    if found.len() > n_needed {
        found.select_nth_unstable_by(n_needed, order);
        found.truncate(n_needed);
    }
    found.sort_unstable_by(order);
    // What is added here never lifts a skill over one that is not looked at.
    let n_paired = found.len().min(N_PAIRED);
    let pairs = Pairs::new(query);
    for (score, slot) in &mut found[..n_paired] {
        *score += pairs.score(index, query, *slot) * bonus(index.doc(*slot));
    }
    found[..n_paired].sort_unstable_by(order);
    let page = found.get(ranks.start.min(found.len())..ranks.end.min(found.len()));
    let hit = |(score, slot): &(f32, u32)| {
        let doc = index.doc(*slot);
        Hit { doc: doc.number, score: f64::from(*score), why: why(index, doc, query) }
    };
    (total, page.unwrap_or_default().iter().map(hit).collect())
}

/// Returns the skills that hold a word of the query, with what its words count.
fn scores(index: &Index, query: &Query) -> Vec<(f32, u32)> {
    let mut scores = vec![0.0_f32; index.docs.len()];
    let mut best = vec![0.0_f32; index.docs.len()];
    let mut in_name = vec![0_u16; index.docs.len()];
    let mut touched: Vec<usize> = Vec::new();
    for term in query.terms.iter().filter(|term| !term.is_silent) {
        for (i, (variant, weight)) in term.variants.iter().enumerate() {
            for posting in index.postings(*variant) {
                let slot = posting.slot as usize;
                let frequency = posting.frequency(&index.gains[slot]);
                let score = weight * frequency / (frequency + SATURATION);
                in_name[slot] += u16::from(i == 0 && posting.count(Field::Name) > 0);
                if term.variants.len() == 1 {
                    scores[slot] += score;
                    continue;
                }
                if best[slot] == 0.0 {
                    touched.push(slot);
                }
                best[slot] = best[slot].max(score);
            }
        }
        for slot in touched.drain(..) {
            scores[slot] += std::mem::take(&mut best[slot]);
        }
    }
    let n_spoken = query.n_spoken();
    let found = scores.into_iter().zip(in_name).zip(0_u32..).filter(|((score, _), _)| *score > 0.0);
    let weighed = |((score, in_name), slot): ((f32, u16), u32)| {
        let doc = index.doc(slot);
        let is_name = usize::from(in_name) == n_spoken && in_name == doc.n_name_terms;
        let factor = if is_name { NAME_BONUS } else { 1.0 };
        (score * factor * bonus(doc), slot)
    };
    found.map(weighed).collect()
}

fn bonus(doc: &Doc) -> f32 {
    if doc.says_when { SAYS_WHEN_BONUS } else { 1.0 }
}

/// What stands side by side in a query, as a table of the terms of the query.
struct Pairs {
    pairs: Vec<Pair>,
    /// For each two terms the place in `pairs` plus one, or zero: as they stand, and without stop words.
    tables: [Vec<u16>; 2],
    width: usize,
}

impl Pairs {
    fn new(query: &Query) -> Self {
        let pairs = query.pairs();
        let width = query.terms.len() + 1;
        let mut tables = [vec![0; width * width], vec![0; width * width]];
        for (pair, place) in pairs.iter().zip(1..) {
            let at = (usize::from(pair.left) + 1) * width + usize::from(pair.right) + 1;
            tables[usize::from(pair.is_telling)][at] = place;
        }
        Self { pairs, tables, width }
    }

    /// Returns what the pairs count that a skill holds.
    fn score(&self, index: &Index, query: &Query, slot: u32) -> f32 {
        if query.terms.len() < 2 {
            return 0.0;
        }
        let doc = index.doc(slot);
        let gains = &index.gains[slot as usize];
        let mut frequencies = vec![0.0_f32; self.pairs.len()];
        let mut near = Near::default();
        for field in Field::ALL {
            let gain = gains[field as usize];
            let (mut last, mut last_telling) = (0, 0);
            near.lately.clear();
            for (at, word) in doc.words_in_order(field).iter().enumerate() {
                if *word == GAP {
                    (last, last_telling) = (0, 0);
                    near.lately.clear();
                    continue;
                }
                let word = index.vocabulary.word(*word);
                let mark = usize::from(query.mark(word.term));
                if mark > 0 {
                    let mut count = |table: usize, left: usize| {
                        let place = self.tables[table][left * self.width + mark];
                        if place > 0 {
                            frequencies[usize::from(place) - 1] += gain;
                        }
                    };
                    count(0, last);
                    if !word.is_stop {
                        count(1, last_telling);
                    }
                    if !query.terms[mark - 1].is_silent {
                        near.meet(mark, at, gain);
                    }
                }
                last = mark;
                if !word.is_stop {
                    last_telling = mark;
                }
            }
        }
        let score = |(pair, frequency): (&Pair, f32)| {
            let factor = if pair.is_telling { TELLING_PAIR_FACTOR } else { PAIR_FACTOR };
            factor * pair.weight * frequency / (frequency + SATURATION)
        };
        self.pairs.iter().zip(frequencies).map(score).sum::<f32>() + near.score(query)
    }
}

/// Words of a query that stand near one another in a skill.
#[derive(Default)]
struct Near {
    /// The words that were met lately in this text, each with its last place.
    lately: Vec<(usize, usize)>,
    /// How often each two were near, by the weight of the fields.
    frequencies: BTreeMap<(usize, usize), f32>,
}

impl Near {
    /// Notes a word of the query at a place of a text.
    fn meet(&mut self, mark: usize, at: usize, gain: f32) {
        self.lately.retain(|(_, place)| place + NEAR >= at);
        for (other, _) in self.lately.iter().filter(|(other, _)| *other != mark) {
            let both = (mark.min(*other), mark.max(*other));
            *self.frequencies.entry(both).or_default() += gain;
        }
        self.lately.retain(|(other, _)| *other != mark);
        self.lately.push((mark, at));
    }

    fn score(&self, query: &Query) -> f32 {
        let weight = |mark: usize| query.terms[mark - 1].weight;
        let score = |(&(a, b), frequency): (&(usize, usize), &f32)| {
            NEAR_FACTOR * weight(a).min(weight(b)) * frequency / (frequency + SATURATION)
        };
        self.frequencies.iter().map(score).sum()
    }
}

/// Says what of the query was found in which field of one skill, in the order of the query.
fn why(index: &Index, doc: &Doc, query: &Query) -> Vec<Why> {
    let in_field = |field: Field| {
        let mut words: Vec<(u8, u32)> = Vec::new();
        for number in doc.words(field).iter().filter(|number| **number != GAP) {
            let word = index.vocabulary.word(*number);
            let mark = query.mark(word.term);
            let is_silent = mark == 0 || query.terms[usize::from(mark) - 1].is_silent;
            if !is_silent && (!word.is_stop || field == Field::Name) {
                words.push((mark, *number));
            }
        }
        words.sort_unstable_by_key(|(mark, word)| (*mark, index.vocabulary.text(*word)));
        words.dedup();
        let terms: Vec<String> =
            words.into_iter().map(|(_, word)| index.vocabulary.text(word).to_owned()).collect();
        (!terms.is_empty()).then_some(Why { field, terms })
    };
    Field::ALL.into_iter().filter_map(in_field).collect()
}
