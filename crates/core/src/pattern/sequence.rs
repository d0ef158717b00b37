//! Frequent sequences of steps: orders of items that many sequences share,
//! gaps allowed. Single items, not sets of items.

use std::collections::BTreeMap;

/// An order of items and the number of sequences that hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frequent {
    /// The items, in order; other items may stand between them.
    pub items: Vec<usize>,
    /// How many sequences hold the items in this order. A sequence that holds
    /// them several times counts once.
    pub support: usize,
}

/// What a search for frequent sequences looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    /// The fewest sequences that must hold an order; 0 reads as 1.
    pub min_support: usize,
    /// The most items of an order. A bound keeps long equal sequences from
    /// giving all their parts, of which there are exponentially many.
    pub max_len: usize,
}

/// Finds every frequent sequence, in the order of their items.
pub fn frequent(sequences: &[Vec<usize>], search: Search) -> Vec<Frequent> {
    let mut found = Vec::new();
    walk(sequences, search, &mut |items, occurrences| {
        found.push(Frequent { items: items.to_vec(), support: occurrences.len() });
        Next::Deeper
    });
    found
}

/// Finds the closed frequent sequences, in the order of their items.
///
/// A sequence is closed when no longer one that contains it is held by as many
/// sequences: the closed ones say all that the frequent ones say. With a
/// `max_len`, a sequence of that length is closed only if nothing longer says
/// the same, so the bound cuts the answer but never makes it wrong.
pub fn closed(sequences: &[Vec<usize>], search: Search) -> Vec<Frequent> {
    let mut found = Vec::new();
    walk(sequences, search, &mut |items, occurrences| {
        if gap_is_shared(sequences, items, occurrences, Gap::Earliest) {
            return Next::Elsewhere;
        }
        let extended = tail_is_shared(sequences, occurrences)
            || gap_is_shared(sequences, items, occurrences, Gap::Widest);
        if !extended {
            found.push(Frequent { items: items.to_vec(), support: occurrences.len() });
        }
        Next::Deeper
    });
    found
}

/// Where the first occurrence of an order ends in one sequence.
#[derive(Clone, Copy)]
struct Occurrence {
    sequence: usize,
    /// The position after its last item.
    end: usize,
}

enum Next {
    /// Goes on with the longer orders that start like this one.
    Deeper,
    /// Leaves them out.
    Elsewhere,
}

/// Calls `visit` with each frequent order, shorter before longer.
///
/// Keeps its own stack: a long sequence must not exhaust the caller's.
fn walk(
    sequences: &[Vec<usize>],
    search: Search,
    visit: &mut impl FnMut(&[usize], &[Occurrence]) -> Next,
) {
    if search.max_len == 0 {
        return;
    }
    let whole: Vec<_> =
        (0..sequences.len()).map(|sequence| Occurrence { sequence, end: 0 }).collect();
    let mut items = Vec::new();
    let mut pending = vec![extensions(sequences, &whole, search.min_support)];
    while let Some(level) = pending.last_mut() {
        let Some((item, occurrences)) = level.pop() else {
            pending.pop();
            items.pop();
            continue;
        };
        items.push(item);
        match visit(&items, &occurrences) {
            Next::Deeper if items.len() < search.max_len => {
                pending.push(extensions(sequences, &occurrences, search.min_support));
            }
            Next::Deeper | Next::Elsewhere => {
                items.pop();
            }
        }
    }
}

/// The frequent items after the occurrences, the last item first.
fn extensions(
    sequences: &[Vec<usize>],
    occurrences: &[Occurrence],
    min_support: usize,
) -> Vec<(usize, Vec<Occurrence>)> {
    let mut found: BTreeMap<usize, Vec<Occurrence>> = BTreeMap::new();
    for &Occurrence { sequence, end } in occurrences {
        for (at, &item) in sequences[sequence].iter().enumerate().skip(end) {
            let known = found.entry(item).or_default();
            if known.last().is_none_or(|last| last.sequence != sequence) {
                known.push(Occurrence { sequence, end: at + 1 });
            }
        }
    }
    found.into_iter().rev().filter(|(_, known)| known.len() >= min_support.max(1)).collect()
}

/// Whether one item follows all occurrences.
fn tail_is_shared(sequences: &[Vec<usize>], occurrences: &[Occurrence]) -> bool {
    shared(occurrences.iter().map(|found| &sequences[found.sequence][found.end..]))
}

/// Which occurrences bound the gap before an item.
#[derive(Clone, Copy)]
enum Gap {
    /// The item's place in the first occurrence of the order. An item shared in
    /// this gap leads to the same continuations, so they can be left out.
    Earliest,
    /// The item's last place that still leaves room for the items after it.
    Widest,
}

/// Whether one item stands in the gap before some item of all occurrences.
fn gap_is_shared(
    sequences: &[Vec<usize>],
    items: &[usize],
    occurrences: &[Occurrence],
    gap: Gap,
) -> bool {
    let bounds: Vec<_> = occurrences
        .iter()
        .map(|found| gaps(&sequences[found.sequence], items, found.end, gap))
        .collect();
    (0..items.len()).any(|which| {
        shared(occurrences.iter().zip(&bounds).map(|(found, bounds)| {
            let (start, end) = bounds[which];
            &sequences[found.sequence][start..end]
        }))
    })
}

/// The stretch before each item in which a further item could stand.
fn gaps(sequence: &[usize], items: &[usize], end: usize, gap: Gap) -> Vec<(usize, usize)> {
    let mut starts = Vec::with_capacity(items.len());
    let mut at = 0;
    for &item in items {
        starts.push(at);
        at += sequence[at..].iter().position(|&other| other == item).unwrap_or(0) + 1;
    }
    let mut limit = match gap {
        Gap::Earliest => end,
        Gap::Widest => sequence.len(),
    };
    let mut ends = vec![0; items.len()];
    for (which, &item) in items.iter().enumerate().rev() {
        limit = sequence[..limit].iter().rposition(|&other| other == item).unwrap_or(0);
        ends[which] = limit;
    }
    starts.into_iter().zip(ends).collect()
}

/// Whether one item stands in every stretch.
fn shared<'a>(mut stretches: impl Iterator<Item = &'a [usize]>) -> bool {
    let mut common: Vec<usize> = stretches.next().unwrap_or_default().to_vec();
    common.sort_unstable();
    common.dedup();
    for stretch in stretches {
        if common.is_empty() {
            return false;
        }
        common.retain(|item| stretch.contains(item));
    }
    !common.is_empty()
}

#[cfg(test)]
mod tests;
