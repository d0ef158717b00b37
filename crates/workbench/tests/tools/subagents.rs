//! Subagents: parts of a task side by side, with skills of their own, one budget, and no further delegation.

use llmos_api::{chat::ChatEvent, trace::Outcome};
use llmos_core::model::{EndReason, Part};
use llmos_workbench::ids;
use serde_json::{Value, json};

use crate::support::{Bench, ana, call, end, kind, text};

fn tasks() -> Value {
    json!({"tasks": [
        {"title": "Spectrum", "instructions": "Say which skill finds a spectrum.", "skills": "fourier spectrum"},
        {"title": "Circuit", "instructions": "Say which skill draws a Bode plot.", "skills": "circuit bode"},
    ]})
}

#[test]
fn subagents_work_side_by_side_and_their_answers_come_back_together() {
    // The first answers go to the model, then to each subagent in turn.
    let bench = Bench::talking(vec![
        vec![text("I split it."), call("delegate", tasks()), end(EndReason::Calls)],
        vec![call("read_skill", json!({"skill_id": "fft"})), end(EndReason::Calls)],
        vec![call("search_skills", json!({"query": "bode"})), end(EndReason::Calls)],
        vec![text("It is fft."), end(EndReason::Done)],
        vec![text("It is rlc-response."), end(EndReason::Done)],
        vec![text("Both found."), end(EndReason::Done)],
    ]);
    let (answer, events) = bench.ask("what do I need?");
    assert_eq!(answer.response, "I split it.\n\nBoth found.");
    let asked = bench.model.asked();
    let names =
        |at: usize| asked[at].tools.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>();
    assert!(names(0).contains(&"delegate".to_owned()));
    for at in [1, 2] {
        assert!(!names(at).iter().any(|name| name == "delegate" || name.starts_with("propose")));
    }
    assert!(asked[1].system[1].text.contains("<skill id=\"fft\""), "its own skills go along");
    assert!(!asked[2].system[1].text.contains("<skill id=\"fft\""), "and not those of others");
    let Some(Part::Result { text, failed: false, .. }) =
        asked[5].messages.last().and_then(|it| it.parts.last())
    else {
        panic!("{:?}", asked[5])
    };
    let first =
        text.find("## Subagent 1, Spectrum: success\n\nIt is fft.").expect("the first is there");
    let second = text
        .find("## Subagent 2, Circuit: success\n\nIt is rlc-response.")
        .expect("and the second");
    assert!(first < second && text.contains("<material tool=\"delegate\">"), "{text}");

    let begun = events.iter().filter(|event| matches!(event, ChatEvent::Subagent { .. })).count();
    assert_eq!(begun, 2);
    let of = |number| answer.calls.iter().filter(|call| call.subagent == number).count();
    assert_eq!((of(None), of(Some(1)), of(Some(2))), (1, 1, 1));
    let budget = answer.budget.expect("it is counted").spent;
    assert_eq!((budget.rounds, budget.calls), (6, 3), "all of it is one budget");

    let Some(ChatEvent::End { trace_id, outcome: Outcome::Success }) = events.last() else {
        panic!()
    };
    let id = ids::trace(trace_id).expect("it is an id");
    let trace = bench.workbench.read_chat(&ana(), &id).expect("it is kept");
    assert_eq!(trace.calls.len(), 3);
    let told: Vec<_> =
        trace.subagents.iter().map(|one| (one.title.as_str(), one.answer.as_str())).collect();
    assert_eq!(told, [("Spectrum", "It is fft."), ("Circuit", "It is rlc-response.")]);
    assert!(trace.subagents[0].skills.contains(&"fft".to_owned()), "{:?}", trace.subagents);
}

#[test]
fn a_subagent_delegates_and_proposes_nothing() {
    for tool in ["delegate", "propose_workflow", "propose_skill_edit"] {
        let one = json!({"tasks": [{"title": "T", "instructions": "do"}]});
        let bench = Bench::talking(vec![
            vec![call("delegate", one.clone()), end(EndReason::Calls)],
            vec![call(tool, one), end(EndReason::Calls)],
            vec![text("I cannot."), end(EndReason::Done)],
            vec![text("Fine."), end(EndReason::Done)],
        ]);
        let (answer, events) = bench.ask("go deep");
        assert_eq!(answer.response, "Fine.");
        assert_eq!((answer.subagents.len(), answer.edits.len(), answer.proposals.len()), (1, 0, 0));
        let refused = answer.calls.iter().find(|call| call.subagent == Some(1)).expect("it called");
        assert!(refused.result.contains("there is no tool"), "{refused:?}");
        assert!(!events.iter().any(|event| kind(event) == "edit" || kind(event) == "proposal"));
    }
}

#[test]
fn subagents_that_never_stop_leave_the_last_word_to_the_model() {
    let one = json!({"tasks": [{"title": "Loop", "instructions": "search for ever"}]});
    let mut answers = vec![vec![call("delegate", one), end(EndReason::Calls)]];
    answers.extend((0..22).map(|n| {
        vec![call("search_skills", json!({"query": format!("plot {n}")})), end(EndReason::Calls)]
    }));
    answers.push(vec![text("It found nothing."), end(EndReason::Done)]);
    let bench = Bench::talking(answers);
    let (answer, events) = bench.ask("loop");
    assert_eq!(answer.response, "It found nothing.");
    assert_eq!(answer.budget.map(|budget| budget.spent.rounds), Some(24));
    assert!(matches!(events.last(), Some(ChatEvent::End { outcome: Outcome::Success, .. })));
    let asked = bench.model.asked();
    let Some(Part::Result { text, failed: true, .. }) =
        asked[23].messages.last().and_then(|it| it.parts.last())
    else {
        panic!("{:?}", asked[23].messages.last())
    };
    assert!(text.contains("could not finish within its bounds"), "{text}");
}
