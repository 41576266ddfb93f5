use super::*;
use crate::content::Undecodable;
use crate::disk::simulated::{Dice, SimulatedDisk, Trouble};
use crate::recovery::{FaultKind, Loss};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use wire::serial::Serial;

/// A version of a few octets: its serial, and every octet that was ever put into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tiny {
    serial: u32,
    octets: Vec<u8>,
}

impl Tiny {
    /// The version after the diff `grown`.
    fn grown(&self, by: u8) -> Self {
        let mut octets = self.octets.clone();
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
const TUNING: Tuning = Tuning { shards: 1, image_min_bytes: 60, log_min_bytes: 1_500 };
const ZONES: u64 = 6;

fn open(disk: &SimulatedDisk) -> (Shard<Tiny>, Found<Tiny>) {
    try_open(disk).unwrap()
}

fn try_open(disk: &SimulatedDisk) -> Result<(Shard<Tiny>, Found<Tiny>), StoreError> {
    Shard::open(Box::new(disk.clone()), TUNING)
}

fn whole(zone: u32, version: &Tiny) -> Entry<Tiny> {
    let version = Arc::new(version.clone());
    Entry { zone, change: Change::Whole { version, image: None } }
}

fn diffs(zone: u32, from: &Tiny, bys: &[u8]) -> (Entry<Tiny>, Tiny) {
    let to = from.after(&[bys.to_vec()]).unwrap();
    let change = Change::Diffs {
        span: Some((from.serial(), to.serial())),
        encoded: bys.to_vec(),
        version: Arc::new(to.clone()),
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
            let held: Held = restored.and_then(|restored| restored.version.as_deref().cloned());
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
fn clean_restarts_find_everything_and_leave_nothing_behind() {
    let mut compactions = 0;
    for seed in 0..60 {
        let mut disk = SimulatedDisk::new(seed);
        let mut dice = Dice(seed);
        let mut model = Model::default();
        for _ in 0..4 {
            let (shard, found) = open(&disk);
            model.check(&found, seed);
            assert!(found.faults.is_empty());
            for _ in 0..25 {
                model.step(&shard, &mut dice);
            }
            assert_eq!(model.failures, 0);
            assert_tidy(&disk, &shard);
            disk = if seed % 2 == 0 { disk.after_kill() } else { disk.after_power_cut() };
        }
        compactions += model.compactions;
    }
    assert!(compactions > 100, "{compactions}");
}

#[test]
fn power_cut_at_any_call_loses_nothing_acknowledged() {
    let mut seen_compactions = 0;
    for seed in 0..12 {
        let run = |crash_at: Option<u64>| {
            let disk = SimulatedDisk::new(seed);
            if let Some(call) = crash_at {
                disk.trouble_at(call, Trouble::Crash);
            }
            let mut model = Model::default();
            let mut dice = Dice(seed);
            if let Ok((shard, _)) = try_open(&disk) {
                for _ in 0..40 {
                    if disk.is_crashed() {
                        break;
                    }
                    model.step(&shard, &mut dice);
                }
            }
            (disk, model, dice)
        };
        let calls = run(None).0.calls();
        for call in 0..calls {
            let (disk, mut model, mut dice) = run(Some(call));
            assert!(disk.is_crashed());
            seen_compactions += model.compactions;
            let disk = disk.after_power_cut();
            let (shard, found) = open(&disk);
            model.check(&found, seed);
            assert_tidy(&disk, &shard);
            // Life goes on, and the next restart finds that too.
            for _ in 0..6 {
                model.step(&shard, &mut dice);
            }
            model.check(&open(&disk.after_power_cut()).1, seed);
        }
    }
    assert!(seen_compactions > 0, "or the run proved nothing about them");
}

#[test]
fn power_cut_while_recovering_from_a_power_cut_loses_nothing() {
    for seed in 0..200 {
        let disk = SimulatedDisk::new(seed);
        let (mut model, mut dice) = (Model::default(), Dice(seed));
        let (shard, _) = open(&disk);
        disk.trouble_at(60 + dice.roll(120), Trouble::Crash);
        while !disk.is_crashed() {
            model.step(&shard, &mut dice);
        }
        let mut disk = disk.after_power_cut();
        for call in 0..4 {
            disk.trouble_at(call, Trouble::Crash);
            drop(try_open(&disk));
            disk = disk.after_power_cut();
        }
        model.check(&open(&disk).1, seed);
    }
}

#[test]
fn failing_calls_lose_nothing_and_commits_work_again_afterwards() {
    let kinds =
        [io::ErrorKind::StorageFull, io::ErrorKind::Other, io::ErrorKind::ReadOnlyFilesystem];
    let mut failures = 0;
    for seed in 0..400 {
        let disk = SimulatedDisk::new(seed);
        let (mut model, mut dice) = (Model::default(), Dice(seed));
        let (shard, _) = open(&disk);
        for _ in 0..8 {
            let kind = kinds[dice.roll(3) as usize];
            disk.trouble_at(dice.roll(60), Trouble::Error(kind));
        }
        for _ in 0..30 {
            model.step(&shard, &mut dice);
        }
        failures += model.failures;
        // All trouble is over by now: the next commit must work.
        let before = model.commits;
        for _ in 0..3 {
            model.step(&shard, &mut dice);
        }
        assert!(model.commits >= before + 2, "still failing, seed {seed}");
        let disk = if seed % 2 == 0 { disk.after_kill() } else { disk.after_power_cut() };
        let (shard, found) = open(&disk);
        model.check(&found, seed);
        assert_tidy(&disk, &shard);
    }
    assert!(failures > 400, "{failures}");
}

#[test]
fn a_crash_right_after_a_failed_call_loses_nothing() {
    let mut failures = 0;
    for seed in 0..600 {
        let disk = SimulatedDisk::new(seed);
        let (mut model, mut dice) = (Model::default(), Dice(seed));
        let (shard, _) = open(&disk);
        disk.trouble_at(dice.roll(150), Trouble::Error(io::ErrorKind::Other));
        while model.failures == 0 && model.commits < 100 {
            model.step(&shard, &mut dice);
        }
        failures += model.failures;
        for _ in 0..dice.roll(2) {
            model.step(&shard, &mut dice);
        }
        model.check(&open(&disk.after_power_cut()).1, seed);
    }
    assert!(failures > 300, "{failures}");
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
    assert_eq!(found.zones[&1].version.as_deref(), Some(&held.grown(2)));
    assert!(!found.zones.contains_key(&2));
}

/// A shard's files after some commits of one frame each, and what each zone has held over time.
fn aged(seed: u64) -> (SimulatedDisk, BTreeMap<u32, Vec<Tiny>>, u32) {
    let disk = SimulatedDisk::new(seed);
    let (shard, _) = open(&disk);
    let mut dice = Dice(seed);
    let mut history: BTreeMap<u32, Vec<Tiny>> = BTreeMap::new();
    let mut last = 0;
    for turn in 0..30 {
        let zone = 1 + dice.roll(ZONES) as u32;
        let past = history.entry(zone).or_default();
        let entry = match past.last() {
            Some(held) if dice.roll(5) > 0 => {
                let (entry, to) = diffs(zone, held, &[turn]);
                past.push(to);
                entry
            }
            held => {
                let serial = held.map_or(1, |held| held.serial + 1);
                let octets = vec![turn; dice.roll(100) as usize];
                let version = Tiny { serial, octets };
                past.push(version.clone());
                whole(zone, &version)
            }
        };
        shard.commit(vec![entry]).unwrap();
        last = zone;
        if turn == 15 {
            shard.compact().unwrap();
        }
    }
    (disk, history, last)
}

/// The zone's newest version, or an older one with a reason, or nothing with a reason. Returns the
/// zones that are not at their newest.
fn affected(found: &Found<Tiny>, history: &BTreeMap<u32, Vec<Tiny>>) -> BTreeSet<u32> {
    let mut affected = BTreeSet::new();
    let was_torn =
        found.faults.iter().any(|fault| matches!(fault.kind, FaultKind::TornTail { .. }));
    for (zone, past) in history {
        let restored = found.zones.get(zone);
        let version = restored.and_then(|restored| restored.version.as_deref());
        let loss = restored.and_then(|restored| restored.loss.as_ref());
        if version == past.last() && loss.is_none() {
            continue;
        }
        affected.insert(*zone);
        let is_told = loss.is_some() || was_torn || (restored.is_none() && found.has_holes);
        assert!(is_told, "zone {zone} is behind and nothing says so");
        if let Some(version) = version {
            assert!(past.contains(version), "zone {zone} never held {version:?}");
        }
    }
    affected
}

#[test]
fn one_bad_octet_anywhere_costs_one_zone_at_most() {
    for seed in 0..3 {
        let (disk, history, last) = aged(seed);
        let files = disk.files();
        for (name, octets) in &files {
            for at in 0..octets.len() {
                let mut files = files.clone();
                files.get_mut(name).unwrap()[at] ^= 1 << (at % 8);
                let (_, found) = open(&SimulatedDisk::with(&files));
                let affected = affected(&found, &history);
                assert!(affected.len() <= 1, "{name} at {at}: {affected:?}, last {last}");
                if at >= 128 {
                    let told = !found.faults.is_empty() || !affected.is_empty();
                    assert!(told, "{name} at {at} went unnoticed");
                }
            }
        }
    }
}

#[test]
fn a_zone_behind_damage_goes_on_with_whole_versions_until_the_log_is_sound() {
    let mut seen = 0;
    for seed in 0..40 {
        let (disk, history, _) = aged(seed);
        let mut files = disk.files();
        let (_, octets) = files.iter_mut().find(|(name, _)| name.starts_with("log-")).unwrap();
        let at = 128 + (seed as usize * 37) % (octets.len() - 128);
        octets[at] ^= 0x20;
        let disk = SimulatedDisk::with(&files);
        let (shard, found) = open(&disk);
        for (zone, restored) in &found.zones {
            let (Some(version), Some(_)) = (&restored.version, &restored.loss) else { continue };
            seen += 1;
            assert!(history[zone].contains(version));
            let (entry, to) = diffs(*zone, version, &[99]);
            shard.commit(vec![entry]).unwrap();
            let (entry, to) = { diffs(*zone, &to, &[98]) };
            shard.commit(vec![entry]).unwrap();
            let again = open(&disk.after_power_cut()).1;
            assert_eq!(again.zones[zone].version.as_deref(), Some(&to), "seed {seed}");
            assert_eq!(again.zones[zone].loss, None);
            assert!(shard.is_compaction_due().unwrap());
            shard.compact().unwrap();
            let sound = open(&disk.after_power_cut()).1;
            assert_eq!(sound.faults, []);
            assert_eq!(sound.zones[zone].version.as_deref(), Some(&to), "seed {seed}");
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn a_log_cut_at_any_octet_recovers_a_prefix_of_its_commits() {
    let disk = SimulatedDisk::new(3);
    let (shard, _) = open(&disk);
    let (mut model, mut dice) = (Model::default(), Dice(3));
    let mut states = vec![(128, model.acknowledged.clone())];
    for _ in 0..25 {
        let (entries, after) = model.batch(&mut dice);
        // One frame a batch, so that the states between frames are states between commits.
        let Some(entry) = entries.into_iter().next() else { continue };
        let zone = entry.zone;
        shard.commit(vec![entry]).unwrap();
        model.acknowledged.insert(zone, after[&zone].clone());
        states.push((shard.lock().unwrap().active.at.offset, model.acknowledged.clone()));
    }
    let files = disk.files();
    let name = FileName::Log { seq: 1 }.to_text();
    for length in 128..=files[&name].len() {
        let mut files = files.clone();
        files.get_mut(&name).unwrap().truncate(length);
        // Images of versions that were superseded later are gone, as they should be.
        let (_, found) = open(&SimulatedDisk::with(&files));
        let (end, expected) = states.iter().rfind(|(end, _)| *end <= length as u64).unwrap();
        for (zone, held) in expected {
            let restored = found.zones.get(zone);
            match restored.and_then(|restored| restored.loss.as_ref()) {
                Some(Loss::ImageMissing { .. }) => {}
                Some(loss) => panic!("zone {zone}: {loss}"),
                None => {
                    let version = restored.and_then(|restored| restored.version.as_deref());
                    assert_eq!(version, held.as_ref(), "zone {zone} at {length}");
                }
            }
        }
        let torn = length as u64 - end;
        let told: Vec<_> = found.faults.iter().map(|fault| fault.kind.clone()).collect();
        if torn == 0 {
            assert_eq!(told, []);
        } else {
            assert_eq!(told, [FaultKind::TornTail { offset: *end, octets: torn }]);
        }
    }
}

#[test]
fn a_missing_segment_is_named_and_what_came_before_it_is_mistrusted() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let version = Tiny { serial: 1, octets: vec![1] };
    shard.commit(vec![whole(1, &version)]).unwrap();
    for seq in [2, 3] {
        shard.log.lock().unwrap().rotate(&disk, seq).unwrap();
    }
    shard.commit(vec![whole(2, &version)]).unwrap();
    let mut files = disk.files();
    files.remove(&FileName::Log { seq: 2 }.to_text()).unwrap();
    let found = open(&SimulatedDisk::with(&files)).1;
    assert!(matches!(found.faults[..], [Fault { kind: FaultKind::SegmentMissing { seq: 2 }, .. }]));
    assert_eq!(found.zones[&1].loss, Some(Loss::Unknown));
    assert_eq!(found.zones[&2].loss, None);
}

#[test]
fn a_missing_image_loses_its_zone_and_says_which_file() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let (large, small) = (vec![1; 90], vec![2; 5]);
    let commit = |zone, octets: &Vec<u8>| {
        let version = Tiny { serial: 9, octets: octets.clone() };
        shard.commit(vec![whole(zone, &version)]).unwrap();
    };
    commit(1, &large);
    commit(2, &small);
    let mut files = disk.files();
    let image = files.keys().find(|name| name.starts_with("image-1-9-")).unwrap().clone();
    files.remove(&image);
    let found = open(&SimulatedDisk::with(&files)).1;
    assert!(found.zones[&1].version.is_none());
    let missing = found.zones[&1].loss.as_ref().unwrap().to_string();
    assert_eq!(missing, format!("/simulated/{image} is missing"));
    assert!(found.zones[&2].version.is_some());
}

#[test]
fn files_of_a_newer_format_are_refused_and_not_touched() {
    let (disk, ..) = aged(1);
    for kind in ["log-", "base-", "image-"] {
        let mut files = disk.files();
        for (_, octets) in files.iter_mut().filter(|(name, _)| name.starts_with(kind)) {
            for copy in [0, 64] {
                octets[copy + 8] = 2;
                let checksum = crc32c::crc32c(&octets[copy..copy + 60]);
                octets[copy + 60..copy + 64].copy_from_slice(&checksum.to_le_bytes());
            }
        }
        let disk = SimulatedDisk::with(&files);
        let fault = try_open(&disk).err().unwrap();
        assert_eq!(fault.code(), "STORE_NEWER_FORMAT", "{kind}");
        assert!(matches!(fault, StoreError::NewerFormat { found: 2, known: 1, .. }));
        assert_eq!(disk.calls(), 0, "{kind}: something was changed");
    }
}

#[test]
fn commits_go_on_while_a_compaction_runs() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let mut held: Vec<_> = (0..40)
        .map(|zone: u8| Tiny { serial: 1, octets: vec![zone; usize::from(zone) * 2] })
        .collect();
    let batch = (1..).zip(&held).map(|(zone, version)| whole(zone, version)).collect();
    shard.commit(batch).unwrap();
    std::thread::scope(|scope| {
        let compactions = scope.spawn(|| (0..30).all(|_| shard.compact().unwrap().is_some()));
        let mut turn = 0_u8;
        while !compactions.is_finished() || turn < 100 {
            for (zone, version) in (1..).zip(&mut held) {
                let (entry, to) = diffs(zone, version, &[turn]);
                shard.commit(vec![entry]).unwrap();
                *version = to;
            }
            turn = turn.wrapping_add(1);
        }
    });
    let found = open(&disk.after_power_cut()).1;
    assert_eq!(found.faults, []);
    for (zone, version) in (1..).zip(&held) {
        assert_eq!(found.zones[&zone].version.as_deref(), Some(version));
        assert_eq!(found.zones[&zone].loss, None);
    }
    assert_tidy(&disk, &shard);
}

#[test]
fn a_large_zone_keeps_its_image_until_its_diffs_exceed_half_of_it() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let mut held = Tiny { serial: 1, octets: vec![7; 4_000] };
    shard.commit(vec![whole(1, &held)]).unwrap();
    let image = |disk: &SimulatedDisk| {
        let names = disk.names().unwrap();
        names.into_iter().filter(|name| name.starts_with("image-")).collect::<Vec<_>>()
    };
    let first = image(&disk);
    let mut kept = 0;
    while image(&disk) == first {
        kept += 1;
        let (entry, to) = diffs(1, &held, &[kept]);
        shard.commit(vec![entry]).unwrap();
        held = to;
        shard.compact().unwrap();
        let found = open(&disk.after_power_cut()).1;
        assert_eq!(found.zones[&1].version.as_deref(), Some(&held));
    }
    assert!((20..60).contains(&kept), "{kept}");
    assert_eq!(image(&disk).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Several bad octets, in runs, as a bad sector makes them.
    #[test]
    fn any_damage_leaves_only_versions_that_were_held_or_a_stated_loss(
        seed in 0..20_u64, runs in prop::collection::vec((any::<u64>(), 1..200_usize, any::<u8>()), 1..4),
    ) {
        let (disk, history, _) = aged(seed);
        let mut files = disk.files();
        let names: Vec<_> = files.keys().cloned().collect();
        for (at, length, with) in runs {
            let octets = files.get_mut(&names[at as usize % names.len()]).unwrap();
            let start = (at >> 8) as usize % octets.len();
            for octet in octets.iter_mut().skip(start).take(length) {
                *octet = octet.wrapping_add(with);
            }
        }
        let (_, found) = open(&SimulatedDisk::with(&files));
        affected(&found, &history);
    }
}
