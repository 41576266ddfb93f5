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
use servers::Servers;
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

#[track_caller]
fn check(kind: Kind) {
    let zones = subject::zones(kind);
    let servers = Servers::start(&zones);
    let mut run = Run::new(kind, Strictness::Exact);
    for zone in &zones {
        run.compare(&servers, &zones, zone);
    }
    let faults = run.faults();
    assert!(faults.is_empty(), "{faults}");
}
