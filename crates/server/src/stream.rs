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
};

/// How many pieces wait between the two sides.
const PIECES: usize = 8;

/// How large a piece of an answer is.
const PIECE_BYTES: usize = 64 << 10;

/// How long one piece may take, on its way in or out.
const PATIENCE: Duration = Duration::from_secs(60);

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
        loop {
            let piece = match tokio::time::timeout(PATIENCE, body.frame()).await {
                Ok(None) => return,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => Ok(data),
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
