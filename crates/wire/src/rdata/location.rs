//! LOC: a place on the globe.
//!
//! Pure.
//!
//! Standards: RFC 1876 §2 (wire form), §3 (text form).

use super::field::u32_at;
use super::words::{TextError, Words};
use core::fmt;

/// Thousandths of a second of arc at the equator and at Greenwich.
const ORIGIN: u32 = 1 << 31;
/// Thousandths of a second of arc in a degree.
const DEGREE: u32 = 3_600_000;
/// Altitude zero is 100 km below the reference spheroid; in centimetres.
const ALTITUDE_BASE: u32 = 10_000_000;

/// Whether [`print`] says everything: version 0, angles on the globe, sizes in normal form.
pub(super) fn is_printable(octets: &[u8]) -> bool {
    let &[version, size, horizontal, vertical, ..] = octets else { return false };
    let on_globe = |at, degrees_max: u32| {
        u32_at(octets, at).abs_diff(ORIGIN) <= degrees_max.saturating_mul(DEGREE)
    };
    octets.len() == 16
        && version == 0
        && [size, horizontal, vertical].into_iter().all(is_normal)
        && on_globe(4, 90)
        && on_globe(8, 180)
}

/// A mantissa of one digit, not zero unless the whole is, and an exponent of one digit.
const fn is_normal(precision: u8) -> bool {
    let (mantissa, exponent) = (precision >> 4, precision & 0x0f);
    precision == 0 || (mantissa >= 1 && mantissa <= 9 && exponent <= 9)
}

/// Prints the sixteen octets.
pub(super) fn print(octets: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    print_angle(u32_at(octets, 4), ['N', 'S'], out)?;
    out.write_str(" ")?;
    print_angle(u32_at(octets, 8), ['E', 'W'], out)?;
    let altitude = i64::from(u32_at(octets, 12)).saturating_sub(i64::from(ALTITUDE_BASE));
    let (sign, centimetres) = (if altitude < 0 { "-" } else { "" }, altitude.unsigned_abs());
    write!(out, " {sign}")?;
    print_metres(centimetres, out)?;
    for precision in octets.iter().skip(1).take(3) {
        let power = 10_u64.saturating_pow(u32::from(precision & 0x0f));
        out.write_str(" ")?;
        print_metres(u64::from(precision >> 4).saturating_mul(power), out)?;
    }
    Ok(())
}

fn print_angle(angle: u32, signs: [char; 2], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [positive, negative] = signs;
    let sign = if angle >= ORIGIN { positive } else { negative };
    let thousandths = angle.abs_diff(ORIGIN);
    let (degrees, rest) = (thousandths / DEGREE, thousandths % DEGREE);
    let (minutes, rest) = (rest / 60_000, rest % 60_000);
    write!(out, "{degrees} {minutes} {}.{:03} {sign}", rest / 1_000, rest % 1_000)
}

fn print_metres(centimetres: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "{}.{:02}m", centimetres / 100, centimetres % 100)
}

/// Reads the text form and appends sixteen octets.
pub(super) fn parse(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), TextError> {
    let latitude = parse_angle(words, 90, ["N", "S"], "a latitude as `52 22 23.000 N`")?;
    let longitude = parse_angle(words, 180, ["E", "W"], "a longitude as `4 53 32.000 E`")?;
    let altitude = parse_altitude(words)?;
    // RFC 1876 §3: size 1 m, horizontal precision 10,000 m, vertical precision 10 m.
    let mut precisions = [0x12_u8, 0x16, 0x13];
    for precision in &mut precisions {
        let Some(word) = words.next() else { break };
        let centimetres = word.plain().and_then(|text| hundredths(text.trim_end_matches('m')));
        *precision = centimetres.and_then(to_precision).ok_or_else(|| word.unexpected(METRES))?;
    }
    out.push(0);
    out.extend_from_slice(&precisions);
    for number in [latitude, longitude, altitude] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    Ok(())
}

const METRES: &str = "metres as `10.00m`";

fn parse_angle(
    words: &mut Words<'_>,
    degrees_max: u32,
    signs: [&str; 2],
    expected: &'static str,
) -> Result<u32, TextError> {
    let [positive, negative] = signs;
    let mut total = 0_u32;
    let mut units = [DEGREE, 60_000, 1_000].into_iter();
    loop {
        let word = words.expect(expected)?;
        let text = word.plain().unwrap_or_default();
        let is_negative = text.eq_ignore_ascii_case(negative);
        let in_range = total <= degrees_max.saturating_mul(DEGREE);
        if (is_negative || text.eq_ignore_ascii_case(positive)) && in_range && units.len() < 3 {
            return Ok(if is_negative { ORIGIN.wrapping_sub(total) } else { ORIGIN | total });
        }
        let unit = units.next().ok_or_else(|| word.unexpected(expected))?;
        let number_max = if unit == DEGREE { degrees_max } else { 59 };
        total = parse_part(text, unit, number_max)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| word.unexpected(expected))?;
    }
}

/// Degrees and minutes are whole; seconds have up to three decimals.
fn parse_part(text: &str, unit: u32, number_max: u32) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || (unit != 1_000 && text.contains('.')) {
        return None;
    }
    let number: u32 = digits(whole)?;
    let thousandths: u32 = digits(&format!("{decimals:0<3}"))?;
    if number > number_max {
        return None;
    }
    number.checked_mul(unit)?.checked_add(thousandths)
}

fn parse_altitude(words: &mut Words<'_>) -> Result<u32, TextError> {
    let word = words.expect(METRES)?;
    let text = word.plain().unwrap_or_default().trim_end_matches('m');
    let (size, is_negative) = match text.strip_prefix('-') {
        Some(size) => (size, true),
        None => (text, false),
    };
    hundredths(size)
        .and_then(|size| {
            if is_negative {
                ALTITUDE_BASE.checked_sub(u32::try_from(size).ok()?)
            } else {
                u32::try_from(size.checked_add(u64::from(ALTITUDE_BASE))?).ok()
            }
        })
        .ok_or_else(|| word.unexpected(METRES))
}

/// A number with up to two decimals, times a hundred.
fn hundredths(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 2 {
        return None;
    }
    let fraction: u64 = digits(&format!("{decimals:0<2}"))?;
    digits::<u64>(whole)?.checked_mul(100)?.checked_add(fraction)
}

fn digits<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|octet| octet.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Centimetres as mantissa and exponent, cut to one digit (RFC 1876 §2).
fn to_precision(centimetres: u64) -> Option<u8> {
    let (mut mantissa, mut exponent) = (centimetres, 0_u8);
    while mantissa > 9 {
        mantissa /= 10;
        exponent = exponent.checked_add(1)?;
    }
    let mantissa = u8::try_from(mantissa).ok()?;
    (exponent <= 9).then_some((mantissa << 4) | exponent)
}
