//! Where the traces of a volume lie: in folders by date, and in archives of whole months.
//!
//! A page reads the folders that it needs, and a count is remembered for each folder
//! as long as nothing below it changes. So neither grows with the age of a volume.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use llmos_core::{
    store::{BlobId, CommitId, FolderId, Holds, Name, Store},
    trace::TraceId,
    volume::{VolumeId, VolumePath},
};

use super::archive::{Archive, trace_at};
use crate::Error;

/// How many counts are remembered.
const MAX_COUNTS: usize = 50_000;

/// How many archives are kept open: each is at most some 16 MB.
const MAX_OPEN: usize = 2;

/// The folder of traces.
pub(crate) const TRACES: &str = "traces";

/// What is remembered of the traces of all volumes.
#[derive(Default)]
pub(crate) struct Shards {
    counts: Mutex<HashMap<Counted, usize>>,
    /// The most recently used one last.
    open: Mutex<Vec<(BlobId, Arc<Archive>)>>,
}

/// Something whose traces were counted.
#[derive(PartialEq, Eq, Hash)]
enum Counted {
    /// A folder stands for other traces where it lies elsewhere.
    Folder(VolumePath, FolderId),
    Archive(BlobId),
}

/// A trace, and where it lies.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) id: TraceId,
    pub(crate) place: Place,
}

/// Where a trace lies.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In a file of its own.
    File(BlobId),
    /// In an archive.
    Archive(BlobId),
}

/// The traces of a volume at one commit.
pub(crate) struct Traces<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) shards: &'a Shards,
    pub(crate) volume: &'a VolumeId,
    pub(crate) head: &'a CommitId,
}

/// What a folder of traces holds: folders of two or four digits, and archives.
#[derive(Default)]
struct Level {
    /// The newest first.
    folders: Vec<(String, FolderId)>,
    /// By the digits that their name begins with.
    archives: Vec<(String, BlobId)>,
}

