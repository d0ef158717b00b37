use serde_json::{Value, json};

use super::*;
use crate::{
    evolution::{
        run_patterns,
        tests::{Made, ledger, made},
    },
    run::Outcome,
    value::PortType,
    workflow::tests::{skills, slug},
};

fn no_name(_: &Slug) -> Option<String> {
    None
}

/// The compound skill of runs that were given these values for `count`, which the skill declares as `ty`.
fn learned(values: &[Value], ty: PortType) -> Compound {
    let runs: Vec<Made> = (0..).zip(values).map(|(at, value)| made(at, value.clone())).collect();
    let mut skills = skills();
    let counter = skills.get_mut(&slug("counter")).expect("it is there");
    counter.inputs[0].ty = ty;
    let pattern = run_patterns(&ledger(&runs), 1).remove(0);
    compound(&pattern, Library { skills: &skills, name: &no_name }, None).expect("it is one")
}

#[test]
fn defaults_are_the_mean_in_the_type_of_the_input_or_the_most_frequent() {
    let cases = [
        (PortType::Integer, json!([100, 150, 120, 130, 110]), json!(122)),
        (PortType::Integer, json!([1, 2, 2]), json!(2)),
        (PortType::Integer, json!([-1, -2]), json!(-2)),
        (PortType::Number, json!([1, 2]), json!(1.5)),
        (PortType::Number, json!([0.1, 0.2, 0.3]), json!(0.2)),
        (PortType::Number, json!([1.5, 2.5]), json!(2)),
        (PortType::Any, json!([1, 2, 2]), json!(2)),
        (PortType::String, json!(["b", "a", "b"]), json!("b")),
        (PortType::String, json!(["b", "a"]), json!("a")),
        (PortType::Boolean, json!([true, false, true]), json!(true)),
        (PortType::Array, json!([[1], [2], [2]]), json!([2])),
    ];
    for (ty, values, want) in cases {
        let values = values.as_array().expect("a list").clone();
        let compound = learned(&values, ty);
        let got = &compound.workflow.nodes[0].inputs["count"];
        assert_eq!(*got, want, "{ty} {values:?}");
        let interface = compound.workflow.interface.expect("it has one");
        assert_eq!(interface.inputs.len(), 1, "{ty} {values:?} varies, so it is an input");
    }
}

#[test]
fn what_says_nothing_about_the_next_run_has_no_default() {
    let many: Vec<Value> = (0..40).map(|n| json!(format!("file-{n}"))).collect();
    let large = json!("x".repeat(5000));
    let cases = [
        (PortType::Array, vec![json!([1]), json!([2])]),
        (PortType::String, many),
        (PortType::String, vec![large.clone(), large]),
        // The skill takes another type by now.
        (PortType::Boolean, vec![json!(1), json!(2)]),
        // A trace writes it so; a workflow does not.
        (PortType::Number, vec![json!({"$number": "NaN"}), json!({"$number": "NaN"})]),
    ];
    for (ty, values) in cases {
        let compound = learned(&values, ty);
        assert_eq!(compound.workflow.nodes[0].inputs.get("count"), None, "{ty} {values:?}");
        let interface = compound.workflow.interface.expect("it has one");
        assert_eq!(interface.inputs.len(), 1, "{ty} {values:?} must be given each time");
    }
}

#[test]
fn values_are_learned_from_successes_alone() {
    let runs = [
        made(1, json!(10)),
        made(2, json!(20)),
        Made { outcome: Outcome::Error, ..made(3, json!(9000)) },
    ];
    let pattern = run_patterns(&ledger(&runs), 1).remove(0);
    let library = Library { skills: &skills(), name: &no_name };
    let compound = compound(&pattern, library, None).expect("it is one");
    assert_eq!(compound.workflow.nodes[0].inputs["count"], json!(15));
    assert!(compound.workflow.body.contains("ValueError: too many at line 3"));
    assert!(compound.workflow.body.contains("Of 3 finished runs 2 succeeded"));
}

#[test]
fn keys_and_hidden_characters_do_not_become_part_of_what_runs() {
    for bad in ["sk-abcdefghijklmnop0123456789", "a\u{202e}b", "a\u{200b}b", "bell\u{7}"] {
        let compound = learned(&[json!(bad), json!(bad)], PortType::String);
        assert_eq!(compound.workflow.nodes[0].inputs.get("count"), None, "{bad:?}");
        assert_eq!(compound.warnings.len(), 1, "{bad:?}");
        let interface = compound.workflow.interface.expect("it has one");
        assert_eq!(interface.inputs.len(), 1, "{bad:?} must be given each time");
    }
}

#[test]
fn a_skill_that_is_gone_or_lost_a_port_makes_no_compound() {
    let pattern = run_patterns(&ledger(&[made(1, json!(1))]), 1).remove(0);
    let mut skills = skills();
    skills.get_mut(&slug("sum-up")).expect("it is there").inputs.clear();
    let got = compound(&pattern, Library { skills: &skills, name: &no_name }, None);
    let port = "values".to_owned();
    assert_eq!(got, Err(NoCompound::PortGone { skill: slug("sum-up"), port }));
    skills.remove(&slug("sum-up"));
    let got = compound(&pattern, Library { skills: &skills, name: &no_name }, None);
    assert_eq!(got, Err(NoCompound::Gone { skill: slug("sum-up") }));
}
