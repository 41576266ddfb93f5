mod installing;
mod laws;
mod news;
mod script;

use super::*;
use crate::refresh::Bounds;
use crate::time::Seconds;
use script::{asked_for, check, check_held, show};

/// No chance in it, and bounds that leave the timers of the tests alone.
const POLICY: Policy = Policy {
    bounds: match Bounds::new((1, 43_200), (1, 43_200)) {
        Ok(bounds) => bounds,
        Err(_) => panic!("legal bounds"),
    },
    attempt_limit: Seconds(600),
    jitter_percent: 0,
    seed: 0,
};

const fn soa(serial: u32) -> SoaTimers {
    SoaTimers {
        serial: Serial(serial),
        refresh: Seconds(900),
        retry: Seconds(60),
        expire: Seconds(3_600),
    }
}

#[test]
fn zone_is_fetched_installed_probed_and_moved_on_by_changes() {
    check(
        1,
        "   0 tick         => ask a axfr
            3 version 7    => install 7
            4 installed 7  => -
          904 tick         => ask a soa
          905 soa 8        => ask a ixfr 7
          906 version 8    => install 8
          906 installed 8  => -
         1806 tick         => ask a soa
         1807 soa 8        => confirmed            ",
    );
}

#[test]
fn failed_transfer_after_notify_uses_retry_not_refresh() {
    check_held(
        1,
        " 100 notified a   => ask a soa
          101 soa 8        => ask a ixfr 7
          102 failed next  => -
          161 tick         => -
          162 tick         => ask a soa            ",
    );
}

#[test]
fn every_primary_is_asked_before_an_attempt_fails() {
    check(
        3,
        "   0 tick         => ask a axfr
            1 failed next  => ask b axfr
            2 failed tcp   => ask c axfr
            3 failed whole => -
            8 tick         => ask a axfr           ",
    );
}

#[test]
fn diff_that_does_not_apply_is_followed_by_the_whole_zone_in_the_same_breath() {
    check_held(
        2,
        "   9 notified     => ask a soa
            9 soa 8        => ask a ixfr 7
           10 unusable whole => ask a axfr
           11 version 8    => install 8             ",
    );
}

#[test]
fn probe_that_udp_does_not_answer_goes_over_tcp_then_to_the_next() {
    check_held(
        2,
        " 900 tick         => ask a soa
          905 failed tcp   => ask a tcp
          906 failed tcp   => ask b soa
          907 soa 7        => confirmed            ",
    );
}

#[test]
fn primary_that_is_behind_ends_no_probe_while_another_is_left() {
    check_held(
        3,
        " 900 tick         => ask a soa
          901 soa 6        => ask b soa
          902 soa 5        => ask c soa
          903 soa 7        => confirmed
         1803 tick         => ask a soa
         1804 soa 6        => ask b soa
         1805 soa 8        => ask b ixfr 7         ",
    );
}

#[test]
fn primary_that_is_ahead_on_the_circle_is_asked_for_its_news() {
    check(
        2,
        "   0 tick                 => ask a axfr
            0 version 4294967295   => install 4294967295
            0 installed 4294967295 => -
          900 tick                 => ask a soa
          900 soa 1                => ask a ixfr 4294967295
          900 version 1            => install 1
          900 installed 1          => -
         1800 tick                 => ask a soa
         1800 soa 4294967295       => ask b soa             ",
    );
}

#[test]
fn last_primary_that_is_behind_is_reported_and_nothing_confirmed() {
    check_held(
        2,
        " 900 tick         => ask a soa
          901 soa 6        => ask b soa
          902 soa 5        => older b 5 7
          962 tick         => ask a soa
          963 soa 6        => ask b soa
          964 failed next  => -
         3600 tick         => expired, ask a axfr
         3601 version 5    => install 5
         3601 installed 5  => -                    ",
    );
}

#[test]
fn answers_count_once_and_only_to_the_question_that_is_out() {
    check(
        2,
        "   0 tick                  => ask a axfr
            1 version 7 of 9 a axfr => -
            1 version 7 of 1 b axfr => -
            1 soa 7 of 1 a soa      => -
            2 failed next           => ask b axfr
            3 version 7 of 1 a axfr => -
            3 failed next of 1 a axfr => -
            4 version 8             => install 8
            4 version 8 of 1 b axfr => -
            5 failed next of 1 b axfr => -
            6 installed 8           => -             ",
    );
}

#[test]
fn answer_of_another_kind_than_the_question_is_a_failure() {
    check(
        1,
        "   0 tick         => ask a axfr
            0 soa 7        => -
            5 tick         => ask a axfr
            5 uptodate 7   => -
           15 tick         => ask a axfr
           15 version 7    => install 7
           15 installed 7  => -
          915 tick         => ask a soa
          915 version 9    => -
          975 tick         => ask a soa              ",
    );
}

