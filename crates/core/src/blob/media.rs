//! What sort of content a blob is said to be, and as what a browser may get it.

use std::{fmt, str::FromStr};

/// The longest media type.
const MAX_LEN: usize = 127;

/// The sort of a content, as whoever uploaded it said: `text/csv`. Nobody has checked it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(String);

/// Why a text is not a [`MediaType`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a media type", text = text.escape_debug())]
pub struct MediaTypeError {
    /// The text, or its beginning.
    pub text: String,
}

impl MediaTypeError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "write one such as `text/csv`, without parameters"
    }
}

/// How a browser may get a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The type that it is told.
    pub media_type: &'static str,
    /// Whether it may show it by itself; else it is a file to be saved.
    pub inline: bool,
}

/// Types that hold no program, and which browsers show.
const INERT: [&str; 15] = [
    "application/json",
    "audio/aac",
    "audio/flac",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/ogg",
    "video/webm",
];

/// Types that are shown as the plain text that they are.
const TEXTS: [&str; 5] = [
    "text/csv",
    "text/markdown",
    "text/plain",
    "text/tab-separated-values",
    "application/x-ndjson",
];

impl MediaType {
    /// Bytes of which nothing is known.
    pub fn unknown() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says how a browser may get such a content.
    ///
    /// What may hold a program (HTML, SVG, XML, PDF, scripts), and whatever is not known, is bytes to be saved.
    pub fn shown(&self) -> Shown {
        if TEXTS.contains(&self.0.as_str()) {
            return Shown { media_type: "text/plain; charset=utf-8", inline: true };
        }
        match INERT.into_iter().find(|inert| *inert == self.0) {
            Some(media_type) => Shown { media_type, inline: true },
            None => Shown { media_type: "application/octet-stream", inline: false },
        }
    }
}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    /// Reads a type; parameters such as `; charset=utf-8` are dropped.
    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        let token = |part: &str| {
            let plain = |b: u8| {
                b.is_ascii_alphanumeric()
                    || matches!(b, b'.' | b'+' | b'-' | b'_' | b'!' | b'#' | b'$' | b'&' | b'^')
            };
            !part.is_empty() && part.bytes().all(plain)
        };
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_one = essence.len() <= MAX_LEN
            && essence.split_once('/').is_some_and(|(kind, rest)| token(kind) && token(rest));
        match is_one {
            true => Ok(Self(essence)),
            false => Err(MediaTypeError { text: text.chars().take(80).collect() }),
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
