//! Octets that went bad while the daemon was down: it starts, names the damage, serves what it can, and has the rest
//! from the primary.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use peers::ask;
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::records::{self, APEX};
use peers::{ports, wait};

use super::TIMERS;
use crate::checker::{Versions, is_at_least};

/// The first has an image, the others live in the log.
const ZONES: [&str; 5] = [APEX, "a.test.", "b.test.", "c.test.", "d.test."];

fn text(apex: &str) -> String {
    if apex == APEX {
        return records::zone_with(1, TIMERS);
    }
    format!(
        "$ORIGIN {apex}\n$TTL 300\n@ SOA ns1 hostmaster 1 {TIMERS} 60\n@ NS ns1\nns1 A 192.0.2.1\n\
         www A 192.0.2.2\n"
    )
}

/// What happens to the disk.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// Octets of a file whose name starts so, at this part of its length in thousandths, are turned over.
    Octets(&'static str, u64, usize),
    /// The file ends there.
    Cut(&'static str, u64),
    /// The file is gone.
    Gone(&'static str),
}
use Damage::{Cut, Gone, Octets};

/// What is done to the disk, in order, one at each restart.
const DAMAGES: [Damage; 22] = [
    Octets("log-", 0, 1),
    Octets("log-", 300, 1),
    Octets("log-", 700, 40),
    Octets("log-", 995, 1),
    Octets("log-", 0, 128),
    Octets("base-", 100, 1),
    Octets("base-", 600, 64),
    Octets("base-", 990, 4),
    Octets("image-", 0, 128),
    Octets("image-", 500, 1),
    Octets("image-", 999, 1),
    Gone("image-"),
    Cut("image-", 500),
    Cut("log-", 500),
    Gone("log-"),
    Octets("understudy.sqlite", 0, 16),
    Octets("understudy.sqlite", 100, 400),
    Octets("understudy.sqlite", 350, 3_000),
    Octets("understudy.sqlite-wal", 300, 1),
    Cut("understudy.sqlite", 400),
    Cut("understudy.sqlite", 0),
    Gone("understudy.sqlite"),
];

/// The files of a data directory whose names start so.
fn found(folder: &Path, start: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(found(&path, start));
        } else if name == start || (start.ends_with('-') && name.starts_with(start)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

impl Damage {
    /// The file, or how its name starts.
    fn file(self) -> &'static str {
        let (Octets(start, ..) | Cut(start, _) | Gone(start)) = self;
        start
    }

    /// Zones that it may cost, while no primary is there: two frames side by side, one image, or whatever was in
    /// the file or has its deadlines there.
    fn zones_lost_max(self) -> usize {
        match self {
            Octets("log-" | "base-", 1.., ..) => 2,
            Octets("image-", ..) | Cut("image-", _) | Gone("image-") => 1,
            Octets(..) | Cut(..) | Gone(_) => ZONES.len(),
        }
    }

    /// Does it to the newest of the files.
    fn inflict(self, folder: &Path) {
        let path = found(folder, self.file()).pop().expect("such a file");
        let mut octets = fs::read(&path).unwrap();
        let at = |part: u64| octets.len() * part as usize / 1_000;
        match self {
            Octets(_, part, count) => {
                let at = at(part);
                octets.iter_mut().skip(at).take(count).for_each(|octet| *octet ^= 0xa5);
            }
            Cut(_, part) => octets.truncate(at(part)),
            Gone(_) => return fs::remove_file(path).unwrap(),
        }
        fs::write(path, octets).unwrap();
    }
}

/// Five zones, their primary, and who knows what they may be.
struct Bench {
    named: Named,
    daemon: Daemon,
    versions: BTreeMap<&'static str, Arc<Versions>>,
    with_primary: Vec<Zone>,
    without_primary: Vec<Zone>,
    serial: u32,
}

impl Bench {
    fn new() -> Self {
        let mut setup = named::Setup::new(APEX, "");
        setup.zones = ZONES.map(|apex| (apex.to_owned(), text(apex))).to_vec();
        let named = setup.start();
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::free()));
        let zones = |primary| ZONES.map(|apex| Zone::from(apex, primary, None)).to_vec();
        let (with_primary, without_primary) = (zones(named.at), zones(nobody));
        let mut setup = daemon::Setup::new(with_primary.clone());
        setup.bounds_min_s = Some(1);
        setup.compact_at = Some("4KiB");
        "\n[transfer]\nallow = [\"127.0.0.0/8\"]\n".clone_into(&mut setup.further);
        let versions = ZONES.map(|apex| (apex, Versions::of(apex))).into();
        let daemon = setup.start();
        let bench = Self { named, daemon, versions, with_primary, without_primary, serial: 1 };
        bench.note();
        bench.catch_up("at first");
        bench
    }

    fn note(&self) {
        for versions in self.versions.values() {
            assert_eq!(versions.note(self.named.at), self.serial);
        }
    }

    /// A change of each zone; three of them are in the log beside each other.
    fn edit(&mut self) {
        for apex in ZONES {
            self.named.update(apex, &[&format!("add at{}.{apex} 60 TXT new", self.serial)]);
        }
        self.serial += 1;
        self.note();
    }

    /// Everything is as at the primary.
    #[track_caller]
    fn catch_up(&self, told: &str) {
        for (apex, versions) in &self.versions {
            wait::until(wait::SOON, &format!("{told}: {apex} at {}", self.serial), || {
                self.daemon.serial(apex) == Some(self.serial)
            });
            versions.judge(self.daemon.at, told);
        }
    }

    /// Without a primary: what is served is a version that it had; returns how many zones are not served.
    #[track_caller]
    fn judge_alone(&self, told: &str) -> usize {
        let mut lost = 0;
        for (apex, versions) in &self.versions {
            if ask::ask(self.daemon.at, apex, ask::SOA).unwrap().rcode == ask::SERVFAIL {
                lost += 1;
                continue;
            }
            let serial = versions.judge(self.daemon.at, told);
            assert!(is_at_least(self.serial, serial), "{told}: {apex}");
        }
        lost
    }

    fn log_octets(&self) -> usize {
        fs::read(self.daemon.config().with_file_name("understudy.log")).unwrap().len()
    }

    fn point_at(&mut self, zones: &[Zone]) {
        self.daemon.setup.zones = zones.to_vec();
        self.daemon.write_settings();
    }
}

