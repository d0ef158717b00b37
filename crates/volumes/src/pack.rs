//! Writing packs: many objects in one file, with the index that finds them.
//!
//! The forms are those of Git's `gitformat-pack`: pack version 2, index version 2.
//! A folder that changes often is kept whole once and as differences otherwise:
//! the newest form comes first, each older one is a delta of the one after it.

mod delta;
mod merge;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use flate2::{Compression, write::ZlibEncoder};
use gix::{ObjectId, objs::Kind};
use sha1::Digest;

pub(crate) use merge::{is_sound, merge, remove};

use crate::{
    disk::Disk,
    object::{self, Object, Shared},
};

/// How many deltas may lie between an object and a whole one.
const MAX_DEPTH: usize = 40;

/// Smaller folders are not worth a delta.
const MIN_DELTA_BYTES: usize = 512;

const PACK_HEADER_BYTES: usize = 12;
const TRAILER_BYTES: usize = 20;

/// Numbers the unfinished packs of this process.
static UNFINISHED: AtomicU64 = AtomicU64::new(0);

/// Where an object stands in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    id: ObjectId,
    offset: u64,
    crc: u32,
}

/// Writes a pack of the objects below the folder `objects` and returns its name without ending.
pub(crate) fn write(disk: &dyn Disk, objects: &Path, new: &[Shared]) -> io::Result<String> {
    let mut pack = Draft::new(new.len())?;
    let by_id: BTreeMap<ObjectId, &Object> =
        new.iter().map(|object| (object.id, &**object)).collect();
    // From each folder to its next form, which is its base.
    let mut next: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
    for object in new {
        if let Some(previous) = object.previous.filter(|id| by_id.contains_key(id)) {
            next.entry(previous).or_insert(object.id);
        }
    }
    let mut placed: BTreeMap<ObjectId, (u64, usize)> = BTreeMap::new();
    let mut started: BTreeSet<ObjectId> = BTreeSet::new();
    // From the newest on, so that most bases are placed before they are needed.
    for object in new.iter().rev() {
        let mut chain = vec![object.id];
        while let Some(base) = chain.last().and_then(|id| next.get(id))
            && !placed.contains_key(base)
            && started.insert(*base)
        {
            chain.push(*base);
        }
        for id in chain.iter().rev() {
            if placed.contains_key(id) {
                continue;
            }
            let Some(object) = by_id.get(id) else { continue };
            let base = next.get(id).and_then(|base| Some((by_id.get(base)?, placed.get(base)?)));
            let delta = base.filter(|(base, (_, depth))| {
                *depth < MAX_DEPTH && base.kind == Kind::Tree && object.data.len() > MIN_DELTA_BYTES
            });
            let place = match delta {
                Some((base, (offset, depth))) => {
                    let delta = delta::between(&base.data.whole(), &object.data.whole());
                    (pack.add_delta(object.id, *offset, &delta)?, depth + 1)
                }
                None => (pack.add(object)?, 0),
            };
            placed.insert(*id, place);
        }
    }
    pack.finish(disk, objects)
}

/// A pack in memory.
struct Draft {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

impl Draft {
    fn new(n_objects: usize) -> io::Result<Self> {
        let n = u32::try_from(n_objects).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(64 << 10);
        bytes.extend_from_slice(b"PACK");
        bytes.extend_from_slice(&2_u32.to_be_bytes());
        bytes.extend_from_slice(&n.to_be_bytes());
        Ok(Self { bytes, places: Vec::with_capacity(n_objects) })
    }

    fn add(&mut self, object: &Object) -> io::Result<u64> {
        let kind = match object.kind {
            Kind::Commit => 1,
            Kind::Tree => 2,
            Kind::Blob => 3,
            Kind::Tag => 4,
        };
        self.entry(object.id, kind, &object.data.whole(), |_, _| {})
    }

    fn add_delta(&mut self, id: ObjectId, base: u64, delta: &[u8]) -> io::Result<u64> {
        const OFS_DELTA: u8 = 6;
        self.entry(id, OFS_DELTA, delta, |bytes, offset| negative_offset(bytes, offset - base))
    }

