use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::diagnostic::Severity;

/// A whole executable skill; tests change one line of it.
const PLOT: &str = "---
skill_id: line-plot
name: Line plot
description: Draws a line
type: python-wasm
execution_mode: browser-wasm
category: plot
tags: [plot, line]
version: 1.10
author: system
inputs:
  - name: values
    type: list
    description: What to draw
  - name: title
    type: string
    default: Untitled
  - name: limit
    type: integer
    default:
outputs:
  - name: plot
    type: plot
estimated_time_ms: 50
memory_mb: 64
timeout_ms: 2e3
packages: numpy, pandas
---

# Line plot

```text
not code
```

```python
def execute(inputs):
    return {\"plot\": {\"series\": []}}
```
";

/// What `check` finds, one line per finding: `line:column severity code message`.
fn findings(path: &str, text: &str) -> Vec<String> {
    let found = check(path, text.as_bytes()).diagnostics;
    assert!(found.iter().all(|found| found.hint.is_some()), "no hint: {found:?}");
    let line = |found: Diagnostic| {
        let position = found.position;
        format!("{}:{} {} {}", position.line, position.column, found.severity, found.code)
    };
    found.into_iter().map(line).collect()
}

#[track_caller]
fn check_change(from: &str, to: &str, want: &[&str]) {
    assert!(PLOT.contains(from), "{from:?} is not in the text");
    let text = PLOT.replacen(from, to, 1);
    assert_eq!(findings("skills/line-plot.md", &text), want, "{from:?} to {to:?}");
}

#[test]
fn an_executable_skill_reads_whole() {
    let found = check("skills/line-plot.md", PLOT.as_bytes());
    assert_eq!(found.diagnostics, []);
    assert_eq!(found.kind, FileKind::Executable);
    let skill = found.skill.unwrap();
    assert_eq!((skill.id.as_str(), skill.name.as_str()), ("line-plot", "Line plot"));
    assert_eq!(skill.version.as_deref(), Some("1.10"));
    assert_eq!(skill.keywords, ["plot", "line"]);
    let executable = skill.executable().unwrap();
    assert_eq!(executable.runtime, Runtime::PythonWasm);
    assert_eq!(executable.code, "def execute(inputs):\n    return {\"plot\": {\"series\": []}}\n");
    assert_eq!(executable.code_line, 37);
    assert_eq!(executable.packages, ["numpy", "pandas"]);
    let times = (executable.estimated_time_ms, executable.memory_mb, executable.timeout_ms);
    assert_eq!(times, (Some(50), Some(64), Some(2000)));
    assert!(executable.deterministic);
    let required = executable.inputs.iter().map(|port| port.required).collect::<Vec<_>>();
    assert_eq!(required, [true, false, false]);
    assert_eq!(executable.input("values").unwrap().ty, PortType::Array);
    assert_eq!(executable.input("title").unwrap().default, Some(json!("Untitled")));
    assert_eq!(executable.input("limit").unwrap().default, None);
    assert!(executable.output("plot").unwrap().required);
}

#[test]
fn what_is_wrong_with_an_executable_skill_is_said_where_it_stands() {
    check_change("python-wasm", "fortran", &["5:7 error unknown-type"]);
    check_change("type: python-wasm\n", "", &["2:1 error no-type"]);
    check_change("browser-wasm", "moon", &["6:17 error unknown-execution-mode"]);
    check_change("line-plot", "Line Plot", &["2:11 error bad-id"]);
    check_change("line-plot", "other", &["2:11 warning id-differs"]);
    check_change("type: list", "type: matrix", &["13:11 warning unknown-port-type"]);
    check_change("    type: list\n", "", &["12:5 warning no-port-type"]);
    check_change("- name: title", "- name: a b", &["15:11 error bad-port-name"]);
    check_change("- name: title", "- name: values", &["15:11 error duplicate-port"]);
    check_change("- name: title\n    type", "- type", &["15:5 error bad-port"]);
    check_change("default: Untitled", "default: 7", &["17:14 error bad-default"]);
    check_change(
        "default: Untitled",
        "default: 'x'\n    required: maybe",
        &["18:15 error not-a-boolean"],
    );
    check_change("  - name: plot\n    type: plot\n", "  plot: plot\n", &["22:3 error bad-ports"]);
    check_change("memory_mb: 64", "memory_mb: 64 MB", &["25:12 error bad-number"]);
    check_change("timeout_ms: 2e3", "timeout_ms: 0", &["26:13 error bad-number"]);
    check_change("[plot, line]", "{a: b}", &["8:7 warning not-a-list"]);
    check_change("```python", "```py3", &["29:1 error no-code"]);
    check_change(
        "```text",
        "```python",
        &["32:1 error no-execute", "36:1 warning several-code-blocks"],
    );
    check_change("def execute", "def run", &["36:1 error no-execute"]);
    check_change("[]}}\n```", "[]}}\n", &["36:1 warning unclosed-code"]);
    check_change("version: 1.10", "version: 1.10\nversion: 2", &["10:1 error yaml-duplicate-key"]);
    let found = check("skills/line-plot.md", PLOT.replace("def execute", "def run").as_bytes());
    assert_eq!((found.skill, found.kind), (None, FileKind::Executable));
    assert_eq!(found.name.as_deref(), Some("Line plot"));
}

