//! Transfers that are not what they should be.

use crate::{check, check_with};
use proto::primaries::Ask;
use sim::note::{Note, What};
use sim::source::Plan;
use sim::telling::Manner;

#[test]
fn diff_that_does_not_apply_fetches_the_whole_zone_in_the_same_breath() {
    check(
        "    0 start              => axfr a, whole 1, installed 1
           100 publish            => -
           100 lie RemovesAbsent  => -
           100 notify a           => notified, soa a, ixfr 1 a, IXFR_DELETE_MISSING, axfr a, whole 2, installed 2
           101 serves 2           =>",
    );
}

#[test]
fn whole_zone_in_answer_to_ixfr_is_installed() {
    let manners = vec![Manner { steps_kept: 0, ..Manner::USUAL }];
    check_with(
        Plan { manners, ..Plan::plain() },
        "    0 start     => axfr a, whole 1, installed 1
           100 publish   => -
           100 notify a  => notified, soa a, ixfr 1 a, whole 2, installed 2
           101 serves 2  =>",
    );
}

#[test]
fn transfer_whose_first_and_last_soa_differ_is_refused() {
    check(
        "    0 start                        => axfr a, whole 1, installed 1
           100 publish                      => -
           100 lie ClosesOther ClosesOther  => -
           100 notify a                     => notified, soa a, ixfr 1 a, …, axfr a, AXFR_SOA_MISMATCH
           101 serves 1                     => -
           160 -                            => …, installed 2
           170 serves 2                     =>",
    );
}

#[test]
fn transfer_that_repeats_for_ever_ends_and_the_last_version_is_served() {
    check(
        "    0 start                => axfr a, whole 1, installed 1
           100 publish              => -
           100 lie Endless Endless  => -
           100 notify a             => notified, soa a, ixfr 1 a, …
          1500 serves 2             =>",
    );
}

/// Threat 12.
#[test]
fn content_that_is_refused_is_fetched_less_and_less_often() {
    let world = check(
        "    0 start     => axfr a, whole 1, installed 1
           100 huge      => -
           100 notify a  => notified, soa a, ixfr 1 a, RRSET_TOO_LARGE, …
          7000 serves 1  => …, expired, …
         20000 tidy      => …
         20000 notify a  => …, whole 3, installed 3, …
         22000 serves 3  =>",
    );
    let is_fetched = |note: &Note| matches!(note.what, What::Asked { ask: Ask::Ixfr(_), .. });
    let fetched = world.notes.iter().filter(|(_, note)| is_fetched(note)).map(|(at, _)| at.0);
    let fetched: Vec<u64> = fetched.collect();
    let waits: Vec<u64> = fetched.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.is_sorted() && waits.last() > waits.first(), "{waits:?} ms");
    assert!(fetched.len() < 12, "{} transfers in two hours", fetched.len());
}

#[test]
fn record_too_large_to_be_sent_again_is_refused() {
    check(
        "    0 start     => axfr a, whole 1, installed 1
           100 huge      => -
           100 notify a  => notified, soa a, ixfr 1 a, …
           101 serves 1  =>",
    );
}
