//! Text to rdata.
//!
//! Pure.
//!
//! Standards: RFC 1035 §5.1 · RFC 3597 §5 (`\# n hex`, for known types too) · RFC 4034 · RFC 5155 · RFC
//! 1706 §6 (NSAP) · RFC 3123 §5 (APL).
//!
//! Invariants: I1 what is appended passes `validate`. I2 on error the caller's buffer is as it was.
//!
//! Not here: SvcParams (`params`), LOC (`location`), splitting text into words (`words`).

use super::table::{self, Field};
use super::words::{Lexer, TextError, TextFault, Word, Words, unescape_into, unexpected};
use super::{bitmap, dependent, location, mnemonics, params, validate};
use crate::codes::Rrtype;
use crate::name::{Name, NameRef};
use core::net::{Ipv4Addr, Ipv6Addr};
use data_encoding::{BASE32HEX_NOPAD, BASE64, Encoding, HEXLOWER_PERMISSIVE};

/// Reads one rdata from text and appends its wire form to `out`. Relative names end in `origin`.
///
/// # Errors
/// When the text is not an rdata of this type; `out` is then unchanged.
pub fn parse(
    rrtype: Rrtype,
    text: &str,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let (mut lexer, mut spans, mut more) = (Lexer::new(), Vec::new(), Vec::new());
    lexer.entry(text.as_bytes(), &mut spans)?;
    if let Some(next) = lexer.entry(text.as_bytes(), &mut more)? {
        return Err(unexpected(next.line, "a second line", "one record"));
    }
    parse_words(rrtype, Words::new(text.as_bytes(), &spans, 1), origin, out)
}

/// Reads an rdata from all of `words`.
pub(crate) fn parse_words(
    rrtype: Rrtype,
    mut words: Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let before = out.len();
    let parsed = parse_any(rrtype, &mut words, origin, out).and_then(|()| {
        words.expect_end()?;
        let rdata = out.get(before..).unwrap_or_default();
        validate(rrtype, rdata).map_err(|rule| TextError {
            line: words.line(),
            fault: TextFault::Rdata { rrtype, rule },
        })
    });
    if parsed.is_err() {
        out.truncate(before);
    }
    parsed
}

fn parse_any(
    rrtype: Rrtype,
    words: &mut Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    if words.peek().is_some_and(|word| word.plain() == Some("\\#")) {
        words.next();
        return parse_generic(words, out);
    }
    let Some(row) = table::row(rrtype) else {
        let word = words.expect(GENERIC)?;
        return Err(word.unexpected(GENERIC));
    };
    row.fields.iter().try_for_each(|field| parse_field(*field, words, origin, out))
}

const GENERIC: &str = "`\\#`, a length and hex, the form of types without one of their own";

fn parse_generic(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    let length: u16 = parse_number(words, "the length of the rdata")?;
    let before = out.len();
    decode_rest(words, &HEXLOWER_PERMISSIVE, "hex digits", out)?;
    let octets = out.len().saturating_sub(before);
    if octets == usize::from(length) {
        return Ok(());
    }
    let found = format!("{octets} octets after a length of {length}");
    Err(unexpected(words.line(), found, "as many octets as the length says"))
}

