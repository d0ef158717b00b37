//! The hash that names a blob.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// What stands before the digits in a pointer.
const PREFIX: &str = "sha256:";

/// How many digits a hash has.
const N_DIGITS: usize = 64;

/// The SHA-256 of the content of a blob: equal content has an equal hash.
///
/// The text form is 64 lower-case hexadecimal digits; `sha256:` may stand before them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

/// Why a text is not a [`BlobHash`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the hash of a blob", text = text.escape_debug())]
pub struct BlobHashError {
    /// The text, or its beginning.
    pub text: String,
}

impl BlobHashError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "write the 64 lower-case digits that a pointer has after `sha256:`"
    }
}

impl BlobHash {
    /// Takes a hash that was computed.
    pub fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// Computes the hash of a content.
    ///
    /// ```
    /// use llmos_core::blob::BlobHash;
    /// let hash = BlobHash::of(b"");
    /// assert!(hash.to_string().starts_with("e3b0c44298fc1c149afb"));
    /// ```
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// Returns the hash with the name of its kind, as pointers have it.
    pub fn tagged(&self) -> String {
        format!("{PREFIX}{self}")
    }
}

impl FromStr for BlobHash {
    type Err = BlobHashError;

    fn from_str(text: &str) -> Result<Self, BlobHashError> {
        let digits = text.strip_prefix(PREFIX).unwrap_or(text);
        read(digits.as_bytes())
            .ok_or_else(|| BlobHashError { text: text.chars().take(80).collect() })
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Finds everything in a text that may be the hash of a blob.
///
/// Whoever removes what nobody refers to asks this and not [`super::Pointer::parse`]: a pointer that
/// is damaged, or a hash that somebody wrote down in words, still counts.
pub fn mentioned(text: &[u8]) -> impl Iterator<Item = BlobHash> {
    text.split(|byte| !is_digit(*byte)).filter_map(read)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn read(digits: &[u8]) -> Option<BlobHash> {
    if digits.len() != N_DIGITS || !digits.iter().all(|byte| is_digit(*byte)) {
        return None;
    }
    let value = |digit: u8| if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 };
    let (pairs, _) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect();
    bytes.try_into().ok().map(BlobHash)
}
