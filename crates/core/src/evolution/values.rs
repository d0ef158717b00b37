//! What an input was given in the runs that succeeded, and what is learned from that.

use std::collections::BTreeMap;

use serde_json::{Number, Value, json};

use crate::value::PortType;

/// The longest JSON of a value that is kept, in bytes.
const MAX_VALUE: usize = 4096;
/// How many different values are kept; with more, none of them stands out.
const MAX_DISTINCT: usize = 32;
/// How many bytes all of them may have together.
const MAX_BYTES: usize = 16 << 10;
/// How many digits of a mean count, so that the order of adding does not show.
const MEAN_DIGITS: usize = 12;

/// Values that one input was given, counted. The order of adding does not count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// How many values there were.
    pub(super) n: u64,
    /// How many of them were too large to look at.
    pub(super) n_large: u64,
    /// How often each came up, by its JSON; `None` where there are too many different ones.
    pub(super) distinct: Distinct,
    pub(super) numbers: Numbers,
}

/// How often each value came up, unless there are too many different ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distinct(pub(super) Option<BTreeMap<String, u64>>);

impl Default for Distinct {
    fn default() -> Self {
        Self(Some(BTreeMap::new()))
    }
}

/// The sum of the values that were numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Numbers {
    pub(super) n: u64,
    pub(super) n_whole: u64,
    /// The whole numbers, exactly.
    pub(super) whole: i128,
    /// The others, and what adding them lost.
    pub(super) sum: f64,
    pub(super) lost: f64,
}

/// What is learned of one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Learned {
    /// It was the same value in each run.
    Constant(Value),
    /// It was various values, and this one is the best guess.
    Default(Value),
    /// It was various values, and none of them says anything about the next one.
    Open,
}

impl Values {
    /// Counts a value, given as JSON.
    pub(super) fn add(&mut self, json: &str) {
        self.n += 1;
        if json.len() > MAX_VALUE {
            self.n_large += 1;
            return;
        }
        self.distinct.add(json, 1);
        if json.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.numbers.add(json);
        }
    }

    /// Counts a value that is kept elsewhere, as it is large.
    pub(super) fn add_large(&mut self) {
        self.n += 1;
        self.n_large += 1;
    }

    /// Adds what others counted.
    pub(super) fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.n_large += other.n_large;
        match &other.distinct.0 {
            None => self.distinct.0 = None,
            Some(values) => values.iter().for_each(|(json, n)| self.distinct.add(json, *n)),
        }
        let numbers = &mut self.numbers;
        numbers.n += other.numbers.n;
        numbers.n_whole += other.numbers.n_whole;
        numbers.whole = numbers.whole.saturating_add(other.numbers.whole);
        numbers.add_float(other.numbers.sum);
        numbers.add_float(other.numbers.lost);
    }

    /// Says how many values there were.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Learns from the values of `n_runs` runs that succeeded what an input of this type should be.
    ///
    /// Numbers give their mean, in the type of the input: an integer stays one. Texts and truth values give the
    /// most frequent; of equally frequent ones the first by its JSON. Lists and objects give one only where it is
    /// more frequent than all others together.
    pub fn learned(&self, ty: PortType, n_runs: u64) -> Learned {
        if self.n_large > 0 || self.n == 0 {
            return Learned::Open;
        }
        let frequent = self.distinct.most_frequent();
        if let Some((value, n)) = &frequent
            && *n == n_runs
        {
            return Learned::Constant(value.clone());
        }
        if self.numbers.n == self.n {
            return self.numbers.mean(ty).map_or(Learned::Open, Learned::Default);
        }
        match frequent {
            Some((value, _)) if value.is_string() || value.is_boolean() => Learned::Default(value),
            Some((value, n)) if n * 2 > self.n => Learned::Default(value),
            _ => Learned::Open,
        }
    }
}

impl Distinct {
    fn add(&mut self, json: &str, n: u64) {
        let Some(values) = &mut self.0 else { return };
        if let Some(known) = values.get_mut(json) {
            *known += n;
            return;
        }
        values.insert(json.to_owned(), n);
        let n_bytes: usize = values.keys().map(String::len).sum();
        if values.len() > MAX_DISTINCT || n_bytes > MAX_BYTES {
            self.0 = None;
        }
    }

    fn most_frequent(&self) -> Option<(Value, u64)> {
        let values = self.0.as_ref()?.iter();
        let (json, n) = values.rev().max_by_key(|(_, n)| **n)?;
        Some((serde_json::from_str(json).ok()?, *n))
    }
}

impl Numbers {
    fn add(&mut self, json: &str) {
        let Ok(number) = json.parse::<f64>() else { return };
        if !number.is_finite() {
            return;
        }
        self.n += 1;
        match json.parse::<i64>() {
            Ok(whole) => self.add_whole(i128::from(whole)),
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
            Err(_) if number.fract() == 0.0 && number.abs() < 9e15 => {
                self.add_whole(number as i128);
            }
            Err(_) => self.add_float(number),
        }
    }

    fn add_whole(&mut self, whole: i128) {
        self.n_whole += 1;
        self.whole = self.whole.saturating_add(whole);
    }

    /// Adds and keeps what the sum could not hold.
    fn add_float(&mut self, number: f64) {
        let sum = self.sum + number;
        self.lost += if self.sum.abs() >= number.abs() {
            (self.sum - sum) + number
        } else {
            (number - sum) + self.sum
        };
        self.sum = sum;
    }

    fn mean(&self, ty: PortType) -> Option<Value> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a mean of so many numbers has no more digits"
        )]
        let mean = {
            let whole = self.whole as f64;
            (whole + self.sum + self.lost) / self.n as f64
        };
        let rounds = ty == PortType::Integer || (ty != PortType::Number && self.n_whole == self.n);
        let mean = if rounds { mean.round() } else { rounded(mean) };
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        if mean.fract() == 0.0 && mean.abs() < 9e15 {
            return Some(json!(mean as i64));
        }
        Number::from_f64(mean).map(Value::Number)
    }
}

/// Rounds to the digits that count.
fn rounded(number: f64) -> f64 {
    format!("{number:.0$e}", MEAN_DIGITS - 1).parse().unwrap_or(number)
}
