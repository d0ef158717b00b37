//! Blobs in a store of objects, which several servers may share.
//!
//! An object's key is `<prefix>/user/ana/<hash>/<time>`: each put makes an object of its own. So
//! whoever removes an old one never takes away what was put at the same moment, and no store has to
//! be asked for two things in one step.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Read, Seek},
    ops::Range,
};

use jiff::Timestamp;
use llmos_core::{
    blob::{BlobHash, Blobs, BlobsError, KeptBlob, OpenBlob, Upload},
    volume::VolumeId,
};

use crate::{
    checked::Checked,
    failed::{Cause, OpenError, medium},
    receive::receive,
};

/// How many digits the time of a key has: milliseconds since 1970, so that keys sort by time.
const TIME_DIGITS: usize = 12;

/// How often is looked again for an object that was replaced by a newer one meanwhile.
const LOOKS: usize = 3;

/// An object of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub(crate) key: String,
    /// How many bytes it has.
    pub(crate) size: u64,
    /// Where it is, for stores that say so.
    pub(crate) url: Option<String>,
}

/// A store of objects. Each method is one promise of S3: whole or not at all, and seen by all at once.
pub trait Objects: Send + Sync {
    /// Keeps a file under a key.
    fn put(&self, key: &str, file: &mut File, size: u64) -> Result<(), Cause>;

    /// Opens an object, or these bytes of it; `None` where it is gone.
    fn open(
        &self,
        object: &Object,
        part: Option<Range<u64>>,
    ) -> Result<Option<Box<dyn Read + Send>>, Cause>;

    /// Hands `visit` each object whose key begins so.
    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Object)) -> Result<(), Cause>;

    /// Lists what follows a prefix that ends in `/`, up to the next `/`.
    fn folders(&self, prefix: &str) -> Result<Vec<String>, Cause>;

    /// Removes objects; one that is gone already counts as removed.
    fn delete(&self, objects: &[Object]) -> Result<(), Cause>;
}

/// Blobs in a store of objects.
pub struct ObjectBlobs<O> {
    objects: O,
    /// Ends in `/`, or is empty.
    prefix: String,
}

impl<O: Objects> ObjectBlobs<O> {
    /// Keeps blobs there, below a prefix.
    ///
    /// # Errors
    ///
    /// Where the prefix has characters that stores read differently.
    pub fn new(objects: O, prefix: &str) -> Result<Self, OpenError> {
        let prefix = prefix.trim_matches('/');
        let is_plain = |part: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            !matches!(part, "" | "." | "..") && part.bytes().all(plain)
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_plain) {
            return Err(OpenError::Settings {
                what: format!("`{}` cannot stand before the keys of blobs", prefix.escape_debug()),
                hint: "use letters, digits, `-`, `_` and `.`, with `/` between parts",
            });
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { objects, prefix })
    }

    fn folder(&self, volume: &VolumeId) -> String {
        format!("{}{volume}/", self.prefix)
    }

    /// The objects of one blob, the oldest first.
    fn copies(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
    ) -> Result<Vec<(Object, Timestamp)>, BlobsError> {
        let prefix = format!("{}{hash}/", self.folder(volume));
        let mut found = Vec::new();
        let mut take = |object: Object| {
            if let Some(at) = object.key.strip_prefix(&prefix).and_then(time) {
                found.push((object, at));
            }
        };
        self.objects.list(&prefix, &mut take).map_err(medium("looking for a blob"))?;
        found.sort_by_key(|(_, at)| *at);
        Ok(found)
    }

    /// Removes what is older than what was put a moment ago.
    fn tidy(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        kept_at: Timestamp,
    ) -> Result<(), BlobsError> {
        let older = self.copies(volume, hash)?.into_iter().filter(|(_, at)| *at < kept_at);
        let older: Vec<Object> = older.map(|(object, _)| object).collect();
        self.delete(&older)
    }

    fn delete(&self, objects: &[Object]) -> Result<(), BlobsError> {
        if objects.is_empty() {
            return Ok(());
        }
        self.objects.delete(objects).map_err(medium("removing a blob"))
    }
}

