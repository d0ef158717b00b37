//! Traces of years, their archives, and edits that people make by hand.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use llmos_api::trace::RunReport;
use llmos_core::{
    branch::Volumes,
    hand::{Edits, Folders, Found, HandEdit},
    store::{Author, BlobId, Change, Edit, Expected, HistoryQuery, Store, StoreError},
    trace::TraceId,
    volume::VolumeId,
};
use llmos_testkit::MemoryStore;
use llmos_workbench::{
    Caller, LargeValues, Month, Page, SkillFilter, TraceFilter, Workbench, World,
};
use serde_json::{Value, json};

/// A world whose clock the test sets.
struct Clock(Mutex<(Timestamp, u32)>);

impl World for Clock {
    fn now(&self) -> Timestamp {
        self.0.lock().expect("nobody failed").0
    }

    fn random(&self) -> u32 {
        let mut state = self.0.lock().expect("nobody failed");
        state.1 += 1;
        state.1
    }
}

impl Clock {
    fn set(&self, text: &str) {
        self.0.lock().expect("nobody failed").0 = text.parse().expect("it is a time");
    }

    fn pass(&self, millis: i64) {
        let mut state = self.0.lock().expect("nobody failed");
        state.0 += SignedDuration::from_millis(millis);
    }
}

fn bench() -> (Workbench, Arc<MemoryStore>, Arc<Clock>) {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(Clock(Mutex::new((Timestamp::UNIX_EPOCH, 0))));
    let world = Arc::clone(&clock) as Arc<dyn World>;
    (Workbench::new(Arc::clone(&store) as Arc<dyn Volumes>, world), store, clock)
}

fn ana() -> Caller {
    Caller::local("ana".parse().expect("it is a slug"), None)
}

fn volume() -> VolumeId {
    "user/ana".parse().expect("it is an id")
}

/// A run whose value is too large to stand in the trace.
fn report(n: usize) -> RunReport {
    let values: Vec<usize> = (0..2_000).map(|i| i + n).collect();
    let report = json!({
        "workflow": {"workflow_id": "w", "name": "W", "nodes": [{"id": "a", "skill_id": "a"}], "edges": []},
        "outcome": "success", "started_at": "2026-11-20T15:30:00Z", "finished_at": "2026-11-20T15:30:01Z",
        "nodes": [{"node": "a", "skill_id": "a", "state": "success", "outputs": {"values": values}}],
    });
    serde_json::from_value(report).expect("it is a report")
}

fn listed(bench: &Workbench, before: Option<&str>, limit: usize) -> (usize, Vec<String>) {
    let before = before.map(|id| id.parse().expect("it is an id"));
    let list = bench.list_traces(&ana(), &TraceFilter { limit, before }).expect("it is listed");
    (list.total, list.traces.into_iter().map(|trace| trace.trace_id).collect())
}

/// Keeps two traces on each of these days; returns their ids, the newest first.
fn keep(bench: &Workbench, clock: &Clock, days: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for (n, day) in days.iter().enumerate() {
        for hour in ["08", "20"] {
            clock.set(&format!("{day}T{hour}:00:00Z"));
            let saved = bench.save_trace(&ana(), report(n)).expect("it is kept");
            ids.push(saved.trace_id);
        }
    }
    ids.sort();
    ids.reverse();
    ids
}

const DAYS: [&str; 6] =
    ["2025-12-31", "2026-01-01", "2026-01-15", "2026-03-02", "2026-11-19", "2026-11-20"];

#[test]
fn pages_follow_each_other_across_days_months_and_years() {
    let (bench, _, clock) = bench();
    assert_eq!(listed(&bench, None, 5), (0, Vec::new()));
    let ids = keep(&bench, &clock, &DAYS);
    for limit in [1, 2, 3, 5, 12, 100] {
        let mut found: Vec<String> = Vec::new();
        loop {
            let (total, page) = listed(&bench, found.last().map(String::as_str), limit);
            assert_eq!(total, ids.len());
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit);
            found.extend(page);
        }
        assert_eq!(found, ids, "pages of {limit}");
    }
    // An id of a day that has no trace is as good as any.
    let (_, page) = listed(&bench, Some("run-20260201-000000-00000000"), 2);
    assert_eq!(page, ids[6..8]);
}

