//! How many differences lie on top of each other in a pack that `git` has indexed.
//!
//! A difference can name what it is a difference of by its id, and ids are known
//! only once everything is unfolded. `git` does that in one go; whoever reads a
//! single object later goes the whole way down, each time.

use std::{collections::HashMap, path::Path};

use gix::odb::pack::{
    data::{self, entry::Header},
    index,
};

use super::scan::{Limits, Refused};

/// Refuses a pack, named without its ending, in which a difference lies too far from what it rests on.
pub(crate) fn check(stem: &Path, limits: Limits) -> Result<(), Refused> {
    let hash = gix::hash::Kind::Sha1;
    let pack = data::File::at(stem.with_extension("pack"), hash).map_err(broken)?;
    let index = index::File::at(stem.with_extension("idx"), hash).map_err(broken)?;
    let base = |at: u64| -> Result<Option<u64>, Refused> {
        let entry = pack.entry(at).map_err(broken)?;
        match entry.header {
            Header::OfsDelta { base_distance } => {
                let base = Header::verified_base_pack_offset(at, base_distance);
                base.map(Some).ok_or_else(|| broken("a difference of nothing"))
            }
            // What is in no pack of this push rests on what the volume has.
            Header::RefDelta { base_id } => {
                Ok(index.lookup(base_id).map(|at| index.pack_offset_at_index(at)))
            }
            Header::Commit | Header::Tree | Header::Blob | Header::Tag => Ok(None),
        }
    };
    let mut depths: HashMap<u64, u32> = HashMap::new();
    let mut above = Vec::new();
    for entry in index.iter() {
        let mut at = entry.pack_offset;
        let mut depth = loop {
            if let Some(depth) = depths.get(&at) {
                break *depth;
            }
            let Some(base) = base(at)? else {
                depths.insert(at, 0);
                break 0;
            };
            above.push(at);
            if above.len() > limits.depth as usize {
                return Err(Refused::TooDeep { limit: limits.depth });
            }
            at = base;
        };
        while let Some(at) = above.pop() {
            depth += 1;
            depths.insert(at, depth);
        }
        if depth > limits.depth {
            return Err(Refused::TooDeep { limit: limits.depth });
        }
    }
    Ok(())
}

fn broken(reason: impl ToString) -> Refused {
    Refused::Broken { reason: reason.to_string() }
}
