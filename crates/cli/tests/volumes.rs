//! Volumes as people have them: edited in their folders while the server runs, packed, backed up and checked.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long a test waits for something that takes a fraction of a second on a machine that is not busy.
const PATIENCE: Duration = Duration::from_secs(60);

const GOOD: &str = "---\nname: Plot\ndescription: How to plot\n---\n\nLabel the axes.\n";
const BETTER: &str = "---\nname: Plot\ndescription: How to plot well\n---\n\nLabel the axes.\n";
const BROKEN: &str = "---\nname: [\n---\n\nLabel the axes.\n";

fn llmos(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.args(args);
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "LLMOS_PORT", "LLMOS_AUTHOR", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Hand", "-c", "user.email=hand@example.org"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("these tests need the `git` program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A server on a folder of volumes; ends with its test.
struct Server {
    child: Child,
    talk: BufReader<ChildStderr>,
    port: u16,
    root: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(root: &Path, more: &[&str]) -> Self {
        let mut command = llmos(&[&["serve", "--port", "0"], more].concat());
        let child = command.arg("--volumes").arg(root).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("it starts");
        let talk = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut server = Self { child, talk, port: 0, root: root.to_owned() };
        while server.port == 0 {
            let mut line = String::new();
            let n = server.talk.read_line(&mut line).expect("it can be read");
            assert!(n > 0, "the server ended early");
            if let Some(port) = line.trim_end().strip_prefix("LLMos-Lite is at http://localhost:") {
                server.port = port.parse().expect("it is a port");
            }
        }
        server
    }

    fn user(&self) -> PathBuf {
        self.root.join("users/local")
    }

    fn connect(&self, request: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
        let head = format!(
            "{request} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        stream
    }

    fn ask(&self, request: &str, body: &str) -> Value {
        let mut answer = String::new();
        self.connect(request, body).read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
        assert!(head.starts_with("HTTP/1.1 2"), "{request}: {answer}");
        // Answers of some length come in chunks.
        let from = body.find('{').expect("it is an object");
        let to = body.rfind('}').expect("it is an object");
        serde_json::from_str(&body[from..=to]).expect("it is JSON")
    }

    /// Follows the events of the server.
    fn events(&self) -> Events {
        Events { lines: BufReader::new(self.connect("GET /events", "")) }
    }

    fn skills(&self) -> Value {
        self.ask("GET /skills?limit=1000", "")
    }

    fn has(&self, id: &str) -> bool {
        let list = self.skills();
        let mut skills = list["skills"].as_array().expect("it is a list").iter();
        skills.any(|skill| skill["skill_id"] == id)
    }

    fn log(&self, path: &str) -> String {
        git(&self.user(), &["log", "--format=%an <%ae> %s", "--", path])
    }
}

struct Events {
    lines: BufReader<TcpStream>,
}

impl Events {
    /// Waits until an event makes something true.
    #[track_caller]
    fn until(&mut self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "{what} did not come to be");
            let mut line = String::new();
            self.lines.read_line(&mut line).expect("there are events");
        }
    }
}

