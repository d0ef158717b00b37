use std::{sync::Barrier, thread};

use llmos_core::store::Expected;

use super::*;

fn note(n: usize) -> Note {
    let path = format!("traces/{n}.md").parse().expect("a path");
    let edit = Edit { path, expected: Expected::Absent, content: Some(Vec::new()) };
    Note { edit, said: n.to_string() }
}

fn key(user: &str) -> Key {
    let author = Author { name: user.to_owned(), email: String::new() };
    (VolumeId::System, author)
}

/// Keeps fifty notes at once. The first commit waits until all others are in line.
fn keep_fifty(commit: impl Fn(&[&Note]) -> Result<(), String> + Sync) -> Vec<Result<(), String>> {
    let gathering = Gathering::default();
    let (begun, in_line) = (Barrier::new(2), Barrier::new(2));
    let first = |notes: &[&Note]| {
        begun.wait();
        in_line.wait();
        commit(notes)
    };
    thread::scope(|scope| {
        let leader = scope.spawn(|| gathering.keep(&key("ana"), note(0), None, first));
        begun.wait();
        let others: Vec<_> = (1..50)
            .map(|n| {
                scope.spawn({
                    let (gathering, commit) = (&gathering, &commit);
                    move || gathering.keep(&key("ana"), note(n), None, commit)
                })
            })
            .collect();
        while gathering.lines()[&key("ana")].waiting.len() < 49 {
            thread::yield_now();
        }
        in_line.wait();
        let all = std::iter::once(leader).chain(others);
        all.map(|thread| thread.join().expect("no panic")).collect()
    })
}

#[test]
fn those_who_wait_share_a_commit_and_each_is_kept_once() {
    let commits = Mutex::new(Vec::new());
    let results = keep_fifty(|notes| {
        commits
            .lock()
            .unwrap()
            .push(notes.iter().map(|note| note.said.clone()).collect::<Vec<_>>());
        Ok(())
    });
    assert!(results.iter().all(Result::is_ok));
    let commits = commits.into_inner().unwrap();
    assert_eq!(commits.iter().map(Vec::len).collect::<Vec<_>>(), [1, 49]);
    let mut kept: Vec<usize> = commits.concat().iter().map(|said| said.parse().unwrap()).collect();
    kept.sort_unstable();
    assert_eq!(kept, (0..50).collect::<Vec<_>>());
}

#[test]
fn one_that_cannot_be_kept_takes_no_other_along() {
    let results = keep_fifty(|notes| match notes.iter().any(|note| note.said == "7") {
        true => Err(format!("seven among {}", notes.len())),
        false => Ok(()),
    });
    for (n, result) in results.into_iter().enumerate() {
        let want = if n == 7 { Err("seven among 1".to_owned()) } else { Ok(()) };
        assert_eq!(result, want, "note {n}");
    }
}

#[test]
fn a_commit_that_panics_leaves_nobody_waiting() {
    let gathering = Gathering::default();
    let panicked = thread::scope(|scope| {
        let broken = |_: &[&Note]| -> Result<(), ()> { panic!("a broken commit") };
        let gathering = &gathering;
        scope.spawn(move || gathering.keep(&key("ana"), note(0), None, broken)).join()
    });
    assert!(panicked.is_err());
    assert_eq!(gathering.keep(&key("ana"), note(1), None, |_| Ok::<_, ()>(())), Ok(()));
    assert!(gathering.lines().is_empty());
}

#[test]
fn people_wait_for_their_own_traces_alone() {
    let gathering = Gathering::default();
    let alone = |notes: &[&Note]| match notes.len() {
        1 => Ok(()),
        n => Err(n),
    };
    let inner = || gathering.keep(&key("ben"), note(1), None, alone);
    let kept = gathering.keep(&key("ana"), note(0), None, |_| inner());
    assert_eq!(kept, Ok(()));
}

/// Keeps a note while another is announced, and says of each commit how many notes it had.
fn keep_beside(
    patience: Duration,
    meanwhile: impl FnOnce(&Arc<Gathering>, Coming, &Mutex<Vec<usize>>) + Send,
) -> Vec<usize> {
    let gathering = Arc::new(Gathering::with_patience(patience));
    let commits = Mutex::default();
    let coming = gathering.announce(key("ana"));
    thread::scope(|scope| {
        let first = scope.spawn(|| keep_counted(&gathering, note(0), None, &commits));
        let is_in_line = || !gathering.lines()[&key("ana")].waiting.is_empty();
        while !is_in_line() && commits.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        meanwhile(&gathering, coming, &commits);
        first.join().expect("no panic");
    });
    assert!(gathering.lines().is_empty());
    commits.into_inner().unwrap()
}

fn keep_counted(
    gathering: &Gathering,
    note: Note,
    announced: Option<Coming>,
    commits: &Mutex<Vec<usize>>,
) {
    let commit = |notes: &[&Note]| {
        commits.lock().unwrap().push(notes.len());
        Ok::<_, ()>(())
    };
    assert_eq!(gathering.keep(&key("ana"), note, announced, commit), Ok(()));
}

const LONG: Duration = Duration::from_secs(600);

#[test]
fn one_that_was_announced_is_waited_for() {
    let commits = keep_beside(LONG, |gathering, coming, commits| {
        keep_counted(gathering, note(1), Some(coming), commits);
    });
    assert_eq!(commits, [2]);
}

#[test]
fn nobody_waits_for_one_that_will_not_come() {
    assert_eq!(keep_beside(LONG, |_, coming, _| drop(coming)), [1]);
}

#[test]
fn one_that_takes_long_is_not_waited_for() {
    let commits = keep_beside(Duration::from_millis(5), |gathering, coming, commits| {
        while commits.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        keep_counted(gathering, note(1), Some(coming), commits);
    });
    assert_eq!(commits, [1, 1]);
}
