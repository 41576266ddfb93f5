//! REFRESH, RETRY, EXPIRE, and clocks.

use crate::check;
use sim::note::What;

#[test]
fn equal_serial_restarts_expire() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           900 -         => soa a, confirmed
           905 silent a  => …
          7300 serves 1  => …
          8090 serves 1  => …, expired, …
          8110 serves -  =>",
    );
}

#[test]
fn zone_expires_when_nobody_vouches_for_it() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
             5 silent a  => …
          7195 serves 1  => …, expired, …
          7205 serves -  =>",
    );
}

#[test]
fn failed_transfer_after_notify_retries_on_retry() {
    check(
        "    0 start              => axfr a, whole 1, installed 1
           100 publish            => -
           100 lie Unclosed Unclosed => -
           100 notify a           => notified, soa a, ixfr 1 a, AXFR_NO_TRAILING_SOA, axfr a, AXFR_NO_TRAILING_SOA
           159 serves 1           => -
           160 -                  => soa a, ixfr 1 a, diff 2, installed 2
           170 serves 2           => -
          1059 -                  => -
          1060 -                  => soa a, confirmed
          1070 -                  =>",
    );
}

/// Threat 4.
#[test]
fn expire_of_zero_serves_for_a_second_at_a_time_and_pesters_nobody() {
    let world = check(
        "    0 start            => axfr a, whole 1, installed 1
            10 timers 900 60 0  => -
            10 notify a         => notified, soa a, ixfr 1 a, diff 2, installed 2
            11 serves 2         => expired
            12 serves -         => …
          3610 -                =>",
    );
    let is_asked = |what: &What| matches!(what, What::Asked { .. });
    let asked = world.notes.iter().filter(|(_, note)| is_asked(&note.what)).count();
    assert!((100..1_000).contains(&asked), "{asked} questions in an hour");
}

#[test]
fn expire_below_refresh_is_refreshed_before_it_expires() {
    check(
        "    0 start                => axfr a, whole 1, installed 1
            10 timers 3600 600 300  => -
            10 notify a             => notified, soa a, ixfr 1 a, diff 2, installed 2
           100 -                    => soa a, confirmed
           200 -                    => soa a, confirmed
           300 serves 2             =>",
    );
}

/// Threat 4.
#[test]
fn timers_of_zero_ask_no_more_often_than_the_bounds_allow() {
    check(
        "    0 start               => axfr a, whole 1, installed 1
            10 timers 0 0 7200     => -
            10 notify a            => notified, soa a, ixfr 1 a, diff 2, installed 2
            20 -                   => soa a, confirmed
            30 -                   => soa a, confirmed
            40 serves 2            =>",
    );
}

/// Threat 4.
#[test]
fn maximal_timers_are_asked_at_the_bounds_and_never_expire() {
    check(
        "    0 start               => axfr a, whole 1, installed 1
            10 timers 4294967295 4294967295 4294967295 => -
            10 notify a            => notified, soa a, ixfr 1 a, diff 2, installed 2
          1800 -                   => soa a, confirmed
          1900 silent a            => …
       3000000 serves 2            => …
       3001000 kill                => -
       3001000 start               => …
       3001900 serves 2            =>",
    );
}

#[test]
fn daemon_that_was_down_for_months_serves_nothing_before_it_asks() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           100 kill      => -
      10000000 publish   => -
      10000000 silent a  => -
      10000000 start     => …
      10000100 serves -  => …
      10000100 heard a   => …
      10000800 serves 2  =>",
    );
}

#[test]
fn wall_clock_that_is_earlier_at_boot_than_the_last_confirmation_grants_no_more_than_was_granted() {
    check(
        "    0 start        => axfr a, whole 1, installed 1
           900 -            => soa a, confirmed
          1000 silent a     => -
          1000 stop         => -
          1000 date -100000 => -
          1001 start        => …
          8190 serves 1     => …, expired, …
          8210 serves -     =>",
    );
}

/// Threat 46.
#[test]
fn clock_that_jumps_by_years_while_the_daemon_runs_changes_nothing() {
    check(
        "    0 start            => axfr a, whole 1, installed 1
           100 date 315576000   => -
           900 -                => soa a, confirmed
          1000 date -631152000  => -
          1800 -                => soa a, confirmed
          2000 silent a         => …
          8990 serves 1         => …, expired, …
          9010 serves -         =>",
    );
}

#[test]
fn clock_that_jumps_ahead_over_a_restart_makes_expire_earlier_until_a_primary_vouches() {
    check(
        "    0 start           => axfr a, whole 1, installed 1
           100 kill            => -
           100 date 315576000  => -
           101 start           => …
           110 serves 1        =>",
    );
}

#[test]
fn lost_batch_of_confirmations_makes_expire_earlier_by_that_batch_only() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           900 -         => soa a, confirmed
           902 cut       => -
           903 silent a  => -
           903 start     => …
          7190 serves 1  => …, expired, …
          7210 serves -  =>",
    );
}
