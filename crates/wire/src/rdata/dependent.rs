//! Fields whose shape an octet inside them decides: gateways, parts of IPv6 addresses, hosts.
//!
//! Pure; measuring allocates nothing.
//!
//! Standards: RFC 2874 §3.1 (A6) · RFC 4025 §2 (IPSECKEY) · RFC 8005 §5 (HIP) · RFC 8777 §4
//! (AMTRELAY).
//!
//! Invariants: I1 a gateway of a type that is not defined is opaque, and takes the rest of the rdata.
//! I2 what [`is_printable`] lets through, [`parse`] reads back to the same octets.
//!
//! Not here: fields whose shape the type alone decides (`fixed`, `field`), SvcParams (`svcb`).

use super::field::{Extent, measure_name};
use super::fixed::Fixed;
use super::parse::{parse_name, unsigned};
use super::table::{Field, NameRule};
use super::words::{TextError, Word, Words};
use super::{RdataError, present};
use crate::name::NameRef;
use core::fmt::{self, Write as _};
use core::net::{Ipv4Addr, Ipv6Addr};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE, HEXUPPER};

const NOTHING: u8 = 0;
const IPV4: u8 = 1;
const IPV6: u8 = 2;
const NAME: u8 = 3;

/// A field whose shape an octet inside it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dependent {
    /// Length of a prefix, the rest of an IPv6 address, and the name that has the prefix, which is
    /// lower-cased and not there when the length is zero (RFC 2874 §3.1).
    Suffix,
    /// A gateway's type, an algorithm, and the gateway: nothing, an address or a name whose case
    /// is kept (RFC 4025 §2).
    Gateway,
    /// A bit, a relay's type in seven, and the relay, which is as a gateway (RFC 8777 §4).
    Relay,
    /// Two lengths and an algorithm, then the host's tag and its key (RFC 8005 §5).
    HostIdentity,
}

impl Dependent {
    /// Checks the field at the front of `rest` and returns its length in octets (threat 17).
    pub(super) fn measure(self, rest: &[u8]) -> Result<usize, RdataError> {
        match self {
            Self::Suffix => measure_suffix(rest),
            Self::Gateway => measure_gateway(rest),
            Self::Relay => measure_relay(rest),
            Self::HostIdentity => measure_host(rest),
        }
    }

    /// Where the name at the end of a checked field starts, if it has one, and how it may travel.
    pub(super) fn name_start(self, octets: &[u8]) -> Option<(usize, NameRule)> {
        let &first = octets.first()?;
        match self {
            Self::Gateway => (first == NAME).then_some((2, NameRule::Plain)),
            Self::Relay => (first & 0x7f == NAME).then_some((1, NameRule::Plain)),
            Self::Suffix if first == 0 => None,
            Self::Suffix => {
                suffix_octets(first).map(|octets| (octets.saturating_add(1), NameRule::Lowered))
            }
            Self::HostIdentity => None,
        }
    }

    /// What the field is called in errors.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Suffix => "a part of an IPv6 address",
            Self::Gateway => "a gateway",
            Self::Relay => "a relay",
            Self::HostIdentity => "a host identity",
        }
    }
}

/// Checks [`Dependent::Gateway`] at the front of `rest` and returns its length.
fn measure_gateway(rest: &[u8]) -> Result<usize, RdataError> {
    let &[kind, _algorithm, ref after @ ..] = rest else {
        return Err(short(Dependent::Gateway, 2, rest));
    };
    let octets = measure_address(Dependent::Gateway, kind, after)?;
    Ok(octets.saturating_add(2))
}

/// Checks [`Dependent::Relay`] at the front of `rest` and returns its length.
fn measure_relay(rest: &[u8]) -> Result<usize, RdataError> {
    let (kind, after) = rest.split_first().ok_or(short(Dependent::Relay, 1, rest))?;
    let octets = measure_address(Dependent::Relay, kind & 0x7f, after)?;
    Ok(octets.saturating_add(1))
}

fn measure_address(field: Dependent, kind: u8, rest: &[u8]) -> Result<usize, RdataError> {
    let octets = match kind {
        NOTHING => 0,
        IPV4 => 4,
        IPV6 => 16,
        NAME => plain_name(rest)?,
        _ => rest.len(), // I1
    };
    if rest.len() < octets { Err(short(field, octets, rest)) } else { Ok(octets) }
}

/// Checks [`Dependent::Suffix`] at the front of `rest` and returns its length.
fn measure_suffix(rest: &[u8]) -> Result<usize, RdataError> {
    let (&prefix_bits, after) = rest.split_first().ok_or(short(Dependent::Suffix, 1, rest))?;
    let octets = suffix_octets(prefix_bits).ok_or(RdataError::Prefix)?;
    let after = after.get(octets..).ok_or(short(Dependent::Suffix, octets, after))?;
    // RFC 2874 §3.1.1: without a prefix there is no name that has it.
    let name = if prefix_bits == 0 { 0 } else { plain_name(after)? };
    Ok(octets.saturating_add(name).saturating_add(1))
}

