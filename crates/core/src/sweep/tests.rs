use std::collections::BTreeSet;

use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::json;

use super::*;
use crate::{
    run::Plan,
    workflow::{
        Edge, Node, Part,
        tests::{edge, node, skills, slug, workflow},
    },
};

fn axis(text: &str) -> Axis {
    text.parse().expect("an axis")
}

fn sweep(axes: &[&str], mode: Mode) -> Sweep {
    Sweep { axes: axes.iter().map(|text| axis(text)).collect(), mode }
}

#[track_caller]
fn check_values(text: &str, want: Value) {
    assert_eq!(axis(&format!("a.x={text}")).values.values().map(Value::from), Ok(want), "{text}");
}

#[test]
fn values_are_written_as_ranges_and_lists() {
    check_values("0:1:5", json!([0, 0.25, 0.5, 0.75, 1]));
    check_values("0:0.3:4", json!([0, 0.1, 0.2, 0.3]));
    check_values("1:1000:4:log", json!([1, 10, 100, 1000]));
    check_values("-2:-8:3:log", json!([-2, -4, -8]));
    check_values("7:9:1", json!([7]));
    check_values("3:1:3:linear", json!([3, 2, 1]));
    check_values("-1e308:1e308:3", json!([-1e308, 0, 1e308]));
    check_values("1,2.5", json!([1, 2.5]));
    check_values("on, off", json!(["on", "off"]));
    check_values("\"a,b\",true", json!(["a,b", true]));
    check_values("[[1, 2], [3]]", json!([[1, 2], [3]]));
}

#[test]
fn a_bad_axis_says_what_to_write() {
    let range =
        "write `from:to:steps`, with `:log` behind it for equal ratios, or put texts in quotes";
    let whole = "write `node.port=from:to:steps` or `node.port=value,value`";
    for (text, message, hint) in [
        ("a.x", "there is no `=`", whole),
        ("a=1:2:3", "`a` names no port", whole),
        ("a.x=1:2", "`1:2` is no range", range),
        ("a.x=1:2:3:cubic", "`1:2:3:cubic` is no range", range),
        ("a.x=", "there are no values", "give one value at least"),
    ] {
        let error = text.parse::<Axis>().expect_err("it is none");
        assert_eq!((error.to_string().as_str(), error.hint()), (message, hint), "{text}");
    }
    let values = |text: &str| axis(text).values.values();
    assert_eq!(values("a.x=0:1:3:log"), Err(AxisError::CrossesNought));
    assert_eq!(values("a.x=0:1:0"), Err(AxisError::Empty));
    assert_eq!(values("a.x=0:1:20000"), Err(AxisError::TooMany { steps: 20_000 }));
    assert_eq!(values("a.x=[]"), Err(AxisError::Empty));
}

/// `source` and `other` count; `sum` adds what `source` gives, `far` what `other` gives.
fn two_lines() -> Workflow {
    let mut flow = workflow();
    flow.nodes.push(node("other", "counter", json!({"count": 4})));
    flow.nodes.push(node("far", "sum-up", json!({})));
    flow.edges.push(edge("other.values", "far.values"));
    flow
}

fn expanded(flow: &Workflow, sweep: &Sweep) -> Expanded {
    expand(flow, &BTreeMap::new(), &skills(), sweep).expect("it can be swept")
}

#[test]
fn what_is_swept_is_copied_and_the_rest_is_shared() {
    let found = expanded(&two_lines(), &sweep(&["source.count=1:3:3"], Mode::Product));
    let nodes: Vec<_> = found
        .workflow
        .nodes
        .iter()
        .map(|node| format!("{} {}", node.id, Value::from_iter(node.inputs.clone())))
        .collect();
    assert_eq!(
        nodes,
        [
            "source--1 {\"count\":1}",
            "source--2 {\"count\":2}",
            "source--3 {\"count\":3}",
            "sum--1 {}",
            "sum--2 {}",
            "sum--3 {}",
            "other {\"count\":4}",
            "far {}",
        ]
    );
    let edges: BTreeSet<_> = found.workflow.edges.into_iter().collect();
    let copy = |n: usize| edge(&format!("source--{n}.values"), &format!("sum--{n}.values"));
    assert_eq!(edges, [copy(1), copy(2), copy(3), edge("other.values", "far.values")].into());
    let run = &found.runs[1];
    assert_eq!((run.index, &run.values[0].1), (2, &json!(2)));
    let nodes = [("source", "source--2"), ("sum", "sum--2")];
    assert_eq!(run.nodes, nodes.map(|(id, copy)| (slug(id), slug(copy))).into());
}

