//! A server that is measured: started, asked, and stopped.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::client::Client;

/// A server that is stopped when it goes out of scope.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) port: u16,
    /// How long it took from its start until it answered.
    pub(crate) ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped by itself; there is nothing to do about either.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts `llmos serve` on a folder of volumes, and waits until it answers.
    pub(crate) fn start(program: &Path, volumes: &Path) -> Result<Self> {
        Self::start_with(program, volumes, &[])
    }

    /// The same, with settings in its environment.
    pub(crate) fn start_with(program: &Path, volumes: &Path, env: &[(&str, &str)]) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let started = Instant::now();
        let process = Command::new(program)
            .args(["serve", "--port", &port.to_string(), "--volumes"])
            .arg(volumes)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start `{}`", program.display()))?;
        let mut server = Self { process, port, ready: Duration::ZERO };
        loop {
            let answer =
                Client::connect(port).and_then(|mut it| it.get("/health", "application/json"));
            if answer.is_ok() {
                server.ready = started.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.process.try_wait()? {
                bail!("the server stopped with {status}");
            }
            ensure!(started.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it as its owner would, and waits until everything it has to do is done.
    pub(crate) fn stop(mut self) -> Result<()> {
        let told = Command::new("kill").arg(self.process.id().to_string()).status()?;
        ensure!(told.success(), "the server cannot be told to stop");
        let status = self.process.wait()?;
        ensure!(status.success(), "the server stopped with {status}");
        Ok(())
    }

    /// The memory that it holds now, and the most it ever held, in MB.
    pub(crate) fn memory_mb(&self) -> Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let field = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            Ok(kib.with_context(|| format!("`{name}` is not told"))? / 1024.0)
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// How many files it has open.
    pub(crate) fn n_files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.process.id()))?.count())
    }
}
