//! Records as one line of text each, to be compared with what a claim expects.
//!
//! Names are in lower case: those who judge case look at octets. Of a signature only what it covers
//! is told (`RRSIG MX 2 example.`: type, labels, signer), of a key its flags and algorithm.

use super::types::{rcode, word};
use peers::ask::{Message, Name, Record};
use std::fmt::Write as _;

/// `owner ttl TYPE rdata`, with the class behind the ttl unless it is IN.
pub(crate) fn line(record: &Record) -> String {
    let Record { owner, ttl, rrtype, class, rdata } = record;
    let class = if *class == 1 { String::new() } else { format!("CLASS{class} ") };
    let owner = owner.folded();
    let rdata = rdata_text(*rrtype, rdata).unwrap_or_else(|| format!("malformed {}", hex(rdata)));
    format!("{owner} {ttl} {class}{} {rdata}", word(*rrtype)).trim_end().to_owned()
}

/// A whole message, for those who read why a claim fails.
pub(super) fn message(message: &Message) -> String {
    let flags = [
        (message.is_authoritative, "aa"),
        (message.is_truncated, "tc"),
        (message.recursion_desired, "rd"),
        (message.recursion_available, "ra"),
        (message.z, "z"),
        (message.authentic_data, "ad"),
        (message.checking_disabled, "cd"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, f)| *f).collect();
    let mut text = format!(
        "\n    got {} {} ({} octets, {})",
        rcode(message.rcode),
        flags.join(" "),
        message.len,
        message.edns.as_ref().map_or_else(|| "no EDNS".to_owned(), |edns| format!("{edns:?}")),
    );
    let sections = [
        ("answer", &message.answer),
        ("authority", &message.authority),
        ("additional", &message.additional),
    ];
    for (section, records) in sections {
        for record in records {
            let _infallible = write!(text, "\n        {section} {}", line(record));
        }
    }
    text
}

/// What the rdata of a type is made of.
enum Field {
    Octet,
    Short,
    Long,
    Name,
    Address4,
    Address6,
    /// A character string.
    Text,
    /// Character strings to the end.
    Texts,
    /// Octets behind their count, as salt and hash of NSEC3.
    Salt,
    Hash,
    /// A bitmap of types.
    Types,
    /// Not told.
    Rest,
    /// Octets to the end.
    Hex,
}

const fn fields(rrtype: u16) -> Option<&'static [Field]> {
    use Field::{Address4, Address6, Hash, Hex, Long, Name, Octet, Rest, Salt, Short};
    use Field::{Text, Texts, Types};
    Some(match rrtype {
        1 => &[Address4],
        2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 39 => &[Name],
        6 => &[Name, Name, Long, Long, Long, Long, Long],
        13 => &[Text, Text],
        14 | 17 => &[Name, Name],
        15 | 18 | 21 | 36 => &[Short, Name],
        16 | 99 => &[Texts],
        26 => &[Short, Name, Name],
        28 => &[Address6],
        33 => &[Short, Short, Short, Name],
        35 => &[Short, Short, Text, Text, Text, Name],
        43 => &[Short, Octet, Octet, Hex],
        47 => &[Name, Types],
        48 => &[Short, Octet, Octet, Rest],
        50 => &[Octet, Octet, Short, Salt, Hash, Types],
        51 => &[Octet, Octet, Short, Salt],
        _ => return None,
    })
}

fn rdata_text(rrtype: u16, rdata: &[u8]) -> Option<String> {
    if rrtype == 46 {
        return signature(rdata);
    }
    let Some(fields) = fields(rrtype) else {
        return Some(format!("\\# {} {}", rdata.len(), hex(rdata)));
    };
    let mut rest = rdata;
    let mut words = Vec::new();
    for field in fields {
        words.push(word_of(field, &mut rest)?);
    }
    words.retain(|word| !word.is_empty());
    rest.is_empty().then(|| words.join(" "))
}

fn word_of(field: &Field, rest: &mut &[u8]) -> Option<String> {
    Some(match field {
        Field::Octet => take(rest, 1)?[0].to_string(),
        Field::Short => u16::from_be_bytes(take(rest, 2)?.try_into().ok()?).to_string(),
        Field::Long => u32::from_be_bytes(take(rest, 4)?.try_into().ok()?).to_string(),
        Field::Name => name(rest)?,
        Field::Address4 => {
            std::net::Ipv4Addr::from(<[u8; 4]>::try_from(take(rest, 4)?).ok()?).to_string()
        }
        Field::Address6 => {
            std::net::Ipv6Addr::from(<[u8; 16]>::try_from(take(rest, 16)?).ok()?).to_string()
        }
        Field::Text => text(rest)?,
        Field::Texts => {
            let mut words = Vec::new();
            while !rest.is_empty() {
                words.push(text(rest)?);
            }
            words.join(" ")
        }
        Field::Salt => match counted(rest)? {
            [] => "-".to_owned(),
            salt => hex(salt),
        },
        Field::Hash => base32hex(counted(rest)?),
        Field::Types => types(take(rest, rest.len())?)?,
        Field::Rest => take(rest, rest.len()).map(|_| String::new())?,
        Field::Hex => hex(take(rest, rest.len())?),
    })
}

fn signature(rdata: &[u8]) -> Option<String> {
    let covered = u16::from_be_bytes(rdata.get(..2)?.try_into().ok()?);
    let labels = rdata.get(3)?;
    let mut rest = rdata.get(18..)?;
    Some(format!("{} {labels} {}", word(covered), name(&mut rest)?))
}

fn take<'r>(rest: &mut &'r [u8], count: usize) -> Option<&'r [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn counted<'r>(rest: &mut &'r [u8]) -> Option<&'r [u8]> {
    let count = usize::from(take(rest, 1)?[0]);
    take(rest, count)
}

fn text(rest: &mut &[u8]) -> Option<String> {
    Some(format!("\"{}\"", counted(rest)?.escape_ascii()))
}

fn name(rest: &mut &[u8]) -> Option<String> {
    let mut labels = Vec::new();
    loop {
        match counted(rest)? {
            [] => break,
            label => labels.push(label),
        }
    }
    Some(Name::from_labels(labels.into_iter()).folded().to_string())
}

/// The types of a bitmap (RFC 4034 §4.1.2).
fn types(mut bitmap: &[u8]) -> Option<String> {
    let mut words = Vec::new();
    while let Some((&window, mut rest)) = bitmap.split_first() {
        for (at, octet) in counted(&mut rest)?.iter().enumerate() {
            for bit in (0..8).filter(|bit| octet & (0x80 >> bit) != 0) {
                words.push(word(u16::from(window) << 8 | u16::try_from(at * 8 + bit).ok()?));
            }
        }
        bitmap = rest;
    }
    Some(words.join(" "))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _infallible = write!(text, "{octet:02x}");
        text
    })
}

/// RFC 4648 §7 without padding, in lower case.
fn base32hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    let (mut text, mut bits, mut count) = (String::new(), 0_u32, 0);
    for &octet in octets {
        (bits, count) = (bits << 8 | u32::from(octet), count + 8);
        while count >= 5 {
            count -= 5;
            text.push(char::from(DIGITS[(bits >> count & 31) as usize]));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        text.push(char::from(DIGITS[(bits << (5 - count) & 31) as usize]));
    }
    text
}
