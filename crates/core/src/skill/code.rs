//! Fenced code blocks in Markdown, as far as finding the code of a skill needs it.

use std::ops::Range;

use crate::document;

/// A fenced code block that stands on its own, not inside a list or quotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The first word of the info string in lower case.
    pub(crate) language: String,
    /// The opening line without its line end.
    pub(crate) open: Range<usize>,
    /// The lines between the fences with their line ends.
    pub(crate) content: Range<usize>,
    /// The closing line without its line end, unless the text ends before it.
    pub(crate) close: Option<Range<usize>>,
    /// How many blanks stand before the opening fence.
    indent: usize,
}

/// Finds the code blocks of `text` from `start` on.
pub(crate) fn fences(text: &str, start: usize) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<(Fence, char, usize)> = None;
    for line in document::lines(text, start) {
        let content = &text[line.content.clone()];
        match &mut open {
            Some((fence, mark, len)) => {
                fence.content.end = line.content.start;
                if closes(content, *mark, *len) {
                    fence.close = Some(line.content);
                    found.extend(open.take().map(|(fence, ..)| fence));
                }
            }
            None => {
                open = opens(content).map(|(indent, mark, len, language)| {
                    let content = line.end..line.end;
                    let fence =
                        Fence { language, open: line.content, content, close: None, indent };
                    (fence, mark, len)
                });
            }
        }
    }
    if let Some((mut fence, ..)) = open {
        fence.content.end = text.len().max(fence.content.start);
        found.push(fence);
    }
    found
}

/// Returns the code of a block: without the indentation of its fence, lines ended by `\n`.
pub(crate) fn code(text: &str, fence: &Fence) -> String {
    let content = document::unified(&text[fence.content.clone()]);
    let mut code = String::with_capacity(content.len());
    for line in content.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        code.push_str(&line[blanks.min(fence.indent)..]);
    }
    if !code.is_empty() && !code.ends_with('\n') {
        code.push('\n');
    }
    code
}

/// Returns how many marks a fence around this code needs, so that no line of it closes it.
pub(crate) fn fence_len(code: &str) -> usize {
    let run = |line: &str| {
        let line = line.trim_start();
        line.len() - line.trim_start_matches('`').len()
    };
    code.lines().map(run).max().map_or(3, |longest| longest.max(2) + 1)
}

/// Says whether code defines `execute` at its top level; `None` for languages that have no such rule.
pub(crate) fn defines_execute(language: &str, code: &str) -> Option<bool> {
    match language {
        "python" | "py" | "python3" => Some(code.lines().any(|line| {
            let line = line.strip_prefix("async ").unwrap_or(line).trim_start_matches(' ');
            let rest = line.strip_prefix("def ").map(str::trim_start).unwrap_or(line);
            let rest = rest.strip_prefix("execute").map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with(['(', '=']) && !rest.starts_with("=="))
        })),
        "javascript" | "js" | "mjs" => Some(code.match_indices("execute").any(|(at, word)| {
            let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
            let before = &code[..at];
            let after = &code[at + word.len()..];
            let head = before.trim_end_matches([' ', '\t', '\n', '\r', '*']);
            let keyword = ["function", "const", "let", "var", "as", "{", ","];
            let assigned = after.trim_start().starts_with('=');
            !before.ends_with(inner)
                && !after.starts_with(inner)
                && (keyword.iter().any(|word| head.ends_with(word)) || assigned)
        })),
        _ => None,
    }
}

fn opens(line: &str) -> Option<(usize, char, usize, String)> {
    let rest = line.trim_start_matches(' ');
    let indent = line.len() - rest.len();
    let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = rest.trim_start_matches(mark);
    let len = rest.len() - info.len();
    if indent > 3 || len < 3 || (mark == '`' && info.contains('`')) {
        return None;
    }
    let language = info.trim_start().split([' ', '\t', '{', ',']).next().unwrap_or_default();
    Some((indent, mark, len, language.to_lowercase()))
}

fn closes(line: &str, mark: char, len: usize) -> bool {
    let rest = line.trim_start_matches(' ');
    let tail = rest.trim_start_matches(mark);
    line.len() - rest.len() <= 3
        && rest.len() - tail.len() >= len
        && tail.trim_matches([' ', '\t']).is_empty()
}
