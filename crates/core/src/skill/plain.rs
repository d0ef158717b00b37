//! What every list shows of a skill: short, and nothing in it that means something to a terminal.

use super::report::Report;
use crate::yaml::Node;

/// What is shown, how many characters of it Agent Skills takes, and what is said of more.
const SHOWN: [(&str, usize, &str); 3] = [
    ("name", 64, "long-name"),
    ("description", 1024, "long-description"),
    ("category", 64, "long-category"),
];

/// From so many bytes on it is no longer taken.
const MAX_BYTES: usize = 8 << 10;

/// Refuses control characters and what is much too long; warns of what is longer than Agent Skills takes.
pub(super) fn plain(root: &Node, report: &mut Report<'_>) {
    for (key, n_usual, code) in SHOWN {
        let Some(node) = root.get(key) else { continue };
        let (Some(text), at) = (node.text(), node.span.start) else { continue };
        // Lines and tabs are no more than white space.
        let is_control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if let Some(found) = text.chars().find(is_control) {
            let message = format!(
                "the {key} has the control character U+{:04X}, which can change what a terminal shows",
                u32::from(found)
            );
            report.error("control-character", at, message, "take it out");
        }
        let hint = "move details into the body";
        if text.len() > MAX_BYTES {
            let message =
                format!("the {key} has {} bytes, at most {MAX_BYTES} are taken", text.len());
            report.error(code, at, message, hint);
        } else if text.chars().count() > n_usual {
            let message = format!("the {key} has more than {n_usual} characters");
            report.warning(code, at, message, hint);
        }
    }
}
