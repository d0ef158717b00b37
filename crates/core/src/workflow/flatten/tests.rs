mod size;

use std::collections::BTreeSet;

use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::json;

use super::*;
use crate::{
    run::Plan,
    skill::Executable,
    workflow::{
        Interface, OuterPort, Signature, signature,
        tests::{edge, node, skills, slug, workflow},
    },
};

/// Skills, and workflows that can be nodes.
struct Shelf {
    skills: BTreeMap<Slug, Executable>,
    workflows: BTreeMap<Slug, Workflow>,
    ports: BTreeMap<Slug, Signature>,
}

impl SkillSource for Shelf {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.skills.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.skills.keys().collect()
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        let whole = self.workflows.get(id).map(Inner::Whole);
        whole.or_else(|| self.ports.get(id).map(Inner::Ports))
    }

    fn workflow_ids(&self) -> Vec<&Slug> {
        self.workflows.keys().chain(self.ports.keys()).collect()
    }
}

fn flow(id: &str, nodes: Vec<Node>, edges: Vec<Edge>) -> Workflow {
    Workflow { id: slug(id), nodes, edges, ..workflow() }
}

fn inner(id: &str, workflow: &str, inputs: serde_json::Value) -> Node {
    Node { uses: Uses::Workflow(slug(workflow)), ..node(id, "x", inputs) }
}

fn outer_port(name: &str, inner: &str) -> OuterPort {
    OuterPort { name: name.into(), inner: inner.parse().expect("a port") }
}

/// `twice` adds a list to itself, so to say: two sums of one list.
fn shelf() -> Shelf {
    let mut twice = flow(
        "twice",
        vec![node("one", "sum-up", json!({})), node("two", "sum-up", json!({"label": "B"}))],
        vec![],
    );
    twice.interface = Some(Interface {
        inputs: vec![
            outer_port("numbers", "one.values"),
            outer_port("numbers", "two.values"),
            outer_port("label", "two.label"),
        ],
        outputs: vec![outer_port("first", "one.total"), outer_port("all", "two.all")],
    });
    let workflows = [(slug("count-and-add"), workflow()), (slug("twice"), twice)];
    Shelf { skills: skills(), workflows: workflows.into(), ports: BTreeMap::new() }
}

/// Writes the ports of a signature: `name: type`, with `?` where it may be left out.
fn described(ports: &[crate::skill::Port]) -> Vec<String> {
    let port = |port: &crate::skill::Port| {
        let default = port.default.as_ref().map_or(String::new(), |value| format!(" = {value}"));
        format!("{}{}: {}{default}", port.name, if port.required { "" } else { "?" }, port.ty)
    };
    ports.iter().map(port).collect()
}

#[test]
fn without_an_interface_the_ports_are_those_that_no_edge_touches() {
    let shelf = shelf();
    let mut workflow = workflow();
    let ports = signature(&workflow, &shelf);
    assert_eq!(
        described(&ports.inputs),
        ["count?: integer = 3", "start?: number = 0.5", "label?: string = \"\""]
    );
    assert_eq!(described(&ports.outputs), ["total: number", "all?: array"]);
    workflow.nodes.push(node("more", "counter", json!({})));
    let ports = signature(&workflow, &shelf);
    let names: Vec<_> = ports.inputs.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["source-count", "source-start", "label", "more-count", "more-start"]);
    assert_eq!(described(&ports.inputs)[3], "more-count: integer");
}

#[test]
fn an_interface_names_the_ports() {
    let shelf = shelf();
    let ports = signature(&shelf.workflows[&slug("twice")], &shelf);
    assert_eq!(described(&ports.inputs), ["numbers: array", "label?: string = \"B\""]);
    assert_eq!(described(&ports.outputs), ["first: number", "all?: array"]);
}

