//! Numbers of octets as people write them.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// Octets: a whole number, or text with a unit such as `"512 MiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size(pub(super) u64);

const UNITS: [(&str, u32); 4] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];

impl<'de> serde::Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("octets as a whole number, or as text with KiB, MiB, GiB or TiB")
    }

    fn visit_i64<E: Error>(self, octets: i64) -> Result<Size, E> {
        let size = u64::try_from(octets).map(Size);
        size.map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(octets), &self))
    }

    fn visit_u64<E: Error>(self, octets: u64) -> Result<Size, E> {
        Ok(Size(octets))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

fn parse(text: &str) -> Option<Size> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (_, shift) = UNITS.into_iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(1_u64.checked_shl(shift)?).map(Size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units_and_do_not_overflow() {
        for (text, octets) in [
            ("1 KiB", Some(1_024)),
            ("512MiB", Some(512 << 20)),
            ("2 GiB", Some(2 << 30)),
            ("16777215 TiB", Some(16_777_215 << 40)),
            ("16777216 TiB", None),
            ("2 GB", None),
            ("GiB", None),
            ("1.5 GiB", None),
            ("-1 GiB", None),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(parse(text), octets.map(Size), "{text}");
        }
    }
}
