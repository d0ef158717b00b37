//! The inverted index and its ranking: BM25 per field, added up by weight.

use std::{collections::BTreeMap, ops::Range};

use super::{Field, Fields, Hit, Why, text};

/// How soon a word that is repeated stops to count more.
const SATURATION: f32 = 1.2;
/// What a word counts that only begins like the last word of the query.
const PREFIX_FACTOR: f32 = 0.7;
/// What a word counts that differs from a word of the query by a typing error.
const TYPO_FACTOR: f32 = 0.5;
/// How much more a skill counts whose name is the query.
const NAME_BONUS: f32 = 1.5;
/// How many words of a query are looked at.
const MAX_QUERY_WORDS: usize = 32;
/// How many words a query has at most whose last word may still be being typed.
const MAX_BEGUN_WORDS: usize = 3;
/// How many words of the index one word of a query may stand for.
const MAX_VARIANTS: usize = 64;

/// Words, and the skills that hold them.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The caller's numbers.
    docs: Vec<usize>,
    /// How many different words the name of each skill has.
    name_lens: Vec<u16>,
    /// All words in order, each with its postings.
    terms: Vec<(Box<str>, Range<usize>)>,
    /// The postings of all words, one word after the other, each in the order of the skills.
    postings: Vec<Posting>,
}

/// A word in a skill.
#[derive(Clone, Copy, Debug)]
struct Posting {
    doc: u32,
    /// The weighted score of the word in this skill, without its rarity.
    impact: f32,
    /// One bit for each field that holds the word.
    fields: u8,
}

/// A word of the index that a word of the query stands for, and how much it counts.
type Variant = (usize, f32);

