//! Texts as sparse vectors, and which texts are near one another.

use std::collections::BTreeMap;

/// A sparse vector: feature and weight, by feature.
pub(super) type Row = Vec<(u32, f32)>;

/// The part of its weight that a feature keeps, given the number of texts that have it.
pub(super) type Factor = fn(&str, usize) -> f32;

/// The features of a stream, each with a number and what it weighs.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    ids: BTreeMap<String, u32>,
    weights: Vec<f32>,
    n_texts: usize,
    factor: Factor,
}

/// One way to look at all texts: each a vector of length one.
pub(super) struct View {
    pub(super) rows: Vec<Row>,
    pub(super) n_features: usize,
}

impl Lexicon {
    /// Counts the features of a stream.
    pub(super) fn new(texts: &[Vec<String>], factor: Factor) -> Self {
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        let mut n_texts_with: Vec<usize> = Vec::new();
        let mut last_text: Vec<usize> = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            for name in text {
                let id = *ids.entry(name).or_insert_with(|| {
                    names.push(name);
                    n_texts_with.push(0);
                    last_text.push(usize::MAX);
                    names.len() - 1
                });
                if last_text[id] != at {
                    last_text[id] = at;
                    n_texts_with[id] += 1;
                }
            }
        }
        let mut lexicon =
            Self { ids: BTreeMap::new(), weights: Vec::new(), n_texts: texts.len(), factor };
        for (name, n) in names.into_iter().zip(n_texts_with) {
            lexicon.learn(name, n);
        }
        lexicon
    }

    /// Returns a text as a vector of length one. Repetition counts by its logarithm.
    ///
    /// A feature that the stream did not have is learned as one that a single text has.
    pub(super) fn row(&mut self, text: &[String]) -> Row {
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        for name in text {
            let id = self.ids.get(name).copied().unwrap_or_else(|| self.learn(name, 1));
            *counts.entry(id).or_default() += 1.0;
        }
        let weighed = |(id, n): (u32, f32)| (id, (1.0 + n.ln()) * self.weights[id as usize]);
        let mut row: Row =
            counts.into_iter().map(weighed).filter(|(_, weight)| *weight > 0.0).collect();
        scale(&mut row, 1.0);
        row
    }

    fn learn(&mut self, name: &str, n_texts_with: usize) -> u32 {
        let id = u32::try_from(self.weights.len()).unwrap_or(u32::MAX);
        let rarity = ((1.0 + self.n_texts as f32) / (1.0 + n_texts_with as f32)).ln();
        // What every text has says little, but equal texts must stay alike.
        self.weights.push(rarity.max(0.01) * (self.factor)(name, n_texts_with));
        self.ids.insert(name.to_owned(), id);
        id
    }
}

impl View {
    /// Weighs the features of each text by how rare they are in the stream.
    pub(super) fn new(texts: &[Vec<String>], factor: Factor) -> Self {
        let mut lexicon = Lexicon::new(texts, factor);
        let rows = texts.iter().map(|text| lexicon.row(text)).collect();
        Self { rows, n_features: lexicon.weights.len() }
    }

    /// Puts views side by side; `shares` are their parts of the likeness.
    pub(super) fn side_by_side(views: &[(&Self, f32)]) -> Self {
        let n_rows = views.iter().map(|(view, _)| view.rows.len()).max().unwrap_or(0);
        let mut rows = vec![Row::new(); n_rows];
        let mut n_features = 0;
        for (view, share) in views {
            let offset = n_features as u32;
            for (row, part) in rows.iter_mut().zip(&view.rows) {
                row.extend(part.iter().map(|&(id, weight)| (id + offset, weight * share.sqrt())));
            }
            n_features += view.n_features;
        }
        Self { rows, n_features }
    }

    /// The `most` texts nearest to each, nearest first, ties by position.
    pub(super) fn nearest(&self, most: usize) -> Vec<Vec<(usize, f32)>> {
        let mut postings: Vec<Vec<(u32, f32)>> = vec![Vec::new(); self.n_features];
        for (text, row) in self.rows.iter().enumerate() {
            for &(id, weight) in row {
                postings[id as usize].push((text as u32, weight));
            }
        }
        let mut likeness = vec![0.0_f32; self.rows.len()];
        let mut nearest = Vec::with_capacity(self.rows.len());
        for (text, row) in self.rows.iter().enumerate() {
            for &(id, weight) in row {
                for &(other, other_weight) in &postings[id as usize] {
                    likeness[other as usize] += weight * other_weight;
                }
            }
            likeness[text] = 0.0;
            nearest.push(top(&likeness, most));
            likeness.fill(0.0);
        }
        nearest
    }
}

