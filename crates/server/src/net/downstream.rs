//! Transfers to others, as far as they take something of the machine: places, time, and rules that change meanwhile.

use super::tcp::client_of;
use super::{Access, Responder};
use crate::config::TransfersOut;
use proto::code::{Code, Fault};
use proto::xfr::outbound::{Transfer, Written};
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;
use wire::codes::Rcode;

/// Transfers that are running, by client. Who is refused for want of permission never takes a place (threat 34).
#[derive(Default)]
pub(crate) struct Downstreams(Mutex<Places>);

#[derive(Default)]
struct Places {
    all: usize,
    per_client: HashMap<IpAddr, usize>,
}

/// A transfer's place; given back when dropped.
struct Place {
    client: IpAddr,
    downstreams: Arc<Downstreams>,
}

impl Downstreams {
    /// A place, or `None` when there are as many as may be.
    fn admit(self: &Arc<Self>, limits: TransfersOut, source: IpAddr) -> Option<Place> {
        let client = client_of(source);
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = places.per_client.get(&client).copied().unwrap_or(0);
        if places.all >= limits.at_once_max || held >= limits.per_client_max {
            return None;
        }
        places.all += 1;
        places.per_client.insert(client, held + 1);
        Some(Place { client, downstreams: self.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.downstreams.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.all -= 1;
        if let Some(held) = places.per_client.get_mut(&self.client) {
            *held -= 1;
            if *held == 0 {
                places.per_client.remove(&self.client);
            }
        }
    }
}

/// Whether a transfer goes on behind the message just written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goes {
    On,
    NoFurther,
}

/// A transfer on one connection. How it ended is told once, at the latest when this is dropped.
pub(crate) struct Running {
    transfer: Box<Transfer>,
    /// `None` when all were taken.
    place: Option<Place>,
    /// The rules that allowed it last.
    access: Arc<Access>,
    began: Instant,
    /// Known when the last message is written, and told when it was taken.
    end: Option<Result<(), Fault>>,
    responder: Arc<Responder>,
}

impl Running {
    /// Takes a place for it.
    pub(crate) fn begin(responder: &Arc<Responder>, transfer: Box<Transfer>) -> Self {
        let access = responder.access.load_full();
        let place = responder.downstreams.admit(access.transfers_out, transfer.reader().source);
        let (began, responder) = (Instant::now(), responder.clone());
        Self { transfer, place, access, began, end: None, responder }
    }

    /// Writes the next message to `out`, and nothing else.
    pub(crate) fn next(&mut self, out: &mut Vec<u8>) -> Goes {
        let now = self.responder.clock.wall();
        if let Some((fault, rcode)) = self.obstacle() {
            self.transfer.end(rcode, out, now);
            self.end = Some(Err(fault));
            return Goes::NoFurther;
        }
        self.end = match self.transfer.next(out, now) {
            Written::More => return Goes::On,
            Written::Last => Some(Ok(())),
            Written::Broken(fault) => Some(Err(fault)),
        };
        Goes::NoFurther
    }

    /// The client did not take the message.
    pub(crate) fn not_taken(&mut self, fault: &io::Error) {
        let code = match fault.kind() {
            io::ErrorKind::TimedOut => Code::DownstreamStalled,
            _ => Code::DownstreamCut,
        };
        self.end = Some(Err(self.fault(code).with("found", fault)));
    }

    /// What keeps it from going on, and the rcode that says so.
    fn obstacle(&mut self) -> Option<(Fault, Rcode)> {
        if self.place.is_none() {
            return Some((self.fault(Code::DownstreamLimit), Rcode::SERVFAIL));
        }
        if self.elapsed_ms() > self.access.transfers_out.total.as_ms() {
            return Some((self.fault(Code::DownstreamStalled), Rcode::SERVFAIL));
        }
        let access = self.responder.access.load();
        if !Arc::ptr_eq(&access, &self.access) {
            let is_zone = access.zones.contains_key(&self.transfer.reader().zone);
            if !is_zone || !self.transfer.is_still_granted(&access.grants, &access.keys) {
                return Some((self.fault(Code::DownstreamRevoked), Rcode::REFUSED));
            }
            self.access = Arc::clone(&access);
        }
        None
    }

    fn fault(&self, code: Code) -> Fault {
        let sent = self.transfer.sent();
        Fault::new(code)
            .with("source", self.transfer.reader().source)
            .with("serial", self.transfer.serial().0)
            .with("records", sent.records)
            .with("bytes", sent.bytes)
            .with("elapsed_ms", self.elapsed_ms())
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let cut = self.fault(Code::DownstreamCut).with("found", "connection ended");
        let end = self.end.take().unwrap_or(Err(cut));
        self.responder.on_transfer(&self.transfer, self.elapsed_ms(), end);
    }
}
