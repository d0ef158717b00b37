use serde_json::json;

use super::Counts;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
    Counts { passed, failed, skipped }
}

#[test]
fn cargo_results_are_summed_over_binaries() {
    let text = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests llmos_core
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out; finished in 1.2s";
    assert_eq!(Counts::from_cargo(&lines(text)), counts(7, 2, 1));
    assert_eq!(Counts::from_cargo(&lines("error: could not compile")), Counts::default());
}

#[test]
fn node_results_are_read_in_both_forms() {
    for mark in ["#", "ℹ"] {
        let text = format!(
            "TAP version 13\nok 1 - adds\n{mark} tests 7\n{mark} pass 4\n{mark} fail 1\n\
             {mark} cancelled 1\n{mark} skipped 1\n{mark} todo 0\n{mark} duration_ms 12.5"
        );
        assert_eq!(Counts::from_node(&lines(&text)), counts(4, 2, 1), "mark: {mark}");
    }
}

#[test]
fn a_vitest_file_that_cannot_be_loaded_is_a_failure() {
    let report = json!({
        "numPassedTests": 5, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 0,
        "testResults": [
            { "status": "failed", "assertionResults": [{ "status": "failed" }] },
            { "status": "failed", "assertionResults": [] },
            { "status": "passed", "assertionResults": [{ "status": "passed" }] },
        ],
    });
    assert_eq!(Counts::from_vitest(&report), counts(5, 2, 2));
}

#[test]
fn playwright_reports_count_flaky_tests_and_outer_errors() {
    let report = json!({
        "errors": [{ "message": "no browser" }],
        "stats": { "expected": 8, "flaky": 1, "unexpected": 2, "skipped": 3 },
    });
    assert_eq!(Counts::from_playwright(&report), counts(9, 3, 3));
}

#[test]
fn a_runner_that_failed_or_ran_nothing_is_a_failure() {
    assert_eq!(counts(3, 0, 0).judged_by(true), counts(3, 0, 0));
    assert_eq!(counts(3, 0, 0).judged_by(false), counts(3, 1, 0));
    assert_eq!(counts(3, 2, 0).judged_by(false), counts(3, 2, 0));
    assert_eq!(counts(0, 0, 0).judged_by(true), counts(0, 1, 0));
}

#[test]
fn the_closing_line_names_skipped_tests_only_where_there_are_any() {
    assert_eq!(counts(12, 0, 0).to_string(), "12 passed, 0 failed");
    assert_eq!(counts(12, 3, 4).to_string(), "12 passed, 3 failed, 4 skipped");
}
