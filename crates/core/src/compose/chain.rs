//! Chains: from a skill that was found, back through what feeds its inputs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kitchen, Lead, LeadKind, Proposal, fit, weight, words};
use crate::{
    skill::{Executable, Port},
    slug::Slug,
    value::PortType,
    workflow::{Edge, Node, PortRef, Uses, Workflow, has_errors, new_node_id, validate},
};

/// The longest way back from the goal.
const MAX_DEPTH: usize = 4;
/// The most nodes of a chain.
const MAX_NODES: usize = 8;
/// The distance of nodes on the canvas.
const STEP: (f64, f64) = (320.0, 180.0);

/// A graph that grows back from its goal.
struct Growing<'a> {
    leads: BTreeMap<&'a Slug, &'a Lead<'a>>,
    source: &'a dyn Kitchen,
    /// What each node runs, and how far from the goal it stands.
    nodes: Vec<(Slug, &'a Slug, &'a Executable, usize)>,
    edges: Vec<Edge>,
    reasons: Vec<String>,
}

/// An output that could feed an input.
struct Feed<'a> {
    skill: &'a Slug,
    executable: &'a Executable,
    port: &'a Port,
    /// The node that is there already.
    node: Option<usize>,
    worth: f64,
}

/// Builds the workflow whose last step is a skill; `None` where an input cannot be fed.
pub(super) fn towards<'a>(
    goal: &'a Slug,
    request: &str,
    leads: &'a [Lead<'a>],
    source: &'a dyn Kitchen,
) -> Option<Proposal> {
    let by_id = leads.iter().filter_map(|lead| match lead.what {
        LeadKind::Skill(id, _) => Some((id, lead)),
        LeadKind::Workflow(_) => None,
    });
    let mut growing = Growing {
        leads: by_id.collect(),
        source,
        nodes: Vec::new(),
        edges: Vec::new(),
        reasons: Vec::new(),
    };
    growing.add(goal, source.executable(goal)?, 0, &mut BTreeSet::new())?;
    growing.join();
    let mut covers = BTreeSet::new();
    let mut score = 0.0;
    for (_, skill, ..) in &growing.nodes {
        match growing.leads.get(skill) {
            Some(lead) => {
                let new: Vec<_> = lead
                    .why
                    .iter()
                    .map(|why| {
                        let terms =
                            why.terms.iter().filter(|term| !covers.contains(super::singular(term)));
                        crate::search::Why { field: why.field, terms: terms.cloned().collect() }
                    })
                    .collect();
                score += weight(&new);
                covers.extend(words(lead.why));
            }
            // Nobody asked for it by name.
            None => score -= 0.25,
        }
    }
    score -= 0.05 * growing.nodes.len() as f64;
    let workflow = growing.workflow(request)?;
    let findings = validate(&workflow, source);
    (!has_errors(&findings)).then(|| Proposal {
        workflow,
        saved: false,
        covers: covers.into_iter().collect(),
        reasons: growing.reasons,
        findings,
        score,
    })
}

impl<'a> Growing<'a> {
    /// Adds a node and whatever its required inputs need. Returns its place.
    fn add(
        &mut self,
        skill: &'a Slug,
        executable: &'a Executable,
        depth: usize,
        above: &mut BTreeSet<&'a Slug>,
    ) -> Option<usize> {
        if depth > MAX_DEPTH || self.nodes.len() >= MAX_NODES || !above.insert(skill) {
            return None;
        }
        let taken = |id: &str| self.nodes.iter().any(|(known, ..)| known.as_str() == id);
        let id = new_node_id(skill.as_str(), taken);
        let at = self.nodes.len();
        self.nodes.push((id, skill, executable, depth));
        for input in executable.inputs.iter().filter(|input| needs_feed(input)) {
            self.feed(at, input, depth, above)?;
        }
        above.remove(skill);
        Some(at)
    }

    /// Connects the best output that can be had to an input; tries the next one where that fails.
    fn feed(
        &mut self,
        at: usize,
        input: &Port,
        depth: usize,
        above: &mut BTreeSet<&'a Slug>,
    ) -> Option<()> {
        let mut feeds = self.feeds(input, above, depth);
        feeds.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        for Feed { skill, executable, port, node, .. } in feeds.into_iter().take(4) {
            let before = (self.nodes.len(), self.edges.len(), self.reasons.len());
            let from = match node {
                Some(there) => {
                    // It has to run earlier than what it feeds.
                    self.nodes[there].3 = self.nodes[there].3.max(depth + 1);
                    Some(there)
                }
                None => self.add(skill, executable, depth + 1, above),
            };
            if let Some(from) = from {
                self.connect(from, port, at, input);
                return Some(());
            }
            above.remove(skill);
            self.nodes.truncate(before.0);
            self.edges.truncate(before.1);
            self.reasons.truncate(before.2);
        }
        None
    }

