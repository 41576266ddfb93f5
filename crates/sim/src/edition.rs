//! What a zone held at one serial, as its publisher knows it.
//!
//! Pure. The model of the world: it shares no code with `wire` and `zone`, whose `Version` it
//! judges. Everything is octets, written and read here.
//!
//! Invariants: E1 names are in lower case, so that two owners are equal when their octets are.
//! E2 the SOA is not among the entries; everything else is.

use crate::dice::Dice;
use std::collections::BTreeSet;

/// Numbers of record types that the model writes.
pub mod rrtype {
    /// An address.
    pub const A: u16 = 1;
    /// A name server.
    pub const NS: u16 = 2;
    /// An alias.
    pub const CNAME: u16 = 5;
    /// The start of authority.
    pub const SOA: u16 = 6;
    /// Text.
    pub const TXT: u16 = 16;
    /// EDNS, never in a zone.
    pub const OPT: u16 = 41;
    /// TSIG, never in a zone.
    pub const TSIG: u16 = 250;
    /// A request for changes.
    pub const IXFR: u16 = 251;
    /// A request for the whole zone.
    pub const AXFR: u16 = 252;
    /// Never in a zone.
    pub const ANY: u16 = 255;
}

/// One record of class IN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Owner in wire form.
    pub owner: Vec<u8>,
    /// Type.
    pub rrtype: u16,
    /// Seconds.
    pub ttl: u32,
    /// Content, nothing compressed.
    pub rdata: Vec<u8>,
}

/// The four numbers of a SOA behind its serial, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Wait after success.
    pub refresh: u32,
    /// Wait after failure.
    pub retry: u32,
    /// Silence after which answers stop.
    pub expire: u32,
}

/// Ttl of everything; an rrset has only one.
const TTL: u32 = 300;
/// MINIMUM of every SOA.
const NEGATIVE_TTL: u32 = 60;

/// The whole zone at one serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Apex in wire form.
    pub apex: Vec<u8>,
    /// Its serial.
    pub serial: u32,
    /// Its timers.
    pub timing: Timing,
    /// Everything but the SOA.
    pub entries: BTreeSet<Entry>,
}

/// A name in wire form from its labels.
#[must_use]
pub fn name(labels: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::new();
    for label in labels {
        octets.push(u8::try_from(label.len()).unwrap_or(0));
        octets.extend_from_slice(label);
    }
    octets.push(0);
    octets
}

/// A name below an apex.
#[must_use]
pub fn below(label: &str, apex: &[u8]) -> Vec<u8> {
    let mut octets = vec![u8::try_from(label.len()).unwrap_or(0)];
    octets.extend_from_slice(label.as_bytes());
    octets.extend_from_slice(apex);
    octets
}

impl Edition {
    /// An apex, its name server, and some hosts.
    #[must_use]
    pub fn first(apex: Vec<u8>, serial: u32, timing: Timing, hosts: u64) -> Self {
        let server = below("ns", &apex);
        let ns = Entry { owner: apex.clone(), rrtype: rrtype::NS, ttl: TTL, rdata: server.clone() };
        let address =
            Entry { owner: server, rrtype: rrtype::A, ttl: TTL, rdata: vec![192, 0, 2, 1] };
        let mut edition = Self { apex, serial, timing, entries: BTreeSet::from([ns, address]) };
        for host in 0..hosts {
            let entry = edition.host(host, 1);
            edition.entries.insert(entry);
        }
        edition
    }

    /// An address of a numbered host.
    #[must_use]
    pub fn host(&self, host: u64, address: u64) -> Entry {
        let [.., a, b] = address.to_be_bytes();
        Entry {
            owner: below(&format!("h{host}"), &self.apex),
            rrtype: rrtype::A,
            ttl: TTL,
            rdata: vec![10, 0, a, b],
        }
    }

