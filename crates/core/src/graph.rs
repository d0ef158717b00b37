//! Order and cycles of directed graphs whose nodes are numbers.
//!
//! Everything here is linear in nodes and edges and free of recursion, so a
//! chain of 100,000 nodes costs no stack. It does not know what a node means.

use std::collections::VecDeque;

use crate::lookup::small;

/// How many edges [`Graph::cycles`] may look at in one component while it searches the shortest cycle.
const SHORTEST_CYCLE_BUDGET: usize = 1_000_000;

/// A directed graph over the nodes `0..n`.
///
/// It keeps numbers of 32 bits: half the memory is half the way through the caches.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Where the successors of each node begin in `targets`; one more than there are nodes.
    starts: Vec<u32>,
    targets: Vec<u32>,
}

/// The nodes of a graph by level.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// Where each level begins in `nodes`; one more than there are levels.
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

/// A way along edges from a node back to itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the graph has a cycle of {n} nodes", n = .path.len())]
pub struct Cycle {
    /// The nodes in the order of the edges, the smallest first; the last leads back to it.
    pub path: Vec<usize>,
}

/// Splits a graph into levels: a node stands one level below the lowest node that leads to it.
///
/// Level `k` holds the nodes whose longest way from a source has `k` edges, in
/// ascending order. Edges that name no node are left out.
///
/// ```
/// use llmos_core::graph::levels;
/// assert_eq!(levels(4, &[(0, 1), (1, 2), (0, 2)]), Ok(vec![vec![0, 3], vec![1], vec![2]]));
/// assert_eq!(levels(3, &[(0, 1), (1, 0)]).unwrap_err().path, [0, 1]);
/// ```
pub fn levels(n_nodes: usize, edges: &[(usize, usize)]) -> Result<Vec<Vec<usize>>, Cycle> {
    Graph::new(n_nodes, edges).levels()
}

impl Order {
    /// Returns the levels, the first one first; within a level the order is ascending.
    pub(crate) fn levels(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|ends| &self.nodes[ends[0] as usize..ends[1] as usize])
    }

    /// Returns all nodes, each behind those that lead to it.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().map(|&node| node as usize)
    }
}

impl Graph {
    /// Makes the graph. Edges that name no node are left out; equal edges count each.
    pub fn new(n_nodes: usize, edges: &[(usize, usize)]) -> Self {
        Self::of(n_nodes, edges.iter().copied())
    }

    /// Makes the graph of edges that are not in a list; they are walked twice.
    pub(crate) fn of(n_nodes: usize, edges: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let known = |&(from, to): &(usize, usize)| from < n_nodes && to < n_nodes;
        // Counted two places further on, so that filling in moves each start to its place.
        let mut starts = vec![0_u32; n_nodes + 2];
        for (from, _) in edges.clone().filter(known) {
            starts[from + 2] += 1;
        }
        for node in 0..n_nodes {
            starts[node + 2] += starts[node + 1];
        }
        let mut targets = vec![0_u32; starts[n_nodes + 1] as usize];
        for (from, to) in edges.filter(known) {
            let next = &mut starts[from + 1];
            targets[*next as usize] = small(to);
            *next += 1;
        }
        starts.pop();
        Self { starts, targets }
    }

