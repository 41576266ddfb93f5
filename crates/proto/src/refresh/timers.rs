//! The SOA timers, and the bounds an operator puts on them.
//!
//! Pure.
//!
//! Standards: RFC 1035 §3.3.13 (SOA timers).
//!
//! Not here: what is done when one runs out (`refresh`).

use crate::time::{Seconds, UnixSeconds};
use wire::serial::Serial;

/// The SOA fields that the refresh machine reads, as the primary sent them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoaTimers {
    /// Version of the zone.
    pub serial: Serial,
    /// Wait after success.
    pub refresh: Seconds,
    /// Wait after failure.
    pub retry: Seconds,
    /// Silence after which answers stop.
    pub expire: Seconds,
}

/// Timers as received and as followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// From the SOA record.
    pub received: SoaTimers,
    /// After the bounds.
    pub effective: SoaTimers,
}

impl Timers {
    /// Whether the bounds changed anything: `SOA_TIMER_CLAMPED`.
    #[must_use]
    pub fn is_clamped(&self) -> bool {
        self.received != self.effective
    }
}

/// What was written of a zone's deadlines, when a version of it was last confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Of the version that was held then.
    pub serial: Serial,
    /// When a primary confirmed it.
    pub confirmed_at: UnixSeconds,
    /// When it was to expire.
    pub expires_at: UnixSeconds,
}

/// How long a version found on disk may still be served, by what was written when it was last
/// confirmed. A wall clock that stands before that moment proves nothing: it makes no version good
/// for longer than its EXPIRE, and takes nothing away from it. A version of which nothing was
/// written was never served.
///
/// What is written follows the version by seconds. After a crash in between it speaks of the version
/// before, which may have had another EXPIRE; the one on disk was confirmed no earlier than that.
#[must_use]
pub fn remaining(saved: Option<Saved>, held: SoaTimers, wall: UnixSeconds) -> Seconds {
    let Some(Saved { serial, confirmed_at, expires_at }) = saved else { return Seconds(0) };
    let granted = expires_at.0.saturating_sub(confirmed_at.0).min(held.expire.0.into());
    let expires_at = match serial == held.serial {
        true => expires_at.0,
        false => confirmed_at.0.saturating_add(granted),
    };
    let left = expires_at.saturating_sub(wall.0).min(granted);
    Seconds(u32::try_from(left).unwrap_or(u32::MAX))
}

/// What REFRESH and RETRY are clamped to, in seconds. Invariant: 1 ≤ min ≤ max for each.
/// EXPIRE has no bounds: it is never lengthened, and shortening it is the primary's to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    refresh: (Seconds, Seconds),
    retry: (Seconds, Seconds),
}

impl Default for Bounds {
    fn default() -> Self {
        Self { refresh: (Seconds(1_200), Seconds(43_200)), retry: (Seconds(60), Seconds(43_200)) }
    }
}

impl Bounds {
    /// From (min, max) of REFRESH and of RETRY, in seconds.
    ///
    /// # Errors
    ///
    /// When a minimum is zero or above its maximum.
    pub const fn new(refresh: (u32, u32), retry: (u32, u32)) -> Result<Self, BoundsError> {
        if refresh.0 == 0 || refresh.0 > refresh.1 {
            return Err(BoundsError { timer: "refresh", min: refresh.0, max: refresh.1 });
        }
        if retry.0 == 0 || retry.0 > retry.1 {
            return Err(BoundsError { timer: "retry", min: retry.0, max: retry.1 });
        }
        Ok(Self {
            refresh: (Seconds(refresh.0), Seconds(refresh.1)),
            retry: (Seconds(retry.0), Seconds(retry.1)),
        })
    }

    /// Least and greatest REFRESH.
    #[must_use]
    pub const fn refresh(self) -> (Seconds, Seconds) {
        self.refresh
    }

    /// Least and greatest RETRY.
    #[must_use]
    pub const fn retry(self) -> (Seconds, Seconds) {
        self.retry
    }

    /// The timers to follow: REFRESH within bounds but at most EXPIRE/3, so that two attempts may
    /// be lost before answers stop; RETRY within bounds but at most the REFRESH followed. An EXPIRE
    /// of next to nothing does not make us ask all the time.
    #[must_use]
    pub fn apply(self, received: SoaTimers) -> Timers {
        /// Least wait, unless the least RETRY is shorter.
        const LEAST: Seconds = Seconds(10);
        let third = Seconds(received.expire.0 / 3).max(LEAST.min(self.retry.0));
        let refresh = received.refresh.clamp(self.refresh.0, self.refresh.1).min(third);
        let retry = received.retry.clamp(self.retry.0, self.retry.1).min(refresh);
        Timers { received, effective: SoaTimers { refresh, retry, ..received } }
    }
}

