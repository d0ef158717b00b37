//! Python behind the wall: what a skill can do there, and what it cannot however it tries.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use llmos_headless::{Python, PythonAnswer, PythonCall, wall::Wall};
use serde_json::{Value, json};

fn python() -> Python {
    let launcher = PathBuf::from(env!("CARGO_BIN_EXE_llmos"));
    Python::at(Path::new("python3"), launcher).expect("there is a Python and a kernel with a wall")
}

fn call(code: &str, timeout_ms: u64) -> PythonAnswer {
    let inputs = BTreeMap::from([("x".to_owned(), json!([1, {"$number": "Infinity"}]))]);
    let (code, file) = (code.to_owned(), "attack.py".to_owned());
    let call = PythonCall { code, file, inputs, memory_mb: 128, timeout_ms };
    python().run(&call).expect("it can be started")
}

/// Runs the body of `attempt()` and returns what it gave or how it was refused.
fn attempt(body: &str) -> String {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!(
        "import os, sys, socket, ctypes, subprocess, signal, threading\n\
         def attempt():\n{indented}\n\
         def execute(inputs):\n    try:\n        return {{'y': 'DONE ' + str(attempt())[:200]}}\n    \
         except BaseException as error:\n        return {{'y': 'refused: ' + repr(error)[:200]}}\n"
    );
    let answer = call(&code, 5_000);
    match &answer.outputs {
        Some(outputs) => outputs["y"].as_str().unwrap_or_default().to_owned(),
        None => format!("refused: {answer:?}"),
    }
}

#[test]
fn a_skill_computes_and_what_it_prints_is_kept() {
    let answer = call(
        "import math, statistics\ndef execute(inputs):\n    print('hello')\n    \
         return {'y': inputs['x'][0] + 1, 'z': [math.inf, 2**60], 'b': b'ab', 'c': 1j, 'n': {'a': None}}\n",
        5_000,
    );
    let want = json!({
        "y": 2, "z": [{"$number": "Infinity"}, {"$bigint": "1152921504606846976"}], "b": {"$bytes": "YWI="},
        "c": {"re": 0.0, "im": 1.0}, "n": {"a": null},
    });
    let outputs = answer.outputs.as_ref().map(|outputs| serde_json::to_value(outputs).unwrap());
    assert_eq!(outputs, Some(want), "{answer:?}");
    assert_eq!(answer.logs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["hello"]);
}

#[test]
fn errors_name_the_line_of_the_skill() {
    let answer = call("def execute(inputs):\n    return {'y': 1 / 0}\n", 5_000);
    let message = answer.message.unwrap_or_default();
    assert!(message.starts_with("ZeroDivisionError"), "{message}");
    assert!(message.contains("\"attack.py\", line 2, in execute"), "{message}");
    let odd = call("def execute(inputs):\n    return {'y': {1, 2}}\n", 5_000);
    assert_eq!(odd.kind.as_deref(), Some("output"), "{odd:?}");
}

#[test]
fn every_way_out_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.set_nonblocking(true).expect("it can be asked");
    let port = listener.local_addr().expect("it has one").port();
    let folder = tempfile::tempdir().expect("there is room");
    let target = folder.path().join("written");
    let (target, here) = (target.display().to_string(), std::process::id());
    let attacks = [
        "return open('/etc/passwd').read()".to_owned(),
        "return open('/etc/hostname').read()".to_owned(),
        "return os.listdir(os.path.expanduser('~'))".to_owned(),
        "return os.listdir('/home') + os.listdir('/root')".to_owned(),
        format!("return open('/proc/{here}/environ').read()"),
        "return open('/proc/self/environ').read()".to_owned(),
        format!("return open({target:?}, 'w').write('x')"),
        "return open('/tmp/llmos-attack', 'w')".to_owned(),
        "return os.chmod('/tmp', 0o777)".to_owned(),
        "return os.open('/dev/shm/x', os.O_CREAT | os.O_RDWR)".to_owned(),
        "return os.memfd_create('x')".to_owned(),
        format!("return socket.create_connection(('127.0.0.1', {port}), 1)"),
        "return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)".to_owned(),
        "return socket.socket(socket.AF_UNIX)".to_owned(),
        "return ctypes.CDLL(None, use_errno=True).socket(2, 1, 0) >= 0 or 1 / 0".to_owned(),
        "return subprocess.check_output(['id'])".to_owned(),
        "return os.fork()".to_owned(),
        "return os.posix_spawn('/bin/sh', ['sh'], {})".to_owned(),
        "os.execv('/bin/sh', ['sh', '-c', 'id'])".to_owned(),
        format!("return os.kill({here}, 0)"),
        format!("return os.kill({here}, signal.SIGKILL)"),
        "return os.killpg(0, signal.SIGKILL)".to_owned(),
        format!("import resource\nreturn resource.prlimit({here}, resource.RLIMIT_NOFILE, (1, 1))"),
        "import resource\nreturn resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))"
            .to_owned(),
        // The interpreter itself sets `LC_CTYPE`.
        "os.environ.pop('LC_CTYPE', None)\nassert os.environ, 'empty'\nreturn dict(os.environ)"
            .to_owned(),
    ];
    for attack in attacks {
        let answer = attempt(&attack);
        assert!(answer.starts_with("refused: "), "{attack}\n{answer}");
    }
    assert!(listener.accept().is_err(), "nobody may have connected");
    assert!(!Path::new(&target).exists());
}

