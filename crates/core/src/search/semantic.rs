//! Search by meaning, where somebody provides vectors for texts: the port that
//! provides them, the nearest skills, and how both searches become one. Without
//! a provider nothing here is used, and the search by words is whole.

use std::collections::BTreeMap;

use super::{Fields, Hit, Index};

/// How many of the best hits of each search are compared.
const N_POOL: usize = 200;
/// What nearness counts compared to words. Words are the surer sign: both are
/// measured in their own standard deviations over the pool.
const NEARNESS_WEIGHT: f64 = 0.3;
/// How many characters of a skill are turned into its vector: models cut longer texts.
const MAX_TEXT: usize = 2000;

/// Turns texts into vectors that are near one another when the texts mean alike.
pub trait Embedder: Send + Sync {
    /// Names the model: equal texts have equal vectors as long as it stays the same.
    fn model(&self) -> &str;

    /// Returns one vector for each text, in order, all of one length.
    ///
    /// It blocks, and may take as long as the other side does.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// Why texts have no vectors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no embeddings: {reason}")]
pub struct EmbedError {
    /// What happened; holds no key.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

/// The vectors of skills, under the numbers of the index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors(BTreeMap<usize, Vec<f32>>);

/// Returns what of a skill is turned into its vector: what it is called and what it is for.
pub fn text(fields: &Fields<'_>) -> String {
    let mut text = fields.name.last().copied().unwrap_or_default().to_owned();
    for part in &fields.description {
        text.push_str(". ");
        text.push_str(part);
    }
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

impl Vectors {
    /// Keeps the vector of a skill, scaled to length one; one that has no direction is dropped.
    pub fn insert(&mut self, doc: usize, vector: &[f32]) {
        match unit(vector) {
            Some(vector) => self.0.insert(doc, vector),
            None => self.0.remove(&doc),
        };
    }

    /// Forgets the vector of a skill.
    pub fn remove(&mut self, doc: usize) {
        self.0.remove(&doc);
    }

    /// Returns how near each skill is to a vector, from -1 to 1, by number.
    ///
    /// Vectors of another length are of another model and are left out.
    fn nearness(&self, query: &[f32]) -> Vec<(usize, f64)> {
        let Some(query) = unit(query) else { return Vec::new() };
        let same = self.0.iter().filter(|(_, vector)| vector.len() == query.len());
        let dot = |vector: &[f32]| -> f64 {
            vector.iter().zip(&query).map(|(a, b)| f64::from(a * b)).sum()
        };
        same.map(|(doc, vector)| (*doc, dot(vector))).collect()
    }
}

/// Finds the best `limit` skills by words and by meaning together.
///
/// The scores of both are put on one scale (their distance from the mean in
/// standard deviations, over the best of either) and added: Fox and Shaw's
/// CombSUM with z-scores (TREC-2, 1994; Renda and Straccia, SAC 2003). A skill
/// that only its vector finds has no words to say why; a query without a vector
/// is answered by words alone.
pub fn search(
    index: &Index,
    vectors: &Vectors,
    query: &str,
    vector: &[f32],
    limit: usize,
) -> Vec<Hit> {
    let by_words = index.search(query, N_POOL.max(limit));
    let mut near = vectors.nearness(vector);
    near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if near.is_empty() {
        return by_words.into_iter().take(limit).collect();
    }
    let nearness: BTreeMap<usize, f64> = near.iter().copied().collect();
    let mut pool: BTreeMap<usize, Hit> = near
        .iter()
        .take(N_POOL)
        .map(|&(doc, _)| (doc, Hit { doc, score: 0.0, why: Vec::new() }))
        .collect();
    pool.extend(by_words.into_iter().map(|hit| (hit.doc, hit)));
    let least = near.last().map_or(0.0, |&(_, nearness)| nearness);
    let near_of = |hit: &Hit| nearness.get(&hit.doc).copied().unwrap_or(least);
    let words = Scale::new(pool.values().map(|hit| hit.score));
    let meaning = Scale::new(pool.values().map(near_of));
    let mut hits: Vec<Hit> = pool
        .into_values()
        .map(|hit| {
            let nearness = meaning.of(near_of(&hit));
            Hit { score: words.of(hit.score) + NEARNESS_WEIGHT * nearness, ..hit }
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
    hits.truncate(limit);
    hits
}

/// The mean and the standard deviation of scores.
struct Scale {
    mean: f64,
    deviation: f64,
}

impl Scale {
    fn new(scores: impl Iterator<Item = f64> + Clone) -> Self {
        let n = (scores.clone().count() as f64).max(1.0);
        let mean = scores.clone().sum::<f64>() / n;
        let variance = scores.map(|score| (score - mean).powi(2)).sum::<f64>() / n;
        Self { mean, deviation: variance.sqrt() }
    }

    fn of(&self, score: f64) -> f64 {
        if self.deviation > 0.0 { (score - self.mean) / self.deviation } else { 0.0 }
    }
}

fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    let has_direction = length.is_finite() && length > 0.0;
    has_direction.then(|| vector.iter().map(|value| value / length).collect())
}

#[cfg(test)]
mod tests;
