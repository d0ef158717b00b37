//! What every [`Jobs`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`jobs_tests!`](crate::jobs_tests).

mod runs;

use jiff::{SignedDuration, Timestamp};
use llmos_core::cron::{Asked, Cause, CronId, Ending, Job, Jobs, Lease, Progress, Schedule};

pub use runs::*;

/// Makes one test of each promise of [`Jobs`].
///
/// `$fresh` is a function that returns something that dereferences to a schedule without jobs.
#[macro_export]
macro_rules! jobs_tests {
    ($fresh:expr) => {
        $crate::jobs_tests!(
            $fresh;
            a_schedule_is_kept_and_read_in_the_order_that_is_asked_for,
            a_job_that_is_there_keeps_its_time_until_its_schedule_is_another,
            a_time_that_a_wrong_clock_wrote_is_brought_forward,
            nothing_is_due_before_its_time,
            what_is_due_is_taken_once,
            what_waited_longest_is_taken_first,
            somebody_who_waits_comes_first_and_is_named,
            asking_for_a_job_that_runs_changes_nothing,
            asking_for_a_job_that_is_not_there_is_an_error,
            a_lease_holds_as_long_as_it_is_renewed,
            a_lease_of_a_wrong_clock_holds_nobody_up,
            a_job_whose_holder_went_away_is_taken_up_again,
            a_holder_that_was_given_up_can_neither_renew_nor_finish,
            a_job_that_somebody_asked_for_survives_its_holder,
            how_a_run_ended_is_kept,
            a_job_has_the_runs_that_were_asked_for_newest_first,
            old_runs_are_forgotten,
            any_text_comes_back_as_it_was,
            many_holders_at_once_run_each_job_once,
        );
    };
    ($fresh:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                let jobs = $fresh();
                $crate::jobs::$promise(&*jobs);
            }
        )*
    };
}

/// The time at which these tests begin, in seconds later.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("because it is a year of this century")
}

fn id(text: &str) -> CronId {
    text.parse().expect("because the tests write valid names")
}

fn daily() -> Schedule {
    Schedule { pattern: "0 3 * * *".to_owned(), zone: "UTC".to_owned() }
}

fn asked(by: &str, seconds: i64) -> Asked {
    Asked { by: by.parse().expect("because the tests write valid names"), at: at(seconds) }
}

/// Schedules a daily job that is due then.
#[track_caller]
fn due(jobs: &impl Jobs, name: &str, seconds: i64) {
    jobs.schedule(&id(name), &daily(), at(seconds)).expect("the job is kept");
}

/// Takes what is due, for a minute.
#[track_caller]
fn take(jobs: &impl Jobs, holder: &str, seconds: i64) -> Option<Lease> {
    let now = at(seconds);
    jobs.lease(holder, now, now + SignedDuration::from_secs(60)).expect("the schedule answers")
}

#[track_caller]
fn done(jobs: &impl Jobs, lease: &Lease, seconds: i64, next: i64) {
    let ending = Ending::Done { report: "{}".to_owned() };
    let kept = jobs.finish(lease, at(seconds), &ending, at(next)).expect("the schedule answers");
    assert!(kept, "the lease holds");
}

#[track_caller]
fn read(jobs: &impl Jobs, name: &str) -> Job {
    let mut found = jobs.read(&[id(name)], 100).expect("the schedule answers");
    found.pop().expect("the job is there")
}

/// Jobs come back as they were scheduled; one that nobody scheduled does not.
pub fn a_schedule_is_kept_and_read_in_the_order_that_is_asked_for(jobs: &impl Jobs) {
    assert_eq!(jobs.read(&[id("system")], 1).expect("the schedule answers"), []);
    due(jobs, "user-ana", 10);
    let monthly = Schedule { pattern: "0 5 1 * *".to_owned(), zone: "Europe/Berlin".to_owned() };
    jobs.schedule(&id("system"), &monthly, at(20)).expect("the job is kept");
    let all = [id("system"), id("user-bo"), id("user-ana")];
    let found = jobs.read(&all, 1).expect("the schedule answers");
    let want = |name, schedule, next| Job {
        id: id(name),
        schedule,
        next_at: at(next),
        asked: None,
        running: None,
        runs: Vec::new(),
    };
    assert_eq!(found, [want("system", monthly, 20), want("user-ana", daily(), 10)]);
}

/// Scheduling again, as every start does, moves nothing; another schedule does.
pub fn a_job_that_is_there_keeps_its_time_until_its_schedule_is_another(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    due(jobs, "user-ana", 500);
    assert_eq!(read(jobs, "user-ana").next_at, at(10));
    let other = Schedule { zone: "Europe/Berlin".to_owned(), ..daily() };
    jobs.schedule(&id("user-ana"), &other, at(500)).expect("the job is kept");
    let job = read(jobs, "user-ana");
    assert_eq!((job.schedule, job.next_at), (other, at(500)));
}

/// A job that would come after the first time that its schedule gives waits no longer than that.
pub fn a_time_that_a_wrong_clock_wrote_is_brought_forward(jobs: &impl Jobs) {
    due(jobs, "user-ana", 2_000_000_000);
    due(jobs, "user-ana", 500);
    assert_eq!(read(jobs, "user-ana").next_at, at(500));
    assert!(take(jobs, "one", 500).is_some(), "it is due");
}

/// A job is taken when its time has come, and not a moment before.
pub fn nothing_is_due_before_its_time(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    assert_eq!(take(jobs, "one", 9), None);
    let lease = take(jobs, "one", 10).expect("it is due");
    let want = Lease {
        id: id("user-ana"),
        run: lease.run,
        cause: Cause::Due,
        attempt: 1,
        started_at: at(10),
    };
    assert_eq!(lease, want);
}

