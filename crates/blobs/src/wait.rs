//! Waiting for what is asked of a network, where callers block.

use std::{
    io::{self, Read},
    sync::Arc,
};

use futures_util::{Stream, StreamExt};
use tokio::runtime::Runtime;

use crate::failed::{Cause, OpenError};

/// Threads on which the network is asked.
#[derive(Clone)]
pub(crate) struct Wait(Arc<Held>);

/// `None` only while it is dropped.
struct Held(Option<Runtime>);

impl Wait {
    pub(crate) fn new(name: &'static str) -> Result<Self, OpenError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(|source| OpenError::Start { source: source.into() })?;
        Ok(Self(Arc::new(Held(Some(runtime)))))
    }

    /// Waits for what was asked.
    pub(crate) fn until<T>(&self, asked: impl Future<Output = T>) -> T {
        self.0.0.as_ref().expect("because it lives as long as this").block_on(asked)
    }
}

impl Drop for Held {
    /// Whoever drops it may be on a runtime of its own, which must not wait for this one.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A body that arrives in pieces, to be read where blocking is allowed.
pub(crate) struct Body<S, B> {
    pub(crate) wait: Wait,
    pub(crate) pieces: S,
    pub(crate) rest: Option<B>,
    pub(crate) at: usize,
}

impl<S, B, E> Body<S, B>
where
    S: Stream<Item = Result<B, E>> + Unpin,
{
    pub(crate) fn new(wait: Wait, pieces: S) -> Self {
        Self { wait, pieces, rest: None, at: 0 }
    }
}

impl<S, B, E> Read for Body<S, B>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
    E: Into<Cause>,
{
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(rest) = &self.rest {
                let rest = &rest.as_ref()[self.at..];
                if !rest.is_empty() {
                    let n = into.len().min(rest.len());
                    into[..n].copy_from_slice(&rest[..n]);
                    self.at += n;
                    return Ok(n);
                }
            }
            match self.wait.until(self.pieces.next()) {
                Some(Ok(piece)) => (self.rest, self.at) = (Some(piece), 0),
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
    }
}
