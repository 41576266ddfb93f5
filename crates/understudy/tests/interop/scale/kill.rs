//! `kill -9` at random moments. Afterwards, without the primary: a serial no lower than the last one seen in an
//! answer, and a version that the primary had, record for record.
//!
//! `KILLS=5000 cargo test --release -p understudy --features scale scale::kill` kills more often than the tests do.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::seed::Seed;
use crate::checker::{Versions, Watch, is_at_least};
use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::records::{self, APEX};
use peers::{ports, wait};

/// Kills while changes go on; of first copies there are a seventh as many.
const KILLS: u32 = 176;
/// Edits that are undone later, so that every diff also takes something away.
const WINDOW: u32 = 50;
/// A little before the log's length is looked at for the first time after a start.
const FIRST_LOOK_AT_THE_LOG: Duration = Duration::from_millis(1_920);

/// How often to kill: as often as `KILLS` says, or else as the tests do.
fn kills() -> u32 {
    std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Edit `n` makes serial `n + 1`: it adds `burst<n>`, and takes away the one a window ago.
fn edit(named: &Named, number: u32) {
    let add = format!("add burst{number}.example. 60 TXT \"{number}\"");
    match number.checked_sub(WINDOW).filter(|gone| *gone > 0) {
        Some(gone) => named.update(APEX, &[&add, &format!("delete burst{gone}.example. TXT")]),
        None => named.update(APEX, &[&add]),
    }
}

/// Edits the zone without pause while it lives, and has the judge look at each version.
struct Edits {
    stop: Arc<AtomicBool>,
    editing: JoinHandle<()>,
}

impl Edits {
    fn begin(named: &Arc<Named>, versions: &Arc<Versions>, last: &Arc<AtomicU32>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (named, versions) = (Arc::clone(named), Arc::clone(versions));
        let (last, stopped) = (Arc::clone(last), Arc::clone(&stop));
        let editing = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let number = last.load(Ordering::Relaxed) + 1;
                edit(&named, number);
                assert_eq!(versions.note(named.at), number + 1);
                last.store(number, Ordering::Relaxed);
            }
        });
        Self { stop, editing }
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.editing.join().unwrap();
    }
}

/// A primary that is edited, a secondary that is killed, and their judge.
struct Bench {
    seed: Seed,
    named: Arc<Named>,
    versions: Arc<Versions>,
    edited: Arc<AtomicU32>,
    daemon: Daemon,
    with_primary: Vec<Zone>,
    without_primary: Vec<Zone>,
    alive_since: Instant,
}

