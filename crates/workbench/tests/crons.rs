//! The crons over a schedule in memory: when they run, how often, and who may ask.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use llmos_api::cron::{CronOutcome, CronState, CronView};
use llmos_core::{
    cron::{CronId, Ending, Jobs, Progress, Zone},
    slug::Slug,
};
use llmos_testkit::MemoryJobs;
use llmos_workbench::{Caller, CronParts, Crons, Error, Turn, Work, World};

/// A clock that the test moves.
struct Clock(Mutex<Timestamp>);

impl Clock {
    fn at(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(text.parse().expect("it is a time"))))
    }

    fn set(&self, text: &str) {
        *self.0.lock().expect("nobody fails") = text.parse().expect("it is a time");
    }

    fn pass(&self, seconds: i64) {
        *self.0.lock().expect("nobody fails") += SignedDuration::from_secs(seconds);
    }
}

impl World for Clock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody fails")
    }

    fn random(&self) -> u32 {
        4
    }
}

type Telling<'a> = &'a mut dyn FnMut(Progress) -> bool;
type Script = Box<dyn Fn(&CronId, Telling) -> Result<String, Error> + Send + Sync>;

/// Work as a test wants it, for the crons that it names; it remembers what was done.
struct Scripted {
    crons: Vec<CronId>,
    script: Script,
    done: Mutex<Vec<String>>,
}

impl Work for Scripted {
    fn crons(&self) -> Result<Vec<CronId>, Error> {
        Ok(self.crons.clone())
    }

    fn learn(&self, id: &CronId, tell: Telling) -> Result<String, Error> {
        self.done.lock().expect("nobody fails").push(id.to_string());
        (self.script)(id, tell)
    }
}

fn work(
    crons: &[&str],
    script: impl Fn(&CronId, Telling) -> Result<String, Error> + Send + Sync + 'static,
) -> Arc<Scripted> {
    let crons = crons.iter().map(|id| id.parse().expect("it is an id")).collect();
    Arc::new(Scripted { crons, script: Box::new(script), done: Mutex::default() })
}

fn plain(crons: &[&str]) -> Arc<Scripted> {
    work(crons, |_, _| Ok(r#"{"traces_analyzed": 7}"#.to_owned()))
}

impl Scripted {
    fn done(&self) -> Vec<String> {
        self.done.lock().expect("nobody fails").clone()
    }
}

fn server(
    name: &str,
    jobs: &Arc<MemoryJobs>,
    work: &Arc<Scripted>,
    clock: &Arc<Clock>,
) -> Arc<Crons> {
    Arc::new(Crons::new(CronParts {
        jobs: Arc::clone(jobs) as Arc<dyn Jobs>,
        work: Arc::clone(work) as Arc<dyn Work>,
        world: Arc::clone(clock) as Arc<dyn World>,
        zone: Zone::utc(),
        holder: name.to_owned(),
        runs_here: true,
    }))
}

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn ana() -> Caller {
    Caller::local(slug("ana"), Some(slug("atlas")))
}

#[track_caller]
fn show(crons: &Crons, id: &str) -> CronView {
    let list = crons.list(&ana()).expect("ana may look");
    list.crons.into_iter().find(|cron| cron.id == id).expect("it is listed")
}

/// Takes turns until nothing is due, and returns what ended.
fn turns(crons: &Crons) -> Vec<String> {
    let step = |_| match crons.turn().expect("the schedule answers") {
        Turn::Ended { id, .. } => Some(id.to_string()),
        Turn::GivenUp { id } => Some(format!("{id} given up")),
        Turn::Idle => None,
    };
    std::iter::repeat(()).map_while(step).take(100).collect()
}

#[test]
fn a_clock_that_was_wrong_once_stops_no_cron() {
    let (jobs, clock) = (Arc::default(), Clock::at("2099-01-01T12:00:00Z"));
    let work = plain(&["user-ana"]);
    let crons = server("one", &jobs, &work, &clock);
    assert_eq!(turns(&crons), [] as [&str; 0]);
    assert_eq!(show(&crons, "user-ana").next_at, "2099-01-02T03:00:00Z");
    clock.set("2026-11-20T21:00:00Z");
    assert_eq!(turns(&crons), [] as [&str; 0]);
    assert_eq!(show(&crons, "user-ana").next_at, "2026-11-21T03:00:00Z");
    clock.set("2099-01-01T12:00:00Z");
    assert_eq!(turns(&crons), ["user-ana"]);
    clock.set("2026-11-20T21:00:00Z");
    let restarted = server("two", &jobs, &work, &clock);
    assert_eq!(turns(&restarted), [] as [&str; 0]);
    assert_eq!(show(&restarted, "user-ana").next_at, "2026-11-21T03:00:00Z");
}

const ALL: [&str; 3] = ["system", "team-atlas", "user-ana"];

#[test]
fn looking_shows_what_will_be_and_keeps_nothing() {
    let (jobs, clock) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"));
    let crons = server("one", &jobs, &plain(&[]), &clock);
    let list = crons.list(&ana()).expect("ana may look");
    let seen: Vec<_> = list
        .crons
        .iter()
        .map(|cron| (cron.id.as_str(), cron.next_at.as_str(), cron.may_run))
        .collect();
    let want = [
        ("user-ana", "2026-11-21T03:00:00Z", true),
        ("team-atlas", "2026-11-23T04:00:00Z", true),
        ("system", "2026-12-01T05:00:00Z", true),
    ];
    assert_eq!(seen, want);
    let own = &list.crons[0];
    assert_eq!((own.since.as_str(), own.seconds_left), ("2026-11-20T03:00:00Z", 6.0 * 3600.0));
    assert_eq!((own.state, &own.last), (CronState::Waiting, &None));
    let ids = ALL.map(|id| id.parse().expect("it is an id"));
    assert_eq!(jobs.read(&ids, 1).expect("the schedule answers"), []);
}

#[test]
fn each_cron_runs_when_its_time_comes_and_not_before() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&ALL));
    let crons = server("one", &jobs, &work, &clock);
    assert_eq!(turns(&crons), [""; 0]);
    clock.set("2026-11-21T02:59:59Z");
    assert_eq!(turns(&crons), [""; 0]);
    clock.set("2026-11-21T03:00:00Z");
    assert_eq!(turns(&crons), ["user-ana"]);
    assert_eq!(turns(&crons), [""; 0]);
    let shown = show(&crons, "user-ana");
    assert_eq!((shown.state, shown.next_at.as_str()), (CronState::Waiting, "2026-11-22T03:00:00Z"));
    let last = shown.last.expect("it ran");
    assert_eq!(
        (last.outcome, last.report.expect("it says")["traces_analyzed"].as_u64()),
        (CronOutcome::Done, Some(7))
    );
    assert_eq!((last.asked_by, last.attempt, last.server.as_str()), (None, 1, "one"));
}