#[test]
fn the_nodes_of_a_part_take_its_place() {
    let mut part = inner("part", "twice", json!({"label": "C"}));
    (part.timeout_ms, part.memory_mb, part.retries) = (Some(5), Some(6), 2);
    let mut source = node("source", "counter", json!({"count": 3}));
    source.retries = 1;
    let outer = flow(
        "outer",
        vec![source, part, node("part--one", "sum-up", json!({}))],
        vec![edge("source.values", "part.numbers"), edge("part.all", "part--one.values")],
    );
    let flat = flatten(&outer, &shelf()).expect("it can run");
    let limits = |id: &str, inputs| Node {
        timeout_ms: Some(5),
        memory_mb: Some(6),
        retries: 2,
        ..node(id, "sum-up", inputs)
    };
    assert_eq!(
        flat.workflow.nodes,
        [
            outer.nodes[0].clone(),
            limits("part--one-2", json!({})),
            limits("part--two", json!({"label": "C"})),
            outer.nodes[2].clone(),
        ]
    );
    assert_eq!(
        flat.workflow.edges,
        [
            edge("source.values", "part--one-2.values"),
            edge("source.values", "part--two.values"),
            edge("part--two.all", "part--one.values"),
        ]
    );
    let part = &flat.parts[&slug("part")];
    assert_eq!(part.nodes, [slug("part--one-2"), slug("part--two")]);
    assert_eq!(part.outputs["first"].to_string(), "part--one-2.total");
    let numbers: Vec<_> = part.inputs["numbers"].iter().map(ToString::to_string).collect();
    assert_eq!(numbers, ["part--one-2.values", "part--two.values"]);
    assert!(Plan::new(&flat.workflow, &shelf(), &BTreeMap::new()).is_ok());
    let found = Plan::new(&outer, &shelf(), &BTreeMap::new()).expect_err("it is not flat");
    assert_eq!(found[0].code, "not-flat");
}

/// Compares what is found: code, node, message, hint.
#[track_caller]
fn check(shelf: &Shelf, workflow: &Workflow, want: &[(&str, &str, &str, &str)]) {
    let found = flatten(workflow, shelf).expect_err("it cannot run");
    let found: Vec<_> = found
        .iter()
        .map(|found| {
            let node = found.node.as_ref().map_or("", Slug::as_str);
            (found.code, node, found.message.as_str(), found.hint.as_deref().unwrap_or_default())
        })
        .collect();
    assert_eq!(found, want);
}

#[test]
fn a_circle_of_workflows_is_named_at_the_node_that_leads_into_it() {
    let mut shelf = shelf();
    let lead = |to: &str| flow("x", vec![inner("next", to, json!({}))], vec![]);
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "b")] {
        shelf.workflows.insert(slug(from), Workflow { id: slug(from), ..lead(to) });
    }
    let hint = "remove one of the nodes that lead around";
    let message = "the workflows run each other in a circle: `b` → `c` → `b`";
    check(&shelf, &lead("a"), &[("workflow-circle", "next", message, hint)]);
    let message = "the workflow `twice` runs itself";
    let own = flow("twice", vec![inner("me", "twice", json!({}))], vec![]);
    check(&shelf, &own, &[("workflow-circle", "me", message, hint)]);
}

#[test]
fn a_part_is_checked_like_a_node() {
    let shelf = shelf();
    let outer = |part: Node| flow("outer", vec![part], vec![]);
    check(
        &shelf,
        &outer(inner("part", "twice", json!({}))),
        &[(
            "missing-input",
            "part",
            "`part.numbers` needs a value",
            "connect an output of type `array` to it, or give it a value of type `array`",
        )],
    );
    check(
        &shelf,
        &outer(inner("part", "twice", json!({"numbers": [1], "lable": 1}))),
        &[(
            "unknown-port",
            "part",
            "workflow `twice` of node `part` has no input `lable`",
            "did you mean `label`?",
        )],
    );
    check(
        &shelf,
        &outer(inner("part", "twise", json!({}))),
        &[("missing-workflow", "part", "there is no workflow `twise`", "did you mean `twice`?")],
    );
}

