//! What is kept of each skill: how often each word stands in which field, for
//! ranking, and the words in their order, for what stands side by side. A skill
//! is put in or taken out by itself; the result does not depend on the history.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use super::{
    Field, Fields, Hit, lists,
    postings::{Posting, Postings},
    query::Query,
    rank, text,
    vocabulary::{GAP, Vocabulary, number_of},
};

/// How many words of a skill are kept in their order; of later ones only which they are.
const MAX_IN_ORDER: usize = 1000;

/// Words, and the skills that hold them.
///
/// A clone shares everything with its original until one of them changes.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) vocabulary: Arc<Vocabulary>,
    /// For each term the skills that hold it, by slot.
    postings: Vec<Arc<Postings>>,
    docs: Vec<Option<Arc<Doc>>>,
    /// Of each slot what every hit is asked for; what a free one holds says nothing.
    pub(super) cards: Vec<Card>,
    /// Where the skill of each of the caller's numbers is in `docs`.
    slots: BTreeMap<usize, u32>,
    /// How many words each field has in all skills together, and how many skills have the field.
    totals: [(u64, u64); 6],
    /// How many words each field has on average where there are any.
    averages: [f32; 6],
    /// What one word in a field of a skill counts.
    pub(super) gains: Vec<[f32; 6]>,
}

/// What every hit is asked for, of all skills side by side: thousands may match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card {
    /// The caller's number.
    pub(super) number: usize,
    /// How many different terms the name has.
    pub(super) n_name_terms: u16,
    /// Whether the description says when to use it.
    pub(super) says_when: bool,
}

/// A skill.
#[derive(Debug)]
pub(super) struct Doc {
    /// The numbers of its words, field by field.
    words: Box<[u32]>,
    /// Where each field ends in `words`.
    ends: [u32; 6],
    /// Where the words end that stand in their order.
    in_order: u32,
    /// How many words that tell something each field has.
    lens: [u32; 6],
}

impl Doc {
    /// Returns the words of a field, the ones whose order is known first.
    pub(super) fn words(&self, field: Field) -> &[u32] {
        &self.words[self.range(field)]
    }

    /// Returns the words of a field as far as they stand in their order.
    pub(super) fn words_in_order(&self, field: Field) -> &[u32] {
        let Range { start, end } = self.range(field);
        let most = self.in_order as usize;
        &self.words[start.min(most)..end.min(most)]
    }

    fn range(&self, field: Field) -> Range<usize> {
        let at = field as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        start as usize..self.ends[at] as usize
    }
}

impl Index {
    /// Builds the index. The numbers come back in [`Hit::doc`]; of equal ones the last counts.
    pub fn new<'a>(skills: impl IntoIterator<Item = (usize, Fields<'a>)>) -> Self {
        let mut index = Self::default();
        for (doc, fields) in skills {
            index.take_out(doc);
            index.put_in(doc, &fields);
        }
        for postings in &mut index.postings {
            Arc::make_mut(postings).shrink();
        }
        index.weigh();
        index
    }

    /// Puts a skill in, in place of the one with the same number.
    pub fn insert(&mut self, doc: usize, fields: &Fields<'_>) {
        self.take_out(doc);
        self.put_in(doc, fields);
        self.weigh();
    }

    /// Takes a skill out and says whether it was there.
    pub fn remove(&mut self, doc: usize) -> bool {
        let found = self.take_out(doc);
        if found {
            self.weigh();
        }
        found
    }

    /// Takes skills out and puts others in, in one go: what a commit changes.
    ///
    /// It equals removing and inserting one after the other, and weighs the fields once.
    pub fn update<'a>(
        &mut self,
        removed: impl IntoIterator<Item = usize>,
        inserted: impl IntoIterator<Item = (usize, Fields<'a>)>,
    ) {
        for doc in removed {
            self.take_out(doc);
        }
        for (doc, fields) in inserted {
            self.take_out(doc);
            self.put_in(doc, &fields);
        }
        self.weigh();
    }

    /// Returns how many skills it holds.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Says whether it holds no skill.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Finds the best `limit` skills, best first; equal ones by their number.
    ///
    /// One word of the query is enough for a hit. The last of at most
    /// three words counts as begun: `plo` finds `plot`. A word of a short query
    /// that nobody uses is taken for a typing error.
    /// A query without words finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.page(query, 0..limit, |_| true).1
    }

    /// Like [`Self::search`], and says why only of those hits that `explained` wants, which is asked in their order.
    ///
    /// To say why of a skill, all of it is read.
    pub fn best(
        &self,
        query: &str,
        limit: usize,
        explained: impl FnMut(usize) -> bool,
    ) -> Vec<Hit> {
        rank::page(self, &Query::new(self, query), 0..limit, |_| true, explained).1
    }

    /// Returns how many of the wanted skills match at all, and those of the given ranks.
    pub fn page(
        &self,
        query: &str,
        ranks: Range<usize>,
        wanted: impl Fn(usize) -> bool,
    ) -> (usize, Vec<Hit>) {
        rank::page(self, &Query::new(self, query), ranks, wanted, |_| true)
    }

    /// Returns the skills that hold a term.
    pub(super) fn postings(&self, term: u32) -> &[Posting] {
        self.postings.get(term as usize).map_or(&[], |postings| postings.list())
    }

    /// Returns what a term counts in each of those skills.
    pub(super) fn impacts(&self, term: u32) -> Arc<[f32]> {
        let postings = self.postings.get(term as usize);
        postings.map_or_else(Arc::default, |it| it.impacts(&self.averages, &self.gains))
    }

    /// Returns the skill in a slot that a posting names.
    pub(super) fn doc(&self, slot: u32) -> &Doc {
        self.docs[slot as usize].as_deref().expect("because postings name skills that are there")
    }

    fn put_in(&mut self, number: usize, fields: &Fields<'_>) {
        let free = self.docs.iter().position(Option::is_none).filter(|_| self.has_holes());
        let slot = number_of(free.unwrap_or(self.docs.len()));
        let vocabulary = Arc::make_mut(&mut self.vocabulary);
        let (doc, card, counts) = read(vocabulary, number, fields);
        self.postings.resize_with(vocabulary.n_terms(), Arc::default);
        for same in counts.chunk_by(|a, b| a.0 == b.0) {
            let mut by_field = [0; 6];
            same.iter().for_each(|(_, field, n)| by_field[*field as usize] += n);
            let postings = &mut self.postings[same[0].0 as usize];
            Arc::make_mut(postings).insert(Posting::new(slot, by_field));
        }
        self.count(&doc, 1);
        self.slots.insert(number, slot);
        match free {
            Some(free) => {
                self.docs[free] = Some(Arc::new(doc));
                self.cards[free] = card;
            }
            None => {
                self.docs.push(Some(Arc::new(doc)));
                self.cards.push(card);
            }
        }
    }

    fn take_out(&mut self, number: usize) -> bool {
        let Some(slot) = self.slots.remove(&number) else { return false };
        let Some(doc) = self.docs[slot as usize].take() else { return false };
        let words = doc.words.iter().filter(|word| **word != GAP);
        let mut terms: Vec<u32> = words.map(|word| self.vocabulary.word(*word).term()).collect();
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            let postings = &mut self.postings[term as usize];
            if let Some(at) = postings.find(slot) {
                Arc::make_mut(postings).remove(at);
            }
        }
        self.count(&doc, -1);
        true
    }

    fn has_holes(&self) -> bool {
        self.slots.len() < self.docs.len()
    }

    fn count(&mut self, doc: &Doc, sign: i64) {
        for (total, len) in self.totals.iter_mut().zip(doc.lens) {
            total.0 = total.0.wrapping_add_signed(sign * i64::from(len));
            total.1 = total.1.wrapping_add_signed(sign * i64::from(len > 0));
        }
    }

    /// Weighs the fields by their lengths, as they are now compared to the others.
    fn weigh(&mut self) {
        self.averages = self.totals.map(|(words, docs)| words as f32 / docs.max(1) as f32);
        let averages = self.averages;
        self.gains.clear();
        self.gains.extend(self.docs.iter().map(|doc| {
            let lens = doc.as_ref().map_or([0; 6], |doc| doc.lens);
            Field::ALL.map(|field| {
                let at = field as usize;
                let effect = field.length_effect();
                let length = lens[at] as f32 / averages[at].max(1.0);
                field.weight() / (1.0 - effect + effect * length)
            })
        }));
    }
}

