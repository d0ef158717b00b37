//! Groups prompts into recurring tasks.
//!
//! Four views of each prompt (its words; pairs of words and pieces of words; its
//! topics; which topics stand together) are compared, and communities of mutually
//! near prompts in each view confirm what is alike. Groups come from average
//! linkage, and at last each prompt goes where its words are expected most. How
//! far to merge is read from
//! the stream: a stream whose prompts soon run out of near neighbours has small,
//! sharp groups, and communities would blur them. Which rule reads it, and where
//! small groups begin ([`SMALL_GROUPS`]), was settled on three streams of real
//! prompts, so a stream between the two kinds can be read either way.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Pattern, Seen, average, community, expect,
    likeness::{Likeness, Row, View},
    refine,
    words::{Features, Reader, even, shared, topical},
};

/// The fewest prompts that make a pattern.
pub(super) const LEAST_MEMBERS: usize = 3;
/// Neighbours per prompt that merging starts from.
const N_NEAR: usize = 40;
/// Sizes of the neighbourhoods in which communities are looked for.
const NEIGHBOURHOODS: [usize; 4] = [8, 12, 20, 30];
/// In a stream of small groups the tenth neighbour is, in the median, less than
/// this part as near as the first.
const SMALL_GROUPS: f32 = 0.46;
/// In a short stream, or one of nothing but strangers, neighbours are not near.
pub(super) const LEAST_LIKENESS: f32 = 0.2;
/// What each kind of features counts, where words confirmed by company make groups.
pub(super) const SHARES: Shares =
    Shares { words: 0.25, phrases: 0.125, pieces: 0.125, topics: 0.25, ties: 0.25 };
/// The same where groups are small and sharp.
pub(super) const SHARP_SHARES: Shares =
    Shares { words: 0.0, phrases: 0.0, pieces: 0.25, topics: 0.55, ties: 0.2 };
/// Descriptions are cut after this many characters, at a word.
const MOST_DESCRIPTION: usize = 80;

/// A prompt of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt<'a> {
    /// Names the prompt in the answer; the text decides alone.
    pub id: &'a str,
    /// What was asked.
    pub text: &'a str,
    /// What else is known of it; it decides nothing, and ends up in the evidence.
    pub seen: Seen,
}

