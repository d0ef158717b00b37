//! `llmos remote`: as an operator uses it, and what it tells nobody.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

/// A folder of volumes in which Ana has one file.
fn volumes() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    let volume = folder.path().join("volumes/users/ana");
    fs::create_dir_all(&volume).expect("there is room");
    git(&volume, &["init", "--quiet", "-b", "main"]);
    fs::write(volume.join("a.md"), "one\n").expect("there is room");
    git(&volume, &["add", "a.md"]);
    git(&volume, &["commit", "--quiet", "-m", "one"]);
    git(folder.path(), &["init", "--quiet", "--bare", "-b", "main", "there.git"]);
    folder
}

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@example.org"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("these tests need the `git` program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn llmos(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.current_dir(folder).arg("remote").args(arguments);
    for name in ["LLMOS_VOLUMES_PATH", "LLMOS_SIGNING_KEY", "LLMOS_REMOTE_TOKEN", "http_proxy"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    said(&llmos(folder, arguments).output().expect("the command can be started"))
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_remote_is_added_synced_shown_and_removed() {
    let folder = volumes();
    let at = folder.path();
    let there = at.join("there.git").display().to_string();
    let (code, _, told) = run(at, &["sync", "user/ana"]);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("error: volume `user/ana` has no remote\nhint: name one with"), "{told}");
    let (code, _, told) = run(at, &["add", "user/ana", &there]);
    assert_eq!(code, Some(0), "{told}");
    let (code, out, _) = run(at, &["status"]);
    assert_eq!(out, format!("user/ana: {there} (main)\n  never equal so far\n"));
    assert_eq!(code, Some(0));
    let (code, out, told) = run(at, &["sync"]);
    let head = git(&at.join("volumes/users/ana"), &["rev-parse", "main"]);
    assert_eq!(
        (code, out),
        (Some(0), format!("user/ana: equal at {head}, 0 in, 1 out\n")),
        "{told}"
    );
    assert_eq!(git(&at.join("there.git"), &["rev-parse", "main"]), head);
    let (code, out, _) = run(at, &["status", "--json"]);
    assert!(out.contains(&format!("\"commit\":\"{head}\"")), "{out}");
    assert_eq!(code, Some(0));
    fs::rename(at.join("there.git"), at.join("away.git")).expect("it can be moved");
    let (code, _, told) = run(at, &["sync"]);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("the remote cannot be reached: "), "{told}");
    assert_eq!(run(at, &["status"]).0, Some(1));
    assert_eq!(run(at, &["remove", "user/ana"]).0, Some(0));
    assert_eq!(run(at, &["status"]), (Some(0), String::new(), "no volume has a remote\n".into()));
}

#[test]
fn addresses_that_run_something_or_hold_a_password_are_refused() {
    let folder = volumes();
    for (url, reason) in [
        ("ext::sh -c evil", "it is no address"),
        ("https://ana:secret@example.org/x.git", "it holds a password"),
        ("http://example.org/x.git", "without encryption"),
    ] {
        let (code, _, told) = run(folder.path(), &["add", "user/ana", url]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains(reason), "{told}");
        assert!(!folder.path().join("volumes/.llmos-lite-remotes").exists());
    }
}

/// A server that lets nobody in, and remembers who asked with what.
fn closed_door() -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let port = listener.local_addr().expect("it has one").port();
    let heard = Arc::new(Mutex::new(String::new()));
    let ear = Arc::clone(&heard);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = vec![0; 16 << 10];
            let n = stream.read(&mut request).unwrap_or(0);
            let text = String::from_utf8_lossy(&request[..n]).into_owned();
            ear.lock().expect("nobody panics").push_str(&text);
            let answer = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\
                          Content-Length: 0\r\nConnection: close\r\n\r\n";
            // A client that does not listen has nothing to hear.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, heard)
}

fn all_below(folder: PathBuf) -> String {
    let mut text = String::new();
    let mut to_do = vec![folder];
    while let Some(path) = to_do.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("it can be read");
            to_do.extend(entries.map(|entry| entry.expect("it can be read").path()));
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap_or_default()));
        }
    }
    text
}

#[test]
fn a_token_goes_to_its_host_alone_and_is_told_to_nobody() {
    let (port, heard) = closed_door();
    let host = format!("127.0.0.1:{port}");
    for (token_host, goes) in [(host.as_str(), true), ("github.com", false)] {
        let folder = volumes();
        heard.lock().expect("nobody panics").clear();
        let url = format!("http://{host}/ana/x.git");
        assert_eq!(run(folder.path(), &["add", "user/ana", &url]).0, Some(0));
        let output = llmos(folder.path(), &["sync", "user/ana"])
            .env("LLMOS_REMOTE_TOKEN", "s3cret-t0ken")
            .env("LLMOS_REMOTE_TOKEN_HOST", token_host)
            .output()
            .expect("the command can be started");
        let (code, out, told) = said(&output);
        assert_eq!(code, Some(4), "{told}");
        assert!(!out.contains("s3cret") && !told.contains("s3cret"), "{out}{told}");
        assert!(!all_below(folder.path().to_owned()).contains("s3cret"), "it is written somewhere");
        // `x-access-token:s3cret-t0ken` as Basic authentication writes it.
        let sent = "eC1hY2Nlc3MtdG9rZW46czNjcmV0LXQwa2Vu";
        let heard = heard.lock().expect("nobody panics").clone();
        assert_eq!(heard.contains(sent), goes, "{heard}");
    }
}
