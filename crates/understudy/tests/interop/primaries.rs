//! Knot, PowerDNS and YADIFA as primaries, and whoever signs (I-1, I-2, I-5, I-6, I-13). Each has ways of its own: Knot
//! signs what is edited and sends the difference, PowerDNS sends the whole zone to whom asks for a
//! difference and signs as it sends, YADIFA sends small messages and lower-case owners.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use peers::ask::{self, Query, Transport};
use peers::daemon::{self, Daemon, Zone};
use peers::key::Key;
use peers::ports;
use peers::primary::{Primary, Setup};
use peers::records::{self, APEX};
use peers::sign::{self, Denial};
use peers::{knot, named, nsd, pdns, wait, yadifa};

/// Starts one of them.
type Start = fn(Setup) -> Primary;

/// A primary, and a secondary of all its zones that is told of changes.
fn pair(start: Start, setup: Setup) -> (Primary, Daemon) {
    let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let key = setup.key.clone();
    let apexes: Vec<String> = setup.zones.iter().map(|(apex, _)| apex.clone()).collect();
    let primary = start(setup.notifying(secondary));
    let zones = apexes.iter().map(|apex| Zone::from(apex, primary.at, key.as_ref())).collect();
    let daemon = daemon::Setup::listening(secondary, zones).start();
    for apex in apexes {
        let serial = ask::serial(primary.at, &apex).expect("a serial of the primary");
        daemon.wait_for_serial(&apex, serial);
    }
    (primary, daemon)
}

/// Every record of the primary's zone is held, each rrset is answered, and with its signatures.
#[track_caller]
fn assert_whole(primary: SocketAddr, daemon: &Daemon, apex: &str) {
    let records = ask::axfr(primary, apex).expect("an AXFR from the primary");
    assert_eq!(daemon.status(apex)["records"], records.len(), "{apex}");
    records::assert_same_content(primary, daemon.at, apex);
    records::assert_signatures_of(&records, daemon.at);
}

/// A name that does not exist is denied by records of this type.
#[track_caller]
fn assert_denied_by(daemon: &Daemon, rrtype: Option<u16>) {
    let query = Query::new("absent-from-all.example.", ask::A).with_dnssec();
    let answer = ask::exchange(daemon.at, &query, Transport::Tcp).expect("an answer");
    assert_eq!(answer.rcode, ask::NXDOMAIN);
    let found = answer.authority.iter().map(|record| record.rrtype);
    let found = found.filter(|rrtype| [ask::NSEC, ask::NSEC3].contains(rrtype));
    let found: BTreeSet<u16> = found.collect();
    assert_eq!(found, rrtype.into_iter().collect());
}

/// The text of a zone that all of them read.
fn text(apex: &str) -> String {
    records::old_zone(1).replace("$ORIGIN example.", &format!("$ORIGIN {apex}"))
}

/// Four zones of one primary: unsigned, and signed by somebody else in three ways.
#[track_caller]
fn check_zones_arrive_whole(start: Start) {
    let signed = [
        ("nsec.test.", Denial::Nsec),
        ("nsec3.test.", Denial::nsec3()),
        ("opt-out.test.", Denial::opt_out()),
    ];
    let setup = signed.iter().fold(Setup::new(APEX, &text(APEX)), |setup, (apex, denial)| {
        setup.with_zone(apex, &sign::with_bind(apex, &text(apex), *denial))
    });
    let (primary, daemon) = pair(start, setup);
    assert_eq!(daemon.status(APEX)["signed"], false);
    assert_whole(primary.at, &daemon, APEX);
    for (apex, _) in signed {
        assert_eq!(daemon.status(apex)["signed"], true, "{apex}");
        assert_whole(primary.at, &daemon, apex);
    }
}

#[test]
fn zones_from_knot_arrive_whole_signed_or_not() {
    check_zones_arrive_whole(knot::primary);
}

/// YADIFA compresses the signer's name in RRSIG, which it must not (RFC 4034 §3.1.7).
#[test]
fn zones_from_yadifa_arrive_whole_signed_or_not() {
    check_zones_arrive_whole(yadifa::primary);
}