/// Finds the recurring tasks, the one with most prompts first.
///
/// Prompts that recur less than three times are in no pattern. The answer
/// depends on the texts and, where likenesses tie, on their order.
pub fn find(prompts: &[Prompt<'_>]) -> Vec<Pattern> {
    grouped(prompts).patterns
}

/// The parts of the likeness, which add up to one.
pub(super) struct Shares {
    pub(super) words: f32,
    pub(super) phrases: f32,
    pub(super) pieces: f32,
    pub(super) topics: f32,
    pub(super) ties: f32,
}

/// The patterns, and how the stream was read.
pub(super) struct Grouped {
    pub(super) patterns: Vec<Pattern>,
    /// Whether its tasks are small and sharp, so that mostly topics tell them apart.
    pub(super) has_small_groups: bool,
}

/// Finds the patterns of a whole stream.
pub(super) fn grouped(prompts: &[Prompt<'_>]) -> Grouped {
    if prompts.len() < LEAST_MEMBERS {
        return Grouped { patterns: Vec::new(), has_small_groups: false };
    }
    let reader = Reader::new();
    let features: Vec<_> = prompts.iter().map(|prompt| reader.read(prompt.text)).collect();
    let views = Views::new(&features);
    let near_topics = views.topics.nearest(N_NEAR);
    let has_small_groups = has_small_groups(&near_topics);
    let patterns = if has_small_groups {
        let likeness = Likeness { words: views.sharp(), company: None };
        let near = likeness.words.nearest(N_NEAR);
        // Half of the prompts have three neighbours at least this near.
        let third = near.iter().map(|near| nth(near, LEAST_MEMBERS - 1));
        let stop = median(third).max(LEAST_LIKENESS);
        let merges = average::merges(&likeness, &near, stop);
        let groups = average::cut(prompts.len(), &merges, stop);
        let groups = refine::settled(&likeness, &near, &groups, LEAST_MEMBERS);
        described(prompts, &groups, &refine::typicality(&likeness, &groups))
    } else {
        let (near, company) = views.groupings(&near_topics);
        let likeness = Likeness { words: views.side_by_side(), company: Some(company) };
        let near = confirmed(&likeness, &near);
        let merges = average::merges(&likeness, &near, refine::STOPS[0]);
        let groups = refine::likeliest(&views.words, &merges);
        let groups = refine::settled(&likeness, &near, &groups, LEAST_MEMBERS);
        let groups = expect::settled(&views.words, &groups, LEAST_MEMBERS);
        described(prompts, &groups, &refine::typicality(&likeness, &groups))
    };
    Grouped { patterns, has_small_groups }
}

/// The neighbours by confirmed likeness, nearest first.
fn confirmed(likeness: &Likeness, near: &[BTreeSet<usize>]) -> Vec<Vec<(usize, f32)>> {
    let sorted = |(text, near): (usize, &BTreeSet<usize>)| {
        let like = near.iter().map(|&other| (other, likeness.of_texts(text, other)));
        let mut like: Vec<_> = like.filter(|(_, likeness)| *likeness > 0.0).collect();
        like.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        like.truncate(N_NEAR);
        like
    };
    near.iter().enumerate().map(sorted).collect()
}

/// The prompts as vectors, in four ways.
struct Views {
    words: View,
    phrases: View,
    pieces: View,
    topics: View,
    ties: View,
}

impl Views {
    fn new(features: &[Features]) -> Self {
        let view = |of: fn(&Features) -> Vec<String>, factor| {
            View::new(&features.iter().map(of).collect::<Vec<_>>(), factor)
        };
        Self {
            words: view(Features::words, even),
            phrases: view(Features::phrases, even),
            pieces: view(Features::pieces, shared),
            topics: view(Features::topics, topical),
            ties: view(Features::ties, shared),
        }
    }

    /// All of them, the four with the same part of the likeness.
    fn side_by_side(&self) -> View {
        View::side_by_side(&[
            (&self.words, SHARES.words),
            (&self.phrases, SHARES.phrases),
            (&self.pieces, SHARES.pieces),
            (&self.topics, SHARES.topics),
            (&self.ties, SHARES.ties),
        ])
    }

    /// What tells small, sharp groups apart: mostly topics.
    fn sharp(&self) -> View {
        View::side_by_side(&[
            (&self.topics, SHARP_SHARES.topics),
            (&self.ties, SHARP_SHARES.ties),
            (&self.pieces, SHARP_SHARES.pieces),
        ])
    }

    /// Who is near each prompt in any view, and its community in each view and size of neighbourhood.
    fn groupings(&self, near_topics: &[Vec<(usize, f32)>]) -> (Vec<BTreeSet<usize>>, View) {
        let most = NEIGHBOURHOODS.into_iter().max().unwrap_or_default();
        let shapes = View::side_by_side(&[(&self.phrases, 0.5), (&self.pieces, 0.5)]);
        let [near_words, near_shapes, near_ties] =
            [&self.words, &shapes, &self.ties].map(|view| view.nearest(most));
        let mut near = vec![BTreeSet::new(); near_topics.len()];
        let mut rows = vec![Row::new(); near_topics.len()];
        let mut n_features = 0;
        let weight = (1.0 / (4 * NEIGHBOURHOODS.len()) as f32).sqrt();
        for lists in [&near_words[..], &near_shapes, near_topics, &near_ties] {
            for size in NEIGHBOURHOODS {
                let communities = community::communities(lists, size);
                for (row, community) in rows.iter_mut().zip(&communities) {
                    row.push(((n_features + community) as u32, weight));
                }
                n_features += communities.iter().max().map_or(0, |last| last + 1);
            }
            for (near, list) in near.iter_mut().zip(lists) {
                near.extend(list.iter().map(|&(other, _)| other));
            }
        }
        (near, View { rows, n_features })
    }
}

fn has_small_groups(near: &[Vec<(usize, f32)>]) -> bool {
    let likeness_of = |at| median(near.iter().map(|near| nth(near, at)));
    likeness_of(9) < SMALL_GROUPS * likeness_of(0)
}

/// The likeness of the neighbour at a position, 0 when there are fewer.
fn nth(near: &[(usize, f32)], at: usize) -> f32 {
    near.get(at).map_or(0.0, |&(_, likeness)| likeness)
}

pub(super) fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn described(prompts: &[Prompt<'_>], groups: &[Option<usize>], typicality: &[f32]) -> Vec<Pattern> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (text, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            members.entry(*group).or_default().push(text);
        }
    }
    let mut patterns: Vec<_> = members
        .into_values()
        .filter(|members| members.len() >= LEAST_MEMBERS)
        .map(|members| {
            let by_typicality =
                |a: &&usize, b: &&usize| typicality[**a].total_cmp(&typicality[**b]).then(b.cmp(a));
            let typical = members.iter().max_by(by_typicality).map_or("", |&at| prompts[at].text);
            let sum: f32 = members.iter().map(|&member| typicality[member]).sum();
            Pattern {
                description: shortened(typical),
                confidence: (sum / members.len() as f32).clamp(0.0, 1.0),
                evidence: members.iter().map(|&member| &prompts[member].seen).collect(),
                members,
            }
        })
        .collect();
    patterns.sort_by_key(|pattern| (std::cmp::Reverse(pattern.members.len()), pattern.members[0]));
    patterns
}

/// One line of a text, cut at a word when it is long.
pub(super) fn shortened(text: &str) -> String {
    let mut short = String::new();
    for word in text.split_whitespace() {
        let n_chars = short.chars().count();
        if n_chars + word.chars().count() >= MOST_DESCRIPTION {
            short.extend(word.chars().take(if n_chars == 0 { MOST_DESCRIPTION } else { 0 }));
            short.push('…');
            return short;
        }
        if n_chars > 0 {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests;
