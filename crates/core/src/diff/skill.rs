//! Skills by field: ports, code and sections apart.

use serde_json::{Map, Value};

use super::{
    Change, Place, Side,
    parts::{Parts, ports},
    shown, shown_field,
};

/// Compares two texts of a skill; `None` where one has front matter that cannot be read.
pub fn skills(old: &str, new: &str) -> Option<Vec<Change>> {
    Some(parts(&Parts::of(old)?, &Parts::of(new)?))
}

/// Says whether two texts of a skill mean the same: fields, code and sections in their order.
///
/// `None` where one has front matter that cannot be read.
pub fn skills_mean_the_same(old: &str, new: &str) -> Option<bool> {
    let (old, new) = (Parts::of(old)?, Parts::of(new)?);
    let texts = |parts: &Parts| -> Vec<(String, String)> {
        parts.sections.iter().map(|it| (it.name.clone(), it.text.clone())).collect()
    };
    Some(old.fields == new.fields && old.code == new.code && texts(&old) == texts(&new))
}

pub(crate) fn parts(old: &Parts, new: &Parts) -> Vec<Change> {
    let mut found = fields(&old.fields, &new.fields);
    if old.code != new.code {
        found.push(Change::new(Place::Code, old.code.clone(), new.code.clone()));
    }
    let names = |parts: &Parts| -> Vec<String> {
        parts.sections.iter().map(|section| section.name.clone()).collect()
    };
    let (old_names, new_names) = (names(old), names(new));
    let text = |parts: &Parts, name: &str| parts.section(name).map(|it| it.text.clone());
    for name in together(&old_names, &new_names) {
        let (old, new) = (text(old, name), text(new, name));
        if old != new {
            found.push(Change::new(Place::Section(name.clone()), old, new));
        }
    }
    let (old_order, new_order) = (only(&old_names, &new_names), only(&new_names, &old_names));
    if old_order != new_order {
        let line = |names: &[&String]| {
            Some(names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "))
        };
        found.push(Change::new(Place::SectionOrder, line(&old_order), line(&new_order)));
    }
    found
}

fn fields(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Change> {
    let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
    let mut found = Vec::new();
    for key in together(&keys(old), &keys(new)) {
        let (old, new) = (old.get(key), new.get(key));
        if old == new {
            continue;
        }
        let side = Side::BOTH.into_iter().find(|side| side.field() == key);
        match side.and_then(|side| of_ports(side, old, new)) {
            Some(changes) => found.extend(changes),
            None => {
                let place = Place::Field(key.clone());
                found.push(Change::new(place, old.map(shown_field), new.map(shown_field)));
            }
        }
    }
    found
}

/// Compares ports by name; `None` where that tells nothing, or they have no names.
fn of_ports(side: Side, old: Option<&Value>, new: Option<&Value>) -> Option<Vec<Change>> {
    let (old, new) = (ports(old)?, ports(new)?);
    let names = |ports: &[(&str, &Value)]| -> Vec<String> {
        ports.iter().map(|(name, _)| (*name).to_owned()).collect()
    };
    let port = |ports: &[(&str, &Value)], name: &str| {
        ports.iter().find(|(other, _)| *other == name).map(|(_, port)| shown(port))
    };
    let (old_names, new_names) = (names(&old), names(&new));
    let mut found = Vec::new();
    for name in together(&old_names, &new_names) {
        let (old, new) = (port(&old, name), port(&new, name));
        if old != new {
            found.push(Change::new(Place::Port(side, name.clone()), old, new));
        }
    }
    (!found.is_empty() && only(&old_names, &new_names) == only(&new_names, &old_names))
        .then_some(found)
}

/// The names of both lists: those of the new one, then what only the old one has.
fn together<'a>(old: &'a [String], new: &'a [String]) -> Vec<&'a String> {
    let gone = old.iter().filter(|name| !new.contains(name));
    new.iter().chain(gone).collect()
}

/// Those names of a list that the other one has too.
fn only<'a>(names: &'a [String], other: &[String]) -> Vec<&'a String> {
    names.iter().filter(|name| other.contains(name)).collect()
}
