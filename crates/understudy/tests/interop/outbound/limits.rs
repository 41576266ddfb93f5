//! Strangers, readers that do not read, and rules that change.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::*;

fn failures(daemon: &Daemon, code: &str) -> u64 {
    daemon.status(APEX)["downstream"]["failures"][code].as_u64().unwrap_or(0)
}

/// Threat 34: and the last of them is shown with what would let it in.
#[test]
fn strangers_are_refused_and_counted() {
    let (_named, daemon) = upstream_and_us(&records::zone(1), None, String::new());
    assert!(ask::axfr(daemon.at, APEX).is_err());
    let answer = ask::exchange(daemon.at, &ask::Query::new(APEX, ask::AXFR), ask::Transport::Tcp);
    assert_eq!(answer.unwrap().rcode, ask::REFUSED);
    wait::until(wait::SOON, "both are counted", || {
        failures(&daemon, "DOWNSTREAM_UNKNOWN_SOURCE") == 2
    });
    let last = daemon.status(APEX)["downstream"]["last_failure"].clone();
    let (from, source) = (last["from"].as_str(), last["facts"]["source"].as_str());
    assert_eq!((from, source), (Some("127.0.0.1"), Some("127.0.0.1")));
}

/// A connection that asked for the zone, and reads nothing of it.
fn stalled(daemon: &Daemon) -> TcpStream {
    let mut stream = TcpStream::connect(daemon.at).expect("a connection");
    let query = ask::query(7, APEX, ask::AXFR);
    let length = u16::try_from(query.len()).expect("short").to_be_bytes();
    stream.write_all(&[&length[..], &query].concat()).expect("it is read");
    stream
}

/// Large enough not to fit what two sockets hold between them.
fn large_zone() -> String {
    let filler = "x".repeat(250);
    let lines = (0..60_000).map(|number| format!("filler{number} TXT \"{filler}\"\n"));
    records::zone(1) + &lines.collect::<String>()
}

/// Threats 9 and 42: those who do not read keep neither changes nor others waiting, hold one old version each at most,
/// and are left after the limit.
#[test]
fn readers_that_stall_keep_nobody_waiting_and_are_left() {
    let further = format!("{OPEN}\n[tcp]\nwrite-seconds = 3\n");
    let (named, daemon) = upstream_and_us(&large_zone(), None, further);
    let before = daemon.program().resident_peak_bytes();
    let stalled: Vec<TcpStream> = (0..5).map(|_| stalled(&daemon)).collect();
    for serial in 2..6 {
        named.update(APEX, &[&format!("add new{serial}.example. 60 A 192.0.2.9")]);
        daemon.wait_for_serial(APEX, serial);
    }
    let others = ask::axfr(daemon.at, APEX).expect("an AXFR beside them").len();
    assert_eq!(daemon.status(APEX)["records"], others);
    let grown = daemon.program().resident_peak_bytes().saturating_sub(before);
    assert!(grown < 24 << 20, "{grown} octets more for five readers and four versions");
    wait::until(3 * wait::SOON, "all five are left", || {
        failures(&daemon, "DOWNSTREAM_STALLED") == 5
    });
    let mut last = stalled.into_iter().next_back().expect("five");
    let mut come = Vec::new();
    drop(last.read_to_end(&mut come)); // what was on the way, and then the end, whichever kind
    assert!(come.len() < 17 << 20, "{} octets", come.len());
}

/// Threat 33.
#[test]
fn reload_ends_transfers_that_it_no_longer_allows() {
    let (_named, mut daemon) = upstream_and_us(&large_zone(), None, OPEN.to_owned());
    let mut stream = stalled(&daemon);
    let mut first = [0; 2];
    stream.read_exact(&mut first).expect("it begins");
    daemon.setup.further = String::new();
    daemon.write_settings();
    daemon.reload_by_signal();
    wait::until(wait::SOON, "nobody may transfer any more", || ask::axfr(daemon.at, APEX).is_err());
    let mut rest = vec![0; usize::from(u16::from_be_bytes(first))];
    stream.read_exact(&mut rest).expect("the first message");
    let last = loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length).expect("more, until it is told");
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).expect("all of it");
        if message[3] & 0x0f != 0 {
            break u16::from(message[3] & 0x0f);
        }
    };
    assert_eq!(last, ask::REFUSED);
    wait::until(wait::SOON, "it is shown", || failures(&daemon, "DOWNSTREAM_REVOKED") == 1);
}
