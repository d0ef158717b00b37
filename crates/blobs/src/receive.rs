//! Taking a content in: counted, and hashed on its way.

use std::io::{ErrorKind, Read, Write};

use llmos_core::blob::{BlobHash, BlobsError};
use sha2::{Digest, Sha256};

use crate::failed::medium;

/// How much is taken at once.
const PIECE_BYTES: usize = 64 << 10;

/// Writes all that `content` gives into `into`, and returns its hash and how much it is.
pub(crate) fn receive(
    content: &mut dyn Read,
    limit: u64,
    into: &mut dyn Write,
) -> Result<(BlobHash, u64), BlobsError> {
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let n = match content.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(source) => return Err(BlobsError::Cut { source }),
        };
        size = size.saturating_add(n as u64);
        if size > limit {
            return Err(BlobsError::TooLarge { limit });
        }
        hash.update(&piece[..n]);
        into.write_all(&piece[..n]).map_err(medium("writing what comes"))?;
    }
    Ok((BlobHash::new(hash.finalize().into()), size))
}
