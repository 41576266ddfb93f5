//! Serials that are announced and not given, and content that is refused.

use super::*;

/// Threat 12: NOTIFY announces what the primary does not have.
#[test]
fn announced_serial_that_nobody_has_costs_an_ever_rarer_question_and_no_expiry() {
    check_held(
        1,
        "  10 notified a 9 => ask a ixfr 7
           10 uptodate 7   => confirmed, nothing a 7
           11 notified a 9 => -
           12 tick         => ask a ixfr 7
           12 uptodate 7   => confirmed, nothing a 7
           13 notified a 9 => -
           16 tick         => ask a ixfr 7
           16 uptodate 7   => confirmed, nothing a 7
           17 notified a 9 => -
           23 tick         => -
           24 tick         => ask a ixfr 7
           24 uptodate 7   => confirmed, nothing a 7
          503 tick         => -
          504 tick         => ask a soa
          504 soa 7        => confirmed
          600 notified a 9 => ask a ixfr 7          ",
    );
}

/// Threat 12: the SOA is always ahead of what is transferred.
#[test]
fn primary_that_never_gives_what_it_announces_is_asked_ever_more_rarely() {
    check_held(
        1,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 failed whole   => ask a axfr
          900 version 7      => confirmed, nothing a 7
          960 tick           => ask a soa
          960 soa 8          => ask a ixfr 7
          960 version 7      => confirmed, nothing a 7
         1079 tick           => -
         1080 tick           => ask a soa
         1080 soa 8          => ask a ixfr 7
         1080 behind 6       => nothing a 6
         1319 tick           => -
         1320 tick           => ask a soa            ",
    );
}

#[test]
fn primary_that_announces_and_never_delivers_does_not_expire_what_another_proves() {
    check_held(
        2,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 failed next    => ask b ixfr 7
          901 uptodate 7     => confirmed, nothing b 7
         3600 tick           => ask a soa
         3600 failed tcp     => ask a tcp
         3600 failed next    => ask b soa
         3600 failed next    => -
         4500 tick           => ask a soa
         4501 tick           => expired              ",
    );
}

/// Threat 12: content that is refused is not fetched at once again, nor as often as before.
#[test]
fn refused_content_backs_off_from_retry_up_to_refresh() {
    check_held(
        1,
        " 900 tick           => ask a soa
          900 soa 8          => ask a ixfr 7
          900 unusable whole => ask a axfr
          900 unusable next  => -
          959 tick           => -
          960 tick           => ask a soa
          960 soa 8          => ask a ixfr 7
          960 unusable next  => -
         1079 tick           => -
         1080 tick           => ask a soa
         1080 soa 8          => ask a ixfr 7
         1080 unusable next  => -
         1320 tick           => ask a soa
         1320 soa 8          => ask a ixfr 7
         1320 unusable next  => -
         1800 tick           => ask a soa
         1800 soa 8          => ask a ixfr 7
         1800 unusable next  => -
         2699 tick           => -
         2700 tick           => ask a soa
         2700 failed next    => -
         2759 tick           => -
         2760 tick           => ask a soa            ",
    );
}

#[test]
fn refused_content_of_one_primary_is_had_from_another() {
    check_held(
        2,
        "  10 notified b     => ask b soa
           10 soa 8          => ask b ixfr 7
           10 unusable whole => ask b axfr
           10 unusable next  => ask a ixfr 7
           11 version 8      => install 8
           11 installed 8    => -
          911 tick           => ask a soa            ",
    );
}

#[test]
fn notifies_of_several_primaries_in_flight_are_one_question_to_the_last() {
    check_held(
        3,
        "  10 notified a   => ask a soa
           10 notified b   => -
           10 notified c   => -
           11 soa 8        => ask c ixfr 7
           12 version 8    => install 8
           13 notified b   => -
           14 installed 8  => ask b soa
           15 soa 8        => confirmed              ",
    );
}
