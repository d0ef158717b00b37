use serde_json::json;

use super::*;
use crate::{
    skill::{ExecutionMode, Runtime},
    value::PortType,
};

fn skill() -> Executable {
    let port = |name: &str| Port {
        name: name.into(),
        ty: PortType::Any,
        description: String::new(),
        default: None,
        required: true,
    };
    Executable {
        runtime: Runtime::PythonWasm,
        execution_mode: ExecutionMode::BrowserWasm,
        inputs: vec![port("a"), port("b")],
        outputs: vec![port("c")],
        estimated_time_ms: None,
        memory_mb: None,
        timeout_ms: None,
        packages: vec!["numpy".into(), "scipy".into()],
        deterministic: true,
        code: "def execute(inputs): ...".into(),
        code_line: 1,
    }
}

fn key_of(skill: &Executable) -> Option<SkillKey> {
    SkillKey::new(skill, "314.0.2")
}

fn literal_key(value: &Value) -> Key {
    let key = key_of(&skill()).expect("a deterministic skill");
    key.node_key(&[("a", Feed::Literal(value))])
}

/// Every change that can change the outputs changes the key.
#[test]
fn what_decides_the_outputs_decides_the_key() {
    let changes: [fn(&mut Executable); 7] = [
        |skill| skill.runtime = Runtime::Qiskit,
        |skill| skill.code.push(' '),
        |skill| skill.packages = vec!["numpyscipy".into()],
        |skill| skill.outputs[0].name = "d".into(),
        |skill| skill.outputs[0].ty = PortType::Number,
        |skill| skill.outputs[0].required = false,
        |skill| skill.inputs[0].ty = PortType::Number,
    ];
    let mut keys = vec![key_of(&skill()), SkillKey::new(&skill(), "314.0.3")];
    for change in changes {
        let mut changed = skill();
        change(&mut changed);
        keys.push(key_of(&changed));
    }
    for (i, key) in keys.iter().enumerate() {
        assert!(key.is_some() && !keys[..i].contains(key), "change {i} gives an old key");
    }
}

#[test]
fn what_does_not_decide_the_outputs_does_not_decide_the_key() {
    let changes: [fn(&mut Executable); 6] = [
        |skill| skill.packages.reverse(),
        |skill| skill.packages.push("numpy".into()),
        |skill| skill.inputs.reverse(),
        |skill| skill.outputs[0].description = "better words".into(),
        |skill| skill.timeout_ms = Some(1),
        |skill| skill.code_line = 40,
    ];
    for change in changes {
        let mut changed = skill();
        change(&mut changed);
        assert_eq!(key_of(&changed), key_of(&skill()));
    }
}

#[test]
fn a_skill_that_differs_from_run_to_run_has_no_key() {
    assert_eq!(key_of(&Executable { deterministic: false, ..skill() }), None);
}

#[test]
fn equal_literals_have_equal_keys() {
    for (a, b) in [("1", "1.0"), ("1e3", "1000"), ("{\"x\": 0.10}", "{\"x\":0.1}"), ("[ ]", "[]")] {
        let parse = |text| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(literal_key(&parse(a)), literal_key(&parse(b)), "{a} and {b}");
    }
}

#[test]
fn different_literals_have_different_keys() {
    let values = [
        json!(null),
        json!(false),
        json!(0),
        json!(-0.0),
        json!(1),
        json!(9_007_199_254_740_993_u64),
        json!(9_007_199_254_740_992_u64),
        json!(""),
        json!("1"),
        json!("null"),
        json!([]),
        json!([[]]),
        json!([1, 2]),
        json!(["1", "2"]),
        json!(["12"]),
        json!({}),
        json!({"x": 1, "y": 2}),
        json!({"y": 2, "x": 1}),
        json!({"x": [1, "y", 2]}),
    ];
    for (i, value) in values.iter().enumerate() {
        for other in &values[..i] {
            assert_ne!(literal_key(value), literal_key(other), "{value} and {other}");
        }
    }
}

#[test]
fn feeds_are_told_apart() {
    let key = key_of(&skill()).expect("a deterministic skill");
    let (one, text) = (json!(1), json!("k"));
    let (k, l) = (Key([b'k'; 32]), Key([b'l'; 32]));
    let link = |key, port, fallback| Feed::Link { key, port, fallback };
    let feeds: [&[(&str, Feed<'_>)]; 8] = [
        &[],
        &[("a", Feed::Literal(&text))],
        &[("a", link(k, "out", None))],
        &[("b", link(k, "out", None))],
        &[("a", link(k, "other", None))],
        &[("a", link(l, "out", None))],
        &[("a", link(k, "out", Some(&one)))],
        &[("a", link(k, "out", None)), ("b", Feed::Literal(&one))],
    ];
    let keys: Vec<_> = feeds.iter().map(|feeds| key.node_key(feeds)).collect();
    for (i, key) in keys.iter().enumerate() {
        assert!(key.to_string().len() == 64 && !keys[..i].contains(key), "case {i}");
    }
}

#[test]
fn hashes_are_lower_case_hex() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(sha256(b""), empty);
}
