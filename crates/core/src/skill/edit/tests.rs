use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::skill::check;

const TEXT: &str = "---
# who
name: 'Old name'   # shown
description: >
  one
  # not a comment

# about inputs
inputs:
- name: x
  type: number
empty:
last: {a: 1}  # end
type: javascript
---

Body

~~~js
function execute() {}
~~~
";

#[track_caller]
fn check_set(key: &str, value: Option<Value>, from: &str, to: &str) {
    let changes = SkillEdit { set: vec![(key.to_owned(), value)], ..SkillEdit::default() };
    for eol in ["\n", "\r\n", "\r"] {
        let turn = |text: &str| text.replace('\n', eol);
        assert!(TEXT.contains(from));
        let want = turn(&TEXT.replacen(from, to, 1));
        assert_eq!(edit(&turn(TEXT), &changes), Ok(want), "{key}");
    }
}

#[test]
fn one_key_changes_and_nothing_else() {
    check_set("name", Some(json!("New")), "'Old name'", "New");
    check_set("name", Some(json!("a: b\n---\nx: y")), "'Old name'", "\"a: b\\n---\\nx: y\"");
    check_set("name", Some(json!("Old name")), "", "");
    check_set("name", None, "name: 'Old name'   # shown\n", "");
    check_set("description", Some(json!("two")), ">\n  one\n  # not a comment\n", "two\n");
    check_set(
        "inputs",
        Some(json!([{"name": "y"}])),
        "- name: x\n  type: number\n",
        "  - name: \"y\"\n",
    );
    check_set(
        "inputs",
        Some(json!(["a", "b"])),
        "inputs:\n- name: x\n  type: number\n",
        "inputs: [a, b]\n",
    );
    check_set("inputs", None, "inputs:\n- name: x\n  type: number\n", "");
    check_set("empty", Some(json!(1)), "empty:\n", "empty: 1\n");
    check_set("last", Some(json!([1])), "{a: 1}", "[1]");
    check_set(
        "added",
        Some(json!({"k": "v"})),
        "type: javascript\n",
        "type: javascript\nadded:\n  k: v\n",
    );
    check_set("missing", None, "", "");
}

#[test]
fn body_and_code_change_and_keep_line_ends() {
    let body = SkillEdit { body: Some("New\nbody".to_owned()), ..SkillEdit::default() };
    assert_eq!(
        edit("\u{feff}---\r\na: 1\r\n---\r\nold", &body).unwrap(),
        "\u{feff}---\r\na: 1\r\n---\r\nNew\r\nbody"
    );
    assert_eq!(edit("---\na: 1\n---", &body).unwrap(), "---\na: 1\n---\nNew\nbody");
    assert_eq!(edit("old", &body).unwrap(), "New\nbody");
    let code = |code: &str| SkillEdit { code: Some(code.to_owned()), ..SkillEdit::default() };
    let want = TEXT.replace("function execute() {}\n", "let execute = 1;\n");
    assert_eq!(edit(TEXT, &code("let execute = 1;")), Ok(want));
    let want = TEXT.replace("~~~js\nfunction execute() {}\n~~~", "````js\n~~~\n```\n````");
    assert_eq!(edit(TEXT, &code("~~~\n```\n")), Ok(want));
    assert_eq!(edit("---\nname: a\n---\n", &code("x")), Err(EditError::NoCode));
}

#[test]
fn flow_front_matter_and_none_at_all_can_be_changed() {
    let set =
        |key: &str, value| SkillEdit { set: vec![(key.to_owned(), value)], ..SkillEdit::default() };
    let flow = "---\n{\"a\": 1, \"b\": 2}\n---\n";
    let cases = [
        (flow, set("a", Some(json!("x"))), "---\n{\"a\": x, \"b\": 2}\n---\n"),
        (flow, set("c", Some(json!("x"))), "---\n{\"a\": 1, \"b\": 2, c: x}\n---\n"),
        (flow, set("a", None), "---\n{\"b\": 2}\n---\n"),
        (flow, set("b", None), "---\n{\"a\": 1}\n---\n"),
        ("---\n{}\n---\n", set("a", Some(json!(1))), "---\n{a: 1}\n---\n"),
        ("---\n---\nb", set("a", Some(json!(1))), "---\na: 1\n---\nb"),
        ("---\n# c\n---\n", set("a", Some(json!(1))), "---\n# c\na: 1\n---\n"),
        ("---\na: 1\n---\n", set("a", None), "---\n---\n"),
        ("b\r\n", set("a", Some(json!(1))), "---\r\na: 1\r\n---\r\nb\r\n"),
        (
            "---\n  a: 1\n  b: 2\n---\n",
            set("b", Some(json!({"c": 3}))),
            "---\n  a: 1\n  b:\n    c: 3\n---\n",
        ),
    ];
    for (text, changes, want) in cases {
        assert_eq!(edit(text, &changes).as_deref(), Ok(want), "{text:?}");
    }
}

