//! Skills that run on the server: who may ask for which, and what is handed to Python.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use llmos_api::{
    python::PythonResult,
    trace::{LogLine, NodeError},
};
use llmos_server::{ServerPython, ServerPythonError};
use llmos_workbench::PythonTask;
use serde_json::{Value, json};

use crate::support::{Client, SUM};

/// Writes down what it is asked for; code `wait` waits to be cancelled.
#[derive(Default)]
struct Recorder {
    tasks: Mutex<Vec<PythonTask>>,
    n_running: AtomicUsize,
    most: AtomicUsize,
    n_cancelled: AtomicUsize,
}

impl Recorder {
    fn tasks(&self) -> Vec<PythonTask> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerPython for Recorder {
    fn run(
        &self,
        task: PythonTask,
        cancelled: &AtomicBool,
    ) -> Result<PythonResult, ServerPythonError> {
        let n = self.n_running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(n, Ordering::SeqCst);
        let has = |word: &str| task.code.contains(word);
        let (waits, fails, broken) = (has("wait"), has("fails"), has("broken"));
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        while waits && !cancelled.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.n_cancelled.fetch_add(usize::from(waits), Ordering::SeqCst);
        self.n_running.fetch_sub(1, Ordering::SeqCst);
        if broken {
            let (message, hint) = ("Python does not start", "run `llmos doctor`");
            return Err(ServerPythonError { message: message.into(), hint: hint.into() });
        }
        let logs = vec![LogLine { at_ms: 1.5, stream: "stdout".into(), text: "hello".into() }];
        let error = NodeError { kind: "timeout".into(), message: "too long".into(), hint: None };
        Ok(PythonResult {
            outputs: (!fails).then(|| BTreeMap::from([("y".to_owned(), json!({"$bigint": "7"}))])),
            error: fails.then_some(error),
            logs,
            duration_ms: 3.25,
        })
    }
}

fn skill(id: &str, mode: &str, ty: &str, code: &str) -> String {
    format!(
        "---\nskill_id: {id}\nname: {id}\ndescription: Does {id}\ntype: {ty}\n{mode}timeout_ms: 5000\n\
         outputs:\n  - {{name: y, type: any}}\n---\n\n```{}\n",
        if ty == "javascript" {
            format!("javascript\nexport function execute() {{ {code} }}\n```")
        } else {
            format!("python\ndef execute(inputs):\n    {code}\n```")
        },
    )
}

const ON_SERVER: &str = "execution_mode: server-python\n";

fn door() -> (Client, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    (Client::with_python(Arc::clone(&recorder) as Arc<dyn ServerPython>), recorder)
}

/// Saves a skill for a user and returns its version.
async fn save(client: &Client, user: &str, source: &str) -> String {
    let body = json!({"user_id": user, "source": source});
    let saved = client.post("/skills", body).await.ok();
    saved["version"].as_str().expect("it has one").to_owned()
}

fn call(skill: &str, version: &str) -> Value {
    json!({"user_id": "ana", "skill_id": skill, "version": version, "inputs": {"x": [1, {"$number": "NaN"}]}})
}

#[tokio::test]
async fn nothing_runs_unless_it_was_allowed() {
    let client = Client::memory();
    let version = save(&client, "ana", &skill("heavy", ON_SERVER, "python-wasm", "wait = 1")).await;
    let problem = client.post("/workflows/python", call("heavy", &version)).await.problem(403);
    assert_eq!(problem["code"], "server-python-off");
    let hint = problem["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("llmos serve --allow-server-python"), "{hint}");
    assert_eq!(client.get("/config").await.ok()["server_python"], false);
}

#[tokio::test]
async fn the_code_is_that_of_the_file_with_the_limits_of_the_file() {
    let (client, recorder) = door();
    assert_eq!(client.get("/config").await.ok()["server_python"], true);
    for mode in ["server-python", "hybrid"] {
        let mode_line = format!("execution_mode: {mode}\n");
        let source = skill(mode, &mode_line, "python-wasm", "return {}");
        let version = save(&client, "ana", &source).await;
        let mut body = call(mode, &version);
        body["code"] = json!("import evil");
        let answer = client.post("/api/workflows/python", body).await.ok();
        let logs = json!([{"at_ms": 1.5, "stream": "stdout", "text": "hello"}]);
        let want = json!({"outputs": {"y": {"$bigint": "7"}}, "logs": logs, "duration_ms": 3.25});
        assert_eq!(answer, want);
    }
    let task = recorder.tasks().remove(0);
    assert_eq!(task.code.trim(), "def execute(inputs):\n    return {}");
    assert_eq!(
        (task.file.as_str(), task.timeout_ms, task.memory_mb),
        ("server-python.py", 5000, 1024)
    );
    assert_eq!(task.inputs, BTreeMap::from([("x".to_owned(), json!([1, {"$number": "NaN"}]))]));
}

#[tokio::test]
async fn a_skill_that_fails_is_an_answer_and_a_python_that_fails_is_none() {
    let (client, _) = door();
    let version = save(&client, "ana", &skill("slow", ON_SERVER, "qiskit", "fails = 1")).await;
    let answer = client.post("/workflows/python", call("slow", &version)).await.ok();
    assert_eq!(answer["error"], json!({"kind": "timeout", "message": "too long"}));
    assert_eq!((answer.get("outputs"), &answer["logs"][0]["text"]), (None, &json!("hello")));
    let version =
        save(&client, "ana", &skill("gone", ON_SERVER, "python-wasm", "broken = 1")).await;
    let problem = client.post("/workflows/python", call("gone", &version)).await.problem(500);
    assert_eq!(problem["code"], "server-python");
    assert_eq!(problem["hint"], "run `llmos doctor`");
}

#[tokio::test]
async fn only_skills_that_are_meant_for_it_and_only_as_they_are_now() {
    let (client, recorder) = door();
    let source = skill("heavy", ON_SERVER, "python-wasm", "pass");
    let old = save(&client, "ana", &source).await;
    let changed = source.replace("    pass", "    changed = 1");
    let body = json!({"user_id": "ana", "source": changed});
    client.put("/skills/heavy", body).await.ok();
    let bobs = save(&client, "bob", &skill("secret", ON_SERVER, "python-wasm", "pass")).await;
    let light = save(&client, "ana", &skill("light", "", "python-wasm", "pass")).await;
    let script = save(&client, "ana", &skill("script", ON_SERVER, "javascript", "return {}")).await;
    let of = async |id: &str| {
        let view = client.get(&format!("/skills/{id}?user_id=ana")).await.ok();
        view["version"].as_str().expect("it has one").to_owned()
    };
    let (context, sum) = (of("python-coding").await, of("sum").await);
    assert!(SUM.contains("type: javascript"));
    for (id, version, status, code) in [
        ("heavy", old.as_str(), 409, "stale"),
        ("heavy", "HEAD", 400, "bad-field"),
        ("heavy", "", 400, "bad-field"),
        ("secret", &bobs, 404, "unknown"),
        ("heavy", &bobs, 409, "stale"),
        ("../heavy", &old, 400, "bad-field"),
        ("light", &light, 403, "not-for-server"),
        ("script", &script, 403, "not-for-server"),
        ("python-coding", &context, 403, "not-for-server"),
        ("sum", &sum, 403, "not-for-server"),
    ] {
        let problem = client.post("/workflows/python", call(id, version)).await.problem(status);
        assert_eq!(problem["code"], code, "{id} {version}: {problem}");
    }
    assert_eq!(recorder.tasks(), []);
    let body = json!({"user_id": "bob", "skill_id": "secret", "version": bobs});
    client.post("/workflows/python", body).await.ok();
}

#[tokio::test]
async fn limits_are_taken_up_to_the_most_that_there_is() {
    let (client, recorder) = door();
    let version = save(&client, "ana", &skill("heavy", ON_SERVER, "python-wasm", "pass")).await;
    let with = |timeout: u64, memory: u64| {
        let mut body = call("heavy", &version);
        body["timeout_ms"] = timeout.into();
        body["memory_mb"] = memory.into();
        body
    };
    client.post("/workflows/python", with(100, 64)).await.ok();
    client.post("/workflows/python", with(u64::MAX, u64::MAX)).await.ok();
    let limits: Vec<_> = recorder.tasks().iter().map(|t| (t.timeout_ms, t.memory_mb)).collect();
    assert_eq!(limits, [(100, 64), (300_000, 4096)]);
    for (timeout, memory, field) in [(0, 1, "timeout_ms"), (1, 0, "memory_mb")] {
        let problem = client.post("/workflows/python", with(timeout, memory)).await.problem(400);
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains(field)), "{problem}");
    }
    let mut body = call("heavy", &version);
    body["inputs"] = json!({"x": "x".repeat(2 << 20)});
    client.post("/workflows/python", body).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_few_run_at_a_time_a_crowd_is_turned_away_and_who_leaves_is_cancelled() {
    let (client, recorder) = door();
    let version = save(&client, "ana", &skill("wait", ON_SERVER, "python-wasm", "wait = 1")).await;
    let asking: Vec<_> = (0..80)
        .map(|_| {
            let (client, body) = (client.clone(), call("wait", &version));
            tokio::spawn(async move { client.post("/workflows/python", body).await })
        })
        .collect();
    let n_refused = || asking.iter().filter(|one| one.is_finished()).count();
    let until = async |what: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !what() {
            assert!(began.elapsed() < Duration::from_secs(60), "it never happened");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 4);
    until(&|| recorder.tasks().len() == cores && n_refused() == 80 - 64 - cores).await;
    for one in &asking {
        one.abort();
    }
    for one in asking {
        if let Ok(answer) = one.await {
            assert_eq!(answer.problem(503)["code"], "busy");
        }
    }
    // Those that waited never begin, those that ran are told to stop.
    until(&|| recorder.n_cancelled.load(Ordering::SeqCst) == recorder.tasks().len()).await;
    until(&|| recorder.n_running.load(Ordering::SeqCst) == 0).await;
    assert!(recorder.most.load(Ordering::SeqCst) <= cores);
    assert!(recorder.tasks().len() < 80);
    client.get("/health").await.ok();
}
