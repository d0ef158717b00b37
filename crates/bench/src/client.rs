//! A small HTTP/1.1 client on one connection, for measuring answers without
//! the cost of a large one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// One kept connection.
#[derive(Debug)]
pub(crate) struct Client {
    port: u16,
    reader: BufReader<TcpStream>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) n_bytes: usize,
}

impl Client {
    /// Connects to a server on this machine.
    pub(crate) fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(600)))?;
        Ok(Self { port, reader: BufReader::with_capacity(1 << 16, stream) })
    }

    /// Asks for `path` and reads the whole answer.
    pub(crate) fn get(&mut self, path: &str, accept: &str) -> Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: {accept}\r\n\r\n",
            self.port
        );
        self.reader.get_mut().write_all(request.as_bytes())?;
        let (status, length) = self.head()?;
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok(Answer { status, n_bytes: length })
    }

    /// Asks with a body or without one, and reads the JSON of the answer, which must be a good one.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, body) = self.exchange(method, path, body)?;
        if !(200..300).contains(&status) {
            bail!("`{method} {path}` answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Asks for the status of an answer alone.
    pub(crate) fn status(&mut self, method: &str, path: &str) -> Result<u16> {
        Ok(self.exchange(method, path, None)?.0)
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Vec<u8>)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        self.reader.get_mut().write_all(request.as_bytes())?;
        let (status, length) = self.head()?;
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn head(&mut self) -> Result<(u16, usize)> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("no HTTP answer: {line:?}"))?;
        let mut length = None;
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                bail!("the server hung up");
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = Some(value.trim().parse()?);
            }
        }
        Ok((status, length.context("an answer without a length")?))
    }
}

/// Asks `n` times for the same path and returns the times, shortest first.
pub(crate) fn latencies(port: u16, path: &str, accept: &str, n: usize) -> Result<Vec<Duration>> {
    let mut client = Client::connect(port)?;
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let started = Instant::now();
        let answer = client.get(path, accept)?;
        times.push(started.elapsed());
        if answer.status != 200 {
            bail!("`{path}` answered {}", answer.status);
        }
    }
    times.sort();
    Ok(times)
}

/// Asks on `n_connections` at once for this long; returns requests per second.
///
/// `ask` is told which connection it asks on, and how often that asked already.
pub(crate) fn throughput(
    port: u16,
    n_connections: usize,
    lasting: Duration,
    ask: impl Fn(&mut Client, [usize; 2]) -> Result<()> + Sync,
) -> Result<f64> {
    let started = Instant::now();
    let counts: Vec<Result<usize>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_connections)
            .map(|number| {
                let ask = &ask;
                scope.spawn(move || {
                    let mut client = Client::connect(port)?;
                    let mut n_requests = 0;
                    while started.elapsed() < lasting {
                        ask(&mut client, [number, n_requests])?;
                        n_requests += 1;
                    }
                    Ok(n_requests)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("because a client does not panic"))
            .collect()
    });
    let elapsed = started.elapsed().as_secs_f64();
    let n_requests: usize = counts.into_iter().sum::<Result<usize>>()?;
    Ok(f64::from(u32::try_from(n_requests)?) / elapsed)
}