#[test]
fn zones_from_powerdns_arrive_whole() {
    let setup =
        Setup::new(APEX, &records::zone(1)).with_zone("second.test.", &text("second.test."));
    let (primary, daemon) = pair(pdns::primary, setup);
    assert_whole(primary.at, &daemon, APEX);
    assert_whole(primary.at, &daemon, "second.test.");
}

/// Edits are told by NOTIFY with the key, asked for by IXFR with the key, and served.
#[track_caller]
fn check_edits_follow_signed_notify(start: Start) -> Primary {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (primary, daemon) = pair(start, Setup::new(APEX, &records::old_zone(1)).with_key(&key));
    for number in 1..=2 {
        primary.update(APEX, &[&format!("add new{number}.example. 60 TXT \"{number}\"")]);
        daemon.wait_for_serial(APEX, 1 + number);
    }
    primary.update(APEX, &["delete host7.example. A", "delete new1.example."]);
    daemon.wait_for_serial(APEX, 4);
    assert_eq!(ask::ask(daemon.at, "host7.example.", ask::A).unwrap().rcode, ask::NXDOMAIN);
    assert_eq!(ask::ask(daemon.at, "new1.example.", ask::TXT).unwrap().rcode, ask::NXDOMAIN);
    assert_eq!(ask::ask(daemon.at, "new2.example.", ask::TXT).unwrap().answer[0].rdata, b"\x012");
    let status = daemon.status(APEX);
    assert_eq!(status["last_success"]["action"], "ixfr");
    assert_eq!(status["last_notify"]["verdict"], "accepted");
    let signed_by = status["last_notify"]["key"].as_str().unwrap_or_default();
    assert_eq!(signed_by.trim_end_matches('.'), "transfer.key", "{status:#}");
    primary
}

#[test]
fn edits_at_knot_follow_its_signed_notify() {
    check_edits_follow_signed_notify(knot::primary);
}

#[test]
fn edits_at_powerdns_follow_its_signed_notify() {
    check_edits_follow_signed_notify(pdns::primary);
}

/// YADIFA wants authority even in the answer to a NOTIFY, or it says so and repeats itself.
#[test]
fn edits_at_yadifa_follow_its_signed_notify_and_its_answer_contents_it() {
    let primary = check_edits_follow_signed_notify(yadifa::primary);
    assert!(!primary.log().contains("no AA in answer"), "{}", primary.log());
}

/// The primary signs what is edited; signatures and proofs come along as diffs.
#[track_caller]
fn check_signed_edits(primary: SocketAddr, daemon: &Daemon, update: impl Fn(&[&str])) {
    assert_whole(primary, daemon, APEX);
    for edits in [
        &["add new.example. 60 TXT \"new\"", "add below.new.example. 60 A 192.0.2.9"][..],
        &["delete host7.example. A", "add cut.example. 60 NS ns.elsewhere.test."],
        &["delete new.example."],
    ] {
        let before = ask::serial(primary, APEX);
        update(edits);
        let serial = wait::within(wait::SOON, "the primary has a new serial", || {
            ask::serial(primary, APEX).filter(|serial| Some(*serial) != before)
        });
        daemon.wait_for_serial(APEX, serial);
        assert_whole(primary, daemon, APEX);
    }
    assert_eq!(daemon.status(APEX)["last_success"]["action"], "ixfr");
}

const DENIALS: [(Denial, u16); 2] = [(Denial::Nsec, ask::NSEC), (Denial::nsec3(), ask::NSEC3)];

#[track_caller]
fn check_zone_signed_by_its_primary_stays_whole(start: Start) {
    for (denial, rrtype) in DENIALS {
        let (primary, daemon) = pair(start, Setup::new(APEX, &records::zone(1)).signing(denial));
        check_signed_edits(primary.at, &daemon, |edits| primary.update(APEX, edits));
        assert_denied_by(&daemon, Some(rrtype));
    }
}

