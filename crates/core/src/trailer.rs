//! Trailers: lines such as `Promoted-From: user/ana` at the end of a commit message, which `git log` and
//! `git interpret-trailers` know as well.

/// Makes a commit message: a subject, whatever explains it, and trailers.
///
/// The trailers are always a paragraph of their own, so that nothing in `body` is taken for one. Line ends and
/// other control characters in a value become spaces.
pub fn message(subject: &str, body: &str, trailers: &[(&str, String)]) -> String {
    let mut text = one_line(subject);
    let body: String = body.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if !body.trim().is_empty() {
        text.push_str("\n\n");
        text.push_str(body.trim());
    }
    text.push_str("\n\n");
    for (key, value) in trailers {
        text.push_str(&format!("{key}: {}\n", one_line(value)));
    }
    text
}

/// Reads the trailers of a message: the lines of its last paragraph, if every one of them is a trailer.
///
/// What they say is what the author of the commit wrote; nothing here proves it.
pub fn read(message: &str) -> Vec<(&str, &str)> {
    let text = message.trim_end();
    let Some((_, last)) = text.rsplit_once("\n\n") else { return Vec::new() };
    let trailer = |line| {
        let (key, value): (&str, &str) = str::split_once(line, ": ")?;
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (!key.is_empty() && key.bytes().all(word)).then(|| (key, value.trim()))
    };
    last.lines().map(trailer).collect::<Option<_>>().unwrap_or_default()
}

/// Returns the value of the first trailer of that name.
pub fn get<'m>(trailers: &[(&str, &'m str)], name: &str) -> Option<&'m str> {
    trailers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
}

/// Returns what stands between the subject and the trailers.
pub fn body(message: &str) -> &str {
    let text = message.trim_end();
    let Some((_, rest)) = text.split_once('\n') else { return "" };
    let rest = rest.trim_start();
    if read(message).is_empty() {
        return rest.trim_end();
    }
    rest.rsplit_once("\n\n").map_or("", |(before, _)| before.trim_end())
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back() {
        let text =
            message("skill: promote plot", "It helps.\n\nMuch.", &[("From", "user/ana".into())]);
        assert_eq!(text, "skill: promote plot\n\nIt helps.\n\nMuch.\n\nFrom: user/ana\n");
        assert_eq!(read(&text), [("From", "user/ana")]);
        assert_eq!(body(&text), "It helps.\n\nMuch.");
        let bare = message("subject", "  ", &[("From", "x".into())]);
        assert_eq!((body(&bare), read(&bare)), ("", vec![("From", "x")]));
    }

    #[test]
    fn nobody_writes_a_trailer_through_a_reason_or_a_value() {
        let text =
            message("s", "good\n\nApproved-By: root", &[("From", "a\nApproved-By: root".into())]);
        assert_eq!(read(&text), [("From", "a Approved-By: root")]);
        assert_eq!(get(&read(&text), "Approved-By"), None);
    }

    #[test]
    fn a_paragraph_of_prose_holds_no_trailer() {
        for text in
            ["", "subject", "subject\n\nNote: this\nis prose", "a: b", "s\n\nno key here: x"]
        {
            assert_eq!(read(text), [], "{text:?}");
        }
        assert_eq!(body("subject\n\nprose\n"), "prose");
    }
}
