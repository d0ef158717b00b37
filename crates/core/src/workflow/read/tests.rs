use proptest::{prelude::*, test_runner::RngSeed};

use super::*;
use crate::workflow::{print, tests::workflow};

const GOOD: &str = "---
workflow_id: w
name: W
---

# Words

```json
{
  \"nodes\": [
    {\"id\": \"a\", \"skill_id\": \"s\", \"inputs\": {\"n\": 1}},
    {\"id\": \"b\", \"skill\": \"t\", \"position\": {\"x\": 1, \"y\": 2}}
  ],
  \"edges\": [
    {\"from\": \"a.out\", \"to\": {\"node\": \"b\", \"port\": \"in\"}}
  ]
}
```

More words
";

/// Replaces a part of the good file and compares the findings: `line:column code: message (hint)`.
#[track_caller]
fn check(old: &str, new: &str, want: &[&str]) {
    assert!(GOOD.contains(old), "{old:?} is not in the file");
    let check = parse("workflows/w.md", GOOD.replacen(old, new, 1).as_bytes());
    let got: Vec<_> = check
        .diagnostics
        .iter()
        .map(|found| {
            let Position { line, column } = found.position;
            let hint = found.hint.as_deref().unwrap_or_default();
            format!("{line}:{column} {} {}: {} ({hint})", found.severity, found.code, found.message)
        })
        .collect();
    assert_eq!(got, want);
    let has_error = check.diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(check.workflow.is_none(), has_error);
}

#[test]
fn a_good_file_is_read_with_all_its_forms() {
    let check = parse("workflows/w.md", GOOD.as_bytes());
    assert_eq!(check.diagnostics, []);
    let flow = check.workflow.expect("a workflow");
    assert_eq!(flow.body, "# Words\n\nMore words");
    assert_eq!(flow.edges[0].to.to_string(), "b.in");
    assert_eq!(flow.nodes[1].position, Some((1.0, 2.0)));
    let lines: Vec<_> = check.node_lines.iter().map(|(id, line)| (id.as_str(), *line)).collect();
    assert_eq!(lines, [("a", 11), ("b", 12)]);
}

#[test]
fn mistakes_point_into_the_file() {
    check(
        "\"id\": \"a\"",
        "\"id\": \"A b\"",
        &["11:12 error bad-graph: bad id: the name holds `A` at position 1 (did you mean `a-b`?)"],
    );
    check(
        "\"inputs\"",
        "\"input\"",
        &[
            "11:34 error bad-graph: unknown field `input`, expected one of `id`, `skill`, `skill_id`, `workflow`, \
         `name`, `inputs`, `timeout_ms`, `memory_mb`, `retries`, `position` (compare it with a workflow of the system volume)",
        ],
    );
    check(
        "\"a.out\"",
        "\"a\"",
        &["15:14 error bad-graph: `a` names no port (write `<node>.<port>`)"],
    );
    check(
        "1}},",
        "1}}",
        &[
            "12:5 error bad-json: expected `,` or `]` (correct the JSON: look for a missing comma, quote or bracket just before)",
        ],
    );
    check(
        "  ]\n}",
        "  ],\n  \"layout\": {\"zz\": {\"x\": 1, \"y\": 1}}\n}",
        &[
            "17:20 warning unknown-node: the layout names the node `zz`, which is not there (remove the line)",
        ],
    );
    check(
        "```json",
        "```text",
        &[
            "5:1 error no-graph: the file has no graph (add a ```json block with `nodes` and `edges`)",
        ],
    );
}

#[test]
fn a_node_runs_one_thing() {
    let hint = "(write `skill_id` for a skill, or `workflow` for a workflow)";
    check(
        "\"skill_id\": \"s\", ",
        "",
        &[&format!("11:5 error bad-graph: node `a` runs nothing {hint}")],
    );
    check(
        "\"skill_id\": \"s\"",
        "\"skill_id\": \"s\", \"workflow\": \"w\"",
        &[&format!("11:5 error bad-graph: node `a` runs a skill and a workflow {hint}")],
    );
}

