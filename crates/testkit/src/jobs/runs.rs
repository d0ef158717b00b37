//! What is promised of runs: how they end, who takes them up, what is remembered.

use llmos_core::cron::{Cause, Ending, Jobs, KEPT_RUNS, Progress, Run};

use super::{asked, at, done, due, id, read, take};

fn failed(error: &str) -> Ending {
    Ending::Failed { error: error.to_owned() }
}

/// When a lease ran out, the next holder gets the job, and the run before counts as lost.
pub fn a_job_whose_holder_went_away_is_taken_up_again(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let gone = take(jobs, "one", 10).expect("it is due");
    assert_eq!(take(jobs, "two", 69), None, "the lease still holds");
    let again = take(jobs, "two", 70).expect("the lease ran out");
    assert_eq!((again.attempt, &again.cause), (2, &Cause::Due));
    assert!(again.run > gone.run, "numbers grow: {} after {}", again.run, gone.run);
    let third = take(jobs, "three", 200).expect("the lease ran out");
    assert_eq!(third.attempt, 3);
    done(jobs, &third, 210, 1000);
    let endings: Vec<_> = read(jobs, "user-ana").runs.into_iter().map(|run| run.ended).collect();
    let report = Ending::Done { report: "{}".to_owned() };
    let want = [(210, report), (200, Ending::Lost), (70, Ending::Lost)];
    assert_eq!(endings, want.map(|(seconds, ending)| Some((at(seconds), ending))));
    let next = take(jobs, "one", 1000).expect("it is due again");
    assert_eq!(next.attempt, 1, "a run that ended is no try of the next one");
}

/// Whoever was given up hears so, and changes nothing.
pub fn a_holder_that_was_given_up_can_neither_renew_nor_finish(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let gone = take(jobs, "one", 10).expect("it is due");
    let again = take(jobs, "two", 100).expect("the lease ran out");
    let before = read(jobs, "user-ana");
    let progress = Progress { share: 0.9, phase: "late".to_owned() };
    assert!(!jobs.renew(&gone, at(900), &progress).expect("the schedule answers"));
    assert!(!jobs.finish(&gone, at(110), &failed("late"), at(5)).expect("the schedule answers"));
    assert_eq!(read(jobs, "user-ana"), before);
    done(jobs, &again, 120, 1000);
    assert!(!jobs.renew(&again, at(900), &progress).expect("the schedule answers"), "it ended");
    assert!(!jobs.finish(&again, at(130), &failed("again"), at(5)).expect("the schedule answers"));
    assert_eq!(read(jobs, "user-ana").next_at, at(1000));
}

/// What somebody asked for is not forgotten when the program that began it goes away.
pub fn a_job_that_somebody_asked_for_survives_its_holder(jobs: &impl Jobs) {
    due(jobs, "user-ana", 5000);
    jobs.ask(&id("user-ana"), &asked("ana", 1)).expect("the schedule answers");
    take(jobs, "one", 1).expect("somebody waits");
    let again = take(jobs, "two", 61).expect("the lease ran out");
    assert_eq!((again.attempt, again.cause), (2, Cause::Asked { by: asked("ana", 1).by }));
}

/// A run says who ran it, when, why and how it ended.
pub fn how_a_run_ended_is_kept(jobs: &impl Jobs) {
    due(jobs, "user-ana", 10);
    let lease = take(jobs, "one", 11).expect("it is due");
    let open = Run {
        run: lease.run,
        cause: Cause::Due,
        attempt: 1,
        holder: "one".to_owned(),
        started_at: at(11),
        ended: None,
    };
    assert_eq!(read(jobs, "user-ana").runs, std::slice::from_ref(&open));
    let kept = jobs.finish(&lease, at(12), &failed("the disk is full"), at(100));
    assert!(kept.expect("the schedule answers"));
    let job = read(jobs, "user-ana");
    assert_eq!((job.next_at, job.running), (at(100), None));
    assert_eq!(job.runs, [Run { ended: Some((at(12), failed("the disk is full"))), ..open }]);
}

/// The newest runs come first, and no more than were asked for.
pub fn a_job_has_the_runs_that_were_asked_for_newest_first(jobs: &impl Jobs) {
    due(jobs, "user-ana", 0);
    due(jobs, "user-bo", 2);
    for n in [0, 10, 20] {
        let lease = take(jobs, "one", n).expect("it is due");
        done(jobs, &lease, n + 1, n + 10);
        if n == 0 {
            let other = take(jobs, "one", 5).expect("the other one is due");
            done(jobs, &other, 6, 10_000);
        }
    }
    let of = |n_runs| {
        let mut found = jobs.read(&[id("user-ana")], n_runs).expect("the schedule answers");
        let runs = found.pop().expect("the job is there").runs.into_iter();
        runs.map(|run| run.started_at).collect::<Vec<_>>()
    };
    assert_eq!(of(2), [at(20), at(10)]);
    assert_eq!(of(9), [at(20), at(10), at(0)]);
    assert_eq!(of(0), []);
}

/// Of each job the last [`KEPT_RUNS`] are remembered.
pub fn old_runs_are_forgotten(jobs: &impl Jobs) {
    due(jobs, "user-ana", 0);
    let n_runs = i64::try_from(KEPT_RUNS).expect("because it is small") + 3;
    for n in 0..n_runs {
        let lease = take(jobs, "one", n).expect("it is due");
        done(jobs, &lease, n, n + 1);
    }
    let runs = read(jobs, "user-ana").runs;
    assert_eq!(runs.len(), KEPT_RUNS);
    assert_eq!(runs.last().map(|run| run.started_at), Some(at(3)));
}

/// Reports, errors, phases and names of holders are texts and nothing more.
pub fn any_text_comes_back_as_it_was(jobs: &impl Jobs) {
    let odd = "'; DROP TABLE jobs; --\n\"ünï\" \u{202e}\u{1f600}\\ %s ?1 \u{1}";
    due(jobs, "user-ana", 0);
    let lease = take(jobs, odd, 0).expect("it is due");
    let progress = Progress { share: 1.0, phase: odd.to_owned() };
    assert!(jobs.renew(&lease, at(60), &progress).expect("the schedule answers"));
    assert_eq!(read(jobs, "user-ana").running.map(|running| running.progress), Some(progress));
    for (n, ending) in
        [Ending::Done { report: odd.to_owned() }, failed(odd)].into_iter().enumerate()
    {
        let seconds = i64::try_from(n).expect("because it is small");
        let lease =
            if n == 0 { lease.clone() } else { take(jobs, odd, seconds).expect("it is due") };
        assert!(
            jobs.finish(&lease, at(seconds), &ending, at(seconds + 1))
                .expect("the schedule answers")
        );
        let run = read(jobs, "user-ana").runs.remove(0);
        assert_eq!((run.holder.as_str(), run.ended), (odd, Some((at(seconds), ending))));
    }
}
