//! Rdata as text.
//!
//! Pure; writes straight to the formatter.
//!
//! Standards: RFC 1035 §5.1 · RFC 3597 §5 (`\# n hex`) · RFC 4034 §2.2, §3.2, §4.2, §5.3 ·
//! RFC 5155 §3.3 · RFC 9460 §2.1.
//!
//! Invariants: I1 every rdata has a text, and `parse` reads it back to the same octets. What the
//! text form of a type cannot say exactly is printed in the generic form of RFC 3597. I2 the portable
//! text is generic too where a server of another maker does not read the form of the type.
//!
//! Not here: owners, ttls and types in front of it (`master`); what other servers read (`portable`).

use super::field::{Extent, measure_name, u16_at};
use super::table::{self, Field, Readers, Row};
use super::{bitmap, dependent, location, portable, svcb, validate};
use crate::codes::Rrtype;
use crate::name::NameRef;
use core::fmt::{self, Write as _};
use core::net::{Ipv4Addr, Ipv6Addr};
use data_encoding::{BASE32HEX_NOPAD, BASE64, Encoding, HEXUPPER};

/// An rdata that prints as master files show it; see [`present`].
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a> {
    rrtype: Rrtype,
    rdata: &'a [u8],
    dialect: Dialect,
}

/// Whom a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// People, and us: the form that the standard of the type has.
    Own,
    /// Any server: only what all of them read.
    Portable,
}

/// Prints an uncompressed rdata on one line in the form of its type, with absolute names.
#[must_use]
pub const fn present(rrtype: Rrtype, rdata: &[u8]) -> Presentation<'_> {
    Presentation { rrtype, rdata, dialect: Dialect::Own }
}

/// As [`present`], but in a form that BIND 9.18, NSD 4.6 and ldns 1.8 all read. The type before it
/// is to be [`super::portable_type`].
#[must_use]
pub const fn present_portable(rrtype: Rrtype, rdata: &[u8]) -> Presentation<'_> {
    Presentation { rrtype, rdata, dialect: Dialect::Portable }
}

impl fmt::Display for Presentation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rrtype, rdata, dialect } = *self;
        match table::row(rrtype) {
            Some(row) if is_printable(row, rdata, dialect) => {
                print_fields(row.fields, rdata, dialect, out)
            }
            Some(_) | None => print_generic(rdata, out),
        }
    }
}

/// RFC 3597 §5.
fn print_generic(rdata: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "\\# {}", rdata.len())?;
    if !rdata.is_empty() {
        out.write_char(' ')?;
        encode(&HEXUPPER, rdata, out)?;
    }
    Ok(())
}

fn is_printable(row: &Row, rdata: &[u8], dialect: Dialect) -> bool {
    let is_readable = |field, octets: &[u8]| match dialect {
        Dialect::Own => true,
        Dialect::Portable => portable::is_readable(row.rrtype, field, octets),
    };
    (dialect == Dialect::Own || row.readers == Readers::All)
        && !rdata.is_empty()
        && validate(row.rrtype, rdata).is_ok()
        && split(row.fields, rdata)
            .all(|(field, octets)| is_field_printable(field, octets) && is_readable(field, octets))
}

/// Each field with its octets.
fn split<'a>(fields: &'a [Field], rdata: &'a [u8]) -> impl Iterator<Item = (Field, &'a [u8])> {
    let mut rest = rdata;
    fields.iter().map_while(move |field| {
        let (octets, after) = rest.split_at_checked(field.measure(rest).ok()?)?;
        rest = after;
        Some((*field, octets))
    })
}

/// Whether the text of a valid field says all that its octets do.
fn is_field_printable(field: Field, octets: &[u8]) -> bool {
    match field {
        Field::Location => location::is_printable(octets),
        Field::Ports | Field::NxtBitmap => octets.last() != Some(&0),
        Field::Prefixes => prefixes(octets).all(|prefix| matches!(prefix.family, 1 | 2)),
        Field::AtmAddress => match octets {
            [0, ..] => true,
            [1, digits @ ..] => digits.iter().all(u8::is_ascii_digit),
            _ => false,
        },
        Field::Dependent(field) => dependent::is_printable(field, octets),
        Field::Name(_)
        | Field::Fixed(_)
        | Field::Text
        | Field::Texts
        | Field::TextPair
        | Field::Tag
        | Field::Quoted(_)
        | Field::Hex(_)
        | Field::Base64(_)
        | Field::Blob
        | Field::Nsap
        | Field::Salt
        | Field::NextHashed
        | Field::Bitmap(_)
        | Field::SvcParams
        | Field::Names => true,
    }
}

