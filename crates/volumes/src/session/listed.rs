//! A tree with the place of each of its entries: in a folder of ten thousand files
//! a name is found, and replaced, without going through all of them.

use std::{cmp::Ordering, sync::Arc};

use gix::{ObjectId, objs::Kind};
use sha1::Digest;

use crate::{object, pack::n_same_at_start};

/// The bytes of an id in a tree.
const ID_BYTES: usize = 20;

/// So many bytes of a tree lie between two sums that are remembered.
const STRIDE: usize = 8 << 10;

/// A tree as Git writes it, sorted, with the place of each entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    data: Arc<Vec<u8>>,
    starts: Vec<u32>,
    /// The sum of all before each [`STRIDE`], as of the last [`Self::id`].
    ///
    /// The sum is most of what an edit of a large folder costs. A file that is
    /// saved again keeps the length of the tree, so it is summed from there on.
    sums: Vec<sha1::Sha1>,
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) mode: &'a [u8],
    pub(crate) name: &'a [u8],
    pub(crate) id: ObjectId,
}

impl Entry<'_> {
    pub(crate) fn is_tree(&self) -> bool {
        matches!(self.mode, b"40000" | b"040000")
    }
}

impl Listed {
    /// Reads a tree; `None` where it is not as Git writes trees, in Git's order.
    pub(crate) fn read(data: impl Into<Arc<Vec<u8>>>) -> Option<Self> {
        let data = data.into();
        let mut starts = Vec::with_capacity(data.len() / 40);
        let mut at = 0;
        let mut last: Option<Entry<'_>> = None;
        while at < data.len() {
            let (entry, end) = entry(&data, at)?;
            if last.is_some_and(|last| {
                order(last.name, last.is_tree(), entry.name, entry.is_tree()).is_ge()
            }) {
                return None;
            }
            starts.push(u32::try_from(at).ok()?);
            (at, last) = (end, Some(entry));
        }
        Some(Self { data, starts, sums: Vec::new() })
    }

    pub(crate) fn data(&self) -> &Arc<Vec<u8>> {
        &self.data
    }

    /// Computes the id, as Git does, from the first change since the last time on.
    pub(crate) fn id(&mut self) -> ObjectId {
        let known = self.sums.pop();
        let mut sum = known.unwrap_or_else(|| object::sum_of_header(Kind::Tree, self.data.len()));
        for part in self.data[self.sums.len() * STRIDE..].chunks(STRIDE) {
            self.sums.push(sum.clone());
            sum.update(part);
        }
        ObjectId::Sha1(sum.finalize().into())
    }

    /// Finds what has a name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<Entry<'_>> {
        // A folder stands elsewhere than a file of its name would.
        let index = self.place(name, false).or_else(|_| self.place(name, true)).ok()?;
        self.at(index)
    }

    /// Goes through the names that stand for something else in a later tree, with what they stood for and stand for.
    ///
    /// A name that was a file and is a folder comes twice, as each stands at another place.
    pub(crate) fn differing<'a>(
        &'a self,
        later: &'a Self,
    ) -> impl Iterator<Item = (Entry<'a>, [Option<Entry<'a>>; 2])> {
        let same = n_same_at_start(&self.data, &later.data);
        // Both are the same up to the entry in which they part.
        let first = self.starts.partition_point(|start| *start as usize <= same).saturating_sub(1);
        let (mut at, mut later_at) = (first, first);
        std::iter::from_fn(move || {
            loop {
                let (old, new) = (self.at(at), later.at(later_at));
                let order = match (&old, &new) {
                    (None, None) => return None,
                    (Some(old), Some(new)) => {
                        order(old.name, old.is_tree(), new.name, new.is_tree())
                    }
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                };
                let old = old.filter(|_| order.is_le());
                let new = new.filter(|_| order.is_ge());
                at += usize::from(old.is_some());
                later_at += usize::from(new.is_some());
                if old != new {
                    return old.or(new).map(|entry| (entry, [old, new]));
                }
            }
        })
    }

    /// Puts an entry in the place of whatever has its name.
    pub(crate) fn set(&mut self, name: &[u8], new: Option<(&str, ObjectId)>) -> Option<()> {
        if let Some((mode, id)) = new
            && let Ok(index) = self.place(name, mode == "40000")
            && self.at(index)?.mode == mode.as_bytes()
            && self.place(name, mode != "40000").is_err()
        {
            return self.replace_id(index, id);
        }
        for is_tree in [false, true] {
            if let Ok(index) = self.place(name, is_tree) {
                self.splice(index, 1, &[])?;
            }
        }
        let Some((mode, id)) = new else { return Some(()) };
        let index = match self.place(name, mode == "40000") {
            Ok(index) | Err(index) => index,
        };
        let mut bytes = Vec::with_capacity(mode.len() + name.len() + ID_BYTES + 2);
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(id.as_slice());
        self.splice(index, 0, &bytes)
    }

    fn replace_id(&mut self, index: usize, id: ObjectId) -> Option<()> {
        let end = self.start(index + 1);
        let place = Arc::make_mut(&mut self.data).get_mut(end - ID_BYTES..end)?;
        place.copy_from_slice(id.as_slice());
        self.sums.truncate((end - ID_BYTES) / STRIDE + 1);
        Some(())
    }

    /// Replaces `n` entries from `index` on by the bytes of one, or of none.
    fn splice(&mut self, index: usize, n: usize, bytes: &[u8]) -> Option<()> {
        let start = self.start(index);
        let end = self.start(index + n);
        // The length is the first thing that goes into the sum.
        self.sums.clear();
        Arc::make_mut(&mut self.data).splice(start..end, bytes.iter().copied());
        let new = (!bytes.is_empty()).then_some(start as u32);
        self.starts.splice(index..index + n, new);
        let first = index + usize::from(new.is_some());
        let (more, less) = (u32::try_from(bytes.len()).ok()?, (end - start) as u32);
        self.starts[first..].iter_mut().for_each(|start| *start = *start - less + more);
        u32::try_from(self.data.len()).ok().map(drop)
    }

    fn start(&self, index: usize) -> usize {
        self.starts.get(index).map_or(self.data.len(), |start| *start as usize)
    }

    fn at(&self, index: usize) -> Option<Entry<'_>> {
        Some(entry(&self.data, self.start(index))?.0)
    }

    /// Says where an entry stands, or where it would.
    fn place(&self, name: &[u8], is_tree: bool) -> Result<usize, usize> {
        self.starts.binary_search_by(|start| match entry(&self.data, *start as usize) {
            Some((entry, _)) => order(entry.name, entry.is_tree(), name, is_tree),
            None => Ordering::Less,
        })
    }
}

