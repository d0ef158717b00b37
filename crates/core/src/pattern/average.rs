//! Average linkage on sparse vectors: the two groups whose members are most
//! alike on average become one, again and again.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BinaryHeap},
};

use super::likeness::{Row, View, dot, sum};

/// One step: the groups `a` and `b` became one. Text `i` is group `i` at first;
/// step `s` makes group `n_texts + s`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merge {
    pub(super) a: usize,
    pub(super) b: usize,
    /// The average likeness of a member of `a` and one of `b`.
    pub(super) likeness: f32,
}

struct Group {
    sum: Row,
    n_texts: f32,
    /// Products with the groups that were ever near; empty once merged.
    near: BTreeMap<usize, f32>,
    alive: bool,
}

struct Candidate {
    likeness: f32,
    a: usize,
    b: usize,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.likeness.total_cmp(&other.likeness);
        order.then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// Merges down to the likeness `least`, the most alike first.
///
/// Only groups with members near one another (`nearest`) are compared, all
/// their members then count.
pub(super) fn merges(view: &View, nearest: &[Vec<(usize, f32)>], least: f32) -> Vec<Merge> {
    let mut groups: Vec<Group> = view
        .rows
        .iter()
        .map(|row| Group { sum: row.clone(), n_texts: 1.0, near: BTreeMap::new(), alive: true })
        .collect();
    let mut heap = BinaryHeap::new();
    for (a, list) in nearest.iter().enumerate() {
        for &(b, likeness) in list {
            if groups[a].near.insert(b, likeness).is_none() {
                groups[b].near.insert(a, likeness);
                if likeness >= least {
                    heap.push(Candidate { likeness, a: a.min(b), b: a.max(b) });
                }
            }
        }
    }
    let mut merges = Vec::new();
    while let Some(Candidate { likeness, a, b }) = heap.pop() {
        if groups[a].alive && groups[b].alive {
            merges.push(Merge { a, b, likeness });
            let merged = join(&mut groups, a, b);
            let made = groups.len() - 1;
            for (other, product) in merged {
                let likeness = product / (groups[made].n_texts * groups[other].n_texts);
                if likeness >= least {
                    heap.push(Candidate { likeness, a: other, b: made });
                }
            }
        }
    }
    merges
}

/// Puts the union of two groups last and returns its products with the others.
fn join(groups: &mut Vec<Group>, a: usize, b: usize) -> Vec<(usize, f32)> {
    for gone in [a, b] {
        groups[gone].alive = false;
    }
    let near_a = std::mem::take(&mut groups[a].near);
    let near_b = std::mem::take(&mut groups[b].near);
    let sum_a = std::mem::take(&mut groups[a].sum);
    let sum_b = std::mem::take(&mut groups[b].sum);
    let made = groups.len();
    let mut near = BTreeMap::new();
    for &other in near_a.keys().chain(near_b.keys()) {
        if groups[other].alive && !near.contains_key(&other) {
            let product = |known: &BTreeMap<usize, f32>, sum: &Row| {
                known.get(&other).copied().unwrap_or_else(|| dot(sum, &groups[other].sum))
            };
            near.insert(other, product(&near_a, &sum_a) + product(&near_b, &sum_b));
        }
    }
    for (&other, &product) in &near {
        let known = &mut groups[other].near;
        known.remove(&a);
        known.remove(&b);
        known.insert(made, product);
    }
    let products = near.iter().map(|(&other, &product)| (other, product)).collect();
    let n_texts = groups[a].n_texts + groups[b].n_texts;
    groups.push(Group { sum: sum(&sum_a, &sum_b), n_texts, near, alive: true });
    products
}

/// The group of each text when merging stops below the likeness `least`.
pub(super) fn cut(n_texts: usize, merges: &[Merge], least: f32) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..n_texts + merges.len()).collect();
    for (step, merge) in merges.iter().enumerate() {
        if merge.likeness >= least {
            parent[merge.a] = n_texts + step;
            parent[merge.b] = n_texts + step;
        }
    }
    // A group is always made after its parts, so later ones are settled first.
    for group in (0..parent.len()).rev() {
        parent[group] = parent[parent[group]];
    }
    parent.truncate(n_texts);
    parent
}
