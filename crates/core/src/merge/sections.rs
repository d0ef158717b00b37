//! Merging prose by section.

use std::collections::BTreeMap;

use super::{Picker, Three, order};
use crate::diff::{
    Place,
    parts::{CODE_MARK, Section},
};

/// Merges lists of sections.
pub(super) fn merge(picker: &mut Picker<'_>, three: Three<&[Section]>) -> Vec<Section> {
    let names = three.map(|sections| {
        sections.iter().map(|section| section.name.clone()).collect::<Vec<String>>()
    });
    let find = |sections: &'_ [Section], name: &str| -> Option<Section> {
        sections.iter().find(|section| section.name == name).cloned()
    };
    let mut found: BTreeMap<String, Option<Section>> = BTreeMap::new();
    for name in names.base.iter().chain(&names.mine).chain(&names.theirs) {
        if found.contains_key(name) {
            continue;
        }
        let versions = three.map(|sections| find(sections, name));
        let texts = versions.as_ref().map(|it| it.as_ref().map(|section| &section.text));
        let shown = |text: &String| text.replace(CODE_MARK, "…");
        let text = picker.pick(&Place::Section(name.clone()), texts, shown);
        let merged = text.map(|text| {
            let tails = versions.as_ref().map(|it| it.as_ref().map(|section| &section.tail));
            // Whoever put something behind a section gave it another tail.
            let tail = if tails.mine == tails.base { tails.theirs } else { tails.mine };
            let tail = tail.or(tails.theirs).or(tails.mine).cloned().unwrap_or_default();
            Section { name: name.clone(), text, tail }
        });
        found.insert(name.clone(), merged);
    }
    let keep = |name: &String| found.get(name).is_some_and(Option::is_some);
    let names = names.as_ref().map(|names| &**names);
    let order = order::of_names(picker, &Place::SectionOrder, names, keep);
    order.iter().filter_map(|name| found.get(name)?.clone()).collect()
}
