use proptest::{prelude::*, test_runner::RngSeed};

use super::*;

#[track_caller]
fn check_levels(n_nodes: usize, edges: &[(usize, usize)], want: &[&[usize]]) {
    let want: Vec<Vec<usize>> = want.iter().map(|level| level.to_vec()).collect();
    assert_eq!(levels(n_nodes, edges), Ok(want), "edges: {edges:?}");
}

#[track_caller]
fn check_cycles(n_nodes: usize, edges: &[(usize, usize)], want: &[&[usize]]) {
    let got: Vec<_> = Graph::new(n_nodes, edges).cycles().into_iter().map(|c| c.path).collect();
    assert_eq!(got, want, "edges: {edges:?}");
}

#[test]
fn a_node_stands_below_the_lowest_node_that_leads_to_it() {
    check_levels(0, &[], &[]);
    check_levels(2, &[], &[&[0, 1]]);
    check_levels(3, &[(2, 1), (1, 0)], &[&[2], &[1], &[0]]);
    check_levels(4, &[(0, 1), (0, 2), (1, 3), (2, 3)], &[&[0], &[1, 2], &[3]]);
    check_levels(4, &[(0, 3), (0, 1), (1, 2), (2, 3)], &[&[0], &[1], &[2], &[3]]);
    check_levels(2, &[(0, 1), (0, 1)], &[&[0], &[1]]);
    check_levels(2, &[(0, 1), (0, 9), (9, 0)], &[&[0], &[1]]);
}

#[test]
fn a_cycle_is_named_by_its_shortest_way() {
    check_cycles(2, &[(0, 1)], &[]);
    check_cycles(1, &[(0, 0)], &[&[0]]);
    check_cycles(4, &[(0, 1), (1, 2), (2, 3), (3, 1)], &[&[1, 2, 3]]);
    check_cycles(5, &[(0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (4, 3)], &[&[3, 4]]);
    check_cycles(4, &[(3, 2), (2, 3), (1, 0), (0, 1), (1, 2)], &[&[0, 1], &[2, 3]]);
}

#[test]
fn the_first_cycle_refuses_the_levels() {
    assert_eq!(levels(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]), Err(Cycle { path: vec![1, 2] }));
}

#[test]
fn deep_graphs_need_no_stack() {
    const N: usize = 100_000;
    let mut edges: Vec<_> = (1..N).map(|node| (node - 1, node)).collect();
    let chain = levels(N, &edges).expect("a chain has no cycle");
    assert_eq!(chain.len(), N);
    assert_eq!(Graph::new(N, &edges).components().len(), N);
    edges.push((N - 1, 0));
    assert_eq!(levels(N, &edges).expect_err("a ring is a cycle").path.len(), N);
    assert_eq!(Graph::new(N, &edges).cyclic_components().len(), 1);
}

/// The longest way to each node, by trying again until nothing changes.
fn oracle_levels(n_nodes: usize, edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut level_of = vec![0; n_nodes];
    for _ in 0..=n_nodes {
        let before = level_of.clone();
        for &(from, to) in edges {
            level_of[to] = level_of[to].max(level_of[from] + 1);
        }
        if before == level_of {
            return Some(level_of);
        }
    }
    None
}

/// Which nodes lead where, by closing the relation.
fn oracle_reach(n_nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; n_nodes]; n_nodes];
    for &(from, to) in edges {
        reach[from][to] = true;
    }
    for via in 0..n_nodes {
        for from in 0..n_nodes {
            for to in 0..n_nodes {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    reach
}

fn graphs() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (1_usize..14).prop_flat_map(|n| (Just(n), prop::collection::vec((0..n, 0..n), 0..30)))
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn levels_agree_with_the_oracle((n_nodes, edges) in graphs()) {
        match (levels(n_nodes, &edges), oracle_levels(n_nodes, &edges)) {
            (Ok(levels), Some(level_of)) => {
                for (level, nodes) in levels.iter().enumerate() {
                    prop_assert!(nodes.is_sorted());
                    for &node in nodes {
                        prop_assert_eq!(level_of[node], level);
                    }
                }
                prop_assert_eq!(levels.iter().map(Vec::len).sum::<usize>(), n_nodes);
            }
            (Err(_), None) => {}
            (got, want) => prop_assert!(false, "got {:?}, the oracle says {:?}", got, want),
        }
    }

    #[test]
    fn components_and_cycles_agree_with_the_oracle((n_nodes, edges) in graphs()) {
        let graph = Graph::new(n_nodes, &edges);
        let reach = oracle_reach(n_nodes, &edges);
        let components = graph.components();
        for nodes in &components {
            for (from, leads_to) in reach.iter().enumerate() {
                let together = nodes.contains(&from);
                let mutual = from == nodes[0] || (leads_to[nodes[0]] && reach[nodes[0]][from]);
                prop_assert_eq!(together, mutual);
            }
        }
        let cyclic = graph.cyclic_components();
        prop_assert_eq!(cyclic.iter().map(Vec::len).sum::<usize>(), (0..n_nodes).filter(|&i| reach[i][i]).count());
        for (nodes, Cycle { path }) in cyclic.iter().zip(graph.cycles()) {
            for (i, from) in path.iter().enumerate() {
                prop_assert!(nodes.contains(from));
                prop_assert!(edges.contains(&(*from, path[(i + 1) % path.len()])));
            }
            let shortest = (1..=path.len()).find(|&len| has_walk(&edges, nodes, len));
            prop_assert_eq!(shortest, Some(path.len()));
        }
    }
}

/// Whether some closed walk of this length stays in `nodes`.
fn has_walk(edges: &[(usize, usize)], nodes: &[usize], len: usize) -> bool {
    nodes.iter().any(|&start| {
        let mut at = vec![start];
        for _ in 0..len {
            at = edges.iter().filter(|(from, _)| at.contains(from)).map(|&(_, to)| to).collect();
            at.sort_unstable();
            at.dedup();
        }
        at.contains(&start)
    })
}
