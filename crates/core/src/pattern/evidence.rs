//! What was measured about a pattern: how often, by whom, when, and with what
//! success. It adds up: parts counted apart give what all counted together give.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::slug::Slug;

/// What is known of one prompt or run beside its content. What is not known is left out, never assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Who asked or ran it.
    pub user: Option<Slug>,
    /// When it began.
    pub at: Option<Timestamp>,
    /// Whether it succeeded; `None` while nobody knows.
    pub success: Option<bool>,
}

/// What was measured about the members of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many members there are.
    pub count: usize,
    /// Who did it how often. Members whose user is not known are in `count` alone.
    pub users: BTreeMap<Slug, usize>,
    /// How many succeeded.
    pub succeeded: usize,
    /// How many failed.
    pub failed: usize,
    /// When the first of them began.
    pub first_seen: Option<Timestamp>,
    /// When the last of them began.
    pub last_seen: Option<Timestamp>,
}

impl Evidence {
    /// Counts one more member.
    pub fn add(&mut self, seen: &Seen) {
        self.count += 1;
        if let Some(user) = &seen.user {
            *self.users.entry(user.clone()).or_default() += 1;
        }
        self.succeeded += usize::from(seen.success == Some(true));
        self.failed += usize::from(seen.success == Some(false));
        self.saw(seen.at, seen.at);
    }

    /// Takes in the members of another part of the same pattern.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (user, n_times) in &other.users {
            *self.users.entry(user.clone()).or_default() += n_times;
        }
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.saw(other.first_seen, other.last_seen);
    }

    /// Returns the share of successes among the members whose end is known, as measured;
    /// `None` when no end is known.
    pub fn success_rate(&self) -> Option<f64> {
        let known = self.succeeded + self.failed;
        (known > 0).then(|| self.succeeded as f64 / known as f64)
    }

    fn saw(&mut self, first: Option<Timestamp>, last: Option<Timestamp>) {
        // `None` sorts before every time.
        self.first_seen = self.first_seen.into_iter().chain(first).min();
        self.last_seen = self.last_seen.max(last);
    }
}

impl<'a> FromIterator<&'a Seen> for Evidence {
    fn from_iter<T: IntoIterator<Item = &'a Seen>>(members: T) -> Self {
        let mut evidence = Self::default();
        members.into_iter().for_each(|seen| evidence.add(seen));
        evidence
    }
}

#[cfg(test)]
mod tests;
