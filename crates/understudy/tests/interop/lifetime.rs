//! Timers, expiry and restarts (I-3, and the promises).

use peers::ask;
use peers::daemon::{self, Zone};
use peers::named;
use peers::program;
use peers::records::{self, APEX};
use peers::wait;

#[test]
fn zone_is_refreshed_by_its_soa_where_nobody_notifies() {
    let text = records::zone_with(1, "1 1 60");
    let named = named::Setup::new(APEX, &text).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
    setup.bounds_min_s = Some(1);
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    named.update(APEX, &["add new.example. 60 A 192.0.2.9"]);
    daemon.wait_for_serial(APEX, 2);
    assert_eq!(daemon.status(APEX)["last_notify"], serde_json::Value::Null);
}

#[test]
fn expired_zone_answers_servfail_and_recovers_when_its_primary_is_back() {
    let text = records::zone_with(1, "2 1 4");
    let mut named = named::Setup::new(APEX, &text).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
    setup.bounds_min_s = Some(1);
    let daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    named.kill();
    wait::until(wait::SOON, "answers end at EXPIRE", || {
        ask::ask(daemon.at, APEX, ask::SOA).unwrap().rcode == ask::SERVFAIL
    });
    let status = daemon.status(APEX);
    assert_eq!(status["state"], "expired");
    assert_eq!(status["serial"]["held"], 1, "held, but not served: {status:#}");
    assert_eq!(status["serial"]["served"], serde_json::Value::Null);
    named.start_again();
    daemon.wait_for_serial(APEX, 1);
    assert_eq!(daemon.status(APEX)["state"], "ok");
}

#[test]
fn expiry_goes_on_over_a_restart() {
    let text = records::zone_with(1, "2 1 6");
    let mut named = named::Setup::new(APEX, &text).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
    setup.bounds_min_s = Some(1);
    let mut daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    named.kill();
    let started = std::time::Instant::now();
    daemon.stop();
    daemon.start_again();
    wait::until(wait::SOON, "answers end at EXPIRE", || {
        ask::ask(daemon.at, APEX, ask::SOA).unwrap().rcode == ask::SERVFAIL
    });
    let elapsed = started.elapsed().as_secs_f64();
    assert!(elapsed < 8.0, "a restart does not prolong EXPIRE: {elapsed:.1} s");
}

#[test]
fn restart_answers_from_disk_with_the_primary_gone() {
    let mut named = named::Setup::new(APEX, &records::zone(1)).start();
    let mut daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    named.update(APEX, &["add new.example. 60 TXT \"new\""]);
    assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
    daemon.wait_for_serial(APEX, 2);
    named.kill();
    daemon.stop();
    let checked = daemon.check_disk();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    daemon.start_again();
    daemon.wait_for_serial(APEX, 2);
    assert_eq!(ask::ask(daemon.at, "new.example.", ask::TXT).unwrap().answer.len(), 1);
    named.start_again();
    records::assert_same_content(named.at, daemon.at, APEX);
}

#[test]
fn killed_hard_it_answers_from_disk_with_the_primary_gone() {
    let mut named = named::Setup::new(APEX, &records::zone(1)).start();
    let mut daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    named.kill();
    daemon.kill();
    daemon.start_again();
    daemon.wait_for_serial(APEX, 1);
}

/// Threat 46: a machine whose clock was wrong at boot, or jumps by ten years.
#[test]
fn date_that_is_set_while_we_run_expires_nothing_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let date = folder.path().join("date");
    let mut named = named::Setup::new(APEX, &records::zone(1)).start();
    let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
    std::fs::write(&date, "+0\n").unwrap();
    setup.under = program::dated_by(&date);
    let mut daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    wait::until(wait::SOON, "deadlines of that date", || daemon.log().contains("go to disk"));
    named.kill();
    for set in ["+3650d\n", "+0\n"] {
        std::fs::write(&date, set).unwrap();
        wait::until(wait::SOON, "it is noticed that the date was set", || {
            daemon.status(APEX); // wakes it
            daemon.log().contains("the date was set")
        });
        assert_eq!(daemon.serial(APEX), Some(1), "EXPIRE is no matter of the date");
        daemon.stop();
        daemon.start_again();
        daemon.wait_for_serial(APEX, 1);
    }
}
