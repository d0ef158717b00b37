//! Any text on one line of a commit message or document, and back.
//!
//! Text of users stays readable and cannot be anything else: it holds no line
//! end, nothing invisible and nothing that turns text around, and no program that
//! trims lines changes it. `\` begins an escape: `\\`, `\n`, `\u{…}`; one at the
//! end of a line says that the line ends there, blanks before it included.

use std::fmt::Write;

use super::Artifact;
use crate::{slug::Slug, volume::VolumePath};

/// Writes a text on one line.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            c if c.is_control() || is_unseen(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    if out.ends_with(char::is_whitespace) {
        out.push('\\');
    }
    out
}

/// Reads a line that [`escape`] wrote. What is no escape stands for itself.
pub(super) fn unescape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('\\') {
            out.push('\\');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('n') {
            out.push('\n');
            rest = after;
        } else if let Some((c, after)) = code_point(rest) {
            out.push(c);
            rest = after;
        } else if !rest.is_empty() {
            out.push('\\');
        }
    }
    out + rest
}

/// Reads `u{…}` at the beginning of a text.
fn code_point(text: &str) -> Option<(char, &str)> {
    let (hex, after) = text.strip_prefix("u{")?.split_once('}')?;
    let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?;
    Some((c, after))
}

/// Says whether a character takes no place, or changes where others stand.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Writes an artifact: `code: name <path>`.
pub(super) fn artifact(artifact: &Artifact) -> String {
    let Artifact { kind, name, path } = artifact;
    let mut name = escape(name);
    match path {
        Some(path) => format!("{kind}: {name} <{path}>"),
        None => {
            if name.ends_with('>') || name.is_empty() {
                name.push('\\');
            }
            format!("{kind}: {name}")
        }
    }
}

/// Reads what [`artifact`] wrote, or says what it should be.
pub(super) fn parse_artifact(text: &str) -> Result<Artifact, String> {
    let shape = "an artifact is written as `kind: name` or `kind: name <path>`";
    let (kind, rest) = text.split_once(": ").ok_or(shape)?;
    let kind: Slug = kind.parse().map_err(|error| format!("bad kind of artifact: {error}"))?;
    let with_path = rest.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <"));
    let (name, path) = match with_path {
        Some((name, path)) => {
            let path: VolumePath =
                path.parse().map_err(|error| format!("bad path of an artifact: {error}"))?;
            (name, Some(path))
        }
        None => (rest, None),
    };
    Ok(Artifact { kind, name: unescape(name), path })
}
