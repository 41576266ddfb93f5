//! The TSIG record: found at the end of a message, and put there (RFC 8945 §4.2, §5.1).

use super::{Key, Timers};
use crate::codes::{Class, Rrtype};
use crate::name::{NameBuf, NameError, NameRef};
use core::fmt;

/// Octets of the message header, of which TSIG restores the first two and the last two.
const HEADER_OCTETS: usize = 12;

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
    /// The message ends inside a question or record, or its header's counts lie.
    #[error("message is cut off, or its header counts more records than there are")]
    CutOff,
    /// A name that is no name.
    #[error("message has a malformed name")]
    Name(#[from] NameError),
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
pub fn find(message: &[u8]) -> Result<Option<TsigRecord<'_>>, Malformed> {
    let mut header = [0_u8; HEADER_OCTETS];
    header.copy_from_slice(message.get(..HEADER_OCTETS).ok_or(Malformed::CutOff)?);
    let [_, _, _, _, qd0, qd1, an0, an1, ns0, ns1, ar0, ar1] = header;
    let additional = u16::from_be_bytes([ar0, ar1]);
    let Some(fewer) = additional.checked_sub(1) else { return Ok(None) };
    let mut walk = Walk { message, at: HEADER_OCTETS };
    for _ in 0..u16::from_be_bytes([qd0, qd1]) {
        walk.skip_name()?;
        walk.take::<4>()?;
    }
    let before = u32::from(u16::from_be_bytes([an0, an1]))
        .saturating_add(u32::from(u16::from_be_bytes([ns0, ns1])))
        .saturating_add(u32::from(fewer));
    let mut seen = false;
    for _ in 0..before {
        seen |= walk.skip_record()? == Rrtype::TSIG;
    }
    let start = walk.at;
    if walk.skip_record()? != Rrtype::TSIG {
        return if seen { Err(Malformed::NotLast) } else { Ok(None) };
    }
    if seen {
        return Err(Malformed::Twice);
    }
    if walk.at != message.len() {
        return Err(Malformed::TrailingOctets);
    }
    read(message, start, header).map(Some)
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

/// Reads the record at `start`, which the walk has shown to lie inside the message.
fn read(message: &[u8], start: usize, header: [u8; 12]) -> Result<TsigRecord<'_>, Malformed> {
    let mut walk = Walk { message, at: start };
    let mut key_name = NameBuf::new();
    walk.at = key_name.read(message, start)?;
    let [_, _, class0, class1] = walk.take()?;
    let ttl = u32::from_be_bytes(walk.take()?);
    let class = Class(u16::from_be_bytes([class0, class1]));
    if class != Class::ANY || ttl != 0 {
        return Err(Malformed::ClassOrTtl { class, ttl });
    }
    walk.take::<2>()?;
    // RFC 8945 §4.2: the algorithm's name is not compressed.
    let tail = message.get(walk.at..).ok_or(Malformed::CutOff)?;
    let (algorithm, _) = NameRef::split_from(tail).map_err(|_| Malformed::Rdata)?;
    walk.at = walk.at.saturating_add(algorithm.wire_len());
    let rdata = |_| Malformed::Rdata;
    let time_signed = time_from(walk.take().map_err(rdata)?);
    let fudge = u16::from_be_bytes(walk.take().map_err(rdata)?);
    let mac_octets = u16::from_be_bytes(walk.take().map_err(rdata)?);
    let mac = walk.take_slice(mac_octets).map_err(rdata)?;
    let original_id = u16::from_be_bytes(walk.take().map_err(rdata)?);
    let error = ErrorCode(u16::from_be_bytes(walk.take().map_err(rdata)?));
    let other_octets = u16::from_be_bytes(walk.take().map_err(rdata)?);
    let other = walk.take_slice(other_octets).map_err(rdata)?;
    // The record is the last, so the end of its fields must be the end of everything.
    if walk.at != message.len() {
        return Err(Malformed::Rdata);
    }
    Ok(TsigRecord {
        key_name,
        algorithm: NameBuf::from(algorithm),
        timers: Timers { time_signed, fudge },
        mac,
        error,
        other,
        original_id,
        header: restored(header, original_id),
        rest: message.get(HEADER_OCTETS..start).ok_or(Malformed::CutOff)?,
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

/// A place in a message that only moves forward.
struct Walk<'m> {
    message: &'m [u8],
    at: usize,
}

impl<'m> Walk<'m> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let tail = self.message.get(self.at..).ok_or(Malformed::CutOff)?;
        let taken = tail.first_chunk::<N>().ok_or(Malformed::CutOff)?;
        self.at = self.at.saturating_add(N);
        Ok(*taken)
    }

    fn take_slice(&mut self, octets: u16) -> Result<&'m [u8], Malformed> {
        let end = self.at.saturating_add(usize::from(octets));
        let taken = self.message.get(self.at..end).ok_or(Malformed::CutOff)?;
        self.at = end;
        Ok(taken)
    }

    /// Steps over a name without following its pointer.
    fn skip_name(&mut self) -> Result<(), Malformed> {
        loop {
            let [length] = self.take()?;
            match length {
                0 => return Ok(()),
                1..=0x3f => drop(self.take_slice(u16::from(length))?),
                0x40..=0xbf => return Err(Malformed::Name(NameError::BadLabelKind)),
                0xc0..=0xff => return self.take::<1>().map(drop),
            }
        }
    }

    /// Steps over a record and says of which type it was.
    fn skip_record(&mut self) -> Result<Rrtype, Malformed> {
        self.skip_name()?;
        let [type0, type1, _, _, _, _, _, _, length0, length1] = self.take()?;
        self.take_slice(u16::from_be_bytes([length0, length1]))?;
        Ok(Rrtype(u16::from_be_bytes([type0, type1])))
    }
}
