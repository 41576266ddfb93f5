//! Queries over TCP: pipelined, with limits that shed the idlest connection first.
//!
//! Standards: RFC 7766 §6 (connections) · RFC 6177 §2 (whose address it is).

use super::Responder;
use proto::answer::{Arrival, Transport};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use wire::frame::{Frames, write_frame};

/// Octets of queries read ahead on one connection.
const READ_AHEAD: usize = 16 * 1_024;
/// Answers collected before they are written.
const WRITE_TOGETHER: usize = 64 * 1_024;

/// How much of the machine TCP clients may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TcpLimits {
    /// Connections at once.
    pub clients_max: usize,
    /// Connections at once from one client: an IPv4 address, or an IPv6 network of 64 bits.
    pub per_client_max: usize,
    /// Silence after which a connection is closed (RFC 7766 §6.2.3).
    pub idle: Duration,
    /// Time for a client to take its answer, or to send the rest of a message it began.
    pub stalled: Duration,
}

/// Accepts until told to stop, then gives open connections a moment to finish.
pub(crate) async fn serve(
    listener: TcpListener,
    responder: Arc<Responder>,
    clients: Arc<Clients>,
    mut stop: watch::Receiver<bool>,
) {
    let (mut connections, mut refusals) = (JoinSet::new(), Refusals::default());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(fault) => {
                if let Some(left_out) = refusals.admit(Instant::now()) {
                    tracing::warn!(%fault, left_out, "TCP connections cannot be accepted");
                }
                // Out of descriptors: accepting again at once would only spin.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(seat) = clients.admit(from.ip()) else { continue };
        let (responder, stop) = (responder.clone(), stop.clone());
        let limits = clients.limits;
        connections.spawn(async move {
            let kicked = seat.kick.clone();
            // Without it answers only wait for one another.
            if let Err(fault) = stream.set_nodelay(true) {
                tracing::trace!(%from, %fault, "TCP client is answered with delays");
            }
            tokio::select! {
                result = converse(stream, from, &responder, (&seat, limits), stop) => {
                    if let Err(fault) = result {
                        tracing::trace!(%from, %fault, "TCP client went away");
                    }
                }
                () = kicked.notified() => tracing::debug!(%from, "TCP connection shed"),
            }
        });
    }
    drop(
        timeout(Duration::from_secs(1), async { while connections.join_next().await.is_some() {} })
            .await,
    );
}

/// One client, from its first query to its last answer.
async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    from: SocketAddr,
    responder: &Responder,
    (seat, limits): (&Seat, TcpLimits),
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut frames = Frames::new(usize::from(u16::MAX));
    let mut read = Vec::with_capacity(READ_AHEAD);
    let mut answer = vec![0; usize::from(u16::MAX)];
    let mut out = Vec::with_capacity(WRITE_TOGETHER);
    let mut deadline = Instant::now() + limits.idle;
    loop {
        read.clear();
        let received = tokio::select! {
            received = timeout_at(deadline, stream.read_buf(&mut read)) => received,
            _ = stop.changed() => return Ok(()),
        };
        match received {
            Ok(Ok(0)) | Err(_) => return Ok(()),
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => return Err(fault),
        }
        let was_between = frames.is_between_messages();
        frames.feed(&read);
        let mut took_any = false;
        while let Ok(Some(octets)) = frames.take() {
            if octets.is_empty() {
                continue; // costs nothing to send, and earns nothing
            }
            took_any = true;
            let now = responder.clock.wall();
            let arrival = Arrival { octets, transport: Transport::Tcp, source: from.ip(), now };
            let size = responder.respond(&arrival, &mut answer);
            if let Some(answer) = answer.get(..size).filter(|answer| !answer.is_empty()) {
                write_frame(&mut out, answer).map_err(std::io::Error::other)?;
            }
            if out.len() >= WRITE_TOGETHER {
                write_out(&mut stream, &mut out, limits.stalled).await?;
            }
        }
        write_out(&mut stream, &mut out, limits.stalled).await?;
        // Octets keep no connection, whole messages do; and each has a deadline from its start.
        if took_any {
            seat.touch();
            deadline = Instant::now() + limits.idle;
        }
        if !frames.is_between_messages() && (was_between || took_any) {
            deadline = deadline.min(Instant::now() + limits.stalled);
        }
    }
}

async fn write_out(
    stream: &mut (impl AsyncWrite + Unpin),
    out: &mut Vec<u8>,
    limit: Duration,
) -> std::io::Result<()> {
    if !out.is_empty() {
        timeout(limit, stream.write_all(out)).await??;
        out.clear();
    }
    Ok(())
}

/// Thins out a line of the log that would come with every connection refused.
#[derive(Default)]
struct Refusals {
    told_at: Option<Instant>,
    left_out: u64,
}

impl Refusals {
    /// Once a minute the number of lines left out since the last; `None` in between.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        const APART: Duration = Duration::from_secs(60);
        if self.told_at.is_some_and(|told_at| now.saturating_duration_since(told_at) < APART) {
            self.left_out += 1;
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.left_out))
    }
}

/// Whom an address belongs to: a host of IPv6 has a network of 64 bits to itself, and addresses
/// in it without end (RFC 6177 §2).
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

/// Who is connected, so that the limits can be kept.
pub(crate) struct Clients {
    limits: TcpLimits,
    started: Instant,
    seats: Mutex<Seats>,
}

#[derive(Default)]
struct Seats {
    next: u64,
    taken: HashMap<u64, (IpAddr, Arc<SeatState>)>,
    per_client: HashMap<IpAddr, usize>,
}

struct SeatState {
    last_active_ms: AtomicU64,
    kick: Arc<Notify>,
}

/// A connection's place; given back when dropped.
struct Seat {
    number: u64,
    state: Arc<SeatState>,
    kick: Arc<Notify>,
    clients: Arc<Clients>,
}

impl Clients {
    /// Nobody connected yet.
    pub(crate) fn new(limits: TcpLimits) -> Arc<Self> {
        Arc::new(Self { limits, started: Instant::now(), seats: Mutex::default() })
    }

    /// A seat, or `None` when this client has its share already. When the house is full the
    /// connection that has been silent longest makes room.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let client = client_of(address);
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.per_client.get(&client).is_some_and(|held| *held >= self.limits.per_client_max) {
            return None;
        }
        if seats.taken.len() >= self.limits.clients_max {
            let silence = |state: &SeatState| state.last_active_ms.load(Ordering::Relaxed);
            let idlest = seats.taken.iter().min_by_key(|(_, (_, state))| silence(state));
            let number = idlest.map(|(number, (_, state))| {
                state.kick.notify_one();
                *number
            })?;
            seats.release(number);
        }
        let kick = Arc::new(Notify::new());
        let state = Arc::new(SeatState {
            last_active_ms: AtomicU64::new(self.elapsed_ms()),
            kick: kick.clone(),
        });
        let number = seats.next;
        seats.next += 1;
        seats.taken.insert(number, (client, state.clone()));
        *seats.per_client.entry(client).or_default() += 1;
        Some(Seat { number, state, kick, clients: self.clone() })
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Seats {
    fn release(&mut self, number: u64) {
        let Some((client, _)) = self.taken.remove(&number) else { return };
        if let Some(held) = self.per_client.get_mut(&client) {
            *held -= 1;
            if *held == 0 {
                self.per_client.remove(&client);
            }
        }
    }
}

impl Seat {
    fn touch(&self) {
        self.state.last_active_ms.store(self.clients.elapsed_ms(), Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.clients.seats.lock().unwrap_or_else(PoisonError::into_inner).release(self.number);
    }
}

#[cfg(test)]
mod tests;