/// Octets of the address that the name does not have; `None` for more than 128 bits.
const fn suffix_octets(prefix_bits: u8) -> Option<usize> {
    match prefix_bits {
        0..=128 => Some((128_usize.saturating_sub(prefix_bits as usize)).div_ceil(8)),
        _ => None,
    }
}

/// Checks [`Dependent::HostIdentity`] at the front of `rest` and returns its length.
fn measure_host(rest: &[u8]) -> Result<usize, RdataError> {
    let (tag, key, _) = split_host(rest)?;
    if tag.is_empty() || key.is_empty() {
        return Err(RdataError::Empty { field: Dependent::HostIdentity.label() });
    }
    Ok(tag.len().saturating_add(key.len()).saturating_add(HOST_HEAD_OCTETS))
}

const HOST_HEAD_OCTETS: usize = 4;

/// Tag, key and algorithm.
fn split_host(rest: &[u8]) -> Result<(&[u8], &[u8], u8), RdataError> {
    let &[tag_octets, algorithm, high, low, ref after @ ..] = rest else {
        return Err(short(Dependent::HostIdentity, HOST_HEAD_OCTETS, rest));
    };
    let (tag_octets, key_octets) =
        (usize::from(tag_octets), usize::from(u16::from_be_bytes([high, low])));
    let needed = tag_octets.saturating_add(key_octets);
    let both = after.get(..needed).ok_or(short(Dependent::HostIdentity, needed, after))?;
    let (tag, key) = both.split_at_checked(tag_octets).unwrap_or_default();
    Ok((tag, key, algorithm))
}

fn plain_name(rest: &[u8]) -> Result<usize, RdataError> {
    match measure_name(rest)? {
        Extent::Plain(octets) => Ok(octets),
        Extent::Compressed(_) => Err(RdataError::CompressedName),
    }
}

const fn short(field: Dependent, needed: usize, rest: &[u8]) -> RdataError {
    RdataError::Short { field: field.label(), needed, left: rest.len() }
}

/// Whether the text of a checked field says all that its octets do.
pub(super) fn is_printable(field: Dependent, octets: &[u8]) -> bool {
    match (field, octets) {
        (Dependent::Gateway, [kind, ..]) => *kind <= NAME,
        (Dependent::Relay, [kind, ..]) => kind & 0x7f <= NAME,
        // RFC 2874 §3.1.1: bits of the first octet that belong to the prefix are zero.
        (Dependent::Suffix, [prefix_bits @ 1..128, first, ..]) => {
            first & !(0xff >> (prefix_bits & 7)) == 0
        }
        (Dependent::Suffix | Dependent::HostIdentity, _) => true,
        (Dependent::Gateway | Dependent::Relay, []) => false,
    }
}

/// Whether the name in a printable field has octets that are escaped on paper.
pub(super) fn has_escapes(field: Dependent, octets: &[u8]) -> bool {
    let name = field.name_start(octets).and_then(|(start, _)| octets.get(start..));
    name.and_then(|name| NameRef::from_wire(name).ok())
        .is_some_and(|name| name.to_string().contains('\\'))
}

/// Prints a field that [`is_printable`].
pub(super) fn print(field: Dependent, octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let &[first, ref after @ ..] = octets else { return Err(fmt::Error) };
    match field {
        Dependent::Gateway => {
            let (algorithm, gateway) = after.split_first().ok_or(fmt::Error)?;
            write!(out, "{first} {algorithm} ")?;
            print_address(first, gateway, out)
        }
        Dependent::Relay => {
            write!(out, "{} {} ", first >> 7, first & 0x7f)?;
            print_address(first & 0x7f, after, out)
        }
        Dependent::Suffix => print_suffix(first, after, out),
        Dependent::HostIdentity => {
            let (tag, key, algorithm) = split_host(octets).map_err(|_| fmt::Error)?;
            write!(out, "{algorithm} {} ", HEXUPPER.encode_display(tag))?;
            write!(out, "{}", BASE64.encode_display(key))
        }
    }
}

fn print_address(kind: u8, octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match kind {
        NOTHING => out.write_char('.'),
        IPV4 => present::print_ipv4(octets, out),
        IPV6 => present::print_ipv6(octets, out),
        _ => present::print_name(octets, out),
    }
}