impl Index {
    /// Builds the index. The numbers come back in [`Hit::doc`].
    pub fn new<'a>(skills: impl IntoIterator<Item = (usize, Fields<'a>)>) -> Self {
        let mut builder = Builder::default();
        for (doc, fields) in skills {
            builder.add(doc, &fields);
        }
        builder.finish()
    }

    /// Returns how many skills it holds.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Says whether it holds no skill.
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Finds the best `limit` skills, best first; equal ones by their order in the index.
    ///
    /// One word of the query is enough for a hit. The last of at most
    /// three words counts as begun: `plo` finds `plot`. A word that nobody
    /// uses is taken for a typing error.
    /// A query without words finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let words: Vec<Vec<Variant>> = self.variants(query);
        let mut scores = vec![0.0_f32; self.len()];
        let mut best = vec![0.0_f32; self.len()];
        let mut in_name = vec![0_u16; self.len()];
        let mut touched: Vec<usize> = Vec::new();
        for variants in &words {
            for (term, factor) in variants {
                let postings = self.postings(*term);
                let weight = factor * rarity(self.len(), postings.len());
                for posting in postings {
                    let doc = posting.doc as usize;
                    if best[doc] == 0.0 {
                        touched.push(doc);
                    }
                    best[doc] = best[doc].max(posting.impact * weight);
                    in_name[doc] += u16::from(*factor == 1.0 && holds(posting.fields, Field::Name));
                }
            }
            for doc in touched.drain(..) {
                scores[doc] += std::mem::take(&mut best[doc]);
            }
        }
        for (doc, score) in scores.iter_mut().enumerate() {
            if usize::from(in_name[doc]) == words.len() && in_name[doc] == self.name_lens[doc] {
                *score *= NAME_BONUS;
            }
        }
        let mut found: Vec<usize> = (0..self.len()).filter(|doc| scores[*doc] > 0.0).collect();
        let order = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
        if found.len() > limit {
            found.select_nth_unstable_by(limit, order);
            found.truncate(limit);
        }
        found.sort_unstable_by(order);
        let hit = |doc: usize| Hit {
            doc: self.docs[doc],
            score: f64::from(scores[doc]),
            why: self.why(doc, &words),
        };
        found.into_iter().map(hit).collect()
    }

    /// Returns the words of the index that each word of a query stands for.
    fn variants(&self, query: &str) -> Vec<Vec<Variant>> {
        let mut words: Vec<String> = Vec::new();
        text::words(query, &mut |word| {
            if words.len() < MAX_QUERY_WORDS && words.iter().all(|known| known != word) {
                words.push(word.to_owned());
            }
        });
        let last = words.last().filter(|_| query.ends_with(char::is_alphanumeric)).cloned();
        if words.iter().any(|word| !text::is_stop_word(word)) {
            words.retain(|word| !text::is_stop_word(word) || last.as_ref() == Some(word));
        }
        let short = words.len() <= MAX_BEGUN_WORDS;
        let begun = |word: &String| short && last.as_ref() == Some(word) && word.len() > 1;
        let variants = words.iter().map(|word| self.variants_of(word, begun(word)));
        let variants: Vec<Vec<Variant>> = variants.collect();
        let stop = |i: usize| text::is_stop_word(&words[i]) && words.len() > 1;
        let exact = |(i, found): (usize, Vec<Variant>)| {
            // A stop word at the end may be a begun word, but does not count as itself.
            if stop(i) {
                found.into_iter().filter(|(_, factor)| *factor != 1.0).collect()
            } else {
                found
            }
        };
        variants.into_iter().enumerate().map(exact).collect()
    }

    fn variants_of(&self, word: &str, begun: bool) -> Vec<Variant> {
        let from = self.terms.partition_point(|(term, _)| **term < *word);
        let rest = &self.terms[from..];
        let mut found: Vec<Variant> = Vec::new();
        if rest.first().is_some_and(|(term, _)| **term == *word) {
            found.push((from, 1.0));
        }
        if begun {
            let longer =
                rest.iter().enumerate().take_while(|(_, (term, _))| term.starts_with(word));
            let longer = longer.filter(|(_, (term, _))| **term != *word).take(MAX_VARIANTS);
            found.extend(longer.map(|(i, _)| (from + i, PREFIX_FACTOR)));
        }
        if found.is_empty() { self.similar(word) } else { found }
    }

    /// Returns the words that differ from `word` by a typing error after the first letter.
    fn similar(&self, word: &str) -> Vec<Variant> {
        let most = match word.chars().count() {
            0..=3 => return Vec::new(),
            4..=7 => 1,
            _ => 2,
        };
        let letters: Vec<char> = word.chars().collect();
        let first = letters[0];
        let from = self.terms.partition_point(|(term, _)| term.chars().next() < Some(first));
        let near = self.terms[from..]
            .iter()
            .enumerate()
            .take_while(|(_, (term, _))| term.starts_with(first));
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (i, (term, _)) in near {
            if term.len().abs_diff(word.len()) <= 4 * most {
                let other: Vec<char> = term.chars().collect();
                found.extend(
                    text::distance(&letters, &other, most).map(|distance| (distance, from + i)),
                );
            }
        }
        let closest = found.iter().map(|(distance, _)| *distance).min();
        found.retain(|(distance, _)| Some(*distance) == closest);
        found.into_iter().take(MAX_VARIANTS).map(|(_, term)| (term, TYPO_FACTOR)).collect()
    }

    /// Says what of the query was found in which field of one skill.
    fn why(&self, doc: usize, words: &[Vec<Variant>]) -> Vec<Why> {
        let mut why: Vec<Why> = Vec::new();
        for (term, _) in words.iter().flatten() {
            let postings = self.postings(*term);
            let at = postings.binary_search_by_key(&doc, |posting| posting.doc as usize);
            let Some(posting) = at.ok().map(|at| postings[at]) else { continue };
            for field in Field::ALL.into_iter().filter(|field| holds(posting.fields, *field)) {
                let term = self.terms[*term].0.to_string();
                match why.iter_mut().find(|why| why.field == field) {
                    Some(why) if why.terms.contains(&term) => {}
                    Some(why) => why.terms.push(term),
                    None => why.push(Why { field, terms: vec![term] }),
                }
            }
        }
        why.sort_by_key(|why| why.field);
        why
    }

    fn postings(&self, term: usize) -> &[Posting] {
        &self.postings[self.terms[term].1.clone()]
    }
}

