//! English words that hold sentences together, and signs of what a description says.

/// Says whether a word, in lower case, holds a sentence together and tells nothing by itself.
pub(crate) fn is_stop_word(word: &str) -> bool {
    match word.as_bytes() {
        [letter] => letter.is_ascii_alphabetic() && !matches!(letter, b'c' | b'r'),
        _ => STOP_WORDS.binary_search(&word).is_ok(),
    }
}

/// Says whether a description says when to use what it describes, not only what that is.
pub(super) fn says_when(description: &str) -> bool {
    const SIGNS: [&str; 15] = [
        "use when",
        "use if",
        "use for",
        "use proactively",
        "use whenever",
        "use this",
        "use the skill",
        "use it when",
        "when the user",
        "when user",
        "when you",
        "whenever",
        "trigger",
        "使用",
        "用户",
    ];
    let lower = description.to_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
}

/// In order; single letters are not listed.
const STOP_WORDS: &[&str] = &[
    "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been",
    "being", "both", "but", "by", "can", "could", "did", "do", "does", "doing", "don", "each",
    "every", "for", "from", "get", "give", "had", "has", "have", "he", "help", "her", "here",
    "him", "his", "how", "if", "in", "into", "is", "it", "its", "just", "let", "like", "ll",
    "make", "me", "more", "most", "my", "need", "no", "nor", "not", "now", "of", "on", "only",
    "or", "our", "out", "own", "please", "re", "same", "she", "should", "so", "some", "such",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "too",
    "up", "us", "use", "used", "user", "users", "using", "ve", "very", "via", "want", "was", "we",
    "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your",
];
