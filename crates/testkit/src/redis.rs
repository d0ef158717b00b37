//! A real `redis-server` of a test, in a folder of its own, that ends with the test.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server that writes down everything before it answers, as it does where something matters.
#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    /// Starts one that keeps its files in `folder`, and waits until it answers.
    ///
    /// # Panics
    ///
    /// Where there is no `redis-server`: `cargo xtask test` installs it.
    pub fn start(folder: &Path) -> Self {
        // Somebody else may take the port before the server does.
        (0..5)
            .find_map(|_| Self::try_start(folder))
            .expect("`redis-server` starts; `cargo xtask test` installs it")
    }

    fn try_start(folder: &Path) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = free.local_addr().ok()?.port();
        drop(free);
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`redis-server` is there; `cargo xtask test` installs it");
        // Whatever comes now, it is ended and waited for.
        let mut server = Self { child, port };
        let stdout = server.child.stdout.take()?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let ready = lines.any(|line| line.contains("Ready to accept connections"));
        ready.then_some(server)
    }

    /// Where it is, as `REDIS_URL` says it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends it at once, without a chance to write anything.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.end();
    }
}