#[test]
fn what_cannot_be_changed_is_left_alone_and_explained() {
    let changes = SkillEdit { set: vec![("a".to_owned(), Some(json!(1)))], ..SkillEdit::default() };
    let cases = [
        ("---\na: 2\n", "the front matter is never closed"),
        ("---\na: b: c\n---\n", "the front matter cannot be changed while it is broken"),
        ("---\n- a\n---\n", "the front matter is a list, not a mapping"),
        ("---\na: &x 2\nb: *x\n---\n", "`a` cannot be changed where it stands"),
    ];
    for (text, message) in cases {
        let err = edit(text, &changes).unwrap_err();
        assert!(err.to_string().starts_with(message), "{err}");
        assert!(!err.hint().is_empty());
    }
}

#[test]
fn a_new_skill_says_what_it_was_given() {
    let new = NewSkill {
        id: "x".parse().unwrap(),
        name: "n\n---\ntype: javascript".to_owned(),
        description: "when: asked # now".to_owned(),
        category: None,
        keywords: vec!["a, b".to_owned(), "c".to_owned()],
        author: Some("ana".to_owned()),
        body: "# Title".to_owned(),
    };
    let want = "---\nskill_id: x\nname: \"n\\n---\\ntype: javascript\"\ndescription: \"when: asked # now\"\n\
        keywords: [\"a, b\", c]\nauthor: ana\n---\n\n# Title\n";
    assert_eq!(print_new(&new), want);
}

/// Texts of the kind that break front matter.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "(\n|\r|---|: |# |[\"'\\\\{}\\[\\],&*!|>%@`-]|[a-z]){0,8}"]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        nasty().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::collection::vec(nasty(), 0..3).prop_map(Value::from),
        (nasty(), nasty()).prop_map(|(a, b)| json!([{ "name": a, "default": b }])),
        (nasty(), nasty()).prop_map(|(a, b)| json!({ "k": a, "l": { "m": b } })),
    ]
}

proptest! {
    #[test]
    fn print_then_check_gives_everything_back(name in nasty(), description in nasty(), keywords in prop::collection::vec("[a-z: #-]{1,9}", 0..4), body in nasty()) {
        let new = NewSkill { id: "x".parse().unwrap(), name, description, category: None, keywords, author: None, body };
        let text = print_new(&new);
        let found = check("skills/x.md", text.as_bytes());
        let front = found.frontmatter.unwrap();
        prop_assert_eq!(front.as_object().unwrap().len(), 4);
        prop_assert_eq!(&front["name"], &json!(new.name));
        prop_assert_eq!(&front["description"], &json!(new.description));
        prop_assert_eq!(&front["keywords"], &json!(new.keywords));
        let skill = found.skill.unwrap();
        prop_assert!(skill.executable().is_none() && skill.body.contains(&new.body));
    }

    #[test]
    fn an_edit_reads_back_and_its_reverse_restores_the_meaning(
        keys in prop::collection::vec(("[a-d]|name|inputs|description|last|empty", prop::option::of(value())), 1..4),
        crlf in any::<bool>(),
    ) {
        let text = if crlf { TEXT.replace('\n', "\r\n") } else { TEXT.to_owned() };
        let read = |text: &str| check("skills/x.md", text.as_bytes()).frontmatter.unwrap();
        let before = read(&text);
        let edited = edit(&text, &SkillEdit { set: keys.clone(), ..SkillEdit::default() }).unwrap();
        let mut want = before.as_object().unwrap().clone();
        for (key, value) in &keys {
            match value {
                Some(value) => want.insert(key.clone(), value.clone()),
                None => want.remove(key),
            };
        }
        prop_assert_eq!(read(&edited), Value::Object(want));
        prop_assert_eq!(Document::split(&edited).body(), Document::split(&text).body());
        prop_assert!(!crlf || edited.matches('\n').count() == edited.matches("\r\n").count());
        let back = keys.iter().map(|(key, _)| (key.clone(), before.get(key).cloned())).collect();
        let restored = edit(&edited, &SkillEdit { set: back, ..SkillEdit::default() }).unwrap();
        prop_assert_eq!(read(&restored), before);
    }

    #[test]
    fn nothing_to_change_changes_nothing(text in "(---\n|a: |b|\r\n|\n|# c|```python\n){0,12}") {
        prop_assert_eq!(edit(&text, &SkillEdit::default()), Ok(text));
    }
}
