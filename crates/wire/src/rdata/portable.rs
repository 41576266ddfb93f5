//! What BIND 9.18, NSD 4.6 and ldns 1.8 all read in a master file.
//!
//! Pure.
//!
//! Standards: RFC 3597 §5 (the generic form).
//!
//! The generic form is the answer wherever one of them does not know a type, refuses its text, or takes it
//! for something else.
//!
//! Not here: what BIND refuses in any form of a file: MD and MF, and rdata that breaks rules of its own
//! (lengths of digests, regular expressions, digits of X.25 addresses, flags of RKEY). What is too large:
//! BIND takes rdata of some 65,500 octets, ldns a text of 65,535 characters.

use super::fixed::Fixed;
use super::table::{self, Field, Readers};
use super::{dependent, svcb};
use crate::codes::Rrtype;
use core::fmt;

/// A type as servers of any age read it: by name if they know it, else `TYPE123`.
#[must_use]
pub const fn portable_type(rrtype: Rrtype) -> PortableType {
    PortableType(rrtype)
}

/// A type that prints as any master file shows it; see [`portable_type`].
#[derive(Clone, Copy, Debug)]
pub struct PortableType(Rrtype);

impl fmt::Display for PortableType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match table::row(self.0) {
            Some(row) if row.readers == Readers::All => write!(out, "{}", self.0),
            Some(_) | None => write!(out, "TYPE{}", self.0.0),
        }
    }
}

/// Whether every server reads the text of a printable field as what it is. Found out by trying random ones.
pub(super) fn is_readable(rrtype: Rrtype, field: Field, octets: &[u8]) -> bool {
    match field {
        // ldns, and for some types NSD, want a word where nothing stands.
        Field::Base64(_) | Field::Bitmap(_) | Field::Ports => !octets.is_empty(),
        // NSD asks the system for the name of the protocol, which may not know it.
        Field::Fixed(Fixed::Protocol) => matches!(octets, [6 | 17]),
        // NSD takes a ttl above 31 bits for none, and puts its default there.
        Field::Fixed(Fixed::Seconds) => octets.first().is_some_and(|first| *first < 0x80),
        // NSD keeps the first string of SPF and drops the others.
        Field::Texts if rrtype == Rrtype::SPF => octets
            .first()
            .is_some_and(|length| usize::from(*length) == octets.len().wrapping_sub(1)),
        // NSD wants lower case in property tags, against RFC 8659 §4.1.
        Field::Tag => !octets.iter().any(u8::is_ascii_uppercase),
        // ldns reads hashes of SHA-1, the only ones there are, and few others.
        Field::NextHashed => octets.len() == 21,
        // NSD refuses what RFC 9460 §8 leaves to clients.
        Field::SvcParams => svcb::is_consistent(octets),
        // NSD loses the escapes of this name.
        Field::Dependent(field) => !dependent::has_escapes(field, octets),
        Field::Fixed(_)
        | Field::Name(_)
        | Field::Names
        | Field::Text
        | Field::Texts
        | Field::TextPair
        | Field::Quoted(_)
        | Field::Hex(_)
        | Field::Blob
        | Field::Nsap
        | Field::AtmAddress
        | Field::Salt
        | Field::NxtBitmap
        | Field::Prefixes
        | Field::Location => true,
    }
}
