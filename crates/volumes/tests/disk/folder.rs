//! Volumes in a temporary folder, and the `git` program without anybody's settings.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use llmos_core::volume::VolumeId;
use llmos_volumes::GitStore;
use tempfile::TempDir;

/// An empty store that goes with its folder.
pub(crate) struct Volumes {
    store: GitStore,
    folder: TempDir,
}

/// What somebody does to Ana's volume without this program.
pub(crate) type ByHand = fn(&Volumes);

impl Deref for Volumes {
    type Target = GitStore;

    fn deref(&self) -> &GitStore {
        &self.store
    }
}

impl Volumes {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("the test can use its folder");
        Self { store: GitStore::open(folder.path().join("volumes")), folder }
    }

    /// A folder outside all volumes.
    pub(crate) fn outside(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of Ana's volume, once everything that was committed is there.
    pub(crate) fn ana(&self) -> PathBuf {
        self.store.settle();
        self.store.folder(&ana())
    }

    /// Runs `git` in Ana's volume and returns what it prints; it must succeed.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.ana(), arguments)
    }

    /// Holds Ana's volume against everything that `git` can find wrong with it.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        assert_eq!(self.git(&["diff-files"]), "", "the index knows the files");
        assert_eq!(self.git(&["status", "--porcelain"]), "");
        assert_eq!(self.git(&["fsck", "--full", "--strict", "--no-dangling"]), "");
        let git = fs::read_dir(self.ana().join(".git")).expect("the test can use its folder");
        let names: Vec<_> = git
            .map(|entry| {
                entry
                    .expect("the test can use its folder")
                    .file_name()
                    .into_string()
                    .expect("the test can use its folder")
            })
            .collect();
        let is_left = |name: &&String| name.contains("lock") || name.starts_with("llmos-lite.");
        let left = names.iter().find(is_left);
        assert_eq!(left, None, "nothing is left behind");
    }
}

pub(crate) fn ana() -> VolumeId {
    "user/ana".parse().expect("the test can use its folder")
}

/// Runs `git` in a folder and returns what it prints; it must succeed.
#[track_caller]
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = git_output(folder, arguments, &[]);
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "git {arguments:?} failed: {stdout}{stderr}");
    stdout.trim_end().to_owned()
}

/// Runs `git` with something to read.
#[track_caller]
pub(crate) fn git_output(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let file = tempfile::NamedTempFile::new().expect("the test can use its folder");
    fs::write(file.path(), input).expect("the test can use its folder");
    Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Hand", "-c", "user.email=hand@example.org"])
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "1700000500 +0000")
        .env("GIT_COMMITTER_DATE", "1700000500 +0000")
        .stdin(fs::File::open(file.path()).expect("the test can use its folder"))
        .output()
        .expect("these tests need the `git` program")
}
