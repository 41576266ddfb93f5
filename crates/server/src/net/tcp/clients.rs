//! Who is connected, and who makes room for whom.

use super::TcpLimits;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Who is connected, so that the limits can be kept.
pub(crate) struct Clients {
    pub(super) limits: TcpLimits,
    started: Instant,
    pub(super) seats: Mutex<Seats>,
}

/// The places taken.
#[derive(Default)]
pub(super) struct Seats {
    next: u64,
    pub(super) taken: HashMap<u64, (IpAddr, Arc<SeatState>)>,
    per_client: HashMap<IpAddr, usize>,
}

/// What others may see of a connection.
pub(super) struct SeatState {
    pub(super) last_active_ms: AtomicU64,
    kick: Arc<Notify>,
}

/// A connection's place; given back when dropped.
pub(super) struct Seat {
    number: u64,
    pub(super) state: Arc<SeatState>,
    pub(super) kick: Arc<Notify>,
    clients: Arc<Clients>,
}

impl Clients {
    /// Nobody connected yet.
    pub(crate) fn new(limits: TcpLimits) -> Arc<Self> {
        Arc::new(Self { limits, started: Instant::now(), seats: Mutex::default() })
    }

    /// A seat, or `None` when this client has its share already. When the house is full the
    /// connection that has been silent longest makes room.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
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
    /// It was of use just now.
    pub(super) fn touch(&self) {
        self.state.last_active_ms.store(self.clients.elapsed_ms(), Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.clients.seats.lock().unwrap_or_else(PoisonError::into_inner).release(self.number);
    }
}

/// Whom an address belongs to: a host of IPv6 has a network of 64 bits to itself, and addresses
/// in it without end (RFC 6177 §2).
pub(crate) fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}
