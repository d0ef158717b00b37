//! The one place where ids from outside become typed.

use std::fmt::Display;

use llmos_core::{
    blob::{BlobHash, MediaType},
    branch::BranchName,
    cron::CronId,
    slug::Slug,
    store::{BlobId, CommitId},
    trace::TraceId,
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error};

/// Reads the id of a skill, workflow, user or team.
pub fn slug(field: &'static str, text: &str) -> Result<Slug, Error> {
    text.parse().map_err(|source: llmos_core::slug::SlugError| {
        let near = (text.len() <= 1000).then(|| Slug::nearest(text)).flatten();
        let hint = match near {
            Some(near) => format!("{}; did you mean `{near}`?", source.hint()),
            None => source.hint().to_owned(),
        };
        bad(field, &source, hint)
    })
}

/// Reads the address of a volume.
pub fn volume(text: &str) -> Result<VolumeId, Error> {
    text.parse()
        .map_err(|source: llmos_core::volume::VolumeIdError| bad("volume", &source, source.hint()))
}

/// Reads a volume as sessions name it: an address, or `user`, `team` or `system` with a name beside it.
pub fn session_volume(
    caller: &Caller,
    volume: Option<&str>,
    name: Option<&str>,
) -> Result<VolumeId, Error> {
    crate::sessions::session_volume(caller, volume, name)
}

/// Reads the path of a file in a volume.
pub fn path(text: &str) -> Result<VolumePath, Error> {
    text.parse()
        .map_err(|source: llmos_core::volume::VolumePathError| bad("path", &source, source.hint()))
}

/// Reads the hash of a blob.
pub fn blob(field: &'static str, text: &str) -> Result<BlobHash, Error> {
    text.parse()
        .map_err(|source: llmos_core::blob::BlobHashError| bad(field, &source, source.hint()))
}

/// Reads what sort of content something is said to be.
pub fn media_type(text: &str) -> Result<MediaType, Error> {
    text.parse().map_err(|source: llmos_core::blob::MediaTypeError| {
        bad("Content-Type", &source, source.hint())
    })
}

/// Reads the id of a trace.
pub fn trace(text: &str) -> Result<TraceId, Error> {
    text.parse()
        .map_err(|source: llmos_core::trace::TraceIdError| bad("trace_id", &source, source.hint()))
}

/// Reads the name of a cron.
pub fn cron(text: &str) -> Result<CronId, Error> {
    text.parse().map_err(|source: llmos_core::cron::CronIdError| bad("id", &source, source.hint()))
}

/// Reads the id of a commit.
pub fn commit(field: &'static str, text: &str) -> Result<CommitId, Error> {
    object_id(field, text).map(CommitId)
}

/// A moment of a volume, as callers name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// This commit.
    Commit(CommitId),
    /// The newest commit of this branch.
    Branch(BranchName),
}

/// Reads the id of a commit, or the name of a branch.
pub fn point(field: &'static str, text: &str) -> Result<Point, Error> {
    if let Ok(id) = commit(field, text) {
        return Ok(Point::Commit(id));
    }
    text.parse().map(Point::Branch).map_err(|source: llmos_core::branch::BranchNameError| {
        let hint = "give the full id of a commit, or the name of a branch";
        bad(field, &source, hint)
    })
}

/// Reads the name of a branch.
pub fn branch(field: &'static str, text: &str) -> Result<BranchName, Error> {
    text.parse()
        .map_err(|source: llmos_core::branch::BranchNameError| bad(field, &source, source.hint()))
}

/// Reads the version of a file.
pub fn version(field: &'static str, text: &str) -> Result<BlobId, Error> {
    object_id(field, text).map(BlobId)
}

fn object_id(field: &'static str, text: &str) -> Result<String, Error> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if matches!(text.len(), 40 | 64) && text.bytes().all(hex) {
        return Ok(text.to_owned());
    }
    let hint = "use the full id as `GET /volumes/history` and the lists print it";
    Err(bad(field, &"it is not 40 or 64 digits 0-9, a-f", hint))
}

fn bad(field: &'static str, reason: &dyn Display, hint: impl Into<String>) -> Error {
    Error::BadField { field, reason: reason.to_string(), hint: hint.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_from_outside_are_checked_before_they_name_anything() {
        let long = "a".repeat(10_000);
        for text in
            ["", "..", "../x", "/etc/passwd", "a/b", "a\0b", "имя", "C:\\x", "-rf", ".git", &long]
        {
            assert!(slug("skill_id", text).is_err(), "slug {text:?}");
            assert!(trace(text).is_err(), "trace {text:?}");
            assert!(commit("at", text).is_err(), "commit {text:?}");
            assert!(volume(text).is_err(), "volume {text:?}");
            assert!(volume(&format!("user/{text}")).is_err(), "volume user/{text:?}");
        }
        for text in ["", "..", "../x", "/etc/passwd", "a\0b", ".git/config", &long] {
            assert!(path(text).is_err(), "path {text:?}");
        }
    }

    #[test]
    fn a_bad_id_says_which_field_what_is_wrong_and_what_to_write() {
        let error = slug("skill_id", "My Skill").expect_err("it has a space");
        assert_eq!(error.to_string(), "bad `skill_id`: the name holds `M` at position 1");
        assert!(error.hint().is_some_and(|hint| hint.ends_with("did you mean `my-skill`?")));
    }
}
