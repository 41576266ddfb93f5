//! The one place that reads clocks, and the one place that converts between them.
//!
//! Deadlines are monotonic in memory ([`Mono`]) and wall time on disk ([`UnixSeconds`]).

use proto::time::{Mono, UnixSeconds};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since the daemon started, and the date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock that reads zero now.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Time since the start, for deadlines.
    pub(crate) fn now(self) -> Mono {
        Mono(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The date, for TSIG, disk and people. Before 1970 reads as 1970.
    pub(crate) fn wall(self) -> UnixSeconds {
        UnixSeconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }

    /// When `at` will be, or was, on the tokio clock. Far futures are cut to a day.
    pub(crate) fn instant(self, at: Mono) -> tokio::time::Instant {
        const FAR: u64 = 86_400_000;
        let wait = at.0.saturating_sub(self.now().0).min(FAR);
        tokio::time::Instant::now() + Duration::from_millis(wait)
    }

    /// The date at `at`; deadlines beyond reckoning become the end of time.
    pub(crate) fn wall_at(self, at: Mono) -> UnixSeconds {
        let (now, wall) = (self.now().0, self.wall().0);
        UnixSeconds(if at.0 >= now {
            wall.saturating_add((at.0 - now) / 1_000)
        } else {
            wall.saturating_sub((now - at.0) / 1_000)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_has_a_date() {
        let clock = Clock::start();
        let later = clock.now().plus_ms(3_600_000);
        assert!(clock.wall_at(later).0.abs_diff(clock.wall().0 + 3_600) <= 1);
        assert!(clock.wall_at(Mono::NEVER).0 > clock.wall().0);
        assert!(clock.wall_at(Mono(0)).0 <= clock.wall().0);
    }
}