#[test]
fn execute_is_found_in_the_ways_it_is_written() {
    let cases = [
        ("python", "def execute(inputs):", true),
        ("python", "async def execute(inputs):", true),
        ("python", "execute = main", true),
        ("python", "execute == main", false),
        ("python", "# def execute", false),
        ("python", "def executed(inputs):", false),
        ("javascript", "function execute(inputs) {}", true),
        ("javascript", "export async function execute({a}) {}", true),
        ("javascript", "const execute = async (inputs) => 1;", true),
        ("javascript", "const run = 1; export { run as execute }", true),
        ("javascript", "execute(1)", false),
        ("javascript", "function executeAll() {}", false),
        ("javascript", "db.execute = 1", false),
    ];
    for (language, code, want) in cases {
        assert_eq!(code::defines_execute(language, code), Some(want), "{code}");
    }
    assert_eq!(code::defines_execute("spice", ""), None);
}

#[test]
fn the_kind_follows_from_path_and_keys() {
    let cases = [
        ("skills/a.md", "name: a", FileKind::Context),
        ("skills/a.md", "name: a\nkeywords: [b]\nmodel: c", FileKind::Context),
        ("skills/a/SKILL.md", "name: a", FileKind::Agent),
        ("skills/a.md", "name: a\nallowed-tools: Read", FileKind::Agent),
        ("agents/a.agent.md", "name: a", FileKind::Agent),
        ("skills/a.md", "type: qiskit", FileKind::Executable),
        ("skills/a.md", "type: prompt", FileKind::Context),
        ("skills/a.md", "skill_id: a\ninputs: []", FileKind::Executable),
        ("skills/a.md", "- a", FileKind::None),
        ("skills/a.md", "", FileKind::None),
    ];
    for (path, yaml, want) in cases {
        let text = format!("---\n{yaml}\n---\nbody\n");
        assert_eq!(check(path, text.as_bytes()).kind, want, "{path}: {yaml}");
    }
}

#[test]
fn agent_skills_follow_their_specification_leniently() {
    let path = "skills/pdf-tools/SKILL.md";
    let cases: [(&str, &[&str], bool); 5] = [
        ("name: pdf-tools\ndescription: d", &[], true),
        ("name: PDF Tools\ndescription: d", &["2:7 warning agent-skill-name"], true),
        ("name: pdf\ndescription: d", &["2:7 warning agent-skill-folder"], true),
        ("name: pdf-tools", &["2:1 error no-description"], false),
        ("name: pdf-tools\ndescription: Use when: asked", &["3:22 error yaml-syntax"], true),
    ];
    for (yaml, want, usable) in cases {
        let text = format!("---\n{yaml}\n---\nbody\n");
        assert_eq!(findings(path, &text), want, "{yaml}");
        let found = check(path, text.as_bytes());
        assert_eq!(found.skill.is_some(), usable, "{yaml}");
        assert_eq!(found.id.as_deref(), Some("pdf-tools"));
    }
    let broken =
        b"---\nname: pdf-tools\ndescription: Use when: asked\nmetadata:\n  version: 2.0\n---\nb";
    let skill = check(path, broken).skill.unwrap();
    assert_eq!(skill.description, "Use when: asked");
    assert_eq!(skill.version.as_deref(), Some("2.0"));
}

