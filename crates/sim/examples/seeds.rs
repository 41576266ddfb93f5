//! Lives many worlds, prints what they went through together, and fails if one of them broke a law.
//!
//! `seeds <from> <until>`: run by `cargo xtask sim`.

use sim::seen::Seen;
use sim::{Failed, live};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Failures that are shown at most; more of them say little more.
const SHOWN_MAX: usize = 5;

/// What all threads found.
#[derive(Default)]
struct Found {
    seen: Seen,
    failed: Vec<Failed>,
}

#[expect(clippy::disallowed_methods, reason = "a program is told what to do by its arguments")]
fn main() {
    let words: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [from, until] = words.as_slice() else {
        eprintln!("seeds <from> <until>");
        std::process::exit(2);
    };
    let Found { seen, failed } = live_all(*from, *until);
    for failed in failed.iter().take(SHOWN_MAX) {
        eprintln!("{failed}");
    }
    print!("{seen}");
    println!("{} lives, {} broke a law", until.saturating_sub(*from), failed.len());
    if !failed.is_empty() {
        std::process::exit(1);
    }
}

fn live_all(from: u64, until: u64) -> Found {
    let (next, found) = (AtomicU64::new(from), Mutex::new(Found::default()));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| live_some(&next, until, &found));
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.failed.sort_by_key(|failed| failed.seed);
    found
}

fn live_some(next: &AtomicU64, until: u64, found: &Mutex<Found>) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= until {
            return;
        }
        // Before what may panic, so that a broken invariant of a machine names its seed as well.
        let naming = Naming(seed);
        let lived = live(seed);
        std::mem::forget(naming);
        let Ok(mut found) = found.lock() else { return };
        match lived {
            Ok(seen) => found.seen.add(&seen),
            Err(failed) => found.failed.push(failed),
        }
    }
}

/// Says which seed was lived when a panic ends it.
struct Naming(u64);

impl Drop for Naming {
    fn drop(&mut self) {
        eprintln!("seed {} ended in a panic", self.0);
    }
}
