//! `llmos skill search`

use std::{collections::BTreeMap, process::ExitCode};

use llmos_core::{
    search::{Fields, Why},
    skill::{self, Skill},
    slug::Slug,
};
use serde::Serialize;

use super::workflow_check::SkillArgs;
use crate::{
    failure::{FOUND, Failure},
    meaning::Search,
    out::{Out, say},
};

/// Find skills by words
///
/// It looks through the skills that the program ships, those of the user's and the system volume with `--volumes`,
/// or those of a folder with `--skills`. Where `LLMOS_EMBEDDINGS_URL` and `LLMOS_EMBEDDINGS_MODEL` (and, for a provider
/// that wants one, `LLMOS_EMBEDDINGS_KEY`) are set, the meaning of texts counts beside their words. Exits with 1 when nothing is found.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What is looked for, in your own words
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// How many skills are shown
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// Print one JSON object per skill
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    skills: SkillArgs,
}

/// A skill that was found.
#[derive(Serialize)]
struct Found<'a> {
    skill_id: &'a str,
    name: &'a str,
    description: &'a str,
    score: f64,
    why: Vec<FoundIn>,
}

/// The words that were found in one field.
#[derive(Serialize)]
struct FoundIn {
    field: &'static str,
    terms: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let skills = skills(&args.skills)?;
    let search = Search::new(skills.iter().map(Fields::of))?;
    let hits = search.find(&[args.query.join(" ")], args.limit).pop().unwrap_or_default();
    let mut out = Out::new();
    let nothing = hits.is_empty();
    for hit in hits {
        let skill = &skills[hit.doc];
        let found = Found {
            skill_id: skill.id.as_str(),
            name: &skill.name,
            description: &skill.description,
            score: hit.score,
            why: hit.why.into_iter().map(found_in).collect(),
        };
        let heard = if args.json { out.json(&found)? } else { out.line(&found.line())? };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    if nothing && !args.json {
        say(&format!("none of {} skills has such words", skills.len()));
    }
    Ok(if nothing { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// Reads the skills that are searched, by id.
pub(super) fn skills(from: &SkillArgs) -> Result<Vec<Skill>, Failure> {
    let mut skills: BTreeMap<Slug, Skill> = BTreeMap::new();
    for (path, content) in from.files()? {
        if let Some(skill) = skill::check(&path, &content).skill {
            skills.insert(skill.id.clone(), skill);
        }
    }
    Ok(skills.into_values().collect())
}

fn found_in(why: Why) -> FoundIn {
    FoundIn { field: why.field.as_str(), terms: why.terms }
}

impl Found<'_> {
    fn line(&self) -> String {
        let field = |found: &FoundIn| format!("{}: {}", found.field, found.terms.join(" "));
        let why: Vec<String> = self.why.iter().map(field).collect();
        let Self { skill_id, name, score, .. } = self;
        format!("{skill_id}  {score:.1}  {name}  ({})", why.join("; "))
    }
}
