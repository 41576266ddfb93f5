//! Octets as a request for a transfer, from somewhere, perhaps signed; and what is sent then, read back.
//!
//! The first octet says how it comes and from where, the second what is spelled; the rest is a message as it is, or a
//! key and changes.

use super::content::Content;
use super::letters::Letters;
use super::received::{Asked, Held, Meaning, meaning};
use super::signature::{Before, End, Fields, Form as Covered, KEYS, Shared, Worth, end, signed};
use super::walk::{Walk, number};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use proto::access::AccessRule;
use proto::admit::Admission;
use proto::answer::{Arrival, Identity, Rules, Transport};
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use proto::xfr::inbound::{Fetched, Inbound, Limits, Progress};
use proto::xfr::outbound::{
    Event, Form, Grants, Refusal, Response, Transfer, Written, is_request, respond,
};
use std::sync::{Arc, LazyLock};
use wire::codes::{Class, Rcode};
use wire::message::Message;
use wire::name::Name;
use wire::record::Record;
use wire::serial::Serial;
use zone::{Table, Version, ViewId, ZoneId, ZoneState};

/// When all of it happens.
const NOW: u64 = 1_700_000_000;

/// Messages of the longest transfer here, and more.
const MESSAGES_MAX: usize = 40;

/// Who asks.
const SOURCES: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)),
    IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201)),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// What a source may have, by the places of zones and keys.
struct Granted {
    /// Zones it may have unsigned.
    plain: &'static [usize],
    /// Zones it may have with a key.
    keyed: &'static [(usize, usize)],
}

/// For each source.
const GRANTS: [Granted; 4] = [
    Granted { plain: &[0, 2, 3, 4], keyed: &[] },
    Granted { plain: &[], keyed: &[(0, 1), (1, 0)] },
    Granted { plain: &[0, 2, 3, 4], keyed: &[] },
    Granted { plain: &[1, 2], keyed: &[] },
];

/// Apexes: changed step by step, too large for a message, without history, expired, never loaded, none of ours.
const APEXES: [&str; 6] = ["z.", "large.", "alone.", "gone.", "new.", "x.z."];

/// Serials around that of all zones, and one that is neither newer nor older.
const SERIAL: u32 = 7;
const SERIALS: [u32; 8] = [7, 6, 5, 4, 3, 8, 0, SERIAL.wrapping_add(1 << 31)];

/// Zones, what is in them, and who may have them.
struct World {
    table: Table,
    grants: Grants,
    keys: Keyring,
    /// Versions of the first zone, the newest last.
    past: Vec<Version>,
    /// The content of each zone that is served.
    contents: Vec<Content>,
}

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Everything that must hold for requests of transfers.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&[how, what], rest)) = octets.split_first_chunk() else { return };
    let message = if how & 8 == 0 { rest.to_vec() } else { spelled(what, Letters(rest)) };
    let transport = if how & 1 == 0 { Transport::Tcp } else { Transport::Udp };
    let at = usize::from(how >> 1 & 3);
    let room = if how & 16 == 0 { 65_535 } else { usize::from(how >> 5) * 64 };
    Asking { message: &message, transport, at, room }.judge();
}

