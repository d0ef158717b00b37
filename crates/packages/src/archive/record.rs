//! The list of files and hashes that a wheel carries.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::ArchiveError;

/// A hash as the record writes it: its kind and its value in URL-safe base64 without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hash {
    kind: Kind,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sha256,
    Sha384,
    Sha512,
}

/// Counts a file up to its hash.
pub(super) struct Hasher<'a> {
    state: State,
    want: &'a str,
}

enum State {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hash {
    fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once('=')?;
        let kind = match kind {
            "sha256" => Kind::Sha256,
            "sha384" => Kind::Sha384,
            "sha512" => Kind::Sha512,
            _ => return None,
        };
        Some(Self { kind, value: value.trim_end_matches('=').to_owned() })
    }

    pub(super) fn hasher(&self) -> Hasher<'_> {
        let state = match self.kind {
            Kind::Sha256 => State::Sha256(Sha256::new()),
            Kind::Sha384 => State::Sha384(Sha384::new()),
            Kind::Sha512 => State::Sha512(Sha512::new()),
        };
        Hasher { state, want: &self.value }
    }
}

impl Hasher<'_> {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha256(hash) => hash.update(bytes),
            State::Sha384(hash) => hash.update(bytes),
            State::Sha512(hash) => hash.update(bytes),
        }
    }

    pub(super) fn fits(self) -> bool {
        let got = match self.state {
            State::Sha256(hash) => base64(&hash.finalize()),
            State::Sha384(hash) => base64(&hash.finalize()),
            State::Sha512(hash) => base64(&hash.finalize()),
        };
        got == self.want
    }
}

/// Reads the lines `path,hash,size`; a path may be in quotes.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, Option<Hash>>, ArchiveError> {
    let mut files = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let bad = || ArchiveError::Record {
            reason: format!("`{}` is no line of one", super::shown(line)),
        };
        let (path, rest) = first_field(line).ok_or_else(bad)?;
        let hash = rest.split(',').next().unwrap_or_default().trim_matches('"');
        let hash = match hash {
            "" => None,
            hash => Some(Hash::parse(hash).ok_or_else(bad)?),
        };
        if files.insert(path.clone(), hash).is_some() {
            return Err(ArchiveError::Record { reason: format!("`{path}` is in it twice") });
        }
    }
    Ok(files)
}

fn first_field(line: &str) -> Option<(String, &str)> {
    let Some(quoted) = line.strip_prefix('"') else {
        let (path, rest) = line.split_once(',')?;
        return Some((path.to_owned(), rest));
    };
    let mut path = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        path.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                path.push('"');
                rest = more;
            }
            None => return Some((path, after.strip_prefix(',')?)),
        }
    }
}

/// URL-safe base64 without padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..=chunk.len() {
            let digit = (bits >> (18 - 6 * n)) & 63;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    text
}
