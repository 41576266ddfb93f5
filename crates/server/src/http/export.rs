//! The body of an export: made piece by piece while it is sent, never there as a whole.

use crate::export::Held;
use api::{EXPORT_CONTENT_TYPE, ExportHead, ZONE_RECORDS, ZONE_SERIAL, ZONE_STATE};
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use std::io::{self, ErrorKind, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

/// Octets of text that are handed over at a time.
const PIECE_BYTES: usize = 64 * 1_024;
/// Pieces that wait for the client; when it reads no more, no more are made.
const PIECES_WAITING: usize = 4;
/// A client that takes nothing for so long is given up, and its version let go.
const STALL_LIMIT: Duration = Duration::from_secs(30);

/// A zone as an answer. `turn` is given back when the last octet is made.
pub(super) struct ExportBody {
    pub(super) held: Held,
    pub(super) turn: OwnedSemaphorePermit,
}

impl IntoResponse for ExportBody {
    fn into_response(self) -> Response {
        let Self { held, turn } = self;
        let ExportHead { serial, records, state } = held.head();
        let (sender, pieces) = mpsc::channel(PIECES_WAITING);
        let writer = Writer { piece: Vec::new(), sender, runtime: Handle::current() };
        drop(tokio::task::spawn_blocking(move || {
            let _turn = turn;
            writer.write_all_of(&held);
        }));
        let fields = [
            (ZONE_SERIAL, HeaderValue::from(serial)),
            (ZONE_RECORDS, HeaderValue::from(records)),
            (ZONE_STATE, HeaderValue::from_static(state.as_str())),
            (CONTENT_TYPE.as_str(), HeaderValue::from_static(EXPORT_CONTENT_TYPE)),
        ];
        (fields, Body::from_stream(Pieces { pieces, ended: false })).into_response()
    }
}

/// What the thread that writes hands to the task that sends.
enum Piece {
    Text(Vec<u8>),
    End,
}

/// Collects text into pieces. Lives in a thread that may wait.
struct Writer {
    piece: Vec<u8>,
    sender: mpsc::Sender<Piece>,
    runtime: Handle,
}

impl Writer {
    /// If it fails, the client is gone or stands still: its stream ends without the last piece.
    fn write_all_of(mut self, held: &Held) {
        let written = held.write(&mut self).and_then(|()| self.flush());
        if written.is_ok() {
            let _client_went_away = self.hand_over(Piece::End);
        }
    }

    fn hand_over(&self, piece: Piece) -> io::Result<()> {
        match self.runtime.block_on(timeout(STALL_LIMIT, self.sender.send(piece))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ErrorKind::BrokenPipe.into()),
            Err(_) => Err(ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Writer {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(octets);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let next = Vec::with_capacity(PIECE_BYTES * 2);
        let piece = std::mem::replace(&mut self.piece, next);
        self.hand_over(Piece::Text(piece))
    }
}

/// The pieces as a body. Without the last one it ends with an error, so that nobody takes a part
/// for the whole.
struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    ended: bool,
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let piece = ready!(self.pieces.poll_recv(cx));
        let text = match piece {
            Some(Piece::Text(text)) => return Poll::Ready(Some(Ok(text.into()))),
            Some(Piece::End) => None,
            None => Some(Err(io::Error::from(ErrorKind::UnexpectedEof))),
        };
        self.ended = true;
        Poll::Ready(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    async fn next(pieces: &mut Pieces) -> Option<io::Result<Bytes>> {
        poll_fn(|cx| Pin::new(&mut *pieces).poll_next(cx)).await
    }

    #[tokio::test]
    async fn text_that_breaks_off_is_never_taken_for_the_whole() {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let mut pieces = Pieces { pieces: receiver, ended: false };
        sender.send(Piece::Text(b"half".to_vec())).await.unwrap_or_default();
        drop(sender); // the writer gave up, or panicked
        assert_eq!(next(&mut pieces).await.unwrap().unwrap(), "half");
        assert!(next(&mut pieces).await.unwrap().is_err());
        assert!(next(&mut pieces).await.is_none());
    }

    #[tokio::test]
    async fn text_that_is_whole_ends_well() {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        let mut pieces = Pieces { pieces: receiver, ended: false };
        for piece in [Piece::Text(b"all".to_vec()), Piece::End] {
            sender.send(piece).await.unwrap_or_default();
        }
        assert_eq!(next(&mut pieces).await.unwrap().unwrap(), "all");
        assert!(next(&mut pieces).await.is_none());
    }
}