/// What changes files without opening them is kept from every process behind the wall, not only from Python.
#[test]
fn what_is_said_about_files_cannot_be_changed() {
    let folder = tempfile::tempdir().expect("there is room");
    let target = folder.path().join("kept");
    std::fs::write(&target, "kept").expect("there is room");
    let code = format!(
        "import ctypes, json\nc = ctypes.CDLL(None, use_errno=True)\nfile = {:?}.encode()\n\
         def errno(*call):\n    c.syscall(*call)\n    return ctypes.get_errno()\n\
         print(json.dumps([errno(452, -100, file, 0o777, 0), errno(463, -100, file, 0, b'user.a', 0, 0), \
         errno(466, -100, file, 0, b'user.a'), errno(467, -100, file, 0, 0, 0), errno(469, -100, file, 0, 0, 0), (c.truncate(file, 0), ctypes.get_errno())[1]]))",
        target.display().to_string(),
    );
    let base = std::process::Command::new("python3")
        .args(["-I", "-c", "import sys; print(sys.executable); print(sys.base_prefix)"])
        .output()
        .expect("there is a Python");
    let lines = String::from_utf8(base.stdout).expect("it is text");
    let mut lines = lines.lines().map(PathBuf::from);
    let (program, prefix) = (lines.next().expect("a line"), lines.next().expect("a line"));
    let system = || {
        ["/lib", "/lib64", "/usr", "/etc"].map(PathBuf::from).into_iter().chain([prefix.clone()])
    };
    let wall = Wall {
        read: system().collect(),
        execute: system().collect(),
        required: true,
        ..Wall::default()
    };
    let args = ["-I", "-c", &code].map(str::to_owned);
    let output = wall
        .command(Path::new(env!("CARGO_BIN_EXE_llmos")), &program, &args)
        .output()
        .expect("it starts");
    let errors = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(errors.trim(), "[1, 1, 1, 1, 1, 1]", "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_to_string(&target).expect("it is there"), "kept");
}

/// Projects are linked into an environment by files that name their folders, with all that lies there.
#[test]
fn folders_that_were_added_to_the_path_are_not_read() {
    let folder = tempfile::tempdir().expect("there is room");
    let (venv, project) = (folder.path().join("venv"), folder.path().join("project"));
    std::fs::create_dir(&project).expect("there is room");
    std::fs::write(project.join("inner.py"), "x = 1").expect("there is room");
    std::fs::write(project.join(".env"), "SECRET").expect("there is room");
    let made = std::process::Command::new("python3")
        .args(["-I", "-m", "venv", "--without-pip"])
        .arg(&venv)
        .status()
        .expect("there is a Python");
    assert!(made.success());
    let found = std::fs::read_dir(venv.join("lib")).expect("it is there").next();
    let site = found.expect("it has one").expect("it can be read").path().join("site-packages");
    let path = format!("{}\n{}\n", project.display(), site.join("../../../../project").display());
    std::fs::write(site.join("project.pth"), path).expect("there is room");
    std::fs::write(site.join("outer.py"), "x = 2").expect("there is room");
    let launcher = PathBuf::from(env!("CARGO_BIN_EXE_llmos"));
    let python = Python::at(&venv.join("bin/python"), launcher).expect("it is one");
    assert!(python.left_out().contains(&project), "{:?}", python.left_out());
    let code = format!(
        "import os, sys, outer\ndef execute(inputs):\n    try:\n        import inner\n        \
         return {{'y': 'imported'}}\n    except ImportError:\n        pass\n    \
         try:\n        return {{'y': open({:?}).read()}}\n    \
         except OSError:\n        return {{'y': [outer.x, [p for p in sys.path if 'project' in p]]}}\n",
        project.join(".env").display().to_string(),
    );
    let (inputs, file) = (BTreeMap::new(), "attack.py".to_owned());
    let call = PythonCall { code, file, inputs, memory_mb: 128, timeout_ms: 5_000 };
    let answer = python.run(&call).expect("it can be started");
    let outputs = answer.outputs.clone().unwrap_or_default();
    assert_eq!(outputs.get("y"), Some(&json!([2, []])), "{answer:?}");
}

#[test]
fn a_fork_bomb_a_memory_hog_and_an_endless_loop_are_stopped() {
    let began = Instant::now();
    let bomb = call(
        "import os\ndef execute(inputs):\n    n = 0\n    for _ in range(1000):\n        try:\n            \
         os.fork(); n += 1\n        except OSError: pass\n    return {'y': n}\n",
        5_000,
    );
    assert_eq!(bomb.outputs.and_then(|outputs| outputs.get("y").cloned()), Some(Value::from(0)));
    let hog = call(
        "def execute(inputs):\n    all = []\n    while True: all.append(bytearray(1 << 20))\n",
        10_000,
    );
    assert_eq!(hog.kind.as_deref(), Some("memory"), "{hog:?}");
    for code in [
        "def execute(inputs):\n    while True: pass\n",
        "import time\ndef execute(inputs):\n    time.sleep(600)\n",
        "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    \
         except (OSError, ValueError): pass\ndef execute(inputs):\n    while True: pass\n",
    ] {
        let endless = call(code, 1_000);
        assert_eq!(endless.kind.as_deref(), Some("timeout"), "{endless:?}");
    }
    let flood = call("def execute(inputs):\n    return {'y': 'x' * (80 << 20)}\n", 10_000);
    assert!(matches!(flood.kind.as_deref(), Some("output" | "memory")), "{:?}", flood.kind);
    assert!(began.elapsed() < Duration::from_secs(180), "nothing hung");
}

#[test]
fn what_is_no_python_is_said_to_be_none() {
    let launcher = PathBuf::from(env!("CARGO_BIN_EXE_llmos"));
    let error = Python::at(Path::new("/nowhere/python3"), launcher).expect_err("it is not there");
    assert_eq!(error.to_string(), "`/nowhere/python3` is no Python 3 that answers");
}
