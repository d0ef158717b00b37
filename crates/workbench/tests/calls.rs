//! Calling skills and workflows as functions: what values may do, and where outputs are.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jiff::Timestamp;
use llmos_core::{seed::ShippedFile, workflow::Uses};
use llmos_testkit::MemoryStore;
use llmos_workbench::{Caller, PreparedCall, Workbench, World};
use serde_json::{Map, Value, json};

struct Fixed(AtomicU32);

impl World for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-20T15:30:00Z".parse().expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

const ADD: &str = "---\nskill_id: add\nname: Add\ndescription: Adds\ntype: javascript\ninputs:\n  - {name: a, type: number}\n  - {name: b, type: number, default: 1}\noutputs:\n  - {name: sum, type: number}\n---\n\n```javascript\nfunction execute({ a, b }) { return { sum: a + b }; }\n```\n";
const GUIDE: &str = "---\nname: Guide\ndescription: Guides\n---\n\n# Guide\n\nBe kind.\n";
const TWICE: &str = "---\nworkflow_id: twice\nname: Twice\n---\n\n# Twice\n\n```json\n{\"nodes\": [{\"id\": \"one\", \"skill_id\": \"add\", \"inputs\": {\"b\": 5}}, {\"id\": \"two\", \"skill_id\": \"add\"}], \"edges\": [{\"from\": \"one.sum\", \"to\": \"two.a\"}]}\n```\n";
const OUTER: &str = "---\nworkflow_id: outer\nname: Outer\n---\n\n# Outer\n\n```json\n{\"nodes\": [{\"id\": \"inner\", \"workflow\": \"twice\"}], \"edges\": []}\n```\n";

fn workbench() -> Workbench {
    let workbench =
        Workbench::new(Arc::new(MemoryStore::new()), Arc::new(Fixed(AtomicU32::new(1))));
    let files = [
        ("skills/add.md", ADD),
        ("skills/guide.md", GUIDE),
        ("workflows/twice.md", TWICE),
        ("workflows/outer.md", OUTER),
    ];
    let files = files.map(|(path, text)| ShippedFile {
        path: path.parse().expect("a path"),
        content: text.into(),
    });
    workbench.seed_system(&files, "test").expect("the system volume is new");
    workbench
}

fn workflow(id: &str) -> Uses {
    Uses::Workflow(id.parse().expect("a slug"))
}

fn skill(id: &str) -> Uses {
    Uses::Skill(id.parse().expect("a slug"))
}

fn prepare(what: &Uses, inputs: Value) -> Result<PreparedCall, String> {
    let Value::Object(inputs) = inputs else { panic!("inputs are an object") };
    let caller = Caller::local("ana".parse().expect("a slug"), None);
    workbench().prepare_call(&caller, what, &inputs).map_err(|error| error.to_string())
}

fn given(call: &PreparedCall, node: &str) -> Map<String, Value> {
    let node = call.payload.workflow.nodes.iter().find(|it| it.id == node).expect("it is there");
    node.inputs.clone().into_iter().collect()
}

fn output(call: &PreparedCall, name: &str) -> (String, String) {
    let place = &call.outputs[name];
    (place.node.clone(), place.port.clone())
}

#[test]
fn a_skill_is_called_by_the_names_of_its_inputs() {
    let call = prepare(&skill("add"), json!({ "a": 2, "b": 0.5 })).expect("it is right");
    assert_eq!(
        given(&call, "add"),
        Map::from_iter([("a".into(), json!(2)), ("b".into(), json!(0.5))])
    );
    assert_eq!(output(&call, "sum"), ("add".into(), "sum".into()));
    assert_eq!(call.payload.workflow_version, None);
}

#[test]
fn values_for_a_workflow_reach_the_nodes_behind_its_inputs() {
    let call = prepare(&workflow("twice"), json!({ "a": 1, "two-b": 7 })).expect("it is right");
    assert_eq!(
        given(&call, "one"),
        Map::from_iter([("a".into(), json!(1)), ("b".into(), json!(5))])
    );
    assert_eq!(given(&call, "two"), Map::from_iter([("b".into(), json!(7))]));
    assert_eq!(output(&call, "sum"), ("two".into(), "sum".into()));
    assert_eq!(call.payload.workflow.workflow_id, "twice");
    assert_eq!(call.payload.workflow_volume.as_deref(), Some("system"));
    assert!(call.payload.workflow_version.is_some());
}

#[test]
fn outputs_of_workflows_inside_are_found_after_they_are_laid_open() {
    let call = prepare(&workflow("outer"), json!({ "a": 1 })).expect("it is right");
    assert_eq!(output(&call, "sum"), ("inner--two".into(), "sum".into()));
    assert_eq!(given(&call, "inner--one")["a"], 1);
}

#[test]
fn what_is_no_value_of_an_input_is_refused_by_name() {
    let long = "x".repeat(10_000);
    let cases = [
        (skill("add"), json!({}), "input `a` is missing"),
        (skill("add"), json!({ "a": null }), "input `a` is missing"),
        (
            skill("add"),
            json!({ "a": "1" }),
            "input `a` takes `number`, and this is of type `string`",
        ),
        (
            skill("add"),
            json!({ "a": { "sum": 1 } }),
            "input `a` takes `number`, and this is of type `object`",
        ),
        (skill("add"), json!({ "a": 1, "timeout_ms": 1 }), "skill `add` has no input `timeout_ms`"),
        (skill("add"), json!({ "a": 1, "code": "x" }), "skill `add` has no input `code`"),
        (workflow("twice"), json!({ "a": 1, "two.b": 1 }), "workflow `twice` has no input `two.b`"),
        // An edge feeds it.
        (workflow("twice"), json!({ "a": 1, "two-a": 1 }), "workflow `twice` has no input `two-a`"),
        (skill("add"), json!({ long.as_str(): 1 }), "…`"),
        (skill("guide"), json!({}), "there is no skill `guide`"),
        (skill("gone"), json!({}), "there is no skill `gone`"),
        (workflow("add"), json!({}), "there is no workflow `add`"),
    ];
    for (what, inputs, want) in cases {
        let refused = prepare(&what, inputs).expect_err(want);
        assert!(refused.contains(want) && refused.len() < 300, "{want}: {refused}");
    }
}
