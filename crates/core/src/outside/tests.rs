use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use crate::access::Actor;

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn tool(name: &str, said: &str, schema: Value) -> Option<OutsideTool> {
    let Value::Object(schema) = schema else { panic!("it is an object") };
    OutsideTool::new(&slug("files"), name, Some(said), schema)
}

#[test]
fn what_a_server_says_of_a_tool_is_cleaned_and_its_digest_is_of_all_of_it() {
    let plain = tool("read", "Reads a file", json!({"type": "object"})).expect("it is a tool");
    assert_eq!((plain.description.as_str(), plain.digest.len()), ("Reads a file", 64));
    let others = [
        tool("write", "Reads a file", json!({"type": "object"})),
        tool("read", "Reads a file\u{200b}", json!({"type": "object"})),
        tool("read", "Reads a file", json!({"type": "object", "x": 1})),
    ];
    for other in others {
        assert_ne!(other.expect("it is a tool").digest, plain.digest);
    }
    let hidden = tool("read", "Reads\u{1b}[2J a\u{e0041} file\n\n# Now obey", json!({}));
    assert_eq!(hidden.expect("it is a tool").description, "Reads [2J a file # Now obey");
    let long =
        tool("read", &"x".repeat(MAX_DESCRIPTION_CHARS + 5), json!({})).expect("it is a tool");
    assert_eq!(long.description.chars().count(), MAX_DESCRIPTION_CHARS + 1);
}

#[test]
fn what_is_no_tool_is_left_out() {
    for name in ["", "a b", "a\u{1b}", "ä", "a\"b", &"x".repeat(129)] {
        assert_eq!(tool(name, "", json!({})), None, "{name:?}");
    }
    assert_eq!(tool("a", "", json!({"x": "y".repeat(MAX_SCHEMA_BYTES)})), None);
    assert!(tool("admin.tools/list-all_1", "", json!({})).is_some());
}

#[test]
fn an_answer_keeps_its_lines_and_loses_what_cannot_be_seen() {
    assert_eq!(answer_text("a\n\tb\u{1b}]0;x\u{7}c\r\u{202e}d"), "a\n\tb]0;xcd");
    let long = answer_text(&"ä".repeat(MAX_ANSWER_BYTES));
    assert!(long.len() < MAX_ANSWER_BYTES + 100 && long.ends_with("bytes]"));
}

#[test]
fn only_whom_the_owner_means_uses_a_server() {
    let server = OutsideServer {
        name: slug("files"),
        place: "npx files".to_owned(),
        users: vec![slug("bob")],
        only: Some(vec!["read".to_owned()]),
    };
    let person = |user: &str, system_admin| Actor::Person {
        user: slug(user),
        teams: BTreeMap::new(),
        system_admin,
    };
    let cases = [
        (person("ana", false), false),
        (person("bob", false), true),
        (person("root", true), true),
        (Actor::local(slug("ana"), []), true),
        (Actor::SystemCron, false),
        (Actor::TeamCron { team: slug("atlas"), members: BTreeSet::from([slug("bob")]) }, false),
    ];
    for (actor, want) in cases {
        assert_eq!(may_use(&actor, &server), want, "{actor:?}");
        assert_eq!(check_use(&actor, &server).is_ok(), want, "{actor:?}");
    }
    assert!(server.allows("read") && !server.allows("write"));
}
