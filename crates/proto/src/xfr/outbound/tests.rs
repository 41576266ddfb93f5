//! Requests and what comes of them, read back by `xfr::inbound` and `tsig`.

mod access;
mod forms;
mod large;
mod laws;

use super::*;
use crate::admit::Admission;
use crate::answer::Identity;
use crate::time::UnixSeconds;
use crate::tsig::{Keyring, ResponseVerifier, sign_request};
use crate::xfr::inbound::{self, Fetched, Inbound, Progress};
use crate::xfr::query;
use std::net::IpAddr;
use wire::codes::{Class, Rcode};
use wire::master;
use wire::message::Message;
use wire::rdata::Soa;
use wire::record::{Record, RecordRef};
use wire::serial::Serial;
use wire::tsig::{Algorithm, Key};
use wire::ttl::Ttl;
use zone::{Builder, Diff, Limits, ViewId};

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const ID: u16 = 0x1234;
/// The zone that most of this is about.
const ZONE: ZoneId = ZoneId(1);

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn apex() -> Name {
    name("example.")
}

/// Records of `$ORIGIN example.` in master file form.
fn records(text: &str) -> Vec<Record> {
    let text = format!("$ORIGIN example.\n$TTL 300\n{text}");
    master::read(text.as_bytes(), &apex()).unwrap()
}

fn soa(serial: u32) -> Vec<Record> {
    records(&format!("@ SOA ns1 root {serial} 7200 900 1209600 300"))
}

/// A version with these records besides SOA and NS.
fn version(serial: u32, text: &str) -> Version {
    let mut builder = Builder::new(apex(), lax());
    let all = [soa(serial), records("@ NS ns1"), records(text)].concat();
    all.iter().for_each(|record| builder.push(record.as_ref()).unwrap());
    builder.finish().unwrap()
}

/// Limits that let records in which fit no message.
fn lax() -> Limits {
    Limits { rrset_bytes_max: u32::MAX, rrset_records_max: u32::MAX, ..Limits::default() }
}

/// The version after a step that removes and adds these; it remembers the step.
fn stepped(from: &Version, to: u32, removed: &str, added: &str) -> Version {
    let mut diff = Diff::new(from.serial(), Serial(to));
    let gone = [soa(from.serial().0), records(removed)].concat();
    let come = [records(added), soa(to)].concat(); // the SOA is last: its place in a diff means nothing
    gone.iter().for_each(|record| diff.remove(record.as_ref()));
    come.iter().for_each(|record| diff.add(record.as_ref()));
    let version = from.apply(&[diff.clone()], &lax()).unwrap();
    version.with_history(from.history(), [Arc::new(diff)])
}

/// Names enough for any diff to be smaller.
fn padding() -> String {
    (0..200).map(|n| format!("pad{n} TXT \"0123456789012345678901234567890123456789\"\n")).collect()
}

/// Zones and who may have them.
struct World {
    table: Table,
    keys: Keyring,
    grants: Grants,
}

impl World {
    /// The zone as it is now, for everybody at 192.0.2.1.
    fn with(version: Version) -> Self {
        Self::granting(version, &["192.0.2.1"])
    }

    /// The zone for these, each a range and maybe a key.
    fn granting(version: Version, rules: &[&str]) -> Self {
        let world = Self {
            table: Table::new(),
            keys: Keyring::new(["k1", "k2"].map(|text| Arc::new(key(text, Algorithm::HmacSha256)))),
            grants: Grants::new(
                Arc::default(),
                [(ZONE, rules.iter().map(|text| rule(text)).collect())],
            ),
        };
        world.table.insert(ZONE, ViewId::DEFAULT, apex()).unwrap();
        world.publish(version);
        world
    }

    fn publish(&self, version: Version) {
        assert!(self.table.publish(ZONE, ZoneState::Serving(version)));
    }

    fn respond(
        &self,
        request: &[u8],
        transport: Transport,
        source: IpAddr,
    ) -> (Option<Response>, Vec<u8>) {
        let (admission, identity) = (Admission::default(), Identity::default());
        let rules = Rules {
            view: ViewId::DEFAULT,
            admission: &admission,
            udp_size_max: 1_232,
            keys: &self.keys,
            identity: &identity,
        };
        let mut out = vec![0; 65_535];
        let arrival = Arrival { octets: request, transport, source, now: NOW };
        let response = respond(&self.table, &rules, &self.grants, &arrival, &mut out);
        if let Some(Response::Said { outcome, .. }) = &response {
            out.truncate(outcome.len);
        }
        (response, out)
    }

    /// Asks, and reads to the end.
    fn pull(&self, asking: &Asking) -> Pulled {
        let (request, mut verifier) = asking.request();
        let mut messages = Vec::new();
        let end = match self.respond(&request, asking.transport, asking.source) {
            (None, _) => panic!("it is a request"),
            (Some(Response::Said { event, .. }), message) => {
                messages.push(message);
                match event {
                    Event::Refused { refusal, .. } => End::Refused(refusal),
                    Event::Sent(transfer) => End::Sent(transfer),
                }
            }
            (Some(Response::Stream(mut transfer)), _) => {
                let mut out = Vec::new();
                loop {
                    let written = transfer.next(&mut out, NOW);
                    messages.push(out.clone());
                    match written {
                        Written::More => {}
                        Written::Last => break End::Sent(transfer),
                        Written::Broken(fault) => break End::Broken(fault),
                    }
                }
            }
        };
        let signed = messages.iter().try_for_each(|message| verifier.feed(message, NOW));
        Pulled { messages, end, signed: signed.and_then(|()| verifier.finish()).is_ok() }
    }
}

