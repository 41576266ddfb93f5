//! Waiting for what must happen, with a deadline; never sleeping and hoping.

use std::time::{Duration, Instant};

/// Between two looks. Short, since tests also measure how soon something was seen.
const PAUSE: Duration = Duration::from_millis(2);

/// Looks until there is something to see; fails the test, saying what was awaited, if not in time.
#[track_caller]
pub fn within<T>(limit: Duration, awaited: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "not within {limit:?}: {awaited}");
        std::thread::sleep(PAUSE);
    }
}

/// The same for a yes or no.
#[track_caller]
pub fn until(limit: Duration, awaited: &str, mut look: impl FnMut() -> bool) {
    within(limit, awaited, || look().then_some(()));
}

/// For what happens soon or not at all on one machine. Generous: CI machines stall.
pub const SOON: Duration = Duration::from_secs(15);
