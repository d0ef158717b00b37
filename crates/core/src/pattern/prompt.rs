//! Groups prompts into recurring tasks.
//!
//! Three views of each prompt (its words; pairs of words and pieces of words;
//! its topics) are compared, and communities of mutually near prompts in each
//! view vote. Groups come from average linkage. How far to merge is read from
//! the stream: a stream whose prompts soon run out of near neighbours has small,
//! sharp groups, and communities would blur them. Which rule reads it, and where
//! small groups begin ([`SMALL_GROUPS`]), was settled on three streams of real
//! prompts, so a stream between the two kinds can be read either way.

use std::collections::BTreeMap;

use super::{
    Pattern, Seen, average, community,
    likeness::{Row, View},
    refine,
    words::{Features, Reader},
};

/// The fewest prompts that make a pattern.
const LEAST_MEMBERS: usize = 3;
/// Neighbours per prompt that merging starts from.
const N_NEAR: usize = 40;
/// Sizes of the neighbourhoods in which communities are looked for.
const NEIGHBOURHOODS: [usize; 4] = [5, 8, 12, 20];
/// In a stream of small groups the tenth neighbour is, in the median, less than
/// this part as near as the first.
const SMALL_GROUPS: f32 = 0.46;
/// In a short stream, or one of nothing but strangers, neighbours are not near.
const LEAST_LIKENESS: f32 = 0.2;
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
    if prompts.len() < LEAST_MEMBERS {
        return Vec::new();
    }
    let reader = Reader::new();
    let features: Vec<_> = prompts.iter().map(|prompt| reader.read(prompt.text)).collect();
    let views = Views::new(&features);
    let near_topics = views.topics.nearest(N_NEAR);
    let (view, groups) = if has_small_groups(&near_topics) {
        // Half of the prompts have three neighbours at least this near.
        let near = near_topics.iter().map(|near| nth(near, LEAST_MEMBERS - 1));
        let stop = median(near).max(LEAST_LIKENESS);
        let merges = average::merges(&views.topics, &near_topics, stop);
        let groups = average::cut(prompts.len(), &merges, stop);
        (views.topics, groups)
    } else {
        let communities = views.communities(&near_topics);
        let third = 2.0 / 9.0;
        let view = View::side_by_side(&[
            (&communities, 1.0 / 3.0),
            (&views.words, third),
            (&views.shapes, third),
            (&views.topics, third),
        ]);
        let merges = average::merges(&view, &view.nearest(N_NEAR), 0.1);
        let groups = refine::likeliest(&views.words, &merges);
        (view, groups)
    };
    let groups = refine::settled(&view, &groups, LEAST_MEMBERS);
    described(prompts, &groups, &refine::typicality(&view, &groups))
}

/// The prompts as vectors, in three ways.
struct Views {
    words: View,
    shapes: View,
    topics: View,
}

impl Views {
    fn new(features: &[Features]) -> Self {
        let texts = |of: &dyn Fn(&Features) -> Vec<String>| -> Vec<Vec<String>> {
            features.iter().map(of).collect()
        };
        let words = texts(&|text| text.stems.clone());
        let phrases = texts(&|text| text.stems.iter().chain(&text.pairs).cloned().collect());
        let pieces = texts(&|text| text.pieces.clone());
        let topics = texts(&|text| {
            let marked = |(topic, of_frame): &(String, bool)| {
                if *of_frame { format!("~{topic}") } else { topic.clone() }
            };
            text.topics.iter().map(marked).collect()
        });
        let shared = |_: &str, n_texts| if n_texts < 2 { 0.0 } else { 1.0 };
        // A word of the frame says little, a word seen once matches nothing.
        let topical = |name: &str, n_texts| {
            (if n_texts < 2 { 0.5 } else { 1.0 }) * if name.starts_with('~') { 0.3 } else { 1.0 }
        };
        let phrases = View::new(&phrases, |_, _| 1.0);
        let pieces = View::new(&pieces, shared);
        Self {
            words: View::new(&words, |_, _| 1.0),
            shapes: View::side_by_side(&[(&phrases, 0.5), (&pieces, 0.5)]),
            topics: View::new(&topics, topical),
        }
    }

    /// The communities of each prompt as features.
    fn communities(&self, near_topics: &[Vec<(usize, f32)>]) -> View {
        let most = NEIGHBOURHOODS.into_iter().max().unwrap_or_default();
        let near_words = self.words.nearest(most);
        let near_shapes = self.shapes.nearest(most);
        let mut rows = vec![Row::new(); self.words.rows.len()];
        let mut n_features = 0;
        let weight = (1.0 / (3 * NEIGHBOURHOODS.len()) as f32).sqrt();
        for near in [&near_words[..], &near_shapes, near_topics] {
            for size in NEIGHBOURHOODS {
                let communities = community::communities(near, size);
                for (row, community) in rows.iter_mut().zip(&communities) {
                    row.push(((n_features + community) as u32, weight));
                }
                n_features += communities.iter().max().map_or(0, |last| last + 1);
            }
        }
        View { rows, n_features }
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

fn median(values: impl Iterator<Item = f32>) -> f32 {
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
fn shortened(text: &str) -> String {
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
