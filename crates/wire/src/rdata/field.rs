//! How long each field is on the wire, and whether its octets are in order.
//!
//! Pure; no allocation. Names are measured here but not expanded.
//!
//! Standards: RFC 1035 §3.3, §4.1.4 · RFC 1876 §2 (LOC) · RFC 3123 §4 · RFC 5155 §3.2 · RFC 8659 §4.1.
//!
//! Not here: bitmaps (`bitmap`) and SvcParams (`svcb`), which have rules of their own.

use super::RdataError;
use super::bitmap;
use super::fixed::Fixed;
use super::svcb;
use super::table::Field;
use crate::codes::Rrtype;
use crate::name::{NAME_OCTETS_MAX, NameError};

impl Field {
    /// What a name is called in errors.
    pub(super) const NAME_LABEL: &'static str = "a domain name";

    /// Checks the field at the front of `rest` and returns its length in octets.
    pub(super) fn measure(self, rest: &[u8]) -> Result<usize, RdataError> {
        match self {
            Self::Name(_) => match measure_name(rest)? {
                Extent::Plain(octets) => Ok(octets),
                Extent::Compressed(_) => Err(RdataError::CompressedName),
            },
            Self::Fixed(Fixed::Covered) => measure_covered(rest),
            Self::Fixed(field) => fixed(self, rest, field.octets()),
            Self::Dependent(field) => field.measure(rest),
            Self::Location => measure_location(rest),
            Self::Text | Self::Salt => counted(self, rest),
            Self::NextHashed | Self::Tag => measure_not_empty(self, rest),
            Self::Texts => measure_texts(rest, usize::MAX),
            Self::TextPair => measure_texts(rest, 2),
            Self::Quoted(min) | Self::Hex(min) | Self::Base64(min) => {
                fixed(self, rest, min).map(|_| rest.len())
            }
            Self::Blob => Ok(rest.len()),
            Self::Nsap => fixed(self, rest, 1).map(|_| rest.len()),
            Self::AtmAddress => fixed(self, rest, 2).map(|_| rest.len()),
            Self::Bitmap(rule) => bitmap::check(rest, rule).map(|()| rest.len()),
            Self::NxtBitmap | Self::Ports => measure_bits(self, rest),
            Self::SvcParams => svcb::check(rest).map(|()| rest.len()),
            Self::Prefixes => measure_prefixes(rest),
            Self::Names => measure_names(rest),
        }
    }

    /// Its length, if that is always the same.
    pub(super) const fn fixed_octets(self) -> Option<usize> {
        match self {
            Self::Fixed(field) => Some(field.octets()),
            Self::Name(_)
            | Self::Dependent(_)
            | Self::Text
            | Self::Texts
            | Self::TextPair
            | Self::Tag
            | Self::Quoted(_)
            | Self::Hex(_)
            | Self::Base64(_)
            | Self::Blob
            | Self::Nsap
            | Self::AtmAddress
            | Self::Salt
            | Self::NextHashed
            | Self::Bitmap(_)
            | Self::NxtBitmap
            | Self::SvcParams
            | Self::Ports
            | Self::Prefixes
            | Self::Location
            | Self::Names => None,
        }
    }

    /// Whether a name may stand in it.
    pub(super) const fn may_hold_names(self) -> bool {
        matches!(self, Self::Name(_) | Self::Names | Self::Dependent(_))
    }

    /// What the field is called in errors.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Name(_) => Self::NAME_LABEL,
            Self::Fixed(field) => field.label(),
            Self::Dependent(field) => field.label(),
            Self::Text => "a character-string",
            Self::Texts => "one or more character-strings",
            Self::TextPair => "one or two character-strings",
            Self::Tag => "a property tag of letters and digits",
            Self::Quoted(_) => "a string",
            Self::Hex(_) => "hex digits",
            Self::Base64(_) => "base64",
            Self::Blob => "base64, or `-`",
            Self::Nsap => "`0x` and hex digits",
            Self::AtmAddress => "`+` and digits, or hex digits",
            Self::Salt => "a salt in hex, or `-`",
            Self::NextHashed => "a hash in base32hex",
            Self::Bitmap(_) | Self::NxtBitmap => "record types",
            Self::SvcParams => "service parameters",
            Self::Ports => "port numbers",
            Self::Prefixes => "address prefixes",
            Self::Location => "a location",
            Self::Names => "domain names",
        }
    }
}

/// How far a name reaches before it ends or points elsewhere.
pub(super) enum Extent {
    /// A whole name of so many octets.
    Plain(usize),
    /// So many octets, the last two of which are a compression pointer.
    Compressed(usize),
}

