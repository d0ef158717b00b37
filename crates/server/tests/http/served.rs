//! A server on a port, and the ordinary `git` program without anybody's settings.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use llmos_core::{
    branch::Volumes,
    members::{Directory, DirectoryError, Members},
};
use llmos_server::{AllowedHosts, Settings};
use llmos_volumes::GitStore;
use llmos_workbench::Workbench;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::{Client, Fixed, crons, settings};

/// Nobody keeps members.
struct Nobody;

impl Directory for Nobody {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(None)
    }
}

/// A server on a port of this machine, over volumes in a folder that goes with it.
pub(crate) struct Served {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<GitStore>,
    pub(crate) port: u16,
    pub(crate) client: Client,
    pub(crate) runtime: Runtime,
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::of(Arc::new(Nobody))
    }

    /// The same where somebody keeps members.
    pub(crate) fn of(directory: Arc<dyn Directory>) -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        let store = Arc::new(GitStore::open(folder.path().join("volumes")));
        let workbench =
            Workbench::new(Arc::clone(&store) as Arc<dyn Volumes>, Arc::new(Fixed::new()))
                .with_directory(directory)
                .with_exchange(Arc::clone(&store) as _);
        let crons = crons(Arc::new(Fixed::new()));
        let router = llmos_server::router(Settings {
            hosts: AllowedHosts::loopback_and(["box.example".to_owned()]),
            ..settings(workbench, &crons)
        });
        let any = "127.0.0.1:0".parse().expect("it is an address");
        let listening = llmos_server::listen(any).expect("there is a port");
        let port = listening.port();
        let runtime = Runtime::new().expect("it can be started");
        runtime.spawn(llmos_server::serve(listening, router.clone(), std::future::pending()));
        Self { folder, store, port, client: Client::of(router, crons), runtime }
    }

    pub(crate) fn url(&self, volume: &str) -> String {
        format!("http://localhost:{}/git/{volume}.git", self.port)
    }

    /// The folder of a volume on the server, once everything that was answered is there.
    pub(crate) fn volume(&self, volume: &str) -> PathBuf {
        self.store.settle();
        self.folder.path().join("volumes").join(volume)
    }

    pub(crate) fn post(&self, uri: &str, body: Value) -> Value {
        self.runtime.block_on(self.client.post(uri, body)).ok()
    }

    pub(crate) fn get(&self, uri: &str) -> Value {
        self.runtime.block_on(self.client.get(uri)).ok()
    }

    /// Gives Alice a volume with one skill.
    pub(crate) fn with_alice(self) -> Self {
        self.post("/skills", json!({"user_id": "alice", "name": "First", "description": "d"}));
        self
    }

    /// Clones a volume into a folder of this name.
    pub(crate) fn clone(&self, volume: &str, name: &str) -> PathBuf {
        let into = self.folder.path().join(name);
        let url = self.url(volume);
        git(self.folder.path(), &["clone", "--quiet", &url, name]);
        into
    }

    /// Nothing that a conversation needed is left.
    pub(crate) fn assert_tidy(&self) {
        let desks = self.folder.path().join("volumes/.llmos-lite-wire");
        let left = fs::read_dir(desks).map_or(0, Iterator::count);
        assert_eq!(left, 0, "desks are left");
    }
}

/// Runs `git` without anybody's settings; it must succeed.
#[track_caller]
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let (out, err) = said(&output);
    assert!(output.status.success(), "git {arguments:?}: {out}{err}");
    out
}

/// Runs `git`, which must be refused, and returns what it tells people.
#[track_caller]
pub(crate) fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let (out, err) = said(&output);
    assert!(!output.status.success(), "git {arguments:?} went through: {out}{err}");
    err
}

pub(crate) fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (text(&output.stdout), text(&output.stderr))
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"])
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .output()
        .expect("these tests need the `git` program")
}

/// Writes files, commits them and returns the commit.
pub(crate) fn commit(folder: &Path, files: &[(&str, &str)], message: &str) -> String {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("there is room");
        fs::write(path, text).expect("there is room");
    }
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "-m", message]);
    git(folder, &["rev-parse", "HEAD"])
}

#[track_caller]
pub(crate) fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}
