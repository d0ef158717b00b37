//! Merging a file of a volume as what its path says it is.

use super::{Choices, Merged, Picker, Reason, Take, Three, lines, skill, workflow};
use crate::{
    diff::{FileKind, Place},
    document,
    volume::VolumePath,
    workflow::{Workflow, parse, print},
};

/// The longest part of a file that a conflict shows, in bytes.
const MAX_SHOWN: usize = 64 << 10;

/// Merges two versions of a file that came from one; `None` stands for a version without it.
pub fn files(
    path: &VolumePath,
    base: Option<&[u8]>,
    mine: Option<&[u8]>,
    theirs: Option<&[u8]>,
    choices: &Choices,
) -> Merged<Option<Vec<u8>>> {
    let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
    if mine == theirs || theirs == base {
        return Merged::clean(owned(mine));
    }
    if mine == base {
        return Merged::clean(owned(theirs));
    }
    match choices.get(&Place::File.key()) {
        Some(Take::Mine) => return Merged::clean(owned(mine)),
        Some(Take::Theirs) => return Merged::clean(owned(theirs)),
        Some(Take::Both) | None => {}
    }
    let whole = || {
        let reason = match (base, mine.zip(theirs)) {
            (_, None) => Reason::Removed,
            (None, _) => Reason::BothAdded,
            _ => Reason::BothChanged,
        };
        let mut picker = Picker::new(choices);
        let three = Three { base, mine, theirs };
        picker.note(Place::File, reason, three.map(|bytes| bytes.map(shown)));
        Merged { value: owned(theirs), conflicts: picker.conflicts }
    };
    let (Some(base), Some(mine), Some(theirs)) = (base, mine, theirs) else { return whole() };
    let three = Three { base, mine, theirs };
    let found = match FileKind::of(path) {
        FileKind::Skill => by_skill(three, choices),
        FileKind::Workflow => by_workflow(path, three, choices),
        FileKind::Other => by_line(three).map(Merged::clean),
    };
    match found {
        Some(Merged { value, conflicts }) => Merged { value: Some(value.into_bytes()), conflicts },
        None => whole(),
    }
}

fn by_line(three: Three<&[u8]>) -> Option<String> {
    let Three { base, mine, theirs } = three.map(|bytes| std::str::from_utf8(bytes).ok());
    lines::merge(Three { base: base?, mine: mine?, theirs: theirs? })
}

fn by_skill(three: Three<&[u8]>, choices: &Choices) -> Option<Merged<String>> {
    let Three { base, mine, theirs } = three.map(|bytes| std::str::from_utf8(bytes).ok());
    skill::skills(base?, mine?, theirs?, choices)
}

fn by_workflow(
    path: &VolumePath,
    three: Three<&[u8]>,
    choices: &Choices,
) -> Option<Merged<String>> {
    let read = |bytes: &[u8]| -> Option<Workflow> {
        let is_short = bytes.len() <= document::MAX_FILE_LEN;
        is_short.then(|| parse(path.as_str(), bytes).workflow).flatten()
    };
    let Three { base, mine, theirs } = three.map(read);
    let merged = workflow::workflows(&base?, &mine?, &theirs?, choices);
    Some(Merged { value: print(&merged.value), conflicts: merged.conflicts })
}

fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= MAX_SHOWN => text.to_owned(),
        _ => format!("{} bytes", bytes.len()),
    }
}
