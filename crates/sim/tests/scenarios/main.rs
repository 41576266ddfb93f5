//! Scenarios by name: each test says what a secondary does about one kind of bad luck.

mod disk;
mod primaries;
mod timers;
mod transfers;

use sim::script::play;
use sim::source::Plan;
use sim::telling::Manner;
use sim::world::World;

/// Plays a script with one zone that has one primary.
#[track_caller]
fn check(script: &str) -> World {
    check_with(Plan::plain(), script)
}

/// Plays a script with one zone.
#[track_caller]
fn check_with(plan: Plan, script: &str) -> World {
    play(plan, script).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// A plain zone with so many primaries.
fn with_primaries(count: usize) -> Plan {
    Plan { manners: vec![Manner::USUAL; count], ..Plan::plain() }
}
