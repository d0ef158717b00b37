//! What the exchanges about one task share.

use std::collections::{BTreeMap, BTreeSet};

use super::Task;
use crate::{
    evolution::clean,
    search::{is_stop_word, words},
};

/// How many keywords a guide has at most.
const MAX_KEYWORDS: usize = 10;
/// How many steps a guide has at most.
const MAX_STEPS: usize = 12;
/// Two steps are one where they share at least this part of their words.
const SAME_STEP: f64 = 0.5;
/// Requests are for one task where they share, on average, at least this part of their words.
const SAME_TASK: f64 = 0.3;

/// The words that at least half of the requests have, most often first.
pub(super) fn keywords(task: &Task<'_>) -> Vec<String> {
    let mut n_with: BTreeMap<String, usize> = BTreeMap::new();
    for (_, said) in &task.chats {
        for word in word_set(&said.prompt) {
            *n_with.entry(word).or_default() += 1;
        }
    }
    let mut words: Vec<(String, usize)> =
        n_with.into_iter().filter(|(_, n)| n * 2 >= task.chats.len()).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(MAX_KEYWORDS);
    words.into_iter().map(|(word, _)| word).collect()
}

/// The skills that the model was given in at least half of the successes: the id, and in how many.
pub(super) fn skills(task: &Task<'_>) -> Vec<(String, usize)> {
    let mut n_with: BTreeMap<String, usize> = BTreeMap::new();
    let mut n = 0;
    for (_, said) in task.chats.iter().filter(|(_, said)| said.ok) {
        n += 1;
        let skills: BTreeSet<String> = said.skills.iter().map(ToString::to_string).collect();
        skills.into_iter().for_each(|skill| *n_with.entry(skill).or_default() += 1);
    }
    n_with.into_iter().filter(|(_, with)| with * 2 >= n).collect()
}

/// The steps that at least half of the answers that worked have, in their order: the text, and in how many answers.
pub(super) fn steps(task: &Task<'_>) -> Vec<(String, usize)> {
    struct Step {
        words: BTreeSet<String>,
        text: String,
        in_answers: BTreeSet<usize>,
        place: f64,
    }
    let mut known: Vec<Step> = Vec::new();
    let answers: Vec<_> = task.chats.iter().filter(|(_, said)| said.ok).collect();
    for (answer, (_, said)) in answers.iter().enumerate() {
        for (place, line) in said.answer.lines().filter_map(item).enumerate() {
            let words = word_set(line);
            if words.is_empty() {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "an answer has few steps")]
            let place = place as f64;
            let same = known.iter_mut().find(|step| likeness(&step.words, &words) >= SAME_STEP);
            match same {
                Some(step) => {
                    step.in_answers.insert(answer);
                    step.place += place;
                }
                None => known.push(Step {
                    words,
                    text: clean::line(line, 200),
                    in_answers: [answer].into(),
                    place,
                }),
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "an answer has few steps")]
    let place = |step: &Step| step.place / step.in_answers.len() as f64;
    let mut shared: Vec<Step> = known
        .into_iter()
        .filter(|step| step.in_answers.len() > 1 && step.in_answers.len() * 2 >= answers.len())
        .collect();
    shared.sort_by(|a, b| place(a).total_cmp(&place(b)));
    shared.truncate(MAX_STEPS);
    shared.into_iter().map(|step| (step.text, step.in_answers.len())).collect()
}

/// What differs from one request to the next and names something: files, numbers, quoted words.
pub(super) fn varying(task: &Task<'_>) -> Vec<String> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (_, said) in &task.chats {
        let mut here = BTreeSet::new();
        for word in said.prompt.split_whitespace() {
            let bare = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_');
            let quoted = word.starts_with(['"', '\'', '`']) && word.len() > 2;
            let names = bare.contains(|c: char| c.is_ascii_digit()) || bare.contains('.') || quoted;
            if names && (1..=40).contains(&bare.len()) {
                here.insert(clean::plain(bare, 40));
            }
        }
        here.into_iter().for_each(|word| *found.entry(word).or_default() += 1);
    }
    let n = task.chats.len();
    found.into_iter().filter(|(_, with)| *with < n).map(|(word, _)| word).take(6).collect()
}

/// Groups requests that share many words: the members, the one most like the others, and how alike they are.
pub(super) fn groups(texts: &[&str]) -> Vec<(Vec<usize>, usize, f32)> {
    let words: Vec<BTreeSet<String>> = texts.iter().map(|text| word_set(text)).collect();
    let to_all = |at: usize, group: &[usize]| {
        let others = group.iter().filter(|other| **other != at);
        let sum: f64 = others.clone().map(|&other| likeness(&words[at], &words[other])).sum();
        #[expect(clippy::cast_precision_loss, reason = "there are few requests")]
        let mean = sum / others.count().max(1) as f64;
        mean
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in (0..texts.len()).filter(|&at| !words[at].is_empty()) {
        let near = groups.iter_mut().map(|group| (to_all(at, group), group));
        match near.max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((likeness, group)) if likeness >= SAME_TASK => group.push(at),
            _ => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 2);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let described = |group: Vec<usize>| {
        let likenesses: Vec<f64> = group.iter().map(|&at| to_all(at, &group)).collect();
        let best =
            likenesses.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        let typical = best.map_or(0, |(i, _)| group[i]);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "it is a rough figure"
        )]
        let mean = (likenesses.iter().sum::<f64>() / likenesses.len().max(1) as f64) as f32;
        (group, typical, mean)
    };
    groups.into_iter().map(described).collect()
}

/// Returns the text of a list item: `1. Load the file` or `- Load the file`.
fn item(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(rest);
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = line.get(digits..).filter(|_| (1..=2).contains(&digits))?;
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))
}

/// The words of a text that tell something, without masked secrets.
pub(super) fn word_set(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    words(&clean::plain(text, usize::MAX).replace(clean::MASK, " "), &mut |word| {
        let tells = word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
        if tells && !is_stop_word(word) {
            found.insert(word.to_owned());
        }
    });
    found
}

/// Which part of the words two texts share.
fn likeness(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let n_shared = a.intersection(b).count();
    let n_all = a.union(b).count();
    #[expect(clippy::cast_precision_loss, reason = "a line has few words")]
    let likeness = n_shared as f64 / n_all.max(1) as f64;
    likeness
}
