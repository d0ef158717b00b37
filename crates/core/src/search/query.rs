//! What a query asks for: terms of the index, how much each counts, and which
//! stand side by side.

use super::{
    common,
    index::Index,
    lists, text,
    vocabulary::{Vocabulary, stem},
};

/// What a word counts that only begins like the last word of the query.
const PREFIX_FACTOR: f32 = 0.7;
/// What a word counts that differs from a word of the query by a typing error.
const TYPO_FACTOR: f32 = 0.5;
/// What a word counts that people use in every conversation.
const COMMON_FACTOR: f32 = 0.35;
/// What a stop word counts beside its neighbour.
const STOP_WEIGHT: f32 = 0.3;
/// Below one, so that one rare word does not outweigh several frequent ones.
const RARITY_POWER: f32 = 0.64;
/// How many different words of a query are looked at.
const MAX_TERMS: usize = 120;
/// How many words a query has at most whose last word may still be being typed.
const MAX_BEGUN_WORDS: usize = 3;
/// How many words a query has at most whose unknown words are taken for typing errors.
const MAX_TYPO_WORDS: usize = 8;
/// How many words of the index one word of a query may stand for.
const MAX_VARIANTS: usize = 64;

/// What a query asks for.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) terms: Vec<Term>,
    /// For each term of the index the place in `terms` plus one, or zero.
    marks: Vec<u8>,
    /// The places in `terms` of the query's words, one after the other.
    sequence: Vec<u8>,
}

/// A word of the query.
#[derive(Debug)]
pub(super) struct Term {
    /// What it stands for in the index, and how much that counts.
    pub(super) variants: Vec<(u32, f32)>,
    /// What the word counts beside its neighbour.
    pub(super) weight: f32,
    /// Whether it counts only beside its neighbour.
    pub(super) is_silent: bool,
}

/// Two terms that stand side by side in the query.
pub(super) struct Pair {
    pub(super) left: u8,
    pub(super) right: u8,
    /// Whether the stop words between the two were left out.
    pub(super) is_telling: bool,
    pub(super) weight: f32,
}

impl Query {
    pub(super) fn new(index: &Index, query: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        text::words(query, &mut |word| words.push(word.to_owned()));
        let is_telling = |word: &&String| !lists::is_stop_word(word);
        let n_telling = words.iter().filter(is_telling).count();
        let short = words.len() <= MAX_BEGUN_WORDS && query.ends_with(char::is_alphanumeric);
        let mut read = Reader { index, n_telling, known: Vec::new(), query: Self::default() };
        read.query.marks = vec![0; index.vocabulary.n_terms()];
        for (i, word) in words.iter().enumerate() {
            read.word(word, short && i + 1 == words.len() && word.len() > 1);
        }
        read.query
    }

    /// Returns for each term of the index its place in the query plus one, or zero.
    pub(super) fn marks(&self) -> &[u8] {
        &self.marks
    }

    /// Returns how many words must be in a name that is the query.
    pub(super) fn n_spoken(&self) -> usize {
        self.terms.iter().filter(|term| !term.is_silent).count()
    }

    /// Returns the terms that stand side by side, each pair once.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let spoken = |place: &&u8| !self.terms[**place as usize].is_silent;
        let telling: Vec<u8> = self.sequence.iter().filter(spoken).copied().collect();
        let mut pairs = self.pairs_of(&self.sequence, false);
        pairs.extend(self.pairs_of(&telling, true));
        pairs
    }

    fn pairs_of(&self, sequence: &[u8], is_telling: bool) -> Vec<Pair> {
        let mut sides: Vec<(u8, u8)> = sequence.windows(2).map(|two| (two[0], two[1])).collect();
        sides.sort_unstable();
        sides.dedup();
        let weight = |place: u8| self.terms[place as usize].weight;
        let pair = |(left, right)| {
            let weight = f32::midpoint(weight(left), weight(right));
            Pair { left, right, is_telling, weight }
        };
        sides.into_iter().map(pair).collect()
    }
}

struct Reader<'a> {
    index: &'a Index,
    /// How many words of the query are no stop words.
    n_telling: usize,
    /// The stems of the terms so far.
    known: Vec<String>,
    query: Query,
}

