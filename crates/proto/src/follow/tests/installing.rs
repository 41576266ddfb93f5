//! What happens while a version is on its way to the disk, and to a frozen zone.

use super::*;

#[test]
fn expiry_while_installing_is_over_with_the_new_version() {
    check_held(
        1,
        "3590 notified     => ask a soa
         3590 soa 8        => ask a ixfr 7
         3591 version 8    => install 8
         3600 tick         => expired
         3601 installed 8  => -
         4500 tick         => -
         4501 tick         => ask a soa              ",
    );
}

#[test]
fn zone_that_cannot_be_installed_is_fetched_again_at_retry_and_the_old_one_expires() {
    check_held(
        1,
        "3540 notified        => ask a soa
         3540 soa 8           => ask a ixfr 7
         3540 version 8       => install 8
         3540 not-installed   => -
         3599 tick            => -
         3600 tick            => expired, ask a axfr
         3600 version 8       => install 8
         3601 not-installed   => -
         3661 tick            => ask a axfr          ",
    );
}

#[test]
fn ends_of_installations_that_nobody_awaits_change_nothing() {
    check_held(
        1,
        " 900 tick               => ask a soa
          901 installed 9 of 2   => -
          901 not-installed of 2 => -
          902 installed 9 of 1   => -
          902 not-installed of 1 => -
          903 soa 7              => confirmed        ",
    );
}

#[test]
fn retransfer_waits_for_an_installation_and_then_takes_the_serial_it_has() {
    check_held(
        1,
        " 900 tick         => ask a soa
          900 soa 8        => ask a ixfr 7
          901 version 8    => install 8
          901 retransfer   => -
          902 installed 8  => ask a axfr
          903 version 8    => install 8
          903 installed 8  => -                      ",
    );
}

#[test]
fn changed_settings_await_an_installation() {
    check(
        1,
        "   0 tick         => ask a axfr
            1 version 7    => install 7
            2 changed 1    => -
          900 tick         => -
          901 installed 7  => ask a soa              ",
    );
}

#[test]
fn frozen_zone_is_served_until_it_expires_and_asks_nobody() {
    check_held(
        1,
        " 900 tick            => ask a soa
          901 frozen          => -
          902 soa 8 of 2 a soa => -
          903 notified a 9    => -
         1800 tick            => -
         3599 tick            => -
         3600 tick            => expired
         9999 tick            => -                   ",
    );
}

#[test]
fn frozen_zone_still_learns_how_an_installation_ended() {
    check_held(
        1,
        " 900 tick            => ask a soa
          900 soa 8           => ask a ixfr 7
          901 version 8       => install 8
          902 frozen          => -
          903 installed 8     => -
         4502 tick            => -
         4503 tick            => expired             ",
    );
}

#[test]
fn thawed_zone_is_transferred_whole_whatever_the_operator_said() {
    for command in ["refresh", "retransfer", "changed 1"] {
        check_held(
            1,
            &format!(
                " 900 tick            => ask a soa
                  901 frozen          => -
                  905 {command}       => ask a axfr
                  906 version 7       => install 7
                  907 installed 7     => -
                 1807 tick            => ask a soa   "
            ),
        );
    }
}

#[test]
fn zone_thawed_while_it_installs_is_transferred_whole_afterwards() {
    check_held(
        1,
        " 900 retransfer      => ask a axfr
          901 version 8       => install 8
          902 frozen          => -
          903 refresh         => -
          904 not-installed   => ask a axfr          ",
    );
}
