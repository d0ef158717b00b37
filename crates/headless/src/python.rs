//! Python of the system, for skills that ask for it: each call in a process of
//! its own, behind a wall that leaves it nothing but to compute.
//!
//! Where the kernel cannot build the whole wall, nothing is run.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    host::{LIBRARIES, LOADERS},
    wall::{Limits, Strength, Wall, strength},
};

/// The program inside the process.
const RUNNER: &str = include_str!("python/runner.py");

/// The longest answer that is taken.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// How often it is asked whether anybody still waits.
const LOOK_UP: Duration = Duration::from_millis(20);

/// What an interpreter with its libraries takes before a skill begins.
const OWN_MEMORY_BYTES: u64 = 512 << 20;

/// What is asked of the interpreter.
#[derive(Clone, Debug, Serialize)]
pub struct PythonCall {
    /// The code of the skill.
    pub code: String,
    /// What the code is called in messages.
    pub file: String,
    /// The inputs, as a trace writes values.
    pub inputs: BTreeMap<String, Value>,
    /// How much memory it may take.
    pub memory_mb: u64,
    /// How long it may take.
    pub timeout_ms: u64,
}

/// What a call gave.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PythonAnswer {
    /// The outputs, as a trace writes values; absent when it failed.
    pub outputs: Option<BTreeMap<String, Value>>,
    /// Which kind of failure: `exception`, `memory`, `timeout`, `output`, `crashed` or `cancelled`.
    pub kind: Option<String>,
    /// What happened.
    pub message: Option<String>,
    /// What it printed.
    pub logs: Vec<PythonLine>,
    /// How long its code ran.
    pub duration_ms: f64,
}

/// A line that a call printed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct PythonLine {
    /// When, counted from the start of the call.
    pub at_ms: f64,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// The text.
    pub text: String,
}

/// A Python on this machine, and the wall that it runs behind.
#[derive(Clone, Debug)]
pub struct Python {
    program: PathBuf,
    wall: Wall,
    launcher: PathBuf,
    /// Where modules are looked for.
    path: Vec<PathBuf>,
    left_out: Vec<PathBuf>,
}

/// What an interpreter says of itself.
#[derive(Debug, Deserialize)]
struct Layout {
    executable: PathBuf,
    base: PathBuf,
    prefix: PathBuf,
    /// Where it looks for modules.
    path: Vec<PathBuf>,
    /// The folders of packages of its own, without what was added to them.
    sites: Vec<PathBuf>,
}

/// Why Python cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// It was not found, or does not answer.
    #[error("`{}` is no Python 3 that answers", .program.display())]
    Missing {
        /// What was asked.
        program: PathBuf,
    },
    /// The system cannot wall a process in.
    #[error("this system cannot wall a process in: it has {strength}")]
    Weak {
        /// What it has.
        strength: Strength,
    },
    /// The process could not be started.
    #[error("Python does not start: {reason}")]
    NotStarted {
        /// Why.
        reason: String,
    },
}

impl PythonError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "install Python 3, or name one with `--python`",
            Self::Weak { .. } => {
                "it needs Linux 5.13 or newer with Landlock and seccomp; without them, let skills run in the browser"
            }
            Self::NotStarted { .. } => "run `llmos doctor`: it says what is missing",
        }
    }
}

impl Python {
    /// Asks a Python where it is made of what, and builds its wall. `launcher` is this program.
    pub fn at(program: &Path, launcher: PathBuf) -> Result<Self, PythonError> {
        let strength = strength();
        if !strength.is_whole() {
            return Err(PythonError::Weak { strength });
        }
        let missing = || PythonError::Missing { program: program.to_owned() };
        let ask = "import sys, json, site; assert sys.version_info >= (3, 8); \
                   print(json.dumps({'executable': sys.executable, 'base': sys.base_prefix, 'prefix': sys.prefix, \
                   'path': sys.path, 'sites': site.getsitepackages()}))";
        let output = Command::new(program).args(["-I", "-c", ask]).stdin(Stdio::null()).output();
        let output = output.ok().filter(|output| output.status.success()).ok_or_else(missing)?;
        let layout: Layout = serde_json::from_slice(&output.stdout).ok().ok_or_else(missing)?;
        let (path, left_out) = layout.split();
        let Layout { executable, base, prefix, .. } = layout;
        let real = std::fs::canonicalize(&executable).ok().ok_or_else(missing)?;
        let mut read: Vec<PathBuf> = LIBRARIES.iter().map(PathBuf::from).collect();
        // Prefixes as a whole would be `/usr`, with all that lies there.
        read.extend([base.join("lib"), prefix.join("lib"), prefix.join("pyvenv.cfg")]);
        read.extend(path.iter().cloned());
        let mut execute: Vec<PathBuf> = LOADERS.iter().map(PathBuf::from).collect();
        execute.push(real);
        execute.push(executable.clone());
        let wall = Wall { read, execute, strict: true, required: true, ..Wall::default() };
        Ok(Self { program: executable, wall, launcher, path, left_out })
    }

    /// Folders that the interpreter looks into and skills do not: projects that were linked into it,
    /// with whatever lies beside their code.
    pub fn left_out(&self) -> &[PathBuf] {
        &self.left_out
    }

    /// Runs a skill to its end, or to the end of its time.
    pub fn run(&self, call: &PythonCall) -> Result<PythonAnswer, PythonError> {
        self.run_unless(call, &AtomicBool::new(false))
    }

