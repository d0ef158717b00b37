//! Making a trace small enough to be read again: a run that prints without end,
//! or has thousands of nodes, must not leave a file that nothing opens.

use std::{collections::BTreeMap, mem};

use llmos_core::{
    document::MAX_FILE_LEN,
    trace::{self, LogLine, RunTrace, Stream, TraceValue},
};
use serde_json::Value;

use super::keep;
use crate::Error;

/// What the logs of a trace that is too long may take in all, in bytes of text.
const MAX_LOG_BYTES: usize = 2 << 20;

/// What a line of a log takes beside its text, about.
const LINE_BYTES: usize = 64;

/// The longest JSON that stays inside a trace that is too long.
const MAX_TIGHT_BYTES: usize = 128;

/// Shortens a trace whose file could not be read again: first the logs, then values move beside it.
pub(super) fn fit(
    trace: &mut RunTrace,
    beside: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    if trace::print(trace).len() <= MAX_FILE_LEN {
        return Ok(());
    }
    shorten_logs(trace);
    if trace::print(trace).len() <= MAX_FILE_LEN {
        return Ok(());
    }
    let values = trace
        .nodes
        .iter_mut()
        .flat_map(|node| node.inputs.values_mut().chain(node.outputs.values_mut()));
    for value in values {
        if let TraceValue::Inline(inline) = value {
            *value = keep(mem::replace(inline, Value::Null), MAX_TIGHT_BYTES, beside);
        }
    }
    let n_bytes = trace::print(trace).len();
    if n_bytes <= MAX_FILE_LEN {
        return Ok(());
    }
    Err(Error::BadField {
        field: "run",
        reason: format!("its trace would have {n_bytes} bytes, at most {MAX_FILE_LEN} are read"),
        hint: "run fewer nodes at a time".to_owned(),
    })
}

/// Gives each node an equal share of what all logs may take.
fn shorten_logs(trace: &mut RunTrace) {
    let n_loud = trace.nodes.iter().filter(|node| !node.logs.is_empty()).count();
    let share = MAX_LOG_BYTES / n_loud.max(1);
    for node in &mut trace.nodes {
        shorten(&mut node.logs, share);
    }
}

/// Keeps the beginning and the end of a log, where it says most.
fn shorten(logs: &mut Vec<LogLine>, share: usize) {
    let size = |line: &LogLine| line.text.len() + LINE_BYTES;
    if logs.iter().map(size).sum::<usize>() <= share {
        return;
    }
    let fitting = |lines: &mut dyn Iterator<Item = &LogLine>| {
        let mut left = share / 2;
        lines
            .take_while(|line| left.checked_sub(size(line)).map(|rest| left = rest).is_some())
            .count()
    };
    let n_first = fitting(&mut logs.iter());
    let n_last = fitting(&mut logs[n_first..].iter().rev());
    let left_out = n_first..logs.len() - n_last;
    let note = LogLine {
        at_ms: logs.get(n_first).map_or(0.0, |line| line.at_ms),
        stream: Stream::Stderr,
        text: format!("({} lines are left out of the trace)", left_out.len()),
    };
    logs.splice(left_out, [note]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(n_lines: usize, n_chars: usize) -> Vec<LogLine> {
        let line = |n: usize| LogLine {
            at_ms: n as f64,
            stream: Stream::Stdout,
            text: format!("{n:0n_chars$}"),
        };
        (0..n_lines).map(line).collect()
    }

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let mut logs = log(1000, 36);
        shorten(&mut logs, 1000);
        let numbers: Vec<f64> = logs.iter().map(|line| line.at_ms).collect();
        assert_eq!(numbers, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 995.0, 996.0, 997.0, 998.0, 999.0]);
        assert_eq!(logs[5].text, "(990 lines are left out of the trace)");
    }

    #[test]
    fn a_log_within_its_share_and_a_single_huge_line_are_no_trouble() {
        let mut logs = log(10, 36);
        shorten(&mut logs, 1000);
        assert_eq!(logs, log(10, 36));
        let mut logs = log(1, 5000);
        shorten(&mut logs, 1000);
        assert_eq!(logs.len(), 1);
        assert_eq!(logs[0].text, "(1 lines are left out of the trace)");
    }
}
