//! The one place that reads clocks, and the one place that converts between them.
//!
//! Deadlines are monotonic in memory ([`Mono`]) and wall time on disk ([`UnixSeconds`]). Monotonic
//! time goes on while the machine is suspended (`CLOCK_BOOTTIME`), because EXPIRE does too; sleeps
//! do not, so none is longer than a resumed machine may be late ([`Clock::instant`]).

use proto::time::{Mono, UnixSeconds};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How late a deadline may be noticed after the machine was suspended.
const SLEEP_MAX_MS: u64 = 30_000;

/// Milliseconds since the daemon started, and the date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Since the machine's start.
    started: Duration,
}

impl Clock {
    /// A clock that reads zero now.
    pub(crate) fn start() -> Self {
        Self { started: since_boot() }
    }

    /// Time since the start, for deadlines.
    pub(crate) fn now(self) -> Mono {
        let elapsed = since_boot().saturating_sub(self.started);
        Mono(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
    }

    /// The date, for TSIG, disk and people. Before 1970 reads as 1970.
    pub(crate) fn wall(self) -> UnixSeconds {
        UnixSeconds(since_1970().as_secs())
    }

    /// How far the date is ahead of [`Clock::now`], in seconds. It changes when somebody sets the
    /// date; that the system makes its seconds longer or shorter adds up too.
    pub(crate) fn date_ahead_s(self) -> u64 {
        self.wall_at(Mono(0)).0
    }

    /// When to wake for `at`, on the tokio clock, which stands still while the machine is suspended.
    /// Never more than half a minute ahead: who wakes must look at [`Clock::now`] and sleep again.
    pub(crate) fn instant(self, at: Mono) -> tokio::time::Instant {
        let wait = at.0.saturating_sub(self.now().0).min(SLEEP_MAX_MS);
        tokio::time::Instant::now() + Duration::from_millis(wait)
    }

    /// The date at `at`; deadlines beyond reckoning become the end of time.
    pub(crate) fn wall_at(self, at: Mono) -> UnixSeconds {
        let wall_ms = u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX);
        date(wall_ms, self.now(), at)
    }
}

/// The date at `at`, if `now` is `wall_ms` after 1970. Milliseconds are cut off last, so that who asks
/// again in the same second hears the same date.
const fn date(wall_ms: u64, now: Mono, at: Mono) -> UnixSeconds {
    let ahead = wall_ms.saturating_add(at.0.saturating_sub(now.0));
    UnixSeconds(ahead.saturating_sub(now.0.saturating_sub(at.0)) / 1_000)
}

/// The date. Before 1970 reads as 1970.
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Since the machine's start, suspended or not.
fn since_boot() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_machine_notices_its_deadlines_soon() {
        let clock = Clock::start();
        let latest = |wait_ms| tokio::time::Instant::now() + Duration::from_millis(wait_ms);
        assert!(clock.instant(Mono::NEVER) <= latest(SLEEP_MAX_MS));
        assert!(clock.instant(clock.now().plus_ms(SLEEP_MAX_MS * 100)) <= latest(SLEEP_MAX_MS));
        assert!(clock.instant(Mono(0)) <= latest(0), "what was due is due now");
        let almost = latest(900);
        let soon = clock.instant(clock.now().plus_ms(1_000));
        assert!(almost < soon && soon <= latest(1_000));
    }

    #[test]
    fn a_deadline_has_a_date() {
        let clock = Clock::start();
        let later = clock.now().plus_ms(3_600_000);
        assert!(clock.wall_at(later).0.abs_diff(clock.wall().0 + 3_600) <= 1);
        assert!(clock.wall_at(Mono::NEVER).0 > clock.wall().0);
        assert!(clock.wall_at(Mono(0)).0 <= clock.wall().0);
    }

    #[test]
    fn a_deadline_has_one_date_whenever_it_is_asked_for() {
        for passed in [0, 1, 99, 100, 101, 999, 1_000, 3_600_500, 7_200_000] {
            let (wall_ms, now) = (1_700_000_000_900 + passed, Mono(50 + passed));
            assert_eq!(date(wall_ms, now, Mono(3_600_050)).0, 1_700_003_600, "after {passed} ms");
        }
    }
}
