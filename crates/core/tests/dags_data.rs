//! Real graphs: workflow systems, build logs, commit histories. Their levels,
//! components and cycles are compared with what networkx found.
//!
//! The data stays outside the repository: `LLMOS_BENCH_DATA` names its folder,
//! `../shared/bench` beside the repository is the default.

use std::{collections::BTreeMap, fs, path::PathBuf};

use llmos_core::graph::Graph;
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test reads its data and says what it skips"
)]
fn read(name: &str) -> Option<String> {
    let root = std::env::var("LLMOS_BENCH_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
        PathBuf::from,
    );
    let path = root.join("4_dags").join(name);
    let text = fs::read_to_string(&path);
    if text.is_err() {
        eprintln!("skipped: {} is missing; set LLMOS_BENCH_DATA", path.display());
    }
    text.ok()
}

fn count(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a count")).expect("a small count")
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().expect("an array").iter().map(count).collect()
}

fn graph_of(line: &Value) -> Graph {
    let n_nodes = line["nodes"].as_array().expect("nodes").len();
    let edges: Vec<_> = line["edges"]
        .as_array()
        .expect("edges")
        .iter()
        .map(|edge| (count(&edge[0]), count(&edge[1])))
        .collect();
    Graph::new(n_nodes, &edges)
}

fn check_dag(name: &str, graph: &Graph, answer: &Value) {
    let levels = graph.levels().expect(name);
    let sizes: Vec<_> = levels.iter().map(Vec::len).collect();
    assert_eq!(levels.len(), count(&answer["levels"]), "levels of {name}");
    assert_eq!(sizes.iter().max(), Some(&count(&answer["max_width"])), "width of {name}");
    if !answer["level_sizes"].is_null() {
        assert_eq!(sizes, numbers(&answer["level_sizes"]), "level sizes of {name}");
    }
    assert!(graph.cyclic_components().is_empty(), "cycles of {name}");
}

fn check_cyclic(name: &str, graph: &Graph, answer: &Value) {
    let listed = answer["cyclic_component_nodes"].as_array().expect("components");
    let listed: Vec<Vec<usize>> = listed.iter().map(numbers).collect();
    assert_eq!(graph.cyclic_components(), listed, "components of {name}");
    let cycles = graph.cycles();
    assert_eq!(cycles.len(), listed.len(), "cycles of {name}");
    for cycle in cycles.iter().chain(&graph.levels().err()) {
        assert!(
            listed.iter().any(|nodes| cycle.path.iter().all(|node| nodes.contains(node))),
            "{name}: {cycle:?} is in no component"
        );
        for (i, &from) in cycle.path.iter().enumerate() {
            let to = cycle.path[(i + 1) % cycle.path.len()];
            assert!(
                graph.successors(from).contains(&u32::try_from(to).expect("it is small")),
                "{name}: {from} does not lead to {to}"
            );
        }
    }
    let levels_of_condensation = condense(graph).levels().expect("a condensation has no cycle");
    assert_eq!(levels_of_condensation.len(), count(&answer["levels_of_condensation"]), "{name}");
}

/// Makes one node of each component.
fn condense(graph: &Graph) -> Graph {
    let components = graph.components();
    let mut component_of = vec![0; graph.n_nodes()];
    for (number, nodes) in components.iter().enumerate() {
        nodes.iter().for_each(|&node| component_of[node] = number);
    }
    let all = (0..graph.n_nodes())
        .flat_map(|from| graph.successors(from).iter().map(move |to| (from, *to as usize)));
    let edges: Vec<_> = all
        .map(|(from, to)| (component_of[from], component_of[to]))
        .filter(|(from, to)| from != to)
        .collect();
    Graph::new(components.len(), &edges)
}

#[test]
fn real_graphs_are_ordered_as_networkx_orders_them() {
    let (Some(graphs), Some(answers)) = (read("graphs.jsonl"), read("answers.json")) else {
        return;
    };
    let answers: Vec<Value> = serde_json::from_str(&answers).expect("answers are JSON");
    let answers: BTreeMap<&str, &Value> =
        answers.iter().map(|answer| (answer["name"].as_str().expect("a name"), answer)).collect();
    let (mut n_dags, mut n_cyclic, mut most) = (0, 0, 0);
    for line in graphs.lines() {
        let line: Value = serde_json::from_str(line).expect("a graph is JSON");
        let name = line["name"].as_str().expect("a name");
        let answer = answers[name];
        let graph = graph_of(&line);
        most = most.max(graph.n_nodes());
        assert_eq!(graph.n_nodes(), count(&answer["nodes"]), "nodes of {name}");
        if answer["is_dag"] == Value::Bool(true) {
            n_dags += 1;
            check_dag(name, &graph, answer);
        } else {
            n_cyclic += 1;
            check_cyclic(name, &graph, answer);
        }
    }
    assert_eq!(n_dags + n_cyclic, answers.len());
    assert!(n_dags > n_cyclic && n_cyclic > 0 && most > 1_000, "{n_dags}, {n_cyclic}, {most}");
}
