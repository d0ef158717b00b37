use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Frequent, Search, closed, frequent};

fn search(min_support: usize) -> Search {
    Search { min_support, max_len: usize::MAX }
}

fn holds(sequence: &[usize], items: &[usize]) -> bool {
    let mut rest = sequence.iter();
    items.iter().all(|item| rest.any(|other| other == item))
}

/// Every order of any sequence, counted one by one.
fn by_enumeration(sequences: &[Vec<usize>], min_support: usize) -> Vec<Frequent> {
    let mut orders = BTreeSet::new();
    for sequence in sequences {
        for picked in 1_u32..1 << sequence.len() {
            let items = sequence.iter().enumerate().filter(|(at, _)| picked >> at & 1 == 1);
            orders.insert(items.map(|(_, &item)| item).collect::<Vec<_>>());
        }
    }
    let counted = orders.into_iter().map(|items| {
        let support = sequences.iter().filter(|sequence| holds(sequence, &items)).count();
        Frequent { items, support }
    });
    counted.filter(|found| found.support >= min_support).collect()
}

fn closed_of(all: &[Frequent]) -> Vec<Frequent> {
    let says_more = |found: &Frequent| {
        all.iter().any(|other| {
            other.support == found.support
                && other.items.len() > found.items.len()
                && holds(&other.items, &found.items)
        })
    };
    all.iter().filter(|found| !says_more(found)).cloned().collect()
}

#[test]
fn an_order_counts_once_per_sequence_and_may_have_gaps() {
    let sequences = [vec![1, 2, 3], vec![1, 9, 3, 1, 3], vec![3, 1]];
    let want = |items: &[usize], support| Frequent { items: items.to_vec(), support };
    let orders = [want(&[1], 3), want(&[1, 3], 2), want(&[3], 3), want(&[3, 1], 2)];
    assert_eq!(frequent(&sequences, search(2)), orders);
    assert_eq!(closed(&sequences, search(2)), orders);
}

#[test]
fn nothing_comes_of_nothing() {
    assert_eq!(frequent(&[], search(0)), []);
    assert_eq!(closed(&[vec![], vec![]], search(0)), []);
    assert_eq!(frequent(&[vec![1]], Search { min_support: 1, max_len: 0 }), []);
}

#[test]
fn a_bound_cuts_long_orders() {
    let sequences = vec![(0..60).collect::<Vec<_>>(); 2];
    assert_eq!(frequent(&sequences, Search { min_support: 2, max_len: 1 }).len(), 60);
    let whole = closed(&sequences, search(2));
    assert_eq!(whole.len(), 1, "one closed order says it all: {whole:?}");
}

#[test]
fn a_long_sequence_does_not_exhaust_the_stack() {
    let long: Vec<usize> = vec![7; 2_000];
    let found = closed(&[long], Search { min_support: 1, max_len: 600 });
    assert!(found.is_empty(), "the closed order is longer than the bound");
}

proptest! {
    #[test]
    fn answers_equal_enumeration(
        sequences in prop::collection::vec(prop::collection::vec(0_usize..4, 0..8), 0..8),
        min_support in 1_usize..4,
    ) {
        let all = by_enumeration(&sequences, min_support);
        prop_assert_eq!(&frequent(&sequences, search(min_support)), &all);
        prop_assert_eq!(closed(&sequences, search(min_support)), closed_of(&all));
    }
}
