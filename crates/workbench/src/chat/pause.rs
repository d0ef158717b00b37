//! The time in which a person thinks about a question, which is no time of the message.

use std::time::Duration;

use jiff::Timestamp;

/// How long a person was waited for; questions that wait side by side count once.
#[derive(Default)]
pub(super) struct Pause {
    n_open: usize,
    since: Option<Timestamp>,
    before: Duration,
}

impl Pause {
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.n_open += 1;
        self.since.get_or_insert(now);
    }

    pub(super) fn end(&mut self, now: Timestamp) {
        self.n_open = self.n_open.saturating_sub(1);
        if self.n_open == 0 {
            self.before = self.until(now);
            self.since = None;
        }
    }

    pub(super) fn until(&self, now: Timestamp) -> Duration {
        let open = self.since.map(|since| now.duration_since(since).unsigned_abs());
        self.before + open.unwrap_or_default()
    }
}
