//! Points and spans of time, always given, never read.
//!
//! Pure.
//!
//! Standards: RFC 1035 §3.3.13 (SOA timers in seconds) · RFC 8945 §4.2 (seconds since 1970).
//!
//! Invariants: sums saturate, so a deadline past the end of time is simply never reached.
//!
//! Not here: the clock, and wall time for the disk (`server` converts in one place).

use core::fmt;

/// Milliseconds on this machine's monotonic clock; only differences mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(pub u64);

impl Mono {
    /// A deadline that is never reached.
    pub const NEVER: Self = Self(u64::MAX);

    /// Saturates: a deadline past the end of time is simply never reached.
    #[must_use]
    pub const fn plus(self, wait: Seconds) -> Self {
        self.plus_ms((wait.0 as u64).saturating_mul(1_000))
    }

    /// Saturates like [`Mono::plus`].
    #[must_use]
    pub const fn plus_ms(self, wait_ms: u64) -> Self {
        Self(self.0.saturating_add(wait_ms))
    }

    /// Milliseconds since `earlier`; zero when `earlier` lies ahead.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A span in whole seconds, the unit of every SOA timer (RFC 1035 §3.3.13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u32);

impl Seconds {
    /// For sums with [`Mono`].
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        (self.0 as u64).saturating_mul(1_000)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} s", self.0)
    }
}

/// Seconds since 1970-01-01 UTC: what TSIG signs and operators read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate_at_the_end_of_time() {
        assert_eq!(Mono(u64::MAX - 1).plus(Seconds(u32::MAX)), Mono::NEVER);
        assert_eq!(Mono(5).since_ms(Mono(7)), 0);
        assert_eq!(Mono(1_000).plus(Seconds(2)), Mono(3_000));
    }
}