#[test]
fn what_lists_show_of_a_skill_is_short_and_plain() {
    let long = |n: usize| "x".repeat(n);
    let cases: [(String, &[&str]); 9] = [
        (format!("name: {}\ndescription: {}", long(64), long(1024)), &[]),
        (format!("name: {}\ndescription: d", long(65)), &["2:7 warning long-name"]),
        (format!("name: n\ndescription: {}", long(8192)), &["3:14 warning long-description"]),
        (format!("name: n\ndescription: {}", long(8193)), &["3:14 error long-description"]),
        (format!("name: {}\ndescription: d", long(8193)), &["2:7 error long-name"]),
        ("name: \"a\\e[2J\"\ndescription: d".to_owned(), &["2:7 error control-character"]),
        ("name: n\ndescription: \"a\\x9bb\"".to_owned(), &["3:14 error control-character"]),
        (
            "name: n\ndescription: d\ncategory: \"a\\ab\"".to_owned(),
            &["4:11 error control-character"],
        ),
        ("name: n\ndescription: |\n  two\n  \tlines".to_owned(), &[]),
    ];
    for (yaml, want) in cases {
        assert_eq!(findings("skills/a.md", &format!("---\n{yaml}\n---\nbody\n")), want, "{yaml}");
    }
}

#[test]
fn files_that_are_no_skills_say_why() {
    let hint = |text: &str| {
        let found = check("skills/a.md", text.as_bytes());
        assert_eq!((found.skill, found.kind), (None, FileKind::None));
        found.diagnostics[0].hint.clone().unwrap()
    };
    assert!(hint("# Title\n").starts_with("begin the file with `---`"));
    assert!(hint("\n---\nname: a\n---\n").starts_with("move the first `---`"));
    assert!(hint("----\nname: a\n----\n").starts_with("use exactly three dashes"));
    assert!(hint("name: a\ndescription: b\n\ntext").starts_with("put a line `---`"));
    assert!(hint("---\nname: a\n").starts_with("add a line `---`"));
    assert_eq!(check("a.md", b"# Title\n").diagnostics[0].severity, Severity::Warning);
    assert_eq!(check("a.md", b"---\nname: a\n").diagnostics[0].severity, Severity::Error);
}

#[test]
fn keywords_are_never_empty() {
    let text = "---\nname: a\nkeywords: ['', ' ', b, b]\ntags: \", c ,,\"\n---\nbody";
    let skill = check("skills/a.md", text.as_bytes()).skill.unwrap();
    assert_eq!(skill.keywords, ["b", "c"]);
}

#[test]
fn findings_end_somewhere_and_errors_still_count() {
    let ports = "  - type: number\n".repeat(500);
    let text = format!(
        "---\ntype: python-wasm\ninputs:\n{ports}---\n```python\ndef execute(i): pass\n```\n"
    );
    let found = check("skills/a.md", text.as_bytes());
    assert_eq!((found.skill, found.diagnostics.len()), (None, 100));
}

#[test]
fn fences_follow_commonmark() {
    let text = "~~~js title\na\n```\n~~~~\n  ```` Python {.x}\n    b\n  c\n```\n````\n    ```\n``` a`b\n```c\nend";
    let found = code::fences(text, 0);
    let blocks: Vec<_> = found
        .iter()
        .map(|fence| (fence.language.as_str(), code::code(text, fence), fence.close.is_some()))
        .collect();
    let want = [("js", "a\n```\n", true), ("python", "  b\nc\n```\n", true), ("c", "end\n", false)];
    assert_eq!(blocks, want.map(|(language, code, closed)| (language, code.to_owned(), closed)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check("skills/a.md", &bytes);
    }

    #[test]
    fn no_text_makes_it_panic(
        path in "(skills/)?[a-zA-Z./]{0,8}(/SKILL.md|.md)?",
        text in "(---\n|name: |type: python-wasm\n|inputs:\n|  - name: x\n|```python\n|[:\\[\\]{}&*!|>'\"%@`#,~?-]|[a-cé ]|\r|\n|\t){0,40}",
    ) {
        let found = check(&path, text.as_bytes());
        let n_lines = text.split(['\n', '\r']).count();
        for found in found.diagnostics {
            prop_assert!(found.position.line <= n_lines && found.hint.is_some());
        }
    }
}
