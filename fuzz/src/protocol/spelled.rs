//! A transfer spelled out of few letters: records that meet, messages that end anywhere, and lies about them.
//!
//! Written octet by octet, without compression.

use super::letters::Letters;
use super::received::Asked;
use std::sync::LazyLock;
use wire::codes::{Class, Rrtype};
use wire::master;
use wire::name::Name;
use wire::record::Record;
use wire::ttl::Ttl;

/// The zone that is transferred.
#[must_use]
pub fn apex() -> Name {
    "t.".parse().expect("a name")
}

/// What is held of it, but for the SOA.
pub static HELD: LazyLock<Vec<Record>> =
    LazyLock::new(|| records(include_str!("../../zones/transfer.zone")));
/// What may come.
static NEWS: LazyLock<Vec<Record>> =
    LazyLock::new(|| records(include_str!("../../zones/news.zone")));

fn records(text: &str) -> Vec<Record> {
    master::read(text.as_bytes(), &apex()).expect("a master file")
}

/// The SOA of the zone at a serial.
#[must_use]
pub fn soa(serial: u32, refresh: u32) -> Record {
    let mut records = records(&format!("@ 60 SOA a A {serial} {refresh} 3 4 30\n"));
    records.pop().expect("one record")
}

/// Distances from the held serial.
const AWAY: [u32; 8] = [0, 1, 2, 3, u32::MAX, (1 << 31) - 1, 1 << 31, (1 << 31) + 1];

/// Messages that spell a transfer of `asked`, the last as far as there are letters.
#[must_use]
pub fn messages(asked: &Asked, held: u32, mut letters: Letters<'_>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut draft = Draft::new(asked);
    while let Some(letter) = letters.octet() {
        let argument = letter >> 4;
        match letter & 15 {
            0 | 1 => {
                let serial = held.wrapping_add(AWAY[usize::from(argument & 7)]);
                draft.push(soa(serial, 2 + u32::from(argument >> 3)));
            }
            2 | 3 => draft.push(HELD[usize::from(argument) % HELD.len()].clone()),
            4 | 5 => draft.push(NEWS[usize::from(argument) % NEWS.len()].clone()),
            6 | 7 => {
                let next = Draft::new(asked);
                messages.push(core::mem::replace(&mut draft, next).written());
            }
            8 => draft.lies.push(argument),
            9 => draft.section = usize::from(argument & 3).min(2),
            10 => {
                let (Some(ttl), Some(len)) = (letters.octet(), letters.octet()) else { break };
                let rdata = letters.take(usize::from(len & 63)).into();
                let owner = HELD[usize::from(argument) % HELD.len()].owner.clone();
                let rrtype = TYPES[usize::from(argument)];
                let ttl = Ttl::from_wire(u32::from(ttl));
                draft.push(Record { owner, rrtype, class: Class::IN, ttl, rdata });
            }
            11 => (0..argument).for_each(|last| {
                let mut record = HELD[2].clone();
                record.rdata = [198, 51, 100, last].into();
                draft.push(record);
            }),
            12 => (0..argument).for_each(|low| {
                let mut record = HELD[4].clone();
                record.rrtype = Rrtype(65_290 + u16::from(low));
                draft.push(record);
            }),
            13 => {
                let mut record = HELD[usize::from(argument) % HELD.len()].clone();
                record.class = Class::CH;
                draft.push(record);
            }
            _ => {
                let mut record = soa(held, 2);
                record.owner = HELD[usize::from(argument) % HELD.len()].owner.clone();
                draft.push(record);
            }
        }
    }
    messages.push(draft.written());
    messages
}

/// Types of records that are spelled octet by octet; some may be in no zone.
const TYPES: [Rrtype; 16] = [
    Rrtype::A,
    Rrtype::TXT,
    Rrtype::NS,
    Rrtype::SOA,
    Rrtype::MX,
    Rrtype::RRSIG,
    Rrtype::AAAA,
    Rrtype::OPT,
    Rrtype::TSIG,
    Rrtype::AXFR,
    Rrtype::ANY,
    Rrtype(0),
    Rrtype(127),
    Rrtype(65_535),
    Rrtype::HTTPS,
    Rrtype::NSEC,
];

/// A message before it is written.
struct Draft {
    id: u16,
    flags: [u8; 2],
    question: Vec<u8>,
    counts: [u16; 4],
    /// Octets of each section behind the question.
    sections: [Vec<u8>; 3],
    /// Where the next record goes.
    section: usize,
    lies: Vec<u8>,
}

impl Draft {
    fn new(asked: &Asked) -> Self {
        let qtype = if asked.held.is_some() { Rrtype::IXFR } else { Rrtype::AXFR };
        Self {
            id: asked.id,
            flags: [0x84, 0],
            question: question(&asked.apex, qtype, Class::IN),
            counts: [1, 0, 0, 0],
            sections: [const { Vec::new() }; 3],
            section: 0,
            lies: Vec::new(),
        }
    }

    fn push(&mut self, record: Record) {
        let Ok(len) = u16::try_from(record.rdata.len()) else { return };
        let octets = &mut self.sections[self.section];
        octets.extend_from_slice(record.owner.as_wire());
        octets.extend_from_slice(&record.rrtype.0.to_be_bytes());
        octets.extend_from_slice(&record.class.0.to_be_bytes());
        octets.extend_from_slice(&record.ttl.as_secs().to_be_bytes());
        octets.extend_from_slice(&len.to_be_bytes());
        octets.extend_from_slice(&record.rdata);
        self.counts[self.section + 1] += 1;
    }

    /// Threat 10: whatever a primary may get wrong about a message.
    fn lie(&mut self, lie: u8) {
        match lie {
            0 => self.id ^= 0x0100,
            1 => self.flags[1] |= 5,
            2 => self.flags[0] |= 2,
            3 => self.flags[0] &= 0x7f,
            4 => self.flags[0] |= 0x20,
            5 => (self.question, self.counts[0]) = (Vec::new(), 0),
            6 => {
                self.question.extend(question(&apex(), Rrtype::AXFR, Class::IN));
                self.counts[0] += 1;
            }
            7 => self.question = question(&HELD[2].owner, Rrtype::AXFR, Class::IN),
            8 => self.question = question(&apex(), Rrtype::AXFR, Class::IN),
            9 => self.question = question(&apex(), Rrtype::IXFR, Class::CH),
            10 => self.counts[1] = self.counts[1].wrapping_add(1),
            11 => self.counts[1] = self.counts[1].wrapping_sub(1),
            12 => self.sections[2].push(0),
            13 => self.question.make_ascii_uppercase(),
            14 => {
                self.sections[2].extend_from_slice(&[0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]);
                self.counts[3] += 1;
            }
            _ => self.flags = [0x80, 0x0f],
        }
    }

    fn written(mut self) -> Vec<u8> {
        core::mem::take(&mut self.lies).into_iter().for_each(|lie| self.lie(lie));
        let mut octets = self.id.to_be_bytes().to_vec();
        octets.extend_from_slice(&self.flags);
        self.counts.iter().for_each(|count| octets.extend_from_slice(&count.to_be_bytes()));
        octets.extend_from_slice(&self.question);
        self.sections.iter().for_each(|section| octets.extend_from_slice(section));
        octets
    }
}

fn question(qname: &Name, qtype: Rrtype, qclass: Class) -> Vec<u8> {
    let mut octets = qname.as_wire().to_vec();
    octets.extend_from_slice(&qtype.0.to_be_bytes());
    octets.extend_from_slice(&qclass.0.to_be_bytes());
    octets
}
