//! What a request for a transfer asks for.
//!
//! Pure.
//!
//! Standards: RFC 5936 §2.1 (AXFR request) · RFC 1995 §3 (IXFR request: the SOA held, in the authority section).
//!
//! Invariants: the first SOA of the apex counts, as RFC 1995 knows no second.
//!
//! Not here: whether it is granted.

use super::Refusal;
use wire::codes::{Class, Rrtype};
use wire::message::{Message, MessageError, Section};
use wire::name::{NameBuf, NameRef};
use wire::query::Query;
use wire::rdata::Soa;
use wire::serial::Serial;

/// The question, if it is one for a transfer.
pub(super) fn asked(octets: &[u8]) -> Option<Query<'_>> {
    let is_transfer = |query: &Query<'_>| {
        matches!(query.qtype, Rrtype::AXFR | Rrtype::IXFR) && query.qclass == Class::IN
    };
    Query::parse(octets).ok().filter(is_transfer)
}

/// The serial that the asker of an IXFR holds.
pub(super) fn held(octets: &[u8], apex: NameRef<'_>) -> Result<Serial, Refusal> {
    let found = first_soa(octets, apex).unwrap_or(None);
    found.ok_or(Refusal::NoSoa)
}

fn first_soa(octets: &[u8], apex: NameRef<'_>) -> Result<Option<Serial>, MessageError> {
    let mut owner = NameBuf::new();
    for record in Message::parse(octets)?.records() {
        let (section, record) = record?;
        if section != Section::Authority || record.rrtype() != Rrtype::SOA {
            continue;
        }
        let mut rdata = Vec::new();
        let is_apex = record.owner(&mut owner)? == apex && record.class() == Class::IN;
        let whole = record.rdata_into(&mut rdata).is_ok();
        let soa = Soa::parse(&rdata).ok().filter(|_| is_apex && whole);
        return Ok(soa.map(|soa| soa.serial));
    }
    Ok(None)
}
