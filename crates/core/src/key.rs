//! Derivation keys: two nodes with one key give the same outputs.
//!
//! A key is the SHA-256 of everything that decides what a node gives: the
//! runtime and its version, the code, the packages, the ports, the literal
//! inputs with the defaults applied, and for each edge the key of the node it
//! comes from. So no value is ever hashed to know that a node need not run.
//!
//! Every part is written with its length before it, so that no two different
//! nodes are written alike. The order of ports and packages does not count. In
//! a literal, the order of an object's keys does count, as code can see it.
//! Numbers are compared as JavaScript does: `1` and `1.0` are one number, up to
//! 2^53; `0` and `-0.0` are two.
//!
//! A skill that says `deterministic: false` has no key, and neither has any
//! node behind it: its outputs differ from run to run, so nothing that is made
//! from them can be known without running it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

use crate::skill::{Executable, Port};

/// Changes whenever keys are made in another way, so that old results are not taken for new ones.
const FORM: &[u8] = b"llmos key 2";

/// The largest number up to which every integer is a JavaScript number.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// What the result of a node is kept under; printed as lower-case hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(32))]
pub struct Key([u8; 32]);

/// What all nodes of one skill share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillKey([u8; 32]);

/// What feeds one input of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Feed<'a> {
    /// A value that is written in the workflow, or the default of the skill.
    Literal(&'a Value),
    /// An output of another node.
    Link {
        /// The key of that node.
        key: Key,
        /// The name of the output.
        port: &'a str,
        /// The value taken when that output is left out.
        fallback: Option<&'a Value>,
    },
}

impl SkillKey {
    /// Hashes a skill; `None` where equal inputs need not give equal outputs.
    pub fn new(skill: &Executable, runtime_version: &str) -> Option<Self> {
        if !skill.deterministic {
            return None;
        }
        let mut hash = Writer::new();
        hash.bytes(skill.runtime.as_str().as_bytes());
        hash.bytes(runtime_version.as_bytes());
        hash.bytes(skill.code.as_bytes());
        let packages: BTreeSet<&String> = skill.packages.iter().collect();
        hash.count(packages.len());
        packages.iter().for_each(|package| hash.bytes(package.as_bytes()));
        for ports in [&skill.inputs, &skill.outputs] {
            let ports: BTreeMap<&str, &Port> =
                ports.iter().map(|port| (port.name.as_str(), port)).collect();
            hash.count(ports.len());
            for (name, port) in ports {
                hash.bytes(name.as_bytes());
                hash.bytes(port.ty.as_str().as_bytes());
                hash.tag(if port.required { b'r' } else { b'o' });
            }
        }
        Some(Self(hash.finish()))
    }

    /// Derives the key of a node from what feeds it: the inputs with their feeds, sorted by name.
    pub fn node_key(&self, feeds: &[(&str, Feed<'_>)]) -> Key {
        debug_assert!(feeds.is_sorted_by_key(|(name, _)| *name), "the inputs are not sorted");
        let mut hash = Writer::new();
        hash.bytes(&self.0);
        hash.count(feeds.len());
        for (name, feed) in feeds {
            hash.bytes(name.as_bytes());
            match feed {
                Feed::Literal(value) => {
                    hash.tag(b'v');
                    hash.value(value);
                }
                Feed::Link { key, port, fallback } => {
                    hash.tag(b'l');
                    hash.bytes(&key.0);
                    hash.bytes(port.as_bytes());
                    hash.count(usize::from(fallback.is_some()));
                    fallback.iter().for_each(|value| hash.value(value));
                }
            }
        }
        Key(hash.finish())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Writes bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Returns the SHA-256 of bytes as lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Feeds a hash so that no two sequences of calls look alike.
struct Writer(Sha256);

impl Writer {
    fn new() -> Self {
        let mut hash = Self(Sha256::new());
        hash.bytes(FORM);
        hash
    }

    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    fn count(&mut self, n: usize) {
        self.0.update((n as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.tag(b'n'),
            Value::Bool(false) => self.tag(b'f'),
            Value::Bool(true) => self.tag(b't'),
            Value::Number(number) => self.number(number),
            Value::String(text) => {
                self.tag(b's');
                self.bytes(text.as_bytes());
            }
            Value::Array(items) => {
                self.tag(b'a');
                self.count(items.len());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Object(map) => {
                self.tag(b'o');
                self.count(map.len());
                for (name, value) in map {
                    self.bytes(name.as_bytes());
                    self.value(value);
                }
            }
        }
    }

    fn number(&mut self, number: &Number) {
        match number.as_f64() {
            Some(float) if number.is_f64() || float.abs() < MAX_SAFE_INTEGER => {
                self.tag(b'd');
                self.0.update(float.to_bits().to_le_bytes());
            }
            _ => {
                self.tag(b'i');
                self.bytes(number.to_string().as_bytes());
            }
        }
    }

    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests;
