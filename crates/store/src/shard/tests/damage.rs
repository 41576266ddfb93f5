//! Bad octets, missing and foreign files: what is lost is stated, and nothing else is lost.

use super::*;
use crate::recovery::{FaultKind, Loss};
use proptest::prelude::*;

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
        let version = restored.and_then(|restored| restored.version.as_ref());
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
            assert_eq!(again.zones[zone].version.as_ref(), Some(&to), "seed {seed}");
            assert_eq!(again.zones[zone].loss, None);
            assert!(shard.is_compaction_due().unwrap());
            shard.compact().unwrap();
            assert!(!shard.is_compaction_due().unwrap());
            let sound = open(&disk.after_power_cut()).1;
            assert_eq!(sound.faults, []);
            assert_eq!(sound.zones[zone].version.as_ref(), Some(&to), "seed {seed}");
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
                    let version = restored.and_then(|restored| restored.version.as_ref());
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
fn a_segment_that_ends_early_is_named_even_when_it_ends_between_frames() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let version = Tiny { serial: 1, octets: vec![1] };
    shard.commit(vec![whole(1, &version)]).unwrap();
    let end = shard.log.lock().unwrap().active.at.offset;
    let (entry, _) = diffs(1, &version, &[2]);
    shard.commit(vec![entry]).unwrap();
    shard.log.lock().unwrap().rotate(&disk, 2).unwrap();
    let mut files = disk.files();
    files.get_mut("log-0000000001").unwrap().truncate(end as usize);
    let found = open(&SimulatedDisk::with(&files)).1;
    assert!(matches!(found.faults[..], [Fault { kind: FaultKind::Short { .. }, .. }]));
    assert_eq!(found.zones[&1].version.as_ref(), Some(&version));
    assert_eq!(found.zones[&1].loss, Some(Loss::Unknown));
}

#[test]
fn a_base_that_ends_early_says_so_and_its_zones_are_not_taken_for_empty() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let version = Tiny { serial: 1, octets: vec![1] };
    for zone in 1..=3 {
        shard.commit(vec![whole(zone, &version)]).unwrap();
    }
    shard.compact().unwrap();
    let mut files = disk.files();
    let (_, base) = files.iter_mut().find(|(name, _)| name.starts_with("base-")).unwrap();
    // Between the first and the second of three frames of the same length.
    let seal = 40 + 12;
    base.truncate(128 + (base.len() - 128 - seal) / 3);
    let found = open(&SimulatedDisk::with(&files)).1;
    assert!(matches!(found.faults[..], [Fault { kind: FaultKind::SealMissing, .. }]));
    assert_eq!(found.zones[&1].version.as_ref(), Some(&version));
    assert_eq!(found.zones[&1].loss, Some(Loss::Unknown));
    assert!(found.zones.len() == 1 && found.has_holes);
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
fn a_sound_image_that_is_not_the_one_the_log_means_is_not_taken_for_it() {
    let mut files = [7, 8].map(|by| {
        let disk = SimulatedDisk::new(1);
        let version = Tiny { serial: 9, octets: vec![by; 90] };
        open(&disk).0.commit(vec![whole(1, &version)]).unwrap();
        disk.files()
    });
    let image = files[0].keys().find(|name| name.starts_with("image-")).unwrap().clone();
    files[0].insert(image.clone(), files[1][&image].clone());
    let found = open(&SimulatedDisk::with(&files[0])).1;
    assert!(found.zones[&1].version.is_none());
    assert!(matches!(found.zones[&1].loss, Some(Loss::ImageDamaged { .. })));
}

/// The file as a release of another format would have written it.
fn set_format(octets: &mut [u8], format: u8) {
    for copy in [0, 64] {
        octets[copy + 8] = format;
        let checksum = crc32c::crc32c(&octets[copy..copy + 60]);
        octets[copy + 60..copy + 64].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// A version is upgraded by being read, and an older release never finds new content in an old file.
#[test]
fn files_of_an_older_format_are_read_and_not_appended_to() {
    for seed in 0..20 {
        let (disk, ..) = aged(seed);
        let held = |found: &Found<Tiny>| -> BTreeMap<u32, Option<Tiny>> {
            let version = |(zone, restored): (&u32, &Restored<Tiny>)| {
                (*zone, restored.version.as_ref().cloned())
            };
            found.zones.iter().map(version).collect()
        };
        let mut expected = held(&open(&disk).1);
        let mut files = disk.files();
        files.values_mut().for_each(|octets| set_format(octets, 1));
        let disk = SimulatedDisk::with(&files);
        let (shard, found) = open(&disk);
        assert_eq!((held(&found), found.faults.is_empty()), (expected.clone(), true));
        let version = Tiny { serial: 1_000, octets: vec![7] };
        shard.commit(vec![whole(1, &version)]).unwrap();
        expected.insert(1, Some(version));
        let after = disk.files();
        assert!(files.iter().all(|(name, octets)| after.get(name).is_none_or(|now| now == octets)));
        let disk = disk.after_power_cut();
        let (shard, found) = open(&disk);
        assert_eq!((held(&found), found.faults.is_empty()), (expected.clone(), true));
        shard.compact().unwrap();
        assert_eq!(held(&open(&disk).1), expected);
    }
}

#[test]
fn files_of_a_newer_format_are_refused_and_not_touched() {
    let (disk, ..) = aged(1);
    for kind in ["log-", "base-", "image-"] {
        let mut files = disk.files();
        for (_, octets) in files.iter_mut().filter(|(name, _)| name.starts_with(kind)) {
            set_format(octets, 3);
        }
        let disk = SimulatedDisk::with(&files);
        let fault = try_open(&disk).err().unwrap();
        assert_eq!(fault.code(), "STORE_NEWER_FORMAT", "{kind}");
        assert!(matches!(fault, StoreError::NewerFormat { found: 3, known: 2, .. }));
        assert_eq!(disk.calls(), 0, "{kind}: something was changed");
    }
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

#[test]
fn bad_sectors_cost_the_zones_that_have_frames_there_and_stop_nobody() {
    let (mut images, mut segments) = (0, 0);
    for seed in 0..20 {
        let (disk, history, _) = aged(seed);
        let files = disk.files();
        for (name, octets) in &files {
            for at in (0..octets.len()).step_by(97) {
                let disk = SimulatedDisk::with(&files);
                disk.spoil(name, at);
                let (shard, found) = open(&disk);
                let affected = affected(&found, &history);
                if name.starts_with("image-") {
                    images += 1;
                    assert!(affected.len() <= 1, "{name} at {at}, seed {seed}: {affected:?}");
                } else {
                    segments += 1;
                    assert!(found.faults.iter().any(|fault| !fault.kind.is_benign()), "{name}");
                }
                // Life goes on beside it, and a compaction leaves it behind.
                let version = Tiny { serial: 1_000, octets: vec![7] };
                shard.commit(vec![whole(1, &version)]).unwrap();
                shard.compact().unwrap();
                let (_, found) = open(&disk.after_power_cut());
                assert_eq!(found.zones[&1].version.as_ref(), Some(&version));
            }
        }
    }
    assert!(images > 20 && segments > 100, "{images} {segments}");
}
