//! SvcParams of SVCB and HTTPS: their order and the values that RFC 9460 defines.
//!
//! Pure; no allocation.
//!
//! Standards: RFC 9460 §2.2 (wire form), §7–8 (keys) · RFC 9461 §5 (dohpath) · RFC 9540 §4 (ohttp).
//!
//! Invariants: I1 keys strictly ascend. I2 the value of a known key has its defined form; values
//! of other keys are opaque.
//!
//! Not here: whether parameters make sense together; that is for clients to judge (RFC 9460 §8).

use super::RdataError;
use super::field::u16_at;

/// Checks parameters that fill `rest`.
///
/// Threat 15: lengths are compared, never added to a narrower number; keys out of order or twice
/// and over-long values are errors.
pub(super) fn check(rest: &[u8]) -> Result<(), RdataError> {
    let mut left = rest;
    let mut before: Option<u16> = None;
    while !left.is_empty() {
        let (key, value, after) = split(left)?;
        if before.is_some_and(|before| key <= before) {
            return Err(RdataError::ParamOrder { key });
        }
        if !is_value_valid(key, value) {
            return Err(RdataError::ParamValue { key });
        }
        before = Some(key);
        left = after;
    }
    Ok(())
}

/// Whether the keys that a checked rdata calls mandatory are there, and `alpn` wherever its default is
/// declined (RFC 9460 §7.1.1, §8).
pub(super) fn is_consistent(rest: &[u8]) -> bool {
    let value_of = |key| params(rest).find(|(found, _)| *found == key).map(|(_, value)| value);
    let mandatory = value_of(MANDATORY).unwrap_or_default();
    mandatory.chunks_exact(2).all(|pair| value_of(u16_at(pair, 0)).is_some())
        && (value_of(NO_DEFAULT_ALPN).is_none() || value_of(ALPN).is_some())
}

/// The parameters of a checked rdata as (key, value), in order.
pub(super) fn params(rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut left = rest;
    std::iter::from_fn(move || {
        let (key, value, after) = split(left).ok()?;
        left = after;
        Some((key, value))
    })
}

/// Key, value, and what follows them.
fn split(left: &[u8]) -> Result<(u16, &[u8], &[u8]), RdataError> {
    const LABEL: &str = "a service parameter";
    let short =
        |needed: usize, left: &[u8]| RdataError::Short { field: LABEL, needed, left: left.len() };
    let &[key_high, key_low, high, low, ref after @ ..] = left else { return Err(short(4, left)) };
    let octets = usize::from(u16::from_be_bytes([high, low]));
    let (value, after) = after.split_at_checked(octets).ok_or_else(|| short(octets, after))?;
    Ok((u16::from_be_bytes([key_high, key_low]), value, after))
}

fn is_value_valid(key: u16, value: &[u8]) -> bool {
    match key {
        MANDATORY => is_mandatory_valid(value),
        ALPN => !value.is_empty() && is_alpn_valid(value),
        NO_DEFAULT_ALPN | OHTTP => value.is_empty(),
        PORT => value.len() == 2,
        IPV4HINT => !value.is_empty() && value.len().is_multiple_of(4),
        IPV6HINT => !value.is_empty() && value.len().is_multiple_of(16),
        ECH => !value.is_empty(),
        DOHPATH => !value.is_empty() && std::str::from_utf8(value).is_ok(),
        RESERVED => false,
        _ => true,
    }
}

/// RFC 9460 §8: keys ascend strictly, and `mandatory` does not name itself.
fn is_mandatory_valid(value: &[u8]) -> bool {
    let keys = || value.chunks_exact(2).map(|pair| u16_at(pair, 0));
    !value.is_empty()
        && value.len().is_multiple_of(2)
        && keys().all(|key| key != MANDATORY)
        && keys().zip(keys().skip(1)).all(|(one, next)| one < next)
}

/// RFC 9460 §7.1.1: length-prefixed protocol ids, none of them empty.
fn is_alpn_valid(value: &[u8]) -> bool {
    let mut left = value;
    while let Some((length, after)) = left.split_first() {
        let Some(after) = after.get(usize::from(*length)..) else { return false };
        if *length == 0 {
            return false;
        }
        left = after;
    }
    true
}

/// The ids of a checked `alpn` value.
pub(super) fn alpn_ids(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut left = value;
    std::iter::from_fn(move || {
        let (length, after) = left.split_first()?;
        let (id, after) = after.split_at_checked(usize::from(*length))?;
        left = after;
        Some(id)
    })
}

pub(super) const MANDATORY: u16 = 0;
pub(super) const ALPN: u16 = 1;
pub(super) const NO_DEFAULT_ALPN: u16 = 2;
pub(super) const PORT: u16 = 3;
pub(super) const IPV4HINT: u16 = 4;
pub(super) const ECH: u16 = 5;
pub(super) const IPV6HINT: u16 = 6;
pub(super) const DOHPATH: u16 = 7;
pub(super) const OHTTP: u16 = 8;
/// "Invalid key" (RFC 9460 §14.3.2).
const RESERVED: u16 = u16::MAX;

/// Keys by name (IANA, "Service Parameter Keys").
const NAMES: &[(u16, &str)] = &[
    (MANDATORY, "mandatory"),
    (ALPN, "alpn"),
    (NO_DEFAULT_ALPN, "no-default-alpn"),
    (PORT, "port"),
    (IPV4HINT, "ipv4hint"),
    (ECH, "ech"),
    (IPV6HINT, "ipv6hint"),
];

/// The name of a key that older peers know too. `dohpath` and `ohttp` print as `key7` and `key8`,
/// which every peer reads.
pub(super) fn name_of(key: u16) -> Option<&'static str> {
    NAMES.iter().find(|(number, _)| *number == key).map(|(_, name)| *name)
}

/// The key of a name or of `keyNNNNN`.
pub(super) fn key_of(name: &str) -> Option<u16> {
    match name {
        "dohpath" => return Some(DOHPATH),
        "ohttp" => return Some(OHTTP),
        _ => {}
    }
    if let Some((key, _)) = NAMES.iter().find(|(_, known)| *known == name) {
        return Some(*key);
    }
    let digits = name.strip_prefix("key")?;
    // RFC 9460 §2.1: no leading zeros.
    let is_canonical = digits == "0" || !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_canonical && digits.bytes().all(|c| c.is_ascii_digit()))
}
