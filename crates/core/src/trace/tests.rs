use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::json;

use super::*;
use crate::{
    chat::CallState,
    key::sha256,
    run::ErrorKind,
    workflow::tests::{slug, workflow},
};

fn id() -> TraceId {
    "run-20261120-153000-0a1b2c3d".parse().expect("an id")
}

fn node(name: &str, state: NodeState) -> NodeTrace {
    NodeTrace {
        node: slug(name),
        skill: slug("counter"),
        skill_version: Some(BlobId("5716ca5987cbf97d6bb54920bea6adde242d87e6".into())),
        state,
        key: Some(sha256(b"")),
        attempts: 1,
        started_ms: Some(0.5),
        duration_ms: Some(12.25),
        error: None,
        inputs: [("count".to_owned(), TraceValue::Inline(json!(3)))].into(),
        outputs: BTreeMap::new(),
        logs: Vec::new(),
    }
}

fn trace() -> RunTrace {
    let mut source = node("source", NodeState::Success);
    source.outputs = [
        ("total".to_owned(), TraceValue::Inline(json!(-1.1373))),
        ("values".to_owned(), TraceValue::Stored { sha256: sha256(b"[]"), bytes: 9_000 }),
    ]
    .into();
    source.logs.push(LogLine { at_ms: 1.5, stream: Stream::Stdout, text: "one ``` two".into() });
    let mut sum = node("sum", NodeState::Error);
    sum.error = Some(NodeError {
        kind: ErrorKind::Exception,
        message: "Traceback:\n  File \"x\"\nValueError: a | b\n".into(),
        hint: Some("look".into()),
    });
    RunTrace {
        id: id(),
        user: slug("ana"),
        workflow: workflow(),
        workflow_volume: Some(VolumeId::System),
        workflow_version: None,
        outcome: Outcome::Error,
        started_at: "2026-11-20T15:30:00.123456789Z".parse().expect("a time"),
        finished_at: "2026-11-20T15:30:02Z".parse().expect("a time"),
        nodes: vec![source, sum],
    }
}

#[track_caller]
fn check_round_trip(trace: &RunTrace) {
    let file = print(trace);
    assert_eq!(parse(file.as_bytes()).as_ref(), Ok(trace), "{file}");
}

#[test]
fn people_read_what_happened() {
    let file = print(&trace());
    let want = "---
trace_id: run-20261120-153000-0a1b2c3d
kind: run
user_id: ana
workflow_id: count-and-add
workflow_volume: system
outcome: error
started_at: \"2026-11-20T15:30:00.123456789Z\"
finished_at: \"2026-11-20T15:30:02Z\"
duration_ms: 1876
---

# Count and add

| node | skill | state | attempts | time |
| --- | --- | --- | ---: | ---: |
| `source` | `counter` | success | 1 | 12.2 ms |
| `sum` | `counter` | error | 1 | 12.2 ms |

## Errors

- `sum`: exception: ValueError: a \\| b

## Results

- `source.total` = -1.1373

```json
{
\"workflow\": {\"name\": \"Count and add\"";
    assert!(file.starts_with(want), "{file}");
    check_round_trip(&trace());
}

#[test]
fn an_error_is_summed_up_by_the_line_that_says_what_happened() {
    for (message, want) in [
        (
            "ZeroDivisionError: no\n  File \"a.py\", line 2\n    x / 0\n    ~~^~~",
            "ZeroDivisionError: no",
        ),
        ("TypeError: no\n    at execute (a.js:3:22)", "TypeError: no"),
        (
            "\nTraceback (most recent call last):\n  File \"a.py\"\nValueError: no\n\n",
            "ValueError: no",
        ),
        ("Traceback", "Traceback"),
        ("", ""),
    ] {
        let mut trace = trace();
        trace.nodes[1].error =
            Some(NodeError { kind: ErrorKind::Exception, message: message.into(), hint: None });
        let file = print(&trace);
        let line = file.lines().find(|line| line.starts_with("- `sum`:")).unwrap_or_default();
        assert_eq!(line.trim_end(), format!("- `sum`: exception: {want}").trim_end());
        check_round_trip(&trace);
    }
}

#[test]
fn no_text_breaks_out_of_its_place() {
    let evil = [
        "---\noutcome: success\n---\n",
        "\n```\n\n```json\n{}\n```\n",
        "| x |\n| --- |",
        "<script>alert(1)</script>",
        "\u{2028}\u{85}\u{feff}\u{202e}",
        "\r\n\0",
        "{\"$ref\": 1}",
    ];
    for text in evil {
        let mut trace = trace();
        trace.workflow.name = format!("{text} name");
        trace.workflow.description = text.into();
        trace.workflow.body = text.into();
        trace.workflow.nodes[0].name = Some(text.into());
        trace.nodes[1].error =
            Some(NodeError { kind: ErrorKind::Load, message: text.into(), hint: None });
        trace.nodes[0].logs[0].text = text.into();
        trace.nodes[0].key = Some(text.into());
        trace.nodes[0].outputs.insert(text.into(), TraceValue::Inline(text.into()));
        check_round_trip(&trace);
        assert!(!print(&trace).contains("\n<script"), "{text:?}");
    }
}

#[test]
fn values_that_look_like_places_stay_values() {
    for value in [
        json!({"$ref": "sha256:00", "bytes": 1}),
        json!({"$ref": null}),
        json!({"$value": {"$ref": 1}}),
        json!({"x": {"$ref": 1}}),
        json!([{"$ref": 1}]),
    ] {
        let mut trace = trace();
        trace.nodes[0].outputs.insert("odd".into(), TraceValue::Inline(value));
        check_round_trip(&trace);
    }
}

