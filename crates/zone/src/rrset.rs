//! Rrsets as they lie in a page.
//!
//! Pure.
//!
//! Layout: type, the type covered if it is RRSIG, ttl, count, octets of all records (left out for a single
//! record), then for each record its length and rdata. A type is one octet, or 0xff and two; ttl, counts
//! and lengths are varints. An RRSIG rrset has one covered type and lies right behind the rrset it signs.
//!
//! Standards: RFC 2181 §5 (one ttl, no duplicates) · RFC 4034 §6.3 (canonical order of records).
//!
//! Invariants: I1 records are in canonical order and none is there twice. I2 reading octets that
//! are not an rrset ends early and never panics.

use crate::check;
use crate::octets::{Octets, put_length, put_varint};
use core::cmp::Ordering;
use wire::codes::Rrtype;
use wire::rdata;
use wire::ttl::Ttl;

/// Types above this are written with two octets behind 0xff.
const SHORT_TYPE_MAX: u16 = 0xfe;

/// All records of one owner and type; for RRSIG, of one covered type.
#[derive(Clone, Copy, Debug)]
pub struct Rrset<'v> {
    rrtype: Rrtype,
    covered: Option<Rrtype>,
    ttl: Ttl,
    count: u32,
    records: &'v [u8],
}

impl<'v> Rrset<'v> {
    /// Its type.
    #[must_use]
    pub const fn rrtype(&self) -> Rrtype {
        self.rrtype
    }

    /// The type that these signatures cover; `None` unless it is RRSIG.
    #[must_use]
    pub const fn covered(&self) -> Option<Rrtype> {
        self.covered
    }

    /// One ttl for all (RFC 2181 §5.2).
    #[must_use]
    pub const fn ttl(&self) -> Ttl {
        self.ttl
    }

    /// Records in it: 1 or more.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The rdata of each record, uncompressed, in canonical order.
    #[must_use]
    pub const fn rdatas(&self) -> Rdatas<'v> {
        Rdatas { rest: Octets(self.records), single: self.count == 1 }
    }

    /// Reads the rrset in front.
    pub(crate) fn read(octets: &mut Octets<'v>) -> Option<Self> {
        let rrtype = read_type(octets)?;
        let covered = if rrtype == Rrtype::RRSIG { Some(read_type(octets)?) } else { None };
        let ttl = Ttl::from_wire(octets.varint()?);
        let count = octets.varint()?;
        let length = octets.length()?;
        Some(Self { rrtype, covered, ttl, count, records: octets.take(length)? })
    }

    /// Whether its records take all of its octets.
    pub(crate) fn is_spent(&self) -> bool {
        let mut rdatas = self.rdatas();
        rdatas.by_ref().for_each(drop);
        rdatas.rest.is_empty()
    }

    /// Where it belongs among the rrsets of its owner.
    pub(crate) const fn place(&self) -> Place {
        Place::new(self.rrtype, self.covered)
    }

    /// Octets of the rdata of all its records.
    pub(crate) fn rdata_octets(&self) -> u64 {
        self.rdatas().fold(0, |sum, rdata| sum.saturating_add(octets_of(rdata)))
    }
}

/// See [`Rrset::rdatas`].
#[derive(Clone, Debug)]
pub struct Rdatas<'v> {
    rest: Octets<'v>,
    /// The only record has no length of its own.
    single: bool,
}

impl<'v> Iterator for Rdatas<'v> {
    type Item = &'v [u8];

    fn next(&mut self) -> Option<&'v [u8]> {
        if self.single {
            self.single = false;
            return Some(core::mem::replace(&mut self.rest, Octets(&[])).0);
        }
        let length = self.rest.length()?;
        self.rest.take(length)
    }
}

/// The rrsets of one owner, signatures behind what they sign.
#[derive(Clone, Debug)]
pub struct Rrsets<'v>(pub(crate) Octets<'v>);

impl<'v> Iterator for Rrsets<'v> {
    type Item = Rrset<'v>;

    fn next(&mut self) -> Option<Rrset<'v>> {
        if self.0.is_empty() {
            return None;
        }
        Rrset::read(&mut self.0)
    }
}

/// Order of the rrsets of an owner: by type, an RRSIG right behind the type it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u32);

impl Place {
    pub(crate) const fn new(rrtype: Rrtype, covered: Option<Rrtype>) -> Self {
        // Widening and doubling a u16 always fits.
        match covered {
            Some(covered) => Self(((covered.0 as u32) << 1) | 1),
            None => Self((rrtype.0 as u32) << 1),
        }
    }

    /// The place of a record with this rdata. An RRSIG without a covered type was refused by `check`.
    pub(crate) fn of(rrtype: Rrtype, rdata: &[u8]) -> Self {
        let covered = if rrtype == Rrtype::RRSIG { check::covered(rdata) } else { None };
        Self::new(rrtype, covered)
    }

    pub(crate) const fn rrtype(self) -> Rrtype {
        if self.is_signatures() { Rrtype::RRSIG } else { self.base() }
    }

    pub(crate) const fn is_signatures(self) -> bool {
        self.0 & 1 == 1
    }

    /// The type itself, or the one covered.
    pub(crate) const fn base(self) -> Rrtype {
        let [_, _, high, low] = (self.0 >> 1).to_be_bytes();
        Rrtype(u16::from_be_bytes([high, low]))
    }
}

/// Writes an rrset. `rdatas` are in canonical order, at least one, without duplicates.
pub(crate) fn put_rrset(out: &mut Vec<u8>, place: Place, ttl: Ttl, rdatas: &[&[u8]]) {
    put_type(out, place.rrtype());
    if place.is_signatures() {
        put_type(out, place.base());
    }
    put_varint(out, ttl.as_secs());
    put_length(out, rdatas.len());
    if let [single] = rdatas {
        put_length(out, single.len());
        out.extend_from_slice(single);
        return;
    }
    let records = rdatas.iter().map(|rdata| varint_octets(rdata.len()).saturating_add(rdata.len()));
    put_length(out, records.sum());
    for rdata in rdatas {
        put_length(out, rdata.len());
        out.extend_from_slice(rdata);
    }
}

/// RFC 4034 §6.3: as octet strings in canonical form. Equal means that it is the same record.
pub(crate) fn compare_rdata(rrtype: Rrtype, a: &[u8], b: &[u8]) -> Ordering {
    let plain = |rdata: &[u8]| !rdata.iter().any(u8::is_ascii_uppercase);
    if a == b || (plain(a) && plain(b)) || rdata::names(rrtype, a).next().is_none() {
        return a.cmp(b);
    }
    let (mut canonical_a, mut canonical_b) = (Vec::new(), Vec::new());
    rdata::canonical_into(rrtype, a, &mut canonical_a);
    rdata::canonical_into(rrtype, b, &mut canonical_b);
    canonical_a.cmp(&canonical_b)
}

/// A length as the summand of a sum of many.
pub(crate) fn octets_of(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}

fn read_type(octets: &mut Octets<'_>) -> Option<Rrtype> {
    match octets.octet()? {
        0xff => octets.u16().map(Rrtype),
        short => Some(Rrtype(u16::from(short))),
    }
}

fn put_type(out: &mut Vec<u8>, rrtype: Rrtype) {
    match u8::try_from(rrtype.0) {
        Ok(short) if rrtype.0 <= SHORT_TYPE_MAX => out.push(short),
        Ok(_) | Err(_) => {
            out.push(0xff);
            out.extend_from_slice(&rrtype.0.to_be_bytes());
        }
    }
}

const fn varint_octets(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => 5,
    }
}
