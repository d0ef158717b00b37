//! Whole commands: what they print, where, and with which code they end.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))
}

/// The command in the folder of the fixtures, apart from the settings of this machine.
fn llmos(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.args(args).current_dir(fixtures());
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "LLMOS_PORT", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

fn run(args: &[&str]) -> Output {
    llmos(args).output().expect("the command can be started")
}

fn show(args: &[&str]) -> String {
    let output = run(args);
    format!(
        "$ llmos {}\ncode: {}\n--- stdout\n{}--- stderr\n{}",
        args.join(" "),
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn skill_check_says_what_is_wrong_where_and_what_to_do() {
    insta::assert_snapshot!("skill_check_good", show(&["skill", "check", "skills"]));
    insta::assert_snapshot!(
        "skill_check_bad",
        show(&["skill", "check", "skills/sum.md", "broken.md"])
    );
    insta::assert_snapshot!(
        "skill_check_json",
        show(&["skill", "check", "--json", "skills/sum.md", "broken.md"])
    );
    insta::assert_snapshot!("skill_check_missing", show(&["skill", "check", "nowhere.md"]));
}

#[test]
fn workflow_check_says_what_is_wrong_and_what_to_do() {
    let skills = ["--skills", "skills"];
    let check = |file: &str, more: &[&str]| {
        show(&[&["workflow", "check", file], &skills[..], more].concat())
    };
    insta::assert_snapshot!("workflow_check_good", check("total.md", &[]));
    insta::assert_snapshot!("workflow_check_bad", check("wrong.md", &[]));
    insta::assert_snapshot!("workflow_check_json", check("wrong.md", &["--json"]));
    insta::assert_snapshot!("workflow_check_ids", check("workflow.json", &["--json"]));
    insta::assert_snapshot!("workflow_check_other", check("skills/sum.md", &[]));
}

#[test]
fn workflows_that_the_program_ships_can_run() {
    for file in ["vqe-plot-export.md", "csv-statistics.md"] {
        let path = format!("{}/../../library/workflows/{file}", env!("CARGO_MANIFEST_DIR"));
        let output = run(&["workflow", "check", &path]);
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn workflow_plan_gives_the_order_or_names_the_cycle() {
    insta::assert_snapshot!("workflow_plan", show(&["workflow", "plan", "total.md"]));
    insta::assert_snapshot!(
        "workflow_plan_json",
        show(&["workflow", "plan", "total.md", "--json"])
    );
    insta::assert_snapshot!(
        "workflow_plan_graph",
        show(&["workflow", "plan", "--graph", "graph.json", "--json"])
    );
    insta::assert_snapshot!(
        "workflow_plan_cycle",
        show(&["workflow", "plan", "--graph", "cycle.json", "--json"])
    );
    insta::assert_snapshot!(
        "workflow_plan_no_graph",
        show(&["workflow", "plan", "--graph", "total.md"])
    );
}

#[test]
fn workflows_inside_come_from_where_the_skills_do_and_are_planned_as_they_run() {
    let root = tempfile::tempdir().expect("there is room");
    let folder = root.path().join("shelf");
    std::fs::create_dir(&folder).expect("there is room");
    for file in ["skills/load.md", "skills/sum.md", "total.md"] {
        let name = file.rsplit('/').next().unwrap_or(file);
        std::fs::copy(fixtures().join(file), folder.join(name)).expect("it can be copied");
    }
    let file = root.path().join("outer.md");
    let text = |path: &Path| path.to_str().expect("it is text").to_owned();
    let (shelf, outer) = (text(&folder), text(&file));
    let ask = |command: &str, inner: &str, more: &[&str]| {
        let nodes = format!(
            r#"[{{"id": "a", "workflow": "{inner}"}}, {{"id": "b", "workflow": "{inner}"}}]"#
        );
        let graph = format!("```json\n{{\"nodes\": {nodes}, \"edges\": []}}\n```\n");
        std::fs::write(&file, format!("---\nworkflow_id: outer\n---\n\n{graph}"))
            .expect("there is room");
        let shown = show(&[&["workflow", command, &outer], more].concat());
        shown.replace(&shelf, "SHELF").replace(&outer, "outer.md")
    };
    let here = ["--skills", &shelf];
    insta::assert_snapshot!("workflow_check_inside", ask("check", "total", &here));
    insta::assert_snapshot!("workflow_check_inside_missing", ask("check", "totl", &here));
    insta::assert_snapshot!("workflow_plan_inside", ask("plan", "total", &here));
    insta::assert_snapshot!("workflow_plan_inside_missing", ask("plan", "totl", &here));
    // The program ships this one.
    insta::assert_snapshot!("workflow_check_inside_shipped", ask("check", "csv-statistics", &[]));
}

/// Lets nobody else write to a file, whatever this machine does otherwise.
fn own(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
    #[cfg(not(unix))]
    let _ = file;
}

#[test]
fn serve_refuses_what_would_be_unsafe_or_cannot_work() {
    let root = tempfile::tempdir().expect("there is room");
    let volumes = root.path().to_str().expect("it is text");
    let refused = |args: &[&str]| {
        show(&[&["serve", "--volumes", volumes], args].concat()).replace(volumes, "VOLUMES")
    };
    insta::assert_snapshot!("serve_elsewhere", refused(&["--host", "0.0.0.0"]));
    insta::assert_snapshot!("serve_no_address", refused(&["--host", "example.org"]));
    insta::assert_snapshot!("serve_bad_name", refused(&["--allow-host", "http://lab:80/"]));
    for nonsense in ["", "*", "lab:8000", "a..b", "-lab", "lab/x", "user@lab", "[::1]:80", "a b"] {
        let output = refused(&[&format!("--allow-host={nonsense}")]);
        assert!(output.contains("that is no name of a host"), "{output}");
    }
    let elsewhere = tempfile::tempdir().expect("there is room");
    let servers = elsewhere.path().join("servers.json");
    fs::write(&servers, r#"{"mcpServers": {"files": {"url": "http://example.org/mcp"}}}"#)
        .expect("there is room");
    own(&servers);
    let servers = servers.to_str().expect("it is text");
    let output = refused(&["--mcp-servers", servers]).replace(servers, "FILE");
    insta::assert_snapshot!("serve_bad_servers", output);
    insta::assert_snapshot!("serve_bad_user", refused(&["--user", "../x"]));
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let output = refused(&["--port", &port]);
    assert!(output.contains(&format!("error: port {port} is in use\nhint: ")), "{output}");
    assert!(output.contains("code: 4"), "{output}");
    let left = std::fs::read_dir(root.path()).expect("it is a folder").count();
    assert_eq!(left, 0, "a server that cannot run leaves nothing behind");
}

/// A running server that ends with its test.
struct Server {
    child: Child,
    talk: BufReader<std::process::ChildStderr>,
    port: u16,
}

impl Server {
    fn start(volumes: &Path) -> Self {
        let mut command = llmos(&["serve", "--port", "0", "--volumes"]);
        let mut child = command.arg(volumes).stderr(Stdio::piped()).spawn().expect("it starts");
        let talk = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut server = Self { child, talk, port: 0 };
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

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!("{request}\r\nHost: localhost:{}\r\nConnection: close\r\n", self.port);
        stream.write_all(format!("{head}\r\n").as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn serve_answers_until_it_is_told_to_stop() {
    let root = tempfile::tempdir().expect("there is room");
    for signal in ["-INT", "-TERM"] {
        let mut server = Server::start(root.path());
        let health = server.ask("GET /health HTTP/1.1");
        assert!(health.starts_with("HTTP/1.1 200"), "{health}");
        let skills = server.ask("GET /api/workflows/vqe-plot-export HTTP/1.1");
        assert!(skills.contains("\"volume\":\"system\""), "{skills}");
        let pid = server.child.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status().expect("kill can be started");
        assert!(told.success());
        let mut talk = String::new();
        server.talk.read_to_string(&mut talk).expect("it can be read");
        assert!(talk.ends_with("stopped\n"), "{talk}");
        assert!(server.child.wait().expect("it ended").success());
    }
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly() {
    let mut command = llmos(&["skill", "check", "--json"]);
    command.args(std::iter::repeat_n("skills/load.md", 2000));
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_exact(&mut first).expect("it prints");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn openapi_is_one_json_document() {
    let output = run(&["openapi"]);
    let api: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(api["info"]["title"], "LLMos-Lite");
}

/// Compares a page of the reference with what the program prints, or writes it with `LLMOS_UPDATE_DOCS=1`.
fn page_is_current(page: &str) {
    let path = format!("{}/../../docs/reference/{page}.md", env!("CARGO_MANIFEST_DIR"));
    let fresh = String::from_utf8(run(&["reference", page]).stdout).expect("it is text");
    if std::env::var_os("LLMOS_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &fresh).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == fresh,
        "docs/reference/{page}.md is stale: run this test with LLMOS_UPDATE_DOCS=1"
    );
}

#[test]
fn the_reference_of_routes_is_current() {
    page_is_current("api");
}

#[test]
fn the_reference_of_commands_is_current() {
    page_is_current("cli");
}

#[cfg(unix)]
#[test]
fn a_device_without_an_end_is_read_no_further_than_a_file_may_be_long() {
    let output = run(&["skill", "check", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("the file has more than 8388608 bytes"), "{said}");
    let output = run(&["workflow", "check", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(3));
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_gives_a_terminal_no_orders() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("\u{1b}[2J\u{202e}two\nlines.md");
    std::fs::write(&file, "---\nname: [\n---\n").expect("there is room");
    let path = folder.path().to_str().expect("it is text");
    for path in [path, file.to_str().expect("it is text"), "\u{1b}[31mnowhere"] {
        let output = run(&["skill", "check", path]);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
        assert!(said.contains("\\u{1b}["), "{said:?}");
    }
}

#[test]
fn patterns_are_the_tasks_that_recur() {
    insta::assert_snapshot!("patterns", show(&["patterns", "prompts.jsonl"]));
    insta::assert_snapshot!("patterns_json", show(&["patterns", "--json", "prompts.jsonl"]));
    insta::assert_snapshot!("patterns_bad", show(&["patterns", "broken.md"]));
}

#[test]
fn users_and_teams_are_kept_beside_the_volumes() {
    let root = tempfile::tempdir().expect("there is room");
    let volumes = root.path().join("volumes");
    let volumes = volumes.to_str().expect("it is text");
    let mut told = String::new();
    let steps: [&[&str]; 12] = [
        &["user", "list"],
        &["user", "add", "ana", "--name", "Ana Lima", "--system-admin"],
        &["user", "add", "bob"],
        &["user", "add", "bob"],
        &["team", "add", "atlas", "--admin", "ana"],
        &["team", "member", "atlas", "bob"],
        &["team", "member", "atlas", "ana", "--remove"],
        &["team", "member", "atlas", "bob", "--role", "team_admin"],
        &["user", "remove", "ana"],
        &["user", "list"],
        &["team", "list", "--json"],
        &["run", "csv-statistics", "--user", "ana"],
    ];
    for step in steps {
        let output = show(&[step, &["--volumes", volumes]].concat());
        told.push_str(&output.replace(volumes, "VOLUMES"));
        told.push('\n');
    }
    insta::assert_snapshot!("users_and_teams", told);
}
