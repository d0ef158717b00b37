//! `llmos skill context`

use std::process::ExitCode;

use llmos_core::search::{
    Fields, Index,
    context::{self, Candidate, Limits, Reason},
};
use serde::Serialize;

use super::workflow_check::SkillArgs;
use crate::{
    failure::{FOUND, Failure},
    out::{Out, say},
};

/// How many hits are looked at.
const MAX_CANDIDATES: usize = 30;

/// Fill a prompt with the skills that fit a query
///
/// It prints the best skills, whole where the budget allows it and as a summary where not, and says on standard
/// error what was left out and why. It takes the same skills as `llmos skill search`. Exits with 1 when nothing is
/// found. Nothing is sent to a model.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the prompt is about
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// How many tokens the skills may cost, four characters to a token
    #[arg(long, default_value_t = 4000)]
    budget: usize,
    /// How many skills at most
    #[arg(long, default_value_t = 5)]
    max_skills: usize,
    /// Print one JSON object: `{text, tokens, budget, skills_used, left_out}`
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    skills: SkillArgs,
}

#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    tokens: usize,
    budget: usize,
    skills_used: Vec<Used<'a>>,
    left_out: Vec<Unused<'a>>,
}

#[derive(Serialize)]
struct Used<'a> {
    skill_id: &'a str,
    form: &'static str,
    tokens: usize,
    score: f64,
}

#[derive(Serialize)]
struct Unused<'a> {
    skill_id: &'a str,
    score: f64,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<usize>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let skills = super::skill_search::skills(&args.skills)?;
    let index = Index::new(skills.iter().map(Fields::of).enumerate());
    let hits = index.search(&args.query.join(" "), MAX_CANDIDATES);
    let candidate = |hit: &llmos_core::search::Hit| {
        let skill = &skills[hit.doc];
        Candidate {
            id: skill.id.as_str(),
            name: &skill.name,
            description: &skill.description,
            body: &skill.body,
            score: hit.score,
        }
    };
    let candidates: Vec<Candidate<'_>> = hits.iter().map(candidate).collect();
    let limits = Limits { tokens: args.budget, skills: args.max_skills };
    let context = context::fill(&candidates, limits);
    let used = context.taken.iter().map(|taken| Used {
        skill_id: candidates[taken.candidate].id,
        form: taken.form.as_str(),
        tokens: taken.tokens,
        score: candidates[taken.candidate].score,
    });
    let left_out = context.left_out.iter().map(|left| Unused {
        skill_id: candidates[left.candidate].id,
        score: candidates[left.candidate].score,
        reason: left.why.as_str(),
        needs: match left.why {
            Reason::NoRoom { needs } => Some(needs),
            Reason::LessFitting | Reason::EnoughSkills => None,
        },
    });
    let answer = Answer {
        text: &context.text,
        tokens: context.tokens,
        budget: args.budget,
        skills_used: used.collect(),
        left_out: left_out.collect(),
    };
    let mut out = Out::new();
    if args.json {
        // Nobody is left to tell when the reader is gone.
        let _ = out.json(&answer)?;
    } else if !answer.text.is_empty() {
        let _ = out.line(&answer.text.trim_end())?;
    }
    out.finish()?;
    if !args.json {
        tell(&answer, skills.len());
    }
    Ok(if hits.is_empty() { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// Says what was taken and what was not.
fn tell(answer: &Answer<'_>, n_skills: usize) {
    if answer.skills_used.is_empty() && answer.left_out.is_empty() {
        say(&format!("none of {n_skills} skills has such words"));
        return;
    }
    say(&format!("about {} of {} tokens", answer.tokens, answer.budget));
    for Unused { skill_id, reason, needs, .. } in &answer.left_out {
        let why = match (*reason, needs) {
            ("no_room", Some(needs)) => format!("its summary needs {needs} tokens"),
            ("enough_skills", _) => "enough better ones were taken".to_owned(),
            _ => "it fits much less than the best one".to_owned(),
        };
        say(&format!("left out: {skill_id}: {why}"));
    }
}
