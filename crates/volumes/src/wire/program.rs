//! Running the `git` program: with nobody's settings, for a limited time, and
//! never on a volume's own configuration.

use std::{
    io::{self, Read, Write},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How much of what a program complains about is kept.
const MAX_COMPLAINT: u64 = 64 << 10;

/// How much a program may answer where the answer is read whole.
const MAX_ANSWER: usize = 64 << 20;

/// What a program came to.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Prepares `git` on the repository `git_dir`, which this program made itself.
pub(super) fn git(git_dir: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .env_clear()
        .env("GIT_DIR", git_dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", git_dir.join("nothing"))
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("HOME", git_dir)
        .env("LC_ALL", "C")
        .current_dir(git_dir)
        .stdin(Stdio::null());
    // Where programs and, on Windows, the system's own files are.
    for name in ["PATH", "SYSTEMROOT", "TEMP", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// The memory, time and files that `git` may use on what a stranger sends.
#[cfg(unix)]
const LIMITS: &str = "ulimit -v 4194304; ulimit -t 600; ulimit -f 4194304; exec git \"$@\"";

/// Prepares `git` for what it unfolds before anybody can count it.
pub(super) fn limited(desk: &super::desk::Desk) -> Command {
    #[cfg(unix)]
    {
        let plain = git(desk.path());
        let mut command = Command::new("sh");
        command.args(["-c", LIMITS, "git"]).env_clear().current_dir(desk.path());
        for (name, value) in plain.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command.stdin(Stdio::null());
        command
    }
    #[cfg(not(unix))]
    git(desk.path())
}

/// Runs a program to its end and returns what it said.
pub(super) fn run(command: Command, patience: Duration) -> io::Result<Ended> {
    let mut stdout = Bounded(Vec::new());
    let (status, stderr) = pipe(command, patience, &mut stdout)?;
    Ok(Ended { status, stdout: stdout.0, stderr })
}

/// Runs a program, passing on what it answers; whoever cannot take it ends the program.
pub(super) fn pipe(
    mut command: Command,
    patience: Duration,
    out: &mut dyn Write,
) -> io::Result<(ExitStatus, String)> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let lost = || io::Error::other("the program has no output");
    let mut stdout = child.stdout.take().ok_or_else(lost)?;
    let stderr = child.stderr.take().ok_or_else(lost)?;
    let child = Mutex::new(child);
    let too_late = AtomicBool::new(false);
    thread::scope(|scope| {
        let (over, is_over) = mpsc::channel::<()>();
        let (child, too_late) = (&child, &too_late);
        scope.spawn(move || {
            if is_over.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout) {
                too_late.store(true, Ordering::Release);
                end(&mut child.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
        let complaint = scope.spawn(move || complaint(stderr));
        let copied = io::copy(&mut stdout, out);
        if copied.is_err() {
            end(&mut child.lock().unwrap_or_else(PoisonError::into_inner));
        }
        drop(stdout);
        // Its output is at an end, so it is about to be.
        let stderr = complaint.join().unwrap_or_default();
        let status = wait(child);
        drop(over);
        copied?;
        if too_late.load(Ordering::Acquire) {
            let message = format!("it took longer than {} seconds", patience.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        Ok((status?, stderr))
    })
}

/// Waits for the end without keeping the watchman from ending it.
fn wait(child: &Mutex<Child>) -> io::Result<ExitStatus> {
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()? {
            return Ok(status);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends a program together with those that it started.
fn end(child: &mut Child) {
    // One that has ended already needs no more.
    #[cfg(unix)]
    if let Ok(None) = child.try_wait() {
        let group = rustix::process::Pid::from_child(child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}

fn complaint(from: impl Read) -> String {
    let mut from = from;
    let mut bytes = Vec::new();
    // What cannot be read is no complaint; the rest is read away, so that nobody waits for it.
    let _ = from.by_ref().take(MAX_COMPLAINT).read_to_end(&mut bytes);
    let _ = io::copy(&mut from, &mut io::sink());
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_ANSWER {
            return Err(io::Error::other("it says too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 1000 & sleep 1000"]);
        let got = run(command, Duration::from_millis(50));
        assert_eq!(got.err().map(|err| err.kind()), Some(io::ErrorKind::TimedOut));
    }

    #[test]
    fn what_a_program_says_is_returned() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let got = run(command, Duration::from_secs(60)).unwrap();
        assert_eq!((got.stdout.as_slice(), got.stderr.as_str()), (b"out\n".as_slice(), "err"));
        assert_eq!(got.status.code(), Some(3));
    }
}
