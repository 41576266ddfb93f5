//! Type bitmaps of NSEC, NSEC3 and CSYNC.
//!
//! Pure; no allocation.
//!
//! Standards: RFC 4034 §4.1.2 (windows) · RFC 5155 §3.2.1 · RFC 7477 §2.1.2.
//!
//! Invariants: I1 windows ascend. I2 a window has 1 to 32 octets, the last of them not zero, so
//! that equal sets of types are equal octets.

use super::RdataError;
use super::table::BitmapRule;
use crate::codes::Rrtype;

/// Checks a bitmap that fills `rest` (threat 18).
pub(super) fn check(rest: &[u8], rule: BitmapRule) -> Result<(), RdataError> {
    if rest.is_empty() && rule == BitmapRule::NotEmpty {
        return Err(RdataError::Empty { field: "a type bitmap" });
    }
    let mut left = rest;
    let mut before = None;
    while !left.is_empty() {
        let &[window, length, ref after @ ..] = left else {
            return Err(RdataError::Short {
                field: "a bitmap window",
                needed: 2,
                left: left.len(),
            });
        };
        if before.is_some_and(|before| window <= before) {
            return Err(RdataError::BitmapOrder { window });
        }
        let octets = usize::from(length);
        let bits = after.get(..octets).ok_or(RdataError::Short {
            field: "a bitmap window",
            needed: octets,
            left: after.len(),
        })?;
        if octets > 32 || bits.last().is_none_or(|last| *last == 0) {
            return Err(RdataError::BitmapWindow { window, octets: length });
        }
        before = Some(window);
        left = after.get(octets..).unwrap_or_default();
    }
    Ok(())
}

/// The types a checked bitmap names, ascending.
pub fn types(bitmap: &[u8]) -> impl Iterator<Item = Rrtype> + '_ {
    let mut left = bitmap;
    let windows = std::iter::from_fn(move || {
        let &[window, length, ref after @ ..] = left else { return None };
        let bits = after.get(..usize::from(length))?;
        left = after.get(usize::from(length)..).unwrap_or_default();
        Some((window, bits))
    });
    windows.flat_map(|(window, bits)| {
        set_bits(bits).map(move |low| Rrtype(u16::from_be_bytes([window, low])))
    })
}

/// The numbers of the bits that are set in up to 32 octets, most significant bit first.
fn set_bits(bits: &[u8]) -> impl Iterator<Item = u8> + '_ {
    (0..=u8::MAX).filter(move |number| {
        bits.get(usize::from(number >> 3)).is_some_and(|octet| octet & (0x80 >> (number & 7)) != 0)
    })
}

/// Appends the bitmap of `types`, which it sorts.
pub(super) fn build(types: &mut [Rrtype], out: &mut Vec<u8>) {
    types.sort_unstable_by_key(|rrtype| rrtype.0);
    for same_window in types.chunk_by(|one, next| one.0 >> 8 == next.0 >> 8) {
        let mut bits = [0_u8; 32];
        let mut used = 0_u8;
        let mut window = 0_u8;
        for rrtype in same_window {
            let [high, low] = rrtype.0.to_be_bytes();
            window = high;
            if let Some(octet) = bits.get_mut(usize::from(low >> 3)) {
                *octet |= 0x80 >> (low & 7);
            }
            used = (low >> 3).saturating_add(1);
        }
        out.extend_from_slice(&[window, used]);
        out.extend(bits.iter().take(usize::from(used)));
    }
}
