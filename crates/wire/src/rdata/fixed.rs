//! Fields that always have the same length, and are one word each on paper.
//!
//! Pure.
//!
//! Standards: RFC 1035 §3.3–3.4 · RFC 4034 §3.1–3.2 · RFC 6742 §2 · RFC 7043 §3–4 · RFC 9859 §2.1.

use super::field::{u16_at, u32_at};
use super::parse::unsigned;
use super::present::{self, Dialect};
use super::{mnemonics, time, words};
use crate::codes::Rrtype;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use data_encoding::HEXLOWER_PERMISSIVE;

/// A field that always has the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    /// An octet, printed as a number.
    U8,
    /// Two octets, printed as a number.
    U16,
    /// Four octets, printed as a number.
    U32,
    /// Eight octets, printed as a number; read as two halves with a dot between them too.
    U64,
    /// Four octets, a span in seconds; read with units too (`1h30m`).
    Seconds,
    /// Four octets, a point in time printed as YYYYMMDDHHmmSS (RFC 4034 §3.2).
    Time,
    /// An octet, a DNSSEC algorithm: printed as a number, read as its mnemonic too.
    Algorithm,
    /// An octet, an IP protocol: printed as a number, read by name too (RFC 1035 §3.4.2).
    Protocol,
    /// An octet, what is spoken to an endpoint: `NOTIFY` or a number (RFC 9859 §2.1).
    Scheme,
    /// Two octets, any rrtype.
    Type,
    /// Two octets, the rrtype that a signature covers; never a meta type.
    Covered,
    /// Two octets, a certificate type: printed as a number, read as its mnemonic too (RFC 4398).
    CertType,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Six octets, printed as `00-00-5e-00-53-2a` (RFC 7043).
    Eui48,
    /// Eight octets, printed like [`Field::Eui48`].
    Eui64,
    /// Eight octets, printed as four groups of hex digits: `0014:4fff:ff20:ee64` (RFC 6742).
    Locator,
}

impl Fixed {
    /// Its length.
    pub(super) const fn octets(self) -> usize {
        match self {
            Self::U8 | Self::Algorithm | Self::Protocol | Self::Scheme => 1,
            Self::U16 | Self::CertType | Self::Covered | Self::Type => 2,
            Self::U32 | Self::Seconds | Self::Time | Self::Ipv4 => 4,
            Self::Eui48 => 6,
            Self::U64 | Self::Eui64 | Self::Locator => 8,
            Self::Ipv6 => 16,
        }
    }

    /// What the field is called in errors.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::U8 => "a number up to 255",
            Self::U16 => "a number up to 65535",
            Self::U32 => "a number up to 4294967295",
            Self::U64 => "a number up to 18446744073709551615",
            Self::Seconds => "a number of seconds",
            Self::Time => "a time as YYYYMMDDHHmmSS",
            Self::Algorithm => "a DNSSEC algorithm",
            Self::Protocol => "a protocol up to 255",
            Self::Scheme => "a scheme up to 255",
            Self::Type => "a record type",
            Self::Covered => "a covered record type",
            Self::CertType => "a certificate type",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::Eui48 => "an EUI-48 address",
            Self::Eui64 => "an EUI-64 address",
            Self::Locator => "four groups of hex digits",
        }
    }

    /// Appends what `text` says; `None` if it is not such a field.
    pub(super) fn parse(self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::U8 => out.push(unsigned(text)?),
            Self::U16 => out.extend(unsigned::<u16>(text)?.to_be_bytes()),
            Self::U32 => out.extend(unsigned::<u32>(text)?.to_be_bytes()),
            Self::U64 => out.extend(halves(text)?.to_be_bytes()),
            Self::Seconds => out.extend(words::seconds(text)?.to_be_bytes()),
            Self::Time => out.extend(time::parse(text)?.to_be_bytes()),
            Self::Algorithm => out.push(mnemonics::algorithm(text)?),
            Self::Protocol => out.push(mnemonics::protocol(text)?),
            Self::Scheme => out.push(mnemonics::scheme(text)?),
            Self::Type => out.extend(unsigned::<Rrtype>(text)?.0.to_be_bytes()),
            // BIND prints types without a mnemonic as a bare number here.
            Self::Covered => {
                let rrtype = unsigned(text).or_else(|| unsigned(text).map(Rrtype))?;
                out.extend(rrtype.0.to_be_bytes());
            }
            Self::CertType => out.extend(mnemonics::cert_type(text)?.to_be_bytes()),
            Self::Ipv4 => out.extend(unsigned::<Ipv4Addr>(text)?.octets()),
            Self::Ipv6 => out.extend(unsigned::<Ipv6Addr>(text)?.octets()),
            Self::Eui48 => out.extend(groups::<6>(text)?),
            Self::Eui64 => out.extend(groups::<8>(text)?),
            Self::Locator => out.extend(locator(text)?),
        }
        Some(())
    }

    /// Prints a checked field.
    pub(super) fn print(
        self,
        octets: &[u8],
        dialect: Dialect,
        out: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        let first = *octets.first().unwrap_or(&0);
        match self {
            Self::U8 | Self::Algorithm | Self::Protocol => write!(out, "{first}"),
            Self::Scheme => match mnemonics::scheme_word(first) {
                Some(word) => out.write_str(word),
                None => write!(out, "{first}"),
            },
            Self::U16 | Self::CertType => write!(out, "{}", u16_at(octets, 0)),
            Self::U32 | Self::Seconds => write!(out, "{}", u32_at(octets, 0)),
            Self::U64 => {
                let number = octets.first_chunk().map_or(0, |octets| u64::from_be_bytes(*octets));
                write!(out, "{number}")
            }
            Self::Time => time::print(u32_at(octets, 0), out),
            Self::Type | Self::Covered => {
                present::print_type(Rrtype(u16_at(octets, 0)), dialect, out)
            }
            Self::Ipv4 => present::print_ipv4(octets, out),
            Self::Ipv6 => present::print_ipv6(octets, out),
            Self::Eui48 | Self::Eui64 => {
                present::print_list(octets, 1, "-", out, present::print_hex_lower)
            }
            Self::Locator => present::print_list(octets, 2, ":", out, present::print_hex_lower),
        }
    }
}

/// A number, or the upper and the lower half of one.
fn halves(text: &str) -> Option<u64> {
    match text.split_once('.') {
        None => unsigned(text),
        Some((upper, lower)) => {
            let (upper, lower): (u32, u32) = (unsigned(upper)?, unsigned(lower)?);
            Some((u64::from(upper) << 32) | u64::from(lower))
        }
    }
}

/// `N` octets, two hex digits each, with `-` between them.
fn groups<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.split('-').any(|group| group.len() != 2) {
        return None;
    }
    let digits: String = text.split('-').collect();
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?.try_into().ok()
}

/// Four groups of one to four hex digits (RFC 6742 §2.1.2).
fn locator(text: &str) -> Option<[u8; 8]> {
    let mut octets = [0_u8; 8];
    let mut groups = text.split(':');
    for pair in octets.chunks_exact_mut(2) {
        let group = groups.next().filter(|group| (1..=4).contains(&group.len()))?;
        let is_hex = group.bytes().all(|octet| octet.is_ascii_hexdigit());
        let number = u16::from_str_radix(group, 16).ok().filter(|_| is_hex)?;
        pair.copy_from_slice(&number.to_be_bytes());
    }
    groups.next().is_none().then_some(octets)
}