/// Threat 46.
#[test]
fn damage_anywhere_on_disk_is_named_and_costs_what_it_hits() {
    let mut bench = Bench::new();
    let mut named = 0;
    for (round, damage) in DAMAGES.into_iter().enumerate() {
        let told = format!("{damage:?}");
        bench.edit();
        bench.catch_up(&told);
        if damage.file() == "base-" {
            // What is damaged is compacted as soon as that is looked at.
            wait::until(wait::SOON, "a base", || {
                !found(&bench.daemon.data_dir(), "base-").is_empty()
            });
        }
        // Killed, it leaves a journal behind; at rest, what it has is in the file itself.
        let ends_hard = damage.file().ends_with("wal") || round % 2 == 0;
        if ends_hard {
            bench.daemon.kill()
        } else {
            bench.daemon.stop()
        }
        damage.inflict(&bench.daemon.data_dir());
        let said_before = bench.log_octets();
        bench.point_at(&bench.without_primary.clone());
        bench.daemon.start_again();
        let lost = bench.judge_alone(&told);
        assert!(lost <= damage.zones_lost_max(), "{told}: {lost} zones are not served");
        named += usize::from(bench.daemon.log()[said_before..].contains("damage on disk"));
        bench.point_at(&bench.with_primary.clone());
        bench.daemon.reload_by_signal();
        bench.catch_up(&told);
    }
    // One copy of a header suffices, and the end of a log may have been cut short by the kill.
    assert!(named + 3 >= DAMAGES.len(), "{named} were named");
    bench.daemon.stop();
    assert!(bench.daemon.data_dir().join("understudy.sqlite.damaged-1").exists(), "it is kept");
}

#[test]
fn files_of_a_newer_format_end_the_start_with_what_to_do() {
    let mut bench = Bench::new();
    bench.daemon.stop();
    let path = found(&bench.daemon.data_dir(), "log-").pop().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/formats/format-3");
    let newer = found(&fixture, "log-").pop().unwrap();
    let before = fs::read(&path).unwrap();
    fs::copy(newer, &path).unwrap();
    bench.daemon.launch();
    let status = wait::within(wait::SOON, "it ends", || bench.daemon.ended());
    assert!(!status.success());
    let said = bench.daemon.log();
    assert!(said.contains("has format 3"), "{said}");
    assert!(said.contains("start the release that wrote this directory"), "{said}");
    bench.daemon.kill();
    fs::write(path, before).unwrap();
    bench.daemon.start_again();
    bench.catch_up("with its own file again");
}
