//! The file of the schedule: what survives, who shares it, and what it refuses to be.

use std::{fs, sync::Barrier, thread};

use jiff::{SignedDuration, Timestamp};
use llmos_core::cron::{CronId, Ending, Jobs, Schedule};
use llmos_store::SqliteJobs;
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().expect("there is room for a folder")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("it is of this century")
}

fn ana() -> CronId {
    "user-ana".parse().expect("it is an id")
}

fn schedule(jobs: &SqliteJobs) {
    let daily = Schedule { pattern: "0 3 * * *".to_owned(), zone: "UTC".to_owned() };
    jobs.schedule(&ana(), &daily, at(0)).expect("the job is kept");
}

#[test]
fn everything_is_there_after_a_restart() {
    let folder = folder();
    let file = folder.path().join("deep/er/jobs.sqlite");
    let before = {
        let jobs = SqliteJobs::open(&file).expect("it opens");
        schedule(&jobs);
        let lease = jobs.lease("one", at(1), at(61)).expect("it answers").expect("it is due");
        let ending = Ending::Done { report: "{\"n\": 1}".to_owned() };
        assert!(jobs.finish(&lease, at(2), &ending, at(100)).expect("it answers"));
        jobs.lease("one", at(100), at(160)).expect("it answers").expect("it is due again");
        jobs.read(&[ana()], 10).expect("it answers")
    };
    assert_eq!(before[0].runs.len(), 2);
    let again = SqliteJobs::open(&file).expect("it opens again");
    assert_eq!(again.read(&[ana()], 10).expect("it answers"), before);
    assert_eq!(again.lease("two", at(159), at(220)).expect("it answers"), None, "the lease holds");
    let taken = again.lease("two", at(160), at(220)).expect("it answers").expect("it ran out");
    assert_eq!(taken.attempt, 2);
}

#[test]
fn programs_that_open_a_new_file_together_share_one_schedule() {
    let folder = folder();
    let file = folder.path().join("jobs.sqlite");
    let start = Barrier::new(6);
    let taken: usize = thread::scope(|scope| {
        let program = |n: usize| {
            let (start, file) = (&start, &file);
            scope.spawn(move || {
                start.wait();
                let opened = SqliteJobs::open(file).inspect(schedule);
                // Should one fail, then the others must not wait for it.
                start.wait();
                let jobs = opened.expect("it opens");
                let lease = jobs.lease(
                    &format!("program {n}"),
                    at(0),
                    at(0) + SignedDuration::from_secs(60),
                );
                usize::from(lease.expect("it answers").is_some())
            })
        };
        let programs: Vec<_> = (0..6).map(program).collect();
        programs.into_iter().map(|program| program.join().expect("no program fails")).sum()
    });
    assert_eq!(taken, 1);
}

#[test]
fn a_file_that_is_no_schedule_is_refused_and_left_as_it_is() {
    let folder = folder();
    let file = folder.path().join("jobs.sqlite");
    fs::write(&file, "This is a letter, and a long one.\n".repeat(100)).expect("it is written");
    let error = SqliteJobs::open(&file).expect_err("it is no database");
    assert!(error.to_string().starts_with("cannot open `"), "{error}");
    assert!(error.hint().contains("moved away"), "{}", error.hint());
    assert!(fs::read_to_string(&file).expect("it is there").starts_with("This is a letter"));
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").expect("it is written");
    let error = SqliteJobs::open(&in_the_way.join("jobs.sqlite")).expect_err("a file is no folder");
    assert!(error.to_string().starts_with("cannot make the folder `"), "{error}");
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let folder = folder();
    let file = folder.path().join("jobs.sqlite");
    schedule(&SqliteJobs::open(&file).expect("it opens"));
    // The form is a number at a fixed place of the header: byte 60.
    let mut bytes = fs::read(&file).expect("it is there");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&file, bytes).expect("it is written");
    let error = SqliteJobs::open(&file).expect_err("it is too new");
    assert!(error.to_string().contains("(form 99, this one reads 1)"), "{error}");
}