#[test]
fn a_node_is_there_once_for_the_values_that_reach_it() {
    let both = ["source.count=1,2,3", "other.count=1,2"];
    let found = expanded(&two_lines(), &sweep(&both, Mode::Product));
    assert_eq!(found.runs.len(), 6);
    assert_eq!(found.workflow.nodes.len(), 2 * 3 + 2 * 2);
    let values: Vec<_> =
        found.runs.iter().map(|run| (run.values[0].1.clone(), run.values[1].1.clone())).collect();
    assert_eq!(values[..3], [(json!(1), json!(1)), (json!(1), json!(2)), (json!(2), json!(1))]);
    assert_eq!(found.runs[1].nodes[&slug("sum")], found.runs[0].nodes[&slug("sum")]);
    assert_eq!(found.runs[2].nodes[&slug("far")], found.runs[0].nodes[&slug("far")]);
    let zipped =
        expanded(&two_lines(), &sweep(&["source.count=1,2", "other.count=3,4"], Mode::Zip));
    assert_eq!(zipped.runs.len(), 2);
    assert_eq!(zipped.runs[1].values[1].1, json!(4));
}

#[test]
fn the_input_of_a_part_stands_for_those_inside() {
    let inner = |text: &str| text.parse::<PortRef>().expect("a port");
    let part = Part {
        nodes: vec![slug("source"), slug("other")],
        inputs: [("n".to_owned(), vec![inner("source.count"), inner("other.count")])].into(),
        outputs: BTreeMap::new(),
    };
    let parts = [(slug("part"), part)].into();
    let found = expand(&two_lines(), &parts, &skills(), &sweep(&["part.n=5,6"], Mode::Product));
    let found = found.expect("it can be swept");
    let counts = found.workflow.nodes.iter().filter_map(|node| node.inputs.get("count"));
    assert_eq!(counts.collect::<Vec<_>>(), [5, 6, 5, 6]);
}

#[test]
fn a_sweep_that_cannot_be_says_why() {
    let check = |sweep: &Sweep, message: &str, hint: &str| {
        let error =
            expand(&two_lines(), &BTreeMap::new(), &skills(), sweep).expect_err("it cannot be");
        assert_eq!((error.to_string().as_str(), error.hint().as_str()), (message, hint));
    };
    let one = |text: &str| sweep(&[text], Mode::Product);
    check(
        &sweep(&[], Mode::Zip),
        "the sweep names no input",
        "give at least one input with its values",
    );
    check(
        &one("source.cuont=1"),
        "the workflow has no input `source.cuont`",
        "did you mean `source.count`?",
    );
    check(
        &one("sum.values=1"),
        "`sum.values` is fed by an edge from `source.values`",
        "sweep an input of `source` or of a node before it, or remove the edge",
    );
    check(
        &one("source.count=1,2.5"),
        "`source.count` takes `integer`, but its value 2 is `number`",
        "give values of type `integer`",
    );
    check(
        &sweep(&["source.count=1", "source.count=2"], Mode::Product),
        "`source.count` is swept twice",
        "put all its values into one axis",
    );
    check(
        &sweep(&["source.count=1,2", "other.count=2"], Mode::Zip),
        "`source.count` has 2 values, but `other.count` has 1",
        "give them equally many values, or combine each value with each",
    );
    check(
        &sweep(&["source.count=1:200:200", "other.count=1:51:51"], Mode::Product),
        "the sweep would have 10200 runs, at most 10000 are possible",
        "take fewer values",
    );
    let mut broken = two_lines();
    broken.nodes.push(node("open", "sum-up", json!({})));
    let error = expand(&broken, &BTreeMap::new(), &skills(), &one("source.count=1"));
    let message = error.map_err(|error| error.to_string());
    assert_eq!(message, Err("the workflow cannot run: `open.values` needs a value".to_owned()));
}

#[test]
fn a_sweep_of_too_many_nodes_is_refused_without_being_made() {
    let mut flow = workflow();
    for i in 0..30 {
        flow.nodes.push(node(&format!("n{i}"), "sum-up", json!({})));
        flow.edges.push(edge("source.values", &format!("n{i}.values")));
    }
    let runs = sweep(&["source.count=1:10000:10000"], Mode::Product);
    let error = expand(&flow, &BTreeMap::new(), &skills(), &runs).expect_err("it is too large");
    assert_eq!(error, SweepError::TooManyNodes { n_nodes: 320_032 });
}

#[track_caller]
fn check_too_large(flow: &Workflow, sweep: &Sweep, message: &str) {
    let error = expand(flow, &BTreeMap::new(), &skills(), sweep).expect_err("it is too large");
    assert_eq!(error.to_string(), message);
    assert!(error.hint().starts_with("take fewer values, or "), "{}", error.hint());
}