impl Reader<'_> {
    fn word(&mut self, word: &str, is_begun: bool) {
        let stem = stem(word);
        if let Some(place) = self.known.iter().position(|known| *known == *stem) {
            self.query.sequence.extend(u8::try_from(place));
            return;
        }
        if self.known.len() == MAX_TERMS {
            return;
        }
        let is_stop = lists::is_stop_word(word);
        let mut variants = Vec::new();
        variants.extend(self.index.vocabulary.term_of(word).map(|term| (term, 1.0)));
        let is_silent = is_stop && self.n_telling > 0;
        variants.retain(|(term, _)| is_silent || !self.index.postings(*term).is_empty());
        if is_begun {
            let exact = variants.first().map(|(term, _)| *term);
            let begun = self.begun(word).into_iter().filter(|term| Some(*term) != exact);
            variants.extend(begun.map(|term| (term, PREFIX_FACTOR)));
        }
        if variants.is_empty() && !is_silent && self.n_telling <= MAX_TYPO_WORDS {
            variants.extend(self.similar(word).into_iter().map(|term| (term, TYPO_FACTOR)));
        }
        let place = self.query.terms.len();
        for (term, _) in &variants {
            let mark = &mut self.query.marks[*term as usize];
            if *mark == 0 {
                *mark = u8::try_from(place + 1).unwrap_or_default();
            }
        }
        let common = if common::is_common(&stem) { COMMON_FACTOR } else { 1.0 };
        let n_docs = self.index.len();
        for (term, factor) in &mut variants {
            *factor *= common * rarity(n_docs, self.index.postings(*term).len());
        }
        let best = variants.iter().map(|(_, factor)| *factor).fold(STOP_WEIGHT, f32::max);
        let weight = if is_silent { STOP_WEIGHT } else { best };
        self.query.terms.push(Term { variants, weight, is_silent });
        self.query.sequence.extend(u8::try_from(place));
        self.known.push(stem.into_owned());
    }

    /// Returns the terms of words that begin like `word`.
    fn begun(&self, word: &str) -> Vec<u32> {
        let longer = self.telling().filter(|(other, _)| other.starts_with(word));
        first_by_text(longer.collect())
    }

    /// Returns the terms of words that differ from `word` by a typing error after the first letter.
    fn similar(&self, word: &str) -> Vec<u32> {
        let letters: Vec<char> = word.chars().collect();
        let most = match letters.len() {
            0..=3 => return Vec::new(),
            4..=7 => 1,
            _ => 2,
        };
        if letters.iter().any(|letter| !letter.is_alphabetic()) {
            return Vec::new();
        }
        let (first, bits) = (letters[0], letter_bits(word));
        let near = self.telling().filter(|(other, _)| {
            other.len().abs_diff(word.len()) <= 4 * most
                && other.starts_with(first)
                && (letter_bits(other) ^ bits).count_ones() as usize <= 2 * most
        });
        let mut found: Vec<(usize, (&str, u32))> = Vec::new();
        for (other, term) in near {
            let distance = text::distance(&letters, &other.chars().collect::<Vec<_>>(), most);
            found.extend(distance.map(|distance| (distance, (other, term))));
        }
        let closest = found.iter().map(|(distance, _)| *distance).min();
        found.retain(|(distance, _)| Some(*distance) == closest);
        first_by_text(found.into_iter().map(|(_, word)| word).collect())
    }

    /// Returns the words that skills hold.
    fn telling(&self) -> impl Iterator<Item = (&str, u32)> {
        let vocabulary: &Vocabulary = &self.index.vocabulary;
        vocabulary.telling().filter(|(_, term)| !self.index.postings(*term).is_empty())
    }
}

/// Returns the terms of the first few words in the order of the alphabet.
fn first_by_text(mut words: Vec<(&str, u32)>) -> Vec<u32> {
    words.sort_unstable();
    let mut terms: Vec<u32> = Vec::new();
    for (_, term) in words {
        if terms.len() < MAX_VARIANTS && !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// Returns one bit for each letter that a word has.
fn letter_bits(word: &str) -> u32 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte % 32))
}

/// Returns how much a word tells that stands in `n_with` of `n_docs` skills.
fn rarity(n_docs: usize, n_with: usize) -> f32 {
    let (n_docs, n_with) = (n_docs as f32, n_with as f32);
    (1.0 + (n_docs - n_with + 0.5) / (n_with + 0.5)).ln().powf(RARITY_POWER)
}
