//! Faults of ours in one zone, or in one query, cost nobody else anything: panics on purpose, by the
//! feature `faults`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use peers::ask::{self, Transport};
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::records::{self, APEX};
use peers::wait;
use serde_json::Value;

/// The zone without a fault, beside [`APEX`].
const OTHER: &str = "other.test.";

/// A primary of two zones at serial 1, and their secondary. The first has these SOA timers.
fn pair(timers: &str) -> (Named, Daemon) {
    let mut setup = named::Setup::new(APEX, &records::zone_with(1, timers));
    let other = records::zone(1).replace("$ORIGIN example.", &format!("$ORIGIN {OTHER}"));
    setup.zones.push((OTHER.to_owned(), other));
    let named = setup.start();
    let zones = [APEX, OTHER].map(|apex| Zone::from(apex, named.at, None)).to_vec();
    let mut setup = daemon::Setup::new(zones);
    setup.bounds_min_s = Some(1);
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    daemon.wait_for_serial(OTHER, 1);
    (named, daemon)
}

fn ordinary_pair() -> (Named, Daemon) {
    pair("7200 900 1209600")
}

fn command(daemon: &Daemon, verb: &str, apex: &str) {
    assert!(daemon.run(&["zone", verb, apex]).status.success(), "zone {verb} {apex}");
}

/// Changes both zones; the other one must follow, whatever became of the first.
#[track_caller]
fn change_both(named: &Named, daemon: &Daemon, serial: u32) {
    for apex in [APEX, OTHER] {
        named.update(apex, &[&format!("add added{serial}.{apex} 60 TXT later")]);
        command(daemon, "refresh", apex);
    }
    daemon.wait_for_serial(OTHER, serial);
}

#[track_caller]
fn wait_for_state(daemon: &Daemon, state: &str) -> Value {
    wait::within(wait::SOON, &format!("{APEX} is {state}"), || {
        let status = daemon.status(APEX);
        (status["state"] == state).then_some(status)
    })
}

/// The zone is frozen, says why, and answers with serial 1; the other is as ever.
#[track_caller]
fn assert_frozen(daemon: &Daemon, action: &str) {
    let status = wait_for_state(daemon, "frozen");
    let failure = &status["last_failure"];
    assert_eq!(failure["code"], "INTERNAL_FAULT", "{status:#}");
    assert_eq!(failure["action"], action, "{status:#}");
    assert!(failure["fix"].as_str().unwrap().contains("retransfer"), "{status:#}");
    assert_eq!(status["next_refresh_at"], Value::Null, "{status:#}");
    assert_eq!(daemon.serial(APEX), Some(1), "its last good version is served");
    assert_eq!(daemon.status(OTHER)["state"], "ok");
}

#[test]
fn panic_in_a_step_freezes_that_zone_and_no_other() {
    let (named, daemon) = ordinary_pair();
    daemon.break_at(&["step example."]);
    change_both(&named, &daemon, 2);
    assert_frozen(&daemon, "soa");
    daemon.break_at(&[]);
    assert_frozen(&daemon, "soa"); // that it would work again is not for it to find out
    change_both(&named, &daemon, 3); // its command takes it up again
    daemon.wait_for_serial(APEX, 3);
    assert_eq!(daemon.status(APEX)["state"], "ok");
    assert_eq!(daemon.status(APEX)["last_success"]["action"], "axfr", "fetched whole");
}

#[test]
fn frozen_zone_is_taken_up_again_by_retransfer_and_by_reload() {
    let (_named, daemon) = ordinary_pair();
    let thaws: [fn(&Daemon); 2] =
        [|daemon| command(daemon, "retransfer", APEX), Daemon::reload_by_signal];
    for thaw in thaws {
        daemon.break_at(&["step example."]);
        command(&daemon, "refresh", APEX);
        assert_frozen(&daemon, "soa");
        daemon.break_at(&[]);
        assert!(daemon.log().contains("frozen: served until it expires"));
        thaw(&daemon);
        wait_for_state(&daemon, "ok");
    }
}

#[test]
fn zone_in_which_every_step_fails_expires_all_the_same_and_comes_back() {
    let (named, daemon) = pair("2 1 4");
    daemon.break_at(&["step example."]);
    wait_for_state(&daemon, "expired");
    let answer = ask::ask(daemon.at, APEX, ask::SOA).unwrap();
    assert_eq!(answer.rcode, ask::SERVFAIL, "served past EXPIRE");
    named.update(OTHER, &["add added.other.test. 60 TXT later"]);
    command(&daemon, "refresh", OTHER);
    daemon.wait_for_serial(OTHER, 2);
    daemon.break_at(&[]);
    command(&daemon, "retransfer", APEX);
    daemon.wait_for_serial(APEX, 1);
}