/// Git sorts a folder as if its name ended with `/`.
fn order(a: &[u8], a_is_tree: bool, b: &[u8], b_is_tree: bool) -> Ordering {
    let n = a.len().min(b.len());
    let end = |name: &[u8], is_tree: bool| name.get(n).copied().or(is_tree.then_some(b'/'));
    a[..n].cmp(&b[..n]).then_with(|| end(a, a_is_tree).cmp(&end(b, b_is_tree)))
}

/// Reads the entry at `start` and says where it ends; `None` when there is no whole one.
fn entry(data: &[u8], start: usize) -> Option<(Entry<'_>, usize)> {
    let rest = data.get(start..)?;
    let space = rest.iter().take(8).position(|byte| *byte == b' ')?;
    let name_and_id = rest.get(space + 1..)?;
    let length = name_and_id.iter().position(|byte| *byte == 0)?;
    let id = name_and_id.get(length + 1..length + 1 + ID_BYTES)?;
    let entry = Entry {
        mode: rest.get(..space)?,
        name: name_and_id.get(..length)?,
        id: ObjectId::try_from(id).ok()?,
    };
    Some((entry, start + space + 1 + length + 1 + ID_BYTES))
}

#[cfg(test)]
mod tests {
    use gix::objs::{Tree, WriteTo, tree};
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> ObjectId {
        ObjectId::Sha1([number; ID_BYTES])
    }

    /// What Git writes of the same entries.
    fn by_git(entries: &std::collections::BTreeMap<String, (bool, u8)>) -> Vec<u8> {
        let entry = |(name, (is_tree, number)): (&String, &(bool, u8))| tree::Entry {
            mode: if *is_tree { tree::EntryKind::Tree } else { tree::EntryKind::Blob }.into(),
            filename: name.as_str().into(),
            oid: id(*number),
        };
        let mut entries: Vec<_> = entries.iter().map(entry).collect();
        entries.sort();
        let mut out = Vec::new();
        Tree { entries }.write_to(&mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn edits_give_the_tree_that_git_writes(
            edits in proptest::collection::vec(("[a-b]{1,2}[-.0/~]?b?", proptest::option::of((any::<bool>(), 0..9_u8))), 0..60)
        ) {
            let mut expected = std::collections::BTreeMap::new();
            let mut listed = Listed::default();
            for (name, new) in edits {
                let name = name.replace('/', "+");
                let mode = |is_tree: bool| if is_tree { "40000" } else { "100644" };
                listed.set(name.as_bytes(), new.map(|(is_tree, number)| (mode(is_tree), id(number)))).unwrap();
                match new {
                    Some(new) => drop(expected.insert(name.clone(), new)),
                    None => drop(expected.remove(&name)),
                }
                let found = listed.find(name.as_bytes()).map(|found| (found.is_tree(), found.id));
                prop_assert_eq!(found, new.map(|(is_tree, number)| (is_tree, id(number))));
            }
            prop_assert_eq!(&**listed.data(), &by_git(&expected));
            let again = Listed::read(listed.data().as_ref().clone()).unwrap();
            prop_assert_eq!(again.starts, listed.starts);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_id_of_an_edited_large_tree_is_that_of_its_bytes(
            edits in proptest::collection::vec((0..1_500_u32, proptest::option::weighted(0.9, 0..9_u8)), 1..40)
        ) {
            let name = |n: u32| format!("file-{n:04}.md");
            let mut listed = Listed::default();
            for n in 0..1_000 {
                listed.set(name(n).as_bytes(), Some(("100644", id(0)))).unwrap();
            }
            for (n, new) in edits {
                listed.set(name(n).as_bytes(), new.map(|number| ("100644", id(number)))).unwrap();
                prop_assert_eq!(listed.id(), object::id_of(Kind::Tree, listed.data()));
                prop_assert_eq!(listed.id(), listed.clone().id());
            }
        }
    }

    #[test]
    fn a_tree_out_of_order_or_cut_off_is_not_read() {
        let mut listed = Listed::default();
        listed.set(b"a", Some(("100644", id(1)))).unwrap();
        let a = listed.data().as_ref().clone();
        let mut listed = Listed::default();
        listed.set(b"b", Some(("100644", id(1)))).unwrap();
        let b = listed.data().as_ref().clone();
        assert!(Listed::read([a.clone(), b.clone()].concat()).is_some());
        assert!(Listed::read([b.clone(), a.clone()].concat()).is_none());
        assert!(Listed::read([a.clone(), a.clone()].concat()).is_none());
        assert!(Listed::read(b[..b.len() - 1].to_vec()).is_none());
    }
}
