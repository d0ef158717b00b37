//! What a person sees while a task runs: one line per step on stderr, and data
//! on stdout. It does not decide what happens next.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::time::Duration;

/// Width of the label column.
const LABEL: usize = 22;

/// Prints data on stdout. A reader that went away is no error.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Prints one line of talk on stderr.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints a finished step.
pub(crate) fn done(label: &str, detail: impl Display, took: Option<Duration>) {
    let took = took.map(|took| format!("  {}", paint("2", &seconds(took)))).unwrap_or_default();
    clear();
    line(&format!("{} {label:<LABEL$} {detail}{took}", paint("32", "✓")));
}

/// Prints a failed step; the reason follows elsewhere.
pub(crate) fn failed(label: &str, detail: impl Display) {
    clear();
    line(&format!("{} {label:<LABEL$} {detail}", paint("31", "✗")));
}

/// Prints something worth knowing that stops nothing.
pub(crate) fn note(label: &str, detail: impl Display) {
    clear();
    line(&format!("{} {label:<LABEL$} {detail}", paint("33", "!")));
}

/// Prints the start of a step where no line can be redrawn.
pub(crate) fn begin(label: &str, detail: &str) {
    if !is_terminal() {
        line(&format!("· {label:<LABEL$} {detail}"));
    }
}

/// Redraws the line of the running step, on a terminal only.
pub(crate) fn tick(frame: usize, label: &str, elapsed: Duration, last: &str) {
    if !is_terminal() {
        return;
    }
    const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    let spin = FRAMES[frame % FRAMES.len()];
    let room = 100_usize.saturating_sub(LABEL + 12);
    let last: String = last.trim().chars().filter(|c| !c.is_control()).take(room).collect();
    let mut stderr = io::stderr().lock();
    let _ = write!(
        stderr,
        "\r\x1b[2K{} {label:<LABEL$} {:>5}  {}",
        paint("36", spin),
        seconds(elapsed),
        paint("2", &last)
    );
    let _ = stderr.flush();
}

/// Prints an error and its causes; the text itself names the one thing to do.
pub(crate) fn error(error: &anyhow::Error) {
    clear();
    line(&format!("{} {error:#}", paint("1;31", "error:")));
}

/// `1.2 s`, or `2 min 5 s` from a minute on.
pub(crate) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(60) {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

/// `954 KB`, in thousands as the web counts.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => format!("{:.1} MB", f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1e3),
    }
}

/// True where stderr is a terminal that can redraw a line.
pub(crate) fn is_terminal() -> bool {
    static TERMINAL: OnceLock<bool> = OnceLock::new();
    *TERMINAL.get_or_init(|| {
        io::stderr().is_terminal() && std::env::var_os("CI").is_none_or(|ci| ci.is_empty())
    })
}

fn paint(code: &str, text: &str) -> String {
    let plain = !is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    if plain { text.to_owned() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

fn clear() {
    if is_terminal() {
        let _ = write!(io::stderr().lock(), "\r\x1b[2K");
    }
}
