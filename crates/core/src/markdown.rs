//! Text from users inside Markdown that the product writes: it stays text.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::{Serializer, Value, ser::Formatter};

/// The longest piece of user text that a summary shows, in characters.
const MAX_SHOWN: usize = 200;

/// Writes text on one line of a paragraph, list or table, so that no character of it is markup.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if c.is_ascii_punctuation()
            && !matches!(
                c,
                '.' | ',' | ':' | ';' | '-' | '\'' | '"' | '/' | '(' | ')' | '?' | '%' | '='
            )
        {
            out.push('\\');
        }
        out.push(c);
    }
    match out.strip_prefix('-') {
        Some(rest) => format!("\\-{rest}"),
        None => out,
    }
}

/// Writes text as code on one line. A backtick or a bar cannot stand in it, so others take their place.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text).replace('`', "'").replace('|', "¦");
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

/// Writes JSON on one line, with blanks after colons and commas.
pub(crate) fn spaced(value: &Value) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Spaced);
    // Values hold text keys alone and the sink is memory, so nothing can fail.
    let written = value.serialize(&mut serializer).is_ok();
    String::from_utf8(out).ok().filter(|_| written).unwrap_or_else(|| value.to_string())
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(b": ")
    }
}

/// Brings text onto one line without characters that do not show, and cuts it after so many.
pub(crate) fn plain(text: &str, max_chars: usize) -> String {
    let odd = |c: char| c.is_whitespace() || c.is_control() || is_hidden(c);
    let words: Vec<&str> = text.split(odd).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Says whether a character takes no room, or turns the text around it: what it does cannot be seen.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn one_line(text: &str) -> String {
    plain(text, MAX_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_text_is_no_markup() {
        let cases = [
            ("plain words, 3.5 %", "plain words, 3.5 %"),
            ("# title\n---\n", "\\# title ---"),
            ("- item", "\\- item"),
            ("a | b `c` <img> [x](y)", "a \\| b \\`c\\` \\<img\\> \\[x\\](y)"),
            ("*no* _no_ \\", "\\*no\\* \\_no\\_ \\\\"),
        ];
        for (text, want) in cases {
            assert_eq!(line(text), want, "text: {text:?}");
        }
        assert_eq!(code("a`b|c\r\nd"), "`a'b¦c d`");
        assert_eq!(line(&"x".repeat(500)).chars().count(), 201);
    }
}
