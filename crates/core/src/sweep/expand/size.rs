//! How large a sweep would be, told before anything is copied.

use std::collections::{BTreeMap, BTreeSet};

use super::{Copies, SweepError};
use crate::workflow::{MAX_COPIED, MAX_EDGES, bytes, node_bytes};

impl Copies<'_> {
    /// Refuses a sweep of too many edges, or one that copies too much.
    ///
    /// What no swept input reaches is there once, and does not count as copied.
    pub(super) fn check_size(&self) -> Result<(), SweepError> {
        let n_edges = self.n_edges();
        if n_edges > MAX_EDGES {
            return Err(SweepError::TooManyEdges { n_edges });
        }
        // What the values of each axis take in all runs together, and in the copies of one node.
        let sizes: Vec<Vec<u64>> =
            self.axes.iter().map(|line| line.values.iter().map(bytes).collect()).collect();
        let in_run = |run: usize, axis: usize| sizes[axis][self.picks[run][axis]];
        let mut swept: BTreeMap<usize, u64> = BTreeMap::new();
        let mut listed = 0_u64;
        for (axis, line) in self.axes.iter().enumerate() {
            let in_runs = (0..self.picks.len()).map(|run| in_run(run, axis));
            listed = in_runs.fold(listed, u64::saturating_add);
            for &(node, _) in &line.targets {
                let sum = swept.entry(node).or_default();
                let owners = self.owners.get(&self.reach[node]).into_iter().flatten().enumerate();
                let own = owners.filter(|(run, owner)| run == *owner);
                *sum = own.map(|(run, _)| in_run(run, axis)).fold(*sum, u64::saturating_add);
            }
        }
        let n_copies = self.n_copies();
        let mut total = listed;
        let mut largest = (0, 0);
        for (i, node) in self.workflow.nodes.iter().enumerate() {
            let Some(n_copies) = n_copies.get(&self.reach[i]) else { continue };
            let values = swept.get(&i).copied().unwrap_or(0);
            let n_bytes = node_bytes(node).saturating_mul(*n_copies).saturating_add(values);
            total = total.saturating_add(n_bytes);
            largest = largest.max((n_bytes, i));
        }
        match self.workflow.nodes.get(largest.1) {
            Some(node) if total > MAX_COPIED => {
                Err(SweepError::TooLarge { n_bytes: total, node: node.id.clone() })
            }
            _ => Ok(()),
        }
    }

    fn n_edges(&self) -> u64 {
        let n_copies = self.n_copies();
        let ids = self.workflow.nodes.iter().zip(&self.reach);
        let copies: BTreeMap<_, _> = ids
            .map(|(node, reach)| (&node.id, n_copies.get(reach).copied().unwrap_or(1)))
            .collect();
        let edges = self.workflow.edges.iter();
        edges
            .map(|edge| copies.get(&edge.to.node).copied().unwrap_or(0))
            .fold(0, u64::saturating_add)
    }

    /// Counts the copies of a node by the axes that reach it.
    fn n_copies(&self) -> BTreeMap<&BTreeSet<usize>, u64> {
        let count = |owners: &Vec<usize>| {
            owners.iter().enumerate().filter(|(run, owner)| run == *owner).count() as u64
        };
        self.owners.iter().map(|(axes, owners)| (axes, count(owners))).collect()
    }
}