impl Traces<'_> {
    /// Counts them.
    pub(crate) fn count(&self) -> Result<usize, Error> {
        self.count_below(TRACES, 4)
    }

    /// Counts below a folder; `n_digits` is 4 for that of years, 2 for those of months and days.
    fn count_below(&self, path: &str, n_digits: usize) -> Result<usize, Error> {
        let level = self.level(path, n_digits)?;
        let mut total = 0;
        for (name, folder) in level.folders {
            let below = path_of(&format!("{path}/{name}"));
            let key = Counted::Folder(below.clone(), folder);
            total += self.counted(key, || {
                // Days lie in `traces/<year>/<month>`.
                match below.as_str().matches('/').count() {
                    3 => Ok(self.day(&below)?.len()),
                    _ => self.count_below(below.as_str(), 2),
                }
            })?;
        }
        for (_, blob) in level.archives {
            let key = Counted::Archive(blob.clone());
            total += self.counted(key, || Ok(self.archive(&blob)?.map_or(0, |it| it.ids.len())))?;
        }
        Ok(total)
    }

    /// Returns up to `limit` traces older than `before`, the newest first.
    pub(crate) fn page(&self, before: Option<&TraceId>, limit: usize) -> Result<Vec<Found>, Error> {
        let mut found = Vec::new();
        // What begins with a later date cannot be older.
        let [year, month, day] = before.map_or(["9999", "99", "99"], TraceId::date);
        for (in_year, _) in self.level(TRACES, 4)?.folders {
            if in_year.as_str() > year {
                continue;
            }
            let folder = format!("{TRACES}/{in_year}");
            let months = self.level(&folder, 2)?;
            let mut names: Vec<&str> =
                months.folders.iter().map(|(name, _)| name.as_str()).collect();
            names.extend(months.archives.iter().map(|(name, _)| name.as_str()));
            names.sort_unstable();
            names.dedup();
            for in_month in names.into_iter().rev() {
                if (in_year.as_str(), in_month) > (year, month) {
                    continue;
                }
                let archives = months.archives.iter().filter(|(name, _)| name == in_month);
                let archives: Vec<&BlobId> = archives.map(|(_, blob)| blob).collect();
                let folder = format!("{folder}/{in_month}");
                let is_due =
                    |in_day: &str| (in_year.as_str(), in_month, in_day) <= (year, month, day);
                self.page_of_month(&folder, &archives, is_due, before, limit, &mut found)?;
                if found.len() >= limit {
                    found.truncate(limit);
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    fn page_of_month(
        &self,
        folder: &str,
        archives: &[&BlobId],
        is_due: impl Fn(&str) -> bool,
        before: Option<&TraceId>,
        limit: usize,
        found: &mut Vec<Found>,
    ) -> Result<(), Error> {
        let is_older = |id: &TraceId| before.is_none_or(|before| id < before);
        let mut together = Vec::new();
        for blob in archives {
            let Some(archive) = self.archive(blob)? else { continue };
            let ids = archive.ids.iter().filter(|id| is_older(id)).cloned();
            together.extend(ids.map(|id| Found { id, place: Place::Archive((*blob).clone()) }));
        }
        for (day, _) in self.level(folder, 2)?.folders {
            if !is_due(&day) {
                continue;
            }
            let mut here = self.day(&path_of(&format!("{folder}/{day}")))?;
            here.retain(|trace| is_older(&trace.id));
            together.append(&mut here);
            // Without archives the days follow each other, and those that are left are older.
            if archives.is_empty() && found.len() + together.len() >= limit {
                break;
            }
        }
        // A trace that lies in both places counts once, as its file.
        together
            .sort_by(|a, b| b.id.cmp(&a.id).then(a.place.is_archive().cmp(&b.place.is_archive())));
        together.dedup_by(|a, b| a.id == b.id);
        found.append(&mut together);
        Ok(())
    }

    /// Finds one trace.
    pub(crate) fn find(&self, id: &TraceId) -> Result<Option<Found>, Error> {
        let path = id.path();
        let files = self.store.list(self.volume, self.head, Some(&path))?;
        if let Some(entry) = files.into_iter().find(|entry| entry.path == path) {
            return Ok(Some(Found { id: id.clone(), place: Place::File(entry.blob) }));
        }
        for blob in self.archives_of(id)? {
            if self.archive(&blob)?.is_some_and(|archive| archive.has(id)) {
                return Ok(Some(Found { id: id.clone(), place: Place::Archive(blob) }));
            }
        }
        Ok(None)
    }

    /// Reads the file of a trace.
    pub(crate) fn read(&self, found: &Found) -> Result<Vec<u8>, Error> {
        match &found.place {
            Place::File(blob) => Ok(self.store.read(self.volume, blob)?),
            Place::Archive(blob) => self
                .member(blob, &found.id.path())?
                .ok_or_else(|| super::lost(self.volume, &found.id.path())),
        }
    }

    /// Reads a large value that lies beside a trace, whichever place that is.
    pub(crate) fn value(&self, id: &TraceId, sha256: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = id.object_path(sha256);
        let files = self.store.list(self.volume, self.head, Some(&path))?;
        if let Some(entry) = files.into_iter().find(|entry| entry.path == path) {
            return Ok(Some(self.store.read(self.volume, &entry.blob)?));
        }
        for blob in self.archives_of(id)? {
            if let Some(content) = self.member(&blob, &path)? {
                return Ok(Some(content));
            }
        }
        Ok(None)
    }

    /// The archives of the month that a trace is of.
    fn archives_of(&self, id: &TraceId) -> Result<Vec<BlobId>, Error> {
        let [year, month, _] = id.date();
        let archives = self.level(&format!("{TRACES}/{year}"), 2)?.archives;
        Ok(archives.into_iter().filter(|(of, _)| of == month).map(|(_, blob)| blob).collect())
    }

    fn member(&self, archive: &BlobId, path: &VolumePath) -> Result<Option<Vec<u8>>, Error> {
        let Some(archive) = self.archive(archive)? else { return Ok(None) };
        // A member that is damaged is as good as gone: whoever asks for it hears that.
        Ok(archive.read(path).unwrap_or_default())
    }

    /// Opens an archive; `None` where it is none.
    pub(crate) fn archive(&self, blob: &BlobId) -> Result<Option<Arc<Archive>>, Error> {
        let mut open = self.shards.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(kept, _)| kept == blob) {
            let found = open.remove(at);
            let archive = Arc::clone(&found.1);
            open.push(found);
            return Ok(Some(archive));
        }
        drop(open);
        let Ok(archive) = Archive::open(self.store.read(self.volume, blob)?) else {
            return Ok(None);
        };
        let archive = Arc::new(archive);
        open = self.shards.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MAX_OPEN {
            open.remove(0);
        }
        open.push((blob.clone(), Arc::clone(&archive)));
        Ok(Some(archive))
    }

    /// The traces of a day, the newest first.
    fn day(&self, path: &VolumePath) -> Result<Vec<Found>, Error> {
        let names = self.store.names(self.volume, self.head, Some(path))?;
        let trace = |name: Name| {
            let Holds::File(blob) = name.holds else { return None };
            let id = trace_at(&format!("{path}/{}", name.name))?;
            Some(Found { id, place: Place::File(blob) })
        };
        let mut found: Vec<Found> = names.into_iter().filter_map(trace).collect();
        found.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(found)
    }

    fn level(&self, path: &str, n_digits: usize) -> Result<Level, Error> {
        let names = self.store.names(self.volume, self.head, Some(&path_of(path)))?;
        let mut level = Level::default();
        for Name { name, holds } in names.into_iter().rev() {
            let is_number =
                |text: &str| text.len() == n_digits && text.bytes().all(|b| b.is_ascii_digit());
            match holds {
                Holds::Folder(folder) if is_number(&name) => level.folders.push((name, folder)),
                Holds::File(blob) if n_digits == 2 => {
                    level.archives.extend(archive_of(&name).map(|month| (month.to_owned(), blob)));
                }
                _ => {}
            }
        }
        Ok(level)
    }

    fn counted(
        &self,
        key: Counted,
        count: impl FnOnce() -> Result<usize, Error>,
    ) -> Result<usize, Error> {
        let counts = || self.shards.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = counts().get(&key) {
            return Ok(*known);
        }
        let found = count()?;
        let mut counts = counts();
        if counts.len() >= MAX_COUNTS {
            counts.clear();
        }
        counts.insert(key, found);
        Ok(found)
    }
}

impl Place {
    pub(crate) fn is_archive(&self) -> bool {
        matches!(self, Self::Archive(_))
    }

    /// The content that it lies in.
    pub(crate) fn blob(&self) -> &BlobId {
        let (Self::File(blob) | Self::Archive(blob)) = self;
        blob
    }
}

/// The month that an archive is of: `<mm>.zip`, or `<mm>-<n>.zip` for a further one.
pub(crate) fn archive_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".zip")?;
    let (month, part) = stem.split_once('-').unwrap_or((stem, "2"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (month.len() == 2 && digits(month) && digits(part)).then_some(month)
}

fn path_of(text: &str) -> VolumePath {
    text.parse().expect("because it is made of safe names")
}
