//! Proposing workflows for a request in words, without a model: skills that a
//! search found are chained by their typed ports, and saved workflows that it
//! found are taken as they are. It proposes; it saves and runs nothing. Equal
//! input gives equal proposals.

mod chain;
mod fit;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::{
    search::{Field, Why},
    skill::Executable,
    slug::Slug,
    workflow::{Finding, SkillSource, Uses, Workflow, has_errors, validate},
};

/// How many proposals are worth showing.
pub const MAX_PROPOSALS: usize = 3;

/// How many of the best hits are tried as what the workflow is for.
const MAX_GOALS: usize = 8;

/// Something that the search found, and that a node can run.
#[derive(Clone, Debug)]
pub struct Lead<'a> {
    /// What it is.
    pub what: LeadKind<'a>,
    /// What people call it.
    pub name: &'a str,
    /// What of the request was found in it.
    pub why: &'a [Why],
}

/// What the search found.
#[derive(Clone, Copy, Debug)]
pub enum LeadKind<'a> {
    /// An executable skill.
    Skill(&'a Slug, &'a Executable),
    /// A saved workflow.
    Workflow(&'a Workflow),
}

/// A workflow that does what was asked for, as far as its parts say.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The workflow. It has no error.
    pub workflow: Workflow,
    /// Whether somebody saved it; else it was put together just now.
    pub saved: bool,
    /// The words of the request that its parts are about.
    pub covers: Vec<String>,
    /// Why each connection is there: one sentence each.
    pub reasons: Vec<String>,
    /// What deserves a look, such as an input that was left at its default.
    pub findings: Vec<Finding>,
    /// By which proposals are ranked; only the order of one request means something.
    pub score: f64,
}

/// Proposes workflows for a request, the best first.
///
/// `leads` are what a search for the request found, best first. Every proposal
/// passes [`validate`] without an error.
pub fn propose(request: &str, leads: &[Lead<'_>], source: &dyn Kitchen) -> Vec<Proposal> {
    let mut found: Vec<Proposal> = Vec::new();
    for lead in leads.iter().take(MAX_GOALS) {
        found.extend(match lead.what {
            LeadKind::Workflow(workflow) => taken(workflow, lead, source),
            LeadKind::Skill(id, _) => chain::towards(id, request, leads, source),
        });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut best: Vec<Proposal> = Vec::new();
    for proposal in found {
        // What another one does already, with more around it, is no choice.
        let skills = skills_of(&proposal.workflow);
        let same = |other: &Proposal| skills.is_subset(&skills_of(&other.workflow));
        if best.len() < MAX_PROPOSALS && !best.iter().any(same) {
            best.push(proposal);
        }
    }
    best
}

/// Where skills come from: a [`SkillSource`] that also knows what people call them.
pub trait Kitchen: SkillSource {
    /// Returns what people call a skill.
    fn name_of(&self, id: &Slug) -> Option<&str>;
}

/// Takes a saved workflow as it is, where it can run.
fn taken(workflow: &Workflow, lead: &Lead<'_>, source: &dyn Kitchen) -> Option<Proposal> {
    let findings = validate(workflow, source);
    if has_errors(&findings) {
        return None;
    }
    let covers = words(lead.why);
    // Somebody made it for this: that counts as much as half a word.
    let score = weight(lead.why) + 0.5;
    Some(Proposal {
        workflow: workflow.clone(),
        saved: true,
        covers: covers.into_iter().collect(),
        reasons: Vec::new(),
        findings,
        score,
    })
}

/// The words of the request that were found, wherever that was.
fn words(why: &[Why]) -> BTreeSet<String> {
    why.iter().flat_map(|why| why.terms.iter().map(|term| singular(term).to_owned())).collect()
}

/// A word without the `s` of a plural, so that two forms of it count once.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

/// How much of the request was found: a word in a long text says less than one in a name.
fn weight(why: &[Why]) -> f64 {
    let mut seen = BTreeSet::new();
    let mut sum = 0.0;
    for Why { field, terms } in why {
        let worth = worth(*field);
        for term in terms {
            if seen.insert(singular(term)) {
                sum += worth;
            }
        }
    }
    sum
}

/// How much a word in a field says about what a skill is for.
fn worth(field: Field) -> f64 {
    match field {
        Field::Name | Field::Keywords => 1.0,
        Field::Description | Field::Category => 0.7,
        Field::Ports => 0.4,
        Field::Body => 0.25,
    }
}

fn skills_of(workflow: &Workflow) -> BTreeSet<&Uses> {
    workflow.nodes.iter().map(|node| &node.uses).collect()
}