impl Bench {
    fn new() -> Self {
        let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let named = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None).start();
        let with_primary = vec![Zone::from(APEX, named.at, None)];
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let without_primary = vec![Zone::from(APEX, nobody, None)];
        let mut setup = daemon::Setup::listening(secondary, with_primary.clone());
        setup.compact_at = Some("4KiB"); // due for compaction after a few dozen changes
        "\n[transfer]\nallow = [\"127.0.0.0/8\"]\n".clone_into(&mut setup.further);
        let versions = Versions::of(APEX);
        versions.note(named.at);
        let daemon = setup.start();
        daemon.wait_for_serial(APEX, 1);
        let (named, edited) = (Arc::new(named), Arc::new(AtomicU32::new(0)));
        let (seed, alive_since) = (Seed::new(), Instant::now());
        Self { seed, named, versions, edited, daemon, with_primary, without_primary, alive_since }
    }

    /// Lets a random moment come, of a kind that depends on the round.
    fn wait_for_the_moment(&mut self, round: u32) {
        match round % 12 {
            0 | 4 | 8 => {
                // In the middle of a whole transfer, while changes go on.
                let _queued = self.daemon.run(&["zone", "retransfer", APEX]);
                self.seed.wait_below_ms(30);
            }
            2 | 9 => {
                // About when the log is looked at for the first time, and compacted.
                let passed = self.alive_since.elapsed();
                std::thread::sleep(FIRST_LOOK_AT_THE_LOG.saturating_sub(passed));
                self.seed.wait_below_ms(400);
            }
            3 | 7 | 11 => {
                // While it starts: recovery and the first probe.
                self.seed.wait_below_ms(100);
                self.daemon.kill();
                self.daemon.launch();
                self.seed.wait_below_ms(60);
            }
            _ => self.seed.wait_below_ms(300),
        }
    }

    /// Changes, a kill among them, and what is on disk then.
    fn round(&mut self, round: u32) {
        let watch = Watch::begin(self.daemon.at, APEX);
        let edits = Edits::begin(&self.named, &self.versions, &self.edited);
        self.wait_for_the_moment(round);
        self.daemon.kill();
        let seen = watch.end();
        edits.end();
        self.versions.assert_had_all(&seen.serials);

        self.daemon.setup.zones.clone_from(&self.without_primary);
        self.daemon.write_settings();
        self.daemon.start_again();
        self.alive_since = Instant::now();
        let serial = self.versions.judge(self.daemon.at, &format!("round {round}"));
        let last = seen.last.unwrap_or(serial);
        assert!(is_at_least(serial, last), "round {round}: answered {last} before, {serial} after");

        self.daemon.setup.zones.clone_from(&self.with_primary);
        self.daemon.write_settings();
        self.daemon.reload_by_signal();
        let edited = self.edited.load(Ordering::Relaxed) + 1;
        wait::until(wait::SOON, "it catches up", || {
            // What was asked before the reload is asked of nobody.
            let _queued = self.daemon.run(&["zone", "refresh", APEX]);
            self.daemon.serial(APEX) == Some(edited)
        });
    }
}

/// Threat 46: the process may end between any two instructions.
#[test]
fn killed_at_random_moments_it_holds_what_it_answered() {
    let started = Instant::now();
    let mut bench = Bench::new();
    let rounds = kills();
    for round in 1..=rounds {
        bench.round(round);
    }
    let edits = bench.edited.load(Ordering::Relaxed);
    eprintln!("{rounds} kills, {edits} edits, {:?}", started.elapsed());
    let compacted = bench.daemon.log().matches("commit logs compacted").count();
    eprintln!("the log was compacted {compacted} times");
    assert!(compacted > 0, "no kill came near a compaction");
    bench.daemon.stop();
    let checked = bench.daemon.check_disk();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn killed_during_the_first_axfr_it_has_nothing_or_everything() {
    let mut seed = Seed::new();
    let text: String =
        (0..100_000).map(|n| format!("name{n} A 10.0.{}.{}\n", n >> 8 & 255, n & 255)).collect();
    let named = named::Setup::new(APEX, &(records::zone(1) + &text)).start();
    let expected = ask::axfr(named.at, APEX).unwrap().len();
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    // As long as a first copy takes on this machine today, and a little more.
    let started = Instant::now();
    let undisturbed = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
    undisturbed.wait_for_serial(APEX, 1);
    let range_ms = u64::try_from(started.elapsed().as_millis() * 5 / 4).unwrap();
    drop(undisturbed);
    let (mut found_complete, rounds) = (0, (kills() / 7).max(1));
    for round in 0..rounds {
        let mut daemon = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]).start();
        seed.wait_below_ms(range_ms);
        let seen = daemon.serial(APEX);
        daemon.kill();
        daemon.setup.zones = vec![Zone::from(APEX, nobody, None)];
        daemon.write_settings();
        daemon.start_again();
        // Without a copy the zone is served as failed, so there is always an answer to wait for.
        let answer = ask::ask(daemon.at, APEX, ask::SOA).expect("an answer");
        let status = daemon.status(APEX);
        match daemon.serial(APEX) {
            Some(serial) => {
                assert_eq!((serial, &status["records"]), (1, &expected.into()), "round {round}");
                found_complete += 1;
            }
            None => {
                assert_eq!((answer.rcode, seen), (ask::SERVFAIL, None), "round {round}: lost");
                assert_eq!(status["records"], 0, "round {round}: half a zone");
            }
        }
    }
    eprintln!("complete after {found_complete} of {rounds} kills");
    assert!(found_complete < rounds, "no kill met a transfer");
}
