//! An order of the vertices of a labelled graph that depends on the graph
//! alone: graphs that differ by their numbering only are the same in it.
//!
//! Vertices are told apart by what surrounds them (colour refinement). Where
//! that leaves several alike, the graph is cut along connections that the
//! colours say all about, so that alike branches are ordered one by one; what
//! still hangs together is told apart by singling out each candidate in turn and
//! taking the least outcome. Candidates that a symmetry found on the way maps
//! onto one that was tried are left out.

use std::collections::BTreeMap;

use crate::lookup::small;

/// How many times a graph is refined before its vertices are left in the order in which they came.
///
/// No workflow that anybody draws comes near it; it bounds the time that a graph made to be hard can take.
const MAX_STEPS: usize = 20_000;

/// A connection with its label; at most one leads from one vertex to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arc {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) label: u32,
}

/// A graph, or a part of one, with the colours that tell its vertices apart so far.
struct Coloured {
    colours: Vec<u32>,
    arcs: Vec<Arc>,
}

/// A graph in the order that it alone decides: equal for graphs that are the same.
type Form = Vec<u32>;

/// Orders the vertices. Labels are numbers in an order that does not depend on the numbering of the vertices.
pub(super) fn order(labels: &[u32], arcs: &[Arc]) -> Vec<usize> {
    let mut n_steps = 0;
    let graph = Coloured { colours: labels.to_vec(), arcs: arcs.to_vec() };
    graph.order(&mut n_steps)
}

impl Coloured {
    fn order(self, n_steps: &mut usize) -> Vec<usize> {
        let n = self.colours.len();
        *n_steps += 1;
        if n <= 1 || *n_steps > MAX_STEPS {
            return (0..n).collect();
        }
        let (colours, n_colours) = self.refined();
        let graph = Self { colours, arcs: self.arcs };
        if n_colours == n {
            return by_colour(&graph.colours);
        }
        let graph = graph.without_telling_nothing();
        let branches = graph.branches();
        match branches.len() {
            1 => graph.singled_out(n_steps),
            _ => graph.branch_by_branch(&branches, n_steps),
        }
    }

    /// Tells vertices apart by the colours around them, until that tells no more apart.
    fn refined(&self) -> (Vec<u32>, usize) {
        let n = self.colours.len();
        let (mut colours, mut n_colours) = ranked(&self.colours);
        let mut around: Vec<Vec<u64>> = vec![Vec::new(); n];
        let mut by_surroundings: Vec<usize> = (0..n).collect();
        while n_colours < n {
            around.iter_mut().for_each(Vec::clear);
            for &Arc { from, to, label } in &self.arcs {
                let [of_from, of_to] = [colours[from as usize], colours[to as usize]];
                around[from as usize].push(u64::from(label) << 33 | u64::from(of_to));
                around[to as usize].push(u64::from(label) << 33 | 1 << 32 | u64::from(of_from));
            }
            around.iter_mut().for_each(|around| around.sort_unstable());
            let seen = |v: usize| (colours[v], &around[v]);
            by_surroundings.sort_unstable_by(|&a, &b| seen(a).cmp(&seen(b)));
            let mut next = vec![0; n];
            let mut colour = 0;
            for pair in by_surroundings.windows(2) {
                colour += u32::from(seen(pair[0]) != seen(pair[1]));
                next[pair[1]] = colour;
            }
            let n_next = colour as usize + 1;
            if n_next == n_colours {
                break;
            }
            (colours, n_colours) = (next, n_next);
        }
        (colours, n_colours)
    }

    /// Leaves out connections that lead from each vertex of one colour to each of another.
    fn without_telling_nothing(mut self) -> Self {
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        self.colours.iter().for_each(|colour| *sizes.entry(*colour).or_default() += 1);
        let colours = &self.colours;
        let pair = |arc: &Arc| (colours[arc.from as usize], colours[arc.to as usize], arc.label);
        let mut n_arcs: BTreeMap<(u32, u32, u32), usize> = BTreeMap::new();
        self.arcs.iter().for_each(|arc| *n_arcs.entry(pair(arc)).or_default() += 1);
        let is_full = |&(from, to, label): &(u32, u32, u32)| {
            let n_pairs = if from == to {
                sizes[&from] * (sizes[&from] - 1)
            } else {
                sizes[&from] * sizes[&to]
            };
            n_arcs[&(from, to, label)] == n_pairs
        };
        let kept = |arc: &Arc| arc.from == arc.to || !is_full(&pair(arc));
        self.arcs = self.arcs.iter().copied().filter(kept).collect();
        self
    }

