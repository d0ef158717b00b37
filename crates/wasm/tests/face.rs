//! The face as JavaScript sees it, called natively: shapes in, shapes out.
//!
//! What is refused is an `Error` of JavaScript and can only be made in a browser;
//! the end-to-end tests look at those.

use llmos_wasm::{
    Run, can_connect, check_skill, check_workflow, compare_results, expand_sweep, needed_packages,
    new_node_id, parse_workflow, plan_workflow, print_workflow, result_hash,
};
use serde_json::{Value, json};
use wasm_bindgen::JsError;

fn read(answer: Result<String, JsError>) -> Value {
    let text = answer.expect("the face answers");
    serde_json::from_str(&text).expect("the answer is JSON")
}

fn doc() -> Value {
    json!({
        "workflow_id": "w", "name": "W",
        "nodes": [
            {"id": "a", "skill_id": "step", "inputs": {"k": 3}, "position": {"x": 0, "y": 1}},
            {"id": "b", "skill_id": "step"}
        ],
        "edges": [{"from": {"node": "a", "port": "y"}, "to": {"node": "b", "port": "x"}}]
    })
}

fn skills() -> String {
    json!({
        "step": {
            "skill_id": "step", "type": "javascript", "code": "export function execute() {}",
            "inputs": [{"name": "x", "type": "number", "required": false}, {"name": "k", "type": "number", "default": 2}],
            "outputs": [{"name": "y", "type": "number"}]
        },
        "odd": {"skill_id": "odd", "type": "abacus"}
    })
    .to_string()
}

#[test]
fn a_run_goes_from_start_to_done() {
    let (doc, skills) = (doc().to_string(), skills());
    let options =
        json!({"cached": [], "runtime_versions": {"javascript": "1", "abacus": "2"}}).to_string();
    let mut run = Run::new(&doc, &skills, &options).expect("a good workflow");
    let keys = read(run.keys());
    assert_eq!(
        read(plan_workflow(&doc, &skills, Some(options))),
        json!({"levels": [["a"], ["b"]], "keys": keys})
    );
    assert_ne!(read(plan_workflow(&doc, &skills, None))["keys"], keys);
    assert_eq!(
        read(run.start()),
        json!([
            {"type": "state", "node": "a", "state": "queued"},
            {
                "type": "start", "node": "a", "attempt": 1, "skill_id": "step", "runtime": "javascript",
                "literals": {"k": 3}, "links": {}, "timeout_ms": null, "memory_mb": null, "key": keys["a"], "delay_ms": 0
            }
        ])
    );
    let events = json!([
        {"type": "started", "node": "a", "attempt": 1},
        {"type": "finished", "node": "a", "attempt": 1, "outputs": {"y": "integer"}}
    ]);
    let commands = read(run.handle(&events.to_string()));
    assert_eq!(commands[3]["links"], json!({"x": {"node": "a", "port": "y"}}));
    assert_eq!(read(run.states()), json!({"a": "success", "b": "queued"}));
    let events = json!([{"type": "failed", "node": "b", "attempt": 1, "kind": "exception", "message": "no", "retryable": true}]);
    let commands = read(run.handle(&events.to_string()));
    assert_eq!(
        commands,
        json!([
            {"type": "state", "node": "b", "state": "error", "error": {"kind": "exception", "message": "no"}},
            {"type": "done", "outcome": "error"}
        ])
    );
    let report = read(run.report());
    assert_eq!(report["outcome"], "error");
    assert_eq!(report["nodes"][1]["inputs"], json!({"k": 2}));
}

#[test]
fn findings_are_answers() {
    let mut wrong = doc();
    wrong["nodes"][0]["skill_id"] = json!("odd");
    wrong["nodes"][1]["skill_id"] = json!("stop");
    let findings = read(check_workflow(&wrong.to_string(), &skills()));
    assert_eq!(findings[0]["code"], "missing-skill");
    assert_eq!(findings[1]["hint"], "did you mean `step`?");
    wrong["nodes"][1]["id"] = json!("B B");
    assert_eq!(read(check_workflow(&wrong.to_string(), &skills()))[0]["code"], "bad-id");
    assert_eq!(read(check_workflow(&doc().to_string(), &skills())), json!([]));
}