/// How alike texts and groups of texts are: in words, and confirmed by company
/// where there are groupings to ask.
///
/// With groupings it is the geometric mean of two averages over all pairs: the
/// likeness in words, and the share of groupings that put both together, which
/// is the co-association of evidence accumulation (Fred and Jain, 2005). Neither
/// makes up for the other: who shares words and no company, or company and no
/// words, is not alike.
pub(super) struct Likeness {
    pub(super) words: View,
    /// The groups of each text, one of each grouping.
    pub(super) company: Option<View>,
}

/// The vectors of a group of texts, added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    words: Row,
    company: Row,
    pub(super) n_texts: usize,
}

/// Sums over all pairs of a text of one group and one of another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Products {
    words: f32,
    company: f32,
}

impl std::ops::Add for Products {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { words: self.words + other.words, company: self.company + other.company }
    }
}

impl std::ops::Sub for Products {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { words: self.words - other.words, company: self.company - other.company }
    }
}

impl Sum {
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            words: sum(&self.words, &other.words),
            company: sum(&self.company, &other.company),
            n_texts: self.n_texts + other.n_texts,
        }
    }

    pub(super) fn products(&self, other: &Self) -> Products {
        Products {
            words: dot(&self.words, &other.words),
            company: dot(&self.company, &other.company),
        }
    }
}

impl Likeness {
    /// Returns how many texts there are.
    pub(super) fn n_texts(&self) -> usize {
        self.words.rows.len()
    }

    /// Returns a text as a group of one.
    pub(super) fn one(&self, text: usize) -> Sum {
        let company = self.company.as_ref().map(|view| view.rows[text].clone());
        Sum {
            words: self.words.rows[text].clone(),
            company: company.unwrap_or_default(),
            n_texts: 1,
        }
    }

    /// Returns how alike two groups are, from 0 to 1, given the sums over their pairs.
    pub(super) fn of(&self, products: Products, n_pairs: usize) -> f32 {
        let Products { words, company } = products;
        let sum = match &self.company {
            Some(_) => (words.max(0.0) * company.max(0.0)).sqrt(),
            None => words,
        };
        sum / n_pairs.max(1) as f32
    }

    /// Returns how alike two texts are.
    pub(super) fn of_texts(&self, a: usize, b: usize) -> f32 {
        let company = |view: &View| dot(&view.rows[a], &view.rows[b]);
        let company = self.company.as_ref().map_or(0.0, company);
        if self.company.is_some() && company <= 0.0 {
            return 0.0;
        }
        let words = dot(&self.words.rows[a], &self.words.rows[b]);
        self.of(Products { words, company }, 1)
    }
}

/// The product of two vectors: their likeness when both have length one.
pub(super) fn dot(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut sum, mut i, mut j) = (0.0, 0, 0);
    while let (Some(&(x, p)), Some(&(y, q))) = (a.get(i), b.get(j)) {
        if x == y {
            sum += p * q;
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    sum
}

/// The sum of two vectors.
pub(super) fn sum(a: &[(u32, f32)], b: &[(u32, f32)]) -> Row {
    let mut sum = Row::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&(x, p)), Some(&(y, q))) = (a.get(i), b.get(j)) {
        let weight = if x <= y { p } else { 0.0 } + if y <= x { q } else { 0.0 };
        sum.push((x.min(y), weight));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    sum.extend_from_slice(&a[i..]);
    sum.extend_from_slice(&b[j..]);
    sum
}

fn scale(row: &mut Row, length: f32) {
    let now = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    if now > 0.0 {
        for (_, weight) in row {
            *weight *= length / now;
        }
    }
}

fn top(likeness: &[f32], most: usize) -> Vec<(usize, f32)> {
    let mut found: Vec<(usize, f32)> =
        likeness.iter().copied().enumerate().filter(|&(_, score)| score > 0.0).collect();
    let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if found.len() > most && most > 0 {
        found.select_nth_unstable_by(most - 1, order);
        found.truncate(most);
    }
    found.sort_unstable_by(order);
    found
}
