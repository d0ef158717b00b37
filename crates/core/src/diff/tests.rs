use super::*;
use crate::workflow::parse;

const FLOW: &str = "---\nname: Flow\n---\n\n```json\n{\"nodes\": [{\"id\": \"a\", \"skill_id\": \"load\", \"inputs\": {\"n\": 1}}, {\"id\": \"b\", \"skill_id\": \"sum\"}], \"edges\": [{\"from\": \"a.out\", \"to\": \"b.in\"}], \"layout\": {\"a\": {\"x\": 0, \"y\": 0}}}\n```\n";

const SKILL: &str = "---\nskill_id: s\nname: S\ntype: javascript\ninputs:\n  - name: x\n    type: number\n---\n\n# What\n\nText.\n\n```js\nexecute = 1;\n```\n";

/// Changes a text and compares it with what it was.
#[track_caller]
fn check(path: &str, text: &str, changes: &[(&str, &str)], want: &[&str]) {
    let new = changes.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "`{old}` is not there");
        text.replacen(old, new, 1)
    });
    let found = files(&path.parse().unwrap(), Some(text.as_bytes()), Some(new.as_bytes()));
    assert_eq!(found.words(), want, "changes: {changes:?}");
}

/// What is replaced by what, and the words for it.
type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn changes_of_a_workflow_are_told_in_words() {
    let cases: [Case; 10] = [
        (&[("\"x\": 0", "\"x\": 5")], &["moved node `a`"]),
        (&[("\"n\": 1", "\"n\": 2")], &["changed input `n` of node `a` from `1` to `2`"]),
        (&[("{\"n\": 1}", "{\"n\": 1, \"m\": true}")], &["set input `m` of node `a` to `true`"]),
        (&[("{\"n\": 1}", "{}")], &["removed input `n` of node `a`"]),
        (
            &[("a.out", "a.all")],
            &["disconnected `a.out` from `b.in`", "connected `a.all` to `b.in`"],
        ),
        (
            &[
                (", {\"id\": \"b\", \"skill_id\": \"sum\"}", ""),
                ("{\"from\": \"a.out\", \"to\": \"b.in\"}", ""),
            ],
            &["removed node `b`", "disconnected `a.out` from `b.in`"],
        ),
        (
            &[("{\"id\": \"b\"", "{\"id\": \"c\", \"skill_id\": \"plot\"}, {\"id\": \"b\"")],
            &["added node `c`, which runs `plot`"],
        ),
        (
            &[("\"skill_id\": \"sum\"", "\"skill_id\": \"mean\"")],
            &["changed what node `b` runs from `skill sum` to `skill mean`"],
        ),
        (&[("name: Flow", "name: Stream")], &["changed `name` from `Flow` to `Stream`"]),
        (&[("---\n\n```", "---\n\n# How\n\nSo.\n\n```")], &["added section `How`"]),
    ];
    for (changes, want) in cases {
        check("workflows/flow.md", FLOW, changes, want);
    }
}

#[test]
fn changes_of_a_skill_are_told_in_words() {
    let cases: [Case; 7] = [
        (&[("name: S", "name: T")], &["changed `name` from `S` to `T`"]),
        (&[("name: S\n", "name: S\ntimeout_ms: 5\n")], &["set `timeout_ms` to `5`"]),
        (&[("type: number\n", "type: integer\n")], &["changed input `x`"]),
        (&[("---\n\n# What", "  - name: y\n    type: any\n---\n\n# What")], &["added input `y`"]),
        (&[("execute = 1", "execute = 2")], &["changed the code"]),
        (&[("Text.", "Other.")], &["changed section `What`"]),
        (&[("# What\n\nText.", "Before.\n\n# What\n\nText.")], &["added the text"]),
    ];
    for (changes, want) in cases {
        check("skills/s.md", SKILL, changes, want);
    }
}

#[test]
fn what_means_nothing_is_no_change() {
    check("skills/s.md", SKILL, &[("name: S\n", "name: \"S\" # a comment\n")], &[]);
    check("skills/s.md", SKILL, &[("skill_id: s\nname: S\n", "name: S\nskill_id: s\n")], &[]);
    check(
        "skills/s.md",
        SKILL,
        &[("```js\nexecute = 1;\n```\n", "```js\nexecute = 1;\n```\n\n\n")],
        &[],
    );
    let turned = "{\"id\": \"b\", \"skill_id\": \"sum\"}, {\"id\": \"a\", \"skill_id\": \"load\", \"inputs\": {\"n\": 1}}";
    let nodes = "{\"id\": \"a\", \"skill_id\": \"load\", \"inputs\": {\"n\": 1}}, {\"id\": \"b\", \"skill_id\": \"sum\"}";
    check("workflows/flow.md", FLOW, &[(nodes, turned)], &[]);
}

#[test]
fn workflows_whose_nodes_cannot_be_told_apart_are_compared_as_wholes() {
    let twice = ("\"id\": \"b\"", "\"id\": \"a\"");
    check("workflows/flow.md", FLOW, &[twice], &["changed the graph"]);
    let text = FLOW.replacen(twice.0, twice.1, 1);
    check("workflows/flow.md", &text, &[("\"n\": 1", "\"n\": 2")], &["changed the graph"]);
}

#[test]
fn a_file_that_cannot_be_read_is_compared_by_line() {
    let found = files(
        &"skills/s.md".parse().unwrap(),
        Some(b"---\nname: [\n---\n"),
        Some(SKILL.as_bytes()),
    );
    assert_eq!((found.changes, found.lines.map(|hunks| hunks.len())), (None, Some(1)));
    let found = files(&"data.bin".parse().unwrap(), Some(b"\xff\xfe"), Some(b"text"));
    assert_eq!((found.changes, found.lines), (None, None));
}

#[test]
fn aspects_keep_the_place_of_a_node_apart_from_what_it_does() {
    let read = |text: &str| parse("workflows/flow.md", text.as_bytes()).workflow.unwrap();
    let moved = FLOW.replace("\"x\": 0", "\"x\": 7").replace("\"n\": 1", "\"n\": 7");
    let changes = workflows(&read(FLOW), &read(&moved));
    let aspects: Vec<_> = changes.iter().map(|change| change.place.aspect()).collect();
    assert_eq!(aspects, [Aspect::Graph, Aspect::Layout]);
    assert_eq!(changes[0].place.key(), "nodes/a/inputs/n");
}
