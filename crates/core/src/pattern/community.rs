//! Communities of a graph of near texts: Louvain's method (Blondel et al., 2008)
//! with a fixed order, for the modularity of Reichardt and Bornholdt (2006).

use std::collections::BTreeMap;

/// Above one, so that communities are smaller than those of plain modularity,
/// which in a large graph joins what is apart (Fortunato and Barthélemy, 2007).
const RESOLUTION: f64 = 2.0;

/// Neighbours and the weights of the edges to them, both directions present.
type Graph = Vec<Vec<(usize, f64)>>;

/// The graph of texts that are among the `k` nearest of one another.
fn mutual(nearest: &[Vec<(usize, f32)>], k: usize) -> Graph {
    let lists: Vec<&[(usize, f32)]> =
        nearest.iter().map(|list| &list[..k.min(list.len())]).collect();
    let near = |list: &&[(usize, f32)], text| list.iter().any(|&(other, _)| other == text);
    let neighbours = |(text, list): (usize, &&[(usize, f32)])| {
        let mut edges: Vec<_> = list
            .iter()
            .filter(|&&(other, _)| near(&lists[other], text))
            .map(|&(other, weight)| (other, f64::from(weight)))
            .collect();
        edges.sort_unstable_by_key(|edge| edge.0);
        edges
    };
    lists.iter().enumerate().map(neighbours).collect()
}

/// The community of each text, in the graph of mutual `k` nearest ones.
pub(super) fn communities(nearest: &[Vec<(usize, f32)>], k: usize) -> Vec<usize> {
    let mut graph = mutual(nearest, k);
    let mut label: Vec<usize> = (0..graph.len()).collect();
    loop {
        let (community, n_communities) = moved(&graph);
        for label in &mut label {
            *label = community[*label];
        }
        if n_communities == graph.len() {
            return label;
        }
        graph = folded(&graph, &community, n_communities);
    }
}

/// Moves nodes between communities while the modularity grows.
fn moved(graph: &Graph) -> (Vec<usize>, usize) {
    let degree: Vec<f64> =
        graph.iter().map(|edges| edges.iter().map(|edge| edge.1).sum()).collect();
    let total: f64 = degree.iter().sum();
    let mut community: Vec<usize> = (0..graph.len()).collect();
    let mut weight = degree.clone();
    let mut links = vec![0.0; graph.len()];
    // Each round raises the modularity; the bound only guards against rounding.
    for _ in 0..64 {
        let mut changed = false;
        for node in 0..graph.len() {
            let own = community[node];
            weight[own] -= degree[node];
            for &(other, edge) in &graph[node] {
                if other != node {
                    links[community[other]] += edge;
                }
            }
            let gain = |to: usize| links[to] - RESOLUTION * degree[node] * weight[to] / total;
            let (mut best, mut most) = (own, gain(own));
            for &(other, _) in &graph[node] {
                let to = community[other];
                let gain = gain(to);
                if gain > most + 1e-9 {
                    (best, most) = (to, gain);
                }
            }
            for &(other, _) in &graph[node] {
                links[community[other]] = 0.0;
            }
            community[node] = best;
            weight[best] += degree[node];
            changed |= best != own;
        }
        if !changed {
            break;
        }
    }
    renumbered(community)
}

fn renumbered(mut community: Vec<usize>) -> (Vec<usize>, usize) {
    let mut number = BTreeMap::new();
    for label in &mut community {
        let next = number.len();
        *label = *number.entry(*label).or_insert(next);
    }
    (community, number.len())
}

/// The graph whose nodes are the communities.
fn folded(graph: &Graph, community: &[usize], n_communities: usize) -> Graph {
    let mut edges: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); n_communities];
    for (node, neighbours) in graph.iter().enumerate() {
        for &(other, weight) in neighbours {
            *edges[community[node]].entry(community[other]).or_default() += weight;
        }
    }
    edges.into_iter().map(|edges| edges.into_iter().collect()).collect()
}
