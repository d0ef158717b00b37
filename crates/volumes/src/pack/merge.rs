//! Making one pack of several.
//!
//! In packs of this program a delta stands in the same pack as its base and
//! says how far back that is. Entries that are copied together, in their order,
//! therefore stay right: packs are joined without unpacking anything.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use gix::ObjectId;
use sha1::Digest;

use super::{PACK_HEADER_BYTES, Place, TRAILER_BYTES, flush, index, place};
use crate::disk::Disk;

/// Packs of this size are not read as a whole.
const LARGE_BYTES: u64 = 1 << 30;

/// Joins packs and returns the name of the new one; `None` where they cannot be joined.
///
/// The old ones stay: a `git` that is at work may have them in its list.
pub(crate) fn merge(
    disk: &dyn Disk,
    objects: &Path,
    names: &[String],
) -> io::Result<Option<String>> {
    let folder = objects.join("pack");
    let mut bytes = vec![0; PACK_HEADER_BYTES];
    let (mut places, mut known) = (Vec::new(), BTreeSet::new());
    for name in names {
        let Some((body, found)) = read(&folder, name)? else { return Ok(None) };
        let shift = bytes.len() as u64 - PACK_HEADER_BYTES as u64;
        bytes.extend_from_slice(&body);
        for mut place in found {
            // An object stands in a pack only once.
            if !known.insert(place.id) {
                return Ok(None);
            }
            place.offset += shift;
            places.push(place);
        }
    }
    let Ok(n) = u32::try_from(places.len()) else { return Ok(None) };
    bytes[..4].copy_from_slice(b"PACK");
    bytes[4..8].copy_from_slice(&2_u32.to_be_bytes());
    bytes[8..12].copy_from_slice(&n.to_be_bytes());
    let sum: [u8; TRAILER_BYTES] = sha1::Sha1::digest(&bytes).into();
    bytes.extend_from_slice(&sum);
    let merged = place(disk, objects, &bytes, index(places, sum))?;
    flush(disk, objects, &merged)?;
    Ok(Some(merged))
}

/// Removes a pack whose objects are in another one.
pub(crate) fn remove(objects: &Path, name: &str) {
    // The index first: a pack without one is nobody's.
    for ending in ["idx", "pack"] {
        let _ = fs::remove_file(objects.join("pack").join(format!("{name}.{ending}")));
    }
}

/// Says whether a pack and its index are whole and belong together.
///
/// Packs too large to read through are believed: they were flushed before anything relied on them.
pub(crate) fn is_sound(objects: &Path, name: &str) -> bool {
    let folder = objects.join("pack");
    let size = |ending: &str| {
        fs::metadata(folder.join(format!("{name}.{ending}"))).map_or(0, |file| file.len())
    };
    if size("pack") > LARGE_BYTES {
        return true;
    }
    let whole =
        |ending: &str| fs::read(folder.join(format!("{name}.{ending}"))).unwrap_or_default();
    let (pack, index) = (whole("pack"), whole("idx"));
    let is_hashed = |bytes: &[u8]| {
        let end = bytes.len().saturating_sub(TRAILER_BYTES);
        end > PACK_HEADER_BYTES && sha1::Sha1::digest(&bytes[..end]).as_slice() == &bytes[end..]
    };
    is_hashed(&pack)
        && is_hashed(&index)
        && index[..index.len() - TRAILER_BYTES].ends_with(&pack[pack.len() - TRAILER_BYTES..])
}

/// Reads a pack without header and trailer, and the places in it; `None` when it is not as this program writes packs.
fn read(folder: &Path, name: &str) -> io::Result<Option<(Vec<u8>, Vec<Place>)>> {
    let whole = |ending: &str| {
        let mut bytes = Vec::new();
        File::open(folder.join(format!("{name}.{ending}")))?.read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    };
    let (mut pack, index) = (whole("pack")?, whole("idx")?);
    let end = pack.len().saturating_sub(TRAILER_BYTES);
    let is_sound = pack.len() > PACK_HEADER_BYTES + TRAILER_BYTES
        && sha1::Sha1::digest(&pack[..end]).as_slice() == &pack[end..];
    let Some(places) = places(&index).filter(|_| is_sound) else { return Ok(None) };
    pack.truncate(end);
    pack.drain(..PACK_HEADER_BYTES);
    Ok(Some((pack, places)))
}

/// Reads an index that has no large offsets.
fn places(index: &[u8]) -> Option<Vec<Place>> {
    let rest = index.strip_prefix(b"\xfftOc\0\0\0\x02")?;
    let (fans, rest) = rest.split_at_checked(1024)?;
    let n = u32::from_be_bytes(*fans.last_chunk::<4>()?) as usize;
    let (ids, rest) = rest.split_at_checked(n * 20)?;
    let (sums, rest) = rest.split_at_checked(n * 4)?;
    let (offsets, _) = rest.split_at_checked(n * 4)?;
    let number = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?));
    let entries = ids.chunks(20).zip(sums.chunks(4)).zip(offsets.chunks(4));
    entries
        .map(|((id, crc), offset)| {
            let offset = number(offset).filter(|offset| offset >> 31 == 0)?;
            Some(Place {
                id: ObjectId::try_from(id).ok()?,
                offset: u64::from(offset),
                crc: number(crc)?,
            })
        })
        .collect()
}
