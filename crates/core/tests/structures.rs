//! Structures against an independent test of isomorphism, on workflows made at random.

use llmos_core::{
    pattern::structure::{Structure, StructureKey},
    slug::Slug,
    workflow::{Edge, Node, PortRef, Uses, Workflow},
};
use petgraph::{algo::is_isomorphic_matching, graph::DiGraph};

/// How many workflows are compared, each with each.
const N_WORKFLOWS: usize = 1_000;

/// Repeatable choices.
struct Choice(u64);

impl Choice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).expect("it is small")
    }

    fn shuffled(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        (1..n).rev().for_each(|i| order.swap(i, self.below(i + 1)));
        order
    }
}

/// What a workflow is, apart from its names: the skill of each node, and edges with their ports.
#[derive(Clone)]
struct Shape {
    skills: Vec<usize>,
    edges: Vec<(usize, usize, usize)>,
}

/// Few skills and ports, so that many workflows are alike or nearly so.
fn shape(choice: &mut Choice) -> Shape {
    let n = 2 + choice.below(6);
    let skills = (0..n).map(|_| choice.below(2)).collect();
    let mut edges = Vec::new();
    for to in 1..n {
        for from in 0..to {
            if choice.below(n) < 2 {
                edges.push((from, to, choice.below(2)));
            }
        }
    }
    Shape { skills, edges }
}

/// The same shape with renamed nodes, in another order and in other places.
fn drawn(shape: &Shape, choice: &mut Choice) -> Workflow {
    let names = choice.shuffled(shape.skills.len());
    let id = |v: usize| Slug::nearest(&format!("n{}-{}", names[v], v * 7 % 5)).expect("a slug");
    let node = |v: usize| Node {
        position: Some((choice_of(names[v]), choice_of(v))),
        ..Node::new(
            id(v),
            Uses::Skill(Slug::nearest(&format!("s{}", shape.skills[v])).expect("a slug")),
        )
    };
    let end = |v: usize, port: String| PortRef { node: id(v), port };
    let edge = |&(from, to, port): &(usize, usize, usize)| Edge {
        from: end(from, format!("out{port}")),
        to: end(to, format!("in{from}")),
    };
    // The input is named for its source, so that no two edges feed one input; the name must not tell the number.
    let plain = |edge: Edge| Edge { to: PortRef { port: "in".into(), ..edge.to }, ..edge };
    let nodes = choice.shuffled(shape.skills.len()).into_iter().map(node).collect();
    let order = choice.shuffled(shape.edges.len());
    let edges = order.into_iter().map(|i| plain(edge(&shape.edges[i]))).collect();
    Workflow {
        id: "w".parse().expect("a slug"),
        name: String::new(),
        description: String::new(),
        tags: Vec::new(),
        version: None,
        author: None,
        nodes,
        edges,
        interface: None,
        body: String::new(),
    }
}

fn choice_of(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("it is small")) * 37.5
}

fn graph(workflow: &Workflow) -> DiGraph<String, String> {
    let mut graph = DiGraph::new();
    let mut index = std::collections::BTreeMap::new();
    for node in &workflow.nodes {
        index.insert(&node.id, graph.add_node(node.uses.id().to_string()));
    }
    for edge in &workflow.edges {
        let label = format!("{}>{}", edge.from.port, edge.to.port);
        graph.add_edge(index[&edge.from.node], index[&edge.to.node], label);
    }
    graph
}

#[test]
fn equal_keys_are_exactly_the_isomorphic_workflows() {
    let mut choice = Choice(20_261_130);
    let mut shapes: Vec<Shape> = Vec::new();
    let mut drawings: Vec<(StructureKey, DiGraph<String, String>)> = Vec::new();
    for i in 0..N_WORKFLOWS {
        // A third of them is an earlier one, drawn anew.
        let known = (i % 3 == 2).then(|| shapes[choice.below(shapes.len())].clone());
        let shape = known.unwrap_or_else(|| shape(&mut choice));
        let workflow = drawn(&shape, &mut choice);
        shapes.push(shape);
        let placed = Structure::of(&workflow).expect("it is small");
        for (step, &place) in placed.structure.steps.iter().zip(&placed.places) {
            assert_eq!(*step, workflow.nodes[place].uses);
        }
        drawings.push((placed.structure.key(), graph(&workflow)));
    }
    let (mut n_same, mut n_missed, mut n_false) = (0, 0, 0);
    for (i, (key, graph)) in drawings.iter().enumerate() {
        for (other_key, other) in &drawings[..i] {
            let same = graph.node_count() == other.node_count()
                && graph.edge_count() == other.edge_count()
                && is_isomorphic_matching(graph, other, |a, b| a == b, |a, b| a == b);
            n_same += usize::from(same);
            n_missed += usize::from(same && key != other_key);
            n_false += usize::from(!same && key == other_key);
        }
    }
    assert!(n_same > 300, "only {n_same} pairs are the same");
    assert_eq!((n_missed, n_false), (0, 0), "of {n_same} pairs");
}