    /// Returns how many nodes there are.
    pub fn n_nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns where the edges of a node lead, in the order they were given.
    ///
    /// # Panics
    ///
    /// Panics when there is no such node.
    pub fn successors(&self, node: usize) -> &[u32] {
        &self.targets[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// Splits the graph into levels, as the function [`levels`] does.
    pub fn levels(&self) -> Result<Vec<Vec<usize>>, Cycle> {
        let level = |nodes: &[u32]| nodes.iter().map(|&node| node as usize).collect();
        Ok(self.order()?.levels().map(level).collect())
    }

    /// Orders the nodes by level.
    pub(crate) fn order(&self) -> Result<Order, Cycle> {
        let n_nodes = self.n_nodes();
        // What a node waits for still, and its level: side by side, as they are needed.
        let mut standing = vec![(0_u32, 0_u32); n_nodes];
        for &to in &self.targets {
            standing[to as usize].0 += 1;
        }
        let mut ready: Vec<u32> = Vec::with_capacity(n_nodes);
        ready.extend((0..small(n_nodes)).filter(|&node| standing[node as usize].0 == 0));
        let (mut at, mut n_levels) = (0, 0);
        while let Some(&node) = ready.get(at) {
            at += 1;
            let below = standing[node as usize].1 + 1;
            n_levels = n_levels.max(below as usize);
            for &to in self.successors(node as usize) {
                let (waits_for, level) = &mut standing[to as usize];
                *level = below.max(*level);
                *waits_for -= 1;
                if *waits_for == 0 {
                    ready.push(to);
                }
            }
        }
        if ready.len() < n_nodes {
            let first = self.cycles().into_iter().next();
            return Err(first.expect("because only nodes behind a cycle are never ready"));
        }
        let mut starts = vec![0_u32; n_levels + 2];
        standing.iter().for_each(|&(_, level)| starts[level as usize + 2] += 1);
        for level in 0..n_levels {
            starts[level + 2] += starts[level + 1];
        }
        let mut nodes = ready;
        for (node, &(_, level)) in standing.iter().enumerate() {
            let next = &mut starts[level as usize + 1];
            nodes[*next as usize] = small(node);
            *next += 1;
        }
        starts.pop();
        Ok(Order { starts, nodes })
    }

    /// Finds the strongly connected components: groups of nodes that all lead to each other.
    ///
    /// Each is in ascending order, and they are ordered by their first node. A
    /// node on no cycle is a component of its own.
    pub fn components(&self) -> Vec<Vec<usize>> {
        let component_of = self.component_numbers();
        let mut place = vec![usize::MAX; self.n_nodes()];
        let mut components: Vec<Vec<usize>> = Vec::new();
        for (node, &component) in component_of.iter().enumerate() {
            if place[component] == usize::MAX {
                place[component] = components.len();
                components.push(Vec::new());
            }
            components[place[component]].push(node);
        }
        components
    }

    /// Finds the components that hold a cycle; see [`Self::components`].
    pub fn cyclic_components(&self) -> Vec<Vec<usize>> {
        let mut components = self.components();
        components.retain(|nodes| match nodes.as_slice() {
            [one] => self.successors(*one).contains(&small(*one)),
            _ => true,
        });
        components
    }

    /// Names one cycle of each cyclic component, ordered by the component's first node.
    ///
    /// It is a shortest one, except in components so large that finding it
    /// would take long: there it is a shortest one through the first node.
    pub fn cycles(&self) -> Vec<Cycle> {
        let mut search = CycleSearch::new(self);
        self.cyclic_components().iter().map(|nodes| search.shortest(nodes)).collect()
    }

    /// Numbers the strongly connected components (Tarjan's algorithm on a stack of its own).
    fn component_numbers(&self) -> Vec<usize> {
        const NONE: usize = usize::MAX;
        let n_nodes = self.n_nodes();
        let (mut order, mut low) = (vec![NONE; n_nodes], vec![0; n_nodes]);
        let mut component_of = vec![NONE; n_nodes];
        let mut open = Vec::new();
        let mut calls: Vec<(usize, usize)> = Vec::new();
        let (mut n_seen, mut n_components) = (0, 0);
        for root in 0..n_nodes {
            if order[root] != NONE {
                continue;
            }
            calls.push((root, 0));
            while let Some((node, edge)) = calls.pop() {
                if edge == 0 {
                    order[node] = n_seen;
                    low[node] = n_seen;
                    n_seen += 1;
                    open.push(node);
                }
                if let Some(&to) = self.successors(node).get(edge) {
                    let to = to as usize;
                    calls.push((node, edge + 1));
                    if order[to] == NONE {
                        calls.push((to, 0));
                    } else if component_of[to] == NONE {
                        low[node] = low[node].min(order[to]);
                    }
                    continue;
                }
                if let Some(&(parent, _)) = calls.last() {
                    low[parent] = low[parent].min(low[node]);
                }
                if low[node] == order[node] {
                    while let Some(member) = open.pop() {
                        component_of[member] = n_components;
                        if member == node {
                            break;
                        }
                    }
                    n_components += 1;
                }
            }
        }
        component_of
    }
}

/// Searches cycles inside components, level by level, with tables that serve every search.
struct CycleSearch<'a> {
    graph: &'a Graph,
    /// The component that is searched now, by its first node plus one.
    inside: Vec<usize>,
    /// The search that saw a node last, and the node it came from.
    seen: Vec<(usize, usize)>,
    n_searches: usize,
    n_edges: usize,
}

impl<'a> CycleSearch<'a> {
    fn new(graph: &'a Graph) -> Self {
        let n_nodes = graph.n_nodes();
        let (inside, seen) = (vec![0; n_nodes], vec![(0, 0); n_nodes]);
        Self { graph, inside, seen, n_searches: 0, n_edges: 0 }
    }

    fn shortest(&mut self, component: &[usize]) -> Cycle {
        let mark = component[0] + 1;
        for &node in component {
            self.inside[node] = mark;
        }
        self.n_edges = 0;
        let mut best: Option<Vec<usize>> = None;
        for &start in component {
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            if let Some(path) = self.through(start, mark, limit) {
                best = Some(path);
            }
            if self.n_edges > SHORTEST_CYCLE_BUDGET || best.as_ref().is_some_and(|p| p.len() == 1) {
                break;
            }
        }
        let mut path = best.expect("because each node of a cyclic component is on a cycle");
        let smallest = (0..path.len()).min_by_key(|&i| path[i]).unwrap_or(0);
        path.rotate_left(smallest);
        Cycle { path }
    }

    /// Finds the shortest cycle through `start` that has fewer than `limit` nodes.
    fn through(&mut self, start: usize, mark: usize, limit: usize) -> Option<Vec<usize>> {
        self.n_searches += 1;
        let search = self.n_searches;
        let mut queue = VecDeque::from([(start, 1)]);
        while let Some((node, n_nodes)) = queue.pop_front() {
            if n_nodes >= limit {
                return None;
            }
            for &to in self.graph.successors(node) {
                let to = to as usize;
                self.n_edges += 1;
                if to == start {
                    return Some(self.way_back(start, node));
                }
                if self.inside[to] == mark && self.seen[to].0 != search {
                    self.seen[to] = (search, node);
                    queue.push_back((to, n_nodes + 1));
                }
            }
        }
        None
    }

    fn way_back(&self, start: usize, last: usize) -> Vec<usize> {
        let mut path = vec![last];
        let mut node = last;
        while node != start {
            node = self.seen[node].1;
            path.push(node);
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests;
