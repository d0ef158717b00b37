//! A compound skill: steps that recur, as a workflow that runs as one node.
//!
//! Its code is that of its parts, by reference. What was the same in all runs is
//! written into it; what varied is an input, with the default that the runs
//! taught.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Learned, RunPattern, clean};
use crate::{
    lookup::small,
    pattern::structure::Link,
    skill::{Port, is_port_name},
    slug::Slug,
    value::{ValueKind, satisfies},
    workflow::{
        Edge, Interface, Node, OuterPort, PortRef, SkillSource, Uses, Workflow, new_node_id,
    },
};

/// The most steps of a compound skill.
pub const MAX_COMPOUND: usize = 60;

/// The word that compound skills are tagged with.
pub const TAG: &str = "compound";

/// Where the parts of a compound skill are found.
#[derive(Clone, Copy)]
pub struct Library<'a> {
    /// The skills themselves.
    pub skills: &'a dyn SkillSource,
    /// The names that people see.
    pub name: &'a dyn Fn(&Slug) -> Option<String>,
}

/// A compound skill and what was learned for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Compound {
    /// The skill.
    pub workflow: Workflow,
    /// For each step of the pattern, the number of its node.
    pub places: Vec<usize>,
    /// What a reviewer should look at twice.
    pub warnings: Vec<String>,
}

/// Why a pattern is no compound skill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCompound {
    /// There are too many steps.
    #[error("it has {n} steps, at most {MAX_COMPOUND} make a compound skill")]
    TooLarge {
        /// How many steps there are.
        n: usize,
    },
    /// A step runs something that is not there any more, or that is not a skill.
    #[error("there is no skill `{skill}` any more")]
    Gone {
        /// What it runs.
        skill: Slug,
    },
    /// A connection leads from or to a port that its skill does not have any more.
    #[error("`{skill}` has no port `{port}` any more")]
    PortGone {
        /// The skill.
        skill: Slug,
        /// The port.
        port: String,
    },
}

/// How an input of a compound skill came about.
#[derive(Clone, Debug, PartialEq)]
struct Taught {
    name: String,
    default: Option<Value>,
    n: u64,
}

/// Makes a compound skill of a pattern, under this id or under one that its steps give.
pub fn compound(
    pattern: &RunPattern,
    library: Library<'_>,
    id: Option<&Slug>,
) -> Result<Compound, NoCompound> {
    let steps = &pattern.structure.steps;
    if steps.len() > MAX_COMPOUND {
        return Err(NoCompound::TooLarge { n: steps.len() });
    }
    let flow = pattern.structure.flow();
    let mut maker = Maker {
        pattern,
        library,
        nodes: Vec::with_capacity(steps.len()),
        number_of: vec![0; steps.len()],
        inputs: Vec::new(),
        outputs: Vec::new(),
        taught: Vec::new(),
        warnings: Vec::new(),
    };
    for &step in &flow {
        maker.add_node(step);
    }
    maker.place();
    for &step in &flow {
        maker.add_ports(step)?;
    }
    let edges = maker.edges()?;
    let names = maker.names();
    let title = text::title(&names);
    let id = id.cloned().or_else(|| Slug::nearest(&title));
    let workflow = Workflow {
        id: id.unwrap_or_else(|| "compound".parse().expect("because it is a plain word")),
        description: text::description(&names),
        tags: vec![TAG.to_owned()],
        version: None,
        author: None,
        edges,
        interface: Some(maker.interface()),
        body: text::body(&title, pattern, &names, &maker.taught),
        name: title,
        nodes: maker.nodes,
    };
    Ok(Compound { workflow, places: maker.number_of, warnings: maker.warnings })
}

struct Maker<'a> {
    pattern: &'a RunPattern,
    library: Library<'a>,
    nodes: Vec<Node>,
    /// For each step, its node.
    number_of: Vec<usize>,
    /// The ports that lead outside, not yet named.
    inputs: Vec<(PortRef, Option<Value>, u64)>,
    outputs: Vec<PortRef>,
    taught: Vec<Taught>,
    warnings: Vec<String>,
}

