//! Writing: data to standard output, talk to standard error.
//!
//! A reader that closes the pipe early (`llmos … | head`) ends the command
//! quietly: nobody is left to tell.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, BufWriter, StdoutLock, Write},
    ops::ControlFlow,
};

use serde::Serialize;

use crate::failure::{Failure, FailureKind};

/// Standard output.
pub(crate) struct Out {
    to: BufWriter<StdoutLock<'static>>,
}

/// Whether anybody still reads.
pub(crate) type Heard = Result<ControlFlow<()>, Failure>;

impl Out {
    pub(crate) fn new() -> Self {
        Self { to: BufWriter::new(io::stdout().lock()) }
    }

    /// Writes a line; what a stranger wrote into it means nothing to a terminal.
    pub(crate) fn line(&mut self, text: &dyn Display) -> Heard {
        heard(writeln!(self.to, "{}", shown(&text.to_string())))
    }

    /// Writes a value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Heard {
        let json = serde_json::to_string(value).expect("because the value is plain data");
        // JSON itself escapes the first 32; the others stand in texts alone.
        let mut plain = String::with_capacity(json.len());
        for c in json.chars() {
            match c.is_control() {
                true => plain.push_str(&format!("\\u{:04x}", u32::from(c))),
                false => plain.push(c),
            }
        }
        heard(writeln!(self.to, "{plain}"))
    }

    /// Hands over what was held back.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        heard(self.to.flush()).map(|_| ())
    }
}

/// Says something to the person, and goes on when nobody listens.
pub(crate) fn say(text: &str) {
    // There is nowhere left to report to when standard error is closed.
    let _ = writeln!(io::stderr(), "{}", shown(text));
}

/// Keeps control characters from meaning something to a terminal: they move its cursor, rename
/// its window or write to its clipboard. Lines and tabs stay.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    // Lines that end as on Windows stay as well.
    let mut before_break = text.match_indices("\r\n").map(|(at, _)| at).peekable();
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let ends_line = before_break.next_if_eq(&at).is_some();
        if is_plain(c) || ends_line {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
    }
    Cow::Owned(out)
}

fn heard(result: io::Result<()>) -> Heard {
    match result {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(Failure::new(
            FailureKind::Internal,
            format!("cannot write to standard output: {error}"),
            "check where the output goes",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_a_stranger_wrote_means_nothing_to_a_terminal() {
        for (text, want) in [
            ("plain, ünïcode\n\tand lines\r\n", "plain, ünïcode\n\tand lines\r\n"),
            ("\u{1b}]0;owned\u{7}x", "\\u{1b}]0;owned\\u{7}x"),
            ("over\rwritten\u{9b}2J", "over\\rwritten\\u{9b}2J"),
        ] {
            assert_eq!(shown(text), want);
        }
    }
}
