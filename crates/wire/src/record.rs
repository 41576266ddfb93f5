//! One record, owned or borrowed.
//!
//! Pure.
//!
//! Standards: RFC 1035 §3.2.1 (fields of a record).
//!
//! Invariants: rdata is the expanded wire form, without compression; at most 65,535 octets.
//!
//! Not here: sets of records with one owner and type (`zone::rrset`).

use crate::codes::{Class, Rrtype};
use crate::name::{Name, NameRef};
use crate::ttl::Ttl;

/// A record that owns its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Name it belongs to; equal whatever its case.
    pub owner: Name,
    /// What the rdata means.
    pub rrtype: Rrtype,
    /// IN for everything a zone holds.
    pub class: Class,
    /// How long others may keep it.
    pub ttl: Ttl,
    /// Uncompressed wire form.
    pub rdata: Box<[u8]>,
}

impl Record {
    /// The same record, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef {
            owner: self.owner.as_ref(),
            rrtype: self.rrtype,
            class: self.class,
            ttl: self.ttl,
            rdata: &self.rdata,
        }
    }
}

/// A record whose name and rdata lie elsewhere; five words to pass around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordRef<'a> {
    /// Name it belongs to; equal whatever its case.
    pub owner: NameRef<'a>,
    /// What the rdata means.
    pub rrtype: Rrtype,
    /// IN for everything a zone holds.
    pub class: Class,
    /// How long others may keep it.
    pub ttl: Ttl,
    /// Uncompressed wire form.
    pub rdata: &'a [u8],
}

impl RecordRef<'_> {
    /// Copies the parts.
    #[must_use]
    pub fn to_record(&self) -> Record {
        Record {
            owner: self.owner.to_name(),
            rrtype: self.rrtype,
            class: self.class,
            ttl: self.ttl,
            rdata: self.rdata.into(),
        }
    }
}
