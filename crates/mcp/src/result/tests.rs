use std::collections::BTreeMap;

use llmos_api::{
    trace::{LogLine, NodeError},
    workflow::{PortRefDoc, RunPayload, WorkflowDoc},
};

use super::*;

fn call(outputs: &[(&str, &str, &str)]) -> PreparedCall {
    let place =
        |node: &str, port: &str| PortRefDoc { node: node.to_owned(), port: port.to_owned() };
    PreparedCall {
        payload: RunPayload {
            workflow: WorkflowDoc::default(),
            skills: BTreeMap::new(),
            parts: BTreeMap::new(),
            workflow_volume: None,
            workflow_version: None,
        },
        outputs: outputs
            .iter()
            .map(|(name, node, port)| ((*name).to_owned(), place(node, port)))
            .collect(),
    }
}

fn node(id: &str, state: NodeState, outputs: Value) -> NodeReport {
    let report = json!({ "node": id, "skill_id": "fit", "state": state, "outputs": outputs });
    serde_json::from_value(report).expect("a report")
}

fn report(outcome: Outcome, nodes: Vec<NodeReport>) -> RunReport {
    RunReport {
        workflow: WorkflowDoc::default(),
        workflow_volume: None,
        workflow_version: None,
        outcome,
        started_at: String::new(),
        finished_at: String::new(),
        nodes,
    }
}

fn answer(call: &PreparedCall, report: &RunReport) -> (CallToolResult, String, Value) {
    let trace_id = Some("run-20261130-080000-0a1b2c3d");
    let ended = Ended { what: "workflow `w`", call, report, trace_id, notes: Vec::new() };
    let result = ended.answer();
    let text =
        result.content.first().and_then(|content| content.as_text()).map(|it| it.text.clone());
    let structured = result.structured_content.clone().expect("there is always one");
    (result, text.expect("the first is text"), structured)
}

#[test]
fn outputs_are_told_by_name_and_inner_values_as_far_as_they_are_small() {
    let call = call(&[("energy", "exact", "energy")]);
    let long: Vec<u32> = (0..1000).collect();
    let nodes = vec![
        node("exact", NodeState::Success, json!({ "energy": -1.1373 })),
        node("vqe", NodeState::Success, json!({ "eigenvalue": -1.137, "trace": long })),
    ];
    let (result, text, structured) = answer(&call, &report(Outcome::Success, nodes));
    assert_eq!(result.is_error, Some(false));
    assert_eq!(structured["outputs"], json!({ "energy": -1.1373 }));
    assert_eq!(structured["nodes"]["vqe"], json!({ "eigenvalue": -1.137 }));
    assert_eq!(structured["trace_id"], "run-20261130-080000-0a1b2c3d");
    assert!(text.starts_with("workflow `w` succeeded\nenergy: -1.1373"), "{text}");
}

#[test]
fn a_failure_names_the_node_and_the_cause_and_is_an_error_of_the_tool() {
    let mut broken = node("fit", NodeState::Error, json!({}));
    broken.error = Some(NodeError {
        kind: "exception".to_owned(),
        message: "ValueError: no points".to_owned(),
        hint: Some("give two points".to_owned()),
    });
    let said =
        |n: usize| LogLine { at_ms: 0.0, stream: "stderr".to_owned(), text: format!("line {n}") };
    broken.logs = (0..50).map(said).collect();
    let skipped = node("plot", NodeState::Skipped, json!({}));
    let (result, text, structured) =
        answer(&call(&[("plot", "plot", "plot")]), &report(Outcome::Error, vec![broken, skipped]));
    assert_eq!(result.is_error, Some(true));
    assert!(
        text.contains(
            "node `fit` (skill `fit`): exception: ValueError: no points\nhint: give two points"
        ),
        "{text}"
    );
    assert!(text.contains("fit| line 49") && !text.contains("line 39\n"), "{text}");
    let want = json!([{ "node": "fit", "skill_id": "fit", "kind": "exception", "message": "ValueError: no points", "hint": "give two points" }]);
    assert_eq!(structured["errors"], want);
    assert_eq!(structured["outputs"], json!({}));
}

#[test]
fn what_is_too_large_is_left_out_with_its_size_and_where_it_is() {
    let large = "x".repeat(MAX_VALUE);
    let names: Vec<String> = (0..9).map(|n| format!("p{n}")).collect();
    let mut outputs = Map::from_iter([("large".to_owned(), json!(large))]);
    outputs.extend(names.iter().map(|name| (name.clone(), json!("y".repeat(MAX_VALUE - 100)))));
    let mut places = vec![("large", "n", "large")];
    places.extend(names.iter().map(|name| (name.as_str(), "n", name.as_str())));
    let nodes = vec![node("n", NodeState::Success, Value::Object(outputs))];
    let (result, text, structured) = answer(&call(&places), &report(Outcome::Success, nodes));
    assert_eq!(structured["outputs"]["large"]["bytes"], MAX_VALUE + 2);
    let note = structured["outputs"]["large"]["note"].as_str().expect("a note");
    assert!(note.contains("run-20261130-080000-0a1b2c3d"), "{note}");
    let whole =
        names.iter().filter(|name| structured["outputs"][name.as_str()].is_string()).count();
    assert_eq!(whole, MAX_VALUES / (MAX_VALUE - 98));
    assert!(text.len() < 10 * (MAX_SHOWN + 100), "{}", text.len());
    assert_eq!(result.content.len(), 1);
}

#[test]
fn images_go_along_as_images_and_what_only_says_so_does_not() {
    let png = "data:image/png;base64,iVBORw0KGgo=";
    let svg = "data:image/svg+xml;base64,PHN2Zz4=";
    let odd = "data:image/png;base64,<script>";
    let outputs = json!({ "a": png, "b": svg, "c": odd });
    let nodes = vec![node("n", NodeState::Success, outputs)];
    let places = [("a", "n", "a"), ("b", "n", "b"), ("c", "n", "c")];
    let (result, _, structured) = answer(&call(&places), &report(Outcome::Success, nodes));
    let images: Vec<_> = result.content.iter().filter_map(|content| content.as_image()).collect();
    assert_eq!(images.len(), 1);
    assert_eq!(
        (images[0].mime_type.as_str(), images[0].data.as_str()),
        ("image/png", "iVBORw0KGgo=")
    );
    assert_eq!(structured["outputs"]["a"]["omitted"], true);
    assert_eq!(structured["outputs"]["b"], svg);
}