#[test]
fn attempt_that_takes_too_long_is_given_up_and_its_primary_goes_last() {
    check(
        2,
        "   0 tick                  => ask a axfr
          599 tick                  => -
          600 tick                  => gave up a axfr
          601 version 7 of 1 a axfr => -
          602 refresh               => ask b axfr    ",
    );
}

#[test]
fn command_given_while_an_attempt_is_lost_is_followed_at_once() {
    check_held(
        1,
        " 900 tick    => ask a soa
          901 refresh => -
         1500 tick    => gave up a soa, ask a soa                   ",
    );
}

#[test]
fn expiry_during_an_ixfr_takes_whatever_comes() {
    check_held(
        1,
        "3590 notified     => ask a soa
         3590 soa 8        => ask a ixfr 7
         3600 tick         => expired
         3601 version 8    => install 8              ",
    );
    check_held(
        2,
        "3590 notified b   => ask b soa
         3590 soa 8        => ask b ixfr 7
         3601 uptodate 7   => expired, ask b axfr
         3602 version 6    => install 6              ",
    );
    check_held(
        1,
        "3590 notified     => ask a soa
         3600 soa 6        => expired, ask a axfr    ",
    );
}

#[test]
fn retransfer_voids_what_is_being_asked() {
    check_held(
        1,
        " 900 tick                   => ask a soa
          901 retransfer             => abandon, ask a axfr
          902 soa 8 of 2 a soa       => -
          903 version 7              => install 7    ",
    );
}

#[test]
fn retransfer_from_primaries_that_are_behind_asks_all_of_them_and_takes_none() {
    check_held(
        2,
        "   5 retransfer   => ask a axfr
            6 version 6    => older a 6 7, ask b axfr
            7 version 5    => older b 5 7
            8 retransfer   => ask a axfr
            9 version 6    => older a 6 7, ask b axfr
           10 version 7    => install 7              ",
    );
}

#[test]
fn changed_settings_void_the_question_and_ask_the_new_primaries() {
    check_held(
        1,
        " 900 tick                 => ask a soa
          901 changed 2            => abandon, ask a soa
          902 soa 8 of 2 a soa     => -
          902 failed next          => ask b soa
          903 soa 7                => confirmed      ",
    );
}

#[test]
fn retransfer_outlives_a_change_of_settings() {
    check_held(
        1,
        "   5 retransfer    => ask a axfr
            6 changed 2     => abandon, ask a axfr
            7 version 7     => install 7
            8 changed 1     => -
            9 installed 7   => ask a soa
           10 changed 1     => abandon, ask a soa   ",
    );
}

#[test]
fn zone_without_primaries_asks_nobody_and_does_not_spin() {
    check(
        0,
        "   0 tick         => -
            5 tick         => -
            6 notified     => -
            7 refresh      => -
            8 retransfer   => -
            9 changed 1    => ask a axfr
           10 changed 0    => abandon                ",
    );
}

#[test]
fn restored_zone_serves_until_its_old_expiry_and_asks_when_it_is_due() {
    let mut zone = Follow::restore(POLICY, 1, soa(7), Mono(50_000), Mono(9_000));
    assert!(zone.serves());
    assert_eq!(show(&zone.step(Event::Tick, Mono(8_999))), "-");
    assert_eq!(show(&zone.step(Event::Tick, Mono(9_000))), "ask a soa");
    assert_eq!(show(&zone.step(Event::Tick, Mono(50_000))), "expired");
    assert!(!zone.serves() && zone.serial() == Some(Serial(7)));
}

#[test]
fn clock_that_jumps_by_years_expires_the_zone_and_asks_at_once() {
    let ten_years = 10 * 365 * 86_400;
    check_held(
        1,
        &format!(
            "{ten_years} tick      => expired, ask a axfr
             {ten_years} version 3 => install 3      "
        ),
    );
}

#[test]
fn timers_of_zero_neither_spin_nor_outlive_their_second() {
    let none = Seconds(0);
    let zero = SoaTimers { serial: Serial(7), refresh: none, retry: none, expire: none };
    let mut zone = Follow::new(POLICY, 1, Mono(0));
    assert_eq!(show(&zone.step(Event::Tick, Mono(0))), "ask a axfr");
    let (attempt, step) = zone.asked().expect("asked");
    let answer = Answer::Version(zero);
    assert_eq!(show(&zone.step(Event::Answered { attempt, step, answer }, Mono(0))), "install 7");
    assert_eq!(show(&zone.step(Event::Installed { attempt, soa: zero }, Mono(0))), "-");
    assert!(zone.serves());
    assert_eq!(show(&zone.step(Event::Tick, Mono(999))), "-");
    assert_eq!(show(&zone.step(Event::Tick, Mono(1_000))), "expired, ask a axfr");
}

/// A hundred thousand zones have one each.
#[test]
fn machine_of_a_zone_is_small() {
    assert!(size_of::<Follow>() <= 224, "{} octets", size_of::<Follow>());
}
