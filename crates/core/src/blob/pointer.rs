//! The text that stands in a volume for a blob.
//!
//! It is a Markdown file, so that a plain clone says what is missing, how to know
//! it again and how to get it. Its name ends in `.blob.md`.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{BlobHash, MediaType};
use crate::{
    document::Document,
    markdown,
    volume::{VolumePath, VolumePathError},
    yaml::{self, Node},
};

/// What the names of pointers end in.
pub const ENDING: &str = ".blob.md";

/// The longest pointer, in bytes: what is longer is none.
pub const MAX_POINTER_BYTES: usize = 8 << 10;

/// The longest name of a file that a pointer has, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// What stands in a volume for a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Which blob.
    pub hash: BlobHash,
    /// How many bytes it has.
    pub size: u64,
    /// What sort of content it is said to be.
    pub media_type: MediaType,
    /// What the file was called where it came from: one visible line.
    pub name: String,
}

/// Why a text is no pointer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no pointer to a blob: {reason}")]
pub struct PointerError {
    /// What is wrong with it.
    pub reason: String,
}

/// Says whether a file is to be read as a pointer.
pub fn is_pointer_path(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.len() > ENDING.len() && name.ends_with(ENDING))
}

/// Why a file cannot have a pointer there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointerPlaceError {
    /// Pointers stand elsewhere.
    #[error("no pointer stands at `{path}`")]
    Elsewhere {
        /// The path that was asked for.
        path: VolumePath,
    },
    /// With [`ENDING`] it is no path any more.
    #[error("{source}")]
    Path {
        /// Why not.
        source: VolumePathError,
    },
}

impl PointerPlaceError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Elsewhere { .. } => {
                "choose a path below `files/`, or in the folder of a skill, such as `files/data.csv`"
            }
            Self::Path { source } => source.hint(),
        }
    }
}

/// Returns where the pointer of a file stands: at its own path with [`ENDING`], which may be there already.
pub fn pointer_path(path: &VolumePath) -> Result<VolumePath, VolumePathError> {
    match is_pointer_path(path.as_str()) {
        true => Ok(path.clone()),
        false => format!("{path}{ENDING}").parse(),
    }
}

/// Like [`pointer_path`], where an upload may put a file: below `files/`, or in the folder of a skill.
///
/// Everywhere else other things stand, of which a pointer is none.
pub fn place_for_upload(path: &VolumePath) -> Result<VolumePath, PointerPlaceError> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let is_place = match parts.first() {
        Some(&"files") => parts.len() > 1,
        Some(&"skills") => parts.len() > 2,
        _ => false,
    };
    if !is_place {
        return Err(PointerPlaceError::Elsewhere { path: path.clone() });
    }
    pointer_path(path).map_err(|source| PointerPlaceError::Path { source })
}

impl Pointer {
    /// Makes a pointer; what cannot be seen in the name, or would be a path, is left out of it.
    pub fn new(hash: BlobHash, size: u64, media_type: MediaType, name: &str) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let visible = last.chars().filter(|c| !c.is_control() && !markdown::is_hidden(*c));
        let name: String = visible.take(MAX_NAME_CHARS).collect();
        let name = match name.trim() {
            "" => "file".to_owned(),
            name => name.to_owned(),
        };
        Self { hash, size, media_type, name }
    }

    /// Reads a pointer.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn parse(content: &[u8]) -> Result<Self, PointerError> {
        let wrong = |reason: String| PointerError { reason };
        if content.len() > MAX_POINTER_BYTES {
            return Err(wrong(format!("it has more than {MAX_POINTER_BYTES} bytes")));
        }
        let text = std::str::from_utf8(content).map_err(|_bytes| wrong("it is no text".into()))?;
        let front =
            Document::split(text).yaml().ok_or_else(|| wrong("it has no front matter".into()))?;
        let root = yaml::parse(front).map_err(|error| wrong(error.to_string()))?;
        let field = |name: &str| {
            let found = root.get(name).and_then(Node::text);
            found.ok_or_else(|| wrong(format!("`{name}` is missing")))
        };
        let hash = field("blob")?;
        // Another kind of hash may come one day: digits alone say nothing of it.
        if !hash.starts_with("sha256:") {
            return Err(wrong("`blob` does not begin with `sha256:`".into()));
        }
        let size = field("size")?.parse().map_err(|_no| wrong("`size` is no number".into()))?;
        let media_type = field("media_type")?.parse();
        Ok(Self::new(
            hash.parse().map_err(|error: super::BlobHashError| wrong(error.to_string()))?,
            size,
            media_type.map_err(|error: super::MediaTypeError| wrong(error.to_string()))?,
            field("name")?,
        ))
    }
}

impl fmt::Display for Pointer {
    /// Prints the file; [`Pointer::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hash, size, media_type, name } = self;
        let front: Map<String, Value> = Map::from_iter([
            ("blob".to_owned(), json!(hash.tagged())),
            ("size".to_owned(), json!(size)),
            ("media_type".to_owned(), json!(media_type.as_str())),
            ("name".to_owned(), json!(name)),
        ]);
        write!(f, "---\n{}---\n\n# {}\n\n", yaml::print(&front), markdown::line(name))?;
        write!(
            f,
            "The content lies outside of Git: {size} bytes, with the SHA-256 above.\n\
             `llmos blob get {hash}` writes it into a file.\n"
        )
    }
}
