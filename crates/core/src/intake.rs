//! What may come into a volume from elsewhere: the names that every system can
//! hold, and the files that must read as skills or workflows.

use crate::{
    diagnostic::{Diagnostic, Severity},
    skill,
    volume::VolumePath,
    workflow,
};

/// Why a path from elsewhere is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRefusal {
    /// It is no path of a volume on any system.
    #[error("{source}")]
    Unsafe {
        /// Why not.
        source: crate::volume::VolumePathError,
    },
    /// Windows keeps the name for a device.
    #[error("`{part}` is the name of a device on Windows")]
    Device {
        /// The part of the path.
        part: String,
    },
}

impl PathRefusal {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unsafe { source } => source.hint(),
            Self::Device { .. } => "give the file another name",
        }
    }
}

/// Takes a path that a stranger wrote, if every system can hold it.
pub fn path(text: &str) -> Result<VolumePath, PathRefusal> {
    let path: VolumePath = text.parse().map_err(|source| PathRefusal::Unsafe { source })?;
    match text.split('/').find(|part| is_device(part)) {
        Some(part) => Err(PathRefusal::Device { part: part.to_owned() }),
        None => Ok(path),
    }
}

/// Says whether Windows takes a name, whatever its ending, for a device.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|rest| {
            let mut rest = rest.chars();
            let digit = |c: char| matches!(c, '1'..='9' | '¹' | '²' | '³');
            rest.next().is_some_and(digit) && rest.next().is_none()
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

/// Says whether a file at this path should be a skill or a workflow.
pub fn is_document(path: &VolumePath) -> bool {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    match parts[..] {
        ["skills" | "workflows", file] => {
            file.ends_with(".md") && !file.eq_ignore_ascii_case("README.md")
        }
        ["skills", _, "SKILL.md"] => true,
        _ => false,
    }
}

/// Says what is wrong with a file that should be a skill or a workflow; nothing of any other file.
pub fn check(path: &VolumePath, content: &[u8]) -> Vec<Diagnostic> {
    if !is_document(path) {
        return Vec::new();
    }
    if path.as_str().starts_with("workflows/") {
        return workflow::parse(path.as_str(), content).diagnostics;
    }
    skill::check(path.as_str(), content).diagnostics
}

/// Says whether one of the findings keeps a file from being used.
pub fn is_refused(found: &[Diagnostic]) -> bool {
    found.iter().any(|found| found.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_system_cannot_hold_are_refused() {
        for good in ["skills/plot.md", "com.md", "skills/com10/SKILL.md", "console.md", "a/aux-b"] {
            assert_eq!(path(good).map(|path| path.to_string()), Ok(good.to_owned()));
        }
        for device in ["aux.md", "skills/CON/SKILL.md", "nul", "Lpt1.tar.gz", "com¹.md", "prn .md"]
        {
            assert!(matches!(path(device), Err(PathRefusal::Device { .. })), "accepted {device:?}");
        }
        for bad in [".git/config", "a/.GIT /x", "git~1/config", "..", "a\\b", "a:b", ".g\u{200c}it"]
        {
            assert!(matches!(path(bad), Err(PathRefusal::Unsafe { .. })), "accepted {bad:?}");
        }
    }

    #[test]
    fn only_documents_are_read() {
        let refused = |path: &str, text: &str| {
            is_refused(&check(&path.parse().expect("it is a path"), text.as_bytes()))
        };
        assert!(refused("skills/a.md", "---\nname: [\n---\n"));
        assert!(refused("skills/a/SKILL.md", "---\nname: [\n---\n"));
        assert!(refused("workflows/a.md", "no front matter"));
        for other in ["skills/README.md", "skills/a/notes.md", "traces/2026/01/01/a.md", "x.md"] {
            assert!(!refused(other, "anything"), "{other}");
        }
    }
}