fn parse_field(
    field: Field,
    words: &mut Words<'_>,
    origin: NameRef<'_>,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let label = field.label();
    match field {
        Field::Name(_) => {
            let name = parse_name(words.expect(label)?, origin)?;
            out.extend_from_slice(name.as_wire());
        }
        Field::Fixed(fixed) => {
            let word = words.expect(label)?;
            let read = word.plain().and_then(|text| fixed.parse(text, out));
            read.ok_or_else(|| word.unexpected(label))?;
        }
        Field::Text | Field::Tag => push_text(words.expect(label)?, out)?,
        Field::Texts | Field::TextPair => {
            push_text(words.expect(label)?, out)?;
            while let Some(word) = words.next() {
                push_text(word, out)?;
            }
        }
        Field::Quoted(_) => unescape_into(words.expect(label)?, out)?,
        Field::Hex(_) => decode_rest(words, &HEXLOWER_PERMISSIVE, label, out)?,
        Field::Base64(_) => decode_rest(words, &BASE64, label, out)?,
        Field::Blob => parse_blob(words, label, out)?,
        Field::Nsap => {
            let word = words.expect(label)?;
            let octets = nsap(word).ok_or_else(|| word.unexpected(label))?;
            out.extend(octets);
        }
        Field::AtmAddress => {
            let word = words.expect(label)?;
            let octets = atm_address(word).ok_or_else(|| word.unexpected(label))?;
            out.extend(octets);
        }
        Field::Salt => parse_salt(words, label, out)?,
        Field::NextHashed => {
            let word = words.expect(label)?;
            push_decoded(word, &BASE32HEX_NOPAD, &word.raw.to_ascii_uppercase(), label, out)?;
        }
        Field::Bitmap(_) => bitmap::build(&mut parse_rest::<Rrtype>(words, label)?, out),
        Field::NxtBitmap => {
            let types: Vec<Rrtype> = parse_rest(words, label)?;
            push_bits(types.iter().map(|rrtype| rrtype.0), out);
        }
        Field::Ports => {
            let mut ports = Vec::new();
            while words.peek().is_some() {
                ports.push(parse_plain(words, label, mnemonics::port)?);
            }
            push_bits(ports.into_iter(), out);
        }
        Field::Names => {
            while let Some(word) = words.next() {
                out.extend_from_slice(parse_name(word, origin)?.as_wire());
            }
        }
        Field::Dependent(field) => dependent::parse(field, words, origin, out)?,
        Field::SvcParams => params::parse(words, out)?,
        Field::Prefixes => {
            while let Some(word) = words.next() {
                push_prefix(word, out).ok_or_else(|| word.unexpected(label))?;
            }
        }
        Field::Location => location::parse(words, out)?,
    }
    Ok(())
}

/// A name; `@` stands for the origin.
pub(crate) fn parse_name(word: Word<'_>, origin: NameRef<'_>) -> Result<Name, TextError> {
    if word.plain() == Some("@") {
        return Ok(origin.to_name());
    }
    Name::parse(word.raw, origin).map_err(|_| word.unexpected(Field::NAME_LABEL))
}