    /// Finds what hangs together: the vertices of each part, ascending.
    fn branches(&self) -> Vec<Vec<usize>> {
        let mut root: Vec<usize> = (0..self.colours.len()).collect();
        for arc in &self.arcs {
            let [a, b] = [find(&mut root, arc.from as usize), find(&mut root, arc.to as usize)];
            root[a.max(b)] = a.min(b);
        }
        let mut branches: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for v in 0..root.len() {
            branches.entry(find(&mut root, v)).or_default().push(v);
        }
        branches.into_values().collect()
    }

    /// Orders each part by itself, then the parts by what they are.
    fn branch_by_branch(&self, branches: &[Vec<usize>], n_steps: &mut usize) -> Vec<usize> {
        let mut branch_of = vec![0; self.colours.len()];
        let mut number = vec![0; self.colours.len()];
        for (b, branch) in branches.iter().enumerate() {
            for (i, &v) in branch.iter().enumerate() {
                (branch_of[v], number[v]) = (b, small(i));
            }
        }
        let mut arcs: Vec<Vec<Arc>> = vec![Vec::new(); branches.len()];
        for &Arc { from, to, label } in &self.arcs {
            let [from, to] = [from as usize, to as usize];
            arcs[branch_of[from]].push(Arc { from: number[from], to: number[to], label });
        }
        let mut ordered: Vec<(Form, Vec<usize>)> = Vec::with_capacity(branches.len());
        for (branch, arcs) in branches.iter().zip(arcs) {
            let colours: Vec<u32> = branch.iter().map(|&v| self.colours[v]).collect();
            let part = Self { colours: colours.clone(), arcs: arcs.clone() };
            let order = part.order(n_steps);
            let form = Self { colours, arcs }.form(&order);
            ordered.push((form, order.into_iter().map(|i| branch[i]).collect()));
        }
        ordered.sort();
        ordered.into_iter().flat_map(|(_, order)| order).collect()
    }

    /// Singles out each vertex of one colour in turn, and takes the order that gives the least form.
    fn singled_out(&self, n_steps: &mut usize) -> Vec<usize> {
        let mut cells: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (v, colour) in self.colours.iter().enumerate() {
            cells.entry(*colour).or_default().push(v);
        }
        let several = cells.values().filter(|cell| cell.len() > 1);
        let Some(cell) = several.min_by_key(|cell| (cell.len(), self.colours[cell[0]])) else {
            return by_colour(&self.colours);
        };
        let mut alike: Vec<usize> = (0..self.colours.len()).collect();
        let mut tried: Vec<usize> = Vec::new();
        let mut best: Option<(Form, Vec<usize>)> = None;
        for &v in cell {
            let root = find(&mut alike, v);
            if tried.iter().any(|&other| find(&mut alike, other) == root) {
                continue;
            }
            tried.push(v);
            let mut colours: Vec<u32> = self.colours.iter().map(|colour| colour * 2 + 1).collect();
            colours[v] -= 1;
            let order = Self { colours, arcs: self.arcs.clone() }.order(n_steps);
            let form = self.form(&order);
            match &best {
                Some((least, of_least)) if *least == form => {
                    // The two orders say the same, so what stands at one place is alike.
                    for (&a, &b) in of_least.iter().zip(&order) {
                        let [a, b] = [find(&mut alike, a), find(&mut alike, b)];
                        alike[a.max(b)] = a.min(b);
                    }
                }
                Some((least, _)) if *least < form => {}
                _ => best = Some((form, order)),
            }
        }
        best.map(|(_, order)| order).unwrap_or_default()
    }

    /// Writes the graph down in an order of its vertices.
    fn form(&self, order: &[usize]) -> Form {
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, &v)| place[v] = small(at));
        let moved = |arc: &Arc| [place[arc.from as usize], place[arc.to as usize], arc.label];
        let mut arcs: Vec<_> = self.arcs.iter().map(moved).collect();
        arcs.sort_unstable();
        let colours = order.iter().map(|&v| self.colours[v]);
        [small(order.len())].into_iter().chain(colours).chain(arcs.into_iter().flatten()).collect()
    }
}

/// Numbers the values in their order, equal ones alike, and counts the different ones.
fn ranked(values: &[u32]) -> (Vec<u32>, usize) {
    let mut known = values.to_vec();
    known.sort_unstable();
    known.dedup();
    let rank = |value: &u32| small(known.partition_point(|other| other < value));
    (values.iter().map(rank).collect(), known.len())
}

fn by_colour(colours: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..colours.len()).collect();
    order.sort_unstable_by_key(|&v| colours[v]);
    order
}

/// Finds the least vertex that is joined with another, and shortens the way there.
fn find(root: &mut [usize], v: usize) -> usize {
    let mut top = v;
    while root[top] != top {
        top = root[top];
    }
    let mut at = v;
    while root[at] != top {
        at = std::mem::replace(&mut root[at], top);
    }
    top
}
