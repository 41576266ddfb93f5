//! A million records from NSD.

use std::time::{Duration, Instant};

use super::registry;
use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::nsd;
use peers::primary::Setup;
use peers::wait;

const RECORDS: u32 = 1_000_000;
/// NSD itself takes a few seconds to read and send so much.
const TRANSFERRED_WITHIN: Duration = Duration::from_secs(60);
const RESTARTED_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn million_records_from_nsd_are_answered_also_after_a_restart_without_it() {
    let mut nsd = nsd::primary(Setup::new(registry::APEX, &registry::zone(RECORDS, 1)));
    let zones = vec![Zone::from(registry::APEX, nsd.at, None)];
    let started = Instant::now();
    let mut daemon = daemon::Setup::new(zones).start();
    wait::until(TRANSFERRED_WITHIN, "a million records are served", || {
        daemon.serial(registry::APEX) == Some(1)
    });
    eprintln!("served {:.2} s after the start of understudy", started.elapsed().as_secs_f64());
    assert_complete(&daemon, nsd.at);

    nsd.kill();
    daemon.stop();
    let started = Instant::now();
    daemon.launch();
    wait::until(RESTARTED_WITHIN, "a million records are served from disk", || {
        daemon.serial(registry::APEX) == Some(1)
    });
    eprintln!("answers {:.3} s after the restart", started.elapsed().as_secs_f64());
    assert_referral(&daemon, registry::delegations(RECORDS) - 1);
}

/// As many records as the primary sends, and the same referrals at its ends and in between.
fn assert_complete(daemon: &Daemon, primary: std::net::SocketAddr) {
    let sent = ask::axfr(primary, registry::APEX).unwrap().len();
    assert!(sent > 990_000, "the zone has {sent} records");
    assert_eq!(daemon.status(registry::APEX)["records"], sent);
    let last = registry::delegations(RECORDS) - 1;
    for number in [0, 1, 10, last / 3, last - 10, last - 1, last] {
        let owner = format!("{}.{}", registry::delegation(number), registry::APEX);
        let ours = ask::ask(daemon.at, &owner, ask::A).unwrap();
        let theirs = ask::ask(primary, &owner, ask::A).unwrap();
        let sorted = |mut records: Vec<ask::Record>| {
            records.sort();
            records
        };
        assert_eq!(sorted(ours.authority), sorted(theirs.authority), "{owner}");
        assert_referral(daemon, number);
    }
}

#[track_caller]
fn assert_referral(daemon: &Daemon, number: u32) {
    let owner = format!("{}.{}", registry::delegation(number), registry::APEX);
    let answer = ask::ask(daemon.at, &owner, ask::A).unwrap();
    assert_eq!((answer.rcode, answer.authority.len()), (ask::NOERROR, 2), "{owner}");
    assert!(answer.authority.iter().all(|record| record.rrtype == ask::NS), "{owner}");
}
