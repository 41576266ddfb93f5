//! What content a version may have, and how much of it.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.2 (one SOA, at the apex; owners in the zone) · RFC 1912 §2.4 (CNAME) ·
//! RFC 2181 §6.1 (the apex has NS).
//!
//! Deviation: RFC 1034 §3.6.2 forbids other types beside a CNAME. Such a zone is taken over all the same, as NSD
//! (4.6.1) does; BIND (9.18) refuses the transfer. Refusing would let a good version expire because of one bad name.
//! The names are counted ([`Counts::cname_conflicts`](crate::Counts)), so that an operator can be told. ADR 0002.
//!
//! Not here: checks that need other zones, keys or policy (the gates).

use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;

/// Octets of an rrset that fit one message beside the header, the longest question, and OPT with a cookie and TSIG.
pub const RRSET_BYTES_FITTING: u32 = 64_000;

/// How much a version may hold. Exceeding any is an error, and the held version goes on serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records of the zone.
    pub records_max: u64,
    /// Octets of the zone as [`Counts::size_bytes`](crate::Counts) measures them.
    pub bytes_max: u64,
    /// Records of one rrset.
    pub rrset_records_max: u32,
    /// Octets of one rrset on the wire: rdata and 12 for each record. At most [`RRSET_BYTES_FITTING`] is sensible.
    pub rrset_bytes_max: u32,
    /// Types at one name; RRSIGs count apart, one for each type they cover.
    pub types_per_name_max: u16,
}

impl Default for Limits {
    /// Generous for any honest zone: 100 M records, 16 GiB, rrsets that fit a message, 100 types.
    fn default() -> Self {
        Self {
            records_max: 100_000_000,
            bytes_max: 16 << 30,
            rrset_records_max: 5_000,
            rrset_bytes_max: RRSET_BYTES_FITTING,
            types_per_name_max: 100,
        }
    }
}

/// Why records do not make an acceptable version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The owner is neither the apex nor below it.
    #[error("{owner} is not in the zone {apex}")]
    OutOfZone {
        /// Owner of the record.
        owner: Name,
        /// Apex of the zone.
        apex: Name,
    },
    /// Only class IN is served.
    #[error("{owner} {rrtype} has class {class}, not IN")]
    WrongClass {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
        /// Its class.
        class: Class,
    },
    /// A type that exists in messages only, or signatures of one (RFC 6895 §3.1).
    #[error("{owner} has a record of type {rrtype}, which no zone can hold")]
    MetaType {
        /// Owner of the record.
        owner: Name,
        /// The type, or the one an RRSIG covers.
        rrtype: Rrtype,
    },
    /// Rdata that is too short for what must be known of it, or too long for a record.
    #[error("{owner} {rrtype} has malformed rdata of {octets} octets")]
    BadRdata {
        /// Owner of the record.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
        /// Length of the rdata.
        octets: usize,
    },
    /// A SOA below the apex (RFC 1035 §5.2).
    #[error("{owner} has a SOA, but the apex is {apex}")]
    SoaBelowApex {
        /// Owner of the SOA.
        owner: Name,
        /// Apex of the zone.
        apex: Name,
    },
    /// More than one SOA at the apex.
    #[error("{apex} has {count} SOA records")]
    SeveralSoas {
        /// Apex of the zone.
        apex: Name,
        /// How many.
        count: u32,
    },
    /// No SOA at the apex.
    #[error("{apex} has no SOA")]
    NoSoa {
        /// Apex of the zone.
        apex: Name,
    },
    /// No NS at the apex.
    #[error("{apex} has no NS")]
    NoApexNs {
        /// Apex of the zone.
        apex: Name,
    },
    /// More records than allowed.
    #[error("the zone has {records} records, more than {limit}")]
    TooManyRecords {
        /// How many there are, at least.
        records: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// More octets than allowed.
    #[error("the zone has {bytes} octets, more than {limit}")]
    ZoneTooLarge {
        /// How many there are, at least.
        bytes: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// More records in an rrset than allowed.
    #[error("{owner} {rrtype} has {records} records, more than {limit}")]
    RrsetTooManyRecords {
        /// Owner of the rrset.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
        /// How many there are.
        records: u32,
        /// How many are allowed.
        limit: u32,
    },
    /// An rrset of more octets than allowed.
    #[error("{owner} {rrtype} has {bytes} octets, more than {limit}")]
    RrsetTooLarge {
        /// Owner of the rrset.
        owner: Name,
        /// Its type.
        rrtype: Rrtype,
        /// Rdata and 12 octets for each record.
        bytes: u64,
        /// How many are allowed.
        limit: u32,
    },
    /// More types at a name than allowed.
    #[error("{owner} has {types} types, more than {limit}")]
    TooManyTypes {
        /// The name.
        owner: Name,
        /// How many there are.
        types: u32,
        /// How many are allowed.
        limit: u16,
    },
}

impl CheckError {
    /// Its name in the error catalogue.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfZone { .. } => "OUT_OF_ZONE_RECORD",
            Self::WrongClass { .. } => "WRONG_CLASS",
            Self::MetaType { .. } | Self::BadRdata { .. } => "BAD_RDATA",
            Self::SoaBelowApex { .. } | Self::SeveralSoas { .. } => "DUPLICATE_SOA",
            Self::NoSoa { .. } | Self::NoApexNs { .. } => "GATE_APEX_LOSS",
            Self::TooManyRecords { .. } => "TOO_MANY_RECORDS",
            Self::ZoneTooLarge { .. } => "ZONE_TOO_LARGE",
            Self::RrsetTooManyRecords { .. } | Self::RrsetTooLarge { .. } => "RRSET_TOO_LARGE",
            Self::TooManyTypes { .. } => "TOO_MANY_TYPES",
        }
    }
}