#[test]
fn a_month_off_is_made_up_once() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&ALL));
    assert_eq!(turns(&server("one", &jobs, &work, &clock)), [""; 0]);
    clock.set("2026-12-24T09:30:00Z");
    let started_again = server("one", &jobs, &work, &clock);
    assert_eq!(
        turns(&started_again),
        ["user-ana", "team-atlas", "system"],
        "the longest overdue first"
    );
    clock.pass(60);
    assert_eq!(turns(&started_again), [""; 0]);
    let next: Vec<_> = ALL.map(|id| show(&started_again, id).next_at).into();
    assert_eq!(next, ["2027-01-01T05:00:00Z", "2026-12-28T04:00:00Z", "2026-12-25T03:00:00Z"]);
}

#[test]
fn servers_that_share_a_schedule_run_each_job_once() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&ALL));
    let servers = ["one", "two", "three"].map(|name| server(name, &jobs, &work, &clock));
    for crons in &servers {
        assert_eq!(turns(crons), [""; 0]);
    }
    clock.set("2026-12-02T00:00:00Z");
    std::thread::scope(|scope| {
        for crons in &servers {
            scope.spawn(|| turns(crons));
        }
    });
    let mut done = work.done();
    done.sort();
    assert_eq!(done, ALL);
}

#[test]
fn somebody_who_asks_gets_one_run_and_the_schedule_stays() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&ALL));
    let crons = server("one", &jobs, &work, &clock);
    let shown = crons.run_now(&ana(), "user-ana").expect("ana may start it");
    assert_eq!((shown.state, shown.seconds_left), (CronState::Due, 6.0 * 3600.0));
    crons.run_now(&ana(), "evolution-user").expect("it is the same one");
    assert_eq!(turns(&crons), ["user-ana"]);
    let shown = show(&crons, "user-ana");
    assert_eq!(shown.next_at, "2026-11-21T03:00:00Z");
    assert_eq!(shown.last.expect("it ran").asked_by.as_deref(), Some("ana"));
    let history = crons.history(&ana(), "user-ana", 10).expect("ana may look");
    assert_eq!(history.runs.len(), 1);
}

#[test]
fn nobody_starts_or_sees_what_is_not_theirs() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&ALL));
    let crons = server("one", &jobs, &work, &clock);
    for id in ["user-bo", "team-other", "user-", "nonsense", "../x"] {
        assert!(crons.run_now(&ana(), id).is_err(), "started {id}");
    }
    for id in ["user-bo", "team-other", "nonsense"] {
        assert!(crons.history(&ana(), id, 10).is_err(), "saw {id}");
    }
    crons.history(&ana(), "system", 10).expect("everybody reads the system's");
    let refusal = crons.run_now(&ana(), "user-bo").expect_err("it is not hers");
    assert_eq!(refusal.to_string(), "`ana` may not read volume `user/bo`");
    let alone = Caller::local(slug("ana"), None);
    assert!(crons.run_now(&alone, "evolution-team").is_err(), "there is no team");
    assert_eq!(turns(&crons), [""; 0]);
}

