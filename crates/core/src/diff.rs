//! What differs between two versions of a file: by line, and for skills and
//! workflows by what they mean.
//!
//! Two versions have no [`Change`] between them if and only if they mean the
//! same: the order of nodes, the layout of YAML and blank lines around sections
//! mean nothing.

mod file;
pub(crate) mod parts;
mod place;
mod skill;
pub mod text;
pub(crate) mod workflow;

use serde_json::Value;

pub use file::{FileDiff, FileKind, files};
pub use place::{Aspect, Place, Side};
pub use skill::{skills, skills_mean_the_same};
pub use workflow::{workflows, workflows_mean_the_same};

use crate::markdown::spaced;

/// The longest value that a sentence shows, in characters.
const SHORT: usize = 40;

/// One thing that differs between an old and a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub place: Place,
    /// What stood there, as people read it; `None` where there was nothing.
    pub old: Option<String>,
    /// What stands there now.
    pub new: Option<String>,
}

impl Change {
    pub(crate) fn new(place: Place, old: Option<String>, new: Option<String>) -> Self {
        Self { place, old, new }
    }

    /// Says in words what was done: lower case, no final dot.
    pub fn words(&self) -> String {
        let Self { place, old, new } = self;
        match (place, old, new) {
            (Place::Position(node), ..) => format!("moved node `{node}`"),
            (Place::Edge { from, to }, None, _) => format!("connected `{from}` to `{to}`"),
            (Place::Edge { from, to }, ..) => format!("disconnected `{from}` from `{to}`"),
            (Place::Node(_), None, Some(new)) => format!("added {place}, which {new}"),
            (_, None, Some(new)) => match short(new) {
                Some(new) if place.is_value() => format!("set {place} to {new}"),
                _ => format!("added {place}"),
            },
            (_, Some(_), None) => format!("removed {place}"),
            (_, Some(old), Some(new)) => match (short(old), short(new)) {
                (Some(old), Some(new)) if place.is_value() => {
                    format!("changed {place} from {old} to {new}")
                }
                _ => format!("changed {place}"),
            },
            (_, None, None) => format!("changed {place}"),
        }
    }
}

/// A value as a sentence shows it, where it is short enough for one.
fn short(text: &str) -> Option<String> {
    let fits = text.chars().count() <= SHORT && !text.contains(['\n', '\r', '`']);
    (fits && !text.is_empty()).then(|| format!("`{text}`"))
}

/// A value as people read it: JSON on one line, or on several where it is long.
pub(crate) fn shown(value: &Value) -> String {
    let line = spaced(value);
    if line.len() <= 2 * SHORT {
        return line;
    }
    serde_json::to_string_pretty(value).unwrap_or(line)
}

/// A field of front matter as people read it: text as it is.
pub(crate) fn shown_field(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        value => shown(value),
    }
}

#[cfg(test)]
mod tests;
