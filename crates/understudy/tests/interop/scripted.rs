//! A primary that misbehaves on purpose: what no real one would do for us.

use std::str::FromStr as _;

use server::demo::primary::{Behaviour, Content, Edit, Primary, SoaTimers, below, text};
use tokio::runtime::Runtime;
use wire::name::Name;
use wire::serial::Serial;

use peers::ask;
use peers::daemon::{self, Daemon, Upstream, Zone};
use peers::records::APEX;
use peers::wait;

/// Names that make a transfer take several messages.
const NAMES: u32 = 3_000;

/// A primary at serial 10, and the runtime it lives in.
fn primary(runtime: &Runtime) -> Primary {
    let apex = Name::from_str(APEX).unwrap();
    let timers = SoaTimers { refresh: 7_200, retry: 900, expire: 1_209_600 };
    let mut content = Content::new(apex.clone(), Serial(0), timers);
    let added = (0..NAMES).map(|n| text(below(&apex, &format!("name{n}")), "first")).collect();
    content.edit(Edit { removed: Vec::new(), added });
    runtime.block_on(Primary::start(content.at_serial(Serial(10)), None)).unwrap()
}

/// Adds one name; returns the new serial.
fn edit(primary: &Primary) -> u32 {
    let apex = Name::from_str(APEX).unwrap();
    let number = primary.serial().0 + 1;
    let added = vec![text(below(&apex, &format!("added{number}")), "later")];
    primary.edit(Edit { removed: Vec::new(), added }).0
}

fn follow(primary: &Primary) -> Daemon {
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, primary.at(), None)]).start();
    daemon.wait_for_serial(APEX, 10);
    daemon
}

fn retransfer(daemon: &Daemon) {
    assert!(daemon.run(&["zone", "retransfer", APEX]).status.success());
}

#[test]
fn stream_that_is_cut_changes_nothing_and_is_named() {
    let runtime = Runtime::new().unwrap();
    let primary = primary(&runtime);
    let daemon = follow(&primary);
    let serial = edit(&primary);
    primary.behave(Behaviour::CutStream { after: 2 });
    retransfer(&daemon);
    let failure = daemon.wait_for_failure(APEX, "AXFR_NO_TRAILING_SOA");
    assert_eq!(failure["primary"], primary.at().to_string());
    assert!(failure["facts"]["records"].as_u64() > Some(0), "how far it came: {failure:#}");
    assert_eq!(daemon.serial(APEX), Some(10));
    assert_eq!(ask::ask(daemon.at, "name7.example.", ask::TXT).unwrap().answer.len(), 1);
    primary.behave(Behaviour::Honest);
    retransfer(&daemon);
    daemon.wait_for_serial(APEX, serial);
}

#[test]
fn stream_cut_by_one_primary_is_had_whole_from_the_other() {
    let runtime = Runtime::new().unwrap();
    let (cutting, whole) = (primary(&runtime), primary(&runtime));
    cutting.behave(Behaviour::CutStream { after: 1 });
    let upstreams = [&cutting, &whole].map(|it| Upstream { at: it.at(), key: None }).to_vec();
    let daemon = daemon::Setup::new(vec![Zone { apex: APEX.to_owned(), upstreams }]).start();
    daemon.wait_for_serial(APEX, 10);
    // The two name servers' records, the SOA and all names; nothing twice, nothing missing.
    assert_eq!(daemon.status(APEX)["records"], NAMES + 3);
    let failure = daemon.wait_for_failure(APEX, "AXFR_NO_TRAILING_SOA");
    assert_eq!(failure["primary"], cutting.at().to_string());
}

#[test]
fn primary_that_went_back_is_named_and_its_older_zone_is_not_taken() {
    let runtime = Runtime::new().unwrap();
    let primary = primary(&runtime);
    let daemon = follow(&primary);
    primary.behave(Behaviour::SerialAt(Serial(3)));
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    let failure = daemon.wait_for_failure(APEX, "SERIAL_OLDER");
    let facts = failure["facts"].to_string();
    assert!(facts.contains('3') && facts.contains("10"), "both serials: {failure:#}");
    assert_eq!(daemon.serial(APEX), Some(10));
}

#[test]
fn refused_ixfr_is_followed_by_a_refused_axfr_and_the_copy_is_served_on() {
    let runtime = Runtime::new().unwrap();
    let primary = primary(&runtime);
    let daemon = follow(&primary);
    let serial = edit(&primary);
    let before = primary.asked();
    primary.behave(Behaviour::RefuseTransfers);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_failure(APEX, "REFUSED");
    wait::until(wait::SOON, "AXFR is tried after IXFR", || {
        let asked = primary.asked();
        asked.ixfr > before.ixfr && asked.axfr > before.axfr
    });
    assert_eq!(daemon.serial(APEX), Some(10));
    primary.behave(Behaviour::Honest);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_serial(APEX, serial);
    assert_eq!(daemon.status(APEX)["last_success"]["action"], "ixfr");
}

#[test]
fn silent_primary_times_out_and_the_zone_recovers_when_it_speaks() {
    let runtime = Runtime::new().unwrap();
    let primary = primary(&runtime);
    let daemon = follow(&primary);
    let serial = edit(&primary);
    primary.behave(Behaviour::Silent);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    wait::until(2 * wait::SOON, "the zone is retrying", || {
        daemon.status(APEX)["state"] == "retrying"
    });
    assert_eq!(daemon.serial(APEX), Some(10));
    primary.behave(Behaviour::Honest);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_serial(APEX, serial);
}
