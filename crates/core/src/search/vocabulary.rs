//! The words of all indexed texts, each with a number, and the stems that join
//! words of one family: `plots` and `plotting` are `plot`.

use rust_stemmers::{Algorithm, Stemmer};

use super::lists;

/// Stands between two texts of one skill: no word.
pub(super) const GAP: u32 = u32::MAX;

/// Words as they were written, in lower case, and the term that each counts as.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    words: Interner,
    terms: Interner,
    kinds: Vec<Word>,
}

/// What a word counts as: its term, and in the lowest bit whether it tells nothing by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(u32);

impl Word {
    fn new(term: u32, is_stop: bool) -> Self {
        Self(term << 1 | u32::from(is_stop))
    }

    pub(super) fn term(self) -> u32 {
        self.0 >> 1
    }

    /// Says whether it tells nothing by itself.
    pub(super) fn is_stop(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Vocabulary {
    /// Returns the number of a word, a new one if it is new.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        let number = self.words.number(word);
        if number as usize == self.kinds.len() {
            let term = self.terms.number(&stem(word));
            self.kinds.push(Word::new(term, lists::is_stop_word(word)));
        }
        number
    }

    /// Returns what the word of a number counts as.
    pub(super) fn word(&self, number: u32) -> Word {
        self.kinds[number as usize]
    }

    /// Returns what the word of each number counts as.
    pub(super) fn kinds(&self) -> &[Word] {
        &self.kinds
    }

    /// Returns the term that a word counts as, if any text has it.
    pub(super) fn term_of(&self, word: &str) -> Option<u32> {
        match self.words.find(word) {
            Some(number) => Some(self.word(number).term()),
            None => self.terms.find(&stem(word)),
        }
    }

    /// Returns the letters of a word.
    pub(super) fn text(&self, number: u32) -> &str {
        self.words.text(number)
    }

    pub(super) fn n_terms(&self) -> usize {
        self.terms.len()
    }

    /// Returns all words that tell something, with what they count as.
    pub(super) fn telling(&self) -> impl Iterator<Item = (&str, u32)> {
        let words = self.kinds.iter().zip(0..).filter(|(word, _)| !word.is_stop());
        words.map(|(word, number)| (self.text(number), word.term()))
    }
}

/// Returns what the words of one family share.
pub(super) fn stem(word: &str) -> std::borrow::Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Stemmer::create(Algorithm::English).stem(word)
    } else {
        word.into()
    }
}

/// Texts with consecutive numbers: a table with open addressing, so that
/// equal texts in equal order always get equal numbers.
#[derive(Clone, Debug, Default)]
struct Interner {
    text: String,
    /// Where each text ends in `text`.
    ends: Vec<u32>,
    /// The number of a text plus one, or zero; the length is a power of two.
    slots: Vec<u32>,
}

impl Interner {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn text(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start as usize..self.ends[number] as usize]
    }

    fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.slot(text)].checked_sub(1)
    }

    fn number(&mut self, text: &str) -> u32 {
        if self.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let slot = self.slot(text);
        if let Some(number) = self.slots[slot].checked_sub(1) {
            return number;
        }
        self.text.push_str(text);
        self.ends.push(number_of(self.text.len()));
        let next = number_of(self.len());
        self.slots[slot] = next;
        next - 1
    }

    /// Returns the slot that holds a text, or the free one where it belongs.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(text) & mask;
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if self.text(number) == text {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![0; size];
        for number in 0..number_of(self.len()) {
            let slot = self.slot(self.text(number));
            self.slots[slot] = number + 1;
        }
    }
}

/// Returns a count as a number of an index, which holds less than four billion of anything.
pub(super) fn number_of(count: usize) -> u32 {
    u32::try_from(count).expect("because an index of that size does not fit into memory")
}

/// FNV-1a, with the high bits folded in.
fn hash(text: &str) -> usize {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash ^ (hash >> 32)) as u32 as usize
}
