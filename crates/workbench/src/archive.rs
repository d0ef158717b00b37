//! Packing old traces: a month becomes one file, which is read as the traces were.

use std::collections::BTreeMap;

use llmos_core::{
    access::Action,
    store::{Edit, Entry, Expected, Holds, Name},
    volume::{VolumeId, VolumePath},
};

use crate::{
    Caller, Error, Workbench,
    traces::{
        archive::{self, Archive},
        shards::{TRACES, archive_of},
    },
};

/// How many bytes of files go into one archive; a single larger file has one of its own.
const PART_BYTES: usize = 32 << 20;

/// How many files go into one archive.
const PART_FILES: usize = 20_000;

/// A month, as `yyyy-mm`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: String,
    month: String,
}

/// A text is no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no month", text = text.escape_debug())]
pub struct MonthError {
    text: String,
}

/// What packing a month came to, or would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The month.
    pub month: Month,
    /// How many files it had, or has again: traces and their large values.
    pub n_files: usize,
    /// How many bytes they have.
    pub n_bytes: usize,
    /// How many bytes the archives have; 0 where nothing was written.
    pub n_packed_bytes: usize,
}

impl std::str::FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let error = || MonthError { text: text.chars().take(40).collect() };
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        let digits = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        match digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month) {
            true => Ok(Self { year: year.to_owned(), month: month.to_owned() }),
            false => Err(error()),
        }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.year, self.month)
    }
}

impl Month {
    fn folder(&self) -> String {
        format!("{TRACES}/{}/{}", self.year, self.month)
    }

    /// The name of its first archive, or of a further one.
    fn archive(&self, n: usize) -> VolumePath {
        let part = if n == 1 { String::new() } else { format!("-{n}") };
        path(&format!("{}{part}.zip", self.folder()))
    }
}

impl Workbench {
    /// Packs the traces of each month before `before`. With `dry_run` it only says what there is.
    pub fn archive_traces(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        before: &Month,
        dry_run: bool,
    ) -> Result<Vec<Archived>, Error> {
        caller.must(Action::Write, volume)?;
        let mut done = Vec::new();
        for month in self.months(volume)?.into_iter().filter(|month| month < before) {
            done.push(self.archive_month(caller, volume, month, dry_run)?);
        }
        Ok(done)
    }

    /// Puts the traces of a month back into files of their own.
    pub fn unpack_traces(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        month: &Month,
    ) -> Result<Archived, Error> {
        caller.must(Action::Write, volume)?;
        let mut done = Archived { month: month.clone(), n_files: 0, n_bytes: 0, n_packed_bytes: 0 };
        for (name, blob) in self.archives(volume, month)? {
            let bytes = self.store.read(volume, &blob)?;
            done.n_packed_bytes += bytes.len();
            let archive = Archive::open(bytes).map_err(|error| damaged(volume, &name, &error))?;
            let inside = format!("{}/", month.folder());
            let mut edits = Vec::new();
            for path in archive.paths().into_iter().filter(|it| it.as_str().starts_with(&inside)) {
                let content =
                    archive.read(&path).map_err(|error| damaged(volume, &name, &error))?;
                done.n_files += 1;
                done.n_bytes += content.as_ref().map_or(0, Vec::len);
                edits.push(Edit { path, expected: Expected::Anything, content });
            }
            edits.push(Edit { path: name, expected: Expected::Version(blob), content: None });
            let message = format!("traces: unpack {month}");
            self.commit(caller, volume, edits, message)?;
        }
        if done.n_packed_bytes == 0 {
            return Err(Error::Unknown {
                what: "archive",
                id: month.to_string(),
                volume: Some(volume.clone()),
                hint: "name a month of which `traces/<year>/<month>.zip` is there".to_owned(),
            });
        }
        Ok(done)
    }

