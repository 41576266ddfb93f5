//! Primaries that refuse, are gone, or went back: each shows its own code with facts (I-1, I-11).

use std::net::{Ipv4Addr, SocketAddr};

use peers::ask;
use peers::daemon::{self, Upstream, Zone};
use peers::named;
use peers::ports;
use peers::records::{self, APEX};
use peers::wait;

#[test]
fn refused_transfer_shows_refused() {
    let mut setup = named::Setup::new(APEX, &records::zone(1));
    setup.allow_transfer = "none;".to_owned();
    let named = setup.start();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    let failure = daemon.wait_for_failure(APEX, "REFUSED");
    assert_eq!(failure["primary"], named.at.to_string());
    assert_eq!(failure["action"], "axfr");
    assert!(failure["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{failure:#}");
}

#[test]
fn dead_primary_shows_connect_refused_and_that_none_is_left() {
    let dead = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, dead, None)]).start();
    let failure = daemon.wait_for_failure(APEX, "CONNECT_REFUSED");
    assert_eq!(failure["primary"], dead.to_string());
    let status = daemon.status(APEX);
    assert_eq!(status["state"], "failed");
    let answer = ask::ask(daemon.at, APEX, ask::SOA).unwrap();
    assert_eq!(answer.rcode, ask::SERVFAIL, "a zone of ours without content");
}

#[test]
fn dead_first_primary_does_not_keep_the_zone_from_the_second() {
    let dead = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let upstreams = [dead, named.at].map(|at| Upstream { at, key: None }).to_vec();
    let zone = Zone { apex: APEX.to_owned(), upstreams };
    let daemon = daemon::Setup::new(vec![zone]).start();
    daemon.wait_for_serial(APEX, 1);
    let status = daemon.status(APEX);
    assert_eq!(status["state"], "ok");
    assert_eq!(status["last_success"]["primary"], named.at.to_string());
    let failure = daemon.wait_for_failure(APEX, "CONNECT_REFUSED");
    assert_eq!(failure["primary"], dead.to_string(), "the dead one's failure is shown too");
}

#[test]
fn primary_without_the_announced_news_does_not_confirm_the_copy() {
    let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let mut ahead = named::Setup::new(APEX, &records::zone(7)).notifying(secondary, None);
    ahead.allow_transfer = "none;".to_owned();
    let mut ahead = ahead.start();
    let behind = named::Setup::new(APEX, &records::zone(6)).start();
    let upstreams = [ahead.at, behind.at].map(|at| Upstream { at, key: None }).to_vec();
    let zone = Zone { apex: APEX.to_owned(), upstreams };
    let daemon = daemon::Setup::listening(secondary, vec![zone]).start();
    daemon.wait_for_serial(APEX, 6);
    ahead.kill();
    ahead.start_again(); // and sends NOTIFY
    let status = wait::within(wait::SOON, "both primaries were tried", || {
        let status = daemon.status(APEX);
        (status["last_failure"]["code"] == "SERIAL_OLDER").then_some(status)
    });
    assert_eq!((&status["state"], &status["serial"]["served"]), (&"retrying".into(), &6.into()));
    let refused = &status["primaries"][0]["actions"]["axfr"]["last_failure"]["code"];
    assert_eq!(refused, "REFUSED", "{status:#}");
}

#[test]
fn zone_unknown_to_the_primary_has_its_own_code() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let daemon = daemon::Setup::new(vec![Zone::from("other.test.", named.at, None)]).start();
    let status = wait::within(wait::SOON, "a failure is shown", || {
        let status = daemon.status("other.test.");
        status["last_failure"]["code"].is_string().then_some(status)
    });
    assert_eq!(status["state"], "failed");
    let code = status["last_failure"]["code"].as_str().unwrap();
    assert!(["REFUSED", "NOTAUTH"].contains(&code), "{status:#}");
}

#[test]
fn lower_serial_shows_serial_older_and_the_newer_version_is_served_on() {
    let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let mut named = named::Setup::new(APEX, &records::zone(10)).notifying(secondary, None).start();
    let zones = vec![Zone::from(APEX, named.at, None)];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    daemon.wait_for_serial(APEX, 10);
    named.kill();
    named.write_zone(APEX, &records::zone(7));
    named.start_again();
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    let failure = daemon.wait_for_failure(APEX, "SERIAL_OLDER");
    let facts = failure["facts"].to_string();
    assert!(facts.contains('7') && facts.contains("10"), "both serials: {failure:#}");
    assert_eq!(daemon.serial(APEX), Some(10), "the last good version is served");
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]); // 8: still older
    assert_eq!(daemon.serial(APEX), Some(10));
}

#[test]
fn primary_killed_and_back_is_followed_again() {
    let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let mut named = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None).start();
    let zones = vec![Zone::from(APEX, named.at, None)];
    let daemon = daemon::Setup::listening(secondary, zones).start();
    daemon.wait_for_serial(APEX, 1);
    named.kill();
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_failure(APEX, "CONNECT_REFUSED");
    assert_eq!(daemon.serial(APEX), Some(1), "served while the primary is gone");
    assert_eq!(daemon.status(APEX)["state"], "retrying");
    named.start_again(); // tells its secondaries when it has loaded
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
    daemon.wait_for_serial(APEX, 2);
    records::assert_same_content(named.at, daemon.at, APEX);
    assert_eq!(daemon.status(APEX)["state"], "ok");
}
