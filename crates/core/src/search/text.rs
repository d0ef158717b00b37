//! From text to words, the same way for skills and queries.

/// Longer words are data, not language.
const MAX_WORD_LEN: usize = 48;

/// Calls `word` with each word of a text in lower case and without plural ending.
///
/// An identifier such as `csvReader` gives `csvreader`, `csv` and `reader`;
/// Chinese, Japanese and Korean text gives pairs of neighbouring characters.
pub(super) fn words(text: &str, word: &mut impl FnMut(&str)) {
    let mut lower = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = &rest[start..];
        let wide = rest.starts_with(is_wide);
        let end = rest.find(|c: char| !c.is_alphanumeric() || is_wide(c) != wide);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if wide {
            pairs(run, word);
            continue;
        }
        let suffix =
            ["++", "#"].into_iter().find(|suffix| after.starts_with(suffix) && run.len() <= 2);
        if let Some(suffix) = suffix {
            lower.clear();
            lower.extend(run.chars().flat_map(char::to_lowercase).chain(suffix.chars()));
            word(&lower);
            continue;
        }
        emit(run, &mut lower, word);
        let mut from = 0;
        for (at, pair) in
            run.char_indices().zip(run.char_indices().skip(1)).map(|(a, b)| (b.0, (a.1, b.1)))
        {
            if pair.0.is_lowercase() && pair.1.is_uppercase() {
                emit(&run[from..at], &mut lower, word);
                from = at;
            }
        }
        if from > 0 {
            emit(&run[from..], &mut lower, word);
        }
    }
}

/// Says whether a word tells nothing about what is looked for.
pub(super) fn is_stop_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "a", "about", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "could",
        "do", "doe", "for", "from", "get", "give", "had", "has", "have", "help", "how", "i", "if",
        "in", "into", "is", "it", "like", "make", "me", "my", "need", "no", "not", "of", "on",
        "or", "our", "out", "please", "should", "so", "some", "that", "the", "their", "them",
        "then", "there", "these", "they", "this", "to", "up", "use", "using", "want", "was", "we",
        "what", "when", "which", "who", "will", "with", "you", "your",
    ];
    WORDS.binary_search(&word).is_ok()
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
    word(singular(lower));
}

/// Takes the plural ending off: `plots` and `plot`, `queries` and `query` are one word.
fn singular(word: &mut String) -> &str {
    if word.is_ascii() && word.len() > 3 && word.ends_with('s') {
        if word.ends_with("ies") && word.len() > 4 {
            word.truncate(word.len() - 3);
            word.push('y');
        } else if !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
            word.pop();
        }
    }
    word
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