#[test]
fn broken_files_say_where() {
    let good = print(&trace());
    let cases = [
        ("outcome: error", "outcome: perhaps", "7:10 bad `outcome`: `perhaps`"),
        ("user_id: ana\n", "", "2:1 `user_id` is missing"),
        (
            "\"state\": \"success\"",
            "\"state\": \"odd\"",
            "42:3 the record cannot be read: unknown state `odd`",
        ),
        ("sha256:4f53", "sha256:zz53", "42:3 the record cannot be read: "),
        ("```json", "```text", "1:1 the file has no record in JSON"),
    ];
    for (old, new, want) in cases {
        assert!(good.contains(old), "{old}");
        let found =
            parse(good.replacen(old, new, 1).as_bytes()).expect_err("it is broken").remove(0);
        let got = format!("{}:{} {}", found.position.line, found.position.column, found.message);
        assert!(got.starts_with(want), "got {got}, want {want}");
        assert!(found.hint.is_some());
    }
    assert!(parse(b"").is_err());
}

#[test]
fn ids_hold_the_date_of_the_file() {
    let at: Timestamp = "2026-11-20T15:30:00.039476395Z".parse().expect("a time");
    assert_eq!(TraceId::new(at, 0xffff_fc3d), id());
    assert_eq!(id().path().as_str(), "traces/2026/11/20/run-20261120-153000-0a1b2c3d.md");
    assert_eq!(id().object_path("00ff").as_str(), "traces/2026/11/20/objects/00ff.json");
    assert_eq!(id().object_path("../../x").as_str(), "traces/2026/11/20/objects/.json");
    for bad in [
        "",
        "run-20261120-153000-0a1b2c3",
        "run-20261120-153000-0A1B2C3D",
        "run-2026112-1530000-0a1b2c3d",
        "run-20261120-153000-0a1b2c3d-x",
        "run-../../..-153000-0a1b2c3d",
        "trace_20250101_120000",
    ] {
        assert!(bad.parse::<TraceId>().is_err(), "accepted {bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(9), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back_the_same(
        texts in prop::collection::vec(any::<String>(), 8),
        times in prop::collection::vec(0.0_f64..1e9, 3),
        state in prop::sample::select(NodeState::ALL.to_vec()),
        kind in prop::sample::select(ErrorKind::ALL.to_vec()),
        number in any::<f64>().prop_filter("finite", |n| n.is_finite()),
        nanos in -377_705_023_201_000_000_000_i128..253_402_207_200_000_000_000,
    ) {
        let mut trace = trace();
        trace.started_at = Timestamp::from_nanosecond(nanos).expect("in range");
        trace.workflow.name.clone_from(&texts[0]);
        trace.workflow.description.clone_from(&texts[1]);
        trace.workflow.body.clone_from(&texts[2]);
        let node = &mut trace.nodes[0];
        node.state = state;
        node.started_ms = Some(times[0]);
        node.duration_ms = Some(times[1]);
        node.error = Some(NodeError { kind, message: texts[3].clone(), hint: Some(texts[4].clone()) });
        node.logs.push(LogLine { at_ms: times[2], stream: Stream::Stderr, text: texts[5].clone() });
        node.outputs.insert(texts[6].clone(), TraceValue::Inline(json!([number, texts[7]])));
        prop_assert_eq!(parse(print(&trace).as_bytes()), Ok(trace));
    }
}

/// Two runs of one second are listed in the order in which they were made.
#[test]
fn ids_sort_by_time() {
    let start: Timestamp = "2026-11-20T23:59:59.999Z".parse().expect("a time");
    let id = |micros: i64, random: u32| {
        TraceId::new(start + jiff::SignedDuration::from_micros(micros), random)
    };
    for micros in [0, 1, 500, 999, 1_000, 1_001, 70_000] {
        let (earlier, later) = (id(micros, u32::MAX), id(micros + 1, 0));
        assert!(earlier.as_str() < later.as_str(), "{earlier} and {later}");
    }
}

#[test]
fn a_chat_with_calls_and_subagents_reads_back() {
    let call = |tool: &str, subagent, state| ChatCall {
        tool: tool.to_owned(),
        subagent,
        arguments: r#"{"query": "a ``` b"}"#.to_owned(),
        state,
        result: "one\ntwo ``` three".to_owned(),
    };
    let states = CallState::ALL.into_iter();
    let chat = ChatTrace {
        id: TraceId::of_kind(TraceKind::Chat, "2026-11-20T15:30:00Z".parse().expect("a time"), 7),
        user: slug("ana"),
        team: Some(slug("atlas")),
        outcome: Outcome::Success,
        feedback: None,
        skills_used: vec![slug("fft")],
        model: Some("a/b".to_owned()),
        usage: None,
        calls: states.map(|state| call("read_skill", Some(1), state)).collect(),
        subagents: vec![ChatSubagent {
            number: 1,
            title: "Spectrum `x`".to_owned(),
            skills: vec![slug("fft")],
            outcome: Outcome::Error,
            answer: "## no\n```json\n{}\n```".to_owned(),
        }],
        started_at: "2026-11-20T15:30:00Z".parse().expect("a time"),
        finished_at: "2026-11-20T15:30:01Z".parse().expect("a time"),
        prompt: "what?".to_owned(),
        answer: "that".to_owned(),
    };
    let file = print_chat(&chat);
    assert!(file.contains("- `read_skill` by subagent 1: refused"), "{file}");
    assert_eq!(parse_any(file.as_bytes()), Ok(Trace::Chat(Box::new(chat.clone()))));
    let plain = ChatTrace { calls: Vec::new(), subagents: Vec::new(), ..chat };
    let file = print_chat(&plain);
    assert!(!file.contains("calls") && !file.contains("subagents"), "{file}");
    assert_eq!(parse_any(file.as_bytes()), Ok(Trace::Chat(Box::new(plain))));
}
