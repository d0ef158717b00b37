//! Looking through a pack before anybody unfolds it: a few kilobytes can unfold
//! into gigabytes, so every object is counted first, without keeping it.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read},
};

use flate2::bufread::ZlibDecoder;

/// The most that a pack from elsewhere may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) objects: u32,
    /// Of one object, unfolded.
    pub(crate) object_bytes: u64,
    /// Of all objects, unfolded.
    pub(crate) total_bytes: u64,
    /// How many differences may lie on top of each other.
    pub(crate) depth: u32,
}

impl Limits {
    pub(crate) const PACK: Self =
        Self { objects: 2_000_000, object_bytes: 64 << 20, total_bytes: 8 << 30, depth: 512 };

    /// A backup holds years of what came in many pushes, and what somebody committed by hand.
    pub(crate) const BACKUP: Self =
        Self { objects: 200_000_000, object_bytes: 2 << 30, total_bytes: 16 << 40, depth: 512 };
}

/// Why a pack is not unfolded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the pack is broken: {reason}")]
    Broken { reason: String },
    #[error("the pack holds {found} objects, at most {limit} are taken at once")]
    TooMany { found: u32, limit: u32 },
    #[error("an object of the pack has {found} bytes, at most {limit} are taken")]
    TooLarge { found: u64, limit: u64 },
    #[error("the pack unfolds into more than {limit} bytes")]
    Unfolds { limit: u64 },
    #[error("an object of the pack is a difference of a difference, more than {limit} deep")]
    TooDeep { limit: u32 },
}

/// What a pack holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) objects: u32,
    pub(crate) bytes: u64,
}

/// Counts what a pack unfolds into, and refuses it as soon as that is too much.
pub(crate) fn scan(pack: &mut dyn BufRead, limits: Limits) -> Result<Contents, Refused> {
    let mut pack = Counted { inner: pack, at: 0 };
    let mut header = [0; 12];
    pack.read_exact(&mut header).map_err(broken)?;
    let [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, count @ ..] = header else {
        return Err(broken("it does not begin as packs do"));
    };
    let objects = u32::from_be_bytes(count);
    if objects > limits.objects {
        return Err(Refused::TooMany { found: objects, limit: limits.objects });
    }
    let mut contents = Contents { objects, bytes: 0 };
    let mut depths: BTreeMap<u64, u32> = BTreeMap::new();
    for _ in 0..objects {
        let start = pack.at;
        let (kind, size) = object_header(&mut pack)?;
        let depth = match kind {
            1..=4 => 0,
            6 => {
                let back = offset(&mut pack)?;
                let base = start.checked_sub(back).filter(|_| back > 0);
                let base = base.ok_or_else(|| broken("a difference of nothing"))?;
                1 + depths.get(&base).copied().unwrap_or(0)
            }
            7 => {
                pack.read_exact(&mut [0; 20]).map_err(broken)?;
                1
            }
            _ => return Err(broken("an object of no kind")),
        };
        if depth > limits.depth {
            return Err(Refused::TooDeep { limit: limits.depth });
        }
        if depth > 0 {
            depths.insert(start, depth);
        }
        let unfolded = unfold(&mut pack, size, depth > 0, limits)?;
        contents.bytes = contents.bytes.saturating_add(unfolded);
        if contents.bytes > limits.total_bytes {
            return Err(Refused::Unfolds { limit: limits.total_bytes });
        }
    }
    Ok(contents)
}

/// Inflates one object and says into how many bytes it unfolds.
fn unfold(
    pack: &mut Counted<'_>,
    size: u64,
    is_difference: bool,
    limits: Limits,
) -> Result<u64, Refused> {
    let limit = limits.object_bytes;
    if size > limit {
        return Err(Refused::TooLarge { found: size, limit });
    }
    let mut from = ZlibDecoder::new(pack);
    let mut first = Vec::with_capacity(20);
    from.by_ref().take(20).read_to_end(&mut first).map_err(broken)?;
    // One byte more than it says would be a lie as well.
    let room = size.saturating_sub(first.len() as u64) + 1;
    let rest = io::copy(&mut from.by_ref().take(room), &mut io::sink()).map_err(broken)?;
    if first.len() as u64 + rest != size {
        return Err(broken("an object has another size than it says"));
    }
    if !is_difference {
        return Ok(size);
    }
    let mut first = first.as_slice();
    let (Some(_base), Some(result)) = (number(&mut first), number(&mut first)) else {
        return Err(broken("a difference without a size"));
    };
    if result > limit {
        return Err(Refused::TooLarge { found: result, limit });
    }
    Ok(result)
}

fn object_header(pack: &mut Counted<'_>) -> Result<(u8, u64), Refused> {
    let mut byte = pack.byte()?;
    let kind = (byte >> 4) & 7;
    let mut size = u64::from(byte & 15);
    let mut shift = 4;
    while byte & 0x80 != 0 {
        byte = pack.byte()?;
        if shift > 53 {
            return Err(broken("an object of no size"));
        }
        size |= u64::from(byte & 0x7f) << shift;
        shift += 7;
    }
    Ok((kind, size))
}

/// Reads how far back a difference finds what it is a difference of.
fn offset(pack: &mut Counted<'_>) -> Result<u64, Refused> {
    let mut byte = pack.byte()?;
    let mut offset = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = pack.byte()?;
        if offset >= 1 << 55 {
            return Err(broken("a difference of nothing"));
        }
        offset = ((offset + 1) << 7) | u64::from(byte & 0x7f);
    }
    Ok(offset)
}

fn number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn broken(reason: impl ToString) -> Refused {
    Refused::Broken { reason: reason.to_string() }
}

/// Knows where in the pack it is.
struct Counted<'a> {
    inner: &'a mut dyn BufRead,
    at: u64,
}

impl Counted<'_> {
    fn byte(&mut self) -> Result<u8, Refused> {
        let mut byte = [0];
        self.read_exact(&mut byte).map_err(broken)?;
        Ok(byte[0])
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.at += n as u64;
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests;
