//! Merging texts line by line, as Git does: changes that touch each other are a conflict.

use super::Three;
use crate::diff::text::{Stretch, split, stretches};

/// Merges three texts; `None` where both sides changed the same lines, or lines next to each other,
/// and where lines end in another way than by `\n`.
pub(super) fn merge(three: Three<&str>) -> Option<String> {
    if [three.base, three.mine, three.theirs].iter().any(|text| text.contains('\r')) {
        return None;
    }
    let lines = three.map(split);
    let mine = stretches(&lines.base, &lines.mine);
    let theirs = stretches(&lines.base, &lines.theirs);
    let mut out: Vec<&str> = Vec::new();
    let (mut at, mut i, mut j) = (0, 0, 0);
    loop {
        let (from, stretch) = match (mine.get(i), theirs.get(j)) {
            (None, None) => break,
            (Some(one), Some(other)) if touch(one, other) => {
                let same =
                    one.0 == other.0 && lines.mine[one.1.clone()] == lines.theirs[other.1.clone()];
                if !same {
                    return None;
                }
                j += 1;
                i += 1;
                (&lines.mine, one)
            }
            (Some(one), other) if other.is_none_or(|other| one.0.start < other.0.start) => {
                i += 1;
                (&lines.mine, one)
            }
            (_, Some(other)) => {
                j += 1;
                (&lines.theirs, other)
            }
            (Some(_), None) => break,
        };
        out.extend(&lines.base[at..stretch.0.start]);
        out.extend(&from[stretch.1.clone()]);
        at = stretch.0.end;
    }
    out.extend(&lines.base[at..]);
    let mut text = out.join("\n");
    let ends = three.map(|text| text.is_empty() || text.ends_with('\n'));
    let ends = if ends.mine == ends.base { ends.theirs } else { ends.mine };
    if ends && !text.is_empty() {
        text.push('\n');
    }
    Some(text)
}

/// Says whether two changes of the base overlap or stand side by side.
fn touch(one: &Stretch, other: &Stretch) -> bool {
    one.0.start <= other.0.end && other.0.start <= one.0.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, mine: &str, theirs: &str, want: Option<&str>) {
        let lines = |text: &str| text.chars().map(|c| format!("{c}\n")).collect::<String>();
        let (base, mine, theirs) = (lines(base), lines(mine), lines(theirs));
        let got = merge(Three { base: &base, mine: &mine, theirs: &theirs });
        assert_eq!(got, want.map(lines));
        let turned = merge(Three { base: &base, mine: &theirs, theirs: &mine });
        assert_eq!(turned, got, "the sides are not alike");
    }

    #[test]
    fn changes_apart_from_each_other_both_stand() {
        check("abcde", "Abcde", "abcdE", Some("AbcdE"));
        check("abcde", "abcde", "abxde", Some("abxde"));
        check("abcde", "abXde", "abXde", Some("abXde"));
        check("abcde", "bcde", "abcdef", Some("bcdef"));
    }

    #[test]
    fn changes_that_touch_do_not_fit() {
        check("abc", "aXc", "aYc", None);
        check("abc", "aXbc", "aYbc", None);
        check("abcd", "aBcd", "abCd", None);
        check("", "a", "b", None);
    }
}