impl Maker<'_> {
    fn add_node(&mut self, step: usize) {
        let uses = &self.pattern.structure.steps[step];
        let nodes = &self.nodes;
        let id = new_node_id(uses.id().as_str(), |id| nodes.iter().any(|n| n.id.as_str() == id));
        self.number_of[step] = nodes.len();
        self.nodes.push(Node::new(id, uses.clone()));
    }

    /// Puts each node to the right of those that feed it.
    fn place(&mut self) {
        let mut column = vec![0_u32; self.nodes.len()];
        for _ in 0..self.nodes.len() {
            for Link { from, to, .. } in &self.pattern.structure.links {
                let [from, to] = [*from, *to].map(|step| self.number_of[step as usize]);
                if from < to {
                    column[to] = column[to].max(column[from] + 1);
                }
            }
        }
        let mut n_in: BTreeMap<u32, u32> = BTreeMap::new();
        for (node, column) in self.nodes.iter_mut().zip(column) {
            let row = n_in.entry(column).or_default();
            node.position = Some((f64::from(column * 320), f64::from(*row * 180)));
            *row += 1;
        }
    }

    fn add_ports(&mut self, step: usize) -> Result<(), NoCompound> {
        let skill_id = self.pattern.structure.steps[step].id();
        let gone = || NoCompound::Gone { skill: skill_id.clone() };
        let is_skill = matches!(self.pattern.structure.steps[step], Uses::Skill(_));
        let skills = self.library.skills;
        let skill = skills.executable(skill_id).filter(|_| is_skill).ok_or_else(gone)?;
        let at = small(step);
        let links = &self.pattern.structure.links;
        for port in &skill.inputs {
            if !links.iter().any(|link| link.to == at && *link.input == *port.name) {
                self.add_input(step, port);
            }
        }
        for port in &skill.outputs {
            let is_taken = links.iter().any(|link| link.from == at && *link.output == *port.name);
            if !is_taken || self.pattern.taken.contains(&(at, port.name.clone())) {
                self.outputs.push(self.end(step, &port.name));
            }
        }
        Ok(())
    }

    fn end(&self, step: usize, port: &str) -> PortRef {
        let node = &self.nodes[self.number_of[step]];
        PortRef { node: node.id.clone(), port: port.to_owned() }
    }

    /// Writes a value into a node, or makes an input of the whole, as the runs teach.
    fn add_input(&mut self, step: usize, port: &Port) {
        let place = (small(step), port.name.clone());
        let is_fed = self.pattern.fed.contains(&place);
        let values = self.pattern.values[step].get(&port.name);
        let n = values.map_or(0, super::Values::n);
        let learned =
            values.map_or(Learned::Open, |values| values.learned(port.ty, self.pattern.n_learned));
        let (value, varies) = match learned {
            Learned::Constant(value) => (Some(value), is_fed),
            Learned::Default(value) => (Some(value), true),
            Learned::Open => (None, is_fed || n > 0 || (port.required && port.default.is_none())),
        };
        let fits = |value: &Value| satisfies(ValueKind::of(value), port.ty);
        let usable = value.filter(|value| fits(value) && is_plain(value));
        let clean = usable.filter(|value| {
            let clean = texts(value).iter().all(|text| clean::is_clean(text));
            if !clean {
                self.warnings.push(format!(
                    "the value of `{}` is not taken over: it looks like a key, or holds characters that do not show",
                    self.end(step, &port.name)
                ));
            }
            clean
        });
        let end = self.end(step, &port.name);
        let is_lost = n > 0 && clean.is_none() && !varies;
        let node = &mut self.nodes[self.number_of[step]];
        if let Some(value) = clean.as_ref().filter(|value| port.default.as_ref() != Some(*value)) {
            node.inputs.insert(port.name.clone(), value.clone());
        }
        if varies || is_lost {
            self.inputs.push((end, clean.or_else(|| port.default.clone()), n));
        }
    }

    fn edges(&self) -> Result<Vec<Edge>, NoCompound> {
        let edge = |link: &Link| {
            let port = |step: u32, name: &str, is_input: bool| {
                let id = self.pattern.structure.steps[step as usize].id();
                let gone = || NoCompound::PortGone { skill: id.clone(), port: name.to_owned() };
                let skill = self.library.skills.executable(id).ok_or_else(gone)?;
                let known = if is_input { skill.input(name) } else { skill.output(name) };
                known.ok_or_else(gone)?;
                Ok(self.end(step as usize, name))
            };
            Ok(Edge {
                from: port(link.from, &link.output, false)?,
                to: port(link.to, &link.input, true)?,
            })
        };
        let mut edges: Vec<Edge> =
            self.pattern.structure.links.iter().map(edge).collect::<Result<_, _>>()?;
        let number = |end: &PortRef| self.nodes.iter().position(|node| node.id == end.node);
        edges.sort_by_key(|edge| (number(&edge.from), number(&edge.to), edge.clone()));
        Ok(edges)
    }

    /// Names the ports that lead outside: as inside, or with the node where two have one name.
    fn interface(&mut self) -> Interface {
        let inputs: Vec<PortRef> = self.inputs.iter().map(|(end, ..)| end.clone()).collect();
        let inputs = named(&inputs);
        for (port, (_, default, n)) in inputs.iter().zip(&self.inputs) {
            let Some(port) = port else { continue };
            let (name, default) = (port.name.clone(), default.clone());
            self.taught.push(Taught { name, default, n: *n });
        }
        let outputs = named(&self.outputs).into_iter().flatten().collect();
        Interface { inputs: inputs.into_iter().flatten().collect(), outputs }
    }

    fn names(&self) -> Vec<String> {
        let name = |node: &Node| {
            let id = node.uses.id();
            let name = (self.library.name)(id).unwrap_or_else(|| id.to_string());
            clean::plain(&name, 40)
        };
        self.nodes.iter().map(name).collect()
    }
}

/// Gives each port a name of its own; `None` where none is allowed.
fn named(ports: &[PortRef]) -> Vec<Option<OuterPort>> {
    let mut n_named: BTreeMap<&str, usize> = BTreeMap::new();
    ports.iter().for_each(|end| *n_named.entry(&end.port).or_default() += 1);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let name = |end: &PortRef| {
        let plain = match n_named[end.port.as_str()] {
            1 => end.port.clone(),
            _ => format!("{}-{}", end.node, end.port),
        };
        let numbered = (2..100).map(|n| format!("{plain}-{n}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        let name = names.find(|name| is_port_name(name) && !taken.contains(name))?;
        taken.insert(name.clone());
        Some(OuterPort { name, inner: end.clone() })
    };
    ports.iter().map(name).collect()
}

/// Says whether a value is written in a workflow as it is in a trace.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(map) => {
            map.iter().all(|(name, value)| !name.starts_with('$') && is_plain(value))
        }
        _ => true,
    }
}

/// Returns all texts in a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| [vec![name.as_str()], texts(value)].concat())
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
