//! The TSIG record: found at the end of a message, and put there.
//!
//! Pure.
//!
//! Standards: RFC 8945 §4.2 (its form), §5.1 (its place).
//!
//! Not here: MACs (`mac`), and whether one is good (`proto::tsig`).

use super::{Key, Timers};
use crate::codes::{Class, Rrtype};
use crate::message::{HEADER_OCTETS, Message, MessageError, RecordView, Section};
use crate::name::{NameBuf, NameRef};
use core::fmt;

/// The ERROR field: an extended RCODE, of which 16 means BADSIG here (RFC 8945 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub u16);

impl ErrorCode {
    /// No error.
    pub const NOERROR: Self = Self(0);
    /// The MAC does not verify.
    pub const BADSIG: Self = Self(16);
    /// Key name or algorithm not known.
    pub const BADKEY: Self = Self(17);
    /// Signed outside the time window.
    pub const BADTIME: Self = Self(18);
    /// The MAC was cut further than the receiver allows.
    pub const BADTRUNC: Self = Self(22);
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NOERROR => f.pad("NOERROR"),
            Self::BADSIG => f.pad("BADSIG"),
            Self::BADKEY => f.pad("BADKEY"),
            Self::BADTIME => f.pad("BADTIME"),
            Self::BADTRUNC => f.pad("BADTRUNC"),
            Self(other) => write!(f, "{other}"),
        }
    }
}

/// Why a message's TSIG, or the message around it, cannot be read. All of these are FORMERR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The message cannot be walked to its end.
    #[error("message is malformed: {0}")]
    Message(#[from] MessageError),
    /// RFC 8945 §5.1: the TSIG must be the last record of the message.
    #[error("TSIG is not the last record of the message")]
    NotLast,
    /// RFC 8945 §5.2: more than one TSIG.
    #[error("message has more than one TSIG")]
    Twice,
    /// Octets behind the TSIG, which its MAC does not cover.
    #[error("octets follow the TSIG")]
    TrailingOctets,
    /// RFC 8945 §4.2: the class must be ANY and the TTL zero.
    #[error("TSIG has class {} and TTL {ttl}, not ANY and 0", .class.0)]
    ClassOrTtl {
        /// Class field.
        class: Class,
        /// TTL field.
        ttl: u32,
    },
    /// The lengths inside do not add up to RDLENGTH.
    #[error("TSIG rdata is malformed")]
    Rdata,
}

/// A TSIG as received, with what is needed to check it.
#[derive(Clone, Debug)]
pub struct TsigRecord<'m> {
    /// Name of the key, case as received.
    pub key_name: NameBuf,
    /// Name of the algorithm, known or not.
    pub algorithm: NameBuf,
    /// When, and how exactly, it was signed.
    pub timers: Timers,
    /// The MAC; empty in unsigned errors.
    pub mac: &'m [u8],
    /// What went wrong with the request.
    pub error: ErrorCode,
    /// Six octets of the server's time with BADTIME.
    pub other: &'m [u8],
    /// ID the message had when it was signed (RFC 8945 §4.2).
    pub original_id: u16,
    /// Header of the message as it was signed: original ID, and one record fewer.
    pub header: [u8; HEADER_OCTETS],
    /// The rest of the message up to the TSIG.
    pub rest: &'m [u8],
}

impl TsigRecord<'_> {
    /// The server's time in a BADTIME error; `None` if the field has another length.
    #[must_use]
    pub fn other_time(&self) -> Option<u64> {
        <[u8; 6]>::try_from(self.other).ok().map(time_from)
    }
}

/// Finds the TSIG at the end of a message; `None` when there is none.
///
/// A message without additional records cannot have one and costs nothing; otherwise the cost is
/// one pass over the records.
///
/// # Errors
/// When the message cannot be walked, or its TSIG breaks a rule of RFC 8945 §4.2 or §5.1.
pub fn find(octets: &[u8]) -> Result<Option<TsigRecord<'_>>, Malformed> {
    let message = Message::parse(octets)?;
    if message.header().arcount == 0 {
        return Ok(None);
    }
    let (mut last, mut count) = (None, 0_u32);
    for item in message.records() {
        let (section, record) = item?;
        count = count.saturating_add(u32::from(record.rrtype() == Rrtype::TSIG));
        last = Some((section, record));
    }
    match (last, count) {
        (_, 0) => Ok(None),
        (Some((Section::Additional, record)), 1) if record.rrtype() == Rrtype::TSIG => {
            if record.rdata_range().end == octets.len() {
                read(octets, &record).map(Some)
            } else {
                Err(Malformed::TrailingOctets)
            }
        }
        (Some((Section::Additional, record)), _) if record.rrtype() == Rrtype::TSIG => {
            Err(Malformed::Twice)
        }
        _ => Err(Malformed::NotLast),
    }
}

