//! The address of a volume, and of a file inside one.

use std::{fmt, str::FromStr};

use crate::slug::{Slug, SlugError};

/// The address of a volume.
///
/// The text form is `system`, `team/<slug>` or `user/<slug>`. Parsing what
/// [`Display`](fmt::Display) prints gives the same value back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeId {
    /// Read by everybody, changed only by promotion and upgrades.
    System,
    /// Shared by one team.
    Team(Slug),
    /// Private to one person.
    User(Slug),
}

/// Why a text is not a [`VolumeId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VolumeIdError {
    /// The part before the slash is none of the three kinds.
    #[error("unknown volume kind `{kind}`", kind = kind.escape_debug())]
    UnknownKind {
        /// What stood there.
        kind: String,
    },
    /// `team` or `user` stands alone.
    #[error("a `{kind}` volume needs a name")]
    MissingName {
        /// `team` or `user`.
        kind: &'static str,
    },
    /// `system` is followed by a name.
    #[error("the `system` volume takes no name")]
    ExtraName,
    /// The name is not a [`Slug`].
    #[error("bad volume name: {source}")]
    BadName {
        /// What is wrong with it.
        source: SlugError,
    },
}

impl VolumeIdError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BadName { source } => source.hint(),
            _ => "use `system`, `team/<name>` or `user/<name>`",
        }
    }
}

impl FromStr for VolumeId {
    type Err = VolumeIdError;

    fn from_str(text: &str) -> Result<Self, VolumeIdError> {
        let named = |name: &str| name.parse().map_err(|source| VolumeIdError::BadName { source });
        match text.split_once('/').map_or((text, None), |(kind, name)| (kind, Some(name))) {
            ("system", None) => Ok(Self::System),
            ("system", Some(_)) => Err(VolumeIdError::ExtraName),
            ("team", Some(name)) => named(name).map(Self::Team),
            ("user", Some(name)) => named(name).map(Self::User),
            ("team", None) => Err(VolumeIdError::MissingName { kind: "team" }),
            ("user", None) => Err(VolumeIdError::MissingName { kind: "user" }),
            (kind, _) => Err(VolumeIdError::UnknownKind { kind: kind.chars().take(40).collect() }),
        }
    }
}

impl fmt::Display for VolumeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Team(name) => write!(f, "team/{name}"),
            Self::User(name) => write!(f, "user/{name}"),
        }
    }
}

/// The longest [`VolumePath`], in bytes.
pub const MAX_PATH_LEN: usize = 400;

/// The path of a file inside a volume: relative, with `/` between its parts.
///
/// It can name nothing outside the volume, nothing of Git's own, and nothing
/// that another operating system would read differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumePath(String);

/// Why a text is not a [`VolumePath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VolumePathError {
    /// The path is empty or too long.
    #[error("the path has {len} bytes, it must have 1 to {MAX_PATH_LEN}")]
    BadLength {
        /// How many bytes it has.
        len: usize,
    },
    /// A part is empty, a dot, `..`, `.git` in any disguise, or holds a character that is not allowed.
    #[error("the path has a part that is not allowed: `{part}`", part = part.escape_debug())]
    BadPart {
        /// The part.
        part: String,
    },
}

impl VolumePathError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "use a relative path such as `skills/my-skill.md`, without `..`, `.git` or special characters"
    }
}

impl VolumePath {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Says whether a character stands in no path.
    pub(crate) fn is_odd(c: char) -> bool {
        c.is_control()
            || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            // Characters that file systems drop or that turn text around.
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    }

    fn part_is_safe(part: &str) -> bool {
        let lower = part.to_ascii_lowercase();
        !part.is_empty()
            && !matches!(part, "." | "..")
            && lower.trim_end_matches(['.', ' ']) != ".git"
            && !lower.starts_with("git~")
            && !part.ends_with(['.', ' '])
            && !part.contains(Self::is_odd)
    }
}

impl FromStr for VolumePath {
    type Err = VolumePathError;

    fn from_str(text: &str) -> Result<Self, VolumePathError> {
        if text.is_empty() || text.len() > MAX_PATH_LEN {
            return Err(VolumePathError::BadLength { len: text.len() });
        }
        match text.split('/').find(|part| !Self::part_is_safe(part)) {
            Some(part) => Err(VolumePathError::BadPart { part: part.to_owned() }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for VolumePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, want: Result<&str, &str>) {
        let got = input.parse::<VolumeId>().map(|id| id.to_string()).map_err(|e| e.to_string());
        assert_eq!(got, want.map(str::to_owned).map_err(str::to_owned), "input: {input:?}");
    }

    #[test]
    fn volume_ids_parse() {
        for input in ["system", "team/atlas", "user/ana-2"] {
            check(input, Ok(input));
        }
    }

    #[test]
    fn volume_ids_explain_what_is_wrong() {
        check("", Err("unknown volume kind ``"));
        check("teams/atlas", Err("unknown volume kind `teams`"));
        check("team", Err("a `team` volume needs a name"));
        check("system/x", Err("the `system` volume takes no name"));
        check("user/", Err("bad volume name: the name is empty"));
        check("user/../x", Err("bad volume name: the name holds `.` at position 1"));
        check("user/../../system", Err("bad volume name: the name holds `.` at position 1"));
    }

    #[test]
    fn paths_stay_inside_their_volume() {
        for good in
            ["metadata.json", "skills/a.md", "skills/my skill/SKILL.md", "traces/2026/11/20/x.md"]
        {
            assert_eq!(good.parse::<VolumePath>().map(|p| p.to_string()), Ok(good.to_owned()));
        }
        let bad = [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "a//b",
            "./a",
            "a/.",
            ".git/config",
            "a/.GIT/x",
            ".git./x",
            "GIT~1/config",
            "a\\b",
            "c:x",
            "a\0b",
            "a\nb",
            "a\u{202e}b",
            ".g\u{200c}it/config",
            "a.",
            "a ",
        ];
        for bad in bad {
            assert!(bad.parse::<VolumePath>().is_err(), "accepted {bad:?}");
        }
        assert!("a/".repeat(300).parse::<VolumePath>().is_err());
    }
}