#[test]
fn a_server_without_crons_says_so() {
    let clock = Clock::at("2026-11-20T21:00:00Z");
    let crons = Crons::new(CronParts {
        jobs: Arc::new(MemoryJobs::new()),
        work: plain(&ALL),
        world: clock,
        zone: Zone::utc(),
        holder: "one".to_owned(),
        runs_here: false,
    });
    let refusal = crons.run_now(&ana(), "user-ana").expect_err("nobody would come to it");
    assert_eq!(
        (refusal.code(), refusal.hint().as_deref()),
        ("crons-off", Some("start it without `--no-crons`"))
    );
    assert!(!crons.list(&ana()).expect("ana may look").runs_here);
}

#[test]
fn how_far_a_job_is_can_be_seen_while_it_runs() {
    let (jobs, clock): (Arc<MemoryJobs>, _) = (Arc::default(), Clock::at("2026-11-21T02:00:00Z"));
    let looker = server("looker", &jobs, &plain(&[]), &clock);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let work = {
        let seen = Arc::clone(&seen);
        work(&["user-ana"], move |_, tell| {
            for (share, phase) in
                [(0.2, "reading traces"), (7.5, "writing drafts"), (f64::NAN, "odd")]
            {
                assert!(tell(Progress { share, phase: phase.to_owned() }));
                let shown = show(&looker, "user-ana");
                let progress = shown.progress.expect("it runs");
                seen.lock().expect("nobody fails").push((
                    shown.state,
                    progress.share,
                    progress.phase,
                ));
            }
            Ok("{}".to_owned())
        })
    };
    let crons = server("one", &jobs, &work, &clock);
    turns(&crons);
    clock.set("2026-11-21T03:00:00Z");
    assert_eq!(turns(&crons), ["user-ana"]);
    let want = [(0.2, "reading traces"), (1.0, "writing drafts"), (0.0, "odd")];
    let want = want.map(|(share, phase)| (CronState::Running, share, phase.to_owned()));
    assert_eq!(*seen.lock().expect("nobody fails"), want);
    assert_eq!(show(&crons, "user-ana").progress, None);
}

#[test]
fn what_went_wrong_is_kept_with_what_to_do() {
    let (jobs, clock) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"));
    let work =
        work(&["user-ana"], |_, _| Err(Error::MissingField { field: "goal", hint: "write one" }));
    let crons = server("one", &jobs, &work, &clock);
    crons.run_now(&ana(), "user-ana").expect("ana may start it");
    turns(&crons);
    let last = show(&crons, "user-ana").last.expect("it ran");
    assert_eq!(
        (last.outcome, last.error.as_deref()),
        (CronOutcome::Failed, Some("`goal` is missing; write one"))
    );
    assert_eq!(turns(&crons), [""; 0], "it waits for its time");
}

#[test]
fn work_that_panics_fails_alone() {
    let (jobs, clock) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"));
    let work = work(&["user-ana"], |_, _| panic!("as the test wants it"));
    let crons = server("one", &jobs, &work, &clock);
    crons.run_now(&ana(), "user-ana").expect("ana may start it");
    assert_eq!(turns(&crons), ["user-ana"]);
    let last = show(&crons, "user-ana").last.expect("it ran");
    assert_eq!(
        (last.outcome, last.error.as_deref()),
        (CronOutcome::Failed, Some("the program failed; its log says how"))
    );
}

/// A server that took the job and was never heard of again.
fn vanish(jobs: &MemoryJobs, clock: &Clock) {
    let now = clock.now();
    let taken = jobs.lease("gone", now, now + SignedDuration::from_secs(60));
    taken.expect("the schedule answers").expect("something is due");
}

#[test]
fn a_job_whose_server_was_killed_is_taken_up_again_once_its_lease_is_over() {
    let (jobs, clock, work) =
        (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&["user-ana"]));
    let crons = server("one", &jobs, &work, &clock);
    assert_eq!(turns(&crons), [""; 0]);
    clock.set("2026-11-21T03:00:00Z");
    vanish(&jobs, &clock);
    clock.pass(59);
    assert_eq!(turns(&crons), [""; 0]);
    assert_eq!(show(&crons, "user-ana").state, CronState::Running);
    clock.pass(1);
    assert_eq!(show(&crons, "user-ana").state, CronState::Due);
    assert_eq!(turns(&crons), ["user-ana"]);
    let history = crons.history(&ana(), "user-ana", 10).expect("ana may look").runs;
    let seen: Vec<_> =
        history.iter().map(|run| (run.server.as_str(), run.attempt, run.outcome)).collect();
    assert_eq!(seen, [("one", 2, CronOutcome::Done), ("gone", 1, CronOutcome::Lost)]);
    assert_eq!(show(&crons, "user-ana").next_at, "2026-11-22T03:00:00Z");
}