#[test]
fn a_large_value_is_not_copied_for_each_run() {
    let mut flow = workflow();
    flow.nodes[1].inputs.insert("label".into(), json!("x".repeat(1 << 20)));
    let copied = |n_mb: usize, node: &str| {
        format!(
            "the values written in the nodes would be copied for each run and take {n_mb} MB, \
             at most 64 MB are possible; most of it for `{node}`"
        )
    };
    let counts = |n: usize| sweep(&[&format!("source.count=1:{n}:{n}")], Mode::Product);
    check_too_large(&flow, &counts(200), &copied(201, "sum"));
    check_too_large(&flow, &counts(10_000), &copied(10_002, "sum"));
    assert_eq!(expanded(&flow, &counts(60)).runs.len(), 60);
    // A large value beside the sweep is there once.
    let mut beside = two_lines();
    beside.nodes[3].inputs.insert("label".into(), json!("x".repeat(1 << 20)));
    assert_eq!(expanded(&beside, &counts(200)).runs.len(), 200);
    // A large value of an axis is listed in each run.
    let large = Axis {
        input: "far.label".parse().expect("a port"),
        values: AxisValues::List(vec![json!("x".repeat(1 << 20))]),
    };
    let mut both = counts(10_000);
    both.axes.push(large);
    check_too_large(&two_lines(), &both, &copied(10_003, "far"));
}

#[test]
fn a_sweep_of_too_many_edges_is_refused_without_being_made() {
    let mut flow = workflow();
    flow.edges.extend(vec![flow.edges[0].clone(); 100]);
    let runs = sweep(&["source.count=1:10000:10000"], Mode::Product);
    let message = "the sweep would have 1010000 edges, at most 1000000 can run";
    check_too_large(&flow, &runs, message);
}

/// A random workflow of sums, each with a label to sweep.
fn flows() -> impl Strategy<Value = (Workflow, Vec<usize>, Vec<usize>)> {
    (2_usize..9).prop_flat_map(|n| {
        let edges = prop::collection::btree_map(0..n, 0..n, 0..n);
        let axes = prop::collection::btree_set(0..n, 1..4.min(n));
        let sizes = prop::collection::vec(1_usize..4, 4);
        (edges, axes, sizes).prop_map(move |(edges, axes, sizes)| {
            let edges: BTreeMap<_, _> = edges.into_iter().filter(|(to, from)| from < to).collect();
            let own = |i: usize| {
                let inputs =
                    if edges.contains_key(&i) { json!({}) } else { json!({"values": [i]}) };
                node(&format!("n{i}"), "sum-up", inputs)
            };
            let nodes: Vec<Node> = (0..n).map(own).collect();
            let draw = |(to, from): (&usize, &usize)| {
                edge(&format!("n{from}.all"), &format!("n{to}.values"))
            };
            let edges: Vec<Edge> = edges.iter().map(draw).collect();
            (Workflow { nodes, edges, ..workflow() }, axes.into_iter().collect(), sizes)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(12), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_run_is_what_it_would_be_by_itself((flow, swept, sizes) in flows()) {
        let axes = swept.iter().zip(&sizes).map(|(node, n)| Axis {
            input: format!("n{node}.label").parse().expect("a port"),
            values: AxisValues::List((0..*n).map(|value| json!(format!("{node}:{value}"))).collect()),
        });
        let sweep = Sweep { axes: axes.collect(), mode: Mode::Product };
        let found = expanded(&flow, &sweep);
        let keys = |flow: &Workflow| -> BTreeMap<Slug, String> {
            let plan = Plan::new(flow, &skills(), &BTreeMap::new()).expect("it can run");
            plan.keys().map(|(id, key)| (id.clone(), key.expect("it has one").to_string())).collect()
        };
        let all = keys(&found.workflow);
        // Nothing is there twice: each node of the sweep has a key of its own, or one it shares already in one run.
        let mut different = BTreeSet::new();
        for run in &found.runs {
            let mut alone = flow.clone();
            for (input, value) in &run.values {
                let node = alone.nodes.iter_mut().find(|node| node.id == input.node).expect("it is there");
                node.inputs.insert(input.port.clone(), value.clone());
            }
            for (id, key) in keys(&alone) {
                let copy = run.nodes.get(&id).unwrap_or(&id);
                prop_assert_eq!(&all[copy], &key, "{} as {}", id, copy);
                different.insert((id, key));
            }
        }
        prop_assert_eq!(different.len(), found.workflow.nodes.len());
    }

    #[test]
    fn an_axis_is_printed_as_it_is_read(from in -1e6_f64..1e6, to in -1e6_f64..1e6, steps in 0_usize..100, log in any::<bool>(), texts in prop::collection::vec("\\PC{0,6}", 0..4)) {
        let scale = if log { Scale::Log } else { Scale::Linear };
        for values in [AxisValues::Range { from, to, steps, scale }, AxisValues::List(texts.into_iter().map(Value::from).collect())] {
            let axis = Axis { input: "a.x".parse().expect("a port"), values };
            prop_assert_eq!(axis.to_string().parse(), Ok(axis));
        }
    }
}
