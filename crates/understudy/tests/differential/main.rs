//! Every answer of ours beside those of NSD, Knot and BIND, secondaries of the same primary.

#![expect(clippy::expect_used, reason = "what a test stands on either works or fails the test")]

mod acceptance;
mod compare;
mod courier;
mod known;
mod name;
mod question;
mod random;
mod reply;
mod rrtype;
mod run;
mod servers;
mod shape;
mod subject;

use known::Strictness;
use run::Run;
use servers::{Loaded, Servers};
use subject::Kind;

#[test]
fn unsigned_zones_are_answered_as_by_the_peers() {
    check(Kind::Unsigned);
}

#[test]
fn nsec_zones_are_answered_as_by_the_peers() {
    check(Kind::Nsec);
}

#[test]
fn nsec3_zones_are_answered_as_by_the_peers() {
    check(Kind::Nsec3);
}

#[test]
fn salted_nsec3_zones_are_answered_as_by_the_peers() {
    check(Kind::Nsec3Salted);
}

#[test]
fn opt_out_zones_are_answered_as_by_the_peers() {
    check(Kind::OptOut);
}

#[test]
fn zones_signed_by_ldns_are_answered_as_by_the_peers() {
    check(Kind::Ldns);
}

#[test]
fn root_zone_is_answered_as_by_the_peers() {
    for kind in [Kind::Unsigned, Kind::Nsec, Kind::OptOut] {
        compare(kind, &[subject::root(kind)], Strictness::Listed);
    }
}

#[track_caller]
fn check(kind: Kind) {
    compare(kind, &subject::zones(kind), Strictness::Exact);
}

#[track_caller]
fn compare(kind: Kind, zones: &[Loaded], strictness: Strictness) {
    let servers = Servers::start(zones);
    let mut run = Run::new(kind, strictness);
    for zone in zones {
        run.compare(&servers, zones, zone);
    }
    let faults = run.faults();
    assert!(faults.is_empty(), "{faults}");
}