#[test]
fn panic_while_a_primary_is_asked_or_a_version_is_built_fails_that_attempt_alone() {
    let (named, daemon) = ordinary_pair();
    for (serial, spot) in [(2, "dial example."), (3, "build example.")] {
        let held = daemon.serial(APEX);
        daemon.break_at(&[spot]);
        change_both(&named, &daemon, serial);
        let failure = daemon.wait_for_failure(APEX, "INTERNAL_FAULT");
        assert_eq!(failure["primary"], named.at.to_string(), "{failure:#}");
        let status = daemon.status(APEX);
        assert_eq!(status["state"], "retrying", "{status:#}");
        assert_eq!(daemon.serial(APEX), held, "its last good version is served");
        daemon.break_at(&[]);
        command(&daemon, "refresh", APEX);
        daemon.wait_for_serial(APEX, serial);
        wait_for_state(&daemon, "ok");
    }
}

#[test]
fn panic_before_a_version_is_handed_over_leaves_a_zone_that_can_be_taken_up_again() {
    let (named, daemon) = ordinary_pair();
    daemon.break_at(&["install example."]);
    change_both(&named, &daemon, 2);
    assert_frozen(&daemon, "soa");
    daemon.break_at(&[]);
    command(&daemon, "retransfer", APEX);
    daemon.wait_for_serial(APEX, 2);
    wait_for_state(&daemon, "ok");
}

#[test]
fn panic_in_a_commit_freezes_that_zone_and_the_others_commit_on() {
    let (named, mut daemon) = ordinary_pair();
    daemon.break_at(&["commit example."]);
    change_both(&named, &daemon, 2);
    assert_frozen(&daemon, "install");
    daemon.break_at(&[]);
    command(&daemon, "retransfer", APEX);
    daemon.wait_for_serial(APEX, 2);
    daemon.stop();
    assert!(daemon.check_disk().status.success());
    daemon.start_again();
    daemon.wait_for_serial(APEX, 2);
    daemon.wait_for_serial(OTHER, 2);
}

/// More than there are UDP threads, so that each of them meets the fault, from as many ports.
const QUERIES: u16 = 64;

fn is_silent_to(server: SocketAddr, id: u16, transport: Transport) -> bool {
    let query = ask::query(id, "breaks.test.", ask::TXT);
    // A connection that ends instead of an answer may look like an error to who asks.
    ask::raw(server, &query, transport).map_or(true, |answer| answer.is_none())
}

#[test]
fn panic_in_a_query_costs_that_query_and_its_udp_thread_goes_on() {
    let (_named, daemon) = ordinary_pair();
    daemon.break_at(&["answer breaks.test."]);
    let silent = std::thread::scope(|scope| {
        let at = daemon.at;
        let asked: Vec<_> = (0..QUERIES)
            .map(|id| scope.spawn(move || is_silent_to(at, id, Transport::Udp)))
            .collect();
        asked.into_iter().all(|asked| asked.join().unwrap())
    });
    assert!(silent, "a query that panics has no answer");
    for _ in 0..QUERIES {
        let answer = ask::ask(daemon.at, OTHER, ask::SOA).unwrap();
        assert_eq!(answer.rcode, ask::NOERROR, "a query that has no fault has its answer");
    }
    let told = daemon.log().lines().filter(|line| line.contains("fault on purpose")).count();
    assert!((1..=3).contains(&told), "{told} lines for one fault that came {QUERIES} times");
}

#[test]
fn panic_in_a_query_over_tcp_costs_one_connection() {
    let (_named, daemon) = ordinary_pair();
    let mut open = TcpStream::connect(daemon.at).unwrap();
    daemon.break_at(&["answer breaks.test."]);
    for id in 0..QUERIES {
        assert!(is_silent_to(daemon.at, id, Transport::Tcp), "a query that panics has no answer");
        let query = ask::query(id, APEX, ask::SOA);
        let answer = ask::raw(daemon.at, &query, Transport::Tcp).unwrap();
        assert!(answer.is_some(), "the next connection is served");
    }
    let query = ask::query(1, OTHER, ask::SOA);
    let length = u16::try_from(query.len()).unwrap();
    open.write_all(&[&length.to_be_bytes()[..], &query].concat()).unwrap();
    let mut answered = [0; 2];
    open.read_exact(&mut answered).expect("a connection that was open is served on");
}
