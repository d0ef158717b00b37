//! Texts by line.

use std::fmt::Write;

use imara_diff::{Algorithm, Diff, InternedInput};

/// How many lines around a change are shown with it.
const CONTEXT: u32 = 3;

/// A run of lines that changed, with the lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line of the old text that is shown, counted from 1; 0 where the old text is empty.
    pub old_start: usize,
    /// The first line of the new text that is shown.
    pub new_start: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line of a [`Hunk`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose it is.
    pub kind: LineKind,
    /// The line, without its line end.
    pub text: String,
}

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Both texts have it.
    Same,
    /// Only the old text has it.
    Old,
    /// Only the new text has it.
    New,
}

/// A stretch in which two texts differ: lines of the old one, and the lines that took their place.
pub(crate) type Stretch = (std::ops::Range<usize>, std::ops::Range<usize>);

/// Compares two texts line by line; nothing where they are equal but for their line ends.
pub fn lines(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new) = (split(old), split(new));
    let mut hunks: Vec<Hunk> = Vec::new();
    let stretches = stretches(&old, &new);
    let mut group: Vec<&Stretch> = Vec::new();
    let context = CONTEXT as usize;
    for stretch in &stretches {
        let far = group.last().is_some_and(|last| stretch.0.start > last.0.end + 2 * context);
        if far {
            hunks.push(hunk(&old, &new, &std::mem::take(&mut group)));
        }
        group.push(stretch);
    }
    if !group.is_empty() {
        hunks.push(hunk(&old, &new, &group));
    }
    hunks
}

/// Prints hunks as `diff -u` does, without the names of the files.
pub fn unified(hunks: &[Hunk]) -> String {
    let mut out = String::new();
    for hunk in hunks {
        let count = |not: LineKind| hunk.lines.iter().filter(|line| line.kind != not).count();
        let (n_old, n_new) = (count(LineKind::New), count(LineKind::Old));
        let Hunk { old_start, new_start, lines } = hunk;
        let _ = writeln!(out, "@@ -{old_start},{n_old} +{new_start},{n_new} @@");
        for line in lines {
            let mark = match line.kind {
                LineKind::Same => ' ',
                LineKind::Old => '-',
                LineKind::New => '+',
            };
            let _ = writeln!(out, "{mark}{}", line.text);
        }
    }
    out
}

/// For each line of the new text: the line of the old text that it is, counted from 0, if it is one.
pub fn origins(old: &str, new: &str) -> Vec<Option<usize>> {
    let (old, new) = (split(old), split(new));
    let mut found = Vec::with_capacity(new.len());
    let mut at = 0;
    for (gone, come) in stretches(&old, &new) {
        found.extend((at..gone.start).map(Some));
        found.extend(come.map(|_| None));
        at = gone.end;
    }
    found.extend((at..old.len()).map(Some));
    found
}

/// The lines of a text, without their ends.
pub(crate) fn split(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Finds where two lists of lines differ, in order.
pub(crate) fn stretches(old: &[&str], new: &[&str]) -> Vec<Stretch> {
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| (range(hunk.before), range(hunk.after))).collect()
}

fn hunk(old: &[&str], new: &[&str], group: &[&Stretch]) -> Hunk {
    let context = CONTEXT as usize;
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return Hunk { old_start: 0, new_start: 0, lines: Vec::new() };
    };
    let before = first.0.start.min(context);
    let line = |kind, text: &&str| Line { kind, text: (*text).to_owned() };
    let mut lines = Vec::new();
    let mut at = first.0.start - before;
    for (gone, come) in group {
        lines.extend(old[at..gone.start].iter().map(|text| line(LineKind::Same, text)));
        lines.extend(old[gone.clone()].iter().map(|text| line(LineKind::Old, text)));
        lines.extend(new[come.clone()].iter().map(|text| line(LineKind::New, text)));
        at = gone.end;
    }
    let end = (last.0.end + context).min(old.len());
    lines.extend(old[at..end].iter().map(|text| line(LineKind::Same, text)));
    Hunk {
        old_start: if old.is_empty() { 0 } else { first.0.start - before + 1 },
        new_start: if new.is_empty() { 0 } else { first.1.start - before + 1 },
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, want: &str) {
        assert_eq!(unified(&lines(old, new)), want, "{old:?} to {new:?}");
    }

    #[test]
    fn equal_texts_have_no_hunks() {
        check("", "", "");
        check("a\nb\n", "a\nb\n", "");
        check("a\r\nb", "a\nb\n", "");
    }

    #[test]
    fn changes_are_shown_with_the_lines_around_them() {
        check("", "a\n", "@@ -0,0 +1,1 @@\n+a\n");
        check("a\n", "", "@@ -1,1 +0,0 @@\n-a\n");
        check(
            "1\n2\n3\n4\n5\n6\n7\n",
            "1\n2\n3\n4\nfive\n6\n7\n",
            "@@ -2,6 +2,6 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n",
        );
    }

    #[test]
    fn lines_know_where_they_come_from() {
        assert_eq!(origins("a\nb\nc\n", "a\nx\nc\ny\n"), [Some(0), None, Some(2), None]);
        assert_eq!(origins("", "a\n"), [None]);
        assert_eq!(origins("a\n", ""), []);
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let old: String = (0..40).map(|n| format!("{n}\n")).collect();
        let near = old.replace("\n5\n", "\nfive\n").replace("\n9\n", "\nnine\n");
        let far = near.replace("\n30\n", "\nthirty\n");
        assert_eq!(lines(&old, &near).len(), 1);
        assert_eq!(lines(&old, &far).len(), 2);
    }
}
