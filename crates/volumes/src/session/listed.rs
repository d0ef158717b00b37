//! A tree with the place of each of its entries: in a folder of ten thousand files
//! a name is found, and replaced, without going through all of them.

use std::{cmp::Ordering, sync::Arc};

use gix::{ObjectId, objs::Kind};
use sha1::Digest;

use crate::object::{self, Content};

/// The bytes of an id in a tree.
const ID_BYTES: usize = 20;

/// From so many bytes on a piece of a tree ends with its entry; one of twice as many is divided.
const PIECE_BYTES: usize = 8 << 10;

/// A tree as Git writes it, sorted, with the place of each entry.
///
/// It lies in pieces, which its copies share: an edit of a large folder copies the piece that it
/// changes. No entry lies in two pieces, and none is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    pieces: Vec<Piece>,
    len: usize,
    /// The sum of all before each piece, as of the last [`Self::id`].
    ///
    /// The sum is most of what an edit of a large folder costs. A file that is
    /// saved again keeps the length of the tree, so it is summed from there on.
    sums: Vec<sha1::Sha1>,
}

#[derive(Clone, Debug, Default)]
struct Piece {
    data: Arc<Vec<u8>>,
    /// Where each entry starts in it.
    starts: Arc<Vec<u32>>,
}

/// Where an entry is: its piece, and its number there.
type Place = (usize, usize);

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
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let mut pieces = Vec::with_capacity(data.len() / PIECE_BYTES + 1);
        let mut starts = Vec::new();
        let (mut from, mut at) = (0, 0);
        let mut last: Option<Entry<'_>> = None;
        let mut cut = |from: usize, to: usize, starts: &mut Vec<u32>| {
            let starts = Arc::new(std::mem::take(starts));
            pieces.push(Piece { data: Arc::new(data[from..to].to_vec()), starts });
        };
        while at < data.len() {
            let (entry, end) = entry(data, at)?;
            if last.is_some_and(|last| {
                order(last.name, last.is_tree(), entry.name, entry.is_tree()).is_ge()
            }) {
                return None;
            }
            starts.push(u32::try_from(at - from).ok()?);
            (at, last) = (end, Some(entry));
            if at - from >= PIECE_BYTES {
                cut(from, at, &mut starts);
                from = at;
            }
        }
        if at > from {
            cut(from, at, &mut starts);
        }
        Some(Self { pieces, len: data.len(), sums: Vec::new() })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns all of its bytes, shared with it.
    pub(crate) fn content(&self) -> Content {
        self.pieces.iter().map(|piece| Arc::clone(&piece.data)).collect()
    }

    /// Computes the id, as Git does, from the first change since the last time on.
    pub(crate) fn id(&mut self) -> ObjectId {
        let known = self.sums.pop();
        let mut sum = known.unwrap_or_else(|| object::sum_of_header(Kind::Tree, self.len));
        for piece in &self.pieces[self.sums.len()..] {
            self.sums.push(sum.clone());
            sum.update(piece.data.as_slice());
        }
        ObjectId::Sha1(sum.finalize().into())
    }

    /// Finds what has a name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<Entry<'_>> {
        // A folder stands elsewhere than a file of its name would.
        let place = self.place(name, false).or_else(|_| self.place(name, true)).ok()?;
        self.at(place)
    }

    /// Goes through the names that stand for something else in a later tree, with what they stood for and stand for.
    ///
    /// A name that was a file and is a folder comes twice, as each stands at another place.
    pub(crate) fn differing<'a>(
        &'a self,
        later: &'a Self,
    ) -> impl Iterator<Item = (Entry<'a>, [Option<Entry<'a>>; 2])> {
        let (mut at, mut later_at) = ((0, 0), (0, 0));
        std::iter::from_fn(move || {
            loop {
                // Pieces that are the same in both are passed over as a whole.
                while at.1 == 0
                    && later_at.1 == 0
                    && let (Some(old), Some(new)) =
                        (self.pieces.get(at.0), later.pieces.get(later_at.0))
                    && (Arc::ptr_eq(&old.data, &new.data) || old.data == new.data)
                {
                    (at.0, later_at.0) = (at.0 + 1, later_at.0 + 1);
                }
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
                if old.is_some() {
                    at = self.after(at);
                }
                if new.is_some() {
                    later_at = later.after(later_at);
                }
                if old != new {
                    return old.or(new).map(|entry| (entry, [old, new]));
                }
            }
        })
    }

    /// Puts an entry in the place of whatever has its name.
    pub(crate) fn set(&mut self, name: &[u8], new: Option<(&str, ObjectId)>) -> Option<()> {
        if let Some((mode, id)) = new
            && let Ok(place) = self.place(name, mode == "40000")
            && self.at(place)?.mode == mode.as_bytes()
            && self.place(name, mode != "40000").is_err()
        {
            return self.replace_id(place, id);
        }
        for is_tree in [false, true] {
            if let Ok(place) = self.place(name, is_tree) {
                self.splice(place, 1, &[])?;
            }
        }
        let Some((mode, id)) = new else { return Some(()) };
        let place = match self.place(name, mode == "40000") {
            Ok(place) | Err(place) => place,
        };
        let mut bytes = Vec::with_capacity(mode.len() + name.len() + ID_BYTES + 2);
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        bytes.extend_from_slice(id.as_slice());
        self.splice(place, 0, &bytes)
    }

    fn replace_id(&mut self, (piece, index): Place, id: ObjectId) -> Option<()> {
        let changed = self.pieces.get_mut(piece)?;
        let end = changed.start(index + 1);
        let place = Arc::make_mut(&mut changed.data).get_mut(end - ID_BYTES..end)?;
        place.copy_from_slice(id.as_slice());
        self.sums.truncate(piece + 1);
        Some(())
    }

    /// Replaces `n` entries of a piece by the bytes of one, or of none.
    fn splice(&mut self, (at, index): Place, n: usize, bytes: &[u8]) -> Option<()> {
        // The length is the first thing that goes into the sum.
        self.sums.clear();
        if self.pieces.is_empty() {
            self.pieces.push(Piece::default());
        }
        let piece = self.pieces.get_mut(at)?;
        let (start, end) = (piece.start(index), piece.start(index + n));
        self.len = self.len + bytes.len() - (end - start);
        u32::try_from(self.len).ok()?;
        Arc::make_mut(&mut piece.data).splice(start..end, bytes.iter().copied());
        let new = (!bytes.is_empty()).then_some(start as u32);
        let starts = Arc::make_mut(&mut piece.starts);
        starts.splice(index..index + n, new);
        let first = index + usize::from(new.is_some());
        let (more, less) = (u32::try_from(bytes.len()).ok()?, (end - start) as u32);
        starts[first..].iter_mut().for_each(|start| *start = *start - less + more);
        if piece.data.is_empty() {
            self.pieces.remove(at);
        } else if piece.data.len() > 2 * PIECE_BYTES && piece.starts.len() > 1 {
            let rest = piece.split();
            self.pieces.insert(at + 1, rest);
        }
        Some(())
    }

    fn at(&self, (piece, index): Place) -> Option<Entry<'_>> {
        let piece = self.pieces.get(piece)?;
        Some(entry(&piece.data, piece.start(index))?.0)
    }

    /// Returns the place behind another.
    fn after(&self, (piece, index): Place) -> Place {
        match self.pieces.get(piece) {
            Some(within) if index + 1 < within.starts.len() => (piece, index + 1),
            _ => (piece + 1, 0),
        }
    }

    /// Says where an entry stands, or where it would.
    fn place(&self, name: &[u8], is_tree: bool) -> Result<Place, Place> {
        let beside = |piece: &Piece, start: usize| match entry(&piece.data, start) {
            Some((entry, _)) => order(entry.name, entry.is_tree(), name, is_tree),
            None => Ordering::Less,
        };
        // The last piece that does not begin behind it.
        let at = self.pieces.partition_point(|piece| beside(piece, 0).is_le()).saturating_sub(1);
        let Some(piece) = self.pieces.get(at) else { return Err((0, 0)) };
        let found = piece.starts.binary_search_by(|start| beside(piece, *start as usize));
        found.map(|index| (at, index)).map_err(|index| (at, index))
    }
}

impl Piece {
    fn start(&self, index: usize) -> usize {
        self.starts.get(index).map_or(self.data.len(), |start| *start as usize)
    }

    /// Keeps the first half of its entries and returns the rest.
    fn split(&mut self) -> Self {
        let starts = Arc::make_mut(&mut self.starts);
        let mut rest = starts.split_off(starts.len() / 2);
        let cut = rest[0];
        rest.iter_mut().for_each(|start| *start -= cut);
        let data = Arc::make_mut(&mut self.data).split_off(cut as usize);
        Self { data: Arc::new(data), starts: Arc::new(rest) }
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
mod tests;