/// A term, the field where it stands, and how often, in the unit of the field.
type Count = (u32, u8, u32);

/// Cuts a skill into words. Returns it with its card, and with each of its terms that count and the field, sorted.
fn read(
    vocabulary: &mut Vocabulary,
    number: usize,
    fields: &Fields<'_>,
) -> (Doc, Card, Vec<Count>) {
    let mut words: Vec<u32> = Vec::new();
    let mut counts: Vec<Count> = Vec::new();
    let (mut ends, mut lens) = ([0; 6], [0; 6]);
    let mut in_order = usize::MAX;
    for field in Field::ALL {
        for text in fields.texts(field) {
            for (passage, n) in passages(field, text) {
                text::words(passage, &mut |word| {
                    let number = vocabulary.number(word);
                    let kind = vocabulary.word(number);
                    words.push(number);
                    lens[field as usize] += u32::from(!kind.is_stop());
                    if !kind.is_stop() || field == Field::Name {
                        counts.push((kind.term(), field as u8, n));
                    }
                });
            }
            words.push(GAP);
        }
        let start = in_order.min(MAX_IN_ORDER);
        if words.len() > start {
            let field_start = field.before().map_or(0, |before| ends[before as usize] as usize);
            let start = start.max(field_start);
            in_order = in_order.min(start);
            words[start..].sort_unstable();
            let mut kept = start;
            for at in start..words.len() {
                if kept == start || words[kept - 1] != words[at] {
                    words[kept] = words[at];
                    kept += 1;
                }
            }
            words.truncate(kept);
        }
        ends[field as usize] = number_of(words.len());
    }
    counts.sort_unstable();
    let names = counts.iter().filter(|(_, field, _)| *field == Field::Name as u8);
    let mut names: Vec<u32> = names.map(|(term, ..)| *term).collect();
    names.dedup();
    let doc =
        Doc { in_order: number_of(in_order.min(words.len())), words: words.into(), ends, lens };
    let card = Card {
        number,
        n_name_terms: u16::try_from(names.len()).unwrap_or(u16::MAX),
        says_when: fields.description.iter().any(|text| lists::says_when(text)),
    };
    (doc, card, counts)
}

/// Cuts a text into passages, each with what one of its words counts, in the unit of the field.
///
/// In a body the prose says what a skill is for, and code how: a word in a block of code counts a third.
fn passages(field: Field, text: &str) -> Vec<(&str, u32)> {
    if field != Field::Body {
        return vec![(text, 1)];
    }
    let mut passages = Vec::new();
    let (mut from, mut at, mut is_code) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim_start().starts_with("```") {
            let end = if is_code { at } else { at - line.len() };
            passages.push((&text[from..end], if is_code { 1 } else { 3 }));
            (from, is_code) = (end, !is_code);
        }
    }
    passages.push((&text[from..], if is_code { 1 } else { 3 }));
    passages
}