#[test]
fn archived_traces_are_listed_and_read_as_before_and_come_back() {
    let (bench, store, clock) = bench();
    let ids = keep(&bench, &clock, &DAYS);
    let read = |bench: &Workbench| -> Vec<Value> {
        let ids = ids.iter().map(|id| id.parse::<TraceId>().expect("it is an id"));
        let run = |id: TraceId| bench.read_trace(&ana(), &id, LargeValues::Inside);
        ids.map(|id| serde_json::to_value(run(id).expect("it is read").run).expect("it is data"))
            .collect()
    };
    let before = read(&bench);
    let month = |text: &str| text.parse::<Month>().expect("it is a month");
    let dry = bench.archive_traces(&ana(), &volume(), &month("2026-11"), true).expect("it looks");
    assert_eq!(
        dry.iter().map(|it| it.month.to_string()).collect::<Vec<_>>(),
        ["2025-12", "2026-01", "2026-03"]
    );
    assert_eq!(listed(&bench, None, 100).0, ids.len());

    let done = bench.archive_traces(&ana(), &volume(), &month("2026-11"), false).expect("it packs");
    assert!(
        done.iter().all(|it| it.n_packed_bytes > 0 && it.n_packed_bytes < it.n_bytes),
        "{done:?}"
    );
    let head = store.head(&volume()).expect("it is read").expect("there is a commit");
    let files = store.list(&volume(), &head, Some(&"traces".parse().expect("a path")));
    let names: Vec<String> =
        files.expect("it is listed").iter().map(|entry| entry.path.to_string()).collect();
    let zips: Vec<&String> = names.iter().filter(|name| name.ends_with(".zip")).collect();
    assert_eq!(zips, ["traces/2025/12.zip", "traces/2026/01.zip", "traces/2026/03.zip"]);
    assert!(names.iter().all(|name| name.ends_with(".zip") || name.starts_with("traces/2026/11/")));

    assert_eq!(listed(&bench, None, 100), (ids.len(), ids.clone()));
    assert_eq!(listed(&bench, Some(&ids[4]), 3), (ids.len(), ids[5..8].to_vec()));
    assert_eq!(read(&bench), before);
    let mut faults = Vec::new();
    let looked =
        bench.verify_content(&volume(), &mut |fault| faults.push(fault)).expect("it looks");
    assert_eq!((looked.n_traces, looked.n_values, faults), (ids.len(), ids.len(), Vec::new()));

    // A trace of a month that is packed already goes into a further archive.
    let late = keep(&bench, &clock, &["2026-01-20"]);
    bench.archive_traces(&ana(), &volume(), &month("2026-02"), false).expect("it packs");
    assert_eq!(listed(&bench, None, 100).0, ids.len() + 2);
    let page = listed(&bench, Some("run-20260201-000000-00000000"), 3).1;
    assert_eq!(page, [late[0].clone(), late[1].clone(), ids[6].clone()]);
    let done = bench.unpack_traces(&ana(), &volume(), &month("2026-01")).expect("it unpacks");
    assert_eq!(done.n_files, 3 * 2 + 3);
    assert_eq!(read(&bench), before);
    let refused = bench.unpack_traces(&ana(), &volume(), &month("2026-01"));
    assert!(refused.is_err(), "nothing is packed any more");
}

