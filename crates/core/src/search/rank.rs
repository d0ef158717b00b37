//! The order of the hits: BM25 over all fields together, then, for the best,
//! what stands side by side in the query and in the skill, or near one another.

use std::{cmp::Ordering, ops::Range};

use super::{
    Field, Hit, Why,
    index::{Card, Doc, Index},
    pairs::Pairs,
    query::{Query, Term},
    vocabulary::GAP,
};

/// How much more a skill counts whose name is the query.
const NAME_BONUS: f32 = 1.5;
/// How much more a skill counts that says when to use it.
const SAYS_WHEN_BONUS: f32 = 1.09;
/// How many of the best hits are looked at for what stands side by side or near.
const N_PAIRED: usize = 48;

/// Returns how many wanted skills match, and those of the given ranks: why, where `explained` wants to know.
pub(super) fn page(
    index: &Index,
    query: &Query,
    ranks: Range<usize>,
    wanted: impl Fn(usize) -> bool,
    mut explained: impl FnMut(usize) -> bool,
) -> (usize, Vec<Hit>) {
    let mut best = Best::new(index, ranks.end.max(N_PAIRED));
    let n_spoken = query.n_spoken();
    for (tally, (card, slot)) in tallies(index, query).iter().zip(index.cards.iter().zip(0..)) {
        if tally.score > 0.0 && wanted(card.number) {
            let is_name =
                usize::from(tally.in_name) == n_spoken && tally.in_name == card.n_name_terms;
            let factor = if is_name { NAME_BONUS } else { 1.0 };
            best.offer(tally.score * factor * bonus(card), slot);
        }
    }
    let total = best.n_offered;
    let mut found = best.sorted();
    // What is added here never lifts a skill over one that is not looked at.
    let n_paired = found.len().min(N_PAIRED);
    let mut pairs = Pairs::new(index, query);
    for (score, slot) in &mut found[..n_paired] {
        *score += pairs.score(*slot) * bonus(&index.cards[*slot as usize]);
    }
    found[..n_paired].sort_unstable_by(|a, b| order(index, a, b));
    let page = found.get(ranks.start.min(found.len())..ranks.end.min(found.len()));
    let hit = |(score, slot): &(f32, u32)| {
        let doc = index.cards[*slot as usize].number;
        let why = match explained(doc) {
            true => why(index, index.doc(*slot), query),
            false => Vec::new(),
        };
        Hit { doc, score: f64::from(*score), why }
    };
    (total, page.unwrap_or_default().iter().map(hit).collect())
}

/// Orders skills by their scores, the highest first, and equal ones by their numbers.
fn order(index: &Index, a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    let number = |slot: u32| index.cards[slot as usize].number;
    b.0.total_cmp(&a.0).then_with(|| number(a.1).cmp(&number(b.1)))
}

/// The best skills so far, of all that were offered.
struct Best<'a> {
    index: &'a Index,
    n_kept: usize,
    n_offered: usize,
    /// Twice as many as are kept at most.
    found: Vec<(f32, u32)>,
    /// Below this nobody gets in any more.
    least: f32,
}

impl<'a> Best<'a> {
    fn new(index: &'a Index, n_kept: usize) -> Self {
        Self { index, n_kept, n_offered: 0, found: Vec::new(), least: 0.0 }
    }

    fn offer(&mut self, score: f32, slot: u32) {
        self.n_offered += 1;
        if score < self.least {
            return;
        }
        self.found.push((score, slot));
        if self.found.len() >= self.n_kept.saturating_mul(2) {
            self.cut();
            self.least = self.found.iter().map(|(score, _)| *score).fold(f32::INFINITY, f32::min);
        }
    }

    fn cut(&mut self) {
        if self.found.len() > self.n_kept {
            self.found.select_nth_unstable_by(self.n_kept, |a, b| order(self.index, a, b));
            self.found.truncate(self.n_kept);
        }
    }

    /// Returns those that are kept, the best first.
    fn sorted(mut self) -> Vec<(f32, u32)> {
        self.cut();
        self.found.sort_unstable_by(|a, b| order(self.index, a, b));
        self.found
    }
}

/// What the words of a query come to in one skill.
#[derive(Clone, Copy, Default)]
struct Tally {
    score: f32,
    /// How many of the words the name has.
    in_name: u16,
}

/// Returns for each slot what the words of the query count there.
fn tallies(index: &Index, query: &Query) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); index.cards.len()];
    let mut variants = Variants::default();
    for term in query.terms.iter().filter(|term| !term.is_silent) {
        match term.variants.as_slice() {
            [(variant, weight)] => {
                let impacts = index.impacts(*variant);
                for (posting, impact) in index.postings(*variant).iter().zip(&*impacts) {
                    let tally = &mut tallies[posting.slot as usize];
                    tally.score += weight * impact;
                    tally.in_name += u16::from(posting.count(Field::Name) > 0);
                }
            }
            _ => variants.tally(index, term, &mut tallies),
        }
    }
    tallies
}

/// Words that stand for one word of a query: in each skill the one that counts most counts.
#[derive(Default)]
struct Variants {
    best: Vec<f32>,
    touched: Vec<u32>,
}

impl Variants {
    fn tally(&mut self, index: &Index, term: &Term, tallies: &mut [Tally]) {
        self.best.resize(tallies.len(), 0.0);
        for (i, (variant, weight)) in term.variants.iter().enumerate() {
            let impacts = index.impacts(*variant);
            for (posting, impact) in index.postings(*variant).iter().zip(&*impacts) {
                let slot = posting.slot as usize;
                let is_named = i == 0 && posting.count(Field::Name) > 0;
                tallies[slot].in_name += u16::from(is_named);
                if self.best[slot] == 0.0 {
                    self.touched.push(posting.slot);
                }
                self.best[slot] = self.best[slot].max(weight * impact);
            }
        }
        for slot in self.touched.drain(..) {
            tallies[slot as usize].score += std::mem::take(&mut self.best[slot as usize]);
        }
    }
}

fn bonus(card: &Card) -> f32 {
    if card.says_when { SAYS_WHEN_BONUS } else { 1.0 }
}

/// Says what of the query was found in which field of one skill, in the order of the query.
fn why(index: &Index, doc: &Doc, query: &Query) -> Vec<Why> {
    let (kinds, marks) = (index.vocabulary.kinds(), query.marks());
    let in_field = |field: Field| {
        let mut words: Vec<(u8, u32)> = Vec::new();
        for number in doc.words(field).iter().filter(|number| **number != GAP) {
            let word = kinds[*number as usize];
            let mark = marks[word.term() as usize];
            let is_silent = mark == 0 || query.terms[usize::from(mark) - 1].is_silent;
            if !is_silent && (!word.is_stop() || field == Field::Name) {
                words.push((mark, *number));
            }
        }
        // Numbers first: a long text repeats its words, and letters are slow to compare.
        words.sort_unstable();
        words.dedup();
        words.sort_unstable_by_key(|(mark, word)| (*mark, index.vocabulary.text(*word)));
        let terms: Vec<String> =
            words.into_iter().map(|(_, word)| index.vocabulary.text(word).to_owned()).collect();
        (!terms.is_empty()).then_some(Why { field, terms })
    };
    Field::ALL.into_iter().filter_map(in_field).collect()
}
