//! Zone serials and their order.
//!
//! Pure.
//!
//! Standards: RFC 1982 §3 (serial number arithmetic).
//!
//! Not here: what to do about a serial that went back (`proto::refresh`).

use core::cmp::Ordering;
use core::fmt;

/// SOA SERIAL: a point on a circle of 2³², ordered by RFC 1982 §3.2.
///
/// Not `Ord`: two serials exactly 2³¹ apart have no order, so sorting is meaningless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Serial(pub u32);

impl Serial {
    /// True only if the order is defined; an undefined order is never progress.
    #[must_use]
    pub const fn is_newer_than(self, held: Self) -> bool {
        matches!(self.0.wrapping_sub(held.0), 1..=0x7fff_ffff)
    }

    /// `None` when the distance is exactly 2³¹, which RFC 1982 leaves undefined.
    #[must_use]
    pub const fn compare(self, other: Self) -> Option<Ordering> {
        match self.0.wrapping_sub(other.0) {
            0 => Some(Ordering::Equal),
            0x8000_0000 => None,
            1..=0x7fff_ffff => Some(Ordering::Greater),
            0x8000_0001..=u32::MAX => Some(Ordering::Less),
        }
    }

    /// Steps forward from `older` to this serial on the circle; more than 2³⁰ deserves a look.
    #[must_use]
    pub const fn steps_from(self, older: Self) -> u32 {
        self.0.wrapping_sub(older.0)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// RFC 1982 §3.1: adding 1..2³¹-1 yields a newer serial, and never an older one.
        #[test]
        fn adding_within_the_window_is_newer(held: u32, step in 1..0x8000_0000_u32) {
            let (held, next) = (Serial(held), Serial(held.wrapping_add(step)));
            prop_assert!(next.is_newer_than(held) && !held.is_newer_than(next));
            prop_assert_eq!(next.steps_from(held), step);
        }

        #[test]
        fn compare_and_is_newer_than_agree(a: u32, b: u32) {
            let (a, b) = (Serial(a), Serial(b));
            prop_assert_eq!(a.is_newer_than(b), a.compare(b) == Some(Ordering::Greater));
            prop_assert_eq!(a.compare(b).map(Ordering::reverse), b.compare(a));
        }
    }

    #[test]
    fn opposite_serials_have_no_order() {
        let (a, b) = (Serial(0), Serial(0x8000_0000));
        assert_eq!(a.compare(b), None);
        assert!(!a.is_newer_than(b) && !b.is_newer_than(a));
    }
}
