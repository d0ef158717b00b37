//! Bodies that arrive and leave in pieces, for work that blocks.

use std::{
    io::{self, Read, Write},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes};
use http_body::Frame;
use http_body_util::BodyExt;
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, Receiver, Sender},
    time::Instant,
};

/// How many pieces wait between the two sides.
const PIECES: usize = 8;

/// How large a piece of an answer is.
const PIECE_BYTES: usize = 64 << 10;

/// How long one piece may take, on its way in or out.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes a second make up for a second of waiting: whoever sends a byte now and then is no
/// better than whoever sends nothing.
const RATE_BYTES: u64 = 16 << 10;

/// A body on its way in, to be read where blocking is allowed.
pub(crate) struct Incoming {
    pieces: Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

/// Splits a body: the future brings it, the reader reads it.
///
/// Where the reader stops early the rest is read away, so that the client hears the answer.
pub(crate) fn incoming(mut body: Body) -> (impl Future<Output = ()> + Send, Incoming) {
    let (sender, pieces) = mpsc::channel(PIECES);
    let bring = async move {
        let mut sender = Some(sender);
        let mut waited = Duration::ZERO;
        loop {
            let begun = Instant::now();
            let patience = PATIENCE.saturating_sub(waited);
            let piece = tokio::time::timeout(patience, body.frame()).await;
            waited += begun.elapsed();
            let piece = match piece {
                Ok(None) => return,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => {
                        waited = waited.saturating_sub(made_up(data.len()));
                        Ok(data)
                    }
                    Err(_trailers) => continue,
                },
                Ok(Some(Err(err))) => Err(io::Error::other(err)),
                Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
            };
            let is_over = piece.is_err();
            if let Some(open) = &sender
                && open.send(piece).await.is_err()
            {
                sender = None;
            }
            if is_over {
                return;
            }
        }
    };
    (bring, Incoming { pieces, rest: Bytes::new() })
}

fn made_up(n_bytes: usize) -> Duration {
    Duration::from_millis(n_bytes as u64 * 1000 / RATE_BYTES)
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.rest = piece?,
                None => return Ok(0),
            }
        }
        let n = into.len().min(self.rest.len());
        into[..n].copy_from_slice(&self.rest.split_to(n));
        Ok(n)
    }
}

/// A body on its way out, to be written where blocking is allowed.
pub(crate) struct Outgoing {
    pieces: Sender<io::Result<Bytes>>,
    handle: Handle,
    piece: Vec<u8>,
}

/// Makes a body, and the writer that fills it.
pub(crate) fn outgoing() -> (Body, Outgoing) {
    let (pieces, receiver) = mpsc::channel(PIECES);
    let piece = Vec::with_capacity(PIECE_BYTES);
    (Body::new(Pieces(receiver)), Outgoing { pieces, handle: Handle::current(), piece })
}

impl Outgoing {
    /// Ends the body in the middle: the client must not take what came for the whole.
    pub(crate) fn break_off(self, err: io::Error) {
        // Where nobody listens any more there is nobody to tell.
        let _ = self.pieces.blocking_send(Err(err));
    }

    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        let sending = self.pieces.send(Ok(piece.into()));
        match self.handle.block_on(tokio::time::timeout(PATIENCE, sending)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_closed)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

struct Pieces(Receiver<io::Result<Bytes>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of pieces of this size, one each ten seconds.
    fn dripping(n_bytes: usize, n_pieces: usize) -> Body {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            for _ in 0..n_pieces {
                tokio::time::sleep(Duration::from_secs(10)).await;
                if sender.send(Ok(vec![0; n_bytes].into())).await.is_err() {
                    return;
                }
            }
        });
        Body::new(Pieces(receiver))
    }

    async fn arrives(body: Body) -> io::Result<usize> {
        let (bring, mut incoming) = incoming(body);
        let read = async move {
            let mut n_bytes = 0;
            while let Some(piece) = incoming.pieces.recv().await {
                n_bytes += piece?.len();
            }
            Ok(n_bytes)
        };
        tokio::join!(bring, read).1
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_a_byte_now_and_then_is_given_up_and_whoever_is_slow_is_not() {
        let given_up = arrives(dripping(1, 100)).await.expect_err("it would take for ever");
        assert_eq!(given_up.kind(), io::ErrorKind::TimedOut);
        let slow = arrives(dripping(160 << 10, 100)).await.expect("16 KiB a second are enough");
        assert_eq!(slow, 100 * (160 << 10));
    }
}
