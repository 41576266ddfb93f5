//! The content of a zone as a list, and what the steps of an IXFR do to it: slowly, by the letter of the standards.
//!
//! Shares no code with what it judges: keys, order and digest are made anew of whole records.

use sha2::{Digest, Sha384};
use std::collections::{BTreeMap, BTreeSet};
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::Record;

/// Everything a zone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    apex: Name,
    rrsets: BTreeMap<Place, Rrset>,
}

/// Labels from the root down in lower case, type, and the type that a signature covers.
type Place = (Vec<Vec<u8>>, u16, u16);

/// One ttl, and each rdata in canonical form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rrset {
    ttl: u32,
    rdatas: BTreeSet<Vec<u8>>,
}

impl Content {
    /// Nothing.
    #[must_use]
    pub const fn new(apex: Name) -> Self {
        Self { apex, rrsets: BTreeMap::new() }
    }

    /// Puts records together in any order, each as often as it likes (RFC 5936 §2.2). `None` when one of them cannot
    /// be in the zone, or the apex is not as it must be.
    #[must_use]
    pub fn gathered(apex: &Name, records: &[Record]) -> Option<Self> {
        let mut content = Self::new(apex.clone());
        for record in records {
            content.put(record)?;
        }
        content.has_a_good_apex().then_some(content)
    }

    /// Takes a record away that must be there (RFC 1995 §4). `None` when it is not, or can be in no zone.
    #[must_use]
    pub fn remove(&mut self, record: &Record) -> Option<()> {
        self.may_hold(record).then_some(())?;
        let place = place(record);
        let rrset = self.rrsets.get_mut(&place)?;
        rrset.rdatas.remove(&canonical(record.rrtype, &record.rdata)).then_some(())?;
        if rrset.rdatas.is_empty() {
            self.rrsets.remove(&place);
        }
        Some(())
    }

    /// Adds a record that must not be there (RFC 1995 §4). `None` when it is, or can be in no zone.
    #[must_use]
    pub fn add(&mut self, record: &Record) -> Option<()> {
        self.put(record)?.then_some(())
    }

    /// One SOA, some NS, and nothing above them that we know of (RFC 1035 §5.2, RFC 2181 §6.1).
    #[must_use]
    pub fn has_a_good_apex(&self) -> bool {
        let count = |rrtype: Rrtype| {
            let place = (labels(&self.apex), rrtype.0, 0);
            self.rrsets.get(&place).map_or(0, |rrset| rrset.rdatas.len())
        };
        count(Rrtype::SOA) == 1 && count(Rrtype::NS) > 0
    }

    /// RFC 8976 §3.3: everything in canonical order, nothing left out.
    #[must_use]
    pub fn digest(&self) -> [u8; 48] {
        let mut hash = Sha384::new();
        for ((labels, rrtype, _), rrset) in &self.rrsets {
            let mut owner = Vec::new();
            for label in labels.iter().rev() {
                owner.push(u8::try_from(label.len()).expect("a label"));
                owner.extend_from_slice(label);
            }
            owner.push(0);
            for rdata in &rrset.rdatas {
                hash.update(&owner);
                hash.update(rrtype.to_be_bytes());
                hash.update(Class::IN.0.to_be_bytes());
                hash.update(rrset.ttl.to_be_bytes());
                hash.update(u16::try_from(rdata.len()).expect("a record's").to_be_bytes());
                hash.update(rdata);
            }
        }
        hash.finalize().into()
    }

    /// How many records.
    #[must_use]
    pub fn records(&self) -> usize {
        self.rrsets.values().map(|rrset| rrset.rdatas.len()).sum()
    }

    /// Records of the largest rrset.
    #[must_use]
    pub fn largest_rrset(&self) -> usize {
        self.rrsets.values().map(|rrset| rrset.rdatas.len()).max().unwrap_or(0)
    }

    /// Whether it was not there before.
    fn put(&mut self, record: &Record) -> Option<bool> {
        self.may_hold(record).then_some(())?;
        let ttl = record.ttl.as_secs();
        let rrset = self.rrsets.entry(place(record)).or_insert(Rrset { ttl, ..Rrset::default() });
        rrset.ttl = rrset.ttl.min(ttl); // RFC 2181 §5.2
        Some(rrset.rdatas.insert(canonical(record.rrtype, &record.rdata)))
    }

    /// What one record alone can tell.
    fn may_hold(&self, record: &Record) -> bool {
        let mut above = labels(&record.owner);
        let is_apex = above == labels(&self.apex);
        above.truncate(labels(&self.apex).len());
        let is_inside = above == labels(&self.apex);
        let is_storable = |rrtype: u16| !matches!(rrtype, 0 | 41 | 128..=255 | 65_535);
        let covered = covered(record);
        let is_signature = record.rrtype == Rrtype::RRSIG;
        let may_be_covered = is_storable(covered) && covered != Rrtype::RRSIG.0;
        is_inside
            && record.class == Class::IN
            && is_storable(record.rrtype.0)
            && (!is_signature || may_be_covered)
            && (record.rrtype != Rrtype::SOA || is_apex)
    }
}

fn place(record: &Record) -> Place {
    (labels(&record.owner), record.rrtype.0, covered(record))
}

fn covered(record: &Record) -> u16 {
    match (record.rrtype, record.rdata.first_chunk()) {
        (Rrtype::RRSIG, Some(octets)) => u16::from_be_bytes(*octets),
        (_, _) => 0,
    }
}

/// From the root down, in lower case: the order of these is the canonical order of names (RFC 4034 §6.1).
fn labels(name: &Name) -> Vec<Vec<u8>> {
    let mut rest = name.as_wire();
    let mut labels = Vec::new();
    while let Some((&len, others)) = rest.split_first().filter(|(len, _)| **len > 0) {
        let (label, others) = others.split_at(usize::from(len));
        labels.push(label.to_ascii_lowercase());
        rest = others;
    }
    labels.reverse();
    labels
}

/// RFC 4034 §6.2 as amended by RFC 6840 §5.1: where the names begin that are spelled in lower case, and how many.
fn lowered(rrtype: Rrtype, rdata: &[u8]) -> (usize, usize) {
    match rrtype.0 {
        2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 30 | 39 => (0, 1),
        6 | 14 | 17 => (0, 2),
        15 | 18 | 21 | 36 => (2, 1),
        26 => (2, 2),
        33 => (6, 1),
        24 | 46 => (18, 1),
        35 => {
            let word = |at: usize| at + 1 + usize::from(rdata.get(at).copied().unwrap_or(0));
            (word(word(word(4))), 1)
        }
        38 => match rdata.first() {
            Some(0) => (17, 0),
            Some(&bits) => (1 + (128 - usize::from(bits.min(128))).div_ceil(8), 1),
            None => (0, 0),
        },
        _ => (0, 0),
    }
}

fn canonical(rrtype: Rrtype, rdata: &[u8]) -> Vec<u8> {
    let (mut at, names) = lowered(rrtype, rdata);
    let mut canonical = rdata.to_vec();
    for _ in 0..names {
        while let Some(&len) = canonical.get(at).filter(|len| **len > 0) {
            let end = at + 1 + usize::from(len);
            canonical.get_mut(at + 1..end).expect("a name").make_ascii_lowercase();
            at = end;
        }
        at += 1;
    }
    canonical
}
