//! From a [`Draft`] to Markdown.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Draft, DraftKind, Kept};
use crate::{markdown, skill::code, yaml};

/// Prints the file of a draft. Reading it gives the same draft back.
pub fn print(draft: &Draft) -> String {
    let mut out = format!("---\n{}---\n\n", yaml::print(&head(draft)));
    let _ = writeln!(out, "# Draft: {}\n", markdown::line(&draft.title));
    why(&mut out, draft);
    let fence = "`".repeat(code::fence_len(&draft.text).max(4));
    let end = if draft.text.ends_with('\n') { "" } else { "\n" };
    let _ = write!(out, "## The text\n\n{fence}markdown\n{}{end}{fence}\n", draft.text);
    out
}

fn head(draft: &Draft) -> Map<String, Value> {
    let evidence = &draft.evidence;
    let users: Map<_, _> =
        evidence.users.iter().map(|(user, n)| (user.to_string(), json!(n))).collect();
    let traces: Vec<_> = evidence.traces.iter().map(|id| id.as_str()).collect();
    let proof = &draft.proof;
    let fields = [
        ("draft_id", json!(draft.id.as_str())),
        ("kind", json!(draft.kind.as_str())),
        ("status", json!(draft.status.as_str())),
        ("skill_id", json!(draft.target.as_str())),
        ("title", json!(draft.title)),
        ("count", json!(evidence.count)),
        ("n_success", json!(evidence.n_success)),
        ("success_rate", json!(rate(evidence.success_rate()))),
        ("confidence", json!(rate(evidence.confidence()))),
        ("users", Value::Object(users)),
        ("first", json!(evidence.first.as_ref().map(|id| id.as_str()))),
        ("traces", json!(traces)),
        ("n_held_back", json!(proof.n_held_back)),
        ("n_passed", json!(proof.n_passed)),
        ("problem", json!(proof.problem)),
        ("warnings", json!(draft.warnings)),
        ("generated", json!(draft.generated)),
        ("taught", json!(draft.taught)),
        ("kept", draft.kept.as_ref().map_or(Value::Null, kept)),
        ("stale", json!(draft.stale)),
    ];
    let empty = |value: &Value| value.is_null() || *value == json!([]);
    let fields = fields.into_iter().filter(|(_, value)| !empty(value));
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn kept(kept: &Kept) -> Value {
    json!({
        "path": kept.path.as_str(),
        "version": kept.version.0,
        "before": kept.before,
        "before_success": kept.before_success,
        "since": kept.since,
        "since_success": kept.since_success,
        "used": kept.used,
        "used_success": kept.used_success,
    })
}

/// Two digits: the exact counts stand beside it.
fn rate(rate: f64) -> f64 {
    (rate * 100.0).round() / 100.0
}

/// Says for people why the draft is there and what became of it.
fn why(out: &mut String, draft: &Draft) {
    let evidence = &draft.evidence;
    let what = match draft.kind {
        DraftKind::Compound => "The same steps ran",
        DraftKind::Guide => "The same was asked",
    };
    let users = match evidence.users.len() {
        0 | 1 => String::new(),
        n => format!(" by {n} people"),
    };
    let _ = writeln!(
        out,
        "{what} {} times{users}, {} of them with success ({:.0} %).\n",
        evidence.count,
        evidence.n_success,
        evidence.success_rate() * 100.0
    );
    let proof = &draft.proof;
    let _ = writeln!(
        out,
        "{} of {} traces that were held back speak for it.\n",
        proof.n_passed, proof.n_held_back
    );
    if let Some(problem) = &proof.problem {
        let _ = writeln!(out, "What speaks against it: {}.\n", markdown::line(problem));
    }
    if let Some(kept) = &draft.kept {
        let _ = writeln!(
            out,
            "It became `{}`. Before, the task came up {} times, {} with success; since then {} times, {} with success. \
             The skill itself was used {} times, {} with success.\n",
            kept.path,
            kept.before,
            kept.before_success,
            kept.since,
            kept.since_success,
            kept.used,
            kept.used_success
        );
    }
    if let Some(stale) = &draft.stale {
        let _ = writeln!(out, "To look at again: {}.\n", markdown::line(stale));
    }
    for warning in &draft.warnings {
        let _ = writeln!(out, "- Look twice: {}", markdown::line(warning));
    }
    if !draft.warnings.is_empty() {
        out.push('\n');
    }
}
