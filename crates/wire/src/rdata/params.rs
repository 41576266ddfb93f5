//! SvcParams from text.
//!
//! Pure.
//!
//! Standards: RFC 9460 §2.1, §7–8, appendix A.
//!
//! Not here: their wire form (`svcb`).

use super::svcb;
use super::words::{TextError, Word, Words, unescape_into};
use core::net::{Ipv4Addr, Ipv6Addr};
use data_encoding::BASE64;

/// Reads `key=value` words in any order and appends them in order of their keys.
pub(super) fn parse(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    let mut params: Vec<(u16, Vec<u8>, Word<'_>)> = Vec::new();
    while let Some(word) = words.next() {
        let (key, value) = parse_param(word)?;
        params.push((key, value, word));
    }
    params.sort_by_key(|(key, ..)| *key);
    let mut before = None;
    for (key, value, word) in params {
        if before == Some(key) {
            return Err(word.unexpected("each service parameter once"));
        }
        before = Some(key);
        let length = u16::try_from(value.len()).map_err(|_| word.unexpected("a shorter value"))?;
        out.extend(key.to_be_bytes());
        out.extend(length.to_be_bytes());
        out.extend(value);
    }
    Ok(())
}

fn parse_param(word: Word<'_>) -> Result<(u16, Vec<u8>), TextError> {
    const EXPECTED: &str = "a service parameter as `port=443`";
    let at = word.raw.iter().position(|octet| *octet == b'=').unwrap_or(word.raw.len());
    let (name, rest) = word.raw.split_at_checked(at).unwrap_or_default();
    let name = std::str::from_utf8(name).unwrap_or_default().to_ascii_lowercase();
    let key =
        svcb::key_of(&name).filter(|_| !word.quoted).ok_or_else(|| word.unexpected(EXPECTED))?;
    let text = rest.strip_prefix(b"=").unwrap_or(rest);
    let text = match text {
        [b'"', inside @ .., b'"'] => inside,
        [b'"', ..] => return Err(word.unexpected("nothing after the closing quote")),
        _ => text,
    };
    let mut value = Vec::new();
    unescape_into(Word { raw: text, ..word }, &mut value)?;
    if name.starts_with("key") || value.is_empty() {
        return Ok((key, value)); // `keyNNNNN` carries the octets of the value (RFC 9460 §2.1)
    }
    let value = parse_value(key, value).ok_or_else(|| word.unexpected(expected_of(key)))?;
    Ok((key, value))
}

fn parse_value(key: u16, value: Vec<u8>) -> Option<Vec<u8>> {
    match key {
        svcb::MANDATORY => {
            let mut keys = items(&value)
                .map(|item| svcb::key_of(&item.to_ascii_lowercase()))
                .collect::<Option<Vec<_>>>()?;
            keys.sort_unstable();
            Some(keys.into_iter().flat_map(u16::to_be_bytes).collect())
        }
        svcb::ALPN => parse_alpn(&value),
        svcb::PORT => {
            let port: u16 = std::str::from_utf8(&value).ok()?.parse().ok()?;
            Some(port.to_be_bytes().to_vec())
        }
        svcb::IPV4HINT => {
            let addresses = items(&value).map(|item| item.parse::<Ipv4Addr>().ok());
            Some(addresses.collect::<Option<Vec<_>>>()?.iter().flat_map(Ipv4Addr::octets).collect())
        }
        svcb::IPV6HINT => {
            let addresses = items(&value).map(|item| item.parse::<Ipv6Addr>().ok());
            Some(addresses.collect::<Option<Vec<_>>>()?.iter().flat_map(Ipv6Addr::octets).collect())
        }
        svcb::ECH => BASE64.decode(&value).ok(),
        _ => Some(value),
    }
}

fn expected_of(key: u16) -> &'static str {
    match key {
        svcb::MANDATORY => "names of keys with commas between",
        svcb::ALPN => "protocol ids of 1 to 255 octets with commas between",
        svcb::PORT => "a port",
        svcb::IPV4HINT => "IPv4 addresses with commas between",
        svcb::IPV6HINT => "IPv6 addresses with commas between",
        _ => "base64",
    }
}

/// Items of a list that needs no escapes; one that is not UTF-8 is empty, which nothing accepts.
fn items(value: &[u8]) -> impl Iterator<Item = &str> {
    value.split(|octet| *octet == b',').map(|item| std::str::from_utf8(item).unwrap_or_default())
}

/// RFC 9460 appendix A.1: within an item, `\,` is a comma and `\\` a backslash.
fn parse_alpn(value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut id = Vec::new();
    let mut octets = value.iter();
    loop {
        let octet = octets.next();
        match octet {
            Some(b'\\') => id.push(*octets.next()?),
            Some(b',') | None => {
                out.push(u8::try_from(id.len()).ok().filter(|length| *length > 0)?);
                out.append(&mut id);
            }
            Some(octet) => id.push(*octet),
        }
        if octet.is_none() {
            return Some(out);
        }
    }
}
