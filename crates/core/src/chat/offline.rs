//! What is said where no model is connected: what was found, from its own text.

use std::fmt::Write;

use crate::{compose::Proposal, search::Why};

/// A skill or workflow that was found for a message.
#[derive(Clone, Debug)]
pub struct Sighting<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// `skill` or `workflow`.
    pub noun: &'static str,
    /// What it says about itself.
    pub description: &'a str,
    /// The Markdown below.
    pub body: &'a str,
    /// What of the message was found where.
    pub why: &'a [Why],
}

/// Answers a message from what was found, best first. Markdown.
///
/// It says plainly that no model answers, and how to connect one.
pub fn offline_answer(found: &[Sighting<'_>], proposals: &[Proposal]) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| {
        // An error means that a text ran out of memory.
        let _ = writeln!(out, "{text}");
    };
    line(format_args!(
        "*No model is connected: this answer is put together from your skills alone.*\n"
    ));
    match found.first() {
        None => line(format_args!(
            "Nothing among the skills and workflows that you see is about this. Try the words that a skill would use, \
             such as `plot`, `table` or `circuit`, or look through the node library.\n"
        )),
        Some(first) => {
            line(format_args!(
                "The best match is the {} **{}** (`{}`).",
                first.noun, first.name, first.id
            ));
            let said = [first.description, paragraph(first.body)];
            for text in said.into_iter().filter(|text| !text.is_empty()) {
                line(format_args!("\n> {}", text.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
            if found.len() > 1 {
                line(format_args!("\nAlso found:\n"));
            }
            for other in &found[1..] {
                let about = other.description.split_whitespace().collect::<Vec<_>>().join(" ");
                let dash = if about.is_empty() { "" } else { ": " };
                line(format_args!("- **{}** (`{}`){dash}{about}", other.name, other.id));
            }
            line(format_args!(""));
        }
    }
    if let Some(best) = proposals.first() {
        let how = match best.saved {
            true => "it is saved as it stands",
            false => "its steps are chained by the types of their ports",
        };
        let n = best.workflow.nodes.len();
        let steps = if n == 1 { "1 step".to_owned() } else { format!("{n} steps") };
        line(format_args!("**{}** does this in {steps}; {how}.", best.workflow.name));
        for reason in &best.reasons {
            line(format_args!("- {reason}"));
        }
        if proposals.len() > 1 {
            line(format_args!("\nThere is more than one way; the others stand below it."));
        }
        line(format_args!(""));
    } else if !found.is_empty() {
        line(format_args!(
            "No runnable workflow follows from these alone: an input would have to be made up.\n"
        ));
    }
    line(format_args!(
        "To talk with a model, open **Model settings**, set `ANTHROPIC_API_KEY`, `OPENROUTER_API_KEY` or \
         `LLMOS_MODEL_URL` for the server, or start Ollama on this machine."
    ));
    out
}

/// The first paragraph of a body that is plain text.
fn paragraph(body: &str) -> &str {
    let mut blocks = body.split("\n\n").map(str::trim);
    let is_text = |block: &&str| {
        !block.is_empty() && !block.starts_with(['#', '`', '|', '-', '*', '>', '<', '~'])
    };
    let text = blocks.find(is_text).unwrap_or_default();
    match text.char_indices().nth(400) {
        Some((at, _)) => text[..at].rsplit_once(' ').map_or(&text[..at], |(words, _)| words),
        None => text,
    }
}