#[test]
fn a_job_that_kills_every_server_is_left_until_it_is_due_again() {
    let (jobs, clock, work) =
        (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&["user-ana"]));
    let crons = server("one", &jobs, &work, &clock);
    turns(&crons);
    clock.set("2026-11-21T03:00:00Z");
    for _ in 0..3 {
        vanish(&jobs, &clock);
        clock.pass(60);
    }
    assert_eq!(turns(&crons), ["user-ana"]);
    assert_eq!(work.done(), [""; 0], "it was not tried a fourth time");
    let last = show(&crons, "user-ana").last.expect("it was given up");
    assert_eq!(last.outcome, CronOutcome::Failed);
    let error = last.error.expect("it says why");
    assert_eq!(
        error,
        "the server that ran it went away, 3 times; it is left until it is due again"
    );
    clock.set("2026-11-22T03:00:00Z");
    assert_eq!(turns(&crons), ["user-ana"]);
    assert_eq!(work.done(), ["user-ana"]);
}

#[test]
fn a_server_that_is_stopped_leaves_its_job_to_the_next_at_once() {
    let (jobs, clock): (Arc<MemoryJobs>, _) = (Arc::default(), Clock::at("2026-11-21T02:00:00Z"));
    let stop: Arc<Mutex<Option<Arc<Crons>>>> = Arc::default();
    let slow = {
        let stop = Arc::clone(&stop);
        work(&["user-ana"], move |_, tell| {
            if let Some(crons) = stop.lock().expect("nobody fails").take() {
                crons.stop();
            }
            match tell(Progress::default()) {
                true => Ok("{}".to_owned()),
                false => Err(Error::MissingField { field: "time", hint: "start it again" }),
            }
        })
    };
    let one = server("one", &jobs, &slow, &clock);
    turns(&one);
    clock.set("2026-11-21T03:00:00Z");
    *stop.lock().expect("nobody fails") = Some(Arc::clone(&one));
    assert_eq!(
        one.turn().expect("the schedule answers"),
        Turn::GivenUp { id: "user-ana".parse().expect("it is an id") }
    );
    assert!(!one.wait(Duration::ZERO), "it was told to stop");
    let two = server("two", &jobs, &slow, &clock);
    assert_eq!(turns(&two), ["user-ana"]);
    let runs = two.history(&ana(), "user-ana", 10).expect("ana may look").runs;
    let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
    assert_eq!(outcomes, [CronOutcome::Done, CronOutcome::Lost]);
}

#[test]
fn a_server_that_lost_its_lease_stops_and_its_result_does_not_count() {
    let (jobs, clock): (Arc<MemoryJobs>, _) = (Arc::default(), Clock::at("2026-11-21T02:00:00Z"));
    let fast = plain(&[]);
    let two = server("two", &jobs, &fast, &clock);
    let slow = {
        let (two, clock) = (Arc::clone(&two), Arc::clone(&clock));
        work(&["user-ana"], move |_, tell| {
            // As a machine that sleeps in the middle of the work.
            clock.pass(3600);
            assert_eq!(turns(&two), ["user-ana"]);
            assert!(!tell(Progress::default()), "somebody else has the job");
            Ok(r#"{"late": true}"#.to_owned())
        })
    };
    let one = server("one", &jobs, &slow, &clock);
    turns(&one);
    clock.set("2026-11-21T03:00:00Z");
    assert_eq!(turns(&one), ["user-ana given up"]);
    let runs = one.history(&ana(), "user-ana", 10).expect("ana may look").runs;
    let seen: Vec<_> = runs.iter().map(|run| (run.server.as_str(), run.outcome)).collect();
    assert_eq!(seen, [("two", CronOutcome::Done), ("one", CronOutcome::Lost)]);
}

#[test]
fn the_end_of_a_run_that_a_turn_tells_is_what_the_work_told() {
    let (jobs, clock, work) = (Arc::default(), Clock::at("2026-11-20T21:00:00Z"), plain(&[]));
    let crons = server("one", &jobs, &work, &clock);
    crons.run_now(&ana(), "user-ana").expect("ana may start it");
    let ending = Ending::Done { report: r#"{"traces_analyzed": 7}"#.to_owned() };
    let want = Turn::Ended { id: "user-ana".parse().expect("it is an id"), ending };
    assert_eq!(crons.turn().expect("the schedule answers"), want);
}
