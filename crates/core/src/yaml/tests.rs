use proptest::prelude::*;
use serde_json::json;

use super::*;

#[track_caller]
fn check(text: &str, want: Value) {
    let got = parse(text).map(|node| node.to_json());
    assert_eq!(got, Ok(want), "input: {text:?}");
}

#[track_caller]
fn check_error(text: &str, code: &str, offset: usize, message: &str) {
    let err = parse(text).expect_err(text);
    assert_eq!((err.code, err.offset), (code, offset), "input: {text:?}, {err}");
    assert!(err.message.contains(message), "input: {text:?}, {err}");
    assert!(!err.hint.is_empty());
}

#[test]
fn bare_scalars_follow_the_core_schema() {
    let cases = [
        ("", json!(null)),
        ("~", json!(null)),
        ("null", json!(null)),
        ("nULL", json!("nULL")),
        ("true", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("no", json!("no")),
        ("on", json!("on")),
        ("y", json!("y")),
        ("0", json!(0)),
        ("-17", json!(-17)),
        ("+17", json!(17)),
        ("017", json!(17)),
        ("0o17", json!(15)),
        ("0xFF", json!(255)),
        ("0b11", json!("0b11")),
        ("1_000", json!("1_000")),
        ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ("99999999999999999999", json!(1e20)),
        ("1.10", json!(1.1)),
        (".5", json!(0.5)),
        ("1.", json!(1.0)),
        ("1e3", json!(1000.0)),
        ("-1.5E-3", json!(-0.0015)),
        (".inf", json!("inf")),
        ("-.INF", json!("-inf")),
        (".nan", json!("nan")),
        ("1e999", json!("inf")),
        ("infinity", json!("infinity")),
        ("nan", json!("nan")),
        ("1.2.3", json!("1.2.3")),
        ("1e", json!("1e")),
        ("2024-01-31", json!("2024-01-31")),
        ("12:30:45", json!("12:30:45")),
        ("- ", json!([null])),
        ("a: b: c".split(": c").next().unwrap(), json!({"a": "b"})),
    ];
    for (text, want) in cases {
        check(text, want);
    }
}

#[test]
fn collections_keep_order_and_words() {
    check("b: 1\na: [x, 'y', {z: 2}]\n", json!({"b": 1, "a": ["x", "y", {"z": 2}]}));
    check("a: \"\\u00e9\\n\"\nb: >-\n  one\n  two\n", json!({"a": "é\n", "b": "one two"}));
    check("1: a\ntrue: b\n~: c\n", json!({"1": "a", "true": "b", "~": "c"}));
    check("a: !!str 12\nb: !!float 1\nc: ! 3\n", json!({"a": "12", "b": 1.0, "c": "3"}));
    check(
        "x: &x {k: 1}\ny: *x\nz:\n  <<: *x\n  l: 2\n",
        json!({"x": {"k": 1}, "y": {"k": 1}, "z": {"l": 2, "k": 1}}),
    );
    check("\"<<\": 1", json!({"<<": 1}));
    check("a: 1 # c\r\nb: 2\r\n", json!({"a": 1, "b": 2}));
    check("a: 1\rb: 2\r", json!({"a": 1, "b": 2}));
}

#[test]
fn texts_stay_as_written() {
    let node = parse("version: 1.10\nname: true\nnone:\n").unwrap();
    assert_eq!(node.get("version").unwrap().text(), Some("1.10"));
    assert_eq!(node.get("name").unwrap().text(), Some("true"));
    assert_eq!(node.get("none").unwrap().text(), None);
}

#[test]
fn every_value_knows_its_place() {
    let text = "a: one\ninputs:\n  - name: x\n    type: [1]\nflow: {k: \"v\"}\nz: *q\n"
        .replace(": *q", ":");
    let node = parse(&text).unwrap();
    let at = |node: &Node| text[node.span.clone()].to_owned();
    assert_eq!(at(node.get("a").unwrap()), "one");
    let input = &node.get("inputs").unwrap().items().unwrap()[0];
    assert_eq!(at(input.get("name").unwrap()), "x");
    assert_eq!(at(input.get("type").unwrap()), "[1]");
    assert_eq!(at(node.get("flow").unwrap()), "{k: \"v\"}");
    assert_eq!(&text[input.entry("type").unwrap().key.clone()], "type");
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    check_error("a: 1\na: 2\n", "yaml-duplicate-key", 5, "`a`");
    check_error("a: b: c\n", "yaml-syntax", 4, "mapping values are not allowed");
    check_error("a: @b\n", "yaml-syntax", 3, "the character `@`");
    check_error("a: *b\n", "yaml-syntax", 3, "is an alias");
    check_error("a: &a [*a]\n", "yaml-alias", 7, "inside its own anchor");
    check_error("a: !x b\n", "yaml-tag", 6, "`!x`");
    check_error("a: !!int b\n", "yaml-tag", 9, "`!!int`");
    check_error("{a}: b\n", "yaml-key", 0, "cannot be a key");
    check_error("<<: b\n", "yaml-merge", 4, "needs a mapping");
    check_error("a: 1\n--- \nb: 1\n", "yaml-documents", 5, "second document");
    check_error("%YAML 1.1\n---\na: 1\n", "yaml-syntax", 0, "directive");
    check_error("a: \"x\u{80}\"\n", "yaml-syntax", 5, "character");
}

#[test]
fn bombs_are_refused() {
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (next, last) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        let aliases = vec![format!("*{last}"); 9].join(",");
        bomb += &format!("{next}: &{next} [{aliases}]\n");
    }
    let mut ladder = "a: &a []\n".to_owned();
    for i in 1..100 {
        let last = if i == 1 { "a".to_owned() } else { format!("a{}", i - 1) };
        ladder += &format!("b{i}: &a{i} [[[*{last}]]]\n");
    }
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(10_000));
    let cases = [
        (bomb, "more than 20000 values"),
        (ladder, "deeper than 64"),
        (long, "more than 20000 values"),
        ("[".repeat(3000), "deeper than 64"),
        ("- ".repeat(3000), "deeper than 64"),
        ("x".repeat(MAX_YAML_LEN + 1), "at most"),
    ];
    for (text, message) in cases {
        let err = parse(&text).unwrap_err();
        assert_eq!(err.code, "yaml-limit", "{err}");
        assert!(err.message.contains(message), "{err}");
    }
}