    fn archive_month(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        month: Month,
        dry_run: bool,
    ) -> Result<Archived, Error> {
        let mut done = Archived { month, n_files: 0, n_bytes: 0, n_packed_bytes: 0 };
        let Some(head) = self.store.head(volume)? else { return Ok(done) };
        let files = self.store.list(volume, &head, Some(&path(&done.month.folder())))?;
        if dry_run {
            done.n_files = files.len();
            return Ok(done);
        }
        let mut part: Vec<(Entry, Vec<u8>)> = Vec::new();
        let mut part_bytes = 0;
        for entry in files {
            let content = self.store.read(volume, &entry.blob)?;
            let is_full = part_bytes + content.len() > PART_BYTES || part.len() >= PART_FILES;
            if is_full && !part.is_empty() {
                done.n_packed_bytes +=
                    self.archive_part(caller, volume, &done.month, std::mem::take(&mut part))?;
                part_bytes = 0;
            }
            part_bytes += content.len();
            (done.n_files, done.n_bytes) = (done.n_files + 1, done.n_bytes + content.len());
            part.push((entry, content));
        }
        if !part.is_empty() {
            done.n_packed_bytes += self.archive_part(caller, volume, &done.month, part)?;
        }
        Ok(done)
    }

    /// Makes one archive and removes what is in it, in one commit; returns how many bytes it has.
    fn archive_part(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        month: &Month,
        part: Vec<(Entry, Vec<u8>)>,
    ) -> Result<usize, Error> {
        let there = self.archives(volume, month)?;
        let free =
            (1..).map(|n| month.archive(n)).find(|name| !there.iter().any(|(it, _)| it == name));
        let name = free.expect("because there are more numbers than files");
        let mut edits = Vec::with_capacity(part.len() + 1);
        let mut files = BTreeMap::new();
        for (Entry { path, blob }, content) in part {
            files.insert(path.clone(), content);
            edits.push(Edit { path, expected: Expected::Version(blob), content: None });
        }
        let bytes = archive::pack(&files).map_err(|error| damaged(volume, &name, &error))?;
        let n_bytes = bytes.len();
        // What was packed must come out again before the files go.
        let archive =
            Archive::open(bytes.clone()).map_err(|error| damaged(volume, &name, &error))?;
        for (path, content) in &files {
            let found = archive.read(path).map_err(|error| damaged(volume, &name, &error))?;
            if found.as_ref() != Some(content) {
                return Err(damaged(volume, &name, &"a file in it is not what was packed"));
            }
        }
        let message = format!("traces: archive {} files of {month}", files.len());
        edits.push(Edit { path: name, expected: Expected::Absent, content: Some(bytes) });
        self.commit(caller, volume, edits, message)?;
        Ok(n_bytes)
    }

    /// The months that have traces in files of their own, the oldest first.
    fn months(&self, volume: &VolumeId) -> Result<Vec<Month>, Error> {
        let mut found = Vec::new();
        for year in self.names(volume, TRACES)? {
            for month in self.names(volume, &format!("{TRACES}/{}", year.name))? {
                let text = format!("{}-{}", year.name, month.name);
                if let (Holds::Folder(_), Ok(month)) = (month.holds, text.parse()) {
                    found.push(month);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn archives(
        &self,
        volume: &VolumeId,
        month: &Month,
    ) -> Result<Vec<(VolumePath, llmos_core::store::BlobId)>, Error> {
        let folder = format!("{TRACES}/{}", month.year);
        let found = self.names(volume, &folder)?.into_iter().filter_map(|name| {
            let Holds::File(blob) = name.holds else { return None };
            (archive_of(&name.name)? == month.month)
                .then(|| (path(&format!("{folder}/{}", name.name)), blob))
        });
        Ok(found.collect())
    }

    fn names(&self, volume: &VolumeId, folder: &str) -> Result<Vec<Name>, Error> {
        let Ok(folder) = folder.parse::<VolumePath>() else { return Ok(Vec::new()) };
        match self.store.head(volume)? {
            Some(head) => Ok(self.store.names(volume, &head, Some(&folder))?),
            None => Ok(Vec::new()),
        }
    }
}

fn path(text: &str) -> VolumePath {
    text.parse().expect("because it is made of names that are in the volume already")
}

fn damaged(volume: &VolumeId, name: &VolumePath, reason: &dyn std::fmt::Display) -> Error {
    Error::BrokenFile {
        volume: volume.clone(),
        path: name.clone(),
        diagnostics: vec![llmos_api::problem::Diagnostic {
            severity: llmos_api::problem::Severity::Error,
            code: "damaged-archive".to_owned(),
            line: 1,
            column: 1,
            message: reason.to_string(),
            hint: Some("restore it from the commit that added it".to_owned()),
        }],
    }
}
