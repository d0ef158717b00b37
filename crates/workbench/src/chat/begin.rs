//! What goes along with a message: it is checked, skills are found for it, and
//! what a model is told is put together.

use llmos_api::{
    chat::{ChatMessage, ChatProposal, ChatRequest, ChatRole, ChatSkill},
    problem,
    skill::Why,
    workflow::WorkflowDoc,
};
use llmos_core::{
    chat::{
        Asker, DEFAULT_SKILLS, MAX_CONTEXT_TOKENS, MAX_MESSAGE_BYTES, MAX_SKILLS, Reading,
        Sighting, Task, Told, Tool, instructions, offline_answer, read_skills,
        subagent_instructions,
    },
    compose::{Kitchen, Lead, LeadKind, Proposal, propose},
    model::{Limits, Message, ModelRequest, Role, SystemBlock},
    search::{self, Field},
    skill::Skill,
    slug::Slug,
};

use super::exchange::{ChatExchange, Kept};
use crate::{
    Caller, Error, Workbench,
    catalogue::{SkillFile, View, Visible},
};

/// How many messages of before are taken.
const MAX_HISTORY: usize = 40;
/// How many of their bytes the model gets, the newest first.
const MAX_HISTORY_BYTES: usize = 128 << 10;
/// How many leads workflows are put together from.
const MAX_LEADS: usize = 24;
/// How many executable skills a model is offered by their ports.
const MAX_OFFERED: usize = 16;

/// How many skills go along with the part of a subagent.
const SUBAGENT_SKILLS: usize = 3;

/// Something that the search found for a message.
pub(super) struct Seen {
    pub(super) doc: usize,
    score: f64,
    why: Vec<Why>,
    terms: Vec<search::Why>,
}

impl Workbench {
    /// Finds what goes along with a message, and opens the exchange. Blocks.
    ///
    /// Drive it with [`ChatExchange::next`], then keep it with [`Workbench::end_chat`].
    pub fn begin_chat(&self, caller: &Caller, asked: &ChatRequest) -> Result<ChatExchange, Error> {
        let message = checked(asked)?;
        let n_skills = n_skills(asked)?;
        let coming = self.gathering.announce((caller.own_volume(), caller.author()));
        let joined = self.join_session(caller, asked)?;
        let view = self.catalogue.view(caller)?;
        let model = match &self.models {
            Some(models) => models.model_of(&caller.user())?,
            None => None,
        };
        let started_at = self.world.now();
        let seen = find(&view, message, n_skills);
        let skills: Vec<_> = seen
            .iter()
            .filter_map(|seen| Some((seen, view.skills.get(seen.doc)?)))
            .take(n_skills)
            .collect();
        let texts: Vec<&Skill> = skills.iter().map(|(_, skill)| &skill.file.skill).collect();
        let kept = Kept {
            caller: caller.clone(),
            trace_id: self.new_chat_id(started_at),
            started_at,
            prompt: message.to_owned(),
            skills: texts.iter().map(|skill| skill.id.clone()).collect(),
            session: joined.as_ref().map(|(place, _)| place.clone()),
        };
        if let Some((place, _)) = &joined {
            // Before anybody is asked, so that a crash loses no question.
            self.keep_question(place, message)?;
        }
        let history = joined.as_ref().map_or(&asked.history, |(_, before)| before);
        let names: Vec<_> = texts.iter().map(|skill| skill.name.clone()).collect();
        match model {
            Some(model) => {
                let nodes = offered(&view, &seen);
                let reading = read_skills(&texts, &nodes, MAX_CONTEXT_TOKENS);
                let shown = shown(&skills, &reading.told);
                let request = request(history, message, &reading);
                let world = std::sync::Arc::clone(&self.world);
                Ok(ChatExchange::with_model(kept, names, shown, (view, world, model), request))
            }
            None => {
                let shown = shown(&skills, &[]);
                let n = if asked.include_skills == Some(false) { 0 } else { MAX_LEADS };
                let proposals = proposals(&view, message, &seen[..seen.len().min(n)]);
                let sightings: Vec<_> =
                    seen.iter().take(n_skills).filter_map(|seen| sighting(&view, seen)).collect();
                let answer = offline_answer(&sightings, &proposals);
                let found = !sightings.is_empty();
                let proposals = proposals
                    .into_iter()
                    .map(|proposal| (proposal.workflow.clone(), view_of(&view, &proposal)))
                    .collect();
                let mut exchange =
                    ChatExchange::without_model(kept, names, shown, answer, proposals, found);
                exchange.coming = Some(coming);
                Ok(exchange)
            }
        }
    }
}

