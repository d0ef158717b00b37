//! What a record of the journal holds: commits, and the files that each one changes.

use gix::ObjectId;
use llmos_core::volume::VolumePath;

use crate::{object::id_of, tree};

/// A commit as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptCommit {
    /// The commit, as Git stores it: its tree, its parent, who, when and why.
    pub(crate) commit: Vec<u8>,
    pub(crate) files: Vec<KeptFile>,
}

/// A file that a commit changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptFile {
    pub(crate) path: VolumePath,
    pub(crate) executable: bool,
    /// `None` where the file goes.
    pub(crate) content: Option<Vec<u8>>,
}

impl KeptCommit {
    pub(crate) fn id(&self) -> ObjectId {
        id_of(gix::objs::Kind::Commit, &self.commit)
    }

    /// The commit that it follows.
    pub(crate) fn parent(&self) -> Option<ObjectId> {
        gix::objs::CommitRefIter::from_bytes(&self.commit, gix::hash::Kind::Sha1)
            .parent_ids()
            .next()
    }

    /// The tree that it names.
    pub(crate) fn tree(&self) -> Option<ObjectId> {
        gix::objs::CommitRefIter::from_bytes(&self.commit, gix::hash::Kind::Sha1).tree_id().ok()
    }
}

impl KeptFile {
    /// The file in its tree; `None` where it goes.
    pub(crate) fn file(&self) -> Option<tree::File> {
        let id = id_of(gix::objs::Kind::Blob, self.content.as_ref()?);
        Some(tree::File { id, executable: self.executable })
    }
}

const GONE: u8 = 0;
const PLAIN: u8 = 1;
const EXECUTABLE: u8 = 2;

/// Appends the commits of a batch to `out`.
pub(crate) fn print(batch: &[KeptCommit], out: &mut Vec<u8>) {
    number(out, batch.len());
    for KeptCommit { commit, files } in batch {
        bytes(out, commit);
        number(out, files.len());
        for KeptFile { path, executable, content } in files {
            bytes(out, path.as_str().as_bytes());
            match content {
                None => out.push(GONE),
                Some(content) => {
                    out.push(if *executable { EXECUTABLE } else { PLAIN });
                    bytes(out, content);
                }
            }
        }
    }
}

/// Reads the commits of a batch; `None` when this is none.
pub(crate) fn parse(mut rest: &[u8]) -> Option<Vec<KeptCommit>> {
    let rest = &mut rest;
    let mut batch = Vec::new();
    for _ in 0..take_number(rest)? {
        let commit = take_bytes(rest)?.to_vec();
        let mut files = Vec::new();
        for _ in 0..take_number(rest)? {
            let path = std::str::from_utf8(take_bytes(rest)?).ok()?.parse().ok()?;
            let (kind, after) = rest.split_first()?;
            *rest = after;
            let content = match *kind {
                GONE => None,
                PLAIN | EXECUTABLE => Some(take_bytes(rest)?.to_vec()),
                _ => return None,
            };
            files.push(KeptFile { path, executable: *kind == EXECUTABLE, content });
        }
        batch.push(KeptCommit { commit, files });
    }
    rest.is_empty().then_some(batch)
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&(number as u64).to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let (number, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    usize::try_from(u64::from_le_bytes(*number)).ok()
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_number(rest)?;
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}
