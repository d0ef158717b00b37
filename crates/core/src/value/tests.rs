use serde_json::json;

use super::*;

#[test]
fn types_print_and_parse_themselves() {
    for ty in PortType::ALL {
        assert_eq!(ty.to_string().parse(), Ok(ty));
    }
    for kind in ValueKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
}

#[test]
fn synonyms_read_and_unknown_names_do_not() {
    let cases = [
        ("text", Some(PortType::String)),
        ("list", Some(PortType::Array)),
        ("float", Some(PortType::Number)),
        ("int", Some(PortType::Integer)),
        ("bool", Some(PortType::Boolean)),
        ("dict", Some(PortType::Object)),
        ("json", Some(PortType::Object)),
        ("", None),
        ("Number", None),
        ("quaternion", None),
    ];
    for (text, want) in cases {
        assert_eq!(text.parse::<PortType>().ok(), want, "input: {text:?}");
    }
    let err = "quaternion".parse::<PortType>().unwrap_err();
    assert_eq!(err.to_string(), "unknown port type `quaternion`");
    assert!(err.hint().starts_with("use one of `number`, `integer`"));
}

#[test]
fn the_connect_rule_is_this_table() {
    use PortType::{Any, File, Integer, Number, Object, Plot, Table};
    for from in PortType::ALL {
        for to in PortType::ALL {
            let want = from == to
                || from == Any
                || to == Any
                || [(Integer, Number), (Table, Object), (Plot, Object), (File, Object)]
                    .contains(&(from, to));
            assert_eq!(can_connect(from, to).is_ok(), want, "{from} to {to}");
        }
    }
    let err = can_connect(Plot, Number).unwrap_err();
    assert_eq!(err.to_string(), "`plot` does not fit into `number`");
    assert!(err.hint().contains("turns `plot` into `number`"));
}

#[test]
fn kinds_follow_the_structure_of_a_value() {
    let cases = [
        (json!(null), ValueKind::Null),
        (json!(true), ValueKind::Boolean),
        (json!(3), ValueKind::Integer),
        (json!(3.0), ValueKind::Integer),
        (json!(3.5), ValueKind::Number),
        (json!("x"), ValueKind::String),
        (json!("data:image/png;base64,AA=="), ValueKind::Image),
        (json!([1]), ValueKind::Array),
        (json!({"columns": [{"name": "a", "values": [1]}]}), ValueKind::Table),
        (json!({"columns": []}), ValueKind::Table),
        (json!({"columns": ["a"]}), ValueKind::Object),
        (json!({"series": [{"x": [1], "y": [2]}]}), ValueKind::Plot),
        (json!({"series": [{"x": [1]}]}), ValueKind::Object),
        (json!({"name": "a.txt", "mime": "text/plain", "text": ""}), ValueKind::File),
        (json!({"name": "a.txt", "text": ""}), ValueKind::Object),
        (json!({}), ValueKind::Object),
    ];
    for (value, want) in cases {
        assert_eq!(ValueKind::of(&value), want, "input: {value}");
    }
}

#[test]
fn whatever_may_be_connected_also_satisfies() {
    // A value that satisfies the output's type must satisfy every input that it may feed.
    for kind in ValueKind::ALL {
        for from in PortType::ALL.into_iter().filter(|ty| *ty != PortType::Any) {
            for to in PortType::ALL {
                if satisfies(kind, from) && can_connect(from, to).is_ok() {
                    assert!(satisfies(kind, to), "{kind} is {from} but not {to}");
                }
            }
        }
    }
    assert!(!satisfies(ValueKind::Null, PortType::Object));
    assert!(satisfies(ValueKind::Null, PortType::Any));
}