fn print_fields(
    fields: &[Field],
    rdata: &[u8],
    dialect: Dialect,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (place, (field, octets)) in split(fields, rdata).enumerate() {
        let is_shown = !octets.is_empty() || matches!(field, Field::Quoted(_) | Field::Blob);
        if place > 0 && is_shown {
            out.write_char(' ')?;
        }
        print_field(field, octets, dialect, out)?;
    }
    Ok(())
}

fn print_field(
    field: Field,
    octets: &[u8],
    dialect: Dialect,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match field {
        Field::Name(_) => print_name(octets, out),
        Field::Fixed(fixed) => fixed.print(octets, dialect, out),
        Field::Text | Field::Texts | Field::TextPair => print_texts(octets, out),
        Field::Tag => write_text(octets.get(1..).unwrap_or_default(), out),
        Field::Quoted(_) => print_quoted(octets, out),
        Field::Hex(_) => encode(&HEXUPPER, octets, out),
        Field::Blob if octets.is_empty() => out.write_char('-'),
        Field::Base64(_) | Field::Blob => encode(&BASE64, octets, out),
        Field::Nsap => {
            out.write_str("0x")?;
            print_hex_lower(octets, out)
        }
        Field::AtmAddress => print_atm_address(octets, out),
        Field::Salt if octets == [0] => out.write_char('-'),
        Field::Salt => encode(&HEXUPPER, octets.get(1..).unwrap_or_default(), out),
        Field::NextHashed => encode(&BASE32HEX_NOPAD, octets.get(1..).unwrap_or_default(), out),
        Field::Bitmap(_) => print_types(bitmap::types(octets), dialect, out),
        Field::NxtBitmap => print_types(set_bits(octets).map(Rrtype), dialect, out),
        Field::Ports => print_each(set_bits(octets), out),
        Field::SvcParams => print_params(octets, out),
        Field::Prefixes => print_each(prefixes(octets), out),
        Field::Location => location::print(octets, out),
        Field::Dependent(field) => dependent::print(field, octets, out),
        Field::Names => print_names(octets, out),
    }
}

pub(super) fn print_name(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = NameRef::from_wire(octets).map_err(|_| fmt::Error)?;
    write!(out, "{name}")
}

/// Names with a space between them.
fn print_names(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = octets;
    while let Ok(Extent::Plain(octets)) = measure_name(rest) {
        let (name, after) = rest.split_at_checked(octets).ok_or(fmt::Error)?;
        print_name(name, out)?;
        if !after.is_empty() {
            out.write_char(' ')?;
        }
        rest = after;
    }
    Ok(())
}

pub(super) fn print_type(
    rrtype: Rrtype,
    dialect: Dialect,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match dialect {
        Dialect::Own => write!(out, "{rrtype}"),
        Dialect::Portable => write!(out, "{}", portable::portable_type(rrtype)),
    }
}

fn print_types(
    types: impl Iterator<Item = Rrtype>,
    dialect: Dialect,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (place, rrtype) in types.enumerate() {
        out.write_str(if place > 0 { " " } else { "" })?;
        print_type(rrtype, dialect, out)?;
    }
    Ok(())
}

fn print_atm_address(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match octets {
        [0, address @ ..] => print_hex_lower(address, out),
        [_, digits @ ..] => {
            out.write_char('+')?;
            write_text(digits, out)
        }
        [] => Err(fmt::Error),
    }
}

fn encode(encoding: &Encoding, octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "{}", encoding.encode_display(octets))
}

fn print_each<T: fmt::Display>(
    items: impl Iterator<Item = T>,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (place, item) in items.enumerate() {
        let space = if place > 0 { " " } else { "" };
        write!(out, "{space}{item}")?;
    }
    Ok(())
}

