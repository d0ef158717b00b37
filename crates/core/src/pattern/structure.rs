//! The structure of a workflow: which skills run and what feeds what, apart
//! from the names of nodes, their order, their places and the values written in
//! them. Two workflows have one structure exactly if renaming the nodes turns
//! one into the other.

mod canon;
mod part;

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use sha2::{Digest, Sha256};

use crate::{
    key::hex,
    lookup::small,
    workflow::{Uses, Workflow},
};

pub(crate) use part::part;
pub use part::{MAX_PART, Part, parts};

/// The most nodes of a workflow whose structure is looked at.
pub const MAX_STEPS: usize = 1000;

/// What runs, and what feeds what. Its steps stand in an order that depends on the structure alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Structure {
    /// What each step runs.
    pub steps: Vec<Uses>,
    /// The connections between steps, sorted.
    pub links: Vec<Link>,
}

/// A connection between two steps, which are named by their places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The step that gives.
    pub from: u32,
    /// The step that takes.
    pub to: u32,
    /// The name of the output.
    pub output: Arc<str>,
    /// The name of the input.
    pub input: Arc<str>,
}

/// What equal structures share and different ones do not: 128 bits of a hash, printed as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructureKey([u8; 16]);

/// Why a text is not a [`StructureKey`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the key of a structure", text = text.escape_debug())]
pub struct StructureKeyError {
    /// The text.
    pub text: String,
}

/// A structure whose steps stand in any order, with where each step was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The structure, in its own order.
    pub structure: Structure,
    /// For each step, its place in what the structure was made from.
    pub places: Vec<usize>,
}

impl Structure {
    /// Finds the structure of a workflow and, for each of its steps, the number of the node.
    ///
    /// `None` where there are no nodes, or more than [`MAX_STEPS`]. An edge whose ends are not both there
    /// counts for nothing.
    pub fn of(workflow: &Workflow) -> Option<Placed> {
        let ids: BTreeMap<&str, usize> = workflow
            .nodes
            .iter()
            .enumerate()
            .rev()
            .map(|(i, node)| (node.id.as_str(), i))
            .collect();
        let links = workflow.edges.iter().filter_map(|edge| {
            Some(Link {
                from: small(*ids.get(edge.from.node.as_str())?),
                to: small(*ids.get(edge.to.node.as_str())?),
                output: edge.from.port.as_str().into(),
                input: edge.to.port.as_str().into(),
            })
        });
        let steps = workflow.nodes.iter().map(|node| node.uses.clone()).collect();
        Self::ordered(steps, links.collect())
    }

    /// Brings steps and links into the order that their structure alone decides.
    pub fn ordered(steps: Vec<Uses>, links: Vec<Link>) -> Option<Placed> {
        if steps.is_empty() || steps.len() > MAX_STEPS {
            return None;
        }
        let places = canon::order(&labels(&steps), &arcs(&links));
        let mut place_of = vec![0_u32; steps.len()];
        for (place, &step) in places.iter().enumerate() {
            place_of[step] = small(place);
        }
        let mut moved: Vec<Link> = links
            .into_iter()
            .map(|link| Link {
                from: place_of[link.from as usize],
                to: place_of[link.to as usize],
                ..link
            })
            .collect();
        moved.sort_unstable();
        moved.dedup();
        let mut steps: Vec<_> = steps.into_iter().map(Some).collect();
        let taken = places.iter().filter_map(|&step| steps.get_mut(step)?.take()).collect();
        Some(Placed { structure: Self { steps: taken, links: moved }, places })
    }

    /// Hashes what the structure is.
    pub fn key(&self) -> StructureKey {
        let mut hash = Sha256::new();
        let mut text = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        text("llmos structure 1");
        for step in &self.steps {
            text(step.noun());
            text(step.id().as_str());
        }
        for Link { output, input, .. } in &self.links {
            text(output);
            text(input);
        }
        for Link { from, to, .. } in &self.links {
            hash.update(from.to_le_bytes());
            hash.update(to.to_le_bytes());
        }
        hash.update((self.steps.len() as u64).to_le_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        StructureKey(key)
    }

    /// Returns the places of the steps so that each stands behind those that feed it, as far as that can be.
    pub fn flow(&self) -> Vec<usize> {
        let n = self.steps.len();
        let mut n_waiting = vec![0_usize; n];
        self.links.iter().for_each(|link| n_waiting[link.to as usize] += 1);
        let mut flow: Vec<usize> = Vec::with_capacity(n);
        let mut left: Vec<usize> = (0..n).collect();
        while let Some(at) =
            left.iter().position(|&step| n_waiting[step] == 0).or((!left.is_empty()).then_some(0))
        {
            let step = left.remove(at);
            for link in self.links.iter().filter(|link| link.from as usize == step) {
                n_waiting[link.to as usize] = n_waiting[link.to as usize].saturating_sub(1);
            }
            flow.push(step);
        }
        flow
    }
}

/// Numbers what the steps run, in the order of the names.
fn labels(steps: &[Uses]) -> Vec<u32> {
    let mut known: Vec<&Uses> = steps.iter().collect();
    known.sort_unstable();
    known.dedup();
    steps.iter().map(|step| small(known.partition_point(|other| *other < step))).collect()
}

/// Puts together all links between the same two steps, and numbers what they connect in the order of the names.
fn arcs(links: &[Link]) -> Vec<canon::Arc> {
    let mut between: BTreeMap<(u32, u32), Vec<(&str, &str)>> = BTreeMap::new();
    for Link { from, to, output, input } in links {
        between.entry((*from, *to)).or_default().push((output, input));
    }
    for ports in between.values_mut() {
        ports.sort_unstable();
        ports.dedup();
    }
    let mut known: Vec<&Vec<(&str, &str)>> = between.values().collect();
    known.sort_unstable();
    known.dedup();
    let label = |ports| small(known.partition_point(|other| *other < ports));
    between
        .iter()
        .map(|(&(from, to), ports)| canon::Arc { from, to, label: label(ports) })
        .collect()
}

impl fmt::Display for StructureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for StructureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StructureKey({self})")
    }
}

impl FromStr for StructureKey {
    type Err = StructureKeyError;

    fn from_str(text: &str) -> Result<Self, StructureKeyError> {
        let error = || StructureKeyError { text: text.chars().take(80).collect() };
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut key = [0; 16];
        if text.len() != 32 {
            return Err(error());
        }
        for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            let [high, low] = [digit(pair[0]), digit(pair[1])];
            *byte = high.zip(low).map(|(high, low)| high << 4 | low).ok_or_else(error)?;
        }
        Ok(Self(key))
    }
}

#[cfg(test)]
mod tests;
