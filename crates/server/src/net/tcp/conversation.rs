//! One client, from its first query to its last answer.
//!
//! Queries are answered as they come, also between the messages of a transfer (RFC 7766 §6.2.1.1); transfers
//! of one connection follow one another. A client that does not read is not read from either.

use super::TcpLimits;
use super::clients::Seat;
use crate::net::downstream::{Goes, Running};
use crate::net::{Responded, Responder};
use proto::answer::{Arrival, Transport};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use wire::frame::{Frames, write_frame};

/// Octets of queries read ahead on one connection.
const READ_AHEAD: usize = 16 * 1_024;
/// Answers collected before they are written.
const WRITE_TOGETHER: usize = 64 * 1_024;

/// A connection and what is in flight on it.
pub(super) struct Conversation<S> {
    stream: S,
    from: SocketAddr,
    responder: Arc<Responder>,
    limits: TcpLimits,
    frames: Frames,
    /// One answer.
    answer: Vec<u8>,
    /// One message of a transfer.
    message: Vec<u8>,
    /// Frames to be written.
    out: Vec<u8>,
    transfer: Option<Running>,
    /// A request for a further transfer; nothing more is read before its turn comes.
    waiting: Option<Vec<u8>>,
    /// The client may send more.
    reads_on: bool,
}

/// What the client did.
enum Heard {
    /// It sent something.
    Octets,
    /// Nothing, and a transfer is to go on.
    Nothing,
    /// It sends no more.
    End,
    /// It was silent too long, or the daemon stops.
    Over,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    /// Nothing was said yet.
    pub(super) fn new(
        stream: S,
        from: SocketAddr,
        responder: Arc<Responder>,
        limits: TcpLimits,
    ) -> Self {
        Self {
            stream,
            from,
            responder,
            limits,
            frames: Frames::new(usize::from(u16::MAX)),
            answer: vec![0; usize::from(u16::MAX)],
            message: Vec::new(),
            out: Vec::with_capacity(WRITE_TOGETHER),
            transfer: None,
            waiting: None,
            reads_on: true,
        }
    }

    /// Until the client goes, is silent too long, or takes too long to read.
    pub(super) async fn run(
        mut self,
        seat: &Seat,
        mut stop: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let mut read = Vec::with_capacity(READ_AHEAD);
        let mut deadline = Instant::now() + self.limits.idle;
        loop {
            read.clear();
            match self.listen(&mut read, deadline, &mut stop).await? {
                Heard::Over => return Ok(()),
                Heard::End => self.reads_on = false,
                Heard::Nothing => {}
                Heard::Octets => {
                    let was_between = self.frames.is_between_messages();
                    self.frames.feed(&read);
                    let took_any = self.answer_all().await?;
                    // Octets keep no connection, whole messages do; and each has a deadline from its start.
                    if took_any {
                        seat.touch();
                        deadline = Instant::now() + self.limits.idle;
                    }
                    if !self.frames.is_between_messages() && (was_between || took_any) {
                        deadline = deadline.min(Instant::now() + self.limits.stalled);
                    }
                }
            }
            if self.transfer.is_some() {
                self.transfer_on().await?;
                seat.touch();
                deadline = deadline.max(Instant::now() + self.limits.idle);
            }
            if !self.reads_on && self.transfer.is_none() {
                return Ok(()); // that was the last of what it had asked for
            }
        }
    }

    /// Waits for octets, unless a transfer waits for us.
    async fn listen(
        &mut self,
        read: &mut Vec<u8>,
        deadline: Instant,
        stop: &mut watch::Receiver<bool>,
    ) -> io::Result<Heard> {
        let has_transfer = self.transfer.is_some();
        let reads = self.reads_on && self.waiting.is_none();
        let received = tokio::select! {
            biased;
            _ = stop.changed() => return Ok(Heard::Over),
            received = timeout_at(deadline, self.stream.read_buf(read)), if reads => received,
            () = std::future::ready(()), if has_transfer => return Ok(Heard::Nothing),
        };
        match received {
            Ok(Ok(0)) => Ok(Heard::End),
            Ok(Ok(_)) => Ok(Heard::Octets),
            Ok(Err(fault)) => Err(fault),
            Err(_) if has_transfer => Ok(Heard::Nothing),
            Err(_) => Ok(Heard::Over),
        }
    }

    /// Answers every whole message that is there, as far as transfers do not keep others waiting; says whether there
    /// was one.
    async fn answer_all(&mut self) -> io::Result<bool> {
        let mut took_any = false;
        let mut waiting = self.waiting.take();
        loop {
            let waited = waiting.take();
            let octets = match &waited {
                Some(octets) => octets.as_slice(),
                None => match self.frames.take() {
                    Ok(Some(octets)) => octets,
                    Ok(None) | Err(_) => break,
                },
            };
            if octets.is_empty() {
                continue; // costs nothing to send, and earns nothing
            }
            took_any = true;
            let (source, now) = (self.from.ip(), self.responder.clock.wall());
            let arrival = Arrival { octets, transport: Transport::Tcp, source, now };
            match self.responder.respond(&arrival, &mut self.answer) {
                Responded::Message(size) => {
                    if let Some(answer) = self.answer.get(..size).filter(|_| size > 0) {
                        write_frame(&mut self.out, answer).map_err(io::Error::other)?;
                    }
                }
                Responded::Transfer(transfer) if self.transfer.is_none() => {
                    self.transfer = Some(Running::begin(&self.responder, transfer));
                }
                // Asked again when its turn comes, it is of the version that is served then.
                Responded::Transfer(_) => {
                    self.waiting = Some(octets.to_vec());
                    break;
                }
            }
            if self.out.len() >= WRITE_TOGETHER {
                self.write_out().await?;
            }
        }
        self.write_out().await?;
        Ok(took_any)
    }

    /// Sends the next message of the transfer.
    async fn transfer_on(&mut self) -> io::Result<()> {
        let Some(running) = &mut self.transfer else { return Ok(()) };
        let goes = running.next(&mut self.message);
        write_frame(&mut self.out, &self.message).map_err(io::Error::other)?;
        if let Err(fault) = self.write_out().await {
            self.transfer.take().iter_mut().for_each(|running| running.not_taken(&fault));
            return Err(fault);
        }
        if goes == Goes::NoFurther {
            self.transfer = None;
            self.answer_all().await?;
        }
        Ok(())
    }

    async fn write_out(&mut self) -> io::Result<()> {
        if !self.out.is_empty() {
            timeout(self.limits.stalled, self.stream.write_all(&self.out)).await??;
            self.out.clear();
        }
        Ok(())
    }
}
