//! From a name to a number, in constant time.

use std::{
    borrow::Borrow,
    hash::{BuildHasherDefault, DefaultHasher, Hash},
};

#[expect(
    clippy::disallowed_types,
    reason = "it is looked up and never walked, and its hasher has a fixed key: no order, no chance"
)]
type Map<K> = std::collections::HashMap<K, usize, BuildHasherDefault<DefaultHasher>>;

/// Which number a name has. It cannot be walked, so its order is nobody's concern.
#[derive(Clone, Debug)]
pub(crate) struct Lookup<K>(Map<K>);

impl<K: Eq + Hash> Lookup<K> {
    /// Makes an empty one with room for `n` names.
    pub(crate) fn with_capacity(n: usize) -> Self {
        Self(Map::with_capacity_and_hasher(n, BuildHasherDefault::default()))
    }

    /// Gives `name` a number unless it has one, and returns the one that it has.
    pub(crate) fn or_insert(&mut self, name: K, number: usize) -> usize {
        *self.0.entry(name).or_insert(number)
    }

    /// Returns the number of `name`.
    pub(crate) fn get<Q>(&self, name: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get(name).copied()
    }
}