impl Kitchen for View {
    fn name_of(&self, id: &Slug) -> Option<&str> {
        Some(self.skill(id)?.file.skill.name.as_str())
    }
}

/// Refuses what is no message.
fn checked(asked: &ChatRequest) -> Result<&str, Error> {
    let bad = |reason: String, hint: &str| Error::BadField {
        field: "message",
        reason,
        hint: hint.to_owned(),
    };
    let message = asked.message.trim();
    if message.is_empty() {
        return Err(bad("it is empty".to_owned(), "write what you want to know or do"));
    }
    if message.len() > MAX_MESSAGE_BYTES {
        let reason = format!("it has {} bytes, {MAX_MESSAGE_BYTES} are the most", message.len());
        return Err(bad(reason, "keep long material in a skill or a file, and name it"));
    }
    if asked.history.len() > MAX_HISTORY {
        return Err(Error::BadField {
            field: "history",
            reason: format!("it has {} messages", asked.history.len()),
            hint: format!("send the last {MAX_HISTORY} messages"),
        });
    }
    Ok(message)
}

pub(super) fn n_skills(asked: &ChatRequest) -> Result<usize, Error> {
    let n = match asked.max_skills {
        None => DEFAULT_SKILLS,
        Some(n) => u64::try_from(n).ok().filter(|n| *n <= MAX_SKILLS).ok_or(Error::OutOfRange {
            field: "max_skills",
            least: 0,
            most: MAX_SKILLS,
        })?,
    };
    let n = if asked.include_skills == Some(false) { 0 } else { n };
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

/// Skills and workflows for a message, the best first.
///
/// Why is said of what a workflow can be put together from, and of the first `n_shown` skills.
pub(super) fn find(view: &View, message: &str, n_shown: usize) -> Vec<Seen> {
    // A search reads the beginning of a long message; what follows is material.
    let mut end = message.len().min(2000);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let mut n_left = n_shown;
    let hits = view.finder().best(&message[..end], MAX_LEADS, |doc| {
        let Some(found) = view.skills.get(doc) else { return true };
        let is_shown = n_left > 0;
        n_left = n_left.saturating_sub(1);
        is_shown || found.file.skill.executable().is_some()
    });
    let seen = hits.into_iter().map(|hit| {
        let field = |name: &str| Field::ALL.into_iter().find(|field| field.as_str() == name);
        let terms = hit.why.iter().filter_map(|why| {
            Some(search::Why { field: field(&why.field)?, terms: why.terms.clone() })
        });
        Seen { doc: hit.doc, score: hit.score, terms: terms.collect(), why: hit.why }
    });
    seen.collect()
}

/// Executable skills whose ports a model is told.
pub(super) fn offered<'a>(
    view: &'a View,
    seen: &[Seen],
) -> Vec<(&'a Slug, &'a str, &'a llmos_core::skill::Executable)> {
    let skills = seen.iter().filter_map(|seen| view.skills.get(seen.doc));
    let nodes = skills.filter_map(|found| {
        let skill = &found.file.skill;
        Some((&skill.id, skill.description.as_str(), skill.executable()?))
    });
    nodes.take(MAX_OFFERED).collect()
}

fn proposals(view: &View, message: &str, seen: &[Seen]) -> Vec<Proposal> {
    let leads: Vec<_> = seen.iter().filter_map(|seen| lead(view, seen)).collect();
    propose(message, &leads, view)
}

fn lead<'a>(view: &'a View, seen: &'a Seen) -> Option<Lead<'a>> {
    let why = seen.terms.as_slice();
    match view.skills.get(seen.doc) {
        Some(found) => {
            let skill = &found.file.skill;
            let what = LeadKind::Skill(&skill.id, skill.executable()?);
            Some(Lead { what, name: &skill.name, why })
        }
        None => {
            let workflow = &view.workflows.get(seen.doc - view.skills.len())?.file.workflow;
            Some(Lead { what: LeadKind::Workflow(workflow), name: &workflow.name, why })
        }
    }
}

