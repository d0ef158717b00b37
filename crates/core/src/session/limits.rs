//! How much a session takes, and what it may be called.

use super::{MAX_REPLACED, NewMessage, SessionHead, line::is_unseen};

/// The longest name of a session, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// The longest message with all its files, in bytes.
pub const MAX_CONTENT_BYTES: usize = 512 << 10;

/// The most traces, and the most artifacts, of one message.
pub const MAX_EXTRAS: usize = 100;

/// The longest document of a session, in bytes: what is longer is exported, not committed.
pub const MAX_DOCUMENT_BYTES: usize = 32 << 20;

/// Why something is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct TooMuch {
    /// The field that is at fault.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
    /// What to do instead.
    pub hint: &'static str,
}

/// Takes a name without the blanks around it, or says why it is none.
pub fn check_name(name: &str) -> Result<String, TooMuch> {
    let bad = |reason: String| TooMuch {
        field: "name",
        reason,
        hint: "write one line of 1 to 100 visible characters",
    };
    let name = name.trim();
    if name.is_empty() {
        return Err(bad("it is empty".to_owned()));
    }
    let n_chars = name.chars().count();
    if n_chars > MAX_NAME_CHARS {
        return Err(bad(format!("it has {n_chars} characters, {MAX_NAME_CHARS} are the most")));
    }
    match name.chars().find(|c| c.is_control() || is_unseen(*c)) {
        Some(c) => Err(bad(format!("it holds `{}`, which cannot be seen", c.escape_unicode()))),
        None => Ok(name.to_owned()),
    }
}

/// Makes a name of what is said first.
pub fn name_from(text: &str) -> String {
    let visible = |c: char| if c.is_control() || is_unseen(c) { ' ' } else { c };
    let line: String =
        text.trim().lines().next().unwrap_or_default().chars().map(visible).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.trim_start_matches(['#', '>', '-', '*', ' ']);
    match line.char_indices().nth(60) {
        _ if line.is_empty() => "Conversation".to_owned(),
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// Refuses a message that would take the place of one that is not there, or of more than a session keeps track of.
pub fn check_replaces(head: &SessionHead, number: u64) -> Result<(), TooMuch> {
    let bad = |reason: String, hint| Err(TooMuch { field: "replaces", reason, hint });
    if number == 0 || number > head.n_messages {
        return bad(
            format!("there is no message {number}"),
            "give the number of a message of this session",
        );
    }
    if head.replaced.stretches().len() >= MAX_REPLACED {
        let reason =
            format!("{MAX_REPLACED} stretches of messages were replaced, which are the most");
        return bad(reason, "begin a new session");
    }
    Ok(())
}

/// Refuses a message that is more than a session takes.
pub fn check_message(new: &NewMessage) -> Result<(), TooMuch> {
    let NewMessage { message, files, .. } = new;
    if message.content.trim().is_empty() && message.artifacts.is_empty() {
        let hint = "write what was said";
        return Err(TooMuch { field: "content", reason: "it is empty".to_owned(), hint });
    }
    let artifacts = message.artifacts.iter().map(|artifact| artifact.name.len());
    let n_bytes = message.content.len()
        + files.iter().map(|file| file.content.len()).sum::<usize>()
        + artifacts.sum::<usize>();
    if n_bytes > MAX_CONTENT_BYTES {
        return Err(TooMuch {
            field: "content",
            reason: format!(
                "it has {n_bytes} bytes with its artifacts, {MAX_CONTENT_BYTES} are the most"
            ),
            hint: "keep large material in a file of the volume, and name it",
        });
    }
    let counts = [("traces", message.traces.len()), ("artifacts", message.artifacts.len())];
    match counts.into_iter().find(|(_, n)| *n > MAX_EXTRAS) {
        Some((field, n)) => Err(TooMuch {
            field,
            reason: format!("there are {n}, {MAX_EXTRAS} are the most"),
            hint: "spread them over several messages",
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(check_name("  VQE for H₂ "), Ok("VQE for H₂".to_owned()));
        let long = "x".repeat(101);
        for bad in ["", "  ", "a\nSigned-off-by: root", "a\u{202e}b", "a\0", "a\u{200b}b", &long] {
            let refused = check_name(bad).expect_err(bad);
            assert_eq!(refused.field, "name");
        }
    }

    #[test]
    fn a_session_without_a_name_is_called_after_what_is_said_first() {
        let long = "word ".repeat(40);
        let cases = [
            ("Plot the convergence\nof a VQE", "Plot the convergence"),
            ("# Design\ta \u{202e}filter", "Design a filter"),
            ("\u{200b}\n", "Conversation"),
            ("", "Conversation"),
            (&long, "word word word word word word word word word word word word…"),
        ];
        for (text, want) in cases {
            assert_eq!(name_from(text), want);
            assert_eq!(check_name(want), Ok(want.to_owned()));
        }
    }
}