fn spelled(what: u8, mut letters: Letters<'_>) -> Vec<u8> {
    let apex = name(APEXES[usize::from(what & 7) % APEXES.len()]);
    let (is_ixfr, has_edns) = (what & 8 != 0, what & 16 != 0);
    let counts = [0, 1, 0, 0, 0, u8::from(is_ixfr), 0, u8::from(has_edns)];
    let mut message = [&b"\x12\x34\0\0"[..], &counts, apex.as_wire()].concat();
    message.extend_from_slice(if is_ixfr { b"\0\xfb\0\x01" } else { b"\0\xfc\0\x01" });
    if is_ixfr {
        let serial = SERIALS[usize::from(what >> 5)];
        message.extend_from_slice(b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x16\0\0");
        [serial, 1, 1, 1, 1].iter().for_each(|it| message.extend(it.to_be_bytes()));
    }
    if has_edns {
        message.extend_from_slice(b"\0\0\x29\x04\xd0\0\0\x80\0\0\0");
    }
    let key = usize::from(letters.octet().unwrap_or(u8::MAX));
    if let Some(shared) = KEYS.get(key) {
        let other = Vec::new();
        let fields = Fields { time: NOW, fudge: 300, original_id: 0x1234, error: 0, other };
        let how = (&fields, &Covered::Whole, shared.key.mac_octets());
        (message, _) = signed(shared, &Before::default(), &message, how);
    }
    super::tsig::change(&mut message, letters);
    message
}

impl World {
    fn new() -> Self {
        let rule = |source: usize, key: Option<usize>| AccessRule {
            range: proto::access::AddressRange::single(SOURCES[source]),
            key: key.map(|key| KEYS[key].key.name().clone()),
        };
        let rules_of = |zone: usize| -> Arc<[AccessRule]> {
            let of_source = |(source, granted): (usize, &Granted)| {
                let plain = granted.plain.iter().filter(|it| **it == zone);
                let keyed = granted.keyed.iter().filter(|(it, _)| *it == zone);
                let plain = plain.map(|_| rule(source, None));
                plain.chain(keyed.map(|(_, key)| rule(source, Some(*key)))).collect::<Vec<_>>()
            };
            GRANTS.iter().enumerate().flat_map(of_source).collect()
        };
        let ids = || (0_u32..5).map(ZoneId);
        let grants = Grants::new(Arc::default(), ids().zip((0..5).map(rules_of)));
        let keys = Keyring::new(KEYS.iter().map(|shared| Arc::clone(&shared.key)));
        let table = Table::new();
        for (id, apex) in ids().zip(APEXES) {
            table.insert(id, ViewId::DEFAULT, name(apex)).expect("room");
        }
        let mut world = Self { table, grants, keys, past: Vec::new(), contents: Vec::new() };
        world.fill();
        world
    }

    fn fill(&mut self) {
        let mut past: Vec<Version> = Vec::new();
        for serial in 4..=SERIAL {
            let version = version(APEXES[0], &step(serial));
            let newest = match past.last() {
                None => version,
                Some(before) => {
                    let diff = Arc::new(before.diff(&version));
                    version.with_history(before.history(), [diff])
                }
            };
            past.push(newest);
        }
        let newest = past.last().cloned().expect("some");
        self.past = past;
        let (large, alone) = (version(APEXES[1], &many(SERIAL)), version(APEXES[2], &step(SERIAL)));
        self.contents = [(0, step(SERIAL)), (1, many(SERIAL)), (2, step(SERIAL))]
            .map(|(zone, text)| content(APEXES[zone], &text))
            .into();
        for (id, version) in [(0, newest), (1, large), (2, alone)] {
            let state = ZoneState::Serving(version);
            assert!(self.table.publish(ZoneId(id), state));
        }
        assert!(self.table.publish(ZoneId(3), ZoneState::Expired));
    }

    /// A version at that serial, which may have been one of the zone's.
    fn held(&self, zone: usize, serial: u32) -> Version {
        let is_it = |version: &&Version| zone == 0 && version.serial() == Serial(serial);
        let known = self.past.iter().find(is_it).cloned();
        known.unwrap_or_else(|| version(APEXES[zone], &soa(serial)))
    }
}

fn soa(serial: u32) -> String {
    format!("@ 60 SOA a a {serial} 2 3 4 30\n@ 60 NS a\n")
}

/// A zone of which most stays from one serial to the next.
fn step(serial: u32) -> String {
    let mut text = soa(serial);
    text.push_str(&format!(
        "S{serial} 60 MX {serial} mail.S{serial}\na{} 60 A 192.0.2.1\n",
        serial % 2
    ));
    (0..30).for_each(|at| text.push_str(&format!("t{at} 60 TXT \"that which stays\"\n")));
    text
}

/// A zone of several messages, one of whose records needs nearly a whole one.
fn many(serial: u32) -> String {
    let mut text = soa(serial);
    text.push_str(&format!("long 60 TYPE65280 \\# 60000 {}\n", "00".repeat(60_000)));
    for at in 0..400 {
        let word = "0123456789".repeat(6);
        text.push_str(&format!(
            "t{at}.Upper 60 TXT \"{word}\" \"{at}\"\nt{at} 60 MX 1 t{at}.uPPer\n"
        ));
    }
    text
}

fn records(apex: &str, text: &str) -> Vec<Record> {
    wire::master::read(text.as_bytes(), &name(apex)).expect("a master file")
}

fn version(apex: &str, text: &str) -> Version {
    let mut builder = zone::Builder::new(name(apex), zone::Limits::default());
    records(apex, text).iter().for_each(|record| {
        builder.push(record.as_ref()).expect("a record of the zone");
    });
    builder.finish().expect("a zone")
}

fn content(apex: &str, text: &str) -> Content {
    Content::gathered(&name(apex), &records(apex, text)).expect("a zone")
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

/// A request and how it came.
struct Asking<'a> {
    message: &'a [u8],
    transport: Transport,
    /// Place of the source.
    at: usize,
    room: usize,
}

/// What was asked for, as far as it matters here.
struct Wanted {
    /// Place of the apex, if it is one of ours.
    zone: Option<usize>,
    qtype: u16,
    /// Place of the key that signed well.
    key: Option<usize>,
}

impl Asking<'_> {
    fn judge(&self) {
        let (admission, identity) = (Admission::default(), Identity::default());
        let rules = Rules {
            view: ViewId::DEFAULT,
            admission: &admission,
            udp_size_max: 1_232,
            keys: &WORLD.keys,
            identity: &identity,
        };
        let arrival = Arrival {
            octets: self.message,
            transport: self.transport,
            source: SOURCES[self.at],
            now: UnixSeconds(NOW),
        };
        let mut out = vec![0xa5; self.room];
        let response = respond(&WORLD.table, &rules, &WORLD.grants, &arrival, &mut out);
        assert_eq!(response.is_some(), is_request(self.message));
        match response {
            None => {}
            Some(Response::Said { outcome, event: Event::Refused { refusal, .. } }) => {
                out.truncate(outcome.len);
                self.is_refused_well(&refusal, &out);
            }
            Some(Response::Said { outcome, event: Event::Sent(transfer) }) => {
                out.truncate(outcome.len);
                if out.is_empty() {
                    assert!(self.room < 65_535 || self.transport == Transport::Udp, "room for all");
                } else {
                    self.is_a_transfer(&transfer, &[out]);
                }
            }
            Some(Response::Stream(mut transfer)) => {
                assert_eq!(self.transport, Transport::Tcp, "one datagram is no stream");
                let messages = to_the_end(&mut transfer);
                self.is_a_transfer(&transfer, &messages);
            }
        }
    }

    fn wanted(&self) -> Wanted {
        let walk = Walk::into(self.message);
        let [(Some(qname), qtype, 1)] = &walk.questions[..] else { panic!("no question") };
        let is_asked = |apex: &str| name(apex).as_wire() == qname.as_slice();
        let zone = APEXES[..5].iter().position(|apex| is_asked(apex));
        let good = |tsig: &super::signature::Tsig| {
            KEYS.iter().position(|shared| {
                tsig.worth(shared, &Before::default(), &Covered::Whole, NOW) == Worth::Good
            })
        };
        let key = match end(self.message) {
            End::Plain | End::Broken => None,
            End::Tsig(tsig) => good(&tsig),
        };
        Wanted { zone, qtype: *qtype, key }
    }

    fn is_granted(&self, wanted: &Wanted) -> bool {
        let Granted { plain, keyed } = GRANTS[self.at];
        let Some(zone) = wanted.zone else { return false };
        plain.contains(&zone) || wanted.key.is_some_and(|key| keyed.contains(&(zone, key)))
    }

    /// Nothing of a zone is in it, and who may not have one learns no more than that.
    fn is_refused_well(&self, refusal: &Refusal, reply: &[u8]) {
        assert!(!refusal.fault(SOURCES[self.at]).to_string().is_empty());
        let wanted = self.wanted();
        let is_granted = self.is_granted(&wanted);
        match refusal {
            Refusal::BadSignature(_) => assert_eq!(wanted.key, None),
            Refusal::UnknownSource | Refusal::Unsigned { .. } | Refusal::OtherKey { .. } => {
                assert!(!is_granted, "{refusal}");
            }
            Refusal::UnknownZone => assert_eq!(wanted.zone, None),
            Refusal::OverUdp => assert_eq!((self.transport, wanted.qtype), (Transport::Udp, 252)),
            Refusal::NoSoa => assert_eq!(wanted.qtype, 251),
            Refusal::Expired => assert_eq!(wanted.zone, Some(3)),
            Refusal::NotLoaded => assert_eq!(wanted.zone, Some(4)),
        }
        if !reply.is_empty() {
            let walk = Walk::over(reply).expect("an answer can be read");
            assert_eq!((walk.counts[1], walk.counts[2], walk.end), (0, 0, reply.len()));
            assert!(reply[..2] == self.message[..2] && reply[2] & 0x80 != 0);
        }
    }

    /// Only for those who may have it; signed as the request was; and it reads back as the version that is served.
    fn is_a_transfer(&self, transfer: &Transfer, messages: &[Vec<u8>]) {
        let wanted = self.wanted();
        assert!(
            self.is_granted(&wanted),
            "Threat 34: {:?} gets {:?}",
            SOURCES[self.at],
            wanted.zone
        );
        assert!(transfer.is_still_granted(&WORLD.grants, &WORLD.keys));
        let zone = wanted.zone.filter(|zone| *zone < 3).expect("a zone that is served");
        let (sent, octets) = (transfer.sent(), messages.iter().map(Vec::len).sum::<usize>());
        assert_eq!((sent.messages, sent.bytes), (messages.len() as u64, octets as u64));
        let shared = wanted.key.map(|key| &KEYS[key]);
        let mut before = Before::default();
        if let End::Tsig(asked) = end(self.message) {
            before.mac = Some(asked.mac);
        }
        let mut records = 0;
        for (octets, first) in
            messages.iter().zip(core::iter::once(true).chain(core::iter::repeat(false)))
        {
            let walk = Walk::over(octets).expect("an answer can be read");
            assert_eq!((walk.end, walk.counts[0]), (octets.len(), u16::from(first)));
            let flags = Message::parse(octets).expect("a header").header().flags;
            // Only a SOA that fits no datagram sends its reader to TCP.
            let is_tcp_advised = flags.tc() && self.transport == Transport::Udp;
            assert!(flags.is_response() && flags.aa() && flags.tc() == is_tcp_advised);
            assert_eq!(is_tcp_advised, walk.counts[1] == 0, "each message moves on");
            assert!(self.transport == Transport::Tcp || octets.len() <= self.room);
            assert_eq!((&octets[..2], flags.rcode()), (&self.message[..2], Rcode::NOERROR));
            records += u64::from(walk.counts[1]);
            is_signed(octets, shared, &mut before, first);
        }
        assert_eq!(sent.records, records);
        // In a datagram a SOA that is news sends its reader to TCP, too.
        if self.transport == Transport::Tcp || transfer.form() != Form::Soa {
            self.reads_back(zone, &wanted, transfer, messages);
        }
    }

    /// By our own reader, and by one that shares no code with it.
    fn reads_back(&self, zone: usize, wanted: &Wanted, transfer: &Transfer, messages: &[Vec<u8>]) {
        let id = number(self.message, 0).expect("an ID");
        let apex = name(APEXES[zone]);
        let serial = (wanted.qtype == 251).then(|| serial_held(self.message));
        let held = serial.map(|serial| WORLD.held(zone, serial));
        let limits = Limits::of_zone(zone::Limits::default());
        let mut inbound = match &held {
            Some(held) => Inbound::ixfr(id, held.clone(), limits),
            None => Inbound::axfr(id, apex.clone(), limits),
        };
        for (octets, number) in messages.iter().zip(1..) {
            let is_last = number == messages.len();
            let more = inbound.feed(octets).expect("what we sent");
            assert_eq!(more == Progress::Complete, is_last, "message {number}");
        }
        let fetched = inbound.finish().expect("what we sent");
        let held = held.map(|held| held_content(&held));
        let (read, _) = meaning(&Asked { id, apex, held }, messages.iter().map(Vec::as_slice));
        let content = &WORLD.contents[zone];
        match (fetched, read) {
            (Fetched::UpToDate(Serial(one)), Meaning::UpToDate(other))
            | (Fetched::PrimaryBehind(Serial(one)), Meaning::Behind(other)) => {
                assert_eq!((one, other, transfer.form()), (SERIAL, SERIAL, Form::Soa));
            }
            (Fetched::Whole(version), Meaning::Whole(read)) => {
                assert_eq!((version.digest(), transfer.form()), (content.digest(), Form::Whole));
                assert!(read == *content);
            }
            (Fetched::Diffs { version, diffs }, Meaning::Steps(read, steps)) => {
                assert_eq!((version.digest(), transfer.form()), (content.digest(), Form::Diffs));
                assert_eq!((diffs.len(), read.digest()), (steps, content.digest()));
            }
            (fetched, _) => panic!("two readers disagree about {fetched:?}"),
        }
    }
}

