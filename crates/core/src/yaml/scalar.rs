//! What a bare scalar means: the core schema of YAML 1.2.

use serde_json::{Number, Value};

/// Returns the value of a plain scalar.
///
/// Numbers without a JSON form keep a text: `.inf`, `-.inf` and `.nan` become
/// `inf`, `-inf` and `nan`.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    number(text).unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Returns the value that a scalar takes by force of `!!int` or `!!float`.
pub(super) fn number(text: &str) -> Option<Value> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let radix = |prefix, radix| {
        let digits = text.strip_prefix(prefix).filter(|digits| !digits.starts_with(['+', '-']))?;
        u64::from_str_radix(digits, radix).ok()
    };
    if let Some(n) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(n.into());
    }
    if unsigned.bytes().all(|b| b.is_ascii_digit()) {
        let text = text.trim_start_matches('+');
        let whole =
            text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
        return whole.ok().or_else(|| Some(float(text.parse().ok()?)));
    }
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(float(if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }));
        }
        ".nan" | ".NaN" | ".NAN" if unsigned == text => return Some(float(f64::NAN)),
        _ => {}
    }
    // `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let ok = mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.') && mantissa != ".";
    if ok { text.parse().ok().map(float) } else { None }
}

fn float(n: f64) -> Value {
    match Number::from_f64(n) {
        Some(n) => Value::Number(n),
        None if n.is_nan() => Value::String("nan".to_owned()),
        None => Value::String(if n > 0.0 { "inf" } else { "-inf" }.to_owned()),
    }
}
