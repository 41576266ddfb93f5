//! Threat 46: the wall clock jumps by years, over the end of 32-bit time, while the daemon is down or between its starts.

use std::net::{Ipv4Addr, SocketAddr};

use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::named;
use peers::records::{self, APEX};
use peers::{ports, wait};

/// Starts it again with a clock that is wrong by so much (`+13y`), `None` with the right one.
fn start_with_clock(daemon: &mut Daemon, offset: Option<&str>) {
    daemon.setup.clock = offset.map(str::to_owned);
    daemon.start_again();
}

#[track_caller]
fn assert_served(daemon: &Daemon, told: &str) {
    assert_eq!(daemon.serial(APEX), Some(1), "{told}");
}

#[test]
fn clock_that_jumps_by_years_extends_nothing_and_loses_nothing() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let with_primary = vec![Zone::from(APEX, named.at, None)];
    let without_primary = vec![Zone::from(APEX, nobody, None)];
    let mut daemon = daemon::Setup::new(with_primary.clone()).start();
    daemon.wait_for_serial(APEX, 1);
    daemon.stop();
    daemon.setup.zones.clone_from(&without_primary);
    daemon.write_settings();

    // A clock that stands before the last confirmation proves nothing.
    start_with_clock(&mut daemon, Some("-10y"));
    assert_served(&daemon, "ten years back");
    daemon.stop();
    start_with_clock(&mut daemon, None);
    assert_served(&daemon, "and now again");
    daemon.stop();

    // One that stands beyond EXPIRE and beyond 2038 ends the zone, as if so much time had passed.
    start_with_clock(&mut daemon, Some("+13y"));
    let answer = ask::ask(daemon.at, APEX, ask::SOA).unwrap();
    assert_eq!(answer.rcode, ask::SERVFAIL);
    assert_eq!(daemon.status(APEX)["state"], "expired");
    daemon.setup.zones.clone_from(&with_primary);
    daemon.write_settings();
    daemon.reload_by_signal();
    wait::until(wait::SOON, "a primary confirms it in 2039", || {
        let _queued = daemon.run(&["zone", "refresh", APEX]);
        daemon.serial(APEX) == Some(1)
    });
    daemon.stop();
    daemon.setup.zones.clone_from(&without_primary);
    daemon.write_settings();
    start_with_clock(&mut daemon, Some("+13y"));
    assert_served(&daemon, "in 2039, from disk");
    daemon.stop();

    // Back from the future: the confirmation of 2039 grants one EXPIRE, not thirteen years.
    start_with_clock(&mut daemon, None);
    assert_served(&daemon, "thirteen years back");
    let expires_at = daemon.status(APEX)["expires_at"].as_str().unwrap().to_owned();
    let this_year = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let year = 1970 + this_year.as_secs() / 31_556_952;
    let expected = [year, year + 1].map(|year| expires_at.starts_with(&year.to_string()));
    assert!(expected.contains(&true), "{expires_at}");
}
