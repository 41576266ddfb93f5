//! Random moments that can be had again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A small generator; its seed is printed, and taken from `UNDERSTUDY_SEED` if that is set.
pub(crate) struct Seed(u64);

impl Seed {
    pub(crate) fn new() -> Self {
        let given = std::env::var("UNDERSTUDY_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            u64::from(now.subsec_nanos())
        });
        eprintln!("seed: UNDERSTUDY_SEED={seed} replays this");
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % limit
    }

    /// Lets a random time below `limit_ms` pass: the moment is the point, not what follows it.
    pub(crate) fn wait_below_ms(&mut self, limit_ms: u64) {
        std::thread::sleep(Duration::from_micros(self.below(limit_ms * 1_000)));
    }
}
