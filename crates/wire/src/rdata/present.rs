//! Rdata as text.
//!
//! Pure; writes straight to the formatter.
//!
//! Standards: RFC 1035 §5.1 · RFC 3597 §5 (`\# n hex`) · RFC 4034 §2.2, §3.2, §4.2, §5.3 ·
//! RFC 5155 §3.3 · RFC 9460 §2.1.
//!
//! Invariants: I1 every rdata has a text, and `parse` reads it back to the same octets. What the
//! text form of a type cannot say exactly is printed in the generic form of RFC 3597.
//!
//! Not here: owners, ttls and types in front of it (`master`).

use super::field::{u16_at, u32_at};
use super::table::{self, Field};
use super::{bitmap, location, svcb, time, validate};
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
}

/// Prints an uncompressed rdata on one line, with absolute names.
#[must_use]
pub const fn present(rrtype: Rrtype, rdata: &[u8]) -> Presentation<'_> {
    Presentation { rrtype, rdata }
}

impl fmt::Display for Presentation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match table::row(self.rrtype) {
            Some(row) if is_printable(self.rrtype, row.fields, self.rdata) => {
                print_fields(row.fields, self.rdata, out)
            }
            Some(_) | None => print_generic(self.rdata, out),
        }
    }
}

/// A type as peers of any age read it: by name if its rdata has a text form, else `TYPE123`.
#[must_use]
pub const fn present_type(rrtype: Rrtype) -> PresentationType {
    PresentationType(rrtype)
}

/// A type that prints as master files show it; see [`present_type`].
#[derive(Clone, Copy, Debug)]
pub struct PresentationType(Rrtype);

impl fmt::Display for PresentationType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match table::row(self.0) {
            Some(_) => write!(out, "{}", self.0),
            None => write!(out, "TYPE{}", self.0.0),
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

fn is_printable(rrtype: Rrtype, fields: &[Field], rdata: &[u8]) -> bool {
    !rdata.is_empty()
        && validate(rrtype, rdata).is_ok()
        && split(fields, rdata).all(|(field, octets)| is_field_printable(field, octets))
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
        Field::Name(_)
        | Field::U8
        | Field::U16
        | Field::U32
        | Field::Seconds
        | Field::Time
        | Field::Algorithm
        | Field::Covered
        | Field::CertType
        | Field::Ipv4
        | Field::Ipv6
        | Field::Eui48
        | Field::Eui64
        | Field::Locator
        | Field::Text
        | Field::Texts
        | Field::Tag
        | Field::Quoted(_)
        | Field::Hex(_)
        | Field::Base64(_)
        | Field::Salt
        | Field::NextHashed
        | Field::Bitmap(_)
        | Field::SvcParams => true,
    }
}

fn print_fields(fields: &[Field], rdata: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, (field, octets)) in split(fields, rdata).enumerate() {
        let is_shown = !octets.is_empty() || matches!(field, Field::Quoted(_));
        if place > 0 && is_shown {
            out.write_char(' ')?;
        }
        print_field(field, octets, out)?;
    }
    Ok(())
}

fn print_field(field: Field, octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match field {
        Field::Name(_) => match NameRef::from_wire(octets) {
            Ok(name) => write!(out, "{name}"),
            Err(_) => Err(fmt::Error),
        },
        Field::U8 | Field::Algorithm => write!(out, "{}", octets.first().unwrap_or(&0)),
        Field::U16 | Field::CertType => write!(out, "{}", u16_at(octets, 0)),
        Field::U32 | Field::Seconds => write!(out, "{}", u32_at(octets, 0)),
        Field::Time => time::print(u32_at(octets, 0), out),
        Field::Covered => write!(out, "{}", present_type(Rrtype(u16_at(octets, 0)))),
        Field::Ipv4 => print_list(octets, 4, " ", out, print_ipv4),
        Field::Ipv6 => print_list(octets, 16, " ", out, print_ipv6),
        Field::Eui48 | Field::Eui64 => print_list(octets, 1, "-", out, print_hex_lower),
        Field::Locator => print_list(octets, 2, ":", out, print_hex_lower),
        Field::Text | Field::Texts => print_texts(octets, out),
        Field::Tag => write_text(octets.get(1..).unwrap_or_default(), out),
        Field::Quoted(_) => print_quoted(octets, out),
        Field::Hex(_) => encode(&HEXUPPER, octets, out),
        Field::Base64(_) => encode(&BASE64, octets, out),
        Field::Salt if octets == [0] => out.write_char('-'),
        Field::Salt => encode(&HEXUPPER, octets.get(1..).unwrap_or_default(), out),
        Field::NextHashed => encode(&BASE32HEX_NOPAD, octets.get(1..).unwrap_or_default(), out),
        Field::Bitmap(_) => print_each(bitmap::types(octets).map(present_type), out),
        Field::NxtBitmap => print_each(set_bits(octets).map(Rrtype).map(present_type), out),
        Field::Ports => print_each(set_bits(octets), out),
        Field::SvcParams => print_params(octets, out),
        Field::Prefixes => print_each(prefixes(octets), out),
        Field::Location => location::print(octets, out),
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

type PrintItem = fn(&[u8], &mut fmt::Formatter<'_>) -> fmt::Result;

/// Items of `size` octets with a separator between them.
fn print_list(
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

fn print_ipv4(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let octets = octets.first_chunk::<4>().ok_or(fmt::Error)?;
    write!(out, "{}", Ipv4Addr::from(*octets))
}

fn print_ipv6(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let octets = octets.first_chunk::<16>().ok_or(fmt::Error)?;
    write!(out, "{}", Ipv6Addr::from(*octets))
}

fn print_hex_lower(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
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
