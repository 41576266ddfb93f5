//! Compaction beside commits.

use super::*;

/// A shard whose zones are changed by hand, and checked against what that should have come to.
struct Bench {
    disk: SimulatedDisk,
    shard: Shard<Tiny>,
    held: BTreeMap<u32, Tiny>,
    turn: u8,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let disk = SimulatedDisk::new(seed);
        let (shard, _) = open(&disk);
        Self { disk, shard, held: BTreeMap::new(), turn: 0 }
    }

    fn whole(&mut self, zone: u32, octets: usize) {
        let serial = self.held.get(&zone).map_or(1, |held| held.serial + 1);
        self.turn += 1;
        let version = Tiny { serial, octets: vec![self.turn; octets] };
        self.shard.commit(vec![whole(zone, &version)]).unwrap();
        self.held.insert(zone, version);
    }

    fn diff(&mut self, zone: u32) {
        self.turn += 1;
        let (entry, to) = diffs(zone, &self.held[&zone], &[self.turn]);
        self.shard.commit(vec![entry]).unwrap();
        self.held.insert(zone, to);
    }

    fn forget(&mut self, zone: u32) {
        self.shard.commit(vec![Entry { zone, change: Change::Drop }]).unwrap();
        self.held.remove(&zone);
    }

    /// A compaction, and what is done between its last look at the zones and their move. Returns the
    /// images it wrote.
    fn compact_beside(&mut self, change: impl FnOnce(&mut Self)) -> u32 {
        let disk = self.disk.clone();
        let Begun { base, since, old, .. } = self.shard.begin_compaction().unwrap().unwrap();
        let mut rewriting = Rewriting::begin(&disk, base, &old, TUNING.image_min_bytes).unwrap();
        self.shard.write_zones(&mut rewriting, since).unwrap();
        change(self);
        let published = rewriting.publish().unwrap();
        let images_written = rewriting.images_written();
        self.shard.take_over(rewriting.into_moved(), published, since).unwrap();
        self.shard.end_compaction();
        images_written
    }

    fn check(&self) {
        let found = open(&self.disk.after_power_cut()).1;
        assert_eq!(found.faults, []);
        let versions: BTreeMap<_, _> = found
            .zones
            .iter()
            .map(|(zone, restored)| (*zone, restored.version.as_ref().unwrap().clone()))
            .collect();
        assert_eq!(versions, self.held);
        assert!(found.zones.values().all(|restored| restored.loss.is_none()));
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
        assert_eq!(found.zones[&zone].version.as_ref(), Some(version));
        assert_eq!(found.zones[&zone].loss, None);
    }
    assert_tidy(&disk, &shard);
}

#[test]
fn changes_of_every_kind_at_every_stage_of_a_compaction_are_kept() {
    for seed in 0..20 {
        let mut bench = Bench::new(seed);
        let (inline, large, outgrown) = (20, 2_000, 70);
        for zone in 1..=24 {
            bench.whole(zone, [inline, large, outgrown][zone as usize % 3]);
            bench.diff(zone);
            bench.diff(zone);
        }
        let Begun { base, since, old, .. } = bench.shard.begin_compaction().unwrap().unwrap();
        // Three zones each: diffs, whole versions small and large, drops; before the zones are
        // written, after they are, and after the base counts.
        let change = |bench: &mut Bench, zones: std::ops::Range<u32>, new: u32| {
            for zone in zones {
                match zone % 8 {
                    0..=2 => bench.diff(zone),
                    3 => bench.forget(zone),
                    4 | 5 => bench.whole(zone, large),
                    _ => bench.whole(zone, inline),
                }
            }
            bench.whole(new, large);
            bench.diff(new);
            bench.check();
        };
        change(&mut bench, 1..9, 101);
        let disk = bench.disk.clone();
        let mut rewriting = Rewriting::begin(&disk, base, &old, TUNING.image_min_bytes).unwrap();
        bench.shard.write_zones(&mut rewriting, since).unwrap();
        change(&mut bench, 5..17, 102);
        let segment = rewriting.publish().unwrap();
        change(&mut bench, 13..25, 103);
        bench.shard.take_over(rewriting.into_moved(), segment, since).unwrap();
        bench.shard.end_compaction();
        bench.check();
        assert_tidy(&bench.disk, &bench.shard);
        // What the log remembers of each zone must be right too: all of it is used again here.
        for _ in 0..3 {
            for zone in bench.held.keys().copied().collect::<Vec<_>>() {
                bench.diff(zone);
            }
            bench.shard.compact().unwrap();
            bench.check();
            assert_tidy(&bench.disk, &bench.shard);
        }
    }
}