#[test]
fn files_are_read_and_printed() {
    let file = print_workflow(&doc().to_string()).expect("a workflow");
    let again = read(parse_workflow(&file));
    assert_eq!(again["diagnostics"], json!([]));
    assert_eq!(again["workflow"]["nodes"][0]["position"], json!({"x": 0.0, "y": 1.0}));
    assert_eq!(read(parse_workflow("no"))["workflow"], Value::Null);
    let record = read(check_skill("skills/x.md", "---\nname: X\n---\nWords\n"));
    assert_eq!((&record["kind"], &record["id"]), (&json!("context"), &json!("x")));
}

#[test]
fn a_workflow_can_be_a_node() {
    let mut outer = doc();
    outer["nodes"][0] = json!({"id": "a", "workflow": "part", "inputs": {"k": 3}});
    let mut skills: Value = serde_json::from_str(&skills()).expect("it is JSON");
    skills["workflow:part"] = json!({
        "skill_id": "part", "type": "workflow",
        "inputs": [{"name": "k", "type": "number"}], "outputs": [{"name": "y", "type": "number"}]
    });
    assert_eq!(read(check_workflow(&outer.to_string(), &skills.to_string())), json!([]));
    outer["nodes"][0]["inputs"]["k"] = json!("three");
    let findings = read(check_workflow(&outer.to_string(), &skills.to_string()));
    assert_eq!(findings[0]["code"], "wrong-literal");
}

#[test]
fn a_sweep_is_one_workflow() {
    let sweep = json!({"axes": [{"node": "b", "port": "k", "from": 1, "to": 2, "steps": 2}]});
    let expanded = read(expand_sweep(&doc().to_string(), &skills(), &sweep.to_string()));
    let ids: Vec<_> = expanded["workflow"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| node["id"].clone())
        .collect();
    assert_eq!(ids, ["a", "b--1", "b--2"]);
    assert_eq!(
        expanded["runs"][1],
        json!({"index": 2, "values": [{"node": "b", "port": "k", "value": 2}], "nodes": {"b": "b--2"}})
    );
}

#[test]
fn results_are_compared() {
    let hash = |json: &str| result_hash(json).expect("it is JSON");
    assert_eq!(hash("[1, 2.0]"), hash("[1.0, 2]"));
    let found = read(compare_results("[1, 2]", "[1, 3]", 1e-9));
    assert_eq!(
        found,
        json!({"equal": false, "n_differences": 1, "differences": [{"path": "$[1]", "a": 2, "b": 3}]})
    );
}

#[test]
fn small_questions_have_small_answers() {
    assert_eq!(read(can_connect("integer", "number")), json!({"ok": true}));
    assert_eq!(read(can_connect("table", "number"))["ok"], false);
    assert_eq!(new_node_id("[\"step\"]", "step").ok().as_deref(), Some("step-2"));
}

#[test]
fn packages_are_found_for_python_alone() {
    let skills = json!({
        "sums": {"skill_id": "sums", "type": "python-wasm", "code": "import sympy"},
        "other": {"skill_id": "other", "type": "python-wasm", "code": "", "packages": ["numpy"]},
        "script": {"skill_id": "script", "type": "javascript", "code": "import sympy"},
    });
    let package = |name: &str, depends: &[&str]| {
        json!({
            "name": name, "version": "1.0", "file_name": format!("{name}-1.0-py3-none-any.whl"), "install_dir": "site",
            "sha256": "a".repeat(64), "package_type": "package", "imports": [name], "depends": depends,
            "unvendored_tests": false, "size": 1,
        })
    };
    let info = json!({"abi_version": "", "arch": "", "platform": "", "python": "", "version": ""});
    let packages =
        json!({"sympy": package("sympy", &["mpmath"]), "mpmath": package("mpmath", &[])});
    let lock = json!({"info": info, "packages": packages});
    let needed = read(needed_packages(&skills.to_string(), &lock.to_string()));
    let versions = json!(["mpmath==1.0", "sympy==1.0"]);
    let sums = json!({"load": ["mpmath", "sympy"], "versions": versions, "chooses": false});
    assert_eq!(needed["sums"], sums);
    assert_eq!(
        needed["other"]["error"]["message"],
        "the package `numpy` is not in the package cache"
    );
    assert!(needed.get("script").is_none());
}
