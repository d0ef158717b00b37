//! The real `git http-backend` behind a small server that breaks connections when it is told to.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};

/// A server that ends with the test's process.
pub(crate) struct Backend {
    port: u16,
    budget: Arc<AtomicI64>,
}

impl Backend {
    /// Serves the repositories in a folder on a port of this machine.
    pub(crate) fn start(root: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let port = listener.local_addr().expect("it has one").port();
        let budget = Arc::new(AtomicI64::new(i64::MAX));
        let (root, left) = (root.to_owned(), Arc::clone(&budget));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (root, left) = (root.clone(), Arc::clone(&left));
                thread::spawn(move || {
                    // A connection that breaks is what the test is about.
                    let _ = answer(&stream, &root, &left);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, budget }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many more bytes pass in either direction before everything breaks.
    pub(crate) fn budget(&self) -> &AtomicI64 {
        &self.budget
    }
}

fn spend(left: &AtomicI64, bytes: usize) -> io::Result<()> {
    let bytes = i64::try_from(bytes).expect("it is a piece");
    let spent = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        if left == i64::MAX { Some(left) } else { Some(left.saturating_sub(bytes)) }
    });
    match spent {
        Ok(before) if before >= bytes => Ok(()),
        _ => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Passes bytes on in small pieces, as far as the budget goes.
fn pass(from: &mut dyn Read, to: &mut dyn Write, left: &AtomicI64) -> io::Result<()> {
    let mut piece = [0; 64];
    loop {
        let n = from.read(&mut piece)?;
        if n == 0 {
            return Ok(());
        }
        spend(left, n)?;
        to.write_all(&piece[..n])?;
    }
}

/// The program itself: `git` would start it, and be all that is killed.
fn program() -> io::Result<PathBuf> {
    let asked = Command::new("git").arg("--exec-path").output()?;
    let folder = String::from_utf8(asked.stdout).map_err(io::Error::other)?;
    Ok(Path::new(folder.trim_end()).join("git-http-backend"))
}

fn answer(stream: &TcpStream, root: &Path, left: &AtomicI64) -> io::Result<()> {
    spend(left, 1)?;
    let mut from = BufReader::new(stream);
    let mut line = String::new();
    from.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut command = Command::new(program()?);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", method)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut length = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "content-type" => drop(command.env("CONTENT_TYPE", value)),
            "content-encoding" => drop(command.env("HTTP_CONTENT_ENCODING", value)),
            "git-protocol" => drop(command.env("GIT_PROTOCOL", value)),
            "transfer-encoding" => panic!("these tests send small packs"),
            _ => {}
        }
    }
    let mut child = command.env("CONTENT_LENGTH", length.to_string()).spawn()?;
    let stdin = child.stdin.take();
    let mut body = from.by_ref().take(length);
    let mut given = stdin.map_or(Ok(()), |mut stdin| pass(&mut body, &mut stdin, left));
    if given.is_ok() && body.limit() > 0 {
        given = Err(io::ErrorKind::UnexpectedEof.into());
    }
    if given.is_err() {
        // It waits for the rest of the body without a pause, and for ever.
        child.kill()?;
        child.wait()?;
        return given;
    }
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut status = "200 OK".to_owned();
    let mut headers = String::new();
    loop {
        let mut line = String::new();
        out.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => match line.strip_prefix("Status: ") {
                Some(found) => found.clone_into(&mut status),
                None => headers.push_str(&format!("{line}\r\n")),
            },
        }
    }
    let mut to = stream;
    write!(to, "HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n")?;
    let sent = pass(&mut out, &mut to, left);
    if sent.is_err() {
        child.kill()?;
    }
    child.wait()?;
    sent
}
