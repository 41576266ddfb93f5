//! Five hundred lives: storm, then calm. In none of them a law is broken, and together they went
//! through everything that can go wrong.

use sim::seen::Seen;

/// Lives that CI leads; more of them by `cargo xtask sim`.
const SEEDS: u64 = 500;

/// All seeds that leave this remainder by two.
fn live_every_other(remainder: u64) -> Seen {
    let mut seen = Seen::default();
    for seed in (0..SEEDS).filter(|seed| seed % 2 == remainder) {
        match sim::live(seed) {
            Ok(of_this) => seen.add(&of_this),
            Err(failed) => panic!("{failed}\nagain: cargo xtask sim --from {seed} --seeds 1"),
        }
    }
    seen
}

#[test]
fn daemons_stay_safe_in_any_storm_and_catch_up_in_calm_and_every_fault_occurs() {
    let seen = std::thread::scope(|scope| {
        let other = scope.spawn(|| live_every_other(1));
        let mut seen = live_every_other(0);
        seen.add(&other.join().expect("the other half"));
        seen
    });
    let rare = seen.rarer_than(3);
    assert!(rare.is_empty(), "too rare to prove anything: {rare:?}\n{seen}");
}

#[test]
fn one_seed_leads_one_life() {
    assert_eq!(
        sim::live(3).map_err(|failed| failed.to_string()),
        sim::live(3).map_err(|failed| failed.to_string())
    );
    assert_ne!(sim::live(3), sim::live(4));
}