fn sighting<'a>(view: &'a View, seen: &'a Seen) -> Option<Sighting<'a>> {
    let why = seen.terms.as_slice();
    Some(match view.skills.get(seen.doc) {
        Some(found) => {
            let Skill { id, name, description, body, .. } = &found.file.skill;
            Sighting { id: id.as_str(), name, noun: "skill", description, body, why }
        }
        None => {
            let workflow = &view.workflows.get(seen.doc - view.skills.len())?.file.workflow;
            Sighting {
                id: workflow.id.as_str(),
                name: &workflow.name,
                noun: "workflow",
                description: &workflow.description,
                body: &workflow.body,
                why,
            }
        }
    })
}

fn view_of(view: &View, proposal: &Proposal) -> ChatProposal {
    let place = view.workflow(&proposal.workflow.id).filter(|_| proposal.saved);
    ChatProposal {
        workflow: WorkflowDoc::from(&proposal.workflow),
        volume: place.map(|seen| seen.file.volume.to_string()),
        covers: proposal.covers.clone(),
        reasons: proposal.reasons.clone(),
        findings: proposal.findings.iter().map(problem::Finding::from).collect(),
    }
}

pub(super) fn shown(skills: &[(&Seen, &Visible<SkillFile>)], told: &[Told]) -> Vec<ChatSkill> {
    let told = told.iter().copied().chain(std::iter::repeat(Told::Nothing));
    let one = |((seen, skill), told): (&(&Seen, &Visible<SkillFile>), Told)| ChatSkill {
        skill_id: skill.file.skill.id.to_string(),
        name: skill.file.skill.name.clone(),
        volume: skill.file.volume.to_string(),
        score: seen.score,
        why: seen.why.clone(),
        told: told.into(),
    };
    skills.iter().zip(told).map(one).collect()
}

/// What a subagent is asked, and the skills that the search chose for it.
pub(super) fn for_subagent(view: &View, task: &Task) -> (ModelRequest, Vec<ChatSkill>) {
    let seen = find(view, &task.skills, SUBAGENT_SKILLS);
    let skills: Vec<_> = seen
        .iter()
        .filter_map(|seen| Some((seen, view.skills.get(seen.doc)?)))
        .take(SUBAGENT_SKILLS)
        .collect();
    let texts: Vec<&Skill> = skills.iter().map(|(_, skill)| &skill.file.skill).collect();
    let reading = read_skills(&texts, &offered(view, &seen), MAX_CONTEXT_TOKENS / 2);
    let mut system =
        vec![SystemBlock { text: subagent_instructions(task), cached: reading.text.is_empty() }];
    if !reading.text.is_empty() {
        system.push(SystemBlock { text: reading.text.clone(), cached: true });
    }
    let messages = vec![Message::text(Role::User, task.instructions.clone())];
    let (tools, limits) = (Tool::specs(Asker::Subagent), Limits::default());
    (ModelRequest { system, messages, tools, limits }, shown(&skills, &reading.told))
}

/// What the model is asked.
pub(super) fn request(history: &[ChatMessage], message: &str, reading: &Reading) -> ModelRequest {
    let mut system = vec![SystemBlock { text: instructions(), cached: reading.text.is_empty() }];
    if !reading.text.is_empty() {
        system.push(SystemBlock { text: reading.text.clone(), cached: true });
    }
    let mut room = MAX_HISTORY_BYTES;
    let recent = history.iter().rev().take_while(|said| {
        let fits = said.content.len() <= room;
        room = room.saturating_sub(said.content.len());
        fits
    });
    let mut messages: Vec<Message> = Vec::new();
    for said in recent.collect::<Vec<_>>().into_iter().rev() {
        let role = match said.role {
            ChatRole::User => Role::User,
            ChatRole::Assistant => Role::Assistant,
        };
        // Providers want turns: the person begins, and nobody speaks twice or says nothing.
        let last = messages.last().map(|message| message.role);
        let turn = match role {
            Role::User => last != Some(Role::User),
            Role::Assistant => last == Some(Role::User),
        };
        if turn && !said.content.trim().is_empty() {
            messages.push(Message::text(role, said.content.clone()));
        }
    }
    if messages.last().is_some_and(|last| last.role == Role::User) {
        messages.pop();
    }
    messages.push(Message::text(Role::User, message));
    ModelRequest { system, messages, tools: Tool::specs(Asker::Chief), limits: Limits::default() }
}
