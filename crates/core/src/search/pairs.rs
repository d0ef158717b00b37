//! What two words of a query count that stand side by side in a skill, as in
//! the query, or near one another in either order.

use super::{
    Field,
    index::Index,
    postings::saturated,
    query::{Pair, Query},
    vocabulary::GAP,
};

/// What two words side by side count, compared to the words themselves.
const PAIR_FACTOR: f32 = 0.4;
/// The same for two words with nothing but stop words between them.
const TELLING_PAIR_FACTOR: f32 = 0.3;
/// What two words count that stand near one another, in either order, compared to the rarer of the two.
const NEAR_FACTOR: f32 = 0.1;
/// How many words a text goes on from one to the other at most.
const NEAR: usize = 7;

/// What stands side by side in a query, as a table of the terms of the query, and room for counting it in skills.
pub(super) struct Pairs<'a> {
    index: &'a Index,
    query: &'a Query,
    pairs: Vec<Pair>,
    /// For each two terms the place in `pairs` plus one, or zero: as they stand, and without stop words.
    tables: [Vec<u16>; 2],
    width: usize,
    /// How often each pair stands in the skill at hand, by the weight of the fields.
    frequencies: Vec<f32>,
    near: Near,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(index: &'a Index, query: &'a Query) -> Self {
        let pairs = query.pairs();
        let width = query.terms.len() + 1;
        let mut tables = [vec![0; width * width], vec![0; width * width]];
        for (pair, place) in pairs.iter().zip(1..) {
            let at = (usize::from(pair.left) + 1) * width + usize::from(pair.right) + 1;
            tables[usize::from(pair.is_telling)][at] = place;
        }
        let frequencies = vec![0.0; pairs.len()];
        let near = Near::new(width);
        Self { index, query, pairs, tables, width, frequencies, near }
    }

    /// Returns what the pairs count that a skill holds.
    pub(super) fn score(&mut self, slot: u32) -> f32 {
        if self.query.terms.len() < 2 {
            return 0.0;
        }
        self.count(slot);
        let score = |(pair, frequency): (&Pair, &f32)| {
            let factor = if pair.is_telling { TELLING_PAIR_FACTOR } else { PAIR_FACTOR };
            factor * pair.weight * saturated(*frequency)
        };
        let beside: f32 = self.pairs.iter().zip(&self.frequencies).map(score).sum();
        beside + self.near.score(self.query)
    }

    /// Counts what stands side by side and near in a skill.
    fn count(&mut self, slot: u32) {
        let doc = self.index.doc(slot);
        let gains = &self.index.gains[slot as usize];
        let (words, marks) = (self.index.vocabulary.kinds(), self.query.marks());
        self.frequencies.fill(0.0);
        self.near.clear();
        for field in Field::ALL {
            let gain = gains[field as usize];
            let (mut last, mut last_telling) = (0, 0);
            self.near.lately.clear();
            for (at, word) in doc.words_in_order(field).iter().enumerate() {
                if *word == GAP {
                    (last, last_telling) = (0, 0);
                    self.near.lately.clear();
                    continue;
                }
                let word = words[*word as usize];
                let mark = usize::from(marks[word.term() as usize]);
                if mark > 0 {
                    let mut count = |table: usize, left: usize| {
                        let place = self.tables[table][left * self.width + mark];
                        if place > 0 {
                            self.frequencies[usize::from(place) - 1] += gain;
                        }
                    };
                    count(0, last);
                    if !word.is_stop() {
                        count(1, last_telling);
                    }
                    if !self.query.terms[mark - 1].is_silent {
                        self.near.meet(mark, at, gain);
                    }
                }
                last = mark;
                if !word.is_stop() {
                    last_telling = mark;
                }
            }
        }
    }
}

/// Words of a query that stand near one another in a skill.
struct Near {
    /// The words that were met lately in this text, each with its last place.
    lately: Vec<(usize, usize)>,
    /// How often each two were near, by the weight of the fields: a row for each.
    frequencies: Vec<f32>,
    /// Which of them were.
    met: Vec<(usize, usize)>,
    width: usize,
}

impl Near {
    fn new(width: usize) -> Self {
        Self { lately: Vec::new(), frequencies: vec![0.0; width * width], met: Vec::new(), width }
    }

    fn clear(&mut self) {
        for (a, b) in self.met.drain(..) {
            self.frequencies[a * self.width + b] = 0.0;
        }
    }

    /// Notes a word of the query at a place of a text.
    fn meet(&mut self, mark: usize, at: usize, gain: f32) {
        let Self { lately, frequencies, met, width } = self;
        lately.retain(|&(other, place)| {
            let is_near = other != mark && place + NEAR >= at;
            if is_near {
                let (a, b) = (mark.min(other), mark.max(other));
                let frequency = &mut frequencies[a * *width + b];
                if *frequency == 0.0 {
                    met.push((a, b));
                }
                *frequency += gain;
            }
            is_near
        });
        lately.push((mark, at));
    }

    fn score(&self, query: &Query) -> f32 {
        let weight = |mark: usize| query.terms[mark - 1].weight;
        let score = |&(a, b): &(usize, usize)| {
            let frequency = self.frequencies[a * self.width + b];
            NEAR_FACTOR * weight(a).min(weight(b)) * saturated(frequency)
        };
        self.met.iter().map(score).sum()
    }
}