#[test]
fn what_is_wrong_with_traces_is_told() {
    let (bench, store, clock) = bench();
    keep(&bench, &clock, &DAYS[..1]);
    let head = store.head(&volume()).expect("it is read").expect("there is a commit");
    let files =
        store.list(&volume(), &head, Some(&"traces".parse().expect("a path"))).expect("a list");
    let value = files.iter().find(|entry| entry.path.as_str().ends_with(".json")).expect("a value");
    let put = |path: &str, text: Option<&str>| {
        let edit = Edit {
            path: path.parse().expect("it is a path"),
            expected: Expected::Anything,
            content: text.map(|text| text.as_bytes().to_vec()),
        };
        let author = Author { name: "Ana".to_owned(), email: "a@b".to_owned() };
        let time = Timestamp::UNIX_EPOCH;
        let change = Change { edits: vec![edit], author, time, message: "break".to_owned() };
        store.commit(&volume(), change).expect("the commit is made");
    };
    let codes = || {
        let mut codes = Vec::new();
        let mut tell = |fault: llmos_workbench::FileFault| codes.push(fault.found.code);
        bench.verify_content(&volume(), &mut tell).expect("it looks");
        codes
    };
    let chat = json!({
        "prompt": "How?", "answer": "So.", "outcome": "success",
        "started_at": "2026-11-20T15:30:00Z", "finished_at": "2026-11-20T15:30:01Z",
    });
    let chat = serde_json::from_value(chat).expect("it is a report");
    bench.save_chat(&ana(), chat).expect("the exchange is kept");
    assert_eq!(codes(), [] as [&str; 0], "a chat is a trace as well");
    put(value.path.as_str(), Some("[1]"));
    assert_eq!(codes(), ["changed-value", "changed-value"]);
    put(value.path.as_str(), None);
    assert_eq!(codes(), ["lost-value", "lost-value"]);
    put("skills/x.md", Some("---\nname: [\n---\n"));
    assert!(codes().len() > 2);
}

/// Folders that hold what the test says.
#[derive(Default)]
struct Fake {
    files: Mutex<BTreeMap<&'static str, (Option<&'static str>, Found)>>,
    left_alone: Mutex<Option<&'static str>>,
}

impl Folders for Fake {
    fn edits(&self, _: &VolumeId) -> Result<Edits, StoreError> {
        if let Some(reason) = *self.left_alone.lock().expect("nobody failed") {
            return Ok(Edits::LeftAlone(reason));
        }
        let files = self.files.lock().expect("nobody failed");
        let edit = |(path, (base, found)): (&&str, &(Option<&str>, Found))| HandEdit {
            path: path.parse().expect("it is a path"),
            base: base.map(|text| BlobId::of(text.as_bytes())),
            found: found.clone(),
        };
        Ok(Edits::Files { edits: files.iter().map(edit).collect(), n_known: 20 })
    }

    fn author(&self, _: &VolumeId) -> Result<Option<Author>, StoreError> {
        Ok(None)
    }

    fn wait(&self, _: Duration) -> Vec<VolumeId> {
        Vec::new()
    }
}

impl Fake {
    fn set(&self, path: &'static str, base: Option<&'static str>, found: Found) {
        self.files.lock().expect("nobody failed").insert(path, (base, found));
    }
}

const GOOD: &str = "---\nname: Plot\ndescription: How to plot\n---\n\nLabel the axes.\n";
const BETTER: &str = "---\nname: Plot\ndescription: How to plot well\n---\n\nLabel the axes.\n";
const BROKEN: &str = "---\nname: [\n---\n\nLabel the axes.\n";

fn file(text: &str) -> Found {
    Found::File(text.as_bytes().to_vec())
}

fn local() -> Author {
    Author { name: "local".to_owned(), email: "local@llmos.local".to_owned() }
}

fn history(store: &MemoryStore, volume: &VolumeId) -> Vec<(String, String)> {
    let query = HistoryQuery { limit: 10, ..HistoryQuery::default() };
    let commits = store.history(volume, &query).expect("it is read").into_iter();
    commits.map(|it| (it.author.name, it.message.trim_end().to_owned())).collect()
}

fn broken(bench: &Workbench) -> Vec<(String, bool, usize)> {
    let page = Page::new(None, None).expect("it is a page");
    let filter = SkillFilter { q: None, category: None, kind: None, page };
    let list = bench.list_skills(&ana(), &filter).expect("it is listed");
    let told = |file: llmos_api::skill::BrokenFile| {
        (file.path, file.uncommitted, file.diagnostics.first().map_or(0, |it| it.line))
    };
    list.broken.into_iter().map(told).collect()
}