#[test]
fn an_error_inside_is_told_at_the_node() {
    let mut shelf = shelf();
    let broken = |shelf: &mut Shelf, change: &dyn Fn(&mut Workflow)| {
        let mut twice = self::shelf().workflows.remove(&slug("twice")).expect("it is there");
        change(&mut twice);
        shelf.workflows.insert(slug("twice"), twice);
    };
    let outer = flow("outer", vec![inner("part", "twice", json!({"numbers": [1]}))], vec![]);
    let told =
        |reason: &str| format!("the workflow `twice` that node `part` runs cannot run: {reason}");
    type Change<'a> = &'a dyn Fn(&mut Workflow);
    let cases: [(Change<'_>, &str); 6] = [
        (
            &|twice| twice.nodes[0].uses = Uses::Skill(slug("gone")),
            "there is no executable skill `gone`",
        ),
        (
            &|twice| twice.interface.as_mut().unwrap().inputs[0].inner.node = slug("three"),
            "`one.values` needs a value",
        ),
        (
            &|twice| twice.interface.as_mut().unwrap().outputs[0].name = "all".into(),
            "the interface has two outputs `all`",
        ),
        (
            &|twice| twice.interface.as_mut().unwrap().outputs[0].name = "a b".into(),
            "`a b` is no name for a port",
        ),
        (
            &|twice| twice.interface.as_mut().unwrap().inputs[2].name = "numbers".into(),
            "the input `numbers` of the interface feeds `two.label`, which takes `string`, and another one, which takes `array`",
        ),
        (
            &|twice| twice.interface.as_mut().unwrap().outputs.push(outer_port("x", "one.nope")),
            "skill `sum-up` of node `one` has no output `nope`",
        ),
    ];
    for (change, reason) in cases {
        broken(&mut shelf, change);
        check(
            &shelf,
            &outer,
            &[("broken-workflow", "part", &told(reason), "open `twice` and correct it")],
        );
    }
}

#[test]
fn the_ports_alone_are_enough_to_draw_but_not_to_run() {
    let mut shelf = shelf();
    let ports = signature(&shelf.workflows[&slug("twice")], &shelf);
    shelf.workflows.clear();
    shelf.ports.insert(slug("twice"), ports);
    let outer = flow("outer", vec![inner("part", "twice", json!({"numbers": [1]}))], vec![]);
    assert_eq!(validate(&outer, &shelf), []);
    check(
        &shelf,
        &outer,
        &[(
            "closed-workflow",
            "part",
            "of the workflow `twice` only the ports are known, which is not enough to run it",
            "prepare the run with `POST /workflows/execute`",
        )],
    );
}

/// Puts `level-1` to `level-<n>` on the shelf, each with two of the one below.
fn doubled(n: usize, interface: Option<Interface>) -> Shelf {
    let mut shelf = shelf();
    for level in 1..=n {
        let below = format!("level-{}", level - 1);
        let below = if level == 1 { "count-and-add" } else { &below };
        let nodes = vec![inner("a", below, json!({})), inner("b", below, json!({}))];
        let id = format!("level-{level}");
        let workflow = Workflow { interface: interface.clone(), ..flow(&id, nodes, vec![]) };
        shelf.workflows.insert(slug(&id), workflow);
    }
    shelf
}

#[test]
fn doubling_sixty_times_is_refused_without_being_done() {
    let shelf = doubled(60, Some(Interface::default()));
    let found = flatten(&shelf.workflows[&slug("level-60")], &shelf).expect_err("it is too large");
    assert_eq!(found[0].code, "too-large");
    let flat = flatten(&shelf.workflows[&slug("level-8")], &shelf).expect("it is small enough");
    assert_eq!(flat.workflow.nodes.len(), 512);
    let ids: BTreeSet<_> = flat.workflow.nodes.iter().map(|node| &node.id).collect();
    assert_eq!(ids.len(), 512);
}

#[test]
fn ports_that_double_sixty_times_are_refused_without_being_counted() {
    let shelf = doubled(60, None);
    let found = flatten(&shelf.workflows[&slug("level-60")], &shelf).expect_err("it has too many");
    assert_eq!(found[0].code, "broken-workflow");
    let found = &flatten(&shelf.workflows[&slug("level-10")], &shelf).expect_err("it has too many");
    let message = &found[0].message;
    assert!(message.ends_with("as a node it would have more than 1000 inputs"), "{message}");
}

/// A flat workflow of sums, and where it is cut into parts and parts of parts.
#[derive(Clone, Debug)]
struct Case {
    n_nodes: usize,
    /// From the smaller to the larger; each input is fed once.
    edges: BTreeMap<usize, usize>,
    /// Which nodes begin a new part, and which of these a new part of the outermost.
    cuts: Vec<(bool, bool)>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..14).prop_flat_map(|n_nodes| {
        let edges = prop::collection::btree_map(0..n_nodes, 0..n_nodes, 0..2 * n_nodes);
        let edges =
            edges.prop_map(|edges| edges.into_iter().filter(|(to, from)| from < to).collect());
        let cuts = prop::collection::vec((any::<bool>(), any::<bool>()), n_nodes);
        (Just(n_nodes), edges, cuts).prop_map(|(n_nodes, edges, cuts)| Case {
            n_nodes,
            edges,
            cuts,
        })
    })
}

impl Case {
    fn flat(&self) -> Workflow {
        let own = |i: usize| {
            let fed = self.edges.contains_key(&i);
            let inputs = if fed {
                json!({"label": i.to_string()})
            } else {
                json!({"values": [i], "label": i.to_string()})
            };
            node(&format!("n{i}"), "sum-up", inputs)
        };
        let edge =
            |(to, from): (&usize, &usize)| edge(&format!("n{from}.all"), &format!("n{to}.values"));
        flow("flat", (0..self.n_nodes).map(own).collect(), self.edges.iter().map(edge).collect())
    }
}

