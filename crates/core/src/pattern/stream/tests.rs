use proptest::prelude::*;

use super::*;
use crate::pattern::{Seen, find};

const TASKS: [[&str; 4]; 4] = [
    [
        "plot the energy of the VQE run",
        "please plot the VQE energy",
        "could you plot energies of my VQE runs?",
        "plot the energies of a VQE run",
    ],
    [
        "translate this letter to Greek",
        "translate the letter into Greek please",
        "this letter in Greek, translate it",
        "can you translate my letter to Greek",
    ],
    [
        "count the lines of all python files",
        "how many lines do the python files have, count them",
        "count lines in every python file",
        "line count of python files",
    ],
    [
        "book a table for nine people tonight",
        "a table for nine, book it tonight",
        "please book us a table for nine people",
        "book the table tonight for nine",
    ],
];

fn prompts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Prompt<'a>> {
    texts.into_iter().map(|text| Prompt { text, ..Prompt::default() }).collect()
}

/// Three of each task, then the fourth ones.
fn settled() -> Stream {
    Stream::new(&prompts(TASKS.iter().flat_map(|task| &task[..3]).copied()))
}

fn members(stream: &Stream) -> Vec<Vec<usize>> {
    stream.patterns().map(|pattern| pattern.members.clone()).collect()
}

#[test]
fn a_later_prompt_joins_its_pattern_and_counts() {
    let mut stream = settled();
    assert_eq!(stream.patterns().len(), 4);
    let before = members(&stream);
    for (at, task) in TASKS.iter().enumerate() {
        let seen = Seen { success: Some(at > 0), ..Seen::default() };
        let group = stream.add(&Prompt { text: task[3], seen, ..Prompt::default() });
        let group = group.expect("its task is known");
        assert!(before[group].contains(&(at * 3)), "{task:?} is in {:?}", before[group]);
        let pattern = stream.patterns().nth(group).expect("it is there");
        assert_eq!(pattern.members.last(), Some(&(12 + at)));
        assert_eq!(
            (pattern.evidence.count, pattern.evidence.success_rate()),
            (4, Some(f64::from(at > 0)))
        );
        assert!((0.0..=1.0).contains(&pattern.confidence));
    }
    assert_eq!(stream.n_placed(), 4);
}

#[test]
fn a_new_task_is_a_pattern_from_its_third_prompt_on() {
    let mut stream = settled();
    let mut add = |text| stream.add(&Prompt { text, ..Prompt::default() });
    assert_eq!(add("draw the schematic of this amplifier"), None);
    assert_eq!(add("sing me a lullaby"), None);
    assert_eq!(add("draw the schematic of this amplifier"), None);
    assert_eq!(add("?!"), None);
    assert_eq!(add("draw the schematic of this amplifier"), Some(4));
    assert_eq!(add("draw the schematic of this amplifier"), Some(4));
    let pattern = stream.patterns().nth(4).expect("it is there");
    assert_eq!((pattern.members.as_slice(), pattern.evidence.count), (&[12, 14, 16, 17][..], 4));
    assert_eq!(pattern.description, "draw the schematic of this amplifier");
}

#[test]
fn a_stream_may_begin_with_nothing() {
    let mut stream = Stream::new(&[]);
    for _ in 0..3 {
        stream.add(&Prompt { text: "list the open issues", ..Prompt::default() });
    }
    assert_eq!(members(&stream), [[0, 1, 2]]);
}

proptest! {
    #[test]
    fn a_full_pass_and_placing_one_by_one_keep_their_promises(
        order in prop::collection::vec((0..4_usize, 0..4_usize), 3..40),
        cut in 0..40_usize,
    ) {
        let texts: Vec<&str> = order.iter().map(|(task, wording)| TASKS[*task][*wording]).collect();
        let all = prompts(texts);
        let (known, later) = all.split_at(cut.min(all.len()));
        let mut stream = Stream::new(known);
        // Right after a full pass there is nothing else than what it finds.
        let found = find(known);
        prop_assert!(stream.patterns().eq(&found));
        for (n, prompt) in later.iter().enumerate() {
            let before = members(&stream);
            let group = stream.add(prompt);
            let after = members(&stream);
            // Nobody is moved, and at most the new prompt's pattern grows.
            for (at, members) in before.iter().enumerate() {
                prop_assert!(after[at].starts_with(members));
                prop_assert!(after[at].len() == members.len() || group == Some(at));
            }
            prop_assert_eq!(group.is_some(), after.iter().flatten().any(|at| *at == known.len() + n));
        }
        // However it arrived, a pass over everything finds the same.
        let again = Stream::new(&all);
        prop_assert!(again.patterns().eq(&find(&all)));
        // A prompt equal to one that has a pattern is in that pattern.
        let mut stream = Stream::new(known);
        for prompt in known {
            let own = stream.patterns().position(|pattern| {
                pattern.members.iter().any(|at| known.get(*at).is_some_and(|other| other.text == prompt.text))
            });
            if own.is_some() {
                prop_assert!(stream.add(prompt).is_some(), "{:?}", prompt.text);
            }
        }
    }
}
