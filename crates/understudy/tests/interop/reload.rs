//! `understudy.toml` read again while queries come in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::named;
use peers::records::{self, APEX};
use peers::wait;
use serde_json::Value;

const SECOND: &str = "second.test.";

/// Asks for the apex of `example.` without pause until stopped, each question once.
struct Questions {
    stop: Arc<AtomicBool>,
    asking: JoinHandle<(u32, u32)>,
}

impl Questions {
    fn begin(server: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let asking = std::thread::spawn(move || {
            let (mut asked, mut answered) = (0, 0);
            while !seen.load(Ordering::Relaxed) {
                asked += 1;
                let answer = ask::ask(server, APEX, ask::SOA);
                answered += u32::from(answer.is_ok_and(|answer| answer.rcode == ask::NOERROR));
            }
            (asked, answered)
        });
        Self { stop, asking }
    }

    /// Fails if one of them had no good answer.
    #[track_caller]
    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let (asked, answered) = self.asking.join().unwrap();
        assert!(asked > 0, "no question was asked");
        assert_eq!(asked, answered, "queries were lost");
    }
}

fn second_zone() -> String {
    records::zone(5).replace("$ORIGIN example.", &format!("$ORIGIN {SECOND}"))
}

#[test]
fn reload_adds_and_removes_a_zone_without_losing_a_query() {
    let mut setup = named::Setup::new(APEX, &records::zone(1));
    setup.zones.push((SECOND.to_owned(), second_zone()));
    let named = setup.start();
    let mut daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    let refused =
        |daemon: &Daemon| ask::ask(daemon.at, SECOND, ask::SOA).unwrap().rcode == ask::REFUSED;
    assert!(refused(&daemon), "not ours yet");

    let questions = Questions::begin(daemon.at);
    daemon.setup.zones.push(Zone::from(SECOND, named.at, None));
    daemon.write_settings();
    daemon.reload_by_signal();
    daemon.wait_for_serial(SECOND, 5);
    daemon.setup.zones.pop();
    daemon.write_settings();
    daemon.reload_by_signal();
    wait::until(wait::SOON, "a zone that was removed is refused", || refused(&daemon));
    questions.end();

    daemon.stop();
    daemon.start_again();
    daemon.wait_for_serial(APEX, 1);
    assert!(refused(&daemon), "and stays gone over a restart");
}

#[test]
fn broken_reload_changes_nothing_and_says_where() {
    let named = named::Setup::new(APEX, &records::zone(1)).start();
    let daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    daemon.wait_for_serial(APEX, 1);
    let before = listed(&daemon);
    let questions = Questions::begin(daemon.at);
    daemon.write_broken_settings();
    let output = daemon.run(&["reload"]);
    assert!(!output.status.success(), "a reload that failed says so");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("understudy.toml") && said.contains("primary"), "where and what: {said}");
    daemon.reload_by_signal();
    wait::until(wait::SOON, "the log says it too", || {
        daemon.program().log().contains("understudy.toml")
    });
    questions.end();
    assert_eq!(listed(&daemon), before);
}

/// What is held and served of each zone. Without points in time: each is counted from now on and may
/// be rounded to the next second.
fn listed(daemon: &Daemon) -> Vec<Value> {
    let zones: Value =
        serde_json::from_slice(&daemon.run(&["zone", "list", "--json"]).stdout).unwrap();
    let keys = ["id", "name", "view", "state", "serial", "records", "size_bytes"];
    let zones = zones.as_array().unwrap();
    zones.iter().map(|zone| keys.iter().map(|key| zone[key].clone()).collect()).collect()
}
