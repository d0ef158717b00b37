//! How well an output suits an input, beyond what types forbid.

use crate::{
    skill::Port,
    value::{PortType, can_connect},
};

/// Below this a connection would be a guess.
pub(super) const LEAST: f64 = 0.5;

/// Says how well an output suits an input, from 0 to 1; `None` where it does not fit at all.
///
/// A table is a table, but an array may be anything: there the names have to agree.
pub(super) fn fit(from: &Port, to: &Port) -> Option<f64> {
    can_connect(from.ty, to.ty).ok()?;
    let names = likeness(&from.name, &to.name);
    let types = match (from.ty, to.ty) {
        (_, PortType::Any) | (PortType::Any, _) => 0.1,
        (PortType::Table | PortType::Plot | PortType::Image | PortType::File, to)
            if to == from.ty =>
        {
            0.6
        }
        (from, to) if from == to => 0.3,
        _ => 0.1,
    };
    let described = if names < 1.0 && mentions(&to.description, &from.name) { 0.3 } else { 0.0 };
    Some((types + 0.4 * names + described).min(1.0))
}

/// How alike two names are: 1 for the same, in any number and style.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (parts(a), parts(b));
    let shared = a.iter().filter(|part| b.contains(part)).count();
    match a.len().max(b.len()) {
        0 => 0.0,
        longest => shared as f64 / longest as f64,
    }
}

/// Says whether a description names a port, as one word or as several.
fn mentions(description: &str, name: &str) -> bool {
    let words = parts(description);
    let name = parts(name);
    !name.is_empty() && name.iter().all(|part| part.len() > 2 && words.contains(part))
}

/// The words of a name in lower case, without the `s` of a plural.
fn parts(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let singular = |word: String| match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    };
    words.map(|word| singular(word.to_ascii_lowercase())).collect()
}