#[test]
fn zone_that_knot_signs_stays_whole_over_edits() {
    check_zone_signed_by_its_primary_stays_whole(knot::primary);
}

#[test]
fn zone_that_powerdns_signs_stays_whole_over_edits() {
    check_zone_signed_by_its_primary_stays_whole(pdns::primary);
}

/// BIND signs step by step and notes at the apex how far it is: all is done where every such note
/// ends with a one.
fn has_signed_all(primary: SocketAddr, denial: u16) -> bool {
    const NOTE: u16 = 65_534;
    let records = ask::axfr(primary, APEX).unwrap_or_default();
    let mut notes = records.iter().filter(|record| record.rrtype == NOTE);
    records.iter().any(|record| record.rrtype == denial)
        && notes.all(|note| note.rdata.len() == 5 && note.rdata[4] == 1)
}

#[test]
fn zone_that_bind_signs_stays_whole_over_edits() {
    for (denial, rrtype) in DENIALS {
        let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let mut setup = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None);
        setup.signing = Some(denial);
        let named = setup.start();
        wait::until(wait::SOON, "named has signed all", || has_signed_all(named.at, rrtype));
        let zones = vec![Zone::from(APEX, named.at, None)];
        let daemon = daemon::Setup::listening(secondary, zones).start();
        daemon.wait_for_serial(APEX, ask::serial(named.at, APEX).expect("a serial of named"));
        check_signed_edits(named.at, &daemon, |edits| named.update(APEX, edits));
        assert_denied_by(&daemon, Some(rrtype));
    }
}

/// Threat 7: a zone is signed, changes its keys and its denial in every direction and ends unsigned; NSD
/// sends each as the difference of two files. What is denied is denied by what the version has.
#[test]
fn zone_that_changes_its_denial_is_denied_by_what_it_has() {
    let (primary, daemon) = pair(nsd::primary, Setup::new(APEX, &records::zone(1)));
    assert_denied_by(&daemon, None);
    for (serial, denial) in (2..).zip([
        Some((Denial::Nsec, ask::NSEC)),
        Some((Denial::nsec3(), ask::NSEC3)),
        Some((Denial::opt_out(), ask::NSEC3)),
        Some((Denial::Nsec, ask::NSEC)),
        None,
        Some((Denial::nsec3(), ask::NSEC3)),
        None,
    ]) {
        let text = records::zone(serial);
        let signed = denial.map(|(denial, _)| sign::with_bind(APEX, &text, denial));
        primary.replace_zone(APEX, &signed.unwrap_or(text));
        daemon.wait_for_serial(APEX, serial);
        assert_whole(primary.at, &daemon, APEX);
        assert_denied_by(&daemon, denial.map(|(_, rrtype)| rrtype));
    }
}

/// To an unknown key, to a wrong secret and to none; PowerDNS says the same to all three.
#[test]
fn refusals_of_each_primary_have_their_codes() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (unknown, wrong) = (key.with_name("unknown.key"), key.with_other_secret());
    for (start, codes) in [
        (knot::primary as Start, ["TSIG_BADKEY", "TSIG_BADSIG", "NOTAUTH"]),
        (pdns::primary, ["NOTAUTH", "NOTAUTH", "NOTAUTH"]),
        (yadifa::primary, ["TSIG_BADKEY", "TSIG_BADSIG", "NOTAUTH"]),
    ] {
        let primary = start(Setup::new(APEX, &records::old_zone(1)).with_key(&key));
        for (ours, code) in [Some(&unknown), Some(&wrong), None].into_iter().zip(codes) {
            let daemon = daemon::Setup::new(vec![Zone::from(APEX, primary.at, ours)]).start();
            let failure = daemon.wait_for_failure(APEX, code);
            let cause = failure["cause"].as_str().unwrap_or_default();
            assert!(code != "NOTAUTH" || cause.contains("key"), "who says NOTAUTH means keys too");
            assert_eq!(daemon.serial(APEX), None);
        }
    }
}