/// The fields of a TSIG to be put on a message.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// Name of the key.
    pub key_name: NameRef<'a>,
    /// Name of the algorithm.
    pub algorithm: NameRef<'a>,
    /// When, and how exactly.
    pub timers: Timers,
    /// The MAC; empty for an unsigned error.
    pub mac: &'a [u8],
    /// ID of the message when it was signed.
    pub original_id: u16,
    /// What went wrong with the request.
    pub error: ErrorCode,
    /// The server's time with BADTIME; else empty.
    pub other: &'a [u8],
}

/// Puts a TSIG at the end of a message and counts it in the header.
///
/// The caller has left room: [`Key::record_octets`] more than the message must fit where it goes.
pub fn append(message: &mut Vec<u8>, fields: &Fields<'_>) {
    let rdata_octets = fields
        .algorithm
        .wire_len()
        .saturating_add(16)
        .saturating_add(fields.mac.len().saturating_add(fields.other.len()));
    let [_, _, time @ ..] = fields.timers.time_signed.to_be_bytes();
    message.extend_from_slice(fields.key_name.as_wire());
    message.extend_from_slice(&Rrtype::TSIG.0.to_be_bytes());
    message.extend_from_slice(&Class::ANY.0.to_be_bytes());
    message.extend_from_slice(&[0; 4]);
    message.extend_from_slice(&short(rdata_octets));
    message.extend_from_slice(fields.algorithm.as_wire());
    message.extend_from_slice(&time);
    message.extend_from_slice(&fields.timers.fudge.to_be_bytes());
    message.extend_from_slice(&short(fields.mac.len()));
    message.extend_from_slice(fields.mac);
    message.extend_from_slice(&fields.original_id.to_be_bytes());
    message.extend_from_slice(&fields.error.0.to_be_bytes());
    message.extend_from_slice(&short(fields.other.len()));
    message.extend_from_slice(fields.other);
    if let Some([high, low]) = message.get_mut(10..HEADER_OCTETS) {
        [*high, *low] = u16::from_be_bytes([*high, *low]).saturating_add(1).to_be_bytes();
    }
}

impl Key {
    /// Octets a TSIG of this key adds to a message, the server's time of a BADTIME included.
    #[must_use]
    pub fn record_octets(&self) -> usize {
        let names = self.name().as_wire().len().saturating_add(self.algorithm().wire_name().len());
        names.saturating_add(self.mac_octets()).saturating_add(10 + 16 + 6)
    }
}

/// Reads the record that ends the message.
fn read<'m>(octets: &'m [u8], record: &RecordView<'m>) -> Result<TsigRecord<'m>, Malformed> {
    let mut key_name = NameBuf::new();
    record.owner(&mut key_name).map_err(MessageError::Name)?;
    let (class, ttl) = (record.class(), record.ttl_field());
    if class != Class::ANY || ttl != 0 {
        return Err(Malformed::ClassOrTtl { class, ttl });
    }
    // RFC 8945 §4.2: the algorithm's name is not compressed.
    let (algorithm, fields) =
        NameRef::split_from(record.rdata_as_sent()).map_err(|_| Malformed::Rdata)?;
    let mut fields = Rest(fields);
    let time_signed = time_from(fields.take()?);
    let fudge = u16::from_be_bytes(fields.take()?);
    let mac = fields.take_counted()?;
    let original_id = u16::from_be_bytes(fields.take()?);
    let error = ErrorCode(u16::from_be_bytes(fields.take()?));
    let other = fields.take_counted()?;
    if !fields.0.is_empty() {
        return Err(Malformed::Rdata);
    }
    let signed = octets.get(..record.start()).and_then(<[u8]>::split_first_chunk);
    let (header, rest) = signed.ok_or(MessageError::NoHeader)?;
    Ok(TsigRecord {
        key_name,
        algorithm: NameBuf::from(algorithm),
        timers: Timers { time_signed, fudge },
        mac,
        error,
        other,
        original_id,
        header: restored(*header, original_id),
        rest,
    })
}

/// The header as it was when the message was signed.
const fn restored(header: [u8; 12], original_id: u16) -> [u8; 12] {
    let [_, _, flags0, flags1, qd0, qd1, an0, an1, ns0, ns1, ar0, ar1] = header;
    let [id0, id1] = original_id.to_be_bytes();
    let [ar0, ar1] = u16::from_be_bytes([ar0, ar1]).saturating_sub(1).to_be_bytes();
    [id0, id1, flags0, flags1, qd0, qd1, an0, an1, ns0, ns1, ar0, ar1]
}

const fn time_from(octets: [u8; 6]) -> u64 {
    let [a, b, c, d, e, f] = octets;
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// Lengths of parts we made ourselves; none comes near the limit.
fn short(octets: usize) -> [u8; 2] {
    u16::try_from(octets).unwrap_or(u16::MAX).to_be_bytes()
}

/// What is left of the rdata.
struct Rest<'m>(&'m [u8]);

impl<'m> Rest<'m> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed::Rdata)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// Octets behind their length.
    fn take_counted(&mut self) -> Result<&'m [u8], Malformed> {
        let octets = u16::from_be_bytes(self.take()?);
        let (taken, rest) = self.0.split_at_checked(usize::from(octets)).ok_or(Malformed::Rdata)?;
        self.0 = rest;
        Ok(taken)
    }
}
