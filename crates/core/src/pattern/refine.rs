//! Where to stop merging, and a last look at each text's place.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    average::{Merge, cut},
    likeness::{Likeness, Row, Sum, View},
};

/// Likenesses at which merging may stop.
pub(super) const STOPS: [f32; 15] =
    [0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.34, 0.38, 0.42];

/// How many words of the stream at large a group's words are mixed with.
const STRENGTHS: [f64; 4] = [10.0, 30.0, 100.0, 300.0];

/// The groups under which the words of each text are least surprising, given
/// the other texts of its group and the stream at large.
///
/// Merging too little leaves texts unexplained, merging too much dilutes what
/// groups say; the stream itself has its best place between. Of the places that
/// cannot be told from the best, by one standard error (Breiman et al., 1984),
/// the one that merges least is taken: what is merged wrongly is lost to both.
pub(super) fn likeliest(words: &View, merges: &[Merge]) -> Vec<usize> {
    let n_texts = words.rows.len();
    let explained = |stop: f32| {
        let groups = cut(n_texts, merges, stop);
        let scores = STRENGTHS.map(|strength| log_likelihoods(words, &groups, strength));
        let best = scores.into_iter().max_by(|a, b| total(a).total_cmp(&total(b)));
        (groups, best.unwrap_or_default())
    };
    let all = STOPS.map(explained);
    let Some((_, best)) = all.iter().max_by(|a, b| total(&a.1).total_cmp(&total(&b.1))) else {
        return Vec::new();
    };
    let is_as_good = |scores: &[f64]| {
        let lost: Vec<f64> = best.iter().zip(scores).map(|(best, score)| best - score).collect();
        let mean = total(&lost) / n_texts as f64;
        let squares: f64 = lost.iter().map(|lost| (lost - mean).powi(2)).sum();
        total(&lost) <= squares.sqrt()
    };
    let sharpest = all.iter().rev().find(|(_, scores)| is_as_good(scores));
    sharpest.map(|(groups, _)| groups.clone()).unwrap_or_default()
}

fn total(scores: &[f64]) -> f64 {
    scores.iter().sum()
}

fn log_likelihoods(words: &View, groups: &[usize], strength: f64) -> Vec<f64> {
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
    let of_text = |(row, group): (&Row, &usize)| {
        let (n_texts, n_words, counts) = &by_group[group];
        let n_other_words = n_words - row.len() as f64;
        let of_word = |(word, _): &(u32, f32)| {
            let elsewhere = counts.get(word).copied().unwrap_or(1.0) - 1.0;
            let expected = strength * overall[*word as usize] / total;
            ((elsewhere + expected) / (n_other_words + strength)).ln()
        };
        let of_group = ((n_texts - 1.0).max(1.0) / groups.len() as f64).ln();
        row.iter().map(of_word).sum::<f64>() + of_group
    };
    words.rows.iter().zip(groups).map(of_text).collect()
}

/// Moves each text to the pattern it is most like on average, and takes texts
/// out that are less like any pattern than nearly all members are.
///
/// The patterns of a text's neighbours and its own are looked at.
pub(super) fn settled(
    likeness: &Likeness,
    nearest: &[Vec<(usize, f32)>],
    groups: &[usize],
    least_members: usize,
) -> Vec<Option<usize>> {
    let mut sums = sums(likeness, groups.iter().map(|&group| Some(group)));
    sums.retain(|_, sum| sum.n_texts >= least_members);
    let own = |text: usize| Some(groups[text]).filter(|group| sums.contains_key(group));
    let best: Vec<Option<(f32, usize)>> = (0..groups.len())
        .map(|text| {
            let near = nearest[text].iter().filter_map(|&(other, _)| own(other));
            let near: BTreeSet<usize> = near.chain(own(text)).collect();
            let average =
                |to: usize| (average(likeness, text, &sums[&to], own(text) == Some(to)), to);
            near.into_iter().map(average).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        })
        .collect();
    let stays = |(text, best): (usize, &Option<(f32, usize)>)| {
        best.filter(|(_, to)| Some(*to) == own(text)).map(|(score, _)| score)
    };
    let mut of_members: Vec<f32> = best.iter().enumerate().filter_map(stays).collect();
    of_members.sort_unstable_by(f32::total_cmp);
    // One member in twenty is less typical than this.
    let least = of_members.get(of_members.len() / 20).copied().unwrap_or(f32::MAX);
    let place = |(text, best): (usize, Option<(f32, usize)>)| {
        best.filter(|(score, to)| *score >= least || own(text) == Some(*to)).map(|(_, to)| to)
    };
    best.into_iter().enumerate().map(place).collect()
}

/// The likeness of each text to the others of its group, on average.
pub(super) fn typicality(likeness: &Likeness, groups: &[Option<usize>]) -> Vec<f32> {
    let sums = sums(likeness, groups.iter().copied());
    let of = |(text, group): (usize, &Option<usize>)| {
        group.map_or(0.0, |group| average(likeness, text, &sums[&group], true))
    };
    groups.iter().enumerate().map(of).collect()
}

fn sums(likeness: &Likeness, groups: impl Iterator<Item = Option<usize>>) -> BTreeMap<usize, Sum> {
    let mut sums: BTreeMap<usize, Sum> = BTreeMap::new();
    for (text, group) in groups.enumerate() {
        if let Some(group) = group {
            let sum = sums.entry(group).or_default();
            *sum = sum.plus(&likeness.one(text));
        }
    }
    sums
}

/// How like a group a text is on average; itself is left out where it is a member.
fn average(likeness: &Likeness, text: usize, group: &Sum, is_member: bool) -> f32 {
    let one = likeness.one(text);
    let products = one.products(group);
    if is_member {
        return likeness.of(products - one.products(&one), group.n_texts - 1);
    }
    likeness.of(products, group.n_texts)
}