/// Whoever comes second gets nothing, and a job that ended waits for its next time.
pub fn what_is_due_is_taken_once(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let lease = take(jobs, "one", 12).expect("it is due");
    assert_eq!(take(jobs, "two", 12), None);
    done(jobs, &lease, 15, 100);
    assert_eq!(take(jobs, "two", 99), None);
    let next = take(jobs, "two", 100).expect("it is due again");
    assert!(next.run > lease.run, "numbers grow: {} after {}", next.run, lease.run);
}

/// The job whose time came first is taken first.
pub fn what_waited_longest_is_taken_first(jobs: &impl Jobs) {
    due(jobs, "user-late", 30);
    due(jobs, "user-early", 10);
    due(jobs, "user-middle", 20);
    let names: Vec<_> =
        (0..4).map(|_| take(jobs, "one", 50).map(|lease| lease.id.to_string())).collect();
    let want = ["user-early", "user-middle", "user-late"].map(|name| Some(name.to_owned()));
    assert_eq!((&names[..3], &names[3]), (&want[..], &None));
}

/// A job that somebody asked for runs before its time and before others.
pub fn somebody_who_waits_comes_first_and_is_named(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    due(jobs, "team-atlas", 5000);
    jobs.ask(&id("team-atlas"), &asked("bo", 15)).expect("the schedule answers");
    jobs.ask(&id("team-atlas"), &asked("cy", 16)).expect("the schedule answers");
    assert_eq!(read(jobs, "team-atlas").asked, Some(asked("bo", 15)));
    let lease = take(jobs, "one", 20).expect("somebody waits");
    assert_eq!(
        (lease.id.to_string().as_str(), &lease.cause),
        ("team-atlas", &Cause::Asked { by: asked("bo", 0).by })
    );
    let job = read(jobs, "team-atlas");
    assert_eq!((job.asked, job.next_at), (None, at(5000)), "its own time stays");
    assert_eq!(take(jobs, "one", 20).map(|lease| lease.id), Some(id("user-ana")));
}

/// A run that is on its way is the answer to whoever asks for one.
pub fn asking_for_a_job_that_runs_changes_nothing(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let lease = take(jobs, "one", 10).expect("it is due");
    jobs.ask(&id("user-ana"), &asked("ana", 11)).expect("the schedule answers");
    assert_eq!(read(jobs, "user-ana").asked, None);
    done(jobs, &lease, 12, 100);
    assert_eq!(take(jobs, "one", 20), None);
}

/// Asking schedules nothing.
pub fn asking_for_a_job_that_is_not_there_is_an_error(jobs: &impl Jobs) {
    let error = jobs.ask(&id("user-ghost"), &asked("ana", 0)).expect_err("there is none");
    assert_eq!(error.to_string(), "there is no job `user-ghost`");
    assert_eq!(jobs.read(&[id("user-ghost")], 1).expect("the schedule answers"), []);
}

/// Renewing keeps the job and shows how far it is.
pub fn a_lease_holds_as_long_as_it_is_renewed(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let lease = take(jobs, "one", 10).expect("it is due");
    let progress = Progress { share: 0.25, phase: "reading traces".to_owned() };
    assert!(jobs.renew(&lease, at(120), &progress).expect("the schedule answers"));
    assert_eq!(take(jobs, "two", 119), None);
    let running = read(jobs, "user-ana").running.expect("it runs");
    assert_eq!((running.run, running.progress, running.until), (lease.run, progress, at(120)));
    done(jobs, &lease, 119, 200);
    assert_eq!(read(jobs, "user-ana").running, None);
}

/// A server whose clock was years ahead took the job and went away.
pub fn a_lease_of_a_wrong_clock_holds_nobody_up(jobs: &impl Jobs) {
    let years = 1_000_000_000;
    due(jobs, "user-ana", 10);
    let ahead = take(jobs, "one", years).expect("it is due");
    let lease = take(jobs, "two", 20).expect("nobody waits for years");
    assert_eq!(
        (lease.attempt, read(jobs, "user-ana").runs[1].ended.clone()),
        (2, Some((at(20), Ending::Lost)))
    );
    assert!(
        !jobs.renew(&ahead, at(years + 60), &Progress::default()).expect("the schedule answers")
    );
    done(jobs, &lease, 21, 200);
}

/// Many holders, each in a thread, ask as fast as they can: nobody runs what another runs.
pub fn many_holders_at_once_run_each_job_once(jobs: &impl Jobs) {
    let names: Vec<_> = (0..40).map(|n| format!("user-u{n}")).collect();
    for name in &names {
        due(jobs, name, 0);
    }
    let take_all = |holder: String| {
        let mut taken = Vec::new();
        while let Some(lease) = take(jobs, &holder, 1) {
            done(jobs, &lease, 2, 1000);
            taken.push(lease.id.to_string());
        }
        taken
    };
    let mut taken: Vec<String> = std::thread::scope(|scope| {
        let holders: Vec<_> =
            (0..8).map(|n| scope.spawn(move || take_all(format!("holder {n}")))).collect();
        holders.into_iter().flat_map(|holder| holder.join().expect("no holder fails")).collect()
    });
    taken.sort();
    let mut want = names.clone();
    want.sort();
    assert_eq!(taken, want);
    for name in &names {
        assert_eq!(read(jobs, name).runs.len(), 1, "{name}");
    }
}
