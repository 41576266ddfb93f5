//! Primaries that lag, go back, disagree, or pester.

use crate::{check, check_with, with_primaries};

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
fn notify_for_a_serial_that_no_primary_has_costs_less_and_less() {
    check(
        "    0 start        => axfr a, whole 1, installed 1
           100 notify a 99  => notified, soa a, confirmed
           200 -            =>",
    );
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
    let attempts = world.notes.iter().filter(|(at, note)| {
        let asked = matches!(note.what, sim::note::What::Asked { .. });
        asked && (100_000..160_000).contains(&at.0)
    });
    let attempts = attempts.count();
    assert!((3..=12).contains(&attempts), "{attempts} questions in a minute of floods");
}
