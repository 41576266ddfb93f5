//! Primaries that lag, go back, disagree, or pester.

use crate::{check, check_with, with_primaries};
use sim::lie::Lie;
use sim::note::What;
use sim::source::{Keys, Plan, USUAL_TIMING};
use sim::world::World;
use std::ops::Range;

#[test]
fn serial_that_goes_back_is_refused_while_served_and_taken_after_expiry() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           100 publish   => -
           100 notify a  => notified, soa a, ixfr 1 a, diff 2, installed 2
           200 back 1    => -
           200 notify a  => notified, soa a, older 1'
           210 serves 2  => …
          7295 serves 2  => …, expired, …, installed 1'
          7400 serves 1' =>",
    );
}

#[test]
fn unsigned_notify_for_a_serial_that_no_primary_has_costs_one_probe() {
    check(
        "    0 start        => axfr a, whole 1, installed 1
           100 notify a 99  => notified, soa a, confirmed
           200 -            =>",
    );
}

/// Threat 12: a signed serial is asked for at once, and the same again is asked for less and less often.
#[test]
fn signed_notify_for_a_serial_that_the_primary_does_not_have_is_no_perpetual_transfer() {
    let notifies: String = (100..700).map(|at| format!("{at} notify a 99 => …\n")).collect();
    let script = format!(
        "0 start => axfr a, whole 1, installed 1
         90 notify a 99 => notified, ixfr 1 a, confirmed, nothing new 1
         {notifies}
         700 publish => -
         700 notify a => …
         1500 serves 2 =>"
    );
    let world = check_with(Plan { keys: Keys::Shared, ..Plan::plain() }, &script);
    let asked = questions(&world, 100..700);
    assert!((1..=40).contains(&asked), "{asked} questions in ten minutes of lies");
}

/// Questions within some seconds.
fn questions(world: &World, seconds: Range<u64>) -> usize {
    let is_asked = |what: &What| matches!(what, What::Asked { .. });
    let notes = world.notes.iter().filter(|(_, note)| is_asked(&note.what));
    notes.filter(|(at, _)| seconds.contains(&(at.0 / 1_000))).count()
}

#[test]
fn soa_ahead_of_what_is_transferred_is_no_perpetual_retransfer() {
    check(
        "    0 start         => axfr a, whole 1, installed 1
           100 always Ahead  => -
           100 notify a      => notified, soa a, ixfr 1 a, confirmed, nothing new 1
           150 -             =>",
    );
}

#[test]
fn several_primaries_that_notify_at_once_cost_one_transfer() {
    check_with(
        with_primaries(3),
        "    0 start     => axfr a, whole 1, installed 1
           100 publish   => -
           100 notify a  => -
           100 notify b  => -
           100 notify c  => notified, soa a, notified, notified, ixfr 1 c, diff 2, installed 2
           101 -         => soa a, confirmed
           110 serves 2  =>",
    );
}

#[test]
fn primary_that_lags_behind_is_passed_over_for_one_that_does_not() {
    check_with(
        with_primaries(2),
        "    0 start         => axfr a, whole 1, installed 1
           100 publish at b  => -
           100 notify b      => notified, soa b, ixfr 1 b, diff 2, installed 2
           200 refresh       => soa a, soa b, confirmed
           300 -             =>",
    );
}

#[test]
fn silent_primary_does_not_keep_a_zone_from_the_next_one() {
    check_with(
        with_primaries(2),
        "    0 silent a  => -
             0 start     => axfr a, CONNECT_REFUSED, axfr b, whole 1, installed 1
            30 serves 1  =>",
    );
}

#[test]
fn flood_of_notify_while_attempts_fail_is_answered_more_and_more_slowly() {
    let flood: String = (100..160).map(|at| format!("{at} notify a => …\n")).collect();
    let script = format!(
        "0 start => axfr a, whole 1, installed 1
         99 publish => -
         99 always Refuses => -
         {flood}
         160 - => …
         200 honest => …
         300 serves 2 =>"
    );
    let world = check(&script);
    let asked = questions(&world, 100..160);
    assert!((3..=12).contains(&asked), "{asked} questions in a minute of floods");
}

/// One zone's primary lies to every request and floods; the other zone's is as it should be.
#[test]
fn zone_of_a_hostile_primary_delays_no_other_zone() {
    let mut world = World::new(7, vec![Plan::plain(), Plan::plain()]);
    world.start().expect("a daemon");
    world.run_for_s(5).expect("two zones");
    for (turn, lie) in Lie::ALL.iter().cycle().take(120).enumerate() {
        world.sources[0].always = Some(*lie);
        for zone in [0, 1] {
            world.publish(zone, 1, USUAL_TIMING);
            world.sources[zone].all_catch_up();
        }
        for _ in 0..20 {
            world.notify(0, 0, None);
        }
        let newest = world.newest(1).serial;
        world.notify(1, 0, Some(newest));
        world.run_for_s(1).unwrap_or_else(|broken| panic!("{lie:?}: {broken}"));
        assert_eq!(world.serving(1), Some(newest), "turn {turn}, beside {lie:?}");
        world.run_for_s(60).unwrap_or_else(|broken| panic!("{lie:?}: {broken}"));
    }
}