    /// Text at a numbered host.
    #[must_use]
    pub fn text(&self, host: u64, octets: usize) -> Entry {
        let mut rdata = Vec::with_capacity(octets + octets / 255 + 1);
        let mut left = octets;
        while left > 0 {
            let piece = left.min(255);
            rdata.push(u8::try_from(piece).unwrap_or(u8::MAX));
            rdata.extend(std::iter::repeat_n(b'x', piece));
            left -= piece;
        }
        Entry {
            owner: below(&format!("h{host}"), &self.apex),
            rrtype: rrtype::TXT,
            ttl: TTL,
            rdata,
        }
    }

    /// The same zone later: some hosts come, go or move.
    #[must_use]
    pub fn edited(&self, serial: u32, timing: Timing, dice: &mut Dice) -> Self {
        let mut edition = Self { serial, timing, ..self.clone() };
        for _ in 0..dice.between(1, 4) {
            let host = dice.below(24);
            let entry = match dice.below(4) {
                0 => edition.text(host, usize::try_from(dice.between(1, 300)).unwrap_or(1)),
                _ => edition.host(host, dice.between(1, 3)),
            };
            if !edition.entries.remove(&entry) {
                edition.entries.insert(entry);
            }
        }
        edition
    }

    /// Its SOA.
    #[must_use]
    pub fn soa(&self) -> Entry {
        self.soa_with(self.serial)
    }

    /// Its SOA, if it had that serial.
    #[must_use]
    pub fn soa_with(&self, serial: u32) -> Entry {
        let mut rdata = below("ns", &self.apex);
        rdata.extend(below("hostmaster", &self.apex));
        let Timing { refresh, retry, expire } = self.timing;
        for number in [serial, refresh, retry, expire, NEGATIVE_TTL] {
            rdata.extend_from_slice(&number.to_be_bytes());
        }
        Entry { owner: self.apex.clone(), rrtype: rrtype::SOA, ttl: TTL, rdata }
    }

    /// Everything it holds, the SOA among it.
    #[must_use]
    pub fn all(&self) -> BTreeSet<Entry> {
        let mut all = self.entries.clone();
        all.insert(self.soa());
        all
    }
}

/// FNV-1a over sorted entries: the judge's name for a content.
#[must_use]
pub fn digest(all: &BTreeSet<Entry>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |octets: &[u8]| {
        for octet in octets {
            hash = (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for Entry { owner, rrtype, ttl, rdata } in all {
        take(owner);
        take(&rrtype.to_be_bytes());
        take(&ttl.to_be_bytes());
        take(&rdata.len().to_be_bytes());
        take(rdata);
    }
    hash
}

/// Whether `serial` comes after `held` on the circle of RFC 1982 §3.2: the signed difference.
#[must_use]
pub const fn is_after(serial: u32, held: u32) -> bool {
    let ahead = serial.wrapping_sub(held).cast_signed();
    ahead > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition() -> Edition {
        let timing = Timing { refresh: 1, retry: 2, expire: 3 };
        Edition::first(name(&[b"a", b"example"]), 7, timing, 3)
    }

    #[test]
    fn every_record_counts_for_the_digest() {
        let first = edition();
        let mut dice = Dice::new(1);
        let second = first.edited(8, first.timing, &mut dice);
        assert_ne!(digest(&first.all()), digest(&second.all()));
        assert_ne!(digest(&first.entries), digest(&first.all()));
        assert_eq!(digest(&first.all()), digest(&edition().all()));
    }

    #[test]
    fn soa_is_written_as_rfc_1035_has_it() {
        let soa = edition().soa();
        assert!(soa.rdata.starts_with(b"\x02ns\x01a\x07example\0\x0ahostmaster\x01a\x07example\0"));
        assert!(
            soa.rdata.ends_with(&[0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60])
        );
    }

    #[test]
    fn order_of_serials_is_undefined_half_a_circle_away() {
        assert!(is_after(0, u32::MAX) && !is_after(u32::MAX, 0));
        assert!(is_after(0x7fff_ffff, 0) && !is_after(0x8000_0000, 0) && !is_after(0, 0x8000_0000));
        assert!(!is_after(5, 5));
    }
}
