//! The fields of an SOA.
//!
//! Pure; no allocation.
//!
//! Standards: RFC 1035 §3.3.13 · RFC 2308 §4 (MINIMUM is the negative ttl).

use super::RdataError;
use super::field::{Extent, measure_name, u32_at};
use crate::name::NameRef;
use crate::serial::Serial;

/// An SOA rdata, borrowed. Timers are in seconds, as received.
#[derive(Clone, Copy, Debug)]
pub struct Soa<'a> {
    /// The server that the zone comes from.
    pub mname: NameRef<'a>,
    /// The mailbox of whoever is in charge of the zone.
    pub rname: NameRef<'a>,
    /// Serial of this version.
    pub serial: Serial,
    /// How often to ask the primary for news.
    pub refresh: u32,
    /// How long to wait after a failed attempt.
    pub retry: u32,
    /// How long an unconfirmed copy may be served.
    pub expire: u32,
    /// MINIMUM: upper bound of the ttl of negative answers.
    pub negative_ttl: u32,
}

impl<'a> Soa<'a> {
    /// Reads an uncompressed rdata.
    ///
    /// # Errors
    /// When the rdata is not an SOA (threat 4: too short and over-long ones).
    pub fn parse(rdata: &'a [u8]) -> Result<Self, RdataError> {
        let (mname, rest) = split_name(rdata)?;
        let (rname, rest) = split_name(rest)?;
        if let Some(octets) = rest.len().checked_sub(NUMBERS_OCTETS).filter(|octets| *octets > 0) {
            return Err(RdataError::Trailing { octets });
        }
        if rest.len() < NUMBERS_OCTETS {
            let field = "the numbers of an SOA";
            return Err(RdataError::Short { field, needed: NUMBERS_OCTETS, left: rest.len() });
        }
        Ok(Self {
            mname,
            rname,
            serial: Serial(u32_at(rest, 0)),
            refresh: u32_at(rest, 4),
            retry: u32_at(rest, 8),
            expire: u32_at(rest, 12),
            negative_ttl: u32_at(rest, 16),
        })
    }
}

/// Serial, refresh, retry, expire and minimum.
const NUMBERS_OCTETS: usize = 20;

fn split_name(rest: &[u8]) -> Result<(NameRef<'_>, &[u8]), RdataError> {
    let Extent::Plain(octets) = measure_name(rest)? else {
        return Err(RdataError::CompressedName);
    };
    let (name, after) = rest.split_at_checked(octets).ok_or(RdataError::NameCrossesEnd)?;
    Ok((NameRef::from_wire(name)?, after))
}
