//! Time in the world: one true time, and what a machine's clocks make of it.
//!
//! Pure.
//!
//! Invariants: C1 true time never goes back. C2 a machine's monotonic clock begins at zero when its
//! daemon starts and then goes with true time; its date may be set to anything at any moment.

use proto::time::{Mono, UnixSeconds};

/// Milliseconds since the world began. Only the world and its judge read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct True(pub u64);

impl True {
    /// A moment that never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, wait_ms: u64) -> Self {
        Self(self.0.saturating_add(wait_ms))
    }

    /// So many seconds later.
    #[must_use]
    pub const fn plus_s(self, wait_s: u64) -> Self {
        self.plus_ms(wait_s.saturating_mul(1_000))
    }

    /// Milliseconds since `earlier`, zero when that lies ahead.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The date at which worlds begin, in milliseconds since 1970.
const BEGIN_MS: u64 = 1_800_000_000_000;

/// The clocks of the machine that the daemon runs on.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: True,
    started: True,
    /// What the date is ahead of the true one.
    ahead_ms: i64,
}

impl Clock {
    /// At the beginning of the world, with the right date.
    #[must_use]
    pub const fn new() -> Self {
        Self { now: True(0), started: True(0), ahead_ms: 0 }
    }

    /// True time.
    #[must_use]
    pub const fn true_now(&self) -> True {
        self.now
    }

    /// Lets time pass; earlier moments change nothing.
    pub fn advance_to(&mut self, at: True) {
        self.now = self.now.max(at);
    }

    /// The daemon starts.
    pub const fn start_daemon(&mut self) {
        self.started = self.now;
    }

    /// Monotonic time as the daemon reads it.
    #[must_use]
    pub const fn now(&self) -> Mono {
        Mono(self.now.since_ms(self.started))
    }

    /// True time of a deadline of the daemon.
    #[must_use]
    pub const fn true_at(&self, at: Mono) -> True {
        self.started.plus_ms(at.0)
    }

    /// Sets the date by so much; what lies before 1970 reads as 1970.
    pub const fn step_date(&mut self, by_ms: i64) {
        self.ahead_ms = self.ahead_ms.saturating_add(by_ms);
    }

    /// How much the date is ahead of the true one.
    #[must_use]
    pub const fn ahead_ms(&self) -> i64 {
        self.ahead_ms
    }

    /// The date as the daemon reads it.
    #[must_use]
    pub const fn wall(&self) -> UnixSeconds {
        UnixSeconds(self.wall_ms() / 1_000)
    }

    /// The true date, which primaries have.
    #[must_use]
    pub const fn true_wall(&self) -> UnixSeconds {
        UnixSeconds(BEGIN_MS.saturating_add(self.now.0) / 1_000)
    }

    /// The date at a deadline, as `server::clock` converts it.
    #[must_use]
    pub const fn wall_at(&self, at: Mono) -> UnixSeconds {
        let now = self.now();
        let ahead = self.wall_ms().saturating_add(at.0.saturating_sub(now.0));
        UnixSeconds(ahead.saturating_sub(now.0.saturating_sub(at.0)) / 1_000)
    }

    const fn wall_ms(&self) -> u64 {
        BEGIN_MS.saturating_add(self.now.0).saturating_add_signed(self.ahead_ms)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_set_while_monotonic_time_goes_on() {
        let mut clock = Clock::new();
        clock.advance_to(True(5_000));
        clock.start_daemon();
        clock.advance_to(True(7_000));
        let (wall, deadline) = (clock.wall(), clock.now().plus_ms(10_000));
        assert_eq!((clock.now(), clock.true_at(deadline)), (Mono(2_000), True(17_000)));
        assert_eq!(clock.wall_at(deadline).0, wall.0 + 10);
        clock.step_date(-3_600_000);
        assert_eq!((clock.now(), clock.wall().0), (Mono(2_000), wall.0 - 3_600));
        assert_eq!(clock.true_wall(), wall);
        clock.step_date(i64::MIN);
        assert_eq!(clock.wall(), UnixSeconds(0));
        clock.advance_to(True(1));
        assert_eq!(clock.true_now(), True(7_000), "time never goes back");
    }
}
