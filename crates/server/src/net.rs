//! What comes over the network, on whatever transport: one way to respond.

pub(crate) mod batch;
pub(crate) mod descriptors;
pub(crate) mod downstream;
pub(crate) mod pin;
pub(crate) mod socket;
pub(crate) mod tcp;
pub(crate) mod udp;

use crate::clock::Clock;
use crate::config::{TransfersOut, Zone};
use crate::event::{DownstreamSeen, DownstreamSent, DriverEvent, NotifySeen};
use crate::faults::{self, Spot};
use crate::shard::{Message, ShardInbox, Urgency};
use arc_swap::ArcSwap;
use downstream::Downstreams;
use proto::admit::Admission;
use proto::answer::{self, Arrival, Identity, Kind, Rules};
use proto::code::Fault;
use proto::notify::{self, Notified, Outcome, Verdict};
use proto::tsig::Keyring;
use proto::xfr::outbound::{self, Form, Grants, Reader, Response, Transfer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wire::name::NameRef;
use zone::{Table, ViewId, ZoneId};

/// The settings that queries and NOTIFY are judged by; replaced as a whole at reload.
pub(crate) struct Access {
    /// Who may query.
    pub(crate) queriers: Admission,
    /// Largest datagram we send.
    pub(crate) udp_size_max: u16,
    /// Keys that queries and NOTIFY may be signed with.
    pub(crate) keys: Keyring,
    /// Who may transfer.
    pub(crate) grants: Grants,
    /// How many transfers others may have, and how long.
    pub(crate) transfers_out: TransfersOut,
    /// What is told of this instance.
    pub(crate) identity: Identity,
    /// Settings of each zone: who may notify.
    pub(crate) zones: BTreeMap<ZoneId, Arc<Zone>>,
}

/// Nobody's zones: until the settings are there, and in tests.
impl Default for Access {
    fn default() -> Self {
        Self {
            queriers: Admission::default(),
            udp_size_max: 0,
            keys: Keyring::default(),
            grants: Grants::default(),
            transfers_out: TransfersOut::DEFAULT,
            identity: Identity::default(),
            zones: BTreeMap::new(),
        }
    }
}

/// Queries by outcome, since start.
pub(crate) struct Counters {
    by_kind: [AtomicU64; Kind::ALL.len()],
    /// NOTIFY that was not believed, whether it named a zone of ours or not.
    notify_refused: AtomicU64,
    /// Transfers to others that were sent to their end.
    transfers_sent: AtomicU64,
    /// Transfers to others that were not.
    transfers_broken: AtomicU64,
    /// Requests for transfers that were refused.
    transfers_refused: AtomicU64,
}

impl Counters {
    /// All zero.
    pub(crate) fn new() -> Self {
        let by_kind = std::array::from_fn(|_| AtomicU64::new(0));
        let [notify_refused, transfers_sent, transfers_broken, transfers_refused] =
            std::array::from_fn(|_| AtomicU64::new(0));
        Self { by_kind, notify_refused, transfers_sent, transfers_broken, transfers_refused }
    }

    fn count(&self, kind: Kind) {
        if let Some(counter) = self.by_kind.get(kind as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Adds the counts to `sums`, by the outcome's word.
    pub(crate) fn add_to(&self, sums: &mut BTreeMap<String, u64>) {
        for (kind, counter) in Kind::ALL.iter().zip(&self.by_kind) {
            *sums.entry(kind.as_str().to_owned()).or_default() += counter.load(Ordering::Relaxed);
        }
        for (word, counter) in [
            ("notify-refused", &self.notify_refused),
            ("transfer-sent", &self.transfers_sent),
            ("transfer-broken", &self.transfers_broken),
            ("transfer-refused", &self.transfers_refused),
        ] {
            *sums.entry(word.to_owned()).or_default() += counter.load(Ordering::Relaxed);
        }
    }
}

/// Answers messages; one a thread or listener, so that counting is not shared.
pub(crate) struct Responder {
    pub(crate) table: Arc<Table>,
    pub(crate) access: Arc<ArcSwap<Access>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) shards: Arc<[ShardInbox]>,
    pub(crate) clock: Clock,
    /// Shared by all responders.
    pub(crate) downstreams: Arc<Downstreams>,
}

/// What a message deserves.
pub(crate) enum Responded {
    /// One message of so many octets; 0 means silence.
    Message(usize),
    /// Messages without a known end, over TCP only.
    Transfer(Box<Transfer>),
}

impl Responder {
    /// Writes what a message deserves into `out`, or the first of it.
    pub(crate) fn respond(&self, arrival: &Arrival<'_>, out: &mut [u8]) -> Responded {
        faults::trip_message(Spot::Answer, arrival.octets);
        if answer::is_notify(arrival.octets) {
            return Responded::Message(self.on_notify(arrival, out));
        }
        let access = self.access.load();
        let rules = Rules {
            view: ViewId::DEFAULT,
            admission: &access.queriers,
            udp_size_max: access.udp_size_max,
            keys: &access.keys,
            identity: &access.identity,
        };
        let mut outcome = answer::respond(&self.table, &rules, arrival, out);
        // To queries transfers are refused, so that looking for them costs the others nothing.
        if matches!(outcome.kind, Kind::Refused | Kind::NotAuth) {
            match outbound::respond(&self.table, &rules, &access.grants, arrival, out) {
                None => {}
                Some(Response::Said { outcome: said, event }) => {
                    self.on_transfer_said(event, arrival);
                    outcome = said;
                }
                Some(Response::Stream(transfer)) => return Responded::Transfer(transfer),
            }
        }
        self.counters.count(outcome.kind);
        Responded::Message(outcome.len)
    }

    /// Counts and shows what was asked for and answered with one message.
    fn on_transfer_said(&self, event: outbound::Event, arrival: &Arrival<'_>) {
        match event {
            outbound::Event::Sent(transfer) => self.on_transfer(&transfer, 0, Ok(())),
            outbound::Event::Refused { zone, refusal } => {
                self.counters.transfers_refused.fetch_add(1, Ordering::Relaxed);
                let from = arrival.source.to_canonical();
                let end = Err(refusal.fault(from));
                let seen = DownstreamSeen { from, at: arrival.now, key: None, end };
                if let Some(zone) = zone {
                    self.tell(zone, DriverEvent::Downstream(Box::new(seen)), Urgency::Gossip);
                }
            }
        }
    }

    /// Counts and shows a transfer that has ended. That there is no news is none.
    pub(crate) fn on_transfer(&self, transfer: &Transfer, elapsed_ms: u64, end: Result<(), Fault>) {
        let form = transfer.form();
        if end.is_ok() && form == Form::Soa {
            return;
        }
        let counter = match end {
            Ok(()) => &self.counters.transfers_sent,
            Err(_) => &self.counters.transfers_broken,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let sent = || DownstreamSent {
            serial: transfer.serial(),
            form,
            sent: transfer.sent(),
            elapsed_ms,
        };
        let Reader { zone, source } = transfer.reader();
        let (from, at) = (source.to_canonical(), self.clock.wall());
        let seen =
            DownstreamSeen { from, at, key: transfer.key().cloned(), end: end.map(|()| sent()) };
        self.tell(zone, DriverEvent::Downstream(Box::new(seen)), Urgency::Gossip);
    }

    /// Tells the shard of a zone; false if it has no room.
    fn tell(&self, zone: ZoneId, event: DriverEvent, urgency: Urgency) -> bool {
        let event = Message::Event(zone, event);
        self.shard_of(zone).is_some_and(|shard| shard.offer(event, urgency))
    }

    /// Judges a NOTIFY. It is acknowledged only when its zone's shard has taken it: a primary that
    /// hears nothing sends it again.
    fn on_notify(&self, arrival: &Arrival<'_>, out: &mut [u8]) -> usize {
        let Arrival { octets, source, now, transport: _ } = *arrival;
        let (access, source) = (self.access.load(), source.to_canonical());
        let zone = self.zone_asked_about(octets);
        let senders_of = |_: NameRef<'_>| Some(&*access.zones.get(&zone?)?.notify);
        let Verdict { outcome, reply } =
            notify::inbound(octets, source, &access.keys, senders_of, now);
        let seen = |serial, key| NotifySeen { from: source, at: now, serial, key };
        let (event, urgency) = match outcome {
            Outcome::Ignored => return 0,
            Outcome::Accepted(Notified { serial, key, .. }) => {
                (DriverEvent::Notified(seen(serial, key)), Urgency::News)
            }
            Outcome::Refused(refusal) => {
                self.counters.notify_refused.fetch_add(1, Ordering::Relaxed);
                (DriverEvent::NotifyRefused(seen(None, None), refusal.fault()), Urgency::Gossip)
            }
        };
        if let Some(id) = zone {
            let taken = self.tell(id, event, urgency);
            if !taken && urgency == Urgency::News {
                return 0;
            }
        }
        let reply = reply.unwrap_or_default();
        match out.get_mut(..reply.len()) {
            Some(room) => {
                room.copy_from_slice(&reply);
                reply.len()
            }
            None => 0,
        }
    }

    /// The zone of ours whose apex the message asks about.
    fn zone_asked_about(&self, octets: &[u8]) -> Option<ZoneId> {
        let message = wire::message::Message::parse(octets).ok()?;
        let question = message.questions().next()?.ok()?;
        let apex = question.qname.as_ref();
        let found = self.table.find(ViewId::DEFAULT, apex)?;
        (found.slot().apex().as_ref() == apex).then(|| found.slot().id())
    }

    fn shard_of(&self, id: ZoneId) -> Option<&ShardInbox> {
        self.shards.get(usize::try_from(id.0).ok()?.checked_rem(self.shards.len())?)
    }
}
