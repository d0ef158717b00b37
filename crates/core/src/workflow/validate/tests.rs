use serde_json::json;

use crate::workflow::{
    Uses, Workflow,
    tests::{edge, node, skills, slug, workflow},
    validate,
};

/// Changes the good workflow and compares what is found: code, place, message, hint.
#[track_caller]
fn check(change: impl FnOnce(&mut Workflow), want: &[(&str, &str, &str, &str)]) {
    let mut flow = workflow();
    change(&mut flow);
    let got: Vec<_> = validate(&flow, &skills())
        .into_iter()
        .map(|finding| {
            let node = finding.node.map(|node| node.to_string()).unwrap_or_default();
            let place = finding.port.map_or(node.clone(), |port| format!("{node}.{port}"));
            (finding.code, place, finding.message, finding.hint.unwrap_or_default())
        })
        .collect();
    let got: Vec<_> =
        got.iter().map(|(a, b, c, d)| (*a, b.as_str(), c.as_str(), d.as_str())).collect();
    assert_eq!(got, want);
}

#[test]
fn a_good_workflow_has_no_findings() {
    check(|_| {}, &[]);
}

#[test]
fn an_empty_workflow_cannot_run() {
    check(
        |flow| {
            flow.nodes.clear();
            flow.edges.clear();
        },
        &[("empty", "", "the workflow has no nodes", "add a node from the node library")],
    );
}

#[test]
fn a_missing_skill_suggests_the_nearest_one() {
    let message = "there is no executable skill `conter`";
    check(
        |flow| flow.nodes[0].uses = Uses::Skill(slug("conter")),
        &[("missing-skill", "source", message, "did you mean `counter`?")],
    );
    let message = "there is no executable skill `vqe-optimizer`";
    check(
        |flow| flow.nodes[0].uses = Uses::Skill(slug("vqe-optimizer")),
        &[("missing-skill", "source", message, "choose a skill from the node library")],
    );
}

#[test]
fn unknown_ports_suggest_the_nearest_or_list_all() {
    check(
        |flow| flow.edges[0] = edge("source.value", "sum.numbers"),
        &[
            (
                "missing-input",
                "sum.values",
                "`sum.values` needs a value",
                "connect an output of type `array` to it, or give it a value of type `array`",
            ),
            (
                "unknown-port",
                "source.value",
                "skill `counter` of node `source` has no output `value`",
                "did you mean `values`?",
            ),
            (
                "unknown-port",
                "sum.numbers",
                "skill `sum-up` of node `sum` has no input `numbers`",
                "use one of `values`, `label`",
            ),
        ],
    );
    check(
        |flow| flow.nodes[0] = node("source", "counter", json!({"count": 1, "cuont": 2})),
        &[(
            "unknown-port",
            "source.cuont",
            "skill `counter` of node `source` has no input `cuont`",
            "did you mean `count`?",
        )],
    );
}

#[test]
fn an_edge_needs_both_its_nodes() {
    check(
        |flow| flow.edges.push(edge("sorce.values", "sum.label")),
        &[(
            "unknown-node",
            "sorce.values",
            "an edge names the node `sorce`, which is not there",
            "did you mean `source`?",
        )],
    );
}

#[test]
fn types_must_fit() {
    check(
        |flow| flow.edges.push(edge("source.values", "sum.label")),
        &[(
            "type-mismatch",
            "sum.label",
            "`source.values` gives `array`, but `sum.label` takes `string`",
            "put a node between the two that turns `array` into `string`",
        )],
    );
}

#[test]
fn an_input_is_fed_once() {
    check(
        |flow| {
            flow.nodes.push(node("other", "counter", json!({"count": 1})));
            flow.edges.push(edge("other.values", "sum.values"));
            flow.edges.push(edge("source.values", "sum.values"));
        },
        &[
            (
                "input-taken",
                "sum.values",
                "`sum.values` is fed twice: by `source.values` and by `other.values`",
                "remove one of the two edges",
            ),
            (
                "duplicate-edge",
                "sum.values",
                "the edge from `source.values` to `sum.values` is there twice",
                "remove one of them",
            ),
        ],
    );
}

#[test]
fn literals_must_fit_and_required_inputs_must_be_there() {
    let hint = "connect an output of type `integer` to it, or give it a value of type `integer`";
    check(
        |flow| flow.nodes[0] = node("source", "counter", json!({})),
        &[("missing-input", "source.count", "`source.count` needs a value", hint)],
    );
    check(
        |flow| flow.nodes[0] = node("source", "counter", json!({"count": null})),
        &[("missing-input", "source.count", "`source.count` needs a value", hint)],
    );
    check(
        |flow| flow.nodes[0] = node("source", "counter", json!({"count": "3", "start": null})),
        &[(
            "wrong-literal",
            "source.count",
            "`source.count` takes `integer`, but its value is `string`",
            "give it a value of type `integer`",
        )],
    );
    check(
        |flow| flow.nodes[1] = node("sum", "sum-up", json!({"values": [1]})),
        &[(
            "literal-and-edge",
            "sum.values",
            "`sum.values` has a value and an edge, the edge wins",
            "remove the value or the edge",
        )],
    );
}

#[test]
fn ids_are_unique_and_limits_possible() {
    check(
        |flow| {
            flow.nodes.push(node("source", "counter", json!({"count": 1})));
            flow.nodes[0].timeout_ms = Some(0);
            flow.nodes[1].retries = 1_000;
        },
        &[
            (
                "bad-limit",
                "source",
                "node `source` has no time to run",
                "set `timeout_ms` to 1 or more",
            ),
            (
                "bad-limit",
                "sum",
                "node `sum` would be tried again 1000 times",
                "set `retries` to 100 or less",
            ),
            (
                "duplicate-node",
                "source",
                "two nodes have the id `source`",
                "give one of them another id",
            ),
        ],
    );
}

#[test]
fn cycles_are_named_with_their_path() {
    let hint = "remove one of the edges between them";
    let nodes = |flow: &mut Workflow, ids: &[&str]| {
        flow.nodes = ids.iter().map(|id| node(id, "sum-up", json!({}))).collect();
        flow.edges = ids
            .iter()
            .zip(ids.iter().cycle().skip(1))
            .map(|(a, b)| edge(&format!("{a}.all"), &format!("{b}.values")))
            .collect();
    };
    check(|flow| nodes(flow, &["a"]), &[("self-loop", "a", "node `a` feeds itself", hint)]);
    let message = "the nodes feed each other in a circle: `a` → `b` → `c` → `a`";
    check(|flow| nodes(flow, &["a", "b", "c"]), &[("cycle", "a", message, hint)]);
    let ids: Vec<String> = (10..30).map(|i| format!("n{i}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut flow = workflow();
    nodes(&mut flow, &ids);
    let findings = validate(&flow, &skills());
    assert!(findings[0].message.contains("`n15` → (8 more) → `n24`"), "{}", findings[0].message);
    assert_eq!(findings[0].path.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ids);
}
