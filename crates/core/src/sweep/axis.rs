//! The values of one swept input, and the text that names them.

use std::{fmt, str::FromStr};

use serde_json::Value;

use super::{Axis, AxisValues, MAX_RUNS, Scale};
use crate::workflow::PortRefError;

/// The most numbers that a range may have.
pub const MAX_STEPS: usize = MAX_RUNS;

/// How many digits the numbers of a range have, so that a tenth is `0.1`.
const DIGITS: usize = 12;

/// The largest whole number up to which every one is a JavaScript number.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// Why the values of an axis cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AxisError {
    /// There are none.
    #[error("there are no values")]
    Empty,
    /// There are more than anybody can run.
    #[error("{steps} steps are more than the {MAX_STEPS} that are possible")]
    TooMany {
        /// How many.
        steps: usize,
    },
    /// An end of a range is no number.
    #[error("an end of the range is not a finite number")]
    NotFinite,
    /// A range by ratios does not stay on one side of nought.
    #[error("numbers at equal ratios cannot be or cross nought")]
    CrossesNought,
    /// The text has no `=`.
    #[error("there is no `=`")]
    NoEquals,
    /// The part before the `=` names no input.
    #[error(transparent)]
    BadInput(PortRefError),
    /// The text after the `=` looks like a range and is none.
    #[error("`{text}` is no range", text = text.escape_debug())]
    BadRange {
        /// The text.
        text: String,
    },
}

impl AxisError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "give one value at least",
            Self::TooMany { .. } => "take fewer steps",
            Self::NotFinite => "give two numbers",
            Self::CrossesNought => "take a range above nought, or equal distances",
            Self::NoEquals | Self::BadInput(_) => {
                "write `node.port=from:to:steps` or `node.port=value,value`"
            }
            Self::BadRange { .. } => {
                "write `from:to:steps`, with `:log` behind it for equal ratios, or put texts in quotes"
            }
        }
    }
}

impl AxisValues {
    /// Makes the values.
    pub fn values(&self) -> Result<Vec<Value>, AxisError> {
        match self {
            Self::List(values) if values.is_empty() => Err(AxisError::Empty),
            Self::List(values) => Ok(values.clone()),
            &Self::Range { from, to, steps, scale } => range(from, to, steps, scale),
        }
    }
}

fn range(from: f64, to: f64, steps: usize, scale: Scale) -> Result<Vec<Value>, AxisError> {
    if !from.is_finite() || !to.is_finite() {
        return Err(AxisError::NotFinite);
    }
    if steps == 0 {
        return Err(AxisError::Empty);
    }
    if steps > MAX_STEPS {
        return Err(AxisError::TooMany { steps });
    }
    if scale == Scale::Log && (from == 0.0 || to == 0.0 || (from < 0.0) != (to < 0.0)) {
        return Err(AxisError::CrossesNought);
    }
    let last = steps - 1;
    let number = |i: usize| {
        #[expect(clippy::cast_precision_loss, reason = "there are few steps")]
        let (at, last) = (i as f64, last as f64);
        match scale {
            _ if at == 0.0 => from,
            _ if at == last => to,
            // Halves first: the distance of the ends may be too large for a number.
            Scale::Linear => rounded(2.0 * ((to / 2.0 - from / 2.0) * (at / last) + from / 2.0)),
            Scale::Log => rounded(from * (to / from).powf(at / last)),
        }
    };
    Ok((0..steps).map(|i| json_number(number(i))).collect())
}

/// Drops the digits that only tell how a number was computed.
fn rounded(number: f64) -> f64 {
    format!("{number:.0$e}", DIGITS - 1).parse().unwrap_or(number)
}

/// Writes a whole number without a fraction, as people do.
fn json_number(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and small enough")]
    if number.fract() == 0.0 && number.abs() < MAX_SAFE_INTEGER {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

impl FromStr for Axis {
    type Err = AxisError;

    /// Reads `node.port=from:to:steps`, the same with `:log`, a list in JSON, or values
    /// with commas between them. What is not JSON among those is a text.
    fn from_str(text: &str) -> Result<Self, AxisError> {
        let (input, values) = text.split_once('=').ok_or(AxisError::NoEquals)?;
        let input = input.trim().parse().map_err(AxisError::BadInput)?;
        Ok(Self { input, values: values.trim().parse()? })
    }
}

impl FromStr for AxisValues {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        if text.is_empty() {
            return Err(AxisError::Empty);
        }
        if let Ok(Value::Array(values)) = serde_json::from_str(text) {
            return Ok(Self::List(values));
        }
        let is_range = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
        if text.contains(':') && text.starts_with(is_range) {
            let bad = || AxisError::BadRange { text: text.chars().take(80).collect() };
            return read_range(text).ok_or_else(bad);
        }
        // JSON knows where a comma is part of a text and where it is not.
        if let Ok(Value::Array(values)) = serde_json::from_str(&format!("[{text}]")) {
            return Ok(Self::List(values));
        }
        let value = |text: &str| {
            let text = text.trim();
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        };
        Ok(Self::List(text.split(',').map(value).collect()))
    }
}

fn read_range(text: &str) -> Option<AxisValues> {
    let mut parts = text.split(':').map(str::trim);
    let from = parts.next()?.parse().ok()?;
    let to = parts.next()?.parse().ok()?;
    let steps = parts.next()?.parse().ok()?;
    let scale = match parts.next() {
        None | Some("linear") => Scale::Linear,
        Some("log") => Scale::Log,
        Some(_) => return None,
    };
    parts.next().is_none().then_some(AxisValues::Range { from, to, steps, scale })
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.input, self.values)
    }
}

impl fmt::Display for AxisValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(values) => write!(f, "{}", Value::from(values.clone())),
            Self::Range { from, to, steps, scale: Scale::Linear } => {
                write!(f, "{from}:{to}:{steps}")
            }
            Self::Range { from, to, steps, scale: Scale::Log } => {
                write!(f, "{from}:{to}:{steps}:log")
            }
        }
    }
}