#[test]
fn printed_front_matter_is_what_a_person_would_write() {
    let map = json!({
        "name": "Two: words # no", "description": "plain text, with commas", "yes": "no", "v": "1.10",
        "tags": ["a", "b, c", "---"], "empty": [], "none": null, "nested": {"k": {"l": 1}},
        "inputs": [{"name": "x", "default": [1, "two"]}, {"name": "y", "more": {"z": true}}],
        "text": "one\n---\ntwo",
    });
    let want = "\
name: \"Two: words # no\"
description: plain text, with commas
\"yes\": \"no\"
v: \"1.10\"
tags: [a, \"b, c\", \"---\"]
empty: []
none:
nested:
  k:
    l: 1
inputs:
  - name: x
    default: [1, two]
  - name: \"y\"
    more:
      z: true
text: \"one\\n---\\ntwo\"
";
    assert_eq!(print(map.as_object().unwrap()), want);
}

/// Any JSON value whose numbers survive printing.
fn any_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[ -~\n]{0,12}",
        "[-:#&*!|>'\"%@`{}\\[\\],?~ ]{0,4}[a-z0-9]{0,3}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e12..1e12).prop_map(|n: f64| Value::from(n)),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn print_then_parse_is_identity(pairs in prop::collection::vec((any::<String>(), any_value()), 1..5)) {
        let map: Map<String, Value> = pairs.into_iter().collect();
        let text = print(&map);
        prop_assert_eq!(parse(&text).map(|node| node.to_json()), Ok(Value::Object(map)), "{}", text);
    }

    #[test]
    fn inline_values_take_one_line_and_read_back(value in any_value()) {
        let text = print_inline(&value);
        prop_assert!(!text.contains(['\n', '\r']));
        let read = parse(&format!("k: {text}\n")).map(|node| node.get("k").map(Node::to_json));
        prop_assert_eq!(read, Ok(Some(value)), "{}", text);
    }

    #[test]
    fn nothing_makes_it_panic(text in "([-?:,\\[\\]{}#&*!|>'\"%@`~<]|[a-c]|\t| |\n|\r|é|\u{80}|---){0,40}") {
        if let Ok(node) = parse(&text) {
            prop_assert!(node.span.end <= text.len() && node.noun() != "");
        }
    }
}