/// Measures the name at the front of `rest`, which it may not leave.
///
/// Threat 17: a name that crosses the end of its rdata is an error, even if the message goes on.
#[inline]
pub(super) fn measure_name(rest: &[u8]) -> Result<Extent, RdataError> {
    let mut at = 0_usize;
    loop {
        let length = *rest.get(at).ok_or(RdataError::NameCrossesEnd)?;
        at = at.saturating_add(1);
        if at > NAME_OCTETS_MAX {
            return Err(NameError::TooLong.into());
        }
        match length {
            0 => return Ok(Extent::Plain(at)),
            1..=0x3f => at = at.saturating_add(usize::from(length)),
            0x40..=0xbf => return Err(NameError::BadLabelKind.into()),
            0xc0..=0xff if at < rest.len() => return Ok(Extent::Compressed(at.saturating_add(1))),
            0xc0..=0xff => return Err(RdataError::NameCrossesEnd),
        }
    }
}

/// Whole names up to the end, possibly none.
fn measure_names(rest: &[u8]) -> Result<usize, RdataError> {
    let mut left = rest;
    while !left.is_empty() {
        match measure_name(left)? {
            Extent::Plain(octets) => left = left.get(octets..).unwrap_or_default(),
            Extent::Compressed(_) => return Err(RdataError::CompressedName),
        }
    }
    Ok(rest.len())
}

#[inline]
fn fixed(field: Field, rest: &[u8], needed: usize) -> Result<usize, RdataError> {
    if rest.len() >= needed {
        return Ok(needed);
    }
    Err(RdataError::Short { field: field.label(), needed, left: rest.len() })
}

/// A length octet and what it counts.
#[inline]
fn counted(field: Field, rest: &[u8]) -> Result<usize, RdataError> {
    let length = rest.first().copied().unwrap_or_default();
    fixed(field, rest, usize::from(length).saturating_add(1))
}

fn measure_not_empty(field: Field, rest: &[u8]) -> Result<usize, RdataError> {
    let octets = counted(field, rest)?;
    if octets == 1 {
        return Err(RdataError::Empty { field: field.label() });
    }
    let is_alphanumeric =
        || rest.iter().take(octets).skip(1).all(|octet| octet.is_ascii_alphanumeric());
    if field == Field::Tag && !is_alphanumeric() {
        return Err(RdataError::Tag);
    }
    Ok(octets)
}

fn measure_texts(rest: &[u8], count_max: usize) -> Result<usize, RdataError> {
    let mut left = rest;
    let mut count = 0_usize;
    while count < count_max {
        let octets = counted(Field::Texts, left)?;
        left = left.get(octets..).unwrap_or_default();
        count = count.saturating_add(1);
        if left.is_empty() {
            break;
        }
    }
    Ok(rest.len().saturating_sub(left.len()))
}

/// Threat 5: a signature over a meta type would hide in the zone as data of that type.
fn measure_covered(rest: &[u8]) -> Result<usize, RdataError> {
    let octets = fixed(Field::Fixed(Fixed::Covered), rest, 2)?;
    let rrtype = Rrtype(u16_at(rest, 0));
    if rrtype.0 == 0 || rrtype.is_meta() {
        return Err(RdataError::CoversMeta { rrtype });
    }
    Ok(octets)
}

/// Bits up to the end: 8 KiB for 65,536 ports (RFC 1035 §3.4.2), 16 octets for NXT's types.
fn measure_bits(field: Field, rest: &[u8]) -> Result<usize, RdataError> {
    let octets_max = if field == Field::Ports { 8_192 } else { 16 };
    if rest.len() > octets_max {
        return Err(RdataError::Trailing { octets: rest.len().saturating_sub(octets_max) });
    }
    Ok(rest.len())
}

/// Threat 16: the length of each prefix is held against its family and against what is left.
fn measure_prefixes(rest: &[u8]) -> Result<usize, RdataError> {
    let mut left = rest;
    while !left.is_empty() {
        let &[high, low, prefix, length, ref after @ ..] = left else {
            return Err(RdataError::Short {
                field: Field::Prefixes.label(),
                needed: 4,
                left: left.len(),
            });
        };
        let octets = usize::from(length & 0x7f);
        let address = after.get(..octets).ok_or(RdataError::Short {
            field: Field::Prefixes.label(),
            needed: octets,
            left: after.len(),
        })?;
        let (bits_max, octets_max) = match u16::from_be_bytes([high, low]) {
            1 => (32, 4),
            2 => (128, 16),
            _ => (u8::MAX, 127),
        };
        // RFC 3123 §4: trailing zero octets are not sent.
        if prefix > bits_max || octets > octets_max || address.last() == Some(&0) {
            return Err(RdataError::Prefix);
        }
        left = after.get(octets..).unwrap_or_default();
    }
    Ok(rest.len())
}

/// RFC 1876 §2: only version 0 is defined, and it has sixteen octets.
fn measure_location(rest: &[u8]) -> Result<usize, RdataError> {
    let octets = fixed(Field::Location, rest, 16)?;
    match rest.first() {
        Some(0) => Ok(octets),
        _ => Ok(rest.len().max(octets)),
    }
}

/// Two octets at `at`, zero where there are none.
pub(super) fn u16_at(octets: &[u8], at: usize) -> u16 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |pair| u16::from_be_bytes(*pair))
}

/// Four octets at `at`, zero where there are none.
pub(super) fn u32_at(octets: &[u8], at: usize) -> u32 {
    octets.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_be_bytes(*four))
}