fn print_suffix(prefix_bits: u8, rest: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let octets = suffix_octets(prefix_bits).ok_or(fmt::Error)?;
    let (suffix, name) = rest.split_at_checked(octets).ok_or(fmt::Error)?;
    write!(out, "{prefix_bits}")?;
    if !suffix.is_empty() {
        let mut address = [0; 16];
        address.iter_mut().rev().zip(suffix.iter().rev()).for_each(|(to, from)| *to = *from);
        write!(out, " {}", Ipv6Addr::from(address))?;
    }
    if name.is_empty() {
        return Ok(());
    }
    out.write_char(' ')?;
    present::print_name(name, out)
}

/// Reads the text of a field and appends its octets.
pub(super) fn parse(
    field: Dependent,
    words: &mut Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    match field {
        Dependent::Gateway => {
            let kind = number_up_to(words, NAME, "a gateway type, 0 to 3")?;
            let algorithm = number_up_to(words, u8::MAX, "an algorithm up to 255")?;
            out.extend([kind, algorithm]);
            parse_address(kind, words, origin, out)
        }
        Dependent::Relay => {
            let is_optional = number_up_to(words, 1, "a discovery bit, 0 or 1")?;
            let kind = number_up_to(words, NAME, "a relay type, 0 to 3")?;
            out.push((is_optional << 7) | kind);
            parse_address(kind, words, origin, out)
        }
        Dependent::Suffix => parse_suffix(words, origin, out),
        Dependent::HostIdentity => parse_host(words, out),
    }
}

fn parse_address(
    kind: u8,
    words: &mut Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    match kind {
        NOTHING => {
            const NONE: &str = "`.` for no gateway";
            let word = words.expect(NONE)?;
            word.plain().filter(|text| *text == ".").ok_or_else(|| word.unexpected(NONE))?;
        }
        IPV4 => out.extend(plain::<Ipv4Addr>(words, Fixed::Ipv4.label())?.octets()),
        IPV6 => out.extend(plain::<Ipv6Addr>(words, Fixed::Ipv6.label())?.octets()),
        _ => {
            let name = parse_name(words.expect(Field::NAME_LABEL)?, origin)?;
            out.extend_from_slice(name.as_wire());
        }
    }
    Ok(())
}

fn parse_suffix(
    words: &mut Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let prefix_bits = number_up_to(words, 128, "the length of a prefix up to 128")?;
    out.push(prefix_bits);
    let octets = suffix_octets(prefix_bits).unwrap_or_default();
    if octets > 0 {
        let address = plain::<Ipv6Addr>(words, Fixed::Ipv6.label())?;
        // RFC 2874 §3.1.1: bits that belong to the prefix are zero when a file is read.
        let suffix = u128::from(address) & u128::MAX.checked_shr(prefix_bits.into()).unwrap_or(0);
        let kept = 16_usize.saturating_sub(octets);
        out.extend(suffix.to_be_bytes().into_iter().skip(kept));
    }
    if prefix_bits > 0 {
        let name = parse_name(words.expect(Field::NAME_LABEL)?, origin)?;
        out.extend_from_slice(name.as_wire());
    }
    Ok(())
}

fn parse_host(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    const TAG: &str = "a host identity tag of 1 to 255 octets in hex";
    const KEY: &str = "a host's key of up to 65535 octets in base64, without white space";
    let algorithm = number_up_to(words, u8::MAX, "an algorithm up to 255")?;
    let word = words.expect(TAG)?;
    let tag = HEXLOWER_PERMISSIVE.decode(word.raw).ok().filter(|tag| !tag.is_empty());
    let tag_octets = tag.as_ref().and_then(|tag| u8::try_from(tag.len()).ok());
    let (Some(tag), Some(tag_octets)) = (tag, tag_octets) else {
        return Err(word.unexpected(TAG));
    };
    let word = words.expect(KEY)?;
    let key = BASE64.decode(word.raw).ok().filter(|key| !key.is_empty());
    let key_octets = key.as_ref().and_then(|key| u16::try_from(key.len()).ok());
    let (Some(key), Some(key_octets)) = (key, key_octets) else {
        return Err(word.unexpected(KEY));
    };
    out.extend([tag_octets, algorithm]);
    out.extend(key_octets.to_be_bytes());
    out.extend(tag);
    out.extend(key);
    Ok(())
}

fn number_up_to(words: &mut Words<'_>, max: u8, expected: &'static str) -> Result<u8, TextError> {
    let word = words.expect(expected)?;
    let number = read::<u8>(word).filter(|number| *number <= max);
    number.ok_or_else(|| word.unexpected(expected))
}

fn plain<T: core::str::FromStr>(
    words: &mut Words<'_>,
    expected: &'static str,
) -> Result<T, TextError> {
    let word = words.expect(expected)?;
    read(word).ok_or_else(|| word.unexpected(expected))
}

fn read<T: core::str::FromStr>(word: Word<'_>) -> Option<T> {
    word.plain().and_then(unsigned)
}
