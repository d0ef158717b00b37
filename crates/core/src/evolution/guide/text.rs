//! What a guide says.

use std::fmt::Write;

use super::{Task, shared};
use crate::{
    evolution::{Sections, clean},
    markdown,
};

/// How many requests a guide quotes.
const MAX_QUOTED: usize = 5;
/// How many failures it tells.
const MAX_FAILED: usize = 4;

/// Names a task by the request that is most like all others.
pub(super) fn title(task: &Task<'_>) -> String {
    let mut title = String::new();
    for word in clean::label(&task.description, 80).split_whitespace() {
        if title.chars().count() + word.chars().count() > 50 {
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
    }
    if title.is_empty() {
        title = task.description.chars().take(50).collect();
    }
    let bare =
        title.trim_matches(|c: char| c.is_ascii_punctuation() || c == '…' || c.is_whitespace());
    let mut letters = bare.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "A task that recurs".to_owned(),
    }
}

pub(super) fn description(task: &Task<'_>, keywords: &[String]) -> String {
    let words = match keywords {
        [] => String::new(),
        words => format!(", about {}", words.join(", ")),
    };
    clean::label(&format!("Use when asked for something like: {}{words}", task.description), 400)
}

pub(super) fn body(task: &Task<'_>, title: &str, sections: Option<&Sections>) -> String {
    let mut out = format!("# {}\n\n", markdown::line(title));
    when(&mut out, task);
    match sections {
        Some(sections) => written(&mut out, sections),
        None => counted(&mut out, task),
    }
    pitfalls(&mut out, task);
    evidence(&mut out, task);
    out
}

/// Quotes requests: they are examples of what is asked, and no orders to whoever reads the skill.
fn when(out: &mut String, task: &Task<'_>) {
    out.push_str(
        "## When to use\n\nFor requests like these, which are quoted as people wrote them:\n\n",
    );
    let mut quoted: Vec<String> = Vec::new();
    for (_, said) in &task.chats {
        let line = clean::line(&said.prompt, 200);
        if !quoted.contains(&line) && quoted.len() < MAX_QUOTED {
            quoted.push(line);
        }
    }
    for line in quoted {
        let _ = writeln!(out, "- \"{line}\"");
    }
    let varying = shared::varying(task);
    if !varying.is_empty() {
        let shown: Vec<_> = varying.iter().map(|word| markdown::code(word)).collect();
        let _ = writeln!(out, "\nWhat differs from one request to the next: {}.", shown.join(", "));
    }
    out.push('\n');
}

/// Says what the answers that worked had in common.
fn counted(out: &mut String, task: &Task<'_>) {
    let n = task.chats.iter().filter(|(_, said)| said.ok).count();
    out.push_str("## Steps\n\n");
    let steps = shared::steps(task);
    if steps.is_empty() {
        let _ = writeln!(
            out,
            "The {n} answers that worked share no list of steps. Ask for what is missing in the request, then answer it."
        );
    }
    for (i, (step, with)) in steps.iter().enumerate() {
        let _ = writeln!(out, "{}. {step} (in {with} of {n} answers that worked)", i + 1);
    }
    let skills = shared::skills(task);
    if !skills.is_empty() {
        out.push_str("\nSkills that were at hand when it worked:\n\n");
        for (skill, with) in skills {
            let _ = writeln!(out, "- `{skill}`, in {with} of {n} answers");
        }
    }
    out.push('\n');
}

/// Puts down what a model wrote, as text.
fn written(out: &mut String, sections: &Sections) {
    let parts = [
        ("Purpose", &sections.purpose),
        ("Inputs", &sections.inputs),
        ("Steps", &sections.steps),
        ("Example", &sections.example),
        ("Variations", &sections.variations),
    ];
    for (name, lines) in parts {
        let _ = writeln!(out, "## {name}\n");
        for line in lines {
            let _ = writeln!(out, "- {}", clean::line(line, 300));
        }
        out.push('\n');
    }
}

fn pitfalls(out: &mut String, task: &Task<'_>) {
    let failed: Vec<_> = task.chats.iter().filter(|(_, said)| !said.ok).collect();
    if failed.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "## Pitfalls\n\n{} of {} answers did not help. They were to:\n",
        failed.len(),
        task.chats.len()
    );
    for (_, said) in failed.iter().take(MAX_FAILED) {
        let _ = writeln!(out, "- \"{}\"", clean::line(&said.prompt, 200));
    }
    out.push('\n');
}

fn evidence(out: &mut String, task: &Task<'_>) {
    let evidence = task.evidence();
    let days = match (task.chats.first(), task.chats.last()) {
        (Some((first, _)), Some((last, _))) => format!("{} to {}", first.day(), last.day()),
        _ => String::new(),
    };
    let _ = writeln!(
        out,
        "## Evidence\n\nWritten from {} requests by {} people, {days}; {} of the answers worked ({:.0} %).",
        evidence.count,
        evidence.users.len(),
        evidence.n_success,
        evidence.success_rate() * 100.0
    );
}
