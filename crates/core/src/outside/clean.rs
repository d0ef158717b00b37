//! Text of strangers, made safe to show.

use super::{MAX_ANSWER_BYTES, MAX_DESCRIPTION_CHARS};
use crate::markdown;

/// The longest name of a tool.
const MAX_NAME_LEN: usize = 128;

/// Says whether a text is the name of a tool, as the protocol has them.
pub fn is_tool_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    (1..=MAX_NAME_LEN).contains(&text.len()) && text.bytes().all(plain)
}

/// A description on one line, cut, without what cannot be seen.
pub fn description(text: &str) -> String {
    markdown::plain(text, MAX_DESCRIPTION_CHARS)
}

/// The text of an answer without what cannot be seen or moves a cursor, cut where it is too long.
pub fn answer_text(text: &str) -> String {
    let is_shown =
        |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || markdown::is_hidden(*c));
    let clean: String = text.chars().filter(is_shown).collect();
    if clean.len() <= MAX_ANSWER_BYTES {
        return clean;
    }
    let end = (0..=MAX_ANSWER_BYTES).rev().find(|at| clean.is_char_boundary(*at)).unwrap_or(0);
    format!("{}\n[cut: the answer has {} bytes]", &clean[..end], clean.len())
}