/// Cuts a workflow into parts: `part_of` tells to which each node belongs, in ascending order.
fn cut(whole: &Workflow, part_of: &[usize], prefix: &str, shelf: &mut Shelf) -> Workflow {
    let number: BTreeMap<&Slug, usize> =
        whole.nodes.iter().enumerate().map(|(i, node)| (&node.id, i)).collect();
    let of = |end: &PortRef| part_of[number[&end.node]];
    let name = |end: &PortRef| format!("{}-{}", end.node, end.port);
    let mut outer = flow("outer", vec![], vec![]);
    for part in part_of.iter().copied().collect::<BTreeSet<_>>() {
        let id = format!("{prefix}{part}");
        let mut inside = flow(&id, vec![], vec![]);
        inside.nodes = whole
            .nodes
            .iter()
            .zip(part_of)
            .filter(|(_, of)| **of == part)
            .map(|(node, _)| node.clone())
            .collect();
        let mut interface = Interface::default();
        let mut shown = BTreeSet::new();
        for edge in &whole.edges {
            match (of(&edge.from) == part, of(&edge.to) == part) {
                (true, true) => inside.edges.push(edge.clone()),
                (true, false) if shown.insert(edge.from.clone()) => {
                    interface
                        .outputs
                        .push(OuterPort { name: name(&edge.from), inner: edge.from.clone() });
                }
                (false, true) => {
                    interface
                        .inputs
                        .push(OuterPort { name: name(&edge.to), inner: edge.to.clone() });
                }
                _ => {}
            }
        }
        inside.interface = Some(interface);
        outer.nodes.push(inner(&id, &id, json!({})));
        shelf.workflows.insert(slug(&id), inside);
    }
    for edge in whole.edges.iter().filter(|edge| of(&edge.from) != of(&edge.to)) {
        let end = |end: &PortRef| PortRef {
            node: slug(&format!("{prefix}{}", of(end))),
            port: name(end),
        };
        outer.edges.push(Edge { from: end(&edge.from), to: end(&edge.to) });
    }
    outer
}

/// The number in the id that [`Case::flat`] made.
fn original(id: &Slug) -> &str {
    id.as_str().rsplit("--").next().expect("there is a last part")
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_cut_into_parts_comes_back_as_drawn_by_hand(case in cases()) {
        let by_hand = case.flat();
        let mut shelf = shelf();
        let count = |cuts: &mut dyn Iterator<Item = bool>| cuts.scan(0, |n, cut| { *n += usize::from(cut); Some(*n) }).collect::<Vec<_>>();
        let small = count(&mut case.cuts.iter().map(|&(small, _)| small));
        let once = cut(&by_hand, &small, "s", &mut shelf);
        let n_parts = once.nodes.len();
        let large = count(&mut case.cuts.iter().take(n_parts).map(|&(_, large)| large));
        let nested = cut(&once, &large, "l", &mut shelf);

        for drawn in [&once, &nested] {
            let flat = flatten(drawn, &shelf).expect("it can run");
            let nodes: Vec<_> = flat.workflow.nodes.iter().map(|node| Node { id: slug(original(&node.id)), ..node.clone() }).collect();
            prop_assert_eq!(&nodes, &by_hand.nodes);
            let end = |end: &PortRef| PortRef { node: slug(original(&end.node)), port: end.port.clone() };
            let edges: BTreeSet<_> = flat.workflow.edges.iter().map(|edge| Edge { from: end(&edge.from), to: end(&edge.to) }).collect();
            prop_assert_eq!(&edges, &by_hand.edges.iter().cloned().collect());
            prop_assert_eq!(flat.workflow.edges.len(), by_hand.edges.len());
            let keys = |workflow: &Workflow| -> Vec<_> {
                let plan = Plan::new(workflow, &shelf, &BTreeMap::new()).expect("it can run");
                plan.keys().map(|(id, key)| (original(id).to_owned(), key.map(|key| key.to_string()))).collect()
            };
            prop_assert_eq!(keys(&flat.workflow), keys(&by_hand));
            let n_parts: usize = flat.parts.values().map(|part| part.nodes.len()).sum();
            prop_assert_eq!(n_parts, by_hand.nodes.len());
        }
    }
}
