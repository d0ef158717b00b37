//! Real server processes that share one schedule.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use llmos_core::cron::{CronId, Ending, Job, Jobs, Schedule, Zone};
use llmos_store::SqliteJobs;
use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `llmos serve`, which is killed when it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(volumes: &Path, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_llmos"))
            .args(["serve", "--host", "127.0.0.1", "--port", "0", "--volumes"])
            .arg(volumes)
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.strip_prefix("LLMos-Lite is at http://localhost:")?.parse().ok())
            .expect("it says where it is");
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    fn ask(&self, method: &str, path: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ids() -> Vec<CronId> {
    let id = |n: usize| format!("user-u{n}").parse().expect("it is an id");
    (0..6).map(id).collect()
}

fn open(volumes: &Path) -> SqliteJobs {
    SqliteJobs::open(&volumes.join("state/jobs.sqlite")).expect("it opens")
}

/// Schedules jobs that are overdue by a month.
fn overdue(jobs: &SqliteJobs) {
    let before = Timestamp::now() - SignedDuration::from_hours(24 * 30);
    for id in ids() {
        let usual = Schedule::usual(&id, &Zone::utc());
        jobs.schedule(&id, &usual, before).expect("it is kept");
    }
}

/// Looks at the schedule until all jobs are as they should be.
fn until(jobs: &SqliteJobs, what: &str, is_so: impl Fn(&Job) -> bool) -> Vec<Job> {
    let start = Instant::now();
    loop {
        let found = jobs.read(&ids(), 50).expect("it answers");
        if found.iter().all(&is_so) {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "not {what}: {found:#?}");
        thread::park_timeout(Duration::from_millis(20));
    }
}

fn is_done(job: &Job) -> bool {
    matches!(job.runs.first().and_then(|run| run.ended.as_ref()), Some((_, Ending::Done { .. })))
}

#[test]
fn two_servers_with_one_schedule_run_each_job_once() {
    let folder = TempDir::new().expect("there is room for a folder");
    let volumes = folder.path().join("volumes");
    let jobs = open(&volumes);
    // Both are up before there is anything to do.
    let servers = [(); 2].map(|()| Server::start(&volumes, &[]));
    overdue(&jobs);
    let done = until(&jobs, "done", is_done);
    for job in done {
        assert_eq!(job.runs.len(), 1, "a month was made up once: {job:#?}");
        assert!(job.next_at > Timestamp::now(), "{job:#?}");
    }
    // Each shows what the other did.
    let shown = servers.map(|server| server.ask("GET", "/api/crons/user-u0/history?user_id=u0"));
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0]["runs"][0]["report"]["status"], "completed");
}

#[test]
fn a_job_of_a_server_that_was_killed_is_taken_up_by_the_next_one() {
    let folder = TempDir::new().expect("there is room for a folder");
    let volumes = folder.path().join("volumes");
    let jobs = open(&volumes);
    overdue(&jobs);
    // As a server leaves it that is killed in the middle: a lease that nobody renews.
    let now = Timestamp::now();
    for _ in ids() {
        let taken = jobs.lease("killed", now, now + SignedDuration::from_secs(2));
        taken.expect("it answers").expect("it is due");
    }
    let server = Server::start(&volumes, &[]);
    for job in until(&jobs, "taken up", is_done) {
        let tries: Vec<_> =
            job.runs.iter().map(|run| (run.attempt, run.holder == "killed")).collect();
        assert_eq!(tries, [(2, false), (1, true)]);
        let again = &job.runs[0];
        assert!(
            again.started_at >= now + SignedDuration::from_secs(2),
            "not before its lease is over"
        );
    }
    drop(server);
    // Killed and started again, it finds its schedule and its history.
    let server = Server::start(&volumes, &["--no-crons"]);
    let list = server.ask("GET", "/crons?user_id=u3");
    assert_eq!(
        (&list["runs_here"], &list["crons"][0]["last"]["attempt"]),
        (&Value::Bool(false), &Value::from(2))
    );
    let refusal = server.ask("POST", "/crons/user-u3/run?user_id=u3");
    assert_eq!(refusal["code"], "crons-off");
}
