use super::*;

#[track_caller]
fn check_refused(outer: &Workflow, shelf: &Shelf, message: &str, node: &str, hint: &str) {
    let found = flatten(outer, shelf).expect_err("it is too large");
    let found: Vec<_> = found.iter().filter(|found| found.code == "too-large").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, message);
    assert_eq!(found[0].node.as_ref().map(Slug::as_str), Some(node));
    assert_eq!(found[0].hint.as_deref(), Some(hint));
}

const LINK: &str =
    "write a large value in one node, and link that one to the others instead of repeating it";

#[test]
fn a_large_value_inside_is_not_copied_without_end() {
    let mut shelf = doubled(16, Some(Interface::default()));
    let label = "x".repeat(900_000);
    let innermost = shelf.workflows.get_mut(&slug("count-and-add")).expect("it is there");
    innermost.nodes[1].inputs.insert("label".into(), json!(label));
    let check = |level: &str, mb: usize| {
        let message =
            format!("the values written in the nodes would take {mb} MB, at most 64 MB can run");
        check_refused(&shelf.workflows[&slug(level)], &shelf, &message, "b", LINK);
    };
    check("level-7", 110);
    // 56 GB, and fewer nodes than are allowed.
    check("level-16", 56_255);
    let level_3 = flatten(&shelf.workflows[&slug("level-3")], &shelf).expect("it is small enough");
    assert_eq!(level_3.workflow.nodes.len(), 16);
}

#[test]
fn a_large_value_outside_counts_for_each_input_that_it_goes_to() {
    let mut shelf = shelf();
    let part = |i: usize| node(&format!("n{i}"), "sum-up", json!({}));
    let port = |i: usize| outer_port("values", &format!("n{i}.values"));
    let mut wide = flow("wide", (0..1000).map(part).collect(), vec![]);
    wide.interface = Some(Interface { inputs: (0..1000).map(port).collect(), outputs: vec![] });
    shelf.workflows.insert(slug("wide"), wide);
    let items = |n: usize| {
        let given = json!({"values": vec![1; n]});
        flow(
            "outer",
            vec![inner("small", "twice", json!({"numbers": [1]})), inner("part", "wide", given)],
            vec![],
        )
    };
    let message = "the values written in the nodes would take 306 MB, at most 64 MB can run";
    check_refused(&items(10_000), &shelf, message, "part", LINK);
    assert!(flatten(&items(10), &shelf).is_ok());
}

#[test]
fn too_many_edges_and_ports_are_refused() {
    let mut shelf = shelf();
    let twice = shelf.workflows.get_mut(&slug("twice")).expect("it is there");
    let outputs = (0..1000).map(|i| outer_port(&format!("o{i}"), "one.total")).collect();
    twice.interface =
        Some(Interface { inputs: vec![outer_port("numbers", "one.values")], outputs });
    twice.nodes.truncate(1);
    let part = |i: usize| inner(&format!("n{i}"), "twice", json!({"numbers": []}));
    let outer = flow("outer", (0..1000).map(part).collect(), vec![]);
    let message = "the workflow would have 1001000 edges and ports of inner workflows, at most 1000000 can run";
    check_refused(&outer, &shelf, message, "n999", "use fewer workflows inside workflows");
}

#[test]
fn a_workflow_is_held_until_the_last_that_uses_it_is_made() {
    let mut shelf = shelf();
    let two = |id: &str, a: &str, b: &str| {
        flow(id, vec![inner("a", a, json!({})), inner("b", b, json!({}))], vec![])
    };
    for (id, a, b) in [
        ("one", "count-and-add", "count-and-add"),
        ("two", "one", "count-and-add"),
        ("three", "two", "one"),
        ("four", "three", "two"),
    ] {
        let none = Some(Interface::default());
        shelf.workflows.insert(slug(id), Workflow { interface: none, ..two(id, a, b) });
    }
    let flat = flatten(&two("outer", "four", "one"), &shelf).expect("it can run");
    assert_eq!(flat.workflow.nodes.len(), 2 * (8 + 2));
}
