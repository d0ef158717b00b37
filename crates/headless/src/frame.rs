//! Messages over a pipe: four bytes with the length, little-endian, then that
//! many bytes of JSON. The other side is `ui/src/headless/frames.ts`.

use std::io::{self, Read, Write};

/// The longest message that is taken: the host tells of values in pieces far shorter.
const MAX_LEN: usize = 1 << 30;

/// Writes one message.
pub(crate) fn write(to: &mut impl Write, json: &[u8]) -> io::Result<()> {
    let Ok(len) = u32::try_from(json.len()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a message of over 4 GB"));
    };
    to.write_all(&len.to_le_bytes())?;
    to.write_all(json)?;
    to.flush()
}

/// Reads one message; `None` at the end of the stream.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; 4];
    match from.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let len = u32::from_le_bytes(head) as usize;
    if len > MAX_LEN {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of over 1 GB"));
    }
    // Grows as bytes arrive: the length alone costs nothing.
    let mut body = Vec::new();
    let n_read = from.take(len as u64).read_to_end(&mut body)?;
    if n_read < len {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "half a message"));
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn what_is_written_is_read_and_then_comes_the_end() {
        let mut pipe = Vec::new();
        for message in [&b"{}"[..], b"", b"[1]"] {
            write(&mut pipe, message).expect("there is room");
        }
        let mut from = &pipe[..];
        let mut all = Vec::new();
        while let Some(message) = read(&mut from).expect("it is whole") {
            all.push(message);
        }
        assert_eq!(all, [&b"{}"[..], b"", b"[1]"]);
    }

    #[test]
    fn half_a_message_and_an_absurd_length_are_errors() {
        for broken in [&[5, 0, 0, 0, b'{'][..], &[255, 255, 255, 255]] {
            read(&mut &broken[..]).expect_err("it is no message");
        }
    }
}