/// Bounds that admit nothing, or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{timer}: need 1 <= {min} <= {max} (seconds)")]
pub struct BoundsError {
    /// `refresh` or `retry`.
    pub timer: &'static str,
    /// Lower bound given.
    pub min: u32,
    /// Upper bound given.
    pub max: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(received: (u32, u32, u32), followed: (u32, u32, u32)) {
        let soa = |(refresh, retry, expire)| SoaTimers {
            serial: Serial(1),
            refresh: Seconds(refresh),
            retry: Seconds(retry),
            expire: Seconds(expire),
        };
        let timers = Bounds::default().apply(soa(received));
        assert_eq!(timers.effective, soa(followed), "from {received:?}");
        assert_eq!(timers.is_clamped(), received != followed);
    }

    #[test]
    fn timers_are_clamped_to_bounds_and_to_a_third_of_expire() {
        check((3_600, 900, 604_800), (3_600, 900, 604_800));
        check((60, 30, 604_800), (1_200, 60, 604_800));
        check((86_400, 7_200, 604_800), (43_200, 7_200, 604_800));
        check((3_600, 7_200, 604_800), (3_600, 3_600, 604_800)); // retry above refresh
        check((3_600, 600, 900), (300, 300, 900)); // EXPIRE below REFRESH
        check((0, 0, 0), (10, 10, 0));
        check((60, 60, 29), (10, 10, 29));
        check((60, 60, 33), (11, 11, 33));
        check((u32::MAX, u32::MAX, u32::MAX), (43_200, 43_200, u32::MAX));
    }

    /// Seconds left of serial 7 with an EXPIRE of 600, when `serial` was (confirmed, to expire).
    fn left_of(serial: u32, (confirmed, expires): (u64, u64), wall: u64) -> u32 {
        let (confirmed_at, expires_at) = (UnixSeconds(confirmed), UnixSeconds(expires));
        let saved = Saved { serial: Serial(serial), confirmed_at, expires_at };
        let (refresh, retry, expire) = (Seconds(60), Seconds(60), Seconds(600));
        let held = SoaTimers { serial: Serial(7), refresh, retry, expire };
        remaining(Some(saved), held, UnixSeconds(wall)).0
    }

    #[test]
    fn deadline_of_the_version_before_makes_expiry_earlier_and_never_later() {
        assert_eq!(left_of(6, (1_000, 9_000), 1_000), 600);
        assert_eq!(left_of(6, (1_000, 9_000), 1_500), 100);
        assert_eq!(left_of(6, (1_000, 9_000), 1_600), 0, "it may have been confirmed no later");
        assert_eq!(left_of(6, (1_000, 1_010), 1_005), 5, "nothing more was granted");
        assert_eq!(left_of(6, (1_000, 9_000), 10), 600, "clock set back");
    }

    #[test]
    fn version_without_a_deadline_was_never_served_and_is_not() {
        let none = Seconds(0);
        let held = SoaTimers { serial: Serial(7), refresh: none, retry: none, expire: Seconds(9) };
        assert_eq!(remaining(None, held, UnixSeconds(0)), Seconds(0));
    }

    #[test]
    fn restart_neither_extends_nor_shortens_what_was_granted() {
        let left = |confirmed, expires, wall| left_of(7, (confirmed, expires), wall);
        assert_eq!(left(1_000, 1_600, 1_100), 500);
        assert_eq!(left(1_000, 1_600, 1_600), 0);
        assert_eq!(left(1_000, 1_600, 9_999), 0);
        assert_eq!(left(1_000, 1_600, 10), 600, "clock set back: as if no time had passed");
        assert_eq!(left(1_000, 999_999, 1_000), 600, "never longer than EXPIRE");
        assert_eq!(left(1_000, 1_010, 500), 10, "less was left already");
    }

    #[test]
    fn bounds_that_admit_nothing_are_refused() {
        assert!(Bounds::new((0, 5), (1, 2)).is_err());
        assert!(Bounds::new((6, 5), (1, 2)).is_err());
        assert!(Bounds::new((5, 5), (2, 1)).is_err());
        assert!(Bounds::new((5, 5), (1, 1)).is_ok());
    }
}