#[test]
fn compaction_copies_the_diffs_of_large_zones_and_rewrites_nothing_else_of_them() {
    let mut bench = Bench::new(1);
    bench.whole(1, 4_000);
    (0..5).for_each(|_| bench.diff(1));
    for _ in 0..2 {
        assert_eq!(bench.shard.compact().unwrap().unwrap().images_written, 0);
        bench.diff(1);
        bench.check();
    }
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
        assert_eq!(found.zones[&1].version.as_ref(), Some(&held));
    }
    assert!((20..60).contains(&kept), "{kept}");
    assert_eq!(image(&disk).len(), 1);
}

#[test]
fn diffs_of_a_large_zone_do_not_pile_up_for_ever() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let mut version = Tiny { serial: 1, octets: vec![0; 1_000] };
    shard.commit(vec![whole(1, &version)]).unwrap();
    let (mut compactions, mut longest) = (0, 0);
    for by in 0..1_000_u32 {
        let (entry, to) = diffs(1, &version, &[(by % 200) as u8]);
        shard.commit(vec![entry]).unwrap();
        version = to;
        longest = longest.max(shard.log.lock().unwrap().octets());
        if shard.is_compaction_due().unwrap() {
            shard.compact().unwrap();
            compactions += 1;
        }
    }
    assert!(longest < 2 * TUNING.log_min_bytes, "{longest}");
    // But not at each commit, either.
    assert!((10..100).contains(&compactions), "{compactions}");
    let (_, found) = open(&disk.after_power_cut());
    assert_eq!(found.zones[&1].version.as_ref(), Some(&version));
}

#[test]
fn a_diff_beside_the_compaction_that_gives_its_zone_an_image_outlives_the_next_one() {
    let mut bench = Bench::new(1);
    bench.whole(1, 59);
    bench.diff(1);
    assert_eq!(bench.compact_beside(|bench| bench.diff(1)), 1);
    bench.check();
    assert_eq!(bench.shard.compact().unwrap().unwrap().images_written, 0);
    bench.check();
    bench.diff(1);
    bench.check();
}

#[test]
fn a_version_behind_diffs_that_do_not_apply_is_what_a_compaction_keeps() {
    for (octets, beside) in [(20, 0), (20, 1), (2_000, 0), (2_000, 1)] {
        let mut bench = Bench::new(1);
        bench.whole(1, octets);
        let held = bench.held[&1].clone();
        // Octets with good checksums that do not result in what was said to result.
        let (mut entry, _) = diffs(1, &held, &[7]);
        if let Change::Diffs { encoded, .. } = &mut entry.change {
            encoded.clear();
        }
        bench.shard.commit(vec![entry]).unwrap();
        bench.disk = bench.disk.after_power_cut();
        let (shard, found) = open(&bench.disk);
        bench.shard = shard;
        assert_eq!(found.zones[&1].version.as_ref(), Some(&held));
        assert!(found.zones[&1].loss.is_some());
        bench.compact_beside(|bench| (0..beside).for_each(|_| bench.diff(1)));
        bench.diff(1);
        bench.check();
        bench.shard.compact().unwrap();
        bench.check();
    }
}
