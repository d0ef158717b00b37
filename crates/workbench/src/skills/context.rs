//! The skills for a query, as text for a prompt.

use llmos_api::context::{SkillContext, UnusedSkill, UsedSkill};
use llmos_core::search::context::{self, Candidate, Limits, Reason};

use crate::{
    Caller, Error, Workbench,
    catalogue::{Found, SkillFile},
};

/// How many hits are looked at; whoever is further down is not even named as left out.
const MAX_CANDIDATES: usize = 30;

/// What is wanted for a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextQuery {
    /// What the prompt is about.
    pub q: String,
    /// How many tokens the skills may cost.
    pub budget: usize,
    /// How many skills at most.
    pub max_skills: usize,
}

impl Default for ContextQuery {
    fn default() -> Self {
        Self { q: String::new(), budget: 4000, max_skills: 5 }
    }
}

impl Workbench {
    /// Fills a budget with the skills, of those that the caller sees, that fit a query best.
    pub fn skill_context(
        &self,
        caller: &Caller,
        wanted: &ContextQuery,
    ) -> Result<SkillContext, Error> {
        let view = self.catalogue.view(caller)?;
        let n_skills = view.skills.len();
        let (_, hits) = view.finder().find(&wanted.q, 0, MAX_CANDIDATES, |doc| doc < n_skills);
        let found: Vec<(&SkillFile, Found)> = hits
            .into_iter()
            .filter_map(|hit| view.skills.get(hit.doc).map(|seen| (&*seen.file, hit)))
            .collect();
        let candidates: Vec<Candidate<'_>> = found.iter().map(candidate).collect();
        let limits = Limits { tokens: wanted.budget, skills: wanted.max_skills };
        let context = context::fill(&candidates, limits);
        let used = |taken: &context::Taken| {
            let (file, hit) = &found[taken.candidate];
            UsedSkill {
                skill_id: file.skill.id.to_string(),
                volume: file.volume.to_string(),
                version: file.blob.to_string(),
                form: taken.form.as_str().to_owned(),
                tokens: taken.tokens,
                score: hit.score,
                why: hit.why.clone(),
            }
        };
        let unused = |left: &context::LeftOut| {
            let (file, hit) = &found[left.candidate];
            UnusedSkill {
                skill_id: file.skill.id.to_string(),
                score: hit.score,
                reason: left.why.as_str().to_owned(),
                needs: match left.why {
                    Reason::NoRoom { needs } => Some(needs),
                    Reason::LessFitting | Reason::EnoughSkills => None,
                },
            }
        };
        Ok(SkillContext {
            skills_used: context.taken.iter().map(used).collect(),
            left_out: context.left_out.iter().map(unused).collect(),
            text: context.text,
            tokens: context.tokens,
            budget: wanted.budget,
        })
    }
}

fn candidate<'a>((file, hit): &(&'a SkillFile, Found)) -> Candidate<'a> {
    Candidate {
        id: file.skill.id.as_str(),
        name: &file.skill.name,
        description: &file.skill.description,
        body: &file.skill.body,
        score: hit.score,
    }
}