#[test]
fn an_interface_is_read_and_its_mistakes_point_into_the_file() {
    let with = |interface: &str| {
        GOOD.replace("  ]\n}", &format!("  ],\n  \"interface\": {interface}\n}}"))
    };
    let good = with(r#"{"inputs": [{"name": "n", "node": "a", "port": "n"}]}"#);
    let flow = parse("w.md", good.as_bytes()).workflow.expect("a workflow");
    let interface = flow.interface.expect("it has one");
    assert_eq!(interface.inputs[0].inner.to_string(), "a.n");
    assert_eq!(interface.outputs, []);
    let bad = with(r#"{"inputs": [{"name": "n", "node": "A", "port": "n"}]}"#);
    let found = &parse("w.md", bad.as_bytes()).diagnostics[0];
    assert_eq!((found.position.line, found.position.column), (17, 50), "{found:?}");
    assert_eq!(found.hint.as_deref(), Some("did you mean `a`?"));
    assert_eq!(parse("w.md", with("null").as_bytes()).workflow.and_then(|w| w.interface), None);
}

#[test]
fn one_wrong_node_does_not_hide_another() {
    let text = GOOD
        .replace("\"skill_id\": \"s\"", "\"skill_id\": \"S\"")
        .replace("\"skill\": \"t\", ", "");
    let check = parse("w.md", text.as_bytes());
    let lines: Vec<_> = check.diagnostics.iter().map(|found| found.position.line).collect();
    assert_eq!(lines, [11, 12]);
    assert_eq!(check.workflow, None);
}

#[test]
fn front_matter_is_checked() {
    let hint = "(remove it, or use one of `workflow_id`, `name`, `description`, `tags`, `version`, `author`)";
    check(
        "name: W",
        "nmae: W",
        &[&format!(
            "3:1 warning unknown-field: a workflow has no field `nmae`: it is lost on the next save {hint}"
        )],
    );
    check(
        "workflow_id: w",
        "workflow_id: v",
        &[
            "2:14 warning id-mismatch: `workflow_id` is `v`, but the file is called `w.md` (call the file `v.md`)",
        ],
    );
    check(
        "workflow_id: w",
        "workflow_id: W w",
        &[
            "2:14 error bad-id: bad `workflow_id`: the name holds `W` at position 1 (did you mean `w-w`?)",
        ],
    );
    check("workflow_id: w\n", "", &[]);
    check(
        "---\n\n#",
        "\n\n#",
        &[
            "1:1 error frontmatter-unclosed: the front matter is not closed (end it with a line `---`)",
        ],
    );
}

#[test]
fn yaml_reads_as_well() {
    let yaml = "---
workflow_id: w
name: W
---
```yaml
nodes:
  - id: a
    skill_id: s
    inputs: {n: 1, on: no}
  - {id: b, skill_id: t}
edges:
  - {from: a.out, to: b.in}
layout:
  b: {x: 1, y: 2}
```
";
    let good = parse("w.md", yaml.as_bytes());
    assert_eq!(good.diagnostics, []);
    let flow = good.workflow.expect("a workflow");
    assert_eq!(flow.nodes[0].inputs["on"], "no");
    assert_eq!(flow.nodes[1].position, Some((1.0, 2.0)));
    assert_eq!(good.node_lines.values().copied().collect::<Vec<_>>(), [7, 10]);
    for (old, new, line) in [
        ("id: b", "id: B", 10),
        ("a.out", "a", 12),
        ("y: 2", "z: 2", 14),
        ("nodes:", "nodes: [", 7),
    ] {
        let bad = parse("w.md", yaml.replacen(old, new, 1).as_bytes());
        assert_eq!(bad.diagnostics[0].position.line, line, "{:?}", bad.diagnostics);
    }
}

#[test]
fn windows_line_ends_read_alike() {
    let unix = parse("w.md", GOOD.as_bytes());
    let windows = parse("w.md", GOOD.replace('\n', "\r\n").as_bytes());
    assert_eq!(unix, windows);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: RngSeed::Fixed(8), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), len in 0_usize..30, junk in prop::collection::vec(any::<u8>(), 0..20)) {
        for text in [GOOD.to_owned(), print(&workflow())] {
            let mut bytes = text.into_bytes();
            let start = at.index(bytes.len());
            let end = (start + len).min(bytes.len());
            bytes.splice(start..end, junk.iter().copied());
            let check = parse("w.md", &bytes);
            let has_error = check.diagnostics.iter().any(|found| found.severity == Severity::Error);
            prop_assert_eq!(check.workflow.is_none(), has_error);
        }
    }
}
