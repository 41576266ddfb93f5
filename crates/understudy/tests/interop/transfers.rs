//! First copies and changes (I-1, I-2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::Command;
use std::time::Instant;

use peers::ask;
use peers::daemon::{self, Zone};
use peers::key::Key;
use peers::knot;
use peers::named::{self, CHANGE_IS_SERVED_WITHIN, Named};
use peers::nsd;
use peers::primary::Setup;
use peers::records::{self, APEX};
use peers::secondary::Replies;
use peers::{ports, program, wait};

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()))
}

/// A named that tells a secondary, and the secondary, both knowing the key.
fn pair(key: Option<&Key>) -> (Named, daemon::Daemon) {
    let secondary = loopback();
    let mut setup = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, key);
    if let Some(key) = key {
        setup = setup.with_key(key);
    }
    let named = setup.start();
    let zones = vec![Zone::from(APEX, named.at, key)];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    daemon.wait_for_serial(APEX, 1);
    (named, daemon)
}

/// The judge is judged: two servers that share no code hold the same by our comparison.
#[test]
fn named_and_nsd_answer_alike_for_the_test_zone() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let nsd = nsd::primary(Setup::new(APEX, &records::zone(1)));
    records::assert_same_content(named.at, nsd.at, APEX);
}

/// And the secondaries of three kinds answer as their primary does.
#[test]
fn peers_as_secondaries_answer_alike_for_many_zones() {
    let mut setup = named::Setup::new(APEX, &records::zone(1));
    let second = records::zone(7).replace(APEX, "second.");
    setup.zones.push(("second.".to_owned(), second));
    let named = setup.start();
    let zones = [APEX, "second."];
    for secondary in [
        named::secondary(&zones, named.at, Replies::Usual),
        nsd::secondary(&zones, named.at, Replies::Usual),
        knot::secondary(&zones, named.at),
    ] {
        for zone in zones {
            records::assert_same_content(named.at, secondary.at, zone);
        }
    }
}

#[test]
fn zone_from_named_arrives_by_axfr_and_answers_as_its_primary_does() {
    let (named, daemon) = pair(None);
    records::assert_same_content(named.at, daemon.at, APEX);
    let status = daemon.status(APEX);
    assert_eq!(status["state"], "ok");
    assert_eq!(status["last_success"]["action"], "axfr");
    assert_eq!(status["serial"]["held"], 1);
}

#[test]
fn zone_from_nsd_arrives_by_axfr_and_answers_as_its_primary_does() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let nsd = nsd::primary(Setup::new(APEX, &records::zone(1)).with_key(&key));
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, nsd.at, Some(&key))]).start();
    daemon.wait_for_serial(APEX, 1);
    // NSD gives transfers to the key only; content is judged by a second NSD that is open.
    let open = nsd::primary(Setup::new(APEX, &records::zone(1)));
    records::assert_same_content(open.at, daemon.at, APEX);
}

#[test]
fn change_at_nsd_arrives_by_its_notify() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let secondary = loopback();
    let setup = Setup::new(APEX, &records::zone(1)).with_key(&key).notifying(secondary);
    let nsd = nsd::primary(setup);
    let zones = vec![Zone::from(APEX, nsd.at, Some(&key))];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    daemon.wait_for_serial(APEX, 1);
    nsd.replace_zone(APEX, &records::zone(2));
    daemon.wait_for_serial(APEX, 2);
    let txt = ask::ask(daemon.at, "serial.example.", ask::TXT).unwrap();
    assert_eq!(txt.answer[0].rdata, b"\x012");
}

#[test]
fn change_by_nsupdate_is_served_below_one_second_by_signed_notify_and_ixfr() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (named, daemon) = pair(Some(&key));
    let started = Instant::now();
    named.update(APEX, &["add new.example. 60 TXT \"new\"", "delete host7.example. A"]);
    daemon.wait_for_serial(APEX, 2);
    let elapsed = started.elapsed();
    assert!(elapsed < CHANGE_IS_SERVED_WITHIN, "served after {elapsed:?}");
    assert_eq!(ask::ask(daemon.at, "new.example.", ask::TXT).unwrap().answer.len(), 1);
    assert_eq!(ask::ask(daemon.at, "host7.example.", ask::A).unwrap().rcode, ask::NXDOMAIN);
    let status = daemon.status(APEX);
    assert_eq!(status["last_success"]["action"], "ixfr", "changes come as diffs");
    assert_eq!(status["last_notify"]["verdict"], "accepted");
    let signed_by = status["last_notify"]["key"].as_str().unwrap_or_default();
    assert_eq!(signed_by.trim_end_matches('.'), "transfer.key");
}

