//! A whole home in one file: what is backed up while the server runs is the same home elsewhere.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

/// A running `llmos serve`, which is killed when it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn llmos(args: &[&str], root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.args(args).arg("--volumes").arg(root);
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "LLMOS_STATE_PATH", "LLMOS_PORT", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

#[track_caller]
fn run(args: &[&str], root: &Path) -> String {
    let Output { status, stdout, stderr } = llmos(args, root).output().expect("it runs");
    let said = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(status.success(), "{args:?}: {said}");
    said
}

impl Server {
    fn start(root: &Path) -> Self {
        let mut command = llmos(&["serve", "--port", "0", "--user", "ana"], root);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("LLMos-Lite is at http://localhost:")?.parse().ok());
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("it says where it is") }
    }

    /// The status and the body of an answer.
    fn ask(&self, request: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!(
            "{request} HTTP/1.0\r\nHost: localhost:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("it has a status"), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    #[track_caller]
    fn ok(&self, request: &str, body: Value) -> Value {
        let (status, answer) = self.ask(request, &body);
        assert!((200..300).contains(&status), "{request}: {status} {answer}");
        answer
    }

    /// What people see of this home, each through their own eyes.
    fn seen(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        for user in ["ana", "bob", "eve", "nobody"] {
            for path in ["/skills?limit=500", "/teams?", "/drafts?", "/skills?team_id=atlas&q=plot"]
            {
                let (status, mut answer) =
                    self.ask(&format!("GET {path}&user_id={user}"), &Value::Null);
                // How long it took is no part of the home.
                if let Some(object) = answer.as_object_mut() {
                    object.retain(|key, _| !key.ends_with("_ms"));
                }
                seen.push(json!({"user": user, "path": path, "status": status, "answer": answer}));
            }
        }
        seen.push(self.ok("GET /volumes/history?user_id=ana", Value::Null));
        seen.push(self.ok("GET /models/settings?user_id=ana", Value::Null));
        // How the last talk went is another thing in each moment.
        seen.push(self.ok("GET /volumes/remote?user_id=ana", Value::Null)["url"].clone());
        seen
    }
}

const LOAD: &str = "---\nskill_id: load\nname: Load numbers\ndescription: Gives a list of numbers\ntype: python-wasm\ncategory: data\ntags: [numbers]\nversion: 1.2.0\nauthor: Ana\ninputs:\n  - {name: n, type: integer, description: How many, default: 3}\noutputs:\n  - {name: values, type: array, description: The numbers}\n---\n\n```python\ndef execute(inputs):\n    return {\"values\": list(range(inputs[\"n\"]))}\n```\n";
const SUM: &str = "---\nskill_id: sum\nname: Sum\ndescription: Adds numbers\ntype: javascript\ncategory: math\ninputs:\n  - {name: values, type: array, description: The numbers}\noutputs:\n  - {name: total, type: number, description: The sum}\n---\n\n```javascript\nexport function execute({ values }) {\n  return { total: values.reduce((a, b) => a + b, 0) };\n}\n```\n";

fn report(n: u32) -> Value {
    let node = |id: &str, more: Value| {
        let mut node = json!({"node": id, "skill_id": id, "skill_version": null, "state": "success", "key": id,
            "attempts": 1, "started_ms": 1.0, "duration_ms": 2.0});
        node.as_object_mut()
            .expect("it is one")
            .extend(more.as_object().expect("it is one").clone());
        node
    };
    json!({
        "workflow": {
            "workflow_id": "total", "name": "Total",
            "nodes": [{"id": "load", "skill_id": "load", "inputs": {"n": n}}, {"id": "sum", "skill_id": "sum"}],
            "edges": [{"from": {"node": "load", "port": "values"}, "to": {"node": "sum", "port": "values"}}]
        },
        "workflow_volume": "system", "workflow_version": null, "outcome": "success",
        "started_at": "2026-11-20T15:29:58Z", "finished_at": "2026-11-20T15:29:59Z",
        "nodes": [
            node("load", json!({"inputs": {"n": n}, "outputs": {"values": [1, 2, 3]}})),
            node("sum", json!({"outputs": {"total": 6}})),
        ]
    })
}

#[test]
fn a_home_that_is_backed_up_while_it_is_used_is_the_same_home_elsewhere() {
    let folder = tempfile::tempdir().expect("there is room");
    let root = folder.path().join("volumes");
    run(&["user", "add", "ana", "--name", "Ana Lima", "--system-admin"], &root);
    run(&["user", "add", "bob"], &root);
    run(&["user", "add", "eve"], &root);
    run(&["team", "add", "atlas", "--admin", "ana"], &root);
    run(&["team", "member", "atlas", "bob"], &root);
    let bare = folder.path().join("bare.git");
    let made = Command::new("git").args(["init", "--quiet", "--bare"]).arg(&bare).status();
    assert!(made.expect("these tests need `git`").success());
    run(&["remote", "add", "user/ana", bare.to_str().expect("it is text")], &root);

    let server = Server::start(&root);
    for user in ["ana", "bob", "eve"] {
        let skill = json!({"user_id": user, "skill_id": format!("plot-{user}"), "name": "Plot", "description": "d"});
        server.ok("POST /skills", skill);
    }
    let promoted =
        json!({"user_id": "ana", "team_id": "atlas", "skill_id": "plot-ana", "reason": "ours"});
    server.ok("POST /skills/promote", promoted);
    for source in [LOAD, SUM] {
        server.ok("POST /skills", json!({"user_id": "ana", "source": source}));
    }
    for n in [1, 2, 3] {
        server.ok("POST /traces", json!({"user_id": "ana", "run": report(n)}));
    }
    server.ok("POST /evolve", json!({"user_id": "ana", "auto_apply": false}));
    let model = json!({"user_id": "ana", "provider": "anthropic", "model": "claude", "key": "sk-ant-secret-key-0123456789"});
    server.ok("PUT /models/settings", model);
    let before = server.seen();
    assert_ne!(before[2]["answer"]["drafts"], json!([]), "there is a draft: {}", before[2]);

    let file = folder.path().join("all.llmos");
    let backup = file.to_str().expect("it is text");
    let said = run(&["backup", backup], &root);
    for name in [
        "members.md ",
        "state/jobs.sqlite ",
        ".evolution/user.ana.jsonl ",
        ".llmos-lite-models/ana.json ",
        ".llmos-lite-remotes/user-ana.remote ",
    ] {
        assert!(said.contains(name), "{name} is missing: {said}");
    }
    let bytes = fs::read(&file).expect("it is read");
    for name in [".llmos-lite-secret", ".llmos-lite-master-key"] {
        let secret = fs::read(root.join(name)).expect("it is there");
        let has = |part: &[u8]| bytes.windows(part.len()).any(|found| found == part);
        assert!(!has(secret.trim_ascii()) && !has(name.as_bytes()), "{name} is in the backup");
    }
    drop(server);

    let elsewhere = folder.path().join("elsewhere");
    let said = run(&["restore-backup", backup], &elsewhere);
    assert!(said.contains("`.llmos-lite-master-key`"), "{said}");
    let mode = |name: &str| {
        let found = fs::metadata(elsewhere.join(name)).expect("it is there");
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode(".llmos-lite-models/ana.json"), 0o600);
    assert!(run(&["verify"], &elsewhere).contains("user/ana: ok"));
    assert!(run(&["user", "list"], &elsewhere).contains("Ana Lima"));
    // With the key that sealed it, the key to the model opens again.
    let key = ".llmos-lite-master-key";
    fs::copy(root.join(key), elsewhere.join(key)).expect("there is room");
    let server = Server::start(&elsewhere);
    for (after, before) in server.seen().iter().zip(&before) {
        assert_eq!(after, before);
    }
    // The home goes on: what was counted is not learned again.
    server.ok("POST /traces", json!({"user_id": "ana", "run": report(4)}));
    let learned = server.ok("POST /evolve", json!({"user_id": "ana", "auto_apply": false}));
    assert_eq!(learned["skills_created"], 0, "{learned}");
    let skill = json!({"user_id": "eve", "volume": "team/atlas", "team_id": "atlas", "name": "X", "description": "d"});
    assert_eq!(server.ask("POST /skills", &skill).0, 403);
}
