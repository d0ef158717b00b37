//! Where to stop merging, and a last look at each text's place.

use std::collections::BTreeMap;

use super::{
    average::{Merge, cut},
    likeness::View,
};

/// Likenesses at which merging may stop.
const STOPS: [f32; 13] =
    [0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.34, 0.38, 0.42];

/// How many words of the stream at large a group's words are mixed with.
const STRENGTHS: [f64; 4] = [10.0, 30.0, 100.0, 300.0];

/// The groups under which the words of each text are least surprising, given
/// the other texts of its group and the stream at large.
///
/// Merging too little leaves texts unexplained, merging too much dilutes what
/// groups say; the stream itself has its best place between.
pub(super) fn likeliest(words: &View, merges: &[Merge]) -> Vec<usize> {
    let n_texts = words.rows.len();
    let mut best: Option<(f64, Vec<usize>)> = None;
    for stop in STOPS {
        let groups = cut(n_texts, merges, stop);
        for strength in STRENGTHS {
            let score = log_likelihood(words, &groups, strength);
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, groups.clone()));
            }
        }
    }
    best.map(|(_, groups)| groups).unwrap_or_default()
}

fn log_likelihood(words: &View, groups: &[usize], strength: f64) -> f64 {
    let mut overall = vec![0.0_f64; words.n_features];
    let mut by_group: BTreeMap<usize, (f64, f64, BTreeMap<u32, f64>)> = BTreeMap::new();
    for (row, &group) in words.rows.iter().zip(groups) {
        let (n_texts, n_words, counts) = by_group.entry(group).or_default();
        *n_texts += 1.0;
        *n_words += row.len() as f64;
        for &(word, _) in row {
            overall[word as usize] += 1.0;
            *counts.entry(word).or_default() += 1.0;
        }
    }
    let total: f64 = overall.iter().sum();
    let mut sum = 0.0;
    for (row, group) in words.rows.iter().zip(groups) {
        let Some((n_texts, n_words, counts)) = by_group.get(group) else { continue };
        let n_other_words = n_words - row.len() as f64;
        for (word, _) in row {
            let elsewhere = counts.get(word).copied().unwrap_or(1.0) - 1.0;
            let expected = strength * overall[*word as usize] / total;
            sum += ((elsewhere + expected) / (n_other_words + strength)).ln();
        }
        sum += ((n_texts - 1.0).max(1.0) / groups.len() as f64).ln();
    }
    sum
}

/// Moves each text to the pattern it is most like on average, and takes texts
/// out that are less like any pattern than nearly all members are.
pub(super) fn settled(view: &View, groups: &[usize], least_members: usize) -> Vec<Option<usize>> {
    let patterns = Means::new(view, groups, least_members);
    let best: Vec<Option<(f32, usize)>> = patterns.nearest(view);
    let mut of_members: Vec<f32> = best
        .iter()
        .zip(&patterns.own)
        .filter_map(|(best, own)| best.filter(|(_, to)| Some(*to) == *own).map(|(score, _)| score))
        .collect();
    of_members.sort_unstable_by(f32::total_cmp);
    // One member in twenty is less typical than this.
    let least = of_members.get(of_members.len() / 20).copied().unwrap_or(f32::MAX);
    best.into_iter()
        .zip(&patterns.own)
        .map(|(best, own)| match best {
            Some((score, to)) if score >= least || *own == Some(to) => Some(to),
            _ => None,
        })
        .collect()
}

/// The likeness of each text to the others of its group, on average.
pub(super) fn typicality(view: &View, groups: &[Option<usize>]) -> Vec<f32> {
    let mut sums: BTreeMap<usize, (f32, BTreeMap<u32, f32>)> = BTreeMap::new();
    for (row, group) in view.rows.iter().zip(groups) {
        let Some(group) = group else { continue };
        let (n_texts, sum) = sums.entry(*group).or_default();
        *n_texts += 1.0;
        for &(feature, weight) in row {
            *sum.entry(feature).or_default() += weight;
        }
    }
    let likeness = |(row, group): (&Vec<(u32, f32)>, &Option<usize>)| {
        let Some((n_texts, sum)) = group.and_then(|group| sums.get(&group)) else { return 0.0 };
        let product: f32 = row
            .iter()
            .map(|(feature, weight)| weight * (sum.get(feature).unwrap_or(weight) - weight))
            .sum();
        product / (n_texts - 1.0).max(1.0)
    };
    view.rows.iter().zip(groups).map(likeness).collect()
}

/// The sums of the patterns' vectors, by feature.
struct Means {
    n_members: Vec<f32>,
    postings: Vec<Vec<(u32, f32)>>,
    /// The pattern that each text is in.
    own: Vec<Option<usize>>,
}

impl Means {
    fn new(view: &View, groups: &[usize], least_members: usize) -> Self {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for &group in groups {
            *sizes.entry(group).or_default() += 1;
        }
        sizes.retain(|_, size| *size >= least_members);
        let number: BTreeMap<usize, usize> =
            sizes.keys().enumerate().map(|(number, &group)| (group, number)).collect();
        let own: Vec<_> = groups.iter().map(|group| number.get(group).copied()).collect();
        let mut sums: Vec<BTreeMap<u32, f32>> = vec![BTreeMap::new(); view.n_features];
        for (row, own) in view.rows.iter().zip(&own) {
            let Some(own) = *own else { continue };
            for &(feature, weight) in row {
                *sums[feature as usize].entry(own as u32).or_default() += weight;
            }
        }
        let postings = sums.into_iter().map(|sum| sum.into_iter().collect()).collect();
        Self { n_members: sizes.values().map(|&size| size as f32).collect(), postings, own }
    }

    /// The pattern each text is most like, itself left out.
    fn nearest(&self, view: &View) -> Vec<Option<(f32, usize)>> {
        let mut products = vec![0.0_f32; self.n_members.len()];
        let mut nearest = Vec::with_capacity(view.rows.len());
        for (row, own) in view.rows.iter().zip(&self.own) {
            products.fill(0.0);
            for &(feature, weight) in row {
                for &(pattern, sum) in &self.postings[feature as usize] {
                    products[pattern as usize] += weight * sum;
                }
            }
            let itself: f32 = row.iter().map(|(_, weight)| weight * weight).sum();
            let likeness = products.iter().zip(&self.n_members).enumerate().map(|(to, (p, n))| {
                (if *own == Some(to) { (p - itself) / (n - 1.0) } else { p / n }, to)
            });
            nearest.push(likeness.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))));
        }
        nearest
    }
}
