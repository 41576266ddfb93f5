//! The laws of a shard, with versions of a few octets on a simulated disk.

use super::*;
use crate::content::Undecodable;
use crate::simulated::{Dice, SimulatedDisk, Trouble};
use std::collections::BTreeSet;
use std::io;
use wire::serial::Serial;

mod compaction;
mod crashes;
mod damage;
mod panics;
mod scripts;

/// A version of a few octets: its serial, and every octet that was put into it since it last shrank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tiny {
    serial: u32,
    octets: Vec<u8>,
}

/// The diff that takes all octets away.
const SHRINK: u8 = 251;

impl Tiny {
    /// The version after the diff `grown`.
    fn grown(&self, by: u8) -> Self {
        let mut octets = self.octets.clone();
        if by == SHRINK {
            octets.clear();
        }
        octets.push(by);
        Self { serial: self.serial.wrapping_add(1), octets }
    }
}

impl Stored for Tiny {
    fn serial(&self) -> Serial {
        Serial(self.serial)
    }

    fn size_bytes(&self) -> u64 {
        self.octets.len() as u64
    }

    fn visit_parts<E>(&self, mut visit: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        visit(&self.serial.to_le_bytes())?;
        self.octets.chunks(50).try_for_each(visit)
    }

    fn from_parts(parts: &[&[u8]]) -> Result<Self, Undecodable> {
        let (serial, octets) = parts.split_first().ok_or(Undecodable("empty".into()))?;
        let serial = u32::from_le_bytes((*serial).try_into().unwrap());
        Ok(Self { serial, octets: octets.concat() })
    }

    fn after(&self, diffs: &[Vec<u8>]) -> Result<Self, Undecodable> {
        let mut version = self.clone();
        for diff in diffs {
            for by in diff {
                version = version.grown(*by);
            }
        }
        Ok(version)
    }
}

/// Small enough that a few commits make images and want compactions.
const TUNING: Tuning = Tuning {
    shards: 1,
    image_min_bytes: 60,
    log_min_bytes: 1_500,
    reserve_bytes: 0,
    history_steps_max: 0,
};
const ZONES: u64 = 6;

fn open(disk: &SimulatedDisk) -> (Shard<Tiny>, Found<Tiny>) {
    try_open(disk).unwrap()
}

fn try_open(disk: &SimulatedDisk) -> Result<(Shard<Tiny>, Found<Tiny>), StoreError> {
    Shard::open(Box::new(disk.clone()), TUNING)
}

fn whole(zone: u32, version: &Tiny) -> Entry<Tiny> {
    let version = version.clone();
    Entry { zone, change: Change::Whole { version, image: None } }
}

fn diffs(zone: u32, from: &Tiny, bys: &[u8]) -> (Entry<Tiny>, Tiny) {
    let to = from.after(&[bys.to_vec()]).unwrap();
    let change = Change::Diffs {
        span: Some((from.serial(), to.serial())),
        encoded: bys.to_vec(),
        version: to.clone(),
    };
    (Entry { zone, change }, to)
}

/// What a zone may be found to hold: `None` is nothing.
type Held = Option<Tiny>;

/// An independent account of what was acknowledged.
#[derive(Clone, Debug, Default)]
struct Model {
    acknowledged: BTreeMap<u32, Held>,
    /// From a commit that failed, until another one follows.
    attempted: BTreeMap<u32, Held>,
    commits: u64,
    failures: u64,
    compactions: u64,
}

impl Model {
    fn held(&self, zone: u32) -> Held {
        self.acknowledged.get(&zone).cloned().flatten()
    }

    /// A batch of up to three zones: whole versions small and large, diffs, drops.
    fn batch(&self, dice: &mut Dice) -> (Vec<Entry<Tiny>>, BTreeMap<u32, Held>) {
        let mut entries = Vec::new();
        let mut after = BTreeMap::new();
        for _ in 0..=dice.roll(3) {
            let zone = 1 + dice.roll(ZONES) as u32;
            if after.contains_key(&zone) {
                continue;
            }
            let (entry, held) = self.entry(zone, dice);
            entries.push(entry);
            after.insert(zone, held);
        }
        (entries, after)
    }

    fn entry(&self, zone: u32, dice: &mut Dice) -> (Entry<Tiny>, Held) {
        match (dice.roll(10), self.held(zone)) {
            (0, _) => (Entry { zone, change: Change::Drop }, None),
            (1..=7, Some(held)) => {
                let bys: Vec<u8> = (0..=dice.roll(3)).map(|_| dice.roll(256) as u8).collect();
                let (entry, to) = diffs(zone, &held, &bys);
                (entry, Some(to))
            }
            (_, held) => {
                // A whole version may even come under the serial that is held.
                let serial = held.map_or(7, |held| held.serial) + dice.roll(2) as u32;
                let octets = (0..dice.roll(120)).map(|_| dice.roll(256) as u8).collect();
                let version = Tiny { serial, octets };
                (whole(zone, &version), Some(version))
            }
        }
    }

