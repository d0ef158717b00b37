use serde_json::json;

use super::*;
use crate::{
    skill::{Executable, ExecutionMode, Port, Runtime},
    value::PortType,
};

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn port(name: &str, ty: PortType, default: Option<Value>) -> Port {
    let required = default.is_none();
    Port { name: name.into(), ty, description: String::new(), default, required }
}

fn skill(inputs: Vec<Port>, outputs: Vec<Port>) -> Executable {
    Executable {
        runtime: Runtime::PythonWasm,
        execution_mode: ExecutionMode::BrowserWasm,
        inputs,
        outputs,
        estimated_time_ms: None,
        memory_mb: Some(64),
        timeout_ms: Some(900),
        packages: Vec::new(),
        deterministic: true,
        code: "def execute(inputs): ...".into(),
        code_line: 9,
    }
}

/// A skill that counts and one that adds.
pub(crate) fn skills() -> BTreeMap<Slug, Executable> {
    let counter = skill(
        vec![
            port("count", PortType::Integer, None),
            port("start", PortType::Number, Some(json!(0.5))),
        ],
        vec![port("values", PortType::Array, None)],
    );
    let sum = skill(
        vec![
            port("values", PortType::Array, None),
            port("label", PortType::String, Some(json!(""))),
        ],
        vec![
            port("total", PortType::Number, None),
            Port { required: false, ..port("all", PortType::Array, None) },
        ],
    );
    [(slug("counter"), counter), (slug("sum-up"), sum)].into()
}

pub(crate) fn node(id: &str, skill: &str, inputs: Value) -> Node {
    let inputs = inputs.as_object().expect("an object").clone();
    Node { inputs: inputs.into_iter().collect(), ..Node::new(slug(id), Uses::Skill(slug(skill))) }
}

pub(crate) fn edge(from: &str, to: &str) -> Edge {
    Edge { from: from.parse().expect("a port"), to: to.parse().expect("a port") }
}

/// `source` counts, `sum` adds.
pub(crate) fn workflow() -> Workflow {
    let mut source = node("source", "counter", json!({"count": 3}));
    source.timeout_ms = Some(700);
    Workflow {
        id: slug("count-and-add"),
        name: "Count and add".into(),
        description: "Adds the first numbers.".into(),
        tags: vec!["example".into()],
        version: Some("1.0.0".into()),
        author: None,
        nodes: vec![source, node("sum", "sum-up", json!({}))],
        edges: vec![edge("source.values", "sum.values")],
        interface: None,
        body: String::new(),
    }
}

#[test]
fn new_nodes_are_named_after_their_skill() {
    let taken = ["csv-reader", "csv-reader-2"];
    let name = |skill: &str| new_node_id(skill, |id| taken.contains(&id)).to_string();
    assert_eq!(name("plot"), "plot");
    assert_eq!(name("csv-reader"), "csv-reader-3");
    assert_eq!(name("CSV Reader"), "csv-reader-3");
    assert_eq!(name("///"), "node");
    let long = "x".repeat(100);
    assert_eq!(new_node_id(&long, |id| id == long).to_string(), format!("{}-2", "x".repeat(98)));
}