    /// Runs a skill as [`run`](Self::run) does, and ends it soon after `cancelled` is set.
    pub fn run_unless(
        &self,
        call: &PythonCall,
        cancelled: &AtomicBool,
    ) -> Result<PythonAnswer, PythonError> {
        let mut wall = self.wall.clone();
        wall.limits = Limits {
            cpu_secs: Some(call.timeout_ms.div_ceil(1000) + 1),
            memory_bytes: Some(OWN_MEMORY_BYTES + (call.memory_mb << 20)),
            file_bytes: Some(0),
            n_files: Some(64),
        };
        // No files of a user, no search in the current folder, no bytecode written.
        let path = serde_json::to_string(&self.path)
            .map_err(|error| PythonError::NotStarted { reason: error.to_string() })?;
        let args = ["-I", "-B", "-X", "utf8", "-c", RUNNER, &path].map(str::to_owned);
        let mut command = wall.command(&self.launcher, &self.program, &args);
        command
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let not_started = |reason: String| PythonError::NotStarted { reason };
        let child = command.spawn().map_err(|error| not_started(error.to_string()))?;
        converse(child, call, cancelled)
    }
}

impl Layout {
    /// What modules are taken from: what came with the interpreter, and its folders of packages. The
    /// rest was added by files in those, such as the folder of a project in the works.
    fn split(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let libraries = [&self.base, &self.prefix].map(|at| [at.join("lib"), at.join("lib64")]);
        let own: Vec<PathBuf> = libraries
            .iter()
            .flatten()
            .chain(&self.sites)
            .filter_map(|folder| folder.canonicalize().ok())
            .collect();
        let is_own = |entry: &&PathBuf| {
            // The archive of the library is named whether it is there or not.
            let real =
                entry.canonicalize().or_else(|error| entry.parent().ok_or(error)?.canonicalize());
            entry.is_absolute()
                && real.is_ok_and(|real| own.iter().any(|own| real.starts_with(own)))
        };
        let (kept, others): (Vec<&PathBuf>, Vec<&PathBuf>) = self.path.iter().partition(is_own);
        (kept.into_iter().cloned().collect(), others.into_iter().cloned().collect())
    }
}

/// Hands over the call, waits for the answer, and ends the process in any case.
fn converse(
    mut child: Child,
    call: &PythonCall,
    cancelled: &AtomicBool,
) -> Result<PythonAnswer, PythonError> {
    let json = serde_json::to_vec(call).expect("because the call is plain data");
    let (sender, answers) = channel();
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let writer = std::thread::spawn(move || {
        // A process that ends before it has read everything says so by itself.
        let _ = stdin.map(|mut stdin| stdin.write_all(&json));
    });
    let reader = std::thread::spawn(move || {
        let mut answer = Vec::new();
        let read = stdout.map(|from| from.take(MAX_ANSWER_BYTES + 1).read_to_end(&mut answer));
        let _ = sender.send(answer);
        read
    });
    let listener = std::thread::spawn(move || {
        let mut talk = Vec::new();
        let _ = stderr.map(|from| from.take(16 << 10).read_to_end(&mut talk));
        String::from_utf8_lossy(&talk).trim().to_owned()
    });
    // Starting is not counted against the skill.
    let patience = Duration::from_millis(call.timeout_ms) + Duration::from_secs(1);
    let answer = wait(&answers, patience, cancelled);
    let _ = child.kill();
    let status = child.wait();
    let _ = writer.join();
    let _ = reader.join();
    let talk = listener.join().unwrap_or_default();
    let failed = |kind: &str, message: String| PythonAnswer {
        kind: Some(kind.to_owned()),
        message: Some(message),
        ..PythonAnswer::default()
    };
    let timeout = || failed("timeout", format!("it took longer than {} ms", call.timeout_ms));
    Ok(match answer {
        Err(_) if cancelled.load(Ordering::Relaxed) => {
            failed("cancelled", "nobody waits for it any more".to_owned())
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => timeout(),
        Ok(answer) if answer.len() as u64 > MAX_ANSWER_BYTES => {
            failed("output", "the outputs are larger than 64 MB".to_owned())
        }
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => answer,
            Err(_) if answer.is_empty() && status.as_ref().is_ok_and(over_time) => timeout(),
            Err(_) if answer.is_empty() && status.as_ref().is_ok_and(|s| s.code() == Some(4)) => {
                // The wall refused to be built.
                return Err(PythonError::NotStarted { reason: talk });
            }
            Err(_) => {
                let last = talk.lines().last().unwrap_or("without a word").to_owned();
                failed("crashed", format!("Python ended before it gave an answer: {last}"))
            }
        },
    })
}

/// Waits for the answer until time is up or nobody wants it.
fn wait(
    answers: &Receiver<Vec<u8>>,
    patience: Duration,
    cancelled: &AtomicBool,
) -> Result<Vec<u8>, RecvTimeoutError> {
    let until = Instant::now() + patience;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match answers.recv_timeout(left.min(LOOK_UP)) {
            Err(RecvTimeoutError::Timeout)
                if !left.is_zero() && !cancelled.load(Ordering::Relaxed) => {}
            answer => return answer,
        }
    }
}

/// Says whether the kernel ended it for the processor time that it took.
fn over_time(status: &std::process::ExitStatus) -> bool {
    /// SIGXCPU on every Linux that is supported.
    const XCPU: i32 = 24;
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(status) == Some(XCPU);
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}
