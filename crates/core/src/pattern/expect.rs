//! Where the words of a text are expected most: a last look at patterns that
//! are settled, by the words that each of them uses.
//!
//! Likeness weighs a word the same wherever it stands. What a pattern says again
//! and again tells its members from those of a pattern that is otherwise alike:
//! a naive Bayes classifier that leaves the text itself out.

use super::likeness::{Row, View};

/// How many words of the stream at large the words of a pattern are mixed with.
const STRENGTH: f32 = 60.0;
/// A text moves where its words are expected so much more, as a logarithm: seven times.
const LEAST_GAIN: f32 = 2.0;

/// What a pattern says.
#[derive(Clone, Copy, Default)]
struct Voice {
    n_texts: f32,
    n_words: f32,
}

impl Voice {
    /// What a text of so many words has in common with all texts of this pattern, as a logarithm.
    fn start(self, n_words: f32) -> f32 {
        self.n_texts.max(1.0).ln() - n_words * (self.n_words + STRENGTH).ln()
    }
}

/// Moves each member of a pattern to the one where its words are expected most, if that one stands out.
///
/// Only patterns with enough members take texts; who is in no pattern stays outside.
pub(super) fn settled(
    words: &View,
    groups: &[Option<usize>],
    least_members: usize,
) -> Vec<Option<usize>> {
    let n_groups = groups.iter().flatten().max().map_or(0, |last| last + 1);
    let mut voices = vec![Voice::default(); n_groups];
    let mut overall = vec![0.0_f32; words.n_features];
    for (row, group) in words.rows.iter().zip(groups) {
        row.iter().for_each(|&(word, _)| overall[word as usize] += 1.0);
        if let Some(group) = *group {
            voices[group].n_texts += 1.0;
            voices[group].n_words += row.len() as f32;
        }
    }
    let total: f32 = overall.iter().sum();
    let expected: Vec<f32> = overall.iter().map(|n| STRENGTH * n / total).collect();
    // A word that a pattern said so often is this much likelier in it.
    let gain = |word: u32, n: f32| (1.0 + n / expected[word as usize]).ln();
    let said = said(words, groups);
    let gains: Vec<Vec<(usize, f32)>> = (0_u32..)
        .zip(&said)
        .map(|(word, groups)| groups.iter().map(|&(group, n)| (group, gain(word, n))).collect())
        .collect();
    let takes: Vec<usize> =
        (0..n_groups).filter(|&group| voices[group].n_texts >= least_members as f32).collect();
    let mut scores = vec![0.0_f32; n_groups];
    let place = |(row, own): (&Row, &Option<usize>)| {
        let own = (*own)?;
        let n_words = row.len() as f32;
        takes.iter().for_each(|&group| scores[group] = voices[group].start(n_words));
        for &(word, _) in row {
            gains[word as usize].iter().for_each(|&(group, gain)| scores[group] += gain);
        }
        let Voice { n_texts, n_words: all_words } = voices[own];
        let others = Voice { n_texts: n_texts - 1.0, n_words: all_words - n_words };
        let of_own = |&(word, _): &(u32, f32)| {
            let n = said[word as usize].iter().find(|&&(group, _)| group == own);
            gain(word, n.map_or(0.0, |&(_, n)| n - 1.0))
        };
        let stays = others.start(n_words) + row.iter().map(of_own).sum::<f32>();
        let other = takes.iter().copied().filter(|&group| group != own);
        let best = other.max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))?;
        (scores[best] > stays + LEAST_GAIN).then_some(best)
    };
    let moved: Vec<Option<usize>> = words.rows.iter().zip(groups).map(place).collect();
    moved.into_iter().zip(groups).map(|(moved, own)| moved.or(*own)).collect()
}

/// For each word the groups that say it, in order, and in how many of their texts.
fn said(words: &View, groups: &[Option<usize>]) -> Vec<Vec<(usize, f32)>> {
    let mut said: Vec<Vec<(usize, f32)>> = vec![Vec::new(); words.n_features];
    for (row, group) in words.rows.iter().zip(groups) {
        let Some(group) = *group else { continue };
        for &(word, _) in row {
            let groups = &mut said[word as usize];
            match groups.binary_search_by_key(&group, |&(group, _)| group) {
                Ok(at) => groups[at].1 += 1.0,
                Err(at) => groups.insert(at, (group, 1.0)),
            }
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts by the numbers of their words.
    fn view(texts: &[&[u32]]) -> View {
        let row = |text: &&[u32]| text.iter().map(|&word| (word, 1.0)).collect();
        View { rows: texts.iter().map(row).collect(), n_features: 20 }
    }

    #[test]
    fn a_text_goes_where_its_words_are_expected_most() {
        let (one, other): (Vec<u32>, Vec<u32>) = ((0..10).collect(), (10..20).collect());
        let texts: [&[u32]; 12] = std::array::from_fn(|at| if at < 6 { &*one } else { &*other });
        let mut groups: Vec<Option<usize>> = [[Some(0); 6], [Some(1); 6]].concat();
        groups[5] = Some(1);
        groups[11] = None;
        let settled = settled(&view(&texts), &groups, 3);
        assert_eq!(settled[..6], [Some(0); 6], "the sixth goes back to its like");
        assert_eq!(settled[6..], [Some(1), Some(1), Some(1), Some(1), Some(1), None]);
    }

    #[test]
    fn what_is_no_pattern_takes_nothing_and_nothing_is_alone() {
        let texts: [&[u32]; 3] = [&[0, 1], &[0, 1], &[2]];
        let groups = [Some(0), Some(1), Some(1)];
        assert_eq!(settled(&view(&texts), &groups, 3), groups);
        assert_eq!(settled(&view(&[]), &[], 3), []);
    }
}
