//! What all transfers together may hold, whatever the primaries send.

use super::{GOOD, served};
use peers::daemon::{self, Daemon, Zone};
use peers::scripted::Primary;
use peers::wait;
use serde_json::Value;

/// What both daemons here may hold, in MiB.
const BUDGET_MIB: u64 = 16;

/// A daemon that follows as many zones as there are scripts, each from a primary that then does as they say.
fn follow(scripts: &[&str]) -> (Vec<Primary>, Daemon) {
    let good = format!("udp: soa{GOOD}; axfr: soa{GOOD} ns a1-3 soa{GOOD}");
    let primaries: Vec<_> =
        (0..scripts.len()).map(|at| Primary::start(&apex(at), None, &good)).collect();
    let zones = primaries.iter().enumerate().map(|(at, it)| Zone::from(&apex(at), it.at, None));
    let mut setup = daemon::Setup::new(zones.collect());
    setup.further = format!(
        "\n[limits]\nmemory-bytes-max = \"{BUDGET_MIB} MiB\"\ntransfer-seconds = 20\ntransfer-idle-seconds = 5\n"
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
    let (_primaries, daemon) = follow(&[
        "axfr: soa11 ns | huge60000 forever",
        "axfr: soa11 ns | fresh1500 forever",
        "axfr: soa11 ns | swollen2000 forever",
        "axfr: soa11 ns a1 soa11",
    ]);
    for at in 0..3 {
        retransfer(&daemon, at);
        let failure = daemon.wait_for_failure(&apex(at), "TRANSFER_MEMORY_FULL");
        assert!(limit_of(&failure).starts_with("a quarter"), "{failure:#}");
        let (serial, hosts) = served(daemon.at, &apex(at));
        assert_eq!((serial, hosts.len()), (Some(GOOD), 3), "zone {at}");
    }
    let peak_mib = daemon.program().resident_peak_bytes() >> 20;
    assert!(peak_mib < 20 + 3 * BUDGET_MIB, "{peak_mib} MiB resident");
    retransfer(&daemon, 3);
    daemon.wait_for_serial(&apex(3), 11);
}

/// Threat 2: transfers that stand still with what they hold leave nothing to others, until they are given up; then all
/// is as before.
#[test]
fn transfers_that_hold_the_whole_budget_give_it_back() {
    let standing = "axfr: soa11 ns | huge60000 65times | a1 hang";
    let (_primaries, daemon) =
        follow(&[standing, standing, standing, standing, standing, "axfr: soa11 ns a1 soa11"]);
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

fn refused_by_all(daemon: &Daemon, at: usize) -> bool {
    let status = daemon.status(&apex(at));
    let failure = &status["last_failure"];
    failure["code"] == "TRANSFER_MEMORY_FULL" && limit_of(failure).contains("for all")
}
