//! How a blob leaves: as what, which part of it, and piece by piece.

use std::{
    io::{self, Read, Write as _},
    ops::Range,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use llmos_core::blob::{BlobHash, BlobsError};
use llmos_workbench::{Error, FoundBlob};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    app::App,
    error::{ApiError, blocking},
    stream,
};

/// What a blob may do in a browser: nothing, not even as a page of its own.
const INERT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);

/// How much is read before the answer begins: what is small and damaged is refused in words.
const FIRST_BYTES: u64 = 64 << 10;

/// What every answer with a blob says.
pub(super) fn headers(found: &FoundBlob, download: bool) -> HeaderMap {
    let pointer = found.pointer();
    let shown = pointer.media_type.shown();
    let kind = if shown.inline && !download { "inline" } else { "attachment" };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.media_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition(kind, &pointer.name));
    headers.insert(header::ETAG, etag(&pointer.hash));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_SECURITY_POLICY, INERT);
    let keep = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, keep);
    headers
}

fn etag(hash: &BlobHash) -> HeaderValue {
    HeaderValue::try_from(format!("\"{hash}\"")).expect("because it is digits in quotes")
}

/// The name of the file, in ASCII and as it is (RFC 6266).
fn disposition(kind: &str, name: &str) -> HeaderValue {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' | '(' | ')' => c,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                exact.push(char::from(byte));
            }
            _ => exact.push_str(&format!("%{byte:02X}")),
        }
    }
    let text = format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{exact}");
    HeaderValue::try_from(text).expect("because it is ASCII that can be seen")
}

/// Says whether the client has it already.
pub(super) fn is_known(headers: &HeaderMap, hash: &BlobHash) -> bool {
    let own = format!("\"{hash}\"");
    let known =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
}

/// Which bytes are wanted; `None` for all.
///
/// More than one range, and what is no range of bytes, is answered with all, as RFC 9110 allows.
pub(super) fn part(
    headers: &HeaderMap,
    hash: &BlobHash,
    size: u64,
) -> Result<Option<Range<u64>>, ApiError> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_other = text(header::IF_RANGE).is_some_and(|tag| tag != format!("\"{hash}\""));
    let wanted = text(header::RANGE).filter(|_| !is_other);
    let Some(wanted) = wanted.and_then(|range| range.strip_prefix("bytes=")).and_then(read) else {
        return Ok(None);
    };
    let part = match wanted {
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) => first..size,
        (None, last) => size.saturating_sub(last.unwrap_or(0))..size,
    };
    if part.start >= part.end {
        let detail = format!("the blob has {size} bytes, and none of those");
        let hint = "ask for bytes that are there";
        return Err(ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "bad-range", detail, hint));
    }
    Ok(Some(part))
}

/// Reads `first-last`, `first-` or `-length`.
fn read(range: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = range.trim().split_once('-')?;
    let number = |text: &str| match text {
        "" => Some(None),
        text if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok().map(Some),
        _ => None,
    };
    match (number(first)?, number(last)?) {
        (None, None) => None,
        (Some(first), Some(last)) if last < first => None,
        range => Some(range),
    }
}

/// Says which part the answer is.
pub(super) fn say_part(headers: &mut HeaderMap, part: &Range<u64>, size: u64) {
    let text = format!("bytes {}-{}/{size}", part.start, part.end - 1);
    let range = HeaderValue::try_from(text).expect("because it is digits and signs");
    headers.insert(header::CONTENT_RANGE, range);
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
}

/// Opens a blob and begins to send it.
pub(super) async fn send(
    app: App,
    found: FoundBlob,
    part: Option<Range<u64>>,
    turn: OwnedSemaphorePermit,
) -> Result<Body, ApiError> {
    let (first, rest) = blocking(move || {
        let mut content = app.workbench.open_blob(&found, part)?.content;
        let mut first = Vec::new();
        let read = (&mut *content).take(FIRST_BYTES).read_to_end(&mut first);
        read.map_err(|source| refused(source, found.pointer().hash))?;
        Ok((first, content))
    })
    .await?;
    let (body, mut outgoing) = stream::outgoing();
    tokio::task::spawn_blocking(move || {
        let mut rest = rest;
        let sent = outgoing.write_all(&first).and_then(|()| copy(&mut *rest, &mut outgoing));
        drop(turn);
        match sent.and_then(|()| outgoing.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                tracing::warn!(%error, "a blob was not sent whole");
                outgoing.break_off(error);
            }
        }
    });
    Ok(body)
}

fn copy(from: &mut dyn Read, to: &mut stream::Outgoing) -> io::Result<()> {
    io::copy(from, to).map(drop)
}

fn refused(source: io::Error, hash: BlobHash) -> Error {
    let source = match source.kind() {
        io::ErrorKind::InvalidData => BlobsError::Damaged { hash },
        _ => BlobsError::Medium { doing: "reading a blob", source: source.into() },
    };
    Error::Blobs { source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(range: &str, size: u64) -> Result<Option<Range<u64>>, ()> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().expect("it is a header"));
        part(&headers, &BlobHash::of(b"x"), size).map_err(|_refused| ())
    }

    #[test]
    fn a_range_is_the_part_that_it_says() {
        for (range, want) in [
            ("bytes=0-0", Ok(Some(0..1))),
            ("bytes=2-", Ok(Some(2..10))),
            ("bytes=-3", Ok(Some(7..10))),
            ("bytes=-30", Ok(Some(0..10))),
            ("bytes=9-99999999999999999999", Ok(None)),
            ("bytes=9-18446744073709551615", Ok(Some(9..10))),
            ("bytes=10-", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=5-2", Ok(None)),
            ("bytes=-", Ok(None)),
            ("bytes=1-2,4-5", Ok(None)),
            ("bytes=+1-2", Ok(None)),
            ("lines=1-2", Ok(None)),
        ] {
            assert_eq!(wanted(range, 10), want, "{range}");
        }
        assert_eq!(wanted("bytes=0-", 0), Err(()));
    }

    #[test]
    fn a_name_cannot_be_anything_else_than_a_name() {
        let value = disposition("attachment", "Mäß\"; a=\r\nx.csv");
        let want = "attachment; filename=\"M____ a___x.csv\"; filename*=UTF-8''M%C3%A4%C3%9F%22%3B%20a%3D%0D%0Ax.csv";
        assert_eq!(value, want);
    }
}