    /// One step of a daemon's life.
    fn step(&mut self, shard: &Shard<Tiny>, dice: &mut Dice) {
        if shard.is_compaction_due().unwrap() {
            if shard.compact().is_ok() {
                self.compactions += 1;
            } else {
                self.failures += 1;
            }
        }
        let (entries, after) = self.batch(dice);
        match shard.commit(entries) {
            Ok(()) => {
                self.commits += 1;
                self.attempted.clear();
                self.acknowledged.extend(after);
            }
            Err(fault) => {
                assert!(fault.is_worth_retrying(), "{fault}");
                self.failures += 1;
                self.attempted.extend(after);
            }
        }
    }

    /// Every zone holds what was acknowledged, or what was being committed at the end.
    fn check(&mut self, found: &Found<Tiny>, seed: u64) {
        for fault in &found.faults {
            assert!(fault.kind.is_benign(), "{fault}, seed {seed}");
        }
        for zone in 1..=ZONES as u32 {
            let restored = found.zones.get(&zone);
            let loss = restored.and_then(|restored| restored.loss.as_ref());
            assert_eq!(loss, None, "zone {zone}, seed {seed}");
            let held: Held = restored.and_then(|restored| restored.version.as_ref().cloned());
            let expected = self.held(zone);
            if held != expected {
                assert_eq!(self.attempted.get(&zone), Some(&held), "zone {zone}, seed {seed}");
            }
            self.acknowledged.insert(zone, held);
        }
        self.attempted.clear();
    }
}

/// Images that no zone needs must not pile up, nor anything half-written.
fn assert_tidy(disk: &SimulatedDisk, shard: &Shard<Tiny>) {
    let log = shard.lock().unwrap();
    let used: BTreeSet<_> =
        log.standings.from(0).filter_map(|(zone, held)| held.image_name(zone)).collect();
    for name in disk.names().unwrap() {
        let parsed = FileName::parse(&name).unwrap_or_else(|| panic!("{name} was left behind"));
        let needed = match parsed {
            FileName::Image { .. } => used.contains(&parsed),
            FileName::Log { .. } | FileName::Base { .. } => {
                log.active.name == parsed
                    || log.segments.iter().any(|segment| segment.name == parsed)
            }
        };
        assert!(needed, "{name} was left behind");
    }
}

#[test]
fn full_disk_is_named_with_what_was_needed() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    disk.trouble_at(0, Trouble::Error(io::ErrorKind::StorageFull));
    let version = Tiny { serial: 1, octets: vec![1; 20] };
    let fault = shard.commit(vec![whole(1, &version)]).unwrap_err();
    assert_eq!(fault.code(), "STORE_DISK_FULL");
    assert!(matches!(fault, StoreError::DiskFull { needed_bytes: 84, .. }), "{fault:?}");
    shard.commit(vec![whole(1, &version)]).unwrap();
}

/// Threat 46: long before the disk is full, and long after, what is there is not touched.
#[test]
fn reserve_refuses_before_anything_is_written_and_lets_go_by_itself() {
    let disk = SimulatedDisk::new(1);
    let tuning = Tuning { reserve_bytes: 1_000, ..TUNING };
    let (shard, _) = Shard::open(Box::new(disk.clone()), tuning).unwrap();
    let small = Tiny { serial: 1, octets: vec![1; 20] };
    let large = Tiny { serial: 1, octets: vec![1; 700] };
    shard.commit(vec![whole(1, &small)]).unwrap();
    disk.set_capacity(Some(1_900));
    let calls = disk.calls();
    let fault = shard.commit(vec![whole(2, &large)]).unwrap_err();
    assert_eq!((fault.code(), disk.calls()), ("DISK_RESERVE", calls));
    let StoreError::Reserve { free_bytes, reserve_bytes: 1_000, needed_bytes, .. } = fault else {
        panic!("{fault}");
    };
    assert!(free_bytes < 1_000 + needed_bytes && free_bytes > 1_000, "{free_bytes} {needed_bytes}");
    // What fits is not refused for what does not; and to forget a zone is always possible.
    shard.commit(vec![diffs(1, &small, &[2]).0]).unwrap();
    disk.set_capacity(Some(0));
    assert!(shard.commit(vec![diffs(1, &small.grown(2), &[3]).0]).is_err());
    disk.set_capacity(None);
    shard.commit(vec![diffs(1, &small.grown(2), &[3]).0, whole(2, &large)]).unwrap();
    assert_eq!(open(&disk.after_power_cut()).1.zones.len(), 2);
}

#[test]
fn diffs_that_do_not_continue_what_is_held_are_refused_before_anything_is_written() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let held = Tiny { serial: 5, octets: vec![1] };
    let (ahead, _) = diffs(1, &held.grown(2), &[3]);
    let calls = disk.calls();
    let fault = shard.commit(vec![whole(2, &held), ahead]).unwrap_err();
    assert_eq!(fault.code(), "STORE_DIFFS_DO_NOT_FIT");
    assert_eq!(disk.calls(), calls);
    let (first, second) = (whole(1, &held), diffs(1, &held, &[2]).0);
    shard.commit(vec![first, second]).unwrap();
    let found = open(&disk.after_power_cut()).1;
    assert_eq!(found.zones[&1].version.as_ref(), Some(&held.grown(2)));
    assert!(!found.zones.contains_key(&2));
}
