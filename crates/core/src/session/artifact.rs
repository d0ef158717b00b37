//! An artifact as one line, and the file that it gets in a volume.

use std::{fmt, str::FromStr};

use super::{Artifact, line};
use crate::{slug::Slug, volume::VolumePath};

/// Why a text is not an [`Artifact`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ArtifactError {
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line::artifact(self))
    }
}

impl FromStr for Artifact {
    type Err = ArtifactError;

    fn from_str(text: &str) -> Result<Self, ArtifactError> {
        line::parse_artifact(text).map_err(|reason| ArtifactError { reason })
    }
}

/// Returns where a commit puts the content of an artifact: beside the document of its session.
///
/// The same name gives the same file: its newest content is the one that counts.
pub fn artifact_path(session: &Slug, kind: &Slug, name: &str) -> VolumePath {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) => (stem, ending.to_ascii_lowercase()),
        _ => (name, usual_ending(kind).to_owned()),
    };
    let stem = Slug::nearest(stem).unwrap_or_else(|| kind.clone());
    let path = format!("sessions/{session}/{stem}.{ending}");
    path.parse().expect("because slugs and letters are plain names")
}

fn is_ending(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn usual_ending(kind: &Slug) -> &'static str {
    match kind.as_str() {
        "skill" | "workflow" => "md",
        "plot" => "svg",
        "data" => "json",
        _ => "txt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_kept_beside_its_session_whatever_it_is_called() {
        let cases = [
            ("code", "vqe_h2_circuit.py", "sessions/s1/vqe_h2_circuit.py"),
            ("workflow", "Total of numbers", "sessions/s1/total-of-numbers.md"),
            ("code", "../../.git/config", "sessions/s1/git-config.txt"),
            ("plot", "\u{202e}\n", "sessions/s1/plot.svg"),
            ("file", "a.tar.GZ", "sessions/s1/a-tar.gz"),
            ("file", "CON.{}", "sessions/s1/con.txt"),
        ];
        for (kind, name, want) in cases {
            let slug = |text: &str| text.parse::<Slug>().expect("it is a slug");
            assert_eq!(artifact_path(&slug("s1"), &slug(kind), name).as_str(), want, "{name:?}");
        }
    }
}
