//! How patient to be with a server.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout};
use url::Url;

use super::{error::FetchError, reason, shown};

/// How patient to be.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a request is tried in all.
    pub tries: u32,
    /// The wait before the second try; it doubles with each further one.
    pub back_off: Duration,
    /// The longest wait that a server may ask for.
    pub longest_wait: Duration,
    /// How long a connection may take to be made, and an answer to begin.
    pub answer: Duration,
    /// The window in which at least [`Self::window_bytes`] must arrive.
    pub window: Duration,
    /// See [`Self::window`].
    pub window_bytes: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 4,
            back_off: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            answer: Duration::from_secs(20),
            window: Duration::from_secs(20),
            window_bytes: 20 << 10,
        }
    }
}

/// Watches that enough arrives in each window of time.
pub(super) struct Pace<'p> {
    patience: &'p Patience,
    from: Instant,
    arrived: u64,
    all: u64,
}

impl<'p> Pace<'p> {
    pub(super) fn new(patience: &'p Patience) -> Self {
        Self { patience, from: Instant::now(), arrived: 0, all: 0 }
    }

    /// The next piece of a body.
    pub(super) async fn next(
        &mut self,
        url: &Url,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]> + use<>>, FetchError> {
        loop {
            let spent = self.from.elapsed();
            if spent >= self.patience.window {
                if self.arrived < self.patience.window_bytes {
                    let (bytes, secs) = (self.arrived, spent.as_secs());
                    return Err(FetchError::Slow { url: shown(url), bytes, secs });
                }
                self.from = Instant::now();
                self.arrived = 0;
                continue;
            }
            match timeout(self.patience.window - spent, response.chunk()).await {
                Ok(Ok(chunk)) => {
                    let n = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
                    self.arrived += n;
                    self.all += n;
                    return Ok(chunk);
                }
                Ok(Err(error)) => {
                    let (url, reason) = (shown(url), reason(&error));
                    return Err(FetchError::BrokeOff { url, bytes: self.all, reason });
                }
                Err(_) => {}
            }
        }
    }
}
