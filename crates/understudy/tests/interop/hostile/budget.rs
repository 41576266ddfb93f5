//! What all transfers together may hold, whatever the primaries send.

use super::{GOOD, served};
use peers::daemon::{self, Daemon, Zone};
use peers::scripted::Primary;
use peers::wait;
use serde_json::Value;
use std::time::{Duration, Instant};

/// What both daemons here may hold, in MiB.
const BUDGET_MIB: u64 = 16;

/// What is shown when it is used up.
const FULL: &str = "TRANSFER_MEMORY_FULL";

/// A daemon that follows as many zones as there are scripts, each from a primary that then does as they say, and that
/// bears silence for so long.
fn follow(scripts: &[&str], idle_s: u32) -> (Vec<Primary>, Daemon) {
    let good = format!("udp: soa{GOOD}; axfr: soa{GOOD} ns a1-3 soa{GOOD}");
    let primaries: Vec<_> =
        (0..scripts.len()).map(|at| Primary::start(&apex(at), None, &good)).collect();
    let zones = primaries.iter().enumerate().map(|(at, it)| Zone::from(&apex(at), it.at, None));
    let mut setup = daemon::Setup::new(zones.collect());
    setup.further = format!(
        "\n[limits]\nmemory-bytes-max = \"{BUDGET_MIB} MiB\"\ntransfer-idle-seconds = {idle_s}\n"
    );
    let daemon = setup.start();
    for (at, (primary, script)) in primaries.iter().zip(scripts).enumerate() {
        daemon.wait_for_serial(&apex(at), GOOD);
        primary.behave(script);
    }
    (primaries, daemon)
}

fn apex(at: usize) -> String {
    format!("zone{at}.hostile.")
}

fn retransfer(daemon: &Daemon, at: usize) {
    assert!(daemon.run(&["zone", "retransfer", &apex(at)]).status.success());
}

fn limit_of(failure: &Value) -> &str {
    failure["facts"]["limit"].as_str().expect("the limit that was met")
}

/// Threat 2: endless streams meet the quarter of the budget that one transfer may take, also when each octet of them
/// becomes twenty here.
#[test]
fn endless_streams_are_refused_before_they_fill_the_memory() {
    let scripts = [
        "axfr: soa11 ns | huge60000 forever",
        "axfr: soa11 ns | fresh1500 forever",
        "axfr: soa11 ns | swollen2000 forever",
        "axfr: soa11 ns a1 soa11",
    ];
    let (_primaries, daemon) = follow(&scripts, 5);
    for at in 0..3 {
        retransfer(&daemon, at);
        let failure = daemon.wait_for_failure(&apex(at), FULL);
        assert!(limit_of(&failure).starts_with("a quarter"), "{failure:#}");
        let (serial, hosts) = served(daemon.at, &apex(at));
        assert_eq!((serial, hosts.len()), (Some(GOOD), 3), "zone {at}");
    }
    let peak_mib = daemon.program().resident_peak_bytes() >> 20;
    assert!(peak_mib < 20 + 3 * BUDGET_MIB, "{peak_mib} MiB resident");
    retransfer(&daemon, 3);
    daemon.wait_for_serial(&apex(3), 11);
}

/// Comes near the quarter that one transfer may take, and stops.
const STANDING: &str = "axfr: soa11 ns | huge60000 65times | a1 hang";

/// Threat 2: transfers that stand still with what they hold leave nothing to others, until they are given up; then all
/// is as before.
#[test]
fn transfers_that_hold_the_whole_budget_give_it_back() {
    let scripts = [STANDING, STANDING, STANDING, STANDING, STANDING, "axfr: soa11 ns a1 soa11"];
    let (_primaries, daemon) = follow(&scripts, 5);
    (0..5).for_each(|at| retransfer(&daemon, at));
    wait::until(wait::SOON, "one of five transfers finds no memory", || {
        (0..5).any(|at| refused_by_all(&daemon, at))
    });
    wait::until(wait::SOON, "the others are given up", || {
        (0..5).all(|at| daemon.status(&apex(at))["state"] == "retrying")
    });
    retransfer(&daemon, 5);
    daemon.wait_for_serial(&apex(5), 11);
}

/// Threat 2: the same primaries, and much patience with silence: they give way to whoever makes headway.
#[test]
fn transfers_without_headway_give_way_to_others() {
    let moving = "axfr: soa11 ns | huge60000 50times | soa11";
    let (_primaries, daemon) = follow(&[STANDING, STANDING, STANDING, STANDING, moving], 600);
    (0..4).for_each(|at| retransfer(&daemon, at));
    wait::until(wait::SOON, "four transfers stand still", || {
        (0..4).all(|at| daemon.status(&apex(at))["transfer"]["records"] == 68)
    });
    let began = Instant::now();
    retransfer(&daemon, 4);
    wait::until(wait::SOON, "there is no room at first", || refused_by_all(&daemon, 4));
    let mut asked_at = Instant::now();
    wait::until(2 * wait::SOON, "one of them gives way", || {
        if asked_at.elapsed() > Duration::from_secs(1) {
            asked_at = Instant::now();
            retransfer(&daemon, 4);
        }
        daemon.serial(&apex(4)) == Some(11)
    });
    assert!(began.elapsed() > Duration::from_secs(5), "they had their time");
    let gave_way = |at: usize| daemon.status(&apex(at))["last_failure"]["code"] == FULL;
    assert_eq!((0..4).filter(|&at| gave_way(at)).count(), 1, "and no more than one");
}

fn refused_by_all(daemon: &Daemon, at: usize) -> bool {
    let status = daemon.status(&apex(at));
    let failure = &status["last_failure"];
    failure["code"] == FULL && limit_of(failure).contains("for all")
}
