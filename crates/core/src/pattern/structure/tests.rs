use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::*;
use crate::slug::Slug;

fn step(skill: usize) -> Uses {
    Uses::Skill(Slug::nearest(&format!("s{skill}")).expect("a slug"))
}

fn link(from: usize, to: usize) -> Link {
    Link { from: small(from), to: small(to), output: "out".into(), input: "in".into() }
}

/// The key of a graph whose steps run the skills of these numbers.
fn key(skills: &[usize], links: &[(usize, usize)]) -> StructureKey {
    let steps = skills.iter().map(|&skill| step(skill)).collect();
    let links = links.iter().map(|&(from, to)| link(from, to)).collect();
    Structure::ordered(steps, links).expect("it is small").structure.key()
}

#[test]
fn the_numbering_does_not_count() {
    let chain = key(&[0, 1, 2], &[(0, 1), (1, 2)]);
    assert_eq!(chain, key(&[2, 0, 1], &[(1, 2), (2, 0)]));
    assert_ne!(chain, key(&[0, 1, 2], &[(0, 1), (0, 2)]), "another shape");
    assert_ne!(chain, key(&[0, 1, 1], &[(0, 1), (1, 2)]), "another skill");
    assert_ne!(chain, key(&[0, 1, 2], &[(1, 0), (1, 2)]), "another direction");
}

#[test]
fn the_ports_count_and_so_does_what_runs() {
    let of = |link: Link, uses: fn(Slug) -> Uses| {
        let steps = vec![step(0), uses("s1".parse().expect("a slug"))];
        Structure::ordered(steps, vec![link]).expect("it is small").structure.key()
    };
    let plain = of(link(0, 1), Uses::Skill);
    assert_ne!(plain, of(Link { input: "other".into(), ..link(0, 1) }, Uses::Skill));
    assert_ne!(plain, of(Link { output: "other".into(), ..link(0, 1) }, Uses::Skill));
    assert_ne!(plain, of(link(0, 1), Uses::Workflow));
}

#[test]
fn what_refinement_alone_takes_for_the_same_is_told_apart() {
    // Two circles of three, and one of six: everybody has the same neighbours.
    let two = key(&[0; 6], &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]);
    let one = key(&[0; 6], &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]);
    assert_ne!(two, one);
    // Three sources and three sinks: each source feeds two sinks.
    let ring = key(&[0, 0, 0, 1, 1, 1], &[(0, 3), (0, 4), (1, 4), (1, 5), (2, 5), (2, 3)]);
    let moved = key(&[1, 0, 1, 0, 1, 0], &[(1, 0), (1, 2), (3, 2), (3, 4), (5, 4), (5, 0)]);
    assert_eq!(ring, moved);
}

#[test]
fn many_alike_branches_are_ordered_quickly() {
    let n = 300;
    let mut links = Vec::new();
    for branch in 0..n {
        let first = 1 + branch * 3;
        links.extend([(0, first), (first, first + 1), (first, first + 2)]);
    }
    let skills: Vec<usize> =
        (0..=n * 3).map(|v| if v == 0 { 0 } else { 1 + (v - 1) % 3 }).collect();
    let plain = key(&skills, &links);
    let last = n * 3;
    let turned: Vec<_> = links.iter().map(|&(from, to)| (last - from, last - to)).collect();
    let skills: Vec<usize> = skills.into_iter().rev().collect();
    assert_eq!(plain, key(&skills, &turned));
}

#[test]
fn keys_print_and_parse() {
    let key = key(&[0], &[]);
    assert_eq!(key.to_string().parse(), Ok(key));
    for bad in ["", "0", &"g".repeat(32), &"A".repeat(32), &"é".repeat(16)] {
        assert!(bad.parse::<StructureKey>().is_err(), "{bad:?}");
    }
}

#[test]
fn parts_are_connected_and_each_kind_is_there_once() {
    let steps = vec![step(0), step(1), step(1), step(2)];
    let links = vec![link(0, 1), link(0, 2), link(1, 3)];
    let whole = Structure::ordered(steps, links).expect("it is small").structure;
    let found = parts(&whole);
    let mut sizes: Vec<usize> =
        found.values().map(|part| part.placed.structure.steps.len()).collect();
    sizes.sort_unstable();
    // 0>1 (twice the same), 1>3; 0>1,2 and 0>1>3; the whole.
    assert_eq!(sizes, [2, 2, 3, 3, 4]);
    assert!(found.contains_key(&whole.key()));
    assert!(found.values().all(|part| part.is_inside));
    for part in found.values() {
        let runs: Vec<_> = part.placed.places.iter().map(|&at| &whole.steps[at]).collect();
        assert_eq!(runs, part.placed.structure.steps.iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_structure_with_too_many_parts_gives_the_small_ones() {
    let n = 60;
    let skills: Vec<Uses> = (0..=n).map(step).collect();
    let links = (1..=n).map(|to| link(0, to)).collect();
    let whole = Structure::ordered(skills, links).expect("it is small").structure;
    let found = parts(&whole);
    let largest = found.values().map(|part| part.placed.structure.steps.len()).max();
    assert_eq!((largest, found.len()), (Some(3), n + n * (n - 1) / 2));
    let inside = |part: &&Part| part.is_inside;
    assert_eq!(found.values().filter(inside).count(), n, "those of two");
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(4), cases: 128, ..Config::default() })]

    #[test]
    fn a_renumbered_graph_has_the_same_form(
        skills in prop::collection::vec(0_usize..3, 1..9),
        ends in prop::collection::vec((0_usize..9, 0_usize..9), 0..14),
        shift in 0_usize..9,
    ) {
        let n = skills.len();
        let links: Vec<_> = ends.into_iter().map(|(from, to)| (from % n, to % n)).collect();
        let moved = |v: usize| (v * if n % 5 == 0 { 1 } else { 5 } + shift) % n;
        let mut other = vec![0; n];
        skills.iter().enumerate().for_each(|(v, &skill)| other[moved(v)] = skill);
        let turned: Vec<_> = links.iter().rev().map(|&(a, b)| (moved(a), moved(b))).collect();
        prop_assert_eq!(key(&skills, &links), key(&other, &turned));
    }
}
