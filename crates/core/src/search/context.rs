//! Fills the part of a prompt that skills may take: the best ones whole, the
//! next ones as a summary, and it says what was left out and why. It does not
//! know the model: what a text costs is an estimate that errs on the high side.

use std::fmt::Write;

/// A skill that scores less than this part of the best one is about something else.
const LEAST_SHARE: f64 = 0.35;
/// How many characters of a description a summary takes.
const MAX_DESCRIPTION: usize = 400;
/// How many headings of the body a summary names.
const MAX_HEADINGS: usize = 12;

/// A skill that was found, and what would be shown of it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it does and when to use it.
    pub description: &'a str,
    /// The Markdown below the front matter.
    pub body: &'a str,
    /// How well it fits: [`super::Hit::score`].
    pub score: f64,
}

/// How much may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many tokens all skills together may cost, by [`tokens`].
    pub tokens: usize,
    /// How many skills are taken at most.
    pub skills: usize,
}

/// What goes into the prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The skills, best first, each between `<skill>` and `</skill>`.
    pub text: String,
    /// What the text costs; never more than the limit.
    pub tokens: usize,
    /// The skills that were taken, best first.
    pub taken: Vec<Taken>,
    /// The others, best first.
    pub left_out: Vec<LeftOut>,
}

/// A skill that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its place among the candidates.
    pub candidate: usize,
    /// How much of it.
    pub form: Form,
    /// What it costs.
    pub tokens: usize,
}

/// How much of a skill is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All of it.
    Whole,
    /// Name, description and the headings of its body.
    Summary,
}

/// A skill that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its place among the candidates.
    pub candidate: usize,
    /// Why.
    pub why: Reason,
}

/// Why a skill was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It fits the query much less than the best one does.
    LessFitting,
    /// Enough better ones were taken.
    EnoughSkills,
    /// Not even its summary fits into what better ones left.
    NoRoom {
        /// What its summary costs.
        needs: usize,
    },
}

impl Form {
    /// Returns the name that answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Summary => "summary",
        }
    }
}

impl Reason {
    /// Returns the name that answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LessFitting => "less_fitting",
            Self::EnoughSkills => "enough_skills",
            Self::NoRoom { .. } => "no_room",
        }
    }
}

/// Estimates how many tokens a text costs.
///
/// Models cut text in different ways; four ASCII characters to a token is the
/// usual rule of thumb for English, and any other character counts as one.
pub fn tokens(text: &str) -> usize {
    let n_ascii = text.bytes().filter(u8::is_ascii).count();
    n_ascii.div_ceil(4) + text.chars().filter(|c| !c.is_ascii()).count()
}

/// Takes as much of the candidates as the limits allow; they come best first.
///
/// First each skill that fits the query gets room for its summary, in order;
/// then, in order, those for which there is still room are shown whole.
pub fn fill(candidates: &[Candidate<'_>], limits: Limits) -> Context {
    let mut context = Context::default();
    let best = candidates.first().map_or(0.0, |candidate| candidate.score);
    let mut shown: Vec<(usize, Form, String)> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let mut leave = |why| context.left_out.push(LeftOut { candidate: at, why });
        if candidate.score < best * LEAST_SHARE {
            leave(Reason::LessFitting);
            continue;
        }
        if shown.len() >= limits.skills {
            leave(Reason::EnoughSkills);
            continue;
        }
        // A short skill may be shorter than its summary.
        let (whole, summary) = (whole(candidate), summary(candidate));
        let (form, text) = if tokens(&whole) <= tokens(&summary) {
            (Form::Whole, whole)
        } else {
            (Form::Summary, summary)
        };
        let needs = tokens(&text);
        if context.tokens + needs > limits.tokens {
            leave(Reason::NoRoom { needs });
            continue;
        }
        context.tokens += needs;
        shown.push((at, form, text));
    }
    for (at, form, text) in &mut shown {
        let whole = whole(&candidates[*at]);
        let grown = context.tokens - tokens(text) + tokens(&whole);
        if *form == Form::Summary && grown <= limits.tokens {
            context.tokens = grown;
            (*form, *text) = (Form::Whole, whole);
        }
    }
    for (candidate, form, text) in shown {
        context.taken.push(Taken { candidate, form, tokens: tokens(&text) });
        context.text.push_str(&text);
    }
    // Joined texts cost no more than apart: each is rounded up.
    context.tokens = tokens(&context.text);
    context
}

fn whole(skill: &Candidate<'_>) -> String {
    let body = skill.body.trim();
    let mut text = format!("# {}\n", one_line(skill.name));
    for part in [skill.description.trim(), body] {
        if !part.is_empty() {
            let _ = write!(text, "\n{part}\n");
        }
    }
    enclosed(skill, Form::Whole, &text)
}

fn summary(skill: &Candidate<'_>) -> String {
    let mut text = format!("# {}\n", one_line(skill.name));
    let description = shortened(&one_line(skill.description));
    if !description.is_empty() {
        let _ = write!(text, "\n{description}\n");
    }
    let headings = headings(skill.body);
    if !headings.is_empty() {
        let _ = write!(text, "\nSections: {}\n", headings.join("; "));
    }
    enclosed(skill, Form::Summary, &text)
}

/// Marks where a skill begins and ends; its text cannot do so itself.
fn enclosed(skill: &Candidate<'_>, form: Form, text: &str) -> String {
    let id: String = skill.id.chars().filter(|c| !matches!(c, '"' | '<' | '>' | '\n')).collect();
    let text = guarded(text);
    format!("<skill id=\"{id}\" form=\"{}\">\n{text}</skill>\n", form.as_str())
}

/// Breaks what looks like a mark of ours.
fn guarded(text: &str) -> String {
    const MARK: &str = "skill";
    let is_mark = |after: &str| {
        let after = after.strip_prefix('/').unwrap_or(after).trim_start();
        after.get(..MARK.len()).is_some_and(|word| word.eq_ignore_ascii_case(MARK))
    };
    let mut guarded = String::with_capacity(text.len());
    for (at, part) in text.split('<').enumerate() {
        if at > 0 {
            guarded.push_str(if is_mark(part) { "&lt;" } else { "<" });
        }
        guarded.push_str(part);
    }
    guarded
}

/// Returns the headings of a Markdown text outside of its code.
fn headings(body: &str) -> Vec<String> {
    let mut in_code = false;
    let mut headings = Vec::new();
    for line in body.lines() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            in_code = !in_code;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if !in_code && (1..=3).contains(&level) && title.starts_with(' ') {
            headings.push(one_line(title));
        }
    }
    headings.truncate(MAX_HEADINGS);
    headings
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_DESCRIPTION) {
        None => text.to_owned(),
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &text[..cut])
        }
    }
}

#[cfg(test)]
mod tests;