#[test]
fn an_edit_in_the_folder_is_listed_logged_and_told_of() {
    let folder = tempfile::tempdir().expect("there is room");
    let server = Server::start(&folder.path().join("volumes"), &[]);
    let mut events = server.events();
    server.ask("POST /skills", r#"{"name": "First", "description": "makes the volume"}"#);
    let skills = server.user().join("skills");
    events.until("the volume", || skills.join("first.md").exists());

    fs::write(skills.join("plot.md"), GOOD).expect("it is written");
    events.until("a new file", || server.has("plot"));
    assert_eq!(server.log("skills/plot.md"), "local <local@llmos.local> skill: add plot by hand");

    // As editors save: beside it, then renamed.
    fs::write(skills.join(".plot.md.tmp"), BETTER).expect("it is written");
    fs::rename(skills.join(".plot.md.tmp"), skills.join("plot.md")).expect("it is renamed");
    events.until("a save", || server.skills().to_string().contains("How to plot well"));
    assert_eq!(server.log("skills/plot.md").lines().count(), 2);

    fs::rename(skills.join("plot.md"), skills.join("draw.md")).expect("it is renamed");
    events.until("a new name", || server.has("draw") && !server.has("plot"));
    fs::remove_file(skills.join("draw.md")).expect("it is removed");
    events.until("a deletion", || !server.has("draw"));
    assert!(server.log("skills/draw.md").contains("skill: delete draw by hand"));
    assert_eq!(git(&server.user(), &["status", "--porcelain"]), "");
    assert_eq!(git(&server.user(), &["fsck", "--full", "--strict", "--no-dangling"]), "");
}

#[test]
fn a_broken_edit_is_shown_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("there is room");
    let server = Server::start(&folder.path().join("volumes"), &[]);
    server.ask("POST /skills", r#"{"name": "Plot", "description": "d"}"#);
    let file = server.user().join("skills/plot.md");
    let mut events = server.events();
    events.until("the file", || file.exists());
    let before = fs::read_to_string(&file).expect("it is read");
    fs::write(&file, BROKEN).expect("it is written");
    let broken = || {
        let list = server.skills();
        let mut files = list["broken"].as_array().cloned().unwrap_or_default().into_iter();
        files.find(|file| file["path"] == "skills/plot.md")
    };
    events.until("the fault", || broken().is_some());
    let shown = broken().expect("it is shown");
    assert_eq!(shown["uncommitted"], true);
    let first = &shown["diagnostics"][0];
    assert!(first["line"].as_u64() > Some(1) && first["hint"].is_string(), "{first}");
    assert_eq!(server.ask("GET /volumes/edits", "")["volumes"][0]["files"][0], shown);
    assert!(server.has("plot"), "what is committed still counts");
    assert_eq!(fs::read_to_string(&file).expect("it is read"), BROKEN);
    assert_eq!(server.log("skills/plot.md").lines().count(), 1);

    fs::write(&file, before.replace("description: d", "description: e")).expect("it is written");
    events.until("the mending", || broken().is_none());
    events.until("the commit", || server.log("skills/plot.md").lines().count() == 2);
}

#[test]
fn without_watching_an_edit_waits_for_its_commit() {
    let folder = tempfile::tempdir().expect("there is room");
    let server = Server::start(&folder.path().join("volumes"), &["--no-watch"]);
    server.ask("POST /skills", r#"{"name": "First", "description": "d"}"#);
    let mut events = server.events();
    events.until("the file", || server.user().join("skills/first.md").exists());
    // `git` does not wait for the lock that is held until the index is written too.
    while server.user().join(".git/index.lock").exists() {
        std::thread::yield_now();
    }
    fs::write(server.user().join("skills/plot.md"), GOOD).expect("it is written");
    git(&server.user(), &["add", "--all"]);
    git(&server.user(), &["commit", "--quiet", "--message", "mine"]);
    events.until("the commit", || server.has("plot"));
    assert_eq!(server.log("skills/plot.md"), "Hand <hand@example.org> mine");
}

fn run(args: &[&str], root: &Path) -> Output {
    llmos(args).arg("--volumes").arg(root).output().expect("it can be started")
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat()
}

#[test]
fn volumes_are_backed_up_while_the_server_runs_checked_and_brought_back() {
    let folder = tempfile::tempdir().expect("there is room");
    let root = folder.path().join("volumes");
    let server = Server::start(&root, &[]);
    server.ask("POST /skills", r#"{"name": "Plot", "description": "d"}"#);
    let file = folder.path().join("all.llmos");
    let backup = file.to_str().expect("it is text");
    let made = run(&["backup", backup], &root);
    assert!(made.status.success(), "{}", said(&made));
    assert!(said(&made).contains("user/local "), "{}", said(&made));
    let again = run(&["backup", backup], &root);
    assert_eq!(again.status.code(), Some(4), "{}", said(&again));
    let sound = run(&["verify"], &root);
    assert!(sound.status.success(), "{}", said(&sound));
    assert!(said(&sound).contains("user/local: ok: 1 skills and workflows"), "{}", said(&sound));
    drop(server);
    // Brings what the killed server promised to Git, which would mend what is broken below.
    assert!(run(&["verify"], &root).status.success());

    let refused = run(&["restore-backup", backup], &root);
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains("--move-aside"), "{}", said(&refused));
    // A disk lost an object.
    let user = root.join("users/local");
    let id = git(&user, &["rev-parse", "HEAD:skills/plot.md"]);
    fs::remove_file(user.join(".git/objects").join(&id[..2]).join(&id[2..])).expect("it is there");
    let wrong = run(&["verify"], &root);
    assert_eq!(wrong.status.code(), Some(1), "{}", said(&wrong));
    assert!(said(&wrong).contains(&id) && said(&wrong).contains("hint: "), "{}", said(&wrong));

    // What an earlier attempt left is in nobody's way.
    let left = folder.path().join("volumes.trial");
    fs::create_dir(&left).and_then(|()| fs::write(left.join("x"), "x")).expect("there is room");
    let restored = run(&["restore-backup", "--move-aside", backup], &root);
    assert!(restored.status.success(), "{}", said(&restored));
    let sound = run(&["verify"], &root);
    assert!(sound.status.success(), "{}", said(&sound));
    assert_eq!(git(&user, &["status", "--porcelain"]), "");
    let others = fs::read_dir(folder.path()).expect("it is read").flatten();
    let names: Vec<String> =
        others.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().any(|name| name.starts_with("volumes.before-")), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("fresh")), "{names:?}");
}

#[test]
fn old_traces_are_packed_and_read_as_before() {
    let folder = tempfile::tempdir().expect("there is room");
    let root = folder.path().join("volumes");
    let server = Server::start(&root, &[]);
    let report = r#"{"run": {"workflow": {"workflow_id": "w", "name": "W", "nodes": [], "edges": []},
        "outcome": "success", "started_at": "2026-11-20T15:30:00Z", "finished_at": "2026-11-20T15:30:01Z",
        "nodes": []}}"#;
    let saved = server.ask("POST /traces", report);
    let id = saved["trace_id"].as_str().expect("it has an id").to_owned();
    let read = |server: &Server| server.ask(&format!("GET /traces/{id}"), "")["run"].clone();
    let before = read(&server);
    let nothing = run(&["archive"], &root);
    assert!(nothing.status.success(), "{}", said(&nothing));
    assert!(said(&nothing).contains("0 months"), "{}", said(&nothing));
    let packed = run(&["archive", "--before", "9999-12"], &root);
    assert!(packed.status.success(), "{}", said(&packed));
    assert_eq!(read(&server), before);
    let list = server.ask("GET /traces", "");
    assert_eq!((&list["total"], &list["traces"][0]["trace_id"]), (&1.into(), &id.clone().into()));
    let path = saved["path"].as_str().expect("it has a path");
    assert!(!server.user().join(path).exists());
    let month = format!("{}-{}", &path[7..11], &path[12..14]);
    let back = run(&["archive", "--unpack", &month], &root);
    assert!(back.status.success(), "{}", said(&back));
    assert_eq!(read(&server), before);
    assert!(server.user().join(path).exists());
    let bad = run(&["archive", "--before", "2026-13"], &root);
    assert_eq!(bad.status.code(), Some(2), "{}", said(&bad));
}
