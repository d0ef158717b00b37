//! The difference of two contents, as instructions to copy and to insert.

use std::ops::Range;

/// The most that one instruction can copy, and insert.
const MAX_COPY: usize = 0xff_ff_ff;
const MAX_INSERT: usize = 0x7f;

/// Changes that lie closer together are not looked into.
const MIN_MIDDLE: usize = 256;

/// Returns the delta that makes the tree `target` of the tree `base`.
pub(super) fn between(base: &[u8], target: &[u8]) -> Vec<u8> {
    let start = n_same_at_start(base, target);
    let (base_rest, target_rest) = (&base[start..], &target[start..]);
    let end = n_same_at_end(base_rest, target_rest);
    let mut out = Vec::with_capacity(64);
    size(&mut out, base.len());
    size(&mut out, target.len());
    let middle = &target_rest[..target_rest.len() - end];
    if middle.len() > MIN_MIDDLE
        && let (Some(old), Some(new)) = (entries(base), entries(target))
    {
        by_entry(&mut out, base, &old, target, &new);
        return out;
    }
    copy(&mut out, 0, start);
    insert(&mut out, middle);
    copy(&mut out, base.len() - end, end);
    out
}

/// How many bytes are compared at once where much is the same.
const BLOCK: usize = 256;

/// Returns how many bytes two contents begin with alike.
fn n_same_at_start(a: &[u8], b: &[u8]) -> usize {
    let same = |(a, b): &(&[u8], &[u8])| a == b;
    let whole = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(same).count() * BLOCK;
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count()
}

fn n_same_at_end(a: &[u8], b: &[u8]) -> usize {
    let same = |(a, b): &(&[u8], &[u8])| a == b;
    let whole = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK)).take_while(same).count() * BLOCK;
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// An entry of a tree: where it ends, where its name begins and ends.
struct Entry {
    range: Range<usize>,
    name: Range<usize>,
}

/// Reads the entries of a tree; `None` when it is none.
fn entries(tree: &[u8]) -> Option<Vec<Entry>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < tree.len() {
        let space = start + tree[start..].iter().take(8).position(|byte| *byte == b' ')?;
        let zero = space + tree[space..].iter().position(|byte| *byte == 0)?;
        let end = zero + 21;
        found.push(Entry { range: start..end, name: space + 1..zero });
        start = end;
    }
    (start == tree.len()).then_some(found)
}

/// Goes through two sorted trees at once and copies what is the same in both.
fn by_entry(out: &mut Vec<u8>, base: &[u8], old: &[Entry], target: &[u8], new: &[Entry]) {
    let mut old = old.iter().peekable();
    // What is to be copied and what is to be inserted, until the other comes.
    let (mut same, mut other) = (0..0, 0..0);
    for entry in new {
        let name = &target[entry.name.clone()];
        while old.next_if(|old| base[old.name.clone()] < *name).is_some() {}
        let is_same = |old: &&Entry| base[old.range.clone()] == target[entry.range.clone()];
        match old.next_if(is_same) {
            Some(old) => {
                insert(out, &target[other.clone()]);
                other = entry.range.end..entry.range.end;
                if old.range.start == same.end {
                    same.end = old.range.end;
                } else {
                    copy(out, same.start, same.len());
                    same = old.range.clone();
                }
            }
            None => {
                copy(out, same.start, same.len());
                same = 0..0;
                if other.is_empty() {
                    other = entry.range.clone();
                } else {
                    other.end = entry.range.end;
                }
            }
        }
    }
    copy(out, same.start, same.len());
    insert(out, &target[other]);
}

fn insert(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.chunks(MAX_INSERT) {
        out.push(chunk.len() as u8);
        out.extend_from_slice(chunk);
    }
}

fn size(out: &mut Vec<u8>, mut size: usize) {
    while size >= 0x80 {
        out.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    out.push(size as u8);
}

fn copy(out: &mut Vec<u8>, mut from: usize, mut length: usize) {
    while length > 0 {
        let n = length.min(MAX_COPY);
        let at = out.len();
        out.push(0x80);
        for (bit, byte) in (from as u32).to_le_bytes().into_iter().enumerate() {
            if byte != 0 {
                out[at] |= 1 << bit;
                out.push(byte);
            }
        }
        for (bit, byte) in (n as u32).to_le_bytes().into_iter().take(3).enumerate() {
            if byte != 0 {
                out[at] |= 0x10 << bit;
                out.push(byte);
            }
        }
        from += n;
        length -= n;
    }
}
