//! Average linkage: the two groups whose members are most alike on average
//! become one, again and again.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BinaryHeap},
};

use super::likeness::{Likeness, Products, Sum};

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
    sum: Sum,
    /// Sums over the pairs with the groups that were ever near; empty once merged.
    near: BTreeMap<usize, Products>,
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
pub(super) fn merges(likeness: &Likeness, nearest: &[Vec<(usize, f32)>], least: f32) -> Vec<Merge> {
    let alone = |text| Group { sum: likeness.one(text), near: BTreeMap::new(), alive: true };
    let mut groups: Vec<Group> = (0..likeness.n_texts()).map(alone).collect();
    let mut heap = BinaryHeap::new();
    for (a, list) in nearest.iter().enumerate() {
        for &(b, likeness) in list {
            if !groups[a].near.contains_key(&b) {
                let products = groups[a].sum.products(&groups[b].sum);
                groups[a].near.insert(b, products);
                groups[b].near.insert(a, products);
                if likeness >= least {
                    heap.push(Candidate { likeness, a: a.min(b), b: a.max(b) });
                }
            }
        }
    }
    let mut merges = Vec::new();
    while let Some(Candidate { likeness: how_like, a, b }) = heap.pop() {
        if groups[a].alive && groups[b].alive {
            merges.push(Merge { a, b, likeness: how_like });
            let merged = join(&mut groups, a, b);
            let made = groups.len() - 1;
            for (other, products) in merged {
                let n_pairs = groups[made].sum.n_texts * groups[other].sum.n_texts;
                let likeness = likeness.of(products, n_pairs);
                if likeness >= least {
                    heap.push(Candidate { likeness, a: other, b: made });
                }
            }
        }
    }
    merges
}

/// Puts the union of two groups last and returns the sums over its pairs with the others.
fn join(groups: &mut Vec<Group>, a: usize, b: usize) -> Vec<(usize, Products)> {
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
            let products = |known: &BTreeMap<usize, Products>, sum: &Sum| {
                known.get(&other).copied().unwrap_or_else(|| sum.products(&groups[other].sum))
            };
            near.insert(other, products(&near_a, &sum_a) + products(&near_b, &sum_b));
        }
    }
    for (&other, &products) in &near {
        let known = &mut groups[other].near;
        known.remove(&a);
        known.remove(&b);
        known.insert(made, products);
    }
    let products = near.iter().map(|(&other, &products)| (other, products)).collect();
    groups.push(Group { sum: sum_a.plus(&sum_b), near, alive: true });
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