    /// Everything that could feed an input: what was found first, all other skills only else.
    fn feeds(&self, input: &Port, above: &BTreeSet<&'a Slug>, depth: usize) -> Vec<Feed<'a>> {
        let (leads, source) = (&self.leads, self.source);
        let mut all = Vec::new();
        if is_written(input) {
            return all;
        }
        for (at, (_, skill, executable, stands)) in self.nodes.iter().enumerate() {
            if above.contains(skill) || *stands < depth {
                continue;
            }
            all.extend(offers(skill, executable, input, Some(at), 0.3));
        }
        let most = leads.values().map(|lead| weight(lead.why)).fold(1e-9, f64::max);
        for (&skill, lead) in leads {
            if let LeadKind::Skill(_, executable) = lead.what
                && !above.contains(skill)
            {
                let asked = 0.2 + 0.4 * weight(lead.why) / most;
                all.extend(offers(skill, executable, input, None, asked));
            }
        }
        if all.is_empty() {
            let others = source.ids().into_iter().filter(|id| !leads.contains_key(*id));
            for skill in others.filter(|id| !above.contains(*id)) {
                let Some(executable) = source.executable(skill) else { continue };
                // What needs nothing itself is the better beginning.
                let needs = executable.inputs.iter().filter(|input| needs_feed(input)).count();
                all.extend(offers(skill, executable, input, None, -0.1 * needs as f64));
            }
        }
        all
    }

    fn connect(&mut self, from: usize, output: &Port, to: usize, input: &Port) {
        let (source, target) = (&self.nodes[from], &self.nodes[to]);
        let edge = Edge {
            from: PortRef { node: source.0.clone(), port: output.name.clone() },
            to: PortRef { node: target.0.clone(), port: input.name.clone() },
        };
        let why = match output.name == input.name {
            true => "both have this name",
            false => "that is what it takes",
        };
        let reason = format!(
            "`{}` of {} goes into `{}` of {}, as both are `{}` and {why}",
            output.name,
            self.name(source.1),
            input.name,
            self.name(target.1),
            input.ty,
        );
        self.edges.push(edge);
        self.reasons.push(reason);
    }

    /// Connects inputs that may stay empty to outputs of the same name and type that are there.
    fn join(&mut self) {
        for to in 0..self.nodes.len() {
            let executable = self.nodes[to].2;
            for input in &executable.inputs {
                let fed =
                    |edge: &Edge| edge.to.node == self.nodes[to].0 && edge.to.port == input.name;
                if self.edges.iter().any(fed) || input.ty == PortType::Any {
                    continue;
                }
                // Only from what already feeds this node: a setting that describes the data beside it.
                let from = (0..self.nodes.len()).find(|&from| {
                    let feeds = |edge: &Edge| {
                        edge.from.node == self.nodes[from].0 && edge.to.node == self.nodes[to].0
                    };
                    self.edges.iter().any(feeds)
                });
                let output = from.and_then(|from| {
                    let same = |port: &&'a Port| port.name == input.name && port.ty == input.ty;
                    Some((from, self.nodes[from].2.outputs.iter().find(same)?))
                });
                if let Some((from, output)) = output {
                    self.connect(from, output, to, input);
                }
            }
        }
    }

    fn name(&self, skill: &Slug) -> String {
        self.source.name_of(skill).map_or_else(|| format!("`{skill}`"), str::to_owned)
    }

    fn workflow(&self, request: &str) -> Option<Workflow> {
        let deepest = self.nodes.iter().map(|node| node.3).max()?;
        let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nodes: Vec<_> = self
            .nodes
            .iter()
            .map(|(id, skill, _, depth)| {
                let row = rows.entry(*depth).or_default();
                let position = ((deepest - depth) as f64 * STEP.0, *row as f64 * STEP.1);
                *row += 1;
                let node = Node::new(id.clone(), Uses::Skill((*skill).clone()));
                Node { position: Some(position), ..node }
            })
            .collect();
        // What runs first is read first.
        nodes.reverse();
        let name = title(request);
        Some(Workflow {
            id: Slug::nearest(&name).or_else(|| Slug::nearest("proposal"))?,
            description: format!("Put together for: {}", one_line(request, 200)),
            name,
            tags: vec!["proposal".to_owned()],
            version: None,
            author: None,
            nodes,
            edges: self.edges.clone(),
            interface: None,
            body: String::new(),
        })
    }
}

/// Says whether an input must be fed: it has no default and may not stay empty.
fn needs_feed(input: &Port) -> bool {
    input.required && input.default.is_none()
}

/// Says whether somebody must write it, such as a column's name: that is nothing that another skill gives.
fn is_written(input: &Port) -> bool {
    matches!(input.ty, PortType::String | PortType::Boolean)
}

/// The outputs of a skill that suit an input.
fn offers<'a>(
    skill: &'a Slug,
    executable: &'a Executable,
    input: &Port,
    node: Option<usize>,
    bonus: f64,
) -> Vec<Feed<'a>> {
    let feed = |port: &'a Port| {
        let fit = fit::fit(port, input)?;
        // However much a skill was asked for: what only has the same type would be a guess.
        (fit >= fit::LEAST).then_some(Feed { skill, executable, port, node, worth: fit + bonus })
    };
    executable.outputs.iter().filter_map(feed).collect()
}

/// A request as the name of a workflow.
fn title(request: &str) -> String {
    let line = one_line(request, 60);
    let mut letters = line.trim_end_matches(['.', '?', '!', ' ']).chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Proposal".to_owned(),
    }
}

fn one_line(text: &str, most: usize) -> String {
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}