/// Whether a record can be part of the zone at all, whatever else is in it.
///
/// # Errors
/// Each of the kinds that one record alone can have.
pub(crate) fn record(apex: &Name, record: RecordRef<'_>) -> Result<(), CheckError> {
    let RecordRef { owner, rrtype, class, ttl: _, rdata } = record;
    if !owner.is_at_or_under(apex.as_ref()) {
        return Err(CheckError::OutOfZone { owner: owner.to_name(), apex: apex.clone() });
    }
    if class != Class::IN {
        return Err(CheckError::WrongClass { owner: owner.to_name(), rrtype, class });
    }
    if rrtype.is_meta() {
        return Err(CheckError::MetaType { owner: owner.to_name(), rrtype });
    }
    let octets = rdata.len();
    if octets > usize::from(u16::MAX) {
        return Err(CheckError::BadRdata { owner: owner.to_name(), rrtype, octets });
    }
    if rrtype == Rrtype::RRSIG {
        let Some(covered) = covered(rdata) else {
            return Err(CheckError::BadRdata { owner: owner.to_name(), rrtype, octets });
        };
        // A signature over signatures or over a meta-type proves nothing and would be sorted among content.
        if covered.is_meta() || covered == Rrtype::RRSIG {
            return Err(CheckError::MetaType { owner: owner.to_name(), rrtype: covered });
        }
    }
    if rrtype == Rrtype::SOA && owner.wire_len() != apex.as_wire().len() {
        return Err(CheckError::SoaBelowApex { owner: owner.to_name(), apex: apex.clone() });
    }
    if rrtype == Rrtype::SOA && wire::rdata::Soa::parse(rdata).is_err() {
        return Err(CheckError::BadRdata { owner: owner.to_name(), rrtype, octets });
    }
    Ok(())
}

/// The type that the signature in this RRSIG rdata is over (RFC 4034 §3.1.1).
pub(crate) fn covered(rdata: &[u8]) -> Option<Rrtype> {
    rdata.first_chunk().map(|octets| Rrtype(u16::from_be_bytes(*octets)))
}