/// Collects words until the average lengths of the fields are known.
#[derive(Default)]
struct Builder {
    docs: Vec<usize>,
    lens: Vec<[u32; 6]>,
    name_lens: Vec<u16>,
    ids: BTreeMap<Box<str>, u32>,
    /// For each word the skills that hold it, and how often in each field.
    raw: Vec<Vec<(u32, [u8; 6])>>,
    buffer: String,
    /// The words of one skill: bytes of `buffer`, and the field.
    words: Vec<(Range<usize>, usize)>,
}

impl Builder {
    fn add(&mut self, doc: usize, fields: &Fields<'_>) {
        let number = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        let Self { buffer, words, .. } = self;
        let mut lens = [0_u32; 6];
        buffer.clear();
        words.clear();
        for field in Field::ALL {
            let at = field as usize;
            for text in fields.texts(field) {
                text::words(text, &mut |word| {
                    let start = buffer.len();
                    buffer.push_str(word);
                    words.push((start..buffer.len(), at));
                    lens[at] += 1;
                });
            }
        }
        words.sort_unstable_by(|a, b| buffer[a.0.clone()].cmp(&buffer[b.0.clone()]));
        let mut name_len = 0;
        for same in words.chunk_by(|a, b| buffer[a.0.clone()] == buffer[b.0.clone()]) {
            let word = &buffer[same[0].0.clone()];
            let mut counts = [0_u8; 6];
            for (_, field) in same {
                counts[*field] = counts[*field].saturating_add(1);
            }
            name_len += u16::from(counts[Field::Name as usize] > 0);
            let id = match self.ids.get(word) {
                Some(id) => *id as usize,
                None => {
                    let id = self.raw.len();
                    self.ids.insert(word.into(), u32::try_from(id).unwrap_or(u32::MAX));
                    self.raw.push(Vec::new());
                    id
                }
            };
            self.raw[id].push((number, counts));
        }
        self.docs.push(doc);
        self.lens.push(lens);
        self.name_lens.push(name_len);
    }

    fn finish(self) -> Index {
        let n_docs = self.docs.len().max(1) as f32;
        let average = Field::ALL.map(|field| {
            let total: u64 = self.lens.iter().map(|lens| u64::from(lens[field as usize])).sum();
            (total as f32 / n_docs).max(1.0)
        });
        let impact = |doc: u32, counts: &[u8; 6]| {
            let lens = &self.lens[doc as usize];
            let score = |field: Field| {
                let at = field as usize;
                let count = f32::from(counts[at]);
                let effect = field.length_effect();
                let norm = 1.0 - effect + effect * lens[at] as f32 / average[at];
                field.weight() * count / (count + SATURATION * norm)
            };
            Field::ALL
                .into_iter()
                .filter(|field| counts[*field as usize] > 0)
                .map(score)
                .sum::<f32>()
        };
        let mut raw = self.raw;
        let mut postings = Vec::with_capacity(raw.iter().map(Vec::len).sum());
        let mut terms = Vec::with_capacity(self.ids.len());
        for (word, id) in self.ids {
            let start = postings.len();
            for (doc, counts) in std::mem::take(&mut raw[id as usize]) {
                let bits = |bits: u8, field: Field| {
                    bits | u8::from(counts[field as usize] > 0) << field as u8
                };
                let fields = Field::ALL.into_iter().fold(0, bits);
                postings.push(Posting { doc, impact: impact(doc, &counts), fields });
            }
            terms.push((word, start..postings.len()));
        }
        Index { docs: self.docs, name_lens: self.name_lens, terms, postings }
    }
}

fn holds(fields: u8, field: Field) -> bool {
    fields & (1 << field as u8) != 0
}

/// Returns how much a word tells that stands in `n_with` of `n_docs` skills.
fn rarity(n_docs: usize, n_with: usize) -> f32 {
    let (n_docs, n_with) = (n_docs as f32, n_with as f32);
    (1.0 + (n_docs - n_with + 0.5) / (n_with + 0.5)).ln()
}
