//! New objects on their way to disk: first in memory, then as loose files or in a pack.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::{Compression, write::ZlibEncoder};
use gix::{ObjectId, objs::Kind};
use sha1::Digest;

use crate::disk::Disk;

/// From this size on an object is kept as it is until it is packed: to deflate it would take longer than to write it.
const STORED_FROM: usize = 32 << 10;

/// Numbers the unfinished files of this process.
static UNFINISHED: AtomicU64 = AtomicU64::new(0);

/// The bytes of an object, in pieces that the forms of one large folder share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content(Vec<Arc<Vec<u8>>>);

impl Content {
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|piece| piece.len()).sum()
    }

    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|piece| piece.as_slice())
    }

    /// Returns all of it in one, copied where it lies in several pieces.
    pub(crate) fn whole(&self) -> Cow<'_, [u8]> {
        match self.0.as_slice() {
            [one] => Cow::Borrowed(one),
            pieces => {
                let mut all = Vec::with_capacity(self.len());
                pieces.iter().for_each(|piece| all.extend_from_slice(piece));
                Cow::Owned(all)
            }
        }
    }

    /// Counts the bytes of the pieces that another one does not share.
    pub(crate) fn bytes_beside(&self, other: &Self) -> usize {
        let theirs: BTreeSet<_> = other.0.iter().map(Arc::as_ptr).collect();
        let own = self.0.iter().filter(|piece| !theirs.contains(&Arc::as_ptr(piece)));
        own.map(|piece| piece.len()).sum()
    }
}

impl FromIterator<Arc<Vec<u8>>> for Content {
    fn from_iter<T: IntoIterator<Item = Arc<Vec<u8>>>>(pieces: T) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl From<Vec<u8>> for Content {
    fn from(whole: Vec<u8>) -> Self {
        Self(vec![Arc::new(whole)])
    }
}

/// An object that is not yet on disk.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) id: ObjectId,
    pub(crate) kind: Kind,
    pub(crate) data: Content,
    /// How many bytes it holds that the older form does not hold for it.
    pub(crate) own_bytes: usize,
    /// The older form of the same folder, of which it is an edit.
    pub(crate) previous: Option<ObjectId>,
}

impl Object {
    pub(crate) fn new(kind: Kind, data: Vec<u8>, previous: Option<ObjectId>) -> Self {
        Self::with_id(id_of(kind, &data), kind, data, previous)
    }

    /// An object of which the id is known.
    pub(crate) fn with_id(
        id: ObjectId,
        kind: Kind,
        data: Vec<u8>,
        previous: Option<ObjectId>,
    ) -> Self {
        Self { id, kind, own_bytes: data.len(), data: data.into(), previous }
    }
}

/// Computes the id of an object, as Git does.
pub(crate) fn id_of(kind: Kind, data: &[u8]) -> ObjectId {
    ObjectId::Sha1(sum_of_header(kind, data.len()).chain_update(data).finalize().into())
}

/// Begins the sum of an object of which the content follows.
pub(crate) fn sum_of_header(kind: Kind, len: usize) -> sha1::Sha1 {
    sha1::Sha1::new_with_prefix(header(kind, len))
}

/// Says where a loose object is kept, below the folder `objects`.
pub(crate) fn loose_path(objects: &Path, id: ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (folder, name) = hex.split_at(2);
    objects.join(folder).join(name)
}

/// Writes an object as a loose file, unless there is one.
pub(crate) fn write_loose(disk: &dyn Disk, objects: &Path, object: &Object) -> io::Result<()> {
    let path = loose_path(objects, object.id);
    if path.exists() {
        return Ok(());
    }
    // A folder that is a link would lead elsewhere.
    let is_odd = |folder: &Path| fs::symlink_metadata(folder).is_ok_and(|it| !it.is_dir());
    if path.parent().is_some_and(is_odd) {
        return Err(io::Error::other("a folder of objects is no plain folder"));
    }
    let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
    let unfinished = objects.join(format!("tmp_obj_llmos_{}_{number}", std::process::id()));
    let written = write_new(disk, &unfinished, &deflated(object)?).and_then(|()| {
        let renamed = fs::rename(&unfinished, &path);
        match renamed {
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::rename(&unfinished, &path)
            }
            other => other,
        }
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Says whether a loose file holds the object that its name promises.
pub(crate) fn is_sound(path: &Path, id: ObjectId) -> io::Result<bool> {
    let mut inflated = flate2::read::ZlibDecoder::new(File::open(path)?);
    let mut hash = sha1::Sha1::new();
    if io::copy(&mut inflated, &mut HashWriter(&mut hash)).is_err() {
        return Ok(false);
    }
    Ok(ObjectId::Sha1(hash.finalize().into()) == id)
}

struct HashWriter<'a>(&'a mut sha1::Sha1);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a file that nobody may change afterwards, as Git makes its objects.
pub(crate) fn write_new(disk: &dyn Disk, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o444);
    }
    let file = options.open(path)?;
    disk.write(&file, content)
}

fn header(kind: Kind, len: usize) -> Vec<u8> {
    let kind = std::str::from_utf8(kind.as_bytes()).unwrap_or_default();
    format!("{kind} {len}\0").into_bytes()
}

fn deflated(object: &Object) -> io::Result<Vec<u8>> {
    let len = object.data.len();
    let level = match len {
        STORED_FROM.. => Compression::none(),
        _ => Compression::fast(),
    };
    let mut out = ZlibEncoder::new(Vec::with_capacity(len / 2 + 64), level);
    out.write_all(&header(object.kind, len))?;
    for piece in object.data.pieces() {
        out.write_all(piece)?;
    }
    out.finish()
}

/// A shared object, as several commits and readers hold it.
pub(crate) type Shared = Arc<Object>;
