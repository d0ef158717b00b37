//! What a result is, apart from noise: a hash that is equal where two results
//! are, and a comparison that says where they are not. Replay, and the checks
//! that a browser and a machine without one agree, rest on these.
//!
//! Both take values as a trace writes them, with `{"$number": …}` and
//! `{"$bigint": …}` for the numbers that JSON lacks. JavaScript does not tell
//! `1` from `1.0`, so all numbers count alike: rounded to
//! [`SIGNIFICANT_DIGITS`], and `-0` is `0`. The order of an object's keys does
//! not count.

mod compare;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::key::hex;

pub use compare::{Comparison, Difference, MAX_DIFFERENCES, compare};

/// How many digits of a number count in [`result_hash`].
pub const SIGNIFICANT_DIGITS: usize = 9;

/// Returns the SHA-256 of a result in canonical form, as lower-case hex.
///
/// ```
/// use llmos_core::digest::result_hash;
/// use serde_json::json;
/// let hash = |value| result_hash(&value);
/// assert_eq!(hash(json!({"x": [1, 0.1], "y": 0})), hash(json!({"y": -0.0, "x": [1.0, 0.1000000000002]})));
/// assert_ne!(hash(json!([0.1])), hash(json!([0.10000001])));
/// ```
pub fn result_hash(value: &Value) -> String {
    let mut hash = Sha256::new();
    write(value, &mut |part| hash.update(part));
    hex(&hash.finalize())
}

/// Writes a value as JSON in the one form that equal results share.
fn write(value: &Value, out: &mut dyn FnMut(&[u8])) {
    if let Some(number) = number(value) {
        return out(canonical(number).as_bytes());
    }
    match value {
        Value::Array(items) => {
            out(b"[");
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out(b",");
                }
                write(item, out);
            }
            out(b"]");
        }
        Value::Object(map) => {
            out(b"{");
            for (i, (name, value)) in sorted(map).into_iter().enumerate() {
                if i > 0 {
                    out(b",");
                }
                out(Value::from(name.as_str()).to_string().as_bytes());
                out(b":");
                write(value, out);
            }
            out(b"}");
        }
        Value::String(text) => out(Value::from(text.as_str()).to_string().as_bytes()),
        other => out(other.to_string().as_bytes()),
    }
}

/// Reads a number in any of the forms in which a trace writes one.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Object(map) if map.len() == 1 => {
            let (name, text) = map.iter().next()?;
            match (name.as_str(), text.as_str()?) {
                ("$number", "NaN") => Some(f64::NAN),
                ("$number", "Infinity") => Some(f64::INFINITY),
                ("$number", "-Infinity") => Some(f64::NEG_INFINITY),
                ("$number", "-0") => Some(-0.0),
                ("$bigint", text) => text.parse().ok(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Writes a number so that equal ones are written alike: `1.50000000e0`.
fn canonical(number: f64) -> String {
    match number {
        // `-0.0` is matched, too.
        0.0 => "0".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        n if n.is_nan() => "NaN".to_owned(),
        n => format!("{n:.0$e}", SIGNIFICANT_DIGITS - 1),
    }
}

fn sorted(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    entries
}

#[cfg(test)]
mod tests;
