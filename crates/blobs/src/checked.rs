//! A content that is hashed again while it is read.

use std::io::{self, Read};

use llmos_core::blob::{BlobHash, BlobsError};
use sha2::{Digest, Sha256};

/// How much is read before any of it is given: what is damaged at its very end is
/// not given whole.
const PIECE_BYTES: usize = 64 << 10;

/// Gives a content whose last piece comes only when all of it is what the hash says.
pub(crate) struct Checked<R> {
    content: R,
    hash: BlobHash,
    /// How much is still to come, with what is held.
    left: u64,
    so_far: Sha256,
    held: Vec<u8>,
    at: usize,
    is_whole: bool,
}

impl<R: Read> Checked<R> {
    pub(crate) fn new(content: R, hash: BlobHash, size: u64) -> Self {
        let so_far = Sha256::new();
        Self { content, hash, left: size, so_far, held: Vec::new(), at: 0, is_whole: false }
    }

    /// Reads the next piece; after the last one, checks all of it.
    fn hold(&mut self) -> io::Result<()> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(PIECE_BYTES);
        self.held.resize(wanted, 0);
        self.at = 0;
        let read = self.content.read_exact(&mut self.held);
        if let Err(error) = read {
            self.held.clear();
            // What ends too early is as damaged as what is another content.
            return Err(match error.kind() {
                io::ErrorKind::UnexpectedEof => self.damaged(),
                _ => error,
            });
        }
        self.so_far.update(&self.held);
        if wanted as u64 == self.left {
            let found = std::mem::take(&mut self.so_far).finalize();
            let is_more = self.content.read(&mut [0])? > 0;
            if is_more || BlobHash::new(found.into()) != self.hash {
                self.held.clear();
                return Err(self.damaged());
            }
            self.is_whole = true;
        }
        Ok(())
    }

    fn damaged(&self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, BlobsError::Damaged { hash: self.hash })
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || (self.left == 0 && self.is_whole) {
            return Ok(0);
        }
        if self.at == self.held.len() {
            self.hold()?;
        }
        let n = into.len().min(self.held.len() - self.at);
        into[..n].copy_from_slice(&self.held[self.at..self.at + n]);
        self.at += n;
        self.left -= n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8], said: &[u8]) -> Result<Vec<u8>, (usize, io::ErrorKind)> {
        let mut checked = Checked::new(content, BlobHash::of(said), said.len() as u64);
        let mut got = Vec::new();
        match checked.read_to_end(&mut got) {
            Ok(_) => Ok(got),
            Err(error) => Err((got.len(), error.kind())),
        }
    }

    #[test]
    fn what_is_not_what_its_hash_says_is_never_given_whole() {
        for len in [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7] {
            let content: Vec<u8> =
                (0..len).map(|i| u8::try_from(i % 251).expect("it is small")).collect();
            assert_eq!(read(&content, &content), Ok(content.clone()), "{len} bytes");
            let mut changed = content.clone();
            changed[len - 1] ^= 1;
            let mut first = content.clone();
            first[0] ^= 1;
            let longer = [content.as_slice(), b"x"].concat();
            for bad in [&changed, &first, &longer, &content[..len - 1].to_vec()] {
                let (n, kind) = read(bad, &content).expect_err("it is damaged");
                assert_eq!(kind, io::ErrorKind::InvalidData);
                assert!(n < len, "{n} of {len} bytes were given");
            }
        }
    }

    #[test]
    fn nothing_at_all_is_checked_too() {
        assert_eq!(read(b"", b""), Ok(Vec::new()));
        let cut = Checked::new(b"".as_slice(), BlobHash::of(b"x"), 0).read(&mut [0]);
        assert_eq!(cut.map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
    }
}