/// The first SOA of the authority section.
fn serial_held(message: &[u8]) -> u32 {
    let walk = Walk::into(message);
    let soa = walk.records.iter().find(|seen| seen.section == 2 && seen.fields.0 == 6);
    let end = soa.expect("a SOA").rdata.end;
    let (high, low) = (number(message, end - 20), number(message, end - 18));
    u32::from(high.expect("a number")) << 16 | u32::from(low.expect("a number"))
}

fn held_content(version: &Version) -> Held {
    let mut records = Vec::new();
    let mut owner = wire::name::NameBuf::new();
    for (leaf, rrset) in version.rrsets() {
        leaf.owner(&mut owner);
        records.extend(rrset.rdatas().map(|rdata| Record {
            owner: owner.as_ref().to_name(),
            rrtype: rrset.rrtype(),
            class: Class::IN,
            ttl: rrset.ttl(),
            rdata: rdata.into(),
        }));
    }
    let apex = version.apex().to_name();
    let content = Content::gathered(&apex, &records).expect("a version");
    Held { serial: version.serial().0, content }
}

/// X3: it comes to an end, in messages of some use.
fn to_the_end(transfer: &mut Transfer) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while messages.len() < MESSAGES_MAX {
        let mut out = vec![0xa5; 7];
        let written = transfer.next(&mut out, UnixSeconds(NOW));
        messages.push(out);
        match written {
            Written::More => {}
            Written::Last => return messages,
            Written::Broken(fault) => panic!("{fault}, but every record fits"),
        }
    }
    panic!("{MESSAGES_MAX} messages are too many")
}

/// RFC 8945 §5.3.1; our streams are signed message by message.
fn is_signed(octets: &[u8], shared: Option<&Shared>, before: &mut Before, first: bool) {
    match (end(octets), shared) {
        (End::Plain, None) => {}
        (End::Tsig(told), Some(shared)) => {
            let form = if first { Covered::Whole } else { Covered::Timers };
            assert_eq!(told.worth(shared, before, &form, NOW), Worth::Good);
            before.mac = Some(told.mac);
        }
        (end, shared) => panic!("{end:?} for {:?}", shared.map(|shared| shared.key.name())),
    }
}
