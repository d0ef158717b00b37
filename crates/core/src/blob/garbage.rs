//! Which blobs nobody needs any more.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{BlobHash, KeptBlob};

/// Returns what may be removed: what nothing refers to, and what was last put before `before`.
///
/// A blob is put before anything can refer to it, so a young one may be waiting for its pointer.
pub fn garbage(
    kept: &[KeptBlob],
    referred: &BTreeSet<BlobHash>,
    before: Timestamp,
) -> Vec<KeptBlob> {
    let is_garbage = |blob: &&KeptBlob| blob.kept_at < before && !referred.contains(&blob.hash);
    kept.iter().filter(is_garbage).cloned().collect()
}