/// How a request ended.
#[derive(Debug)]
enum End {
    Refused(Refusal),
    Sent(Box<Transfer>),
    Broken(crate::code::Fault),
}

/// What a reader got.
#[derive(Debug)]
struct Pulled {
    messages: Vec<Vec<u8>>,
    end: End,
    /// The reader's checks of signatures passed.
    signed: bool,
}

impl Pulled {
    fn rcode(&self) -> Rcode {
        Message::parse(self.messages.last().unwrap()).unwrap().header().flags.rcode()
    }

    /// Owner and type of each record; the serial for SOA.
    fn records(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for message in &self.messages {
            for record in Message::parse(message).unwrap().records() {
                let (section, view) = record.unwrap();
                let (mut owner, mut rdata) = (wire::name::NameBuf::new(), Vec::new());
                let owner = view.owner(&mut owner).unwrap();
                if section != wire::message::Section::Answer {
                    continue;
                }
                view.rdata_into(&mut rdata).unwrap();
                lines.push(match Soa::parse(&rdata) {
                    Ok(soa) if view.rrtype() == Rrtype::SOA => format!("SOA {}", soa.serial),
                    _ => format!("{owner} {}", view.rrtype()),
                });
            }
        }
        lines
    }

    /// What a secondary makes of it that holds `held`.
    fn fetched(&self, held: Option<&Version>) -> Fetched {
        let limits = inbound::Limits::of_zone(lax());
        let mut inbound = match held {
            Some(held) => Inbound::ixfr(ID, held.clone(), limits),
            None => Inbound::axfr(ID, apex(), limits),
        };
        let (last, others) = self.messages.split_last().unwrap();
        for message in others {
            assert_eq!(inbound.feed(message).unwrap(), Progress::More);
        }
        assert_eq!(inbound.feed(last).unwrap(), Progress::Complete);
        inbound.finish().unwrap()
    }

    fn sent(&self) -> &Transfer {
        match &self.end {
            End::Sent(transfer) => transfer,
            End::Refused(_) | End::Broken(_) => panic!("{:?}", self.end),
        }
    }

    fn refusal(&self) -> &Refusal {
        match &self.end {
            End::Refused(refusal) => refusal,
            End::Sent(_) | End::Broken(_) => panic!("{:?}", self.end),
        }
    }
}

/// A request and how it is made.
#[derive(Clone)]
struct Asking {
    /// `None` asks for the whole zone.
    held: Option<u32>,
    key: Option<Arc<Key>>,
    transport: Transport,
    source: IpAddr,
}

impl Asking {
    fn axfr() -> Self {
        let source = "192.0.2.1".parse().unwrap();
        Self { held: None, key: None, transport: Transport::Tcp, source }
    }

    fn ixfr(held: u32) -> Self {
        Self { held: Some(held), ..Self::axfr() }
    }

    fn over_udp(self) -> Self {
        Self { transport: Transport::Udp, ..self }
    }

    fn from(self, source: &str) -> Self {
        Self { source: source.parse().unwrap(), ..self }
    }

    fn signed_by(self, key: Key) -> Self {
        Self { key: Some(Arc::new(key)), ..self }
    }

    fn request(&self) -> (Vec<u8>, ResponseVerifier) {
        let mut request = match self.held {
            None => query::axfr(ID, apex().as_ref()),
            Some(serial) => {
                let held = soa(serial);
                query::ixfr(ID, apex().as_ref(), &Soa::parse(&held.first().unwrap().rdata).unwrap())
            }
        };
        let verifier = match &self.key {
            None => ResponseVerifier::unsigned(),
            Some(key) => {
                let mac = sign_request(key, &mut request, NOW);
                ResponseVerifier::new(Arc::clone(key), mac)
            }
        };
        (request, verifier)
    }
}

fn key(text: &str, algorithm: Algorithm) -> Key {
    Key::new(name(&format!("{text}.")), algorithm, &[7; 32]).unwrap()
}

/// `range` or `range key`.
fn rule(text: &str) -> AccessRule {
    let (range, key) = text.split_once(' ').map_or((text, None), |(range, key)| (range, Some(key)));
    AccessRule { range: range.parse().unwrap(), key: key.map(|key| name(&format!("{key}."))) }
}

/// A TXT record of one large rdata.
fn large(owner: &str, octets: usize) -> Record {
    let (rrtype, class, ttl) = (Rrtype(65_280), Class::IN, Ttl::from_wire(60));
    let (owner, rdata) = (name(owner), vec![7; octets]);
    RecordRef { owner: owner.as_ref(), rrtype, class, ttl, rdata: &rdata }.to_record()
}

/// A version with such records besides SOA and NS.
fn version_of(all: impl IntoIterator<Item = Record>) -> Version {
    let mut builder = Builder::new(apex(), lax());
    let all = soa(1).into_iter().chain(records("@ NS ns1")).chain(all);
    all.for_each(|record| builder.push(record.as_ref()).unwrap());
    builder.finish().unwrap()
}
