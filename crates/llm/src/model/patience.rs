//! How long a service may take, and how often it is asked again.

use std::time::Duration;

use llmos_core::model::ModelError;

/// How long a service may take, and how often it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until it is connected.
    pub connect: Duration,
    /// From the request to the first byte of the answer: a local model may have to be loaded.
    pub first_byte: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// How often it is tried in all.
    pub tries: u32,
    /// The first pause between two tries; each later one is twice as long.
    pub back_off: Duration,
    /// Who asks for a longer pause is not waited for.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(300),
            idle: Duration::from_secs(120),
            tries: 4,
            back_off: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// The tries of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    patience: Patience,
    made: u32,
}

impl Tries {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, made: 1 }
    }

    /// Counts a failure: how long to wait before the next try, and which one that is.
    ///
    /// `None` where trying again makes no sense.
    pub(crate) fn next(&mut self, error: &ModelError) -> Option<(Duration, u32)> {
        let most = match error {
            // Who cannot be reached now seldom can a second later.
            ModelError::Unreachable { .. } => self.patience.tries.min(2),
            ModelError::Busy { .. } | ModelError::Failed { .. } | ModelError::BrokeOff { .. } => {
                self.patience.tries
            }
            _ => 1,
        };
        if self.made >= most {
            return None;
        }
        let asked = match error {
            ModelError::Busy { after, .. } => after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        if asked > self.patience.longest_wait {
            return None;
        }
        let own = self.patience.back_off.saturating_mul(1 << (self.made - 1).min(16));
        self.made += 1;
        Some((own.max(asked), self.made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(after: Option<u64>) -> ModelError {
        ModelError::Busy {
            provider: "x".to_owned(),
            reason: "rate".to_owned(),
            after: after.map(Duration::from_secs),
        }
    }

    #[test]
    fn pauses_double_and_never_undercut_what_the_service_asks_for() {
        let mut tries = Tries::new(Patience::default());
        let ms = |wait: Option<(Duration, u32)>| wait.map(|(wait, n)| (wait.as_millis(), n));
        assert_eq!(ms(tries.next(&busy(None))), Some((500, 2)));
        assert_eq!(ms(tries.next(&busy(Some(7)))), Some((7000, 3)));
        assert_eq!(ms(tries.next(&busy(None))), Some((2000, 4)));
        assert_eq!(ms(tries.next(&busy(None))), None);
    }

    #[test]
    fn some_failures_are_not_tried_again() {
        let text = || "x".to_owned();
        let hopeless = [
            ModelError::BadKey { provider: text(), reason: text() },
            ModelError::Refused { provider: text(), status: 400, reason: text() },
            ModelError::Garbled { provider: text(), reason: text() },
            busy(Some(3600)),
        ];
        for error in hopeless {
            assert_eq!(Tries::new(Patience::default()).next(&error), None, "{error}");
        }
    }
}