pub(super) type PrintItem = fn(&[u8], &mut fmt::Formatter<'_>) -> fmt::Result;

/// Items of `size` octets with a separator between them.
pub(super) fn print_list(
    octets: &[u8],
    size: usize,
    separator: &str,
    out: &mut fmt::Formatter<'_>,
    print: PrintItem,
) -> fmt::Result {
    for (place, item) in octets.chunks(size.max(1)).enumerate() {
        if place > 0 {
            out.write_str(separator)?;
        }
        print(item, out)?;
    }
    Ok(())
}

pub(super) fn print_ipv4(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let octets = octets.first_chunk::<4>().ok_or(fmt::Error)?;
    write!(out, "{}", Ipv4Addr::from(*octets))
}

pub(super) fn print_ipv6(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let octets = octets.first_chunk::<16>().ok_or(fmt::Error)?;
    write!(out, "{}", Ipv6Addr::from(*octets))
}

pub(super) fn print_hex_lower(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(out, "{octet:02x}"))
}

fn print_decimal(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "{}", u16_at(octets, 0))
}

fn print_key(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write_key(u16_at(octets, 0), out)
}

/// Character-strings between quotes.
fn print_texts(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = octets;
    let mut separator = "";
    while let Some((length, after)) = rest.split_first() {
        let (text, after) = after.split_at_checked(usize::from(*length)).ok_or(fmt::Error)?;
        out.write_str(separator)?;
        print_quoted(text, out)?;
        separator = " ";
        rest = after;
    }
    Ok(())
}

fn print_quoted(text: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    write_text(text, out)?;
    out.write_char('"')
}

/// A text that may stand between quotes (threat 22).
fn write_text(text: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for &octet in text {
        match octet {
            b'"' | b'\\' => write!(out, "\\{}", char::from(octet))?,
            0x20..=0x7e => out.write_char(char::from(octet))?,
            0..=0x1f | 0x7f..=0xff => write!(out, "\\{octet:03}")?,
        }
    }
    Ok(())
}

/// The numbers of the bits that are set, most significant bit first.
fn set_bits(octets: &[u8]) -> impl Iterator<Item = u16> + '_ {
    (0..=u16::MAX).take(octets.len().saturating_mul(8)).filter(|number| {
        let octet = octets.get(usize::from(number >> 3)).unwrap_or(&0);
        octet & (0x80 >> (number & 7)) != 0
    })
}

fn print_params(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, (key, value)) in svcb::params(octets).enumerate() {
        if place > 0 {
            out.write_char(' ')?;
        }
        write_key(key, out)?;
        if value.is_empty() {
            continue;
        }
        out.write_char('=')?;
        match key {
            svcb::MANDATORY => print_list(value, 2, ",", out, print_key)?,
            svcb::ALPN => print_alpn(value, out)?,
            svcb::PORT => print_list(value, 2, ",", out, print_decimal)?,
            svcb::IPV4HINT => print_list(value, 4, ",", out, print_ipv4)?,
            svcb::IPV6HINT => print_list(value, 16, ",", out, print_ipv6)?,
            svcb::ECH => encode(&BASE64, value, out)?,
            _ => print_quoted(value, out)?,
        }
    }
    Ok(())
}

fn write_key(key: u16, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match svcb::name_of(key) {
        Some(name) => out.write_str(name),
        None => write!(out, "key{key}"),
    }
}

/// A value list (RFC 9460 appendix A.1): items are escaped for the list, the list for its quotes.
fn print_alpn(value: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    for (place, id) in svcb::alpn_ids(value).enumerate() {
        if place > 0 {
            out.write_char(',')?;
        }
        for octet in id {
            if matches!(octet, b',' | b'\\') {
                write_text(b"\\", out)?;
            }
            write_text(&[*octet], out)?;
        }
    }
    out.write_char('"')
}

/// One item of APL (RFC 3123 §4).
struct Prefix<'a> {
    family: u16,
    bits: u8,
    negated: bool,
    address: &'a [u8],
}

fn prefixes(octets: &[u8]) -> impl Iterator<Item = Prefix<'_>> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let &[high, low, bits, length, ref after @ ..] = rest else { return None };
        let (address, after) = after.split_at_checked(usize::from(length & 0x7f))?;
        rest = after;
        let family = u16::from_be_bytes([high, low]);
        Some(Prefix { family, bits, negated: length & 0x80 != 0, address })
    })
}

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = [0_u8; 16];
        octets.iter_mut().zip(self.address).for_each(|(to, from)| *to = *from);
        out.write_str(if self.negated { "!" } else { "" })?;
        write!(out, "{}:", self.family)?;
        if self.family == 1 { print_ipv4(&octets, out) } else { print_ipv6(&octets, out) }?;
        write!(out, "/{}", self.bits)
    }
}
