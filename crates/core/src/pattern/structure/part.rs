//! The connected parts of a structure: steps with all links between them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Link, Placed, Structure, StructureKey};
use crate::lookup::small;

/// The most steps of a part. A whole structure may have more.
pub const MAX_PART: usize = 6;

/// How many sets of steps are looked at in one structure.
const MAX_SETS: usize = 2_000;

/// Parts of one structure that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What they are, and the steps of the first of them.
    pub placed: Placed,
    /// Whether larger parts around it were looked at, too.
    pub is_inside: bool,
}

/// Finds the connected parts of 2 steps and more, each kind once.
///
/// There are exponentially many large ones, so those of one size are found together or not at all: up to
/// one step more than [`MAX_PART`], and up to `MAX_SETS` in all. The whole counts as a part of itself.
pub fn parts(whole: &Structure) -> BTreeMap<StructureKey, Part> {
    let mut around: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); whole.steps.len()];
    let mut pairs: BTreeSet<Vec<u32>> = BTreeSet::new();
    for link in whole.links.iter().filter(|link| link.from != link.to) {
        around[link.from as usize].insert(link.to);
        around[link.to as usize].insert(link.from);
        pairs.insert(vec![link.from.min(link.to), link.from.max(link.to)]);
    }
    let mut n_sets = pairs.len();
    let mut levels = Vec::new();
    let mut level = pairs;
    while !level.is_empty() && n_sets <= MAX_SETS {
        let size = levels.len() + 2;
        let mut larger = BTreeSet::new();
        for set in level.iter().filter(|_| size <= MAX_PART) {
            let near: BTreeSet<u32> =
                set.iter().flat_map(|&step| &around[step as usize]).copied().collect();
            for step in near.into_iter().filter(|step| set.binary_search(step).is_err()) {
                let mut with = set.clone();
                with.insert(with.partition_point(|&other| other < step), step);
                larger.insert(with);
            }
            if n_sets + larger.len() > MAX_SETS {
                break;
            }
        }
        n_sets += larger.len();
        let is_inside = size <= MAX_PART && n_sets <= MAX_SETS;
        levels.push((std::mem::replace(&mut level, larger), is_inside));
    }
    let mut found = BTreeMap::new();
    for (level, is_inside) in &levels {
        for set in level {
            let Some(placed) = part(whole, set) else { continue };
            let is_inside = *is_inside || set.len() == whole.steps.len();
            found.entry(placed.structure.key()).or_insert(Part { placed, is_inside });
        }
    }
    found
}

/// Cuts out some steps with all links between them; `None` where they are none or too many.
pub(crate) fn part(whole: &Structure, steps: &[u32]) -> Option<Placed> {
    let place = |step: u32| steps.binary_search(&step).ok().map(small);
    // The links are sorted by the step that they come from.
    let links = steps.iter().flat_map(|&step| {
        let first = whole.links.partition_point(|link| link.from < step);
        whole.links[first..].iter().take_while(move |link| link.from == step)
    });
    let links = links.filter_map(|link| {
        Some(Link { from: place(link.from)?, to: place(link.to)?, ..link.clone() })
    });
    let uses = steps.iter().map(|&step| whole.steps[step as usize].clone()).collect();
    let placed = Structure::ordered(uses, links.collect())?;
    let places = placed.places.iter().map(|&at| steps[at] as usize).collect();
    Some(Placed { places, ..placed })
}
