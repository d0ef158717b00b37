//! What one message may take: asked for by one person, shared by the model and
//! all of its subagents, and never more than this.

use std::time::Duration;

use super::tool::Asker;
use crate::model::Usage;

/// A token is about this many bytes; for providers that count nothing.
const BYTES_PER_TOKEN: u64 = 4;

/// Amounts of what a message takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Requests to the model.
    pub rounds: u32,
    /// Calls of tools.
    pub calls: u32,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Seconds from the message on.
    pub seconds: u64,
}

impl Amounts {
    /// The most that a message may take.
    pub const MOST: Self = Self { rounds: 24, calls: 40, tokens: 300_000, seconds: 300 };
}

/// What is left for one message.
#[derive(Clone, Debug)]
pub struct Budget {
    most: Amounts,
    spent: Amounts,
    usage: Usage,
    is_counted: bool,
    n_named: u32,
    over: Option<Over>,
}

/// Which part of a budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// Requests to the model.
    Rounds,
    /// Calls of tools.
    Calls,
    /// Tokens.
    Tokens,
    /// Time.
    Seconds,
}

impl Budget {
    /// Begins with nothing spent.
    pub fn new(most: Amounts) -> Self {
        let (spent, usage) = (Amounts::default(), Usage::default());
        Self { most, spent, usage, is_counted: false, n_named: 0, over: None }
    }

    /// The most that may be spent.
    pub fn most(&self) -> Amounts {
        self.most
    }

    /// What is spent.
    pub fn spent(&self) -> Amounts {
        self.spent
    }

    /// What the provider counted, all rounds together; `None` where it counted nothing.
    pub fn usage(&self) -> Option<Usage> {
        self.is_counted.then_some(self.usage)
    }

    /// What ended it, if something did.
    pub fn over(&self) -> Option<Over> {
        self.over
    }

    /// Takes over how long the message takes by now.
    pub fn at(&mut self, elapsed: Duration) {
        self.spent.seconds = self.spent.seconds.max(elapsed.as_secs());
    }

    /// Says whether there is time and room to go on.
    pub fn check(&mut self) -> Result<(), Over> {
        if self.spent.seconds >= self.most.seconds {
            return Err(self.end(Over::Seconds));
        }
        if self.spent.tokens >= self.most.tokens {
            return Err(self.end(Over::Tokens));
        }
        Ok(())
    }

    /// Takes one request to the model. Subagents leave the last one to whoever they work for.
    pub fn round(&mut self, asker: Asker) -> Result<(), Over> {
        self.check()?;
        if self.rounds_left(asker) == 0 {
            return Err(match asker {
                Asker::Chief => self.end(Over::Rounds),
                Asker::Subagent => Over::Rounds,
            });
        }
        self.spent.rounds += 1;
        Ok(())
    }

    /// Takes one call.
    pub(super) fn call(&mut self) -> Result<(), Over> {
        self.check()?;
        if self.spent.calls >= self.most.calls {
            return Err(Over::Calls);
        }
        self.spent.calls += 1;
        Ok(())
    }

    /// Gives a call a number that no other one of the message has.
    pub(super) fn name(&mut self) -> u32 {
        self.n_named += 1;
        self.n_named
    }

    /// Returns how many more requests somebody may make.
    pub(super) fn rounds_left(&self, asker: Asker) -> u32 {
        let kept = match asker {
            Asker::Chief => 0,
            Asker::Subagent => 1,
        };
        self.most.rounds.saturating_sub(self.spent.rounds).saturating_sub(kept)
    }

    /// Returns how much time is left.
    pub fn time_left(&self) -> Duration {
        Duration::from_secs(self.most.seconds.saturating_sub(self.spent.seconds))
    }

    /// Takes what a round took, as the provider counts.
    pub(super) fn take(&mut self, usage: Usage) {
        self.is_counted = true;
        self.usage += usage;
        let tokens = usage.read().saturating_add(usage.output);
        self.spent.tokens = self.spent.tokens.saturating_add(tokens);
    }

    /// Takes what a round took, where nobody counted.
    pub(super) fn guess(&mut self, bytes: usize) {
        let tokens = u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES_PER_TOKEN;
        self.spent.tokens = self.spent.tokens.saturating_add(tokens);
    }

    /// Remembers what ended it; the first one counts.
    pub(super) fn end(&mut self, over: Over) -> Over {
        *self.over.get_or_insert(over)
    }
}

impl Over {
    /// Says it for people and models alike.
    pub fn sentence(self, most: Amounts) -> String {
        let what = match self {
            Self::Rounds => format!("{} requests to the model", most.rounds),
            Self::Calls => format!("{} calls of tools", most.calls),
            Self::Tokens => format!("{} tokens", most.tokens),
            Self::Seconds => format!("{} seconds", most.seconds),
        };
        format!("the budget of this message is used up: {what}")
    }
}
