//! Texts as sparse vectors, and which texts are near one another.

use std::collections::BTreeMap;

/// A sparse vector: feature and weight, by feature.
pub(super) type Row = Vec<(u32, f32)>;

/// One way to look at all texts: each a vector of length one.
pub(super) struct View {
    pub(super) rows: Vec<Row>,
    pub(super) n_features: usize,
}

impl View {
    /// Weighs the features of each text by how rare they are in the stream.
    ///
    /// `factor` is the part of its weight that a feature keeps, given the
    /// number of texts that have it. Repetition counts by its logarithm.
    pub(super) fn new(texts: &[Vec<String>], factor: impl Fn(&str, usize) -> f32) -> Self {
        let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
        let mut n_texts_with: Vec<usize> = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(texts.len());
        let mut names: Vec<&str> = Vec::new();
        for text in texts {
            let mut row: BTreeMap<u32, f32> = BTreeMap::new();
            for name in text {
                let id = *ids.entry(name).or_insert_with(|| {
                    names.push(name);
                    n_texts_with.push(0);
                    u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
                });
                *row.entry(id).or_default() += 1.0;
            }
            for &id in row.keys() {
                n_texts_with[id as usize] += 1;
            }
            rows.push(row.into_iter().collect());
        }
        let n_texts = texts.len() as f32;
        let weights: Vec<f32> = names
            .iter()
            .zip(&n_texts_with)
            .map(|(name, &n)| {
                // What every text has says little, but equal texts must stay alike.
                ((1.0 + n_texts) / (1.0 + n as f32)).ln().max(0.01) * factor(name, n)
            })
            .collect();
        for row in &mut rows {
            for (id, weight) in row.iter_mut() {
                *weight = (1.0 + weight.ln()) * weights[*id as usize];
            }
            row.retain(|&(_, weight)| weight > 0.0);
            scale(row, 1.0);
        }
        Self { rows, n_features: names.len() }
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
