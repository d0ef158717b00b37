//! The packets of Git's protocol: a length in four hex digits, then the content.

use std::io::{self, Read};

use llmos_core::exchange::ExchangeError;

/// The most that one packet carries.
const MAX_CONTENT: usize = 65_516;

/// One packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// The end of a list.
    Flush,
    Line(Vec<u8>),
}

/// Reads a packet; `None` where the client said nothing more.
pub(super) fn read(from: &mut dyn Read) -> Result<Option<Packet>, ExchangeError> {
    let mut length = [0; 4];
    let n = fill(from, &mut length)?;
    if n == 0 {
        return Ok(None);
    }
    let digits = std::str::from_utf8(&length).ok().filter(|_| n == 4);
    let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let length = digits.and_then(|text| usize::from_str_radix(text, 16).ok());
    match length {
        Some(0) => Ok(Some(Packet::Flush)),
        Some(length @ 4..) if length - 4 <= MAX_CONTENT => {
            let mut content = vec![0; length - 4];
            if fill(from, &mut content)? < content.len() {
                return Err(strange("a packet ends too early"));
            }
            Ok(Some(Packet::Line(content)))
        }
        _ => Err(strange("a packet has no length")),
    }
}

fn fill(from: &mut dyn Read, into: &mut [u8]) -> Result<usize, ExchangeError> {
    let mut n = 0;
    while let Some(rest) = into.get_mut(n..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return Err(strange(&err.to_string())),
        }
    }
    Ok(n)
}

pub(super) fn strange(reason: &str) -> ExchangeError {
    ExchangeError::Client { reason: reason.to_owned() }
}

/// Appends a packet.
pub(super) fn line(out: &mut Vec<u8>, content: &[u8]) {
    for content in content.chunks(MAX_CONTENT) {
        out.extend_from_slice(format!("{:04x}", content.len() + 4).as_bytes());
        out.extend_from_slice(content);
    }
}

/// Appends the end of a list.
pub(super) fn flush(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0000");
}

/// Appends content of one of the streams that share an answer.
pub(super) fn band(out: &mut Vec<u8>, band: u8, content: &[u8]) {
    for content in content.chunks(MAX_CONTENT - 1) {
        out.extend_from_slice(format!("{:04x}", content.len() + 5).as_bytes());
        out.push(band);
        out.extend_from_slice(content);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut out = Vec::new();
        line(&mut out, b"want x\n");
        flush(&mut out);
        let mut from = out.as_slice();
        assert_eq!(read(&mut from).unwrap(), Some(Packet::Line(b"want x\n".to_vec())));
        assert_eq!(read(&mut from).unwrap(), Some(Packet::Flush));
        assert_eq!(read(&mut from).unwrap(), None);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for bad in ["0", "zzzz", "0003", "fff5", "0008abc", "+004", "0001"] {
            assert!(read(&mut bad.as_bytes()).is_err(), "accepted {bad:?}");
        }
    }
}
