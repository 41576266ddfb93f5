//! `kill -9` at random moments. Afterwards, without the primary: a serial no lower than the last
//! one seen in an answer, and exactly the primary's content at that serial.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::seed::Seed;
use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::records::{self, APEX};
use peers::{ports, wait};

const ROUNDS_OF_CHANGES: u32 = 38;
const ROUNDS_OF_FIRST_COPIES: u32 = 12;
/// Edits that are undone later, so that every diff also takes something away.
const WINDOW: u32 = 50;
/// A little before the log's length is looked at for the first time after a start.
const FIRST_LOOK_AT_THE_LOG: Duration = Duration::from_millis(1_920);
const LIMIT: Duration = Duration::from_secs(90);

/// Edit `n` makes serial `n + 1`: it adds `burst<n>`, and takes away the one a window ago.
fn edit(named: &Named, number: u32) {
    let add = format!("add burst{number}.example. 60 TXT \"{number}\"");
    match number.checked_sub(WINDOW).filter(|gone| *gone > 0) {
        Some(gone) => named.update(APEX, &[&add, &format!("delete burst{gone}.example. TXT")]),
        None => named.update(APEX, &[&add]),
    }
}

/// Whether a serial of the primary has the record of an edit.
fn has(serial: u32, number: u32) -> bool {
    number < serial && number + WINDOW >= serial
}

/// Edits the zone without pause while it lives.
struct Edits {
    stop: Arc<AtomicBool>,
    last: Arc<AtomicU32>,
    editing: JoinHandle<()>,
}

impl Edits {
    fn begin(named: &Arc<Named>, last: &Arc<AtomicU32>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (named, last, stopped) = (Arc::clone(named), Arc::clone(last), Arc::clone(&stop));
        let counter = Arc::clone(&last);
        let editing = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let number = counter.load(Ordering::Relaxed) + 1;
                edit(&named, number);
                counter.store(number, Ordering::Relaxed);
            }
        });
        Self { stop, last, editing }
    }

    /// Returns the number of the last edit.
    fn end(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.editing.join().unwrap();
        self.last.load(Ordering::Relaxed)
    }
}

/// Asks for the serial without pause and keeps the highest that was answered.
struct Watch {
    stop: Arc<AtomicBool>,
    watching: JoinHandle<u32>,
}

impl Watch {
    fn begin(server: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let watching = std::thread::spawn(move || {
            let mut seen = 0;
            while !stopped.load(Ordering::Relaxed) {
                seen = seen.max(ask::serial(server, APEX).unwrap_or(0));
            }
            seen
        });
        Self { stop, watching }
    }

    fn end(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.watching.join().unwrap()
    }
}

/// The records of the zone that no edit touches.
fn untouched(primary: SocketAddr) -> BTreeMap<(String, u16), Vec<Vec<u8>>> {
    let mut rrsets: BTreeMap<(String, u16), Vec<Vec<u8>>> = BTreeMap::new();
    for record in ask::axfr(primary, APEX).unwrap() {
        let owner = record.owner.folded().to_string();
        let occluded = owner.ends_with("sub.example.");
        if record.rrtype != ask::SOA && !owner.starts_with("burst") && !occluded {
            rrsets.entry((owner, record.rrtype)).or_default().push(record.rdata);
        }
    }
    rrsets.values_mut().for_each(|rdatas| rdatas.sort());
    rrsets
}

/// What is served is the primary's zone at the serial that is served: every record, and no other.
#[track_caller]
fn assert_true_copy(
    daemon: &Daemon,
    serial: u32,
    untouched: &BTreeMap<(String, u16), Vec<Vec<u8>>>,
) {
    for ((owner, rrtype), expected) in untouched {
        let answer = ask::ask(daemon.at, owner, *rrtype).expect("an answer");
        let mut found: Vec<_> = answer.answer.into_iter().map(|record| record.rdata).collect();
        found.sort();
        assert_eq!(&found, expected, "{owner} type {rrtype} at serial {serial}");
    }
    let first = serial.saturating_sub(WINDOW + 10).max(1);
    for number in first..serial + 10 {
        let owner = format!("burst{number}.example.");
        let answer = ask::ask(daemon.at, &owner, ask::TXT).expect("an answer");
        let expected = u8::from(has(serial, number));
        assert_eq!(answer.answer.len(), usize::from(expected), "{owner} at serial {serial}");
    }
    let fixed: usize = untouched.values().map(Vec::len).sum();
    let burst = (first..serial).filter(|number| has(serial, *number)).count();
    let (soa, occluded) = (1, 2);
    let records = daemon.status(APEX)["records"].as_u64();
    assert_eq!(records, Some((soa + occluded + fixed + burst) as u64), "at serial {serial}");
}

