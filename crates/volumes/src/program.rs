//! Running `git` on the objects of a volume, and on nothing else of it.
//!
//! The program works in a repository of its own that borrows the objects: no
//! configuration, hook or attribute of the volume reaches it.

use std::{
    fs, io,
    path::Path,
    process::{Child, Command, Stdio},
};

use gix::ObjectId;
use tempfile::TempDir;

/// A repository that holds nothing but names for borrowed objects.
#[derive(Debug)]
pub(crate) struct Borrowed(TempDir);

impl Borrowed {
    /// Borrows the objects of a folder, and names those that everything else is reached from.
    pub(crate) fn new(objects: &Path, roots: &[ObjectId]) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["objects/info", "objects/pack", "refs"] {
            fs::create_dir_all(folder.path().join(name))?;
        }
        fs::write(folder.path().join("HEAD"), "ref: refs/heads/main\n")?;
        fs::write(
            folder.path().join("config"),
            "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
        )?;
        let objects = fs::canonicalize(objects)?;
        let line = objects.to_str().filter(|path| !path.contains(['\n', '"']));
        let line = line.ok_or_else(|| {
            io::Error::other(format!("`{}` is no path that Git can borrow from", objects.display()))
        })?;
        fs::write(folder.path().join("objects/info/alternates"), format!("{line}\n"))?;
        let names = roots.iter().enumerate().map(|(n, id)| format!("{id} refs/borrowed/{n}\n"));
        fs::write(
            folder.path().join("packed-refs"),
            format!("# pack-refs with: sorted \n{}", sorted(names.collect())),
        )?;
        Ok(Self(folder))
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Command {
        git(self.0.path(), arguments)
    }
}

fn sorted(mut lines: Vec<String>) -> String {
    lines.sort_by(|a, b| a.get(41..).cmp(&b.get(41..)));
    lines.concat()
}

/// Makes a command that runs `git` in a repository of this program, without anybody's settings.
pub(crate) fn git(repository: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG"]
    {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_CONFIG_COUNT", "0")
        // Nothing that is missing is fetched from anywhere.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .arg("--git-dir")
        .arg(repository)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts a command; says what to do where there is no `git`.
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    command.spawn().map_err(|err| match err.kind() {
        io::ErrorKind::NotFound => io::Error::new(err.kind(), "the program `git` is not installed"),
        _ => err,
    })
}

/// Waits for a command and returns what it said where it failed.
pub(crate) fn finish(child: Child) -> io::Result<()> {
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`git` failed: {}", said.trim())))
}
