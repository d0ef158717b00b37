//! Merging the order of things that have names.

use super::{Picker, Three};
use crate::diff::Place;

/// Puts names into one order: those that all know, then between them what each side has besides.
///
/// `names` are the orders of the three versions, `keep` says what is there in the end. Where both
/// sides put the common names into another order, the one of theirs is taken and `false` returned.
pub(super) fn weave<K: Ord + Clone>(
    names: Three<&[K]>,
    keep: impl Fn(&K) -> bool,
) -> (Vec<K>, bool) {
    let Three { base, mine, theirs } = names;
    let common = |side: &[K]| -> Vec<K> {
        let all = |name: &&K| base.contains(name) && mine.contains(name) && theirs.contains(name);
        side.iter().filter(all).filter(|name| keep(name)).cloned().collect()
    };
    let (in_base, in_mine, in_theirs) = (common(base), common(mine), common(theirs));
    let (spine, agreed) = if in_mine == in_base || in_mine == in_theirs {
        (in_theirs, true)
    } else if in_theirs == in_base {
        (in_mine, true)
    } else {
        (in_theirs, false)
    };
    let added = |side: &[K]| -> Vec<(Option<usize>, K)> {
        let mut last = None;
        let mut found = Vec::new();
        for name in side.iter().filter(|name| keep(name)) {
            match spine.iter().position(|other| other == name) {
                Some(at) => last = Some(at),
                None => found.push((last, name.clone())),
            }
        }
        found
    };
    let (from_mine, from_theirs) = (added(mine), added(theirs));
    let mut out: Vec<K> = Vec::new();
    for gap in std::iter::once(None).chain((0..spine.len()).map(Some)) {
        out.extend(gap.and_then(|at| spine.get(at)).cloned());
        let here = |added: &[(Option<usize>, K)]| -> Vec<K> {
            added.iter().filter(|(at, _)| *at == gap).map(|(_, name)| name.clone()).collect()
        };
        let (one, other) = (here(&from_mine), here(&from_theirs));
        // Neither side comes first for being mine.
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        for name in first.into_iter().chain(second) {
            if !out.contains(&name) {
                out.push(name);
            }
        }
    }
    (out, agreed)
}

/// Puts names into one order, and makes `place` a conflict where both sides changed it differently.
pub(super) fn of_names(
    picker: &mut Picker<'_>,
    place: &Place,
    names: Three<&[String]>,
    keep: impl Fn(&String) -> bool,
) -> Vec<String> {
    let (order, agreed) = weave(names, &keep);
    if agreed {
        return order;
    }
    let lists = names.map(<[String]>::to_vec);
    let taken = picker.pick(place, lists.as_ref().map(Some), |names| names.join(", "));
    if taken.is_some_and(|taken| taken == names.mine) {
        return weave(Three { base: names.theirs, ..names }, keep).0;
    }
    order
}

/// Merges lists whose items are words: what either side added is there, what either removed is not.
pub(super) fn words(three: Three<&[String]>) -> Vec<String> {
    let Three { base, mine, theirs } = three;
    let keep = |word: &String| {
        (mine.contains(word) && theirs.contains(word))
            || (!base.contains(word) && (mine.contains(word) || theirs.contains(word)))
    };
    weave(three, keep).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, mine: &str, theirs: &str, want: &str, agreed: bool) {
        let list = |text: &str| text.chars().map(|c| c.to_string()).collect::<Vec<_>>();
        let (base, mine, theirs) = (list(base), list(mine), list(theirs));
        let three = Three { base: &*base, mine: &*mine, theirs: &*theirs };
        assert_eq!(weave(three, |_| true), (list(want), agreed));
    }

    #[test]
    fn what_each_side_adds_stands_where_it_was_put() {
        check("abc", "aXbc", "abcY", "aXbcY", true);
        check("abc", "abc", "cab", "cab", true);
        check("abc", "cab", "abc", "cab", true);
        check("ab", "aXb", "aYb", "aXYb", true);
        check("ab", "aYb", "aXb", "aXYb", true);
        check("", "XY", "AY", "AYX", true);
    }

    #[test]
    fn two_other_orders_do_not_fit() {
        check("abc", "bac", "acb", "acb", false);
    }

    #[test]
    fn words_are_added_and_removed_by_either_side() {
        let list = |text: &str| text.chars().map(|c| c.to_string()).collect::<Vec<_>>();
        let (base, mine, theirs) = (list("abc"), list("acx"), list("bcy"));
        let merged = words(Three { base: &*base, mine: &*mine, theirs: &*theirs });
        assert_eq!(merged.concat(), "cxy");
    }
}