#[test]
fn killed_at_random_moments_it_holds_what_it_answered() {
    let started = Instant::now();
    let mut seed = Seed::new();
    let secondary = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let named = named::Setup::new(APEX, &records::zone(1)).notifying(secondary, None).start();
    let fixed = untouched(named.at);
    let with_primary = vec![Zone::from(APEX, named.at, None)];
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
    let without_primary = vec![Zone::from(APEX, nobody, None)];
    let mut setup = daemon::Setup::listening(secondary, with_primary.clone());
    setup.compact_at = Some("4KiB"); // due for compaction after a few dozen changes
    let mut daemon = setup.start();
    daemon.wait_for_serial(APEX, 1);
    let (named, last) = (Arc::new(named), Arc::new(AtomicU32::new(0)));
    let (mut rounds, mut alive_since) = (0, Instant::now());
    while rounds < ROUNDS_OF_CHANGES && started.elapsed() < LIMIT {
        rounds += 1;
        let watch = Watch::begin(secondary);
        let edits = Edits::begin(&named, &last);
        match rounds % 4 {
            0 => {
                // In the middle of a whole transfer, while changes go on.
                let _queued = daemon.run(&["zone", "retransfer", APEX]);
                seed.wait_below_ms(30);
            }
            1 => seed.wait_below_ms(400),
            2 => {
                // About when the log is looked at for the first time, and compacted.
                std::thread::sleep(FIRST_LOOK_AT_THE_LOG.saturating_sub(alive_since.elapsed()));
                seed.wait_below_ms(200);
            }
            _ => {
                // While it starts: recovery and the first probe.
                seed.wait_below_ms(100);
                daemon.kill();
                daemon.launch();
                seed.wait_below_ms(60);
            }
        }
        daemon.kill();
        let seen = watch.end();
        let edited = edits.end();

        daemon.setup.zones.clone_from(&without_primary);
        daemon.write_settings();
        daemon.start_again();
        let serial = wait::within(wait::SOON, "it answers from disk", || daemon.serial(APEX));
        assert!(serial >= seen, "round {rounds}: answered {seen} before, {serial} after");
        assert!(serial <= edited + 1, "round {rounds}: serial {serial} out of nowhere");
        assert_true_copy(&daemon, serial, &fixed);
        daemon.kill();

        daemon.setup.zones.clone_from(&with_primary);
        daemon.write_settings();
        alive_since = Instant::now();
        daemon.start_again();
        assert!(daemon.run(&["zone", "refresh", APEX]).status.success());
        daemon.wait_for_serial(APEX, edited + 1);
    }
    eprintln!("{rounds} kills, {} edits, {:?}", last.load(Ordering::Relaxed), started.elapsed());
    assert!(rounds >= ROUNDS_OF_CHANGES, "only {rounds} rounds in {LIMIT:?}");
    let compacted = daemon.program().log().matches("commit logs compacted").count();
    eprintln!("the log was compacted {compacted} times");
    assert!(compacted > 0, "no kill came near a compaction");
    daemon.stop();
    let checked = daemon.check_disk();
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
    let mut found_complete = 0;
    for round in 0..ROUNDS_OF_FIRST_COPIES {
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
    eprintln!("complete after {found_complete} of {ROUNDS_OF_FIRST_COPIES} kills");
    assert!(found_complete < ROUNDS_OF_FIRST_COPIES, "no kill met a transfer");
}
