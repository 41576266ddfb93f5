//! Reading and writing the small integers of pages and encoded diffs.
//!
//! Pure.
//!
//! Invariants: I1 reading never goes past the end and never panics. I2 what is written by a `put_*`
//! function is read back unchanged by its counterpart.

/// The unread rest of some octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Octets<'a>(pub(crate) &'a [u8]);

impl<'a> Octets<'a> {
    pub(crate) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next octet.
    pub(crate) fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next `count` octets.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Two octets in network order.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*taken))
    }

    /// Four octets in network order.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*taken))
    }

    /// A number of seven bits an octet, least significant first; the top bit says "more follows".
    pub(crate) fn varint(&mut self) -> Option<u32> {
        let first = self.octet()?;
        if first < 0x80 {
            return Some(u32::from(first));
        }
        let mut value = u32::from(first & 0x7f);
        for shift in [7_u32, 14, 21, 28] {
            let octet = self.octet()?;
            value |= u32::from(octet & 0x7f).checked_shl(shift)?;
            if octet < 0x80 {
                // The fifth octet has room for four bits only.
                return (shift < 28 || octet < 0x10).then_some(value);
            }
        }
        None
    }

    /// A [`Self::varint`] that counts octets.
    pub(crate) fn length(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }
}

/// Writes what [`Octets::varint`] reads.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(low_octet(value) | 0x80);
        value >>= 7;
    }
    out.push(low_octet(value));
}

/// Writes a length. Lengths above `u32::MAX` do not occur: rdata, keys and leaves are bounded.
pub(crate) fn put_length(out: &mut Vec<u8>, length: usize) {
    put_varint(out, u32::try_from(length).unwrap_or(u32::MAX));
}

/// A length that fits the two octets it is stored in; the caller keeps it below 2¹⁶.
pub(crate) fn short(length: usize) -> u16 {
    debug_assert!(length <= usize::from(u16::MAX), "a length of {length} in two octets");
    u16::try_from(length).unwrap_or(u16::MAX)
}

const fn low_octet(value: u32) -> u8 {
    value.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varint_reads_back_what_was_written(value: u32, rest: Vec<u8>) {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            out.extend_from_slice(&rest);
            let mut octets = Octets(&out);
            prop_assert_eq!(octets.varint(), Some(value));
            prop_assert_eq!(octets.0, &rest[..]);
        }

        #[test]
        fn no_octets_make_reading_panic(octets: Vec<u8>, count: usize) {
            let _ = Octets(&octets).varint();
            let _ = Octets(&octets).u16();
            let _ = Octets(&octets).u32();
            let _ = Octets(&octets).take(count);
        }
    }

    #[test]
    fn a_varint_above_32_bits_is_refused() {
        assert_eq!(Octets(&[0xff, 0xff, 0xff, 0xff, 0x1f]).varint(), None);
        assert_eq!(Octets(&[0xff, 0xff, 0xff, 0xff, 0x8f, 0]).varint(), None);
        assert_eq!(Octets(&[0xff, 0xff, 0xff, 0xff, 0x0f]).varint(), Some(u32::MAX));
    }
}
