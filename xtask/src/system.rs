//! What the machine has, and how to get what it lacks: Debian packages where
//! there is `apt-get`, a clear sentence elsewhere.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::job::Job;
use crate::{repo, say};

/// Finds a program in `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Says whether a shared library is where this machine keeps them.
pub(crate) fn has_library(name: &str) -> bool {
    let arch = std::env::consts::ARCH;
    let places =
        [format!("/usr/lib/{arch}-linux-gnu"), "/usr/lib64".to_owned(), "/usr/lib".to_owned()];
    places.iter().any(|folder| PathBuf::from(folder).join(name).exists())
}

/// Runs a short command and returns its trimmed stdout, or `None` when it is
/// missing or fails.
pub(crate) fn ask(program: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    repo::forget_outer_cargo(&mut command);
    let output = command.args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The first `major.minor.patch` in a text such as `rustc 1.96.0 (…)`.
pub(crate) fn version(text: &str) -> Option<(u32, u32, u32)> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let mut parts = word.split('.').map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)))
    })
}

/// Installs Debian packages, with `sudo` for anyone but root.
pub(crate) fn apt_install(label: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!("install these by hand: {}", packages.join(" "));
    if which("apt-get").is_none() {
        bail!("this machine has no `apt-get`; {by_hand}");
    }
    let sudo = ask("id", &["-u"]).is_none_or(|id| id != "0");
    if sudo && which("sudo").is_none() {
        bail!("packages are missing, and you are neither root nor is there `sudo`; {by_hand}");
    }
    let apt = |args: &[&str]| {
        let words = if sudo { vec!["-n", "apt-get"] } else { vec![] };
        Job::new(label, if sudo { "sudo" } else { "apt-get" })
            .args(words)
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .limit(Duration::from_secs(900))
            .hint(&by_hand)
    };
    // An old list may do: only the installation itself decides.
    let updated = apt(&["update", "-q"]).attempt().context("cannot start apt-get")?;
    if !updated.success {
        say::note(label, "`apt-get update` failed, trying with the lists that are here");
    }
    let done = apt(&["install", "-y", "-q", "--no-install-recommends"]).args(packages).run()?;
    say::done(label, packages.join(", "), Some(done.took));
    Ok(())
}

#[cfg(test)]
mod tests;