    /// Appends an entry: kind and size, what `between` adds, then the deflated data.
    fn entry(
        &mut self,
        id: ObjectId,
        kind: u8,
        data: &[u8],
        between: impl Fn(&mut Vec<u8>, u64),
    ) -> io::Result<u64> {
        let start = self.bytes.len();
        let offset = start as u64;
        let mut size = data.len();
        let mut byte = (kind << 4) | (size & 0x0f) as u8;
        size >>= 4;
        while size > 0 {
            self.bytes.push(byte | 0x80);
            byte = (size & 0x7f) as u8;
            size >>= 7;
        }
        self.bytes.push(byte);
        between(&mut self.bytes, offset);
        let bytes = std::mem::take(&mut self.bytes);
        let mut out = ZlibEncoder::new(bytes, Compression::fast());
        out.write_all(data)?;
        self.bytes = out.finish()?;
        let crc = crc32fast::hash(&self.bytes[start..]);
        self.places.push(Place { id, offset, crc });
        Ok(offset)
    }

    fn finish(mut self, disk: &dyn Disk, objects: &Path) -> io::Result<String> {
        let sum: [u8; TRAILER_BYTES] = sha1::Sha1::digest(&self.bytes).into();
        self.bytes.extend_from_slice(&sum);
        place(disk, objects, &self.bytes, index(self.places, sum))
    }
}

/// The offset back to a base, in Git's way of writing such.
fn negative_offset(out: &mut Vec<u8>, mut distance: u64) {
    let mut bytes = vec![(distance & 0x7f) as u8];
    distance >>= 7;
    while distance > 0 {
        distance -= 1;
        bytes.push((distance & 0x7f) as u8 | 0x80);
        distance >>= 7;
    }
    out.extend(bytes.into_iter().rev());
}

/// Prints the index of a pack whose checksum is `sum`.
fn index(mut places: Vec<Place>, sum: [u8; TRAILER_BYTES]) -> Vec<u8> {
    places.sort_unstable_by_key(|place| place.id);
    let mut out = Vec::with_capacity(1_100 + places.len() * 28);
    out.extend_from_slice(b"\xfftOc");
    out.extend_from_slice(&2_u32.to_be_bytes());
    let mut counts = [0_u32; 256];
    for place in &places {
        counts[usize::from(place.id.as_slice()[0])] += 1;
    }
    let mut total = 0;
    for count in counts {
        total += count;
        out.extend_from_slice(&total.to_be_bytes());
    }
    for place in &places {
        out.extend_from_slice(place.id.as_slice());
    }
    for place in &places {
        out.extend_from_slice(&place.crc.to_be_bytes());
    }
    let mut large = Vec::new();
    for place in &places {
        match u32::try_from(place.offset) {
            Ok(offset) if offset < 1 << 31 => out.extend_from_slice(&offset.to_be_bytes()),
            _ => {
                let at = large.len() as u32 / 8;
                out.extend_from_slice(&(at | 1 << 31).to_be_bytes());
                large.extend_from_slice(&place.offset.to_be_bytes());
            }
        }
    }
    out.extend_from_slice(&large);
    out.extend_from_slice(&sum);
    let own: [u8; TRAILER_BYTES] = sha1::Sha1::digest(&out).into();
    out.extend_from_slice(&own);
    out
}

/// Puts a pack and its index in their place; nobody sees a pack that is not whole.
fn place(disk: &dyn Disk, objects: &Path, pack: &[u8], index: Vec<u8>) -> io::Result<String> {
    let folder = objects.join("pack");
    fs::create_dir_all(&folder)?;
    let sum: String =
        pack[pack.len() - TRAILER_BYTES..].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("pack-{sum}");
    if folder.join(format!("{name}.idx")).exists() {
        return Ok(name);
    }
    let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
    let unfinished =
        |kind: &str| folder.join(format!("tmp_{kind}_llmos_{}_{number}", std::process::id()));
    let (new_pack, new_index) = (unfinished("pack"), unfinished("idx"));
    let written = object::write_new(disk, &new_pack, pack)
        .and_then(|()| object::write_new(disk, &new_index, &index))
        // Git looks for the index, so the pack is there first.
        .and_then(|()| fs::rename(&new_pack, folder.join(format!("{name}.pack"))))
        .and_then(|()| fs::rename(&new_index, folder.join(format!("{name}.idx"))));
    if written.is_err() {
        let _ = fs::remove_file(&new_pack);
        let _ = fs::remove_file(&new_index);
    }
    written.map(|()| name)
}

/// Makes a pack durable: its files and their names.
pub(crate) fn flush(disk: &dyn Disk, objects: &Path, name: &str) -> io::Result<()> {
    let folder = objects.join("pack");
    for ending in ["pack", "idx"] {
        disk.flush(&File::open(folder.join(format!("{name}.{ending}")))?)?;
    }
    disk.flush(&File::open(folder)?)
}

#[cfg(test)]
mod tests;