#[test]
fn burst_of_changes_ends_with_the_last_one_served() {
    let (named, daemon) = pair(None);
    for number in 1..=40 {
        named.update(APEX, &[&format!("add burst{number}.example. 60 A 192.0.2.9")]);
    }
    daemon.wait_for_serial(APEX, 41);
    records::assert_same_content(named.at, daemon.at, APEX);
}

#[test]
fn all_works_where_there_is_only_ipv6() {
    let secondary = SocketAddr::from((Ipv6Addr::LOCALHOST, ports::free()));
    let mut setup = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None);
    setup.address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let named = setup.start();
    let zones = vec![Zone::from(APEX, named.at, None)];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    daemon.wait_for_serial(APEX, 1);
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
    daemon.wait_for_serial(APEX, 2);
    records::assert_same_content(named.at, daemon.at, APEX);
}

#[test]
fn dig_reads_our_answers_without_complaint() {
    let (_named, daemon) = pair(None);
    let port = daemon.at.port().to_string();
    let cases = [
        (&["www.example.", "A"][..], "status: NOERROR", "192.0.2.4"),
        (&["www.example.", "A", "+tcp"], "flags: qr aa", "web.example."),
        (&["any.wild.example.", "TXT"], "status: NOERROR", "\"any\""),
        (&["opaque.example.", "TYPE65280"], "status: NOERROR", "\\# 4 01020304"),
        (&["empty.non.terminal.example.", "TXT"], "status: NOERROR", "\"below\""),
        (&["non.terminal.example.", "TXT"], "status: NOERROR", "ANSWER: 0"),
        (&["no.such.name.example.", "A"], "status: NXDOMAIN", "hostmaster.example."),
        (&["host.sub.example.", "A"], "AUTHORITY: 1", "192.0.2.6"),
        (&["svc.example.", "HTTPS", "+dnssec"], "status: NOERROR", "alpn="),
        (&["other.test.", "A"], "status: REFUSED", ""),
        (&["mixedCASE.example.", "TXT"], "status: NOERROR", "\"Case\""),
    ];
    for (question, first, second) in cases {
        let mut dig = Command::new(program::find("dig"));
        dig.args(["@127.0.0.1", "-p", &port, "+norecurse", "+tries=1"]).args(question);
        let text = String::from_utf8(dig.output().unwrap().stdout).unwrap();
        assert!(text.contains(first) && text.contains(second), "{question:?}\n{text}");
        for complaint in ["WARNING", "malformed", "Got bad", "extra bytes"] {
            assert!(!text.contains(complaint), "{question:?}: {complaint}\n{text}");
        }
    }
}

#[test]
fn operators_refresh_fetches_a_change_that_nobody_announced() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    named.update(APEX, &["add quiet.example. 60 A 192.0.2.9"]);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_serial(APEX, 2);
    assert_eq!(daemon.status(APEX)["last_success"]["action"], "ixfr");
    assert!(daemon.run(&["zone", "retransfer", APEX]).status.success());
    wait::until(wait::SOON, "a retransfer fetches the whole zone", || {
        daemon.status(APEX)["last_success"]["action"] == "axfr"
    });
}

/// Who may tell: a NOTIFY from an address that is not listed changes nothing and is counted.
#[test]
fn notify_from_a_stranger_is_refused_and_counted() {
    let secondary = loopback();
    let named = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None).start();
    // The only primary in the settings is at another address, so named is a stranger.
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 77), named.at.port()));
    let zones = vec![Zone::from(APEX, elsewhere, None)];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
    wait::until(wait::SOON, "the refusal is counted", || {
        daemon.status(APEX)["notify_refused"]["NOTIFY_UNKNOWN_SOURCE"].as_u64() >= Some(1)
    });
}
