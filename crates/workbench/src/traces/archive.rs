//! A month of traces in one file: an ordinary zip, whose members are called as the files that they were.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    sync::Arc,
};

use llmos_core::{trace::TraceId, volume::VolumePath};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The largest member that is read, so that a small archive cannot unfold into all memory.
const MAX_MEMBER_BYTES: u64 = 256 << 20;

/// An archive that was read: what is in it, and its bytes.
pub(crate) struct Archive {
    /// Its traces, the newest last.
    pub(crate) ids: Vec<TraceId>,
    zip: ZipArchive<Cursor<Arc<[u8]>>>,
}

/// Why bytes are no archive, or a member of it cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("it is no zip file, or a damaged one")]
    NotZip(#[source] zip::result::ZipError),
    #[error("`{name}` in it cannot be read")]
    Member { name: String, source: std::io::Error },
}

impl Archive {
    /// Opens an archive; members that are no traces of their place are left out.
    pub(crate) fn open(bytes: Vec<u8>) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(Cursor::new(Arc::from(bytes))).map_err(ArchiveError::NotZip)?;
        let names = zip.file_names().filter_map(Result::ok);
        let mut ids: Vec<TraceId> = names.filter_map(|name| trace_at(&name)).collect();
        ids.sort();
        Ok(Self { ids, zip })
    }

    /// Says whether a trace is in it.
    pub(crate) fn has(&self, id: &TraceId) -> bool {
        self.ids.binary_search(id).is_ok()
    }

    /// Reads a member; `None` where there is none of this name.
    pub(crate) fn read(&self, path: &VolumePath) -> Result<Option<Vec<u8>>, ArchiveError> {
        // A clone shares everything but the position.
        let mut zip = self.zip.clone();
        let failed = |source| ArchiveError::Member { name: path.to_string(), source };
        let Some(at) = zip.index_for_name(path.as_str()) else { return Ok(None) };
        let member = zip.by_index(at).map_err(|err| failed(std::io::Error::other(err)))?;
        let mut content = Vec::new();
        member.take(MAX_MEMBER_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
        if content.len() as u64 > MAX_MEMBER_BYTES {
            return Err(failed(std::io::Error::other("it is too large")));
        }
        Ok(Some(content))
    }

    /// The paths of everything in it that is safe to write.
    pub(crate) fn paths(&self) -> Vec<VolumePath> {
        let names = self.zip.file_names().filter_map(Result::ok);
        names.filter_map(|name| name.parse().ok()).collect()
    }
}

/// Packs files, each under its path in the volume. Equal files make equal bytes.
pub(crate) fn pack(files: &BTreeMap<VolumePath, Vec<u8>>) -> Result<Vec<u8>, ArchiveError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (path, content) in files {
        let failed = |source| ArchiveError::Member { name: path.to_string(), source };
        zip.start_file(path.as_str(), options).map_err(|err| failed(std::io::Error::other(err)))?;
        zip.write_all(content).map_err(failed)?;
    }
    Ok(zip.finish().map_err(ArchiveError::NotZip)?.into_inner())
}

/// The trace that a file of this path is, if it is one and in its place.
pub(super) fn trace_at(path: &str) -> Option<TraceId> {
    let name = path.rsplit('/').next()?.strip_suffix(".md")?;
    let id: TraceId = name.parse().ok()?;
    (id.path().as_str() == path).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> BTreeMap<VolumePath, Vec<u8>> {
        let file = |path: &&str| (path.parse().expect("it is a path"), path.as_bytes().to_vec());
        paths.iter().map(file).collect()
    }

    #[test]
    fn what_is_packed_is_read_back() {
        let id = "run-20260311-101112-0a1b2c3d";
        let path = format!("traces/2026/03/11/{id}.md");
        let value = format!("traces/2026/03/11/objects/{}.json", "a".repeat(64));
        let all = files(&[&path, &value, "traces/2026/03/12/run-20260311-101112-0a1b2c3d.md"]);
        let bytes = pack(&all).expect("it is packed");
        assert_eq!(bytes, pack(&all).expect("it is packed again"));
        let archive = Archive::open(bytes).expect("it is an archive");
        assert_eq!(archive.ids.iter().map(TraceId::as_str).collect::<Vec<_>>(), [id]);
        for (path, content) in &all {
            assert_eq!(archive.read(path).expect("it is read").as_ref(), Some(content));
        }
        assert_eq!(archive.read(&"b.md".parse().expect("a path")).expect("no failure"), None);
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [&b""[..], b"PK", b"no zip at all"] {
            assert!(Archive::open(bytes.to_vec()).is_err());
        }
        let mut bytes = pack(&files(&["traces/a.md"])).expect("it is packed");
        // Behind the header of 30 bytes and the name: what the checksum is of.
        bytes[30 + "traces/a.md".len() + 2] ^= 0xff;
        let archive = Archive::open(bytes).expect("its list is whole");
        assert!(archive.read(&"traces/a.md".parse().expect("a path")).is_err());
    }
}
