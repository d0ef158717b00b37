//! Names that are safe everywhere: in a URL, as a file name, in a Git ref.

use std::{fmt, str::FromStr, sync::Arc};

/// The longest [`Slug`], in bytes.
pub const MAX_SLUG_LEN: usize = 100;

/// A name of `a-z`, `0-9`, `-` and `_` that starts and ends with a letter or digit.
///
/// Skills, workflows, nodes, users, teams and traces are named by slugs, so an
/// id can never leave its folder, hide as a dot file or look like an option.
/// A clone shares the text: a large workflow names each node many times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// Why a text is not a [`Slug`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// There is no text.
    #[error("the name is empty")]
    Empty,
    /// The text is longer than [`MAX_SLUG_LEN`].
    #[error("the name has {len} characters, at most {MAX_SLUG_LEN} are allowed")]
    TooLong {
        /// How many bytes the text has.
        len: usize,
    },
    /// A character is not allowed where it stands.
    #[error("the name holds `{found}` at position {position}", found = found.escape_debug())]
    BadCharacter {
        /// The character that is not allowed.
        found: char,
        /// Where it stands, counted in characters from 1.
        position: usize,
    },
}

impl SlugError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "use lower-case letters a-z, digits, `-` and `_`; start and end with a letter or digit"
    }
}

impl Slug {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes the nearest slug from any text, or `None` where nothing is left.
    ///
    /// ```
    /// use llmos_core::slug::Slug;
    /// assert_eq!(Slug::nearest("Atlas  Two!").unwrap().as_str(), "atlas-two");
    /// assert_eq!(Slug::nearest("///"), None);
    /// ```
    pub fn nearest(text: &str) -> Option<Self> {
        let mut out = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if out.len() >= MAX_SLUG_LEN {
                break;
            }
            if c.is_ascii_alphanumeric() || (c == '_' && !out.is_empty()) {
                out.push(c);
            } else if !out.is_empty() && !out.ends_with(['-', '_']) {
                out.push('-');
            }
        }
        let kept = out.trim_end_matches(['-', '_']).len();
        out.truncate(kept);
        (!out.is_empty()).then(|| Self(out.into()))
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > MAX_SLUG_LEN {
            return Err(SlugError::TooLong { len: text.len() });
        }
        let last = text.chars().count() - 1;
        for (i, c) in text.chars().enumerate() {
            let inner = i != 0 && i != last && matches!(c, '-' | '_');
            if !(c.is_ascii_lowercase() || c.is_ascii_digit() || inner) {
                return Err(SlugError::BadCharacter { found: c, position: i + 1 });
            }
        }
        Ok(Self(text.into()))
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_parse_and_print_themselves() {
        for text in ["a", "7", "vqe-plot-export", "trace_20250101_120000", "a--b"] {
            assert_eq!(text.parse::<Slug>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        let cases = [
            ("", "the name is empty"),
            ("..", "the name holds `.` at position 1"),
            ("../x", "the name holds `.` at position 1"),
            ("/etc", "the name holds `/` at position 1"),
            ("a\0b", "the name holds `\\0` at position 2"),
            ("-a", "the name holds `-` at position 1"),
            ("a-", "the name holds `-` at position 2"),
            ("Ab", "the name holds `A` at position 1"),
            ("имя", "the name holds `и` at position 1"),
        ];
        for (text, want) in cases {
            let got = text.parse::<Slug>().map_err(|err| err.to_string());
            assert_eq!(got, Err(want.to_owned()), "input: {text:?}");
        }
        assert!(matches!("a".repeat(101).parse::<Slug>(), Err(SlugError::TooLong { len: 101 })));
    }

    #[test]
    fn the_nearest_slug_is_a_slug() {
        for text in ["Python Testing", "  VQE > plot ", "ünï", "_x_", "a..b", &"Long ".repeat(60)]
        {
            let near = Slug::nearest(text).expect("letters are left");
            assert_eq!(near.to_string().parse(), Ok(near), "input: {text:?}");
        }
    }
}
