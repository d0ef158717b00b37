use super::*;

fn path(text: &str) -> VolumePath {
    text.parse().expect("it is a path")
}

fn edit(file: &str, found: Found) -> HandEdit {
    HandEdit { path: path(file), base: None, found }
}

fn file(text: &str) -> Found {
    Found::File(text.as_bytes().to_vec())
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + millis).expect("it is a time")
}

#[test]
fn what_people_mean_is_taken_over_and_what_programs_leave_is_not() {
    let cases = [
        ("skills/plot.md", true),
        ("skills/plot/SKILL.md", true),
        ("skills/plot/scripts/run.py", true),
        ("workflows/a.md", true),
        ("memory/notes.md", true),
        ("README.md", true),
        ("metadata.json", true),
        ("traces/2026/11/20/run-20261120-153000-0a1b2c3d.md", false),
        ("other/a.md", false),
        ("data.csv", false),
        ("notes.md", false),
        ("skills/.plot.md.swp", false),
        ("skills/.#plot.md", false),
        ("skills/#plot.md#", false),
        ("skills/plot.md~", false),
        ("skills/plot.md.TMP", false),
        ("skills/4913", false),
        ("skills/.DS_Store", false),
        ("skills/plot/.venv/a.py", false),
        ("skills/plot/__pycache__/a.py", false),
        ("skills/~$plot.docx", false),
    ];
    for (name, want) in cases {
        assert_eq!(is_taken_over(&path(name)), want, "{name}");
    }
}

#[test]
fn an_edit_counts_once_it_stays() {
    let mut steady = Steady::default();
    let half = [edit("skills/a.md", file("ha"))];
    let whole = [edit("skills/a.md", file("half no more"))];
    assert_eq!(steady.look(&half, at(0)), [false]);
    assert_eq!(steady.look(&half, at(200)), [false]);
    assert_eq!(steady.look(&whole, at(240)), [false], "it changed");
    assert_eq!(steady.look(&whole, at(400)), [false]);
    assert_eq!(steady.look(&whole, at(490)), [true]);
    assert_eq!(steady.look(&[], at(500)), [] as [bool; 0]);
    assert_eq!(steady.look(&whole, at(900)), [false], "it was as checked out meanwhile");
}

#[test]
fn a_file_that_is_still_written_never_counts() {
    let mut steady = Steady::default();
    let unfinished = [edit("skills/a.md", Found::Unfinished)];
    for millis in [0, 1_000, 100_000] {
        assert_eq!(steady.look(&unfinished, at(millis)), [false]);
    }
    let closed = [edit("skills/a.md", file("all"))];
    assert_eq!(steady.look(&closed, at(100_100)), [false]);
    assert_eq!(steady.look(&closed, at(100_400)), [true]);
}

#[test]
fn a_clock_that_is_set_back_delays_nothing_for_long() {
    let mut steady = Steady::default();
    let gone = [edit("skills/a.md", Found::Gone)];
    assert_eq!(steady.look(&gone, at(1_000_000)), [false]);
    assert_eq!(steady.look(&gone, at(0)), [false]);
    assert_eq!(steady.look(&gone, at(300)), [true]);
}

#[test]
fn most_of_many_files_gone_is_no_edit() {
    let gone = |n: usize| -> Vec<HandEdit> {
        (0..n).map(|i| edit(&format!("skills/s{i}.md"), Found::Gone)).collect()
    };
    for (n_gone, n_known, want) in
        [(1, 1, false), (10, 10, false), (11, 11, true), (11, 22, false), (12, 23, true)]
    {
        assert_eq!(is_landslide(&gone(n_gone), n_known), want, "{n_gone} of {n_known}");
    }
}
