//! What an answer took.

use std::ops::AddAssign;

/// Tokens as the provider counts them. All are apart: none is part of another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Read as they are.
    pub input: u64,
    /// Read from what the provider kept of an earlier request.
    pub cache_read: u64,
    /// Read and kept for a later request.
    pub cache_write: u64,
    /// Written.
    pub output: u64,
    /// What the provider itself says it costs, in US dollars.
    pub stated_usd: Option<f64>,
}

/// What an answer costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    /// In US dollars, as the provider says.
    Stated(f64),
    /// In US dollars, by the list of prices.
    Listed(f64),
    /// The model is not in the list of prices.
    Unknown,
}

impl Cost {
    /// Returns the amount in US dollars, where it is known.
    pub fn usd(self) -> Option<f64> {
        match self {
            Self::Stated(usd) | Self::Listed(usd) => Some(usd),
            Self::Unknown => None,
        }
    }
}

impl Usage {
    /// Returns everything that was read.
    pub fn read(&self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input = self.input.saturating_add(other.input);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.output = self.output.saturating_add(other.output);
        self.stated_usd = match (self.stated_usd, other.stated_usd) {
            (None, None) => None,
            (one, two) => Some(one.unwrap_or_default() + two.unwrap_or_default()),
        };
    }
}
