//! One child process as one step: its output goes to a log below
//! `target/xtask/logs`, a person sees the last line, and a failure shows the
//! end of the log with the one thing to do. It does not retry.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::{repo, say};

/// How much of a log a failure shows.
const TAIL: usize = 40;

/// A command to run as one step.
#[derive(Debug)]
pub(crate) struct Job {
    label: String,
    command: Command,
    hint: Option<String>,
    limit: Option<Duration>,
}

/// What a finished command left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    /// What the step is called.
    pub(crate) label: String,
    /// True for exit status 0.
    pub(crate) success: bool,
    /// Standard output alone.
    pub(crate) stdout: String,
    /// Both streams as they came, line by line.
    pub(crate) lines: Vec<String>,
    /// Wall time.
    pub(crate) took: Duration,
    /// Where all of it can be read again.
    pub(crate) log: PathBuf,
}

enum Line {
    Out(String),
    Err(String),
}

impl Job {
    /// A step that runs `program` from the root of the repository.
    pub(crate) fn new(label: &str, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(repo::root()).stdin(Stdio::null());
        command.env("NO_COLOR", "1").env_remove("FORCE_COLOR");
        repo::forget_outer_cargo(&mut command);
        Self { label: label.to_owned(), command, hint: None, limit: None }
    }

    /// A step that runs this workspace's own cargo.
    pub(crate) fn cargo(label: &str) -> Self {
        Self::new(label, repo::cargo())
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds an option whose value is a path.
    pub(crate) fn arg_path(mut self, option: &str, path: &Path) -> Self {
        self.command.arg(option).arg(path);
        self
    }

    /// Runs in another folder.
    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Says what to do when the step fails.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }

    /// Stops the command after this time, which counts as a failure.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs it, and fails with the end of its output unless it succeeds.
    pub(crate) fn run(self) -> Result<Finished> {
        let (label, hint) = (self.label.clone(), self.hint.clone());
        let finished = self.attempt()?;
        if finished.success {
            return Ok(finished);
        }
        say::failed(&label, format!("failed after {}", say::seconds(finished.took)));
        for line in finished.tail(TAIL) {
            say::line(&format!("    {line}"));
        }
        let log = repo::relative(&finished.log);
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        Err(anyhow!("{label} failed, all of its output is in `{log}`{hint}"))
    }

    /// Runs it, and leaves the judgement to the caller. Fails only when it
    /// cannot start.
    pub(crate) fn attempt(mut self) -> Result<Finished> {
        let program = self.command.get_program().to_string_lossy().into_owned();
        let log = log_path(&self.label)?;
        let mut file = File::create(&log)?;
        say::begin(&self.label, "…");
        let started = Instant::now();
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{program}`"))?;

        let (sender, receiver) = mpsc::channel();
        forward(child.stdout.take(), sender.clone(), Line::Out);
        forward(child.stderr.take(), sender, Line::Err);

        let mut finished = Finished {
            label: self.label.clone(),
            success: false,
            stdout: String::new(),
            lines: vec![],
            took: Duration::ZERO,
            log,
        };
        let mut in_time = true;
        for frame in 0.. {
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(line) => finished.take(line, &mut file),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            in_time = self.limit.is_none_or(|limit| started.elapsed() < limit);
            if !in_time {
                finished.take(Line::Err("stopped: it took too long".to_owned()), &mut file);
                child.kill()?;
                break;
            }
            let last = finished.lines.last().map_or("", String::as_str);
            say::tick(frame, &self.label, started.elapsed(), last);
        }
        finished.success = in_time && wait(&mut child)?;
        finished.took = started.elapsed();
        Ok(finished)
    }
}

impl Finished {
    /// The last lines of the output.
    pub(crate) fn tail(&self, n: usize) -> &[String] {
        &self.lines[self.lines.len().saturating_sub(n)..]
    }

    fn take(&mut self, line: Line, log: &mut File) {
        let text = match line {
            Line::Out(text) => {
                self.stdout.push_str(&text);
                self.stdout.push('\n');
                text
            }
            Line::Err(text) => text,
        };
        // The log is a help to people; a full disk shows elsewhere.
        let _ = writeln!(log, "{text}");
        self.lines.push(text);
    }
}

fn wait(child: &mut Child) -> Result<bool> {
    Ok(child.wait()?.success())
}

fn forward(stream: Option<impl Read + Send + 'static>, to: Sender<Line>, wrap: fn(String) -> Line) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if to.send(wrap(text)).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

fn log_path(label: &str) -> Result<PathBuf> {
    let dir = repo::target().join("xtask/logs");
    fs::create_dir_all(&dir)?;
    let name: String = label
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    Ok(dir.join(format!("{name}.log")))
}
