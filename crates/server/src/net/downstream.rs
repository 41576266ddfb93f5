//! Transfers to others, as far as they take something of the machine: places, time, and rules that change meanwhile.

use super::tcp::client_of;
use super::{Access, Responder};
use crate::config::TransfersOut;
use proto::code::{Code, Fault};
use proto::time::Mono;
use proto::xfr::outbound::{Reader, Transfer, Written};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
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

/// A transfer on one connection.
pub(crate) struct Running {
    transfer: Box<Transfer>,
    /// `None` when all were taken.
    place: Option<Place>,
    /// The rules that allowed it last.
    access: Arc<Access>,
    began: Mono,
    responder: Arc<Responder>,
}

impl Running {
    /// Takes a place for it.
    pub(crate) fn begin(responder: &Arc<Responder>, transfer: Box<Transfer>) -> Self {
        let access = responder.access.load_full();
        let place = responder.downstreams.admit(access.transfers_out, transfer.reader().source);
        let (began, responder) = (responder.clock.now(), responder.clone());
        Self { transfer, place, access, began, responder }
    }

    /// Writes the next message to `out`, and nothing else.
    pub(crate) fn next(&mut self, out: &mut Vec<u8>) -> Goes {
        let now = self.responder.clock.wall();
        if let Some((fault, rcode)) = self.obstacle() {
            self.transfer.end(rcode, out, now);
            self.ended(Some(fault));
            return Goes::NoFurther;
        }
        match self.transfer.next(out, now) {
            Written::More => return Goes::On,
            Written::Last => self.ended(None),
            Written::Broken(fault) => self.ended(Some(fault)),
        }
        Goes::NoFurther
    }

    /// What keeps it from going on, and the rcode that says so.
    fn obstacle(&mut self) -> Option<(Fault, Rcode)> {
        let Reader { zone, source } = self.transfer.reader();
        if self.place.is_none() {
            let fault = Fault::new(Code::DownstreamLimit).with("source", source);
            return Some((fault, Rcode::SERVFAIL));
        }
        let elapsed_ms = self.responder.clock.now().since_ms(self.began);
        if elapsed_ms > self.access.transfers_out.total.as_ms() {
            let fault = Fault::new(Code::DownstreamStalled).with("elapsed_ms", elapsed_ms);
            return Some((fault, Rcode::SERVFAIL));
        }
        let access = self.responder.access.load();
        if !Arc::ptr_eq(&access, &self.access) {
            let is_zone = access.zones.contains_key(&zone);
            if !is_zone || !self.transfer.is_still_granted(&access.grants, &access.keys) {
                let fault = Fault::new(Code::DownstreamRevoked).with("source", source);
                return Some((fault, Rcode::REFUSED));
            }
            self.access = Arc::clone(&access);
        }
        None
    }

    fn ended(&mut self, fault: Option<Fault>) {
        self.place = None;
        let (to, serial) = (self.transfer.reader().source, self.transfer.serial());
        match fault {
            None => tracing::debug!(%to, serial = serial.0, "transferred to a secondary"),
            Some(fault) => tracing::debug!(%to, serial = serial.0, "no transfer: {fault}"),
        }
    }
}
