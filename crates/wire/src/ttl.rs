//! Time to live.
//!
//! Pure.
//!
//! Standards: RFC 2181 §8 (31 bits; a set top bit means zero).
//!
//! Not here: one TTL for a whole rrset (RFC 2181 §5.2), which `zone` decides.

use core::fmt;

/// Time to live in seconds, 0..=2³¹-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(u32);

impl Ttl {
    /// Do not keep.
    pub const ZERO: Self = Self(0);

    /// Reads the wire field. A set top bit means zero, not "very long" (RFC 2181 §8).
    #[must_use]
    pub const fn from_wire(field: u32) -> Self {
        if field <= 0x7fff_ffff { Self(field) } else { Self(0) }
    }

    /// Seconds, for display and arithmetic at the edges; also the wire field.
    #[must_use]
    pub const fn as_secs(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_bit_reads_as_zero() {
        for (field, secs) in
            [(0, 0), (3_600, 3_600), (0x7fff_ffff, 0x7fff_ffff), (0x8000_0000, 0), (u32::MAX, 0)]
        {
            assert_eq!(Ttl::from_wire(field).as_secs(), secs, "field {field:#x}");
        }
    }
}
