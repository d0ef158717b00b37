//! Files of a volume: each is compared as what its path says it is.

use super::{Change, Place, skill, text, workflow};
use crate::{
    document,
    volume::VolumePath,
    workflow::{Workflow, parse},
};

/// Texts that are longer are compared as wholes, in bytes.
const MAX_LINES_LEN: usize = 4 << 20;

/// What a file of a volume is, going by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A skill.
    Skill,
    /// A workflow.
    Workflow,
    /// Something else.
    Other,
}

/// What differs between two versions of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// What the file is.
    pub kind: FileKind,
    /// What changed by meaning; `None` where a version cannot be read as that, or is not there.
    pub changes: Option<Vec<Change>>,
    /// What changed by line; `None` where a version is no text, or too long.
    pub lines: Option<Vec<text::Hunk>>,
}

impl FileKind {
    /// Tells what the file at a path is.
    pub fn of(path: &VolumePath) -> Self {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let is_markdown =
            |file: &str| file.ends_with(".md") && !file.eq_ignore_ascii_case("README.md");
        match parts[..] {
            ["skills", file] if is_markdown(file) => Self::Skill,
            ["skills", _, "SKILL.md"] => Self::Skill,
            ["workflows", file] if is_markdown(file) => Self::Workflow,
            _ => Self::Other,
        }
    }

    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Workflow => "workflow",
            Self::Other => "file",
        }
    }
}

impl FileDiff {
    /// Says in words what was done: one line for each change by meaning, or one for the file.
    pub fn words(&self) -> Vec<String> {
        match &self.changes {
            Some(changes) => changes.iter().map(Change::words).collect(),
            None => vec![format!("changed {}", Place::File)],
        }
    }
}

/// Compares two versions of a file; `None` stands for a version in which it is not there.
pub fn files(path: &VolumePath, old: Option<&[u8]>, new: Option<&[u8]>) -> FileDiff {
    let kind = FileKind::of(path);
    let plain = |bytes: Option<&'_ [u8]>| -> Option<String> {
        let bytes = bytes.unwrap_or_default();
        let is_short = bytes.len() <= MAX_LINES_LEN;
        std::str::from_utf8(bytes).ok().filter(|_| is_short).map(str::to_owned)
    };
    let texts = plain(old).zip(plain(new));
    let lines = texts.as_ref().map(|(old, new)| text::lines(old, new));
    let changes = match (kind, old.zip(new), &texts) {
        (FileKind::Skill, Some(_), Some((old, new))) => skill::skills(old, new),
        (FileKind::Workflow, Some((old, new)), _) => {
            let old = read(path, old);
            old.zip(read(path, new)).map(|(old, new)| workflow::workflows(&old, &new))
        }
        _ => None,
    };
    FileDiff { kind, changes, lines }
}

fn read(path: &VolumePath, bytes: &[u8]) -> Option<Workflow> {
    if bytes.len() > document::MAX_FILE_LEN {
        return None;
    }
    parse(path.as_str(), bytes).workflow
}
