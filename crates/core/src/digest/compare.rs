//! Where two results differ.

use std::{collections::BTreeSet, fmt::Write};

use serde_json::Value;

use super::number;

/// The most differences that a [`Comparison`] lists.
pub const MAX_DIFFERENCES: usize = 100;

/// How long a value that is shown may be, in bytes.
const MAX_SHOWN_BYTES: usize = 200;

/// What [`compare`] found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// How many places differ.
    pub n_differences: usize,
    /// The first of them, in the order of the first result; at most [`MAX_DIFFERENCES`].
    pub differences: Vec<Difference>,
}

/// One place in which two results differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The place: `$` is the result itself, `$.series[0].y[3]` a part of it.
    pub path: String,
    /// What the first result has there; `None` where it has nothing. Long values are described.
    pub a: Option<Value>,
    /// What the second result has there.
    pub b: Option<Value>,
}

impl Comparison {
    /// Says whether the two results are the same.
    pub fn is_equal(&self) -> bool {
        self.n_differences == 0
    }
}

/// Compares two results.
///
/// Two numbers are equal when they differ by no more than `tolerance` times the
/// larger of the two; inside a list of numbers, times the largest of the list,
/// so that the noise where a curve crosses nought is no difference.
///
/// ```
/// use llmos_core::digest::compare;
/// use serde_json::json;
/// let found = compare(&json!({"y": [1, 2, 3]}), &json!({"y": [1, 2.5, 3]}), 1e-9);
/// assert_eq!(found.differences[0].path, "$.y[1]");
/// assert!(compare(&json!([1.0, 1e-17]), &json!([1.0, 0.0]), 1e-9).is_equal());
/// ```
pub fn compare(a: &Value, b: &Value, tolerance: f64) -> Comparison {
    let mut search = Search { tolerance, path: "$".to_owned(), found: Comparison::default() };
    search.values(a, b, 0.0);
    search.found
}

struct Search {
    tolerance: f64,
    /// Where the search is.
    path: String,
    found: Comparison,
}

impl Search {
    /// Compares what stands at one place; `scale` is the largest number beside it.
    fn values(&mut self, a: &Value, b: &Value, scale: f64) {
        if let (Some(a_number), Some(b_number)) = (number(a), number(b)) {
            if !self.close(a_number, b_number, scale) {
                self.differ(Some(a), Some(b));
            }
            return;
        }
        match (a, b) {
            (Value::Array(a), Value::Array(b)) => self.lists(a, b),
            (Value::Object(a), Value::Object(b)) => {
                let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for name in names {
                    self.at(&member(name), |search| match (a.get(name), b.get(name)) {
                        (Some(a), Some(b)) => search.values(a, b, 0.0),
                        (a, b) => search.differ(a, b),
                    });
                }
            }
            (a, b) if a == b => {}
            (a, b) => self.differ(Some(a), Some(b)),
        }
    }

    fn lists(&mut self, a: &[Value], b: &[Value]) {
        let numbers = a.iter().chain(b).filter_map(number).filter(|number| number.is_finite());
        let scale = numbers.fold(0.0, |scale: f64, number| scale.max(number.abs()));
        for i in 0..a.len().max(b.len()) {
            // Writing each place of a long list takes longer than comparing it.
            if let (Some(Value::Number(a)), Some(Value::Number(b))) = (a.get(i), b.get(i))
                && let (Some(a), Some(b)) = (a.as_f64(), b.as_f64())
                && self.close(a, b, scale)
            {
                continue;
            }
            self.at(&format!("[{i}]"), |search| match (a.get(i), b.get(i)) {
                (Some(a), Some(b)) => search.values(a, b, scale),
                (a, b) => search.differ(a, b),
            });
        }
    }

    fn close(&self, a: f64, b: f64, scale: f64) -> bool {
        if a == b || (a.is_nan() && b.is_nan()) {
            return true;
        }
        let scale = scale.max(a.abs()).max(b.abs());
        scale.is_finite() && (a - b).abs() <= self.tolerance * scale
    }

    fn at(&mut self, step: &str, look: impl FnOnce(&mut Self)) {
        let len = self.path.len();
        self.path.push_str(step);
        look(self);
        self.path.truncate(len);
    }

    fn differ(&mut self, a: Option<&Value>, b: Option<&Value>) {
        self.found.n_differences += 1;
        if self.found.differences.len() < MAX_DIFFERENCES {
            let (a, b) = (a.map(shown), b.map(shown));
            self.found.differences.push(Difference { path: self.path.clone(), a, b });
        }
    }
}

/// Writes the step to a member of an object.
fn member(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut step = String::new();
    // Writing to a text does not fail.
    let _ = if !name.is_empty() && name.chars().all(plain) {
        write!(step, ".{name}")
    } else {
        write!(step, "[{}]", Value::from(name))
    };
    step
}

/// Describes a value that is too long to be shown.
fn shown(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() > 8 => format!("a list of {} items", items.len()).into(),
        Value::Object(map) if map.len() > 8 => format!("an object of {} fields", map.len()).into(),
        value => {
            let text = value.to_string();
            match text.len() {
                0..=MAX_SHOWN_BYTES => value.clone(),
                len => {
                    format!("{}… ({len} bytes)", text.chars().take(60).collect::<String>()).into()
                }
            }
        }
    }
}
