//! Context skills from tasks that people bring to a model again and again,
//! written from what the exchanges share. No model is asked.

mod shared;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Confidence, Ledger, Said, Sections, clean,
    draft::{Evidence, MAX_TRACES},
    tally::Seen,
};
use crate::{
    pattern::{self, Prompt},
    search::{Fields, Index},
    skill::{self, NewSkill},
    slug::Slug,
    trace::TraceId,
};

/// How many of the best skills a model is given, and so how far up a skill must stand to be of use.
const N_GIVEN: usize = 5;
/// With fewer chats, requests are compared word by word.
const FEW: usize = 30;
/// The group that such skills are listed under.
const CATEGORY: &str = "learned";

/// A task that recurs in chats.
#[derive(Clone, Debug, PartialEq)]
pub struct Task<'a> {
    /// The exchanges, the oldest first.
    pub chats: Vec<(&'a TraceId, &'a Said)>,
    /// The request that is most like all others, shortened.
    pub description: String,
    /// How alike the requests are, 0 to 1.
    pub likeness: f32,
}

/// A context skill and what a reviewer should know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The id of the skill.
    pub id: Slug,
    /// What it is called.
    pub title: String,
    /// The file.
    pub text: String,
    /// What a reviewer should look at twice.
    pub warnings: Vec<String>,
}

/// Finds the tasks that came up at least `min_count` times in chats, most often first.
pub fn tasks(ledger: &Ledger, min_count: u64) -> Vec<Task<'_>> {
    // By time, whatever the kind of id.
    let chats: Vec<_> = ledger.chats().collect();
    let task = |members: &[usize], description: &str, likeness: f32| Task {
        chats: members.iter().map(|&member| chats[member]).collect(),
        description: clean::plain(description, 80),
        likeness,
    };
    let mut tasks: Vec<Task<'_>> = if chats.len() < FEW {
        // There is no stream yet that would say how alike the requests for one task are.
        let texts: Vec<&str> = chats.iter().map(|(_, said)| said.prompt.as_str()).collect();
        let groups = shared::groups(&texts).into_iter();
        let described = |(group, typical, likeness): (Vec<usize>, usize, f32)| {
            task(&group, texts.get(typical).copied().unwrap_or_default(), likeness)
        };
        groups.map(described).collect()
    } else {
        let prompts: Vec<_> = chats
            .iter()
            .map(|(id, said)| Prompt { id: id.as_str(), text: &said.prompt, ..Prompt::default() })
            .collect();
        let found = pattern::find(&prompts).into_iter();
        found.map(|found| task(&found.members, &found.description, found.confidence)).collect()
    };
    tasks.retain(|task| task.chats.len() as u64 >= min_count);
    tasks
}

impl Task<'_> {
    /// Returns what a skill for the task rests on.
    pub fn evidence(&self) -> Evidence {
        let mut users: BTreeMap<Slug, u64> = BTreeMap::new();
        self.chats.iter().for_each(|(_, said)| *users.entry(said.user.clone()).or_default() += 1);
        Evidence {
            count: self.chats.len() as u64,
            n_success: self.chats.iter().filter(|(_, said)| said.ok).count() as u64,
            users,
            first: self.chats.first().map(|(id, _)| (*id).clone()),
            traces: self.chats.iter().rev().take(MAX_TRACES).map(|(id, _)| (*id).clone()).collect(),
        }
    }

    /// Returns how sure the success rate is; see [`Confidence::of`].
    pub fn confidence(&self) -> f64 {
        let evidence = self.evidence();
        Confidence::of(evidence.n_success, evidence.count)
    }

    /// Returns the exchanges as a tally names them.
    pub fn recent(&self) -> BTreeMap<TraceId, Seen> {
        let seen = |said: &Said| Seen { user: said.user.clone(), ok: said.ok };
        self.chats.iter().map(|(id, said)| ((*id).clone(), seen(said))).collect()
    }

    /// Returns the task without some of its exchanges.
    pub fn without(&self, held_back: &[&TraceId]) -> Self {
        let chats = self.chats.iter().filter(|(id, _)| !held_back.contains(id));
        Self { chats: chats.copied().collect(), ..self.clone() }
    }
}

/// Writes a guide for a task, under this id or one that its words give.
///
/// With `sections`, which a model wrote and [`super::sections`] checked, those say what to do; the evidence is
/// counted in any case.
pub fn guide(task: &Task<'_>, id: Option<&Slug>, sections: Option<&Sections>) -> Guide {
    let keywords = shared::keywords(task);
    let title = match sections {
        Some(sections) => clean::label(&sections.title, 60),
        None => text::title(task),
    };
    let made = Slug::nearest(&title.chars().take(50).collect::<String>());
    let id = id.cloned().or(made);
    let id = id.unwrap_or_else(|| "learned-task".parse().expect("because it is plain words"));
    let mut warnings: Vec<String> = Vec::new();
    for (trace, said) in &task.chats {
        let odd = [&said.prompt, &said.answer].into_iter().flat_map(|text| clean::suspicions(text));
        for what in odd {
            let warning = format!("{trace} {what}");
            if warnings.len() < 20 && !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    let text = skill::print_new(&NewSkill {
        id: id.clone(),
        name: title.clone(),
        description: text::description(task, &keywords),
        category: Some(CATEGORY.to_owned()),
        keywords,
        author: Some("evolution".to_owned()),
        body: text::body(task, &title, sections),
    });
    Guide { id, title, text, warnings }
}

/// Says whether a search for a prompt among these skills and the guide would give the guide to a model.
pub fn is_found(guide: &Guide, others: &[Fields<'_>], prompts: &[&str]) -> Vec<bool> {
    let path = format!("skills/{}.md", guide.id);
    let Some(skill) = skill::check(&path, guide.text.as_bytes()).skill else {
        return vec![false; prompts.len()];
    };
    let mine = others.len();
    let fields = others.iter().cloned().chain([Fields::of(&skill)]);
    let index = Index::new(fields.enumerate());
    let found = |prompt: &&str| {
        let hits = index.search(prompt, N_GIVEN);
        let hit = hits.iter().find(|hit| hit.doc == mine);
        // Among few skills a single word brings each of them up.
        let n_found = hit.map_or(0, |hit| {
            let terms = hit.why.iter().flat_map(|why| &why.terms);
            terms.collect::<BTreeSet<_>>().len()
        });
        n_found > 0 && n_found * 2 >= shared::word_set(prompt).len()
    };
    prompts.iter().map(found).collect()
}

#[cfg(test)]
mod tests;
