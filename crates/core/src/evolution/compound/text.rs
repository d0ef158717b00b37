//! What a compound skill says about itself.

use std::fmt::Write;

use super::{super::RunPattern, Taught};
use crate::{evolution::clean, markdown};

/// How many steps the name of a compound skill names.
const MAX_NAMED: usize = 3;
/// How many pitfalls it tells.
const MAX_PITFALLS: usize = 5;

/// Names the whole by its steps: `VQE > plot`.
pub(super) fn title(names: &[String]) -> String {
    match names {
        [first, .., last] if names.len() > MAX_NAMED => {
            format!("{first} > … > {last} ({} steps)", names.len())
        }
        _ => names.join(" > "),
    }
}

pub(super) fn description(names: &[String]) -> String {
    let mut text = String::from("Runs ");
    for (i, name) in names.iter().enumerate() {
        text.push_str(match i {
            0 => "",
            _ if i + 1 == names.len() => " and ",
            _ => ", ",
        });
        text.push_str(name);
    }
    text.push_str(" as one node, with the defaults that earlier runs taught");
    clean::plain(&text, 400)
}

pub(super) fn body(
    title: &str,
    pattern: &RunPattern,
    names: &[String],
    taught: &[Taught],
) -> String {
    let mut out = format!("# {}\n\n", markdown::line(title));
    let names: Vec<_> = names.iter().map(|name| markdown::line(name)).collect();
    let _ =
        writeln!(out, "Learned from runs that had these steps in common: {}.\n", names.join(", "));
    let n = pattern.count;
    let _ = write!(out, "Of {n} finished runs {} succeeded", pattern.n_success);
    let last = pattern.recent.keys().next_back();
    if let (Some(first), Some(last)) = (&pattern.first, last) {
        let _ = write!(out, ", the first on {}, the last on {}", first.day(), last.day());
    }
    out.push_str(".\n\n");
    if taught.is_empty() {
        out.push_str("All inputs were the same each time, so they are written inside.\n\n");
    } else {
        out.push_str("| input | default | learned from |\n| --- | --- | ---: |\n");
        for Taught { name, default, n } in taught {
            let default = default.as_ref().map_or_else(
                || "none: give it each time".to_owned(),
                |value| markdown::code(&clean::plain(&value.to_string(), 60)),
            );
            let _ = writeln!(out, "| `{name}` | {default} | {n} runs |");
        }
        out.push_str("\nWhat was the same each time is written inside.\n\n");
    }
    if !pattern.pitfalls.is_empty() {
        out.push_str("What went wrong in runs that failed:\n\n");
        for (step, what, n) in pattern.pitfalls.iter().take(MAX_PITFALLS) {
            let skill = pattern.structure.steps[*step as usize].id();
            let _ = writeln!(out, "- `{skill}`, {n} times: {}", clean::line(what, 160));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
