//! What others pull from us is what we hold (E-3, E-4): whole, by diffs, signed, along chains.

mod clients;
mod limits;

use std::net::SocketAddr;

use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::key::Key;
use peers::named::{self, Named};
use peers::records::{self, APEX};
use peers::secondary::{Secondary, Source};
use peers::{knot, nsd, ports, wait};

/// Settings that give every zone to this machine.
const OPEN: &str = "\n[transfer]\nallow = [\"127.0.0.0/8\", \"::1\"]\n";

/// Settings that give every zone to who signs with the key.
fn by_key(key: &Key) -> String {
    format!("\n[transfer]\nallow = [{{ from = \"127.0.0.0/8\", key = \"{}\" }}]\n", key.name)
}

/// A named, and us as its secondary with these settings.
fn upstream_and_us(text: &str, key: Option<&Key>, further: String) -> (Named, Daemon) {
    let at = SocketAddr::from(([127, 0, 0, 1], ports::free()));
    let mut setup = named::Setup::new(APEX, text).notifying(at, key);
    setup.keys.extend(key.cloned());
    let named = setup.start();
    let mut setup = daemon::Setup::listening(at, vec![Zone::from(APEX, named.at, key)]);
    setup.further = further;
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    (named, daemon)
}

/// All records of a server in an order, as it transfers them.
fn all_records(at: SocketAddr) -> Vec<(String, u16, u32, Vec<u8>)> {
    let records = ask::axfr(at, APEX).expect("an AXFR").into_iter();
    let mut records: Vec<_> = records
        .map(|record| (record.owner.folded().to_string(), record.rrtype, record.ttl, record.rdata))
        .collect();
    records.sort();
    records
}

/// What our status says of the last transfer to somebody: kind and serial.
fn last_sent(daemon: &Daemon) -> (String, u64) {
    let status = daemon.status(APEX);
    let sent = &status["downstream"]["last_sent"];
    (sent["kind"].as_str().unwrap_or_default().to_owned(), sent["serial"].as_u64().unwrap_or(0))
}

/// BIND edits, we follow, a third one follows us: first the whole zone, then changes as changes.
#[track_caller]
fn check_chain(key: Option<&Key>, follower: fn(&str, Source<'_>) -> Secondary) {
    let further = key.map_or_else(|| OPEN.to_owned(), by_key);
    let (named, daemon) = upstream_and_us(&records::zone(1), key, further);
    let third = follower(APEX, Source { at: daemon.at, key });
    third.wait_for_serial(APEX, 1);
    wait::until(wait::SOON, "the transfer is shown", || last_sent(&daemon) == ("axfr".into(), 1));
    records::assert_same_content(named.at, third.at, APEX);
    let changes = [
        &["add new.example. 60 A 192.0.2.9", "delete host7.example."][..],
        &["add new.example. 60 A 192.0.2.10", "delete web.example. A 192.0.2.4"],
    ];
    for (serial, change) in (2..).zip(changes) {
        named.update(APEX, change);
        daemon.wait_for_serial(APEX, serial);
        third.tell(APEX);
        third.wait_for_serial(APEX, serial);
        let expected = ("ixfr".to_owned(), u64::from(serial));
        wait::until(wait::SOON, "the IXFR is shown", || last_sent(&daemon) == expected);
    }
    records::assert_same_content(named.at, third.at, APEX);
    assert_eq!(daemon.status(APEX)["downstream"].get("failures"), None);
}

#[test]
fn bind_behind_us_follows_bind() {
    check_chain(None, named::follower);
}

#[test]
fn bind_behind_us_follows_bind_by_key() {
    check_chain(Some(&Key::new("chain.key", "hmac-sha512")), named::follower);
}

#[test]
fn nsd_behind_us_follows_bind() {
    check_chain(None, nsd::follower);
}

#[test]
fn nsd_behind_us_follows_bind_by_key() {
    check_chain(Some(&Key::new("chain.key", "hmac-sha256")), nsd::follower);
}

#[test]
fn knot_behind_us_follows_bind() {
    check_chain(None, knot::follower);
}

#[test]
fn knot_behind_us_follows_bind_by_key() {
    check_chain(Some(&Key::new("chain.key", "hmac-sha384")), knot::follower);
}

#[test]
fn understudy_behind_us_holds_the_same_octets() {
    let key = Key::new("chain.key", "hmac-sha256");
    let (named, daemon) = upstream_and_us(&records::zone(1), Some(&key), by_key(&key));
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, daemon.at, Some(&key))]);
    setup.further = OPEN.to_owned();
    let third = setup.start();
    third.wait_for_serial(APEX, 1);
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
    daemon.wait_for_serial(APEX, 2);
    assert!(third.run(&["zone", "refresh", APEX]).status.success());
    third.wait_for_serial(APEX, 2);
    assert_eq!(third.status(APEX)["last_success"]["action"], "ixfr");
    let digest = |daemon: &Daemon| {
        let output = daemon.run(&["zone", "status", APEX, "--json", "--digest"]);
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        status["digest"].as_str().unwrap().to_owned()
    };
    assert_eq!(digest(&daemon), digest(&third));
}

#[test]
fn what_is_transferred_from_us_is_what_was_transferred_to_us() {
    let (named, daemon) = upstream_and_us(&records::zone(1), None, OPEN.to_owned());
    assert_eq!(all_records(daemon.at), all_records(named.at));
}

/// The log still has the diffs, so a restart costs downstreams nothing.
#[test]
fn diffs_are_sent_on_after_a_restart() {
    let (named, mut daemon) = upstream_and_us(&records::zone(1), None, OPEN.to_owned());
    let third = nsd::follower(APEX, Source { at: daemon.at, key: None });
    third.wait_for_serial(APEX, 1);
    for serial in [2, 3] {
        named.update(APEX, &[&format!("add new{serial}.example. 60 A 192.0.2.9")]);
        daemon.wait_for_serial(APEX, serial);
    }
    daemon.kill();
    daemon.start_again();
    daemon.wait_for_serial(APEX, 3);
    third.tell(APEX);
    third.wait_for_serial(APEX, 3);
    wait::until(wait::SOON, "the IXFR is shown", || last_sent(&daemon) == ("ixfr".into(), 3));
    records::assert_same_content(named.at, third.at, APEX);
}