#[test]
fn an_edit_is_committed_once_it_is_whole_in_the_name_of_the_owner() {
    let (bench, store, clock) = bench();
    let folders = Fake::default();
    folders.set("skills/plot.md", None, file(GOOD));
    let take = || bench.take_edits_of(&folders, &volume(), &local()).expect("it is taken");
    let taken = take();
    assert!(taken.is_waiting && taken.commit.is_none(), "{taken:?}");
    clock.pass(300);
    assert!(take().commit.is_some());
    let want = vec![("ana".to_owned(), "skill: add plot by hand".to_owned())];
    assert_eq!(history(&store, &volume()), want);

    let team: VolumeId = "team/atlas".parse().expect("it is an id");
    bench.take_edits_of(&folders, &team, &local()).expect("it is looked at");
    clock.pass(300);
    bench.take_edits_of(&folders, &team, &local()).expect("it is taken");
    assert_eq!(history(&store, &team)[0].0, "local", "a team is nobody's own");
}

#[test]
fn a_broken_edit_stays_uncommitted_and_is_shown_until_it_is_mended() {
    let (bench, store, clock) = bench();
    let folders = Fake::default();
    let take = || {
        bench.take_edits_of(&folders, &volume(), &local()).expect("it is looked at");
        clock.pass(300);
        bench.take_edits_of(&folders, &volume(), &local()).expect("it is taken")
    };
    folders.set("skills/plot.md", None, file(GOOD));
    take();
    *folders.files.lock().expect("nobody failed") = BTreeMap::new();
    folders.set("skills/plot.md", Some(GOOD), file(BROKEN));
    folders.set("skills/other.md", None, file(GOOD));
    let head = |bench: &Workbench| bench.heads(&ana()).expect("it is read")[0].clone();
    let before = head(&bench);
    assert!(take().commit.is_some(), "what is sound does not wait for what is broken");
    assert_eq!(history(&store, &volume())[0].1, "skill: add other by hand");
    let shown = broken(&bench);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!((shown[0].0.as_str(), shown[0].1), ("skills/plot.md", true));
    assert!(shown[0].2 > 1, "it says the line: {shown:?}");
    assert_ne!(head(&bench), before);
    let edits = bench.list_edits(&ana()).expect("it is listed");
    assert_eq!(edits.volumes[0].files.len(), 1);
    // What is committed still counts.
    let plot = "plot".parse().expect("it is a slug");
    assert!(bench.read_skill(&ana(), &plot, None, None).is_ok());

    *folders.files.lock().expect("nobody failed") = BTreeMap::new();
    folders.set("skills/plot.md", Some(GOOD), file(BETTER));
    assert!(take().commit.is_some());
    assert_eq!(broken(&bench), []);
}

#[test]
fn an_edit_that_somebody_overtook_changes_nothing() {
    let (bench, store, clock) = bench();
    let folders = Fake::default();
    folders.set("skills/plot.md", Some("what is no longer there"), file(GOOD));
    for _ in 0..3 {
        let taken = bench.take_edits_of(&folders, &volume(), &local()).expect("it is looked at");
        assert!(taken.commit.is_none() && taken.is_waiting);
        clock.pass(300);
    }
    assert_eq!(store.head(&volume()).expect("it is read"), None);
}

#[test]
fn an_emptied_folder_and_a_folder_at_work_are_left_alone() {
    let (bench, store, clock) = bench();
    let folders = Fake::default();
    let names: Vec<&'static str> = (0..15).map(|n| &*format!("skills/s{n}.md").leak()).collect();
    for name in names {
        folders.set(name, Some(GOOD), Found::Gone);
    }
    for _ in 0..3 {
        bench.take_edits_of(&folders, &volume(), &local()).expect("it is looked at");
        clock.pass(300);
    }
    assert_eq!(store.head(&volume()).expect("it is read"), None);
    assert_eq!(bench.list_edits(&ana()).expect("it is listed").volumes[0].files.len(), 15);

    *folders.left_alone.lock().expect("nobody failed") = Some("a merge is not finished");
    bench.take_edits_of(&folders, &volume(), &local()).expect("it is looked at");
    let edits = bench.list_edits(&ana()).expect("it is listed");
    assert_eq!(edits.volumes[0].left_alone.as_deref(), Some("a merge is not finished"));
}
