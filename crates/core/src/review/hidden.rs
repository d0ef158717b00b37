//! Characters that are there and cannot be seen, or that make others appear where they are not.

/// A line longer than this, in characters, is told to the reviewer.
pub const LONG_LINE: usize = 300;

/// A part of a line: text as it is, or the name of a character that would not be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, or a name such as `U+202E`.
    pub text: String,
    /// Whether it stands for a character that would not be seen.
    pub hidden: bool,
}

/// Says whether a character would not be seen, would be taken for a plain space, or would move others around.
///
/// The tab, the line feed and the ordinary space are seen.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        // Controls, which a terminal would obey.
        c if c.is_control() => true,
        // What turns text around: the attack is known as Trojan Source.
        '\u{061c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => true,
        // Without width.
        '\u{00ad}' | '\u{034f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' => true,
        '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{1d173}'..='\u{1d17a}' => true,
        // Blanks other than the space, and letters that are drawn as nothing.
        '\u{00a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' => true,
        '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{2800}' => true,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' => true,
        // For private use: nobody knows what is drawn.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => true,
        _ => false,
    }
}

/// Counts the characters of a text that cannot be seen; the carriage return of a line end is none.
pub fn count_hidden(text: &str) -> usize {
    let n_ends = text.matches("\r\n").count();
    text.chars().filter(|c| is_hidden(*c)).count() - n_ends
}

/// Cuts a line into what is seen and what is not.
pub fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for c in line.chars() {
        if is_hidden(c) {
            pieces.push(Piece { text: format!("U+{:04X}", u32::from(c)), hidden: true });
            continue;
        }
        match pieces.last_mut().filter(|last| !last.hidden) {
            Some(last) => last.text.push(c),
            None => pieces.push(Piece { text: c.into(), hidden: false }),
        }
    }
    pieces
}

/// Returns a line in which every character can be seen: `a⟨U+202E⟩b`.
pub fn visible(line: &str) -> String {
    let shown =
        |piece: Piece| if piece.hidden { format!("⟨{}⟩", piece.text) } else { piece.text };
    pieces(line).into_iter().map(shown).collect()
}
