//! Which thread commits a version: a large one is written for seconds, and the others must not wait for it.
//!
//! Invariant: the commits of one zone are made in the order in which they came.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use zone::ZoneId;

/// A committing thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Changes and small versions, many with one sync to disk.
    Small,
    /// Versions with a file of their own, one at a time.
    Large,
}

/// The zones that have something to commit, and where. One that has goes on in the same lane.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<BTreeMap<ZoneId, (Lane, u32)>>);

impl Lanes {
    /// Where the next version of a zone goes, if it may choose.
    pub(super) fn enter(&self, zone: ZoneId, choice: Lane) -> Lane {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (lane, count) = waiting.entry(zone).or_insert((choice, 0));
        *count += 1;
        *lane
    }

    /// One version of the zone is through, however it went.
    pub(super) fn leave(&self, zone: ZoneId) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = waiting.get_mut(&zone) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&zone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_of_a_zone_stay_in_one_lane_until_all_are_through() {
        let (lanes, zone, other) = (Lanes::default(), ZoneId(1), ZoneId(2));
        assert_eq!(lanes.enter(zone, Lane::Small), Lane::Small);
        assert_eq!(lanes.enter(zone, Lane::Large), Lane::Small, "it would overtake the first");
        assert_eq!(lanes.enter(other, Lane::Large), Lane::Large);
        lanes.leave(zone);
        assert_eq!(lanes.enter(zone, Lane::Large), Lane::Small);
        lanes.leave(zone);
        lanes.leave(zone);
        assert_eq!(lanes.enter(zone, Lane::Large), Lane::Large);
        assert_eq!(lanes.enter(other, Lane::Small), Lane::Large);
    }
}
