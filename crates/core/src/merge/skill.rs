//! Merging skills by field, port and section.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Choices, Merged, Picker, Reason, Three, order, sections};
use crate::{
    diagnostic::Severity,
    diff::{
        Place, Side,
        parts::{CODE_MARK, Parts, ports},
        shown, shown_field, skills_mean_the_same,
    },
    document::{Document, Front},
    skill::{SkillEdit, check, edit, print},
};

/// Fields that hold words in no order: what either side adds or removes stands.
const WORDS: [&str; 2] = ["tags", "keywords"];

/// Merges two texts of a skill that came from one; `None` where one has front matter that cannot be read.
///
/// What is not changed keeps every byte that it has in theirs.
pub fn skills(base: &str, mine: &str, theirs: &str, choices: &Choices) -> Option<Merged<String>> {
    if skills_mean_the_same(mine, theirs)? || skills_mean_the_same(base, mine)? {
        return Some(Merged::clean(theirs.to_owned()));
    }
    if skills_mean_the_same(base, theirs)? {
        return Some(Merged::clean(mine.to_owned()));
    }
    let texts = Three { base, mine, theirs };
    let parts =
        Three { base: Parts::of(base)?, mine: Parts::of(mine)?, theirs: Parts::of(theirs)? };
    let mut picker = Picker::new(choices);
    let merged = Parts {
        fields: fields(&mut picker, parts.as_ref().map(|parts| &parts.fields)),
        code: code(&mut picker, parts.as_ref()),
        lead: parts.theirs.lead.clone(),
        sections: sections::merge(&mut picker, parts.as_ref().map(|parts| &*parts.sections)),
    };
    if picker.conflicts.is_empty() && !has_one_place_for_code(&merged) {
        whole(&mut picker, texts, Reason::BothChanged);
    }
    let text = written(theirs, &parts.theirs, &merged);
    if picker.conflicts.is_empty() && is_worse(&text, texts) {
        whole(&mut picker, texts, Reason::Broken);
    }
    Some(Merged { value: text, conflicts: picker.conflicts })
}

/// Makes the file as a whole a conflict.
fn whole(picker: &mut Picker<'_>, texts: Three<&str>, reason: Reason) {
    picker.note(Place::File, reason, texts.map(|text| Some(text.to_owned())));
}

/// Code and the text around it were moved about: it must have one place, or be nowhere.
fn has_one_place_for_code(parts: &Parts) -> bool {
    let marks = parts.sections.iter().flat_map(|it| it.text.chars()).filter(|c| *c == CODE_MARK);
    marks.count() == usize::from(parts.code.is_some())
}

/// Says whether a text has errors though neither side has any.
fn is_worse(text: &str, texts: Three<&str>) -> bool {
    // The path gives an id where the file has none, which is the same for all.
    let is_wrong = |text: &str| {
        let found = check("skills/skill.md", text.as_bytes()).diagnostics;
        found.iter().any(|found| found.severity == Severity::Error)
    };
    is_wrong(text) && !is_wrong(texts.mine) && !is_wrong(texts.theirs)
}

/// Writes what changed into the text of theirs.
fn written(text: &str, theirs: &Parts, merged: &Parts) -> String {
    let gone = theirs.fields.keys().filter(|key| !merged.fields.contains_key(*key));
    let set = merged.fields.iter().filter(|(key, value)| theirs.fields.get(*key) != Some(value));
    let set = set.map(|(key, value)| (key.clone(), Some(value.clone())));
    let set: Vec<_> = gone.map(|key| (key.clone(), None)).chain(set).collect();
    let body =
        (theirs.sections != merged.sections || theirs.code != merged.code).then(|| merged.body());
    let changes = SkillEdit { set, body: body.clone(), code: None };
    edit(text, &changes).unwrap_or_else(|_entangled| {
        // The front matter is written in a way that cannot be changed in place.
        let document = Document::split(text);
        let body = body.unwrap_or_else(|| document.body().to_owned());
        match document.front {
            Front::Missing if merged.fields.is_empty() => body,
            _ => print(&merged.fields, &body),
        }
    })
}

fn fields(picker: &mut Picker<'_>, three: Three<&Map<String, Value>>) -> Map<String, Value> {
    let keys = three.map(|map| map.keys().cloned().collect::<Vec<_>>());
    let mut found = BTreeMap::new();
    for key in keys.base.iter().chain(&keys.mine).chain(&keys.theirs) {
        if found.contains_key(key) {
            continue;
        }
        found.insert(key.clone(), field(picker, key, three.map(|map| map.get(key))));
    }
    let keep = |key: &String| found.get(key).is_some_and(Option::is_some);
    let (order, _) = order::weave(keys.as_ref().map(|keys| &**keys), keep);
    order.into_iter().filter_map(|key| Some((key.clone(), found.get(&key)?.clone()?))).collect()
}

fn field(picker: &mut Picker<'_>, key: &str, three: Three<Option<&Value>>) -> Option<Value> {
    let Three { base, mine, theirs } = three;
    let both = mine != theirs && mine != base && theirs != base;
    if both && WORDS.contains(&key) {
        let Three { base, mine, theirs } = three.map(words);
        if let (Some(base), Some(mine), Some(theirs)) = (base, mine, theirs) {
            let merged = order::words(Three { base: &*base, mine: &*mine, theirs: &*theirs });
            return Some(Value::from(merged));
        }
    }
    let side = Side::BOTH.into_iter().find(|side| side.field() == key);
    if let (true, Some(side)) = (both, side)
        && let Some(merged) = of_ports(picker, side, three)
    {
        return Some(merged);
    }
    picker.pick(&Place::Field(key.to_owned()), three, shown_field)
}

/// Reads a list of words; a field that is not there has none.
fn words(value: Option<&Value>) -> Option<Vec<String>> {
    match value {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Some(_) => None,
    }
}

/// Merges ports by name; `None` where they have no names of their own.
fn of_ports(picker: &mut Picker<'_>, side: Side, three: Three<Option<&Value>>) -> Option<Value> {
    let Three { base, mine, theirs } = three.map(ports);
    let lists = Three { base: base?, mine: mine?, theirs: theirs? };
    let names = lists
        .as_ref()
        .map(|ports| ports.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<String>>());
    let mut found: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for name in names.base.iter().chain(&names.mine).chain(&names.theirs) {
        if found.contains_key(name) {
            continue;
        }
        let port = lists.as_ref().map(|ports| {
            ports.iter().find(|(other, _)| *other == name.as_str()).map(|(_, port)| *port)
        });
        let place = Place::Port(side, name.clone());
        found.insert(name.clone(), picker.pick(&place, port, shown));
    }
    let keep = |name: &String| found.get(name).is_some_and(Option::is_some);
    let place = Place::Field(side.field().to_owned());
    let order = order::of_names(picker, &place, names.as_ref().map(|names| &**names), keep);
    Some(order.iter().filter_map(|name| found.get(name)?.clone()).collect())
}

fn code(picker: &mut Picker<'_>, three: Three<&Parts>) -> Option<String> {
    picker.pick(&Place::Code, three.map(|parts| parts.code.as_ref()), String::clone)
}