impl<O: Objects> Blobs for ObjectBlobs<O> {
    fn put(&self, upload: Upload<'_>, content: &mut dyn Read) -> Result<KeptBlob, BlobsError> {
        let Upload { volume, limit, now } = upload;
        // The key has the hash, which is known when everything is here.
        let mut file = tempfile::tempfile().map_err(medium("writing what comes"))?;
        let (hash, size) = receive(content, limit, &mut file)?;
        file.rewind().map_err(medium("reading what came"))?;
        let at = now();
        let millis = at.as_millisecond().max(0);
        let key = format!("{}{hash}/{millis:0TIME_DIGITS$x}", self.folder(volume));
        self.objects.put(&key, &mut file, size).map_err(medium("writing a blob"))?;
        let kept_at = Timestamp::from_millisecond(millis).unwrap_or(at);
        self.tidy(volume, &hash, kept_at)?;
        Ok(KeptBlob { hash, size, kept_at })
    }

    fn find(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<KeptBlob>, BlobsError> {
        let newest = self.copies(volume, hash)?.pop();
        Ok(newest.map(|(object, kept_at)| KeptBlob { hash: *hash, size: object.size, kept_at }))
    }

    fn open(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        part: Option<Range<u64>>,
    ) -> Result<Option<OpenBlob>, BlobsError> {
        for _ in 0..LOOKS {
            let Some((object, _)) = self.copies(volume, hash)?.pop() else { return Ok(None) };
            let size = object.size;
            let part = part.clone().map(|part| part.start..part.end.min(size));
            if part.as_ref().is_some_and(Range::is_empty) {
                return Ok(Some(OpenBlob { size, content: Box::new(std::io::empty()) }));
            }
            let is_whole = part.is_none();
            let opened = self.objects.open(&object, part).map_err(medium("opening a blob"))?;
            if let Some(content) = opened {
                let content: Box<dyn Read + Send> = match is_whole {
                    true => Box::new(Checked::new(content, *hash, size)),
                    false => content,
                };
                return Ok(Some(OpenBlob { size, content }));
            }
            // Somebody put it anew: then there is a newer one.
        }
        Ok(None)
    }

    fn list(&self, volume: &VolumeId, visit: &mut dyn FnMut(KeptBlob)) -> Result<(), BlobsError> {
        let prefix = self.folder(volume);
        // One that is put anew at this moment has two objects.
        let mut found: BTreeMap<BlobHash, KeptBlob> = BTreeMap::new();
        let mut take = |object: Object| {
            let rest = object.key.strip_prefix(&prefix).and_then(|rest| rest.split_once('/'));
            let Some((hash, kept_at)) =
                rest.and_then(|(hash, rest)| Some((hash.parse().ok()?, time(rest)?)))
            else {
                return;
            };
            let kept = KeptBlob { hash, size: object.size, kept_at };
            let newest = found.entry(hash).or_insert_with(|| kept.clone());
            if newest.kept_at < kept_at {
                *newest = kept;
            }
        };
        self.objects.list(&prefix, &mut take).map_err(medium("listing blobs"))?;
        found.into_values().for_each(visit);
        Ok(())
    }

    fn remove(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        before: Timestamp,
    ) -> Result<bool, BlobsError> {
        let copies = self.copies(volume, hash)?;
        if copies.last().is_none_or(|(_, at)| *at >= before) {
            return Ok(false);
        }
        // What is put from now on is none of these.
        let objects: Vec<Object> = copies.into_iter().map(|(object, _)| object).collect();
        self.delete(&objects)?;
        Ok(true)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, BlobsError> {
        let failed = medium("listing blobs");
        let mut found = BTreeSet::new();
        for kind in self.objects.folders(&self.prefix).map_err(&failed)? {
            if kind == "system" {
                found.insert(VolumeId::System);
            } else if matches!(kind.as_str(), "team" | "user") {
                let prefix = format!("{}{kind}/", self.prefix);
                let names = self.objects.folders(&prefix).map_err(&failed)?;
                found.extend(names.iter().filter_map(|name| format!("{kind}/{name}").parse().ok()));
            }
        }
        Ok(found.into_iter().collect())
    }
}

/// Reads the last part of a key.
fn time(text: &str) -> Option<Timestamp> {
    if text.len() != TIME_DIGITS {
        return None;
    }
    let millis = i64::from_str_radix(text, 16).ok()?;
    Timestamp::from_millisecond(millis).ok()
}
