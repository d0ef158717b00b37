//! From text to words, the same way for skills and queries.

/// Longer words are data, not language.
const MAX_WORD_LEN: usize = 48;

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Gap,
    Letter,
    /// Part of a script that is written without blanks.
    Wide,
}

/// Calls `word` with each word of a text, in lower case.
///
/// An identifier such as `csvReader` gives `csvreader`, `csv` and `reader`;
/// Chinese, Japanese and Korean text gives pairs of neighbouring characters.
pub(crate) fn words(text: &str, word: &mut impl FnMut(&str)) {
    let mut lower = String::new();
    let mut at = 0;
    while at < text.len() {
        let (class, size) = class_at(text, at);
        let start = at;
        at += size;
        if class == Class::Gap {
            continue;
        }
        while at < text.len() {
            let (next, size) = class_at(text, at);
            if next != class {
                break;
            }
            at += size;
        }
        let run = &text[start..at];
        if class == Class::Wide {
            pairs(run, word);
        } else if let Some(end) = suffix(run, &text[at..]) {
            at += end.len();
            emit(&text[start..at], &mut lower, word);
        } else {
            emit(run, &mut lower, word);
            parts(run, &mut |part| emit(part, &mut lower, word));
        }
    }
}

/// Returns how many single changes lie between two words, or `None` for more than `most`.
pub(super) fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut last2: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(last2[j - 1] + 1);
            }
            row[j + 1] = cost;
        }
        if row.iter().all(|cost| *cost > most) {
            return None;
        }
        last2 = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|cost| *cost <= most)
}

fn class_at(text: &str, at: usize) -> (Class, usize) {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return (if byte.is_ascii_alphanumeric() { Class::Letter } else { Class::Gap }, 1);
    }
    let c = text[at..].chars().next().unwrap_or_default();
    let class = match c {
        _ if is_wide(c) => Class::Wide,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Gap,
    };
    (class, c.len_utf8())
}

/// Returns the signs that make `C` another language.
fn suffix(run: &str, after: &str) -> Option<&'static str> {
    ["++", "#"].into_iter().find(|end| run.len() <= 2 && after.starts_with(end))
}

/// Calls `part` with the parts of an identifier in mixed case, if it has several.
fn parts<'a>(run: &'a str, part: &mut impl FnMut(&'a str)) {
    if !run.bytes().skip(1).any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        return;
    }
    let letters: Vec<(usize, char)> = run.char_indices().collect();
    let mut from = 0;
    for (i, pair) in letters.windows(2).enumerate() {
        let (left, (at, right)) = (pair[0].1, pair[1]);
        let after = letters.get(i + 2).map(|(_, c)| *c);
        let word_ends = left.is_lowercase() && right.is_uppercase();
        let acronym_ends =
            left.is_uppercase() && right.is_uppercase() && after.is_some_and(char::is_lowercase);
        if word_ends || acronym_ends {
            part(&run[from..at]);
            from = at;
        }
    }
    if from > 0 {
        part(&run[from..]);
    }
}

fn emit(run: &str, lower: &mut String, word: &mut impl FnMut(&str)) {
    if run.len() > MAX_WORD_LEN {
        return;
    }
    lower.clear();
    if run.is_ascii() {
        lower.push_str(run);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(run.chars().flat_map(char::to_lowercase));
    }
    word(lower);
}

fn pairs(run: &str, word: &mut impl FnMut(&str)) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    match starts.len() {
        0..=2 => word(run),
        _ => starts.windows(3).for_each(|pair| word(&run[pair[0]..pair[2]])),
    }
}

/// Says whether a character belongs to a script that is written without blanks.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
