//! Limits on clients.

mod transfers;

use super::clients::Seat;
use super::*;
use crate::clock::Clock;
use crate::net::Counters;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use tokio::io::AsyncWriteExt;

const LIMITS: TcpLimits = TcpLimits {
    clients_max: 3,
    per_client_max: 2,
    idle: Duration::from_secs(10),
    stalled: Duration::from_secs(5),
};

fn client(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

#[test]
fn one_client_gets_its_share_and_no_more() {
    let clients = Clients::new(LIMITS);
    let first = clients.admit(client(1));
    let _second = clients.admit(client(1));
    assert!(clients.admit(client(1)).is_none());
    drop(first);
    assert!(clients.admit(client(1)).is_some(), "a seat given back can be taken again");
}

#[test]
fn a_full_house_sheds_the_idlest() {
    let clients = Clients::new(LIMITS);
    let seats: Vec<Seat> = (1..=3).filter_map(|n| clients.admit(client(n))).collect();
    for (seat, last_active) in seats.iter().zip([7, 3, 9]) {
        seat.state.last_active_ms.store(last_active, Ordering::Relaxed);
    }
    let _fourth = clients.admit(client(4)).expect("room is made");
    let kept: Vec<u64> = {
        let held = clients.seats.lock().expect("not poisoned");
        let mut kept: Vec<u64> = held.taken.keys().copied().collect();
        kept.sort_unstable();
        kept
    };
    assert_eq!(kept, [0, 2, 3], "the second had been silent longest");
    drop(seats);
    assert_eq!(clients.seats.lock().expect("not poisoned").taken.len(), 1);
}

#[test]
fn addresses_of_one_ipv6_network_are_one_client() {
    let client = |text: &str| client_of(text.parse().expect("an address"));
    assert_eq!(client("2001:db8:0:1::1"), client("2001:db8:0:1:ffff::2"));
    assert_ne!(client("2001:db8:0:1::1"), client("2001:db8:0:2::1"));
    assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
}

#[test]
fn refused_connections_are_told_once_a_minute() {
    let (mut refusals, start) = (Refusals::default(), Instant::now());
    let told: Vec<_> =
        [0, 1, 59, 60, 61].map(|s| refusals.admit(start + Duration::from_secs(s))).to_vec();
    assert_eq!(told, [Some(0), None, None, Some(2), None]);
}

/// Responds for no zone.
fn responder() -> Responder {
    Responder {
        table: Arc::default(),
        access: Arc::default(),
        counters: Arc::new(Counters::new()),
        shards: Arc::new([]),
        clock: Clock::start(),
        downstreams: Arc::default(),
    }
}

/// How long a client stays connected that sends `piece` every 100 ms for two seconds, with limits
/// of half a second; and whether it looked active. By the clock of the runtime, which stands still while anyone works.
async fn stay_of_one_who_sends(piece: &'static [u8]) -> (Duration, bool) {
    let half = Duration::from_millis(500);
    let limits = TcpLimits { idle: half, stalled: half, ..LIMITS };
    let (mut client, stream) = tokio::io::duplex(usize::from(u16::MAX));
    let from = SocketAddr::from(([192, 0, 2, 1], 53));
    let seat = Clients::new(limits).admit(from.ip()).expect("room");
    let (responder, (_stop, stopped)) = (Arc::new(responder()), watch::channel(false));
    let sending = async {
        for _ in 0..20 {
            drop(client.write_all(piece).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let started = Instant::now();
    tokio::select! {
        () = sending => {}
        ended = Conversation::new(stream, from, responder, limits).run(&seat, stopped) => drop(ended),
    }
    (started.elapsed(), seat.state.last_active_ms.load(Ordering::Relaxed) > 0)
}

#[tokio::test(start_paused = true)]
async fn only_whole_messages_keep_a_connection() {
    const QUERY: &[u8] = b"\0\x11\x12\x34\0\0\0\x01\0\0\0\0\0\0\0\0\x06\0\x01";
    let ((stay, was_active), octets, empty) = tokio::join!(
        stay_of_one_who_sends(QUERY),
        stay_of_one_who_sends(b"\x40"),
        stay_of_one_who_sends(b"\0\0"),
    );
    assert!(stay >= Duration::from_secs(2) && was_active, "left after {stay:?}");
    for (stay, was_active) in [octets, empty] {
        assert!(stay < Duration::from_millis(1_500) && !was_active, "stayed for {stay:?}");
    }
}
