//! Text that comes out of traces is data: what is written of it into a skill
//! stays text, shows all that it holds, and gives away no key.
//!
//! A reviewer must be able to see what a draft says. So characters that do not
//! show are taken out, everything stands on one line, markup is escaped, and
//! what looks like an order to a model is pointed out.

use crate::markdown;

/// What stands in place of a secret.
pub const MASK: &str = "[secret removed]";

/// Beginnings of keys that well-known services give out, and how many more characters must follow.
const KEY_BEGINNINGS: [(&str, usize); 24] = [
    ("sk-", 16),
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("pk_live_", 8),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 20),
    ("ya29.", 12),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxa-", 8),
    ("xoxs-", 8),
    ("hf_", 16),
    ("npm_", 16),
    ("eyJ", 20),
    ("SG.", 16),
];

/// Words after which a secret follows: `password=…`, `api key: …`.
const SECRET_NAMES: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private_key",
    "authorization",
    "bearer",
];

/// Phrases that speak to a model instead of asking for something.
const ORDERS: [&str; 16] = [
    "ignore previous",
    "ignore all previous",
    "ignore the above",
    "ignore your instructions",
    "disregard previous",
    "disregard all",
    "disregard the above",
    "forget your instructions",
    "forget all previous",
    "you are now",
    "new instructions",
    "system prompt",
    "do not tell the user",
    "without telling",
    "do not mention",
    "exfiltrate",
];

/// Parts of commands that do harm where somebody follows them.
const HARM: [&str; 7] = ["curl ", "wget ", "rm -rf", "| sh", "| bash", "base64 -d", "powershell"];

/// Writes text on one line as Markdown in which nothing of it is markup, at most so many characters long.
pub fn line(text: &str, max_chars: usize) -> String {
    markdown::line(&plain(text, max_chars))
}

/// Writes text on one line without hidden characters and secrets, at most so many characters long.
pub fn plain(text: &str, max_chars: usize) -> String {
    // Cut last: what is left of a key would not look like one.
    markdown::plain(&masked(&markdown::plain(text, usize::MAX)), max_chars)
}

/// Like [`plain`], without the characters that begin markup: for names and descriptions.
pub fn label(text: &str, max_chars: usize) -> String {
    plain(&text.replace(['<', '>', '`', '[', ']', '{', '}', '|'], " "), max_chars)
}

/// Says whether a text may become part of what runs: all of it shows, and it holds no secret.
pub fn is_clean(text: &str) -> bool {
    let hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || markdown::is_hidden(c);
    !text.contains(hidden) && masked(text) == text
}

/// Names what a reviewer should look at twice in a text, in a few words each.
pub fn suspicions(text: &str) -> Vec<&'static str> {
    let lower = markdown::plain(text, usize::MAX).to_lowercase();
    let mut found = Vec::new();
    if ORDERS.iter().any(|order| lower.contains(order)) {
        found.push("speaks to the model instead of asking for something");
    }
    if HARM.iter().any(|harm| lower.contains(harm)) {
        found.push("holds a command for a shell");
    }
    if lower.contains("http://") || lower.contains("https://") {
        found.push("holds an address");
    }
    if text.contains(markdown::is_hidden) {
        found.push("held characters that do not show");
    }
    if text.contains("<!--") || text.contains("<script") {
        found.push("held markup");
    }
    if masked(text) != text {
        found.push("held what looks like a key or a password");
    }
    found
}

/// Puts [`MASK`] in place of whatever looks like a key or a password.
pub fn masked(text: &str) -> String {
    if let Some(start) = text.find("-----BEGIN ") {
        // A key in many lines, or what came of it on one; the rest of the text where it does not end.
        let rest = &text[start..];
        let last = rest.find("-----END ").map(|at| at + "-----END ".len());
        let end = last.and_then(|at| Some(at + rest[at..].find("-----")? + "-----".len()));
        let end = end.unwrap_or(rest.len());
        return format!("{}{MASK}{}", masked(&text[..start]), masked(&rest[end..]));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut names_secret = false;
    while !rest.is_empty() {
        let gap = rest.find(is_token).unwrap_or(rest.len());
        let (between, after) = rest.split_at(gap);
        let end = after.find(|c| !is_token(c)).unwrap_or(after.len());
        let (token, next) = after.split_at(end);
        names_secret &=
            between.chars().all(|c| matches!(c, ' ' | ':' | '=' | '"' | '\'' | '>' | '\\'));
        out.push_str(between);
        if token.is_empty() {
            break;
        }
        let is_password_of_address =
            between.ends_with(':') && next.starts_with('@') && out.contains("//");
        let lower = token.to_lowercase();
        let follows = names_secret && token.chars().count() >= 6 && !is_name(&lower);
        if is_key(token) || follows || is_password_of_address {
            out.push_str(MASK);
        } else {
            out.push_str(token);
        }
        let after = next.trim_start_matches([' ', '"', '\'', '\\']);
        let assigns = after.starts_with([':', '=']) || after.starts_with("is ");
        let says = is_name(&lower) && (assigns || lower == "bearer");
        names_secret = says || (names_secret && lower == "is");
        rest = next;
    }
    out
}

/// Says whether a word names a secret.
fn is_name(lower: &str) -> bool {
    SECRET_NAMES.iter().any(|name| lower == *name || lower.ends_with(&format!("_{name}")))
        || lower == "basic"
}

fn is_token(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '_' | '-' | '.' | '+' | '/' | '~' | '!' | '$' | '#' | '%' | '^' | '*')
}

fn is_key(token: &str) -> bool {
    let known = KEY_BEGINNINGS.iter().any(|(beginning, least)| {
        token.match_indices(beginning).any(|(at, _)| {
            let starts = at == 0 || !token[..at].ends_with(|c: char| c.is_alphanumeric());
            let rest = &token[at + beginning.len()..];
            let body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            starts && rest.chars().take_while(|c| body(*c)).count() >= *least
        })
    });
    known || token.split(['/', '.', '-']).any(is_random)
}

/// Says whether a word looks drawn by chance: long, with digits and both cases, or long and hexadecimal.
fn is_random(word: &str) -> bool {
    let n = word.len();
    let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
    let mixed =
        has(char::is_ascii_digit) && has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = word.bytes().all(|b| b.is_ascii_hexdigit()) && digits * 5 > n && digits < n;
    (n >= 24 && mixed) || (n >= 32 && hexadecimal)
}