fn parse_plain<T>(
    words: &mut Words<'_>,
    label: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, TextError> {
    let word = words.expect(label)?;
    word.plain().and_then(read).ok_or_else(|| word.unexpected(label))
}

/// Whatever parses by itself: numbers, addresses, types. A sign is no part of a number.
fn parse_number<T: std::str::FromStr>(
    words: &mut Words<'_>,
    label: &'static str,
) -> Result<T, TextError> {
    parse_plain(words, label, unsigned)
}

pub(super) fn unsigned<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

fn parse_rest<T: std::str::FromStr>(
    words: &mut Words<'_>,
    label: &'static str,
) -> Result<Vec<T>, TextError> {
    let mut items = Vec::new();
    while words.peek().is_some() {
        items.push(parse_number(words, label)?);
    }
    Ok(items)
}

/// All remaining words as one; white space may stand anywhere in hex and base64.
fn decode_rest(
    words: &mut Words<'_>,
    encoding: &Encoding,
    label: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let first = words.peek();
    let mut joined = Vec::new();
    while let Some(word) = words.next() {
        joined.extend_from_slice(word.raw);
    }
    let decoded = encoding.decode(&joined).ok();
    match (decoded, first) {
        (Some(decoded), _) => out.extend(decoded),
        (None, Some(word)) => return Err(word.unexpected(label)),
        (None, None) => return Err(unexpected(words.line(), "nothing", label)),
    }
    Ok(())
}

fn parse_salt(
    words: &mut Words<'_>,
    label: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let word = words.expect(label)?;
    if word.plain() == Some("-") {
        out.push(0);
        return Ok(());
    }
    push_decoded(word, &HEXLOWER_PERMISSIVE, word.raw, label, out)
}

/// Base64 up to the end, or `-` for nothing.
fn parse_blob(
    words: &mut Words<'_>,
    label: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    match words.peek() {
        None => Err(unexpected(words.line(), "nothing", label)),
        Some(word) if word.plain() == Some("-") => {
            words.next();
            Ok(())
        }
        Some(_) => decode_rest(words, &BASE64, label, out),
    }
}

/// RFC 1706 §6: `0x`, then hex digits with dots anywhere between them.
fn nsap(word: Word<'_>) -> Option<Vec<u8>> {
    let text = word.plain()?;
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    hex_with_dots(digits)
}

/// `+` and digits are an E.164 number, hex digits an end system's address (af-dans-0152 §3).
fn atm_address(word: Word<'_>) -> Option<Vec<u8>> {
    let text = word.plain()?;
    let (format, octets) = match text.strip_prefix('+') {
        Some(digits) => {
            let is_number = digits.bytes().all(|octet| octet.is_ascii_digit());
            (1, is_number.then(|| digits.as_bytes().to_vec())?)
        }
        None => (0, hex_with_dots(text)?),
    };
    Some(std::iter::once(format).chain(octets).collect())
}

fn hex_with_dots(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.replace('.', "").as_bytes()).ok()
}

/// A length octet and what `text` encodes, which may not be nothing.
fn push_decoded(
    word: Word<'_>,
    encoding: &Encoding,
    text: &[u8],
    label: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), TextError> {
    let decoded = encoding.decode(text).ok().filter(|decoded| !decoded.is_empty());
    let length = decoded.as_ref().and_then(|decoded| u8::try_from(decoded.len()).ok());
    let (Some(decoded), Some(length)) = (decoded, length) else {
        return Err(word.unexpected(label));
    };
    out.push(length);
    out.extend(decoded);
    Ok(())
}

/// A character-string: at most 255 octets after its length.
fn push_text(word: Word<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    let mut text = Vec::new();
    unescape_into(word, &mut text)?;
    let length = u8::try_from(text.len())
        .map_err(|_| word.unexpected("a character-string of at most 255 octets"))?;
    out.push(length);
    out.extend(text);
    Ok(())
}

/// Bits by number, most significant first, as many octets as the highest needs.
fn push_bits(numbers: impl Iterator<Item = u16>, out: &mut Vec<u8>) {
    let start = out.len();
    for number in numbers {
        let at = start.saturating_add(usize::from(number >> 3));
        if out.len() <= at {
            out.resize(at.saturating_add(1), 0);
        }
        if let Some(octet) = out.get_mut(at) {
            *octet |= 0x80 >> (number & 7);
        }
    }
}

/// `[!]family:address/bits` (RFC 3123 §5).
fn push_prefix(word: Word<'_>, out: &mut Vec<u8>) -> Option<()> {
    let text = word.plain()?;
    let (text, negation) = text.strip_prefix('!').map_or((text, 0), |rest| (rest, 0x80));
    let (family, rest) = text.split_once(':')?;
    let (address, bits) = rest.split_once('/')?;
    let family: u16 = unsigned(family)?;
    let address = match family {
        1 => address.parse::<Ipv4Addr>().ok()?.octets().to_vec(),
        2 => address.parse::<Ipv6Addr>().ok()?.octets().to_vec(),
        _ => return None,
    };
    let used =
        address.iter().rposition(|octet| *octet != 0).map_or(0, |last| last.saturating_add(1));
    out.extend(family.to_be_bytes());
    out.push(unsigned(bits)?);
    out.push(u8::try_from(used).ok()? | negation);
    out.extend(address.iter().take(used));
    Some(())
}
