//! Queries over TCP: pipelined, with limits that shed the idlest connection first.
//!
//! Standards: RFC 7766 §6 (connections) · RFC 6177 §2 (whose address it is).

mod clients;
mod conversation;

use super::Responder;
use conversation::Conversation;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

pub(crate) use clients::{Clients, client_of};

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
                result = Conversation::new(stream, from, responder, limits).run(&seat, stop) => {
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

#[cfg(test)]
mod tests;
