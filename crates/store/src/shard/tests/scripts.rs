//! Every short script of changes around a compaction that works or fails: each zone has its own.

use super::*;

/// What happens to a zone at one stage of a compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Nothing,
    Diff,
    Shrink,
    Small,
    Large,
    Drop,
    Again,
}

const ACTIONS: [Action; 7] = [
    Action::Nothing,
    Action::Diff,
    Action::Shrink,
    Action::Small,
    Action::Large,
    Action::Drop,
    Action::Again,
];

/// Those of the last stage, where less is different.
const LAST_ACTIONS: [Action; 4] = [Action::Nothing, Action::Diff, Action::Large, Action::Again];

/// Before the zones are written; after they are; after the base counts, or has failed to.
const STAGES: usize = 3;

/// Octets of a zone's first version, and diffs that follow it before the compaction.
const STARTS: [Option<(usize, usize)>; 6] =
    [None, Some((20, 1)), Some((58, 1)), Some((58, 4)), Some((70, 2)), Some((2_000, 2))];

struct Script {
    start: Option<(usize, usize)>,
    actions: [Action; STAGES],
}

fn scripts() -> BTreeMap<u32, Script> {
    let mut scripts = Vec::new();
    for start in STARTS {
        for first in ACTIONS {
            for second in ACTIONS {
                let of = |third| Script { start, actions: [first, second, third] };
                scripts.extend(LAST_ACTIONS.map(of));
            }
        }
    }
    (1..).zip(scripts).collect()
}

struct Play {
    disk: SimulatedDisk,
    shard: Shard<Tiny>,
    scripts: BTreeMap<u32, Script>,
    held: BTreeMap<u32, Tiny>,
    /// What fails, for messages.
    trouble: String,
}

impl Play {
    fn new(trouble: String) -> Self {
        let disk = SimulatedDisk::new(1);
        let (shard, _) = open(&disk);
        let mut play = Self { disk, shard, scripts: scripts(), held: BTreeMap::new(), trouble };
        let starts: Vec<_> =
            play.scripts.iter().filter_map(|(zone, script)| Some((*zone, script.start?))).collect();
        let mut batch = Vec::new();
        for (zone, (octets, diffs)) in starts {
            play.whole(zone, octets, &mut batch);
            (0..diffs).for_each(|_| play.diff(zone, 1, &mut batch));
        }
        play.shard.commit(batch).unwrap();
        play
    }

    fn whole(&mut self, zone: u32, octets: usize, batch: &mut Vec<Entry<Tiny>>) {
        let serial = self.held.get(&zone).map_or(1, |held| held.serial + 1);
        let version = Tiny { serial, octets: vec![serial as u8; octets] };
        batch.push(whole(zone, &version));
        self.held.insert(zone, version);
    }

    /// What is not held can't be changed.
    fn diff(&mut self, zone: u32, by: u8, batch: &mut Vec<Entry<Tiny>>) {
        if let Some(held) = self.held.get(&zone) {
            let (entry, to) = diffs(zone, held, &[by]);
            batch.push(entry);
            self.held.insert(zone, to);
        }
    }

    fn forget(&mut self, zone: u32, batch: &mut Vec<Entry<Tiny>>) {
        self.held.remove(&zone);
        batch.push(Entry { zone, change: Change::Drop });
    }

    /// One stage. If a flush fails before, the changes go to another segment than those before.
    fn stage(&mut self, stage: usize, flush_fails: bool) {
        if flush_fails {
            self.disk.trouble_at(1, Trouble::Error(io::ErrorKind::Other));
            let (mut lost, held) = (Vec::new(), self.held.clone());
            held.keys().for_each(|zone| self.diff(*zone, 99, &mut lost));
            self.held = held;
            self.shard.commit(lost).unwrap_err();
        }
        let mut batch = Vec::new();
        let actions: Vec<_> =
            self.scripts.iter().map(|(zone, script)| (*zone, script.actions[stage])).collect();
        for (zone, action) in actions {
            match action {
                Action::Nothing => {}
                Action::Diff => self.diff(zone, 2, &mut batch),
                Action::Shrink => self.diff(zone, SHRINK, &mut batch),
                Action::Small => self.whole(zone, 10, &mut batch),
                Action::Large => self.whole(zone, 100, &mut batch),
                Action::Drop => self.forget(zone, &mut batch),
                Action::Again => {
                    self.forget(zone, &mut batch);
                    self.whole(zone, 59, &mut batch);
                }
            }
        }
        self.shard.commit(batch).unwrap();
        self.check();
    }

    fn diff_all(&mut self) {
        let mut batch = Vec::new();
        let zones: Vec<_> = self.held.keys().copied().collect();
        zones.into_iter().for_each(|zone| self.diff(zone, 3, &mut batch));
        self.shard.commit(batch).unwrap();
        self.check();
    }

    /// The first compaction, with what happens beside it.
    fn compact(&mut self, fails: &[u64], flush_fails: [bool; STAGES]) {
        let disk = self.disk.clone();
        let begun = self.shard.begin_compaction().unwrap().unwrap();
        let Begun { base, since, old, .. } = begun;
        self.stage(0, flush_fails[0]);
        let mut rewriting = Rewriting::begin(&disk, base, &old, TUNING.image_min_bytes).unwrap();
        self.shard.write_zones(&mut rewriting, since).unwrap();
        self.stage(1, flush_fails[1]);
        let error = Trouble::Error(io::ErrorKind::Other);
        fails.iter().for_each(|call| disk.trouble_at(*call, error));
        let published = rewriting.publish();
        assert_eq!(published.is_err(), !fails.is_empty(), "{}", self.trouble);
        if published.is_err() {
            rewriting.discard();
        }
        self.stage(2, flush_fails[2]);
        if let Ok(published) = published {
            self.shard.take_over(rewriting.into_moved(), published, since).unwrap();
        }
        self.shard.end_compaction();
        self.check();
    }

    fn check(&self) {
        let (_, found) = open(&self.disk.after_power_cut());
        assert_eq!(found.faults, [], "{}", self.trouble);
        for (zone, Script { start, actions }) in &self.scripts {
            let restored = found.zones.get(zone);
            let version = restored.and_then(|restored| restored.version.as_ref());
            let told = || format!("{start:?} {actions:?} {}", self.trouble);
            assert_eq!(version, self.held.get(zone), "{}", told());
            assert!(restored.is_none_or(|restored| restored.loss.is_none()), "{}", told());
        }
    }
}

#[test]
fn every_script_of_changes_around_a_compaction_keeps_what_was_acknowledged() {
    // Calls of publishing that fail: write, flush, rename, flush of names; then of taking it back:
    // removal of the base, and the flush of that.
    let failures: [&[u64]; 7] = [&[], &[0], &[1], &[2], &[3], &[3, 5], &[3, 6]];
    let (never, always) = ([false; STAGES], [true; STAGES]);
    let each = [0, 1, 2].map(|at| [0, 1, 2].map(|stage| stage == at));
    for fails in failures {
        let flushes = match fails {
            [] => vec![never, each[0], each[1], each[2], always],
            [_] => vec![never],
            _ => vec![never, always],
        };
        flushes.into_iter().for_each(|flush_fails| run(fails, flush_fails));
    }
}

fn run(fails: &[u64], flush_fails: [bool; STAGES]) {
    let mut play = Play::new(format!("{fails:?} {flush_fails:?}"));
    play.compact(fails, flush_fails);
    play.diff_all();
    for _ in 0..2 {
        play.shard.compact().unwrap();
        play.check();
        play.diff_all();
    }
    play.disk = play.disk.after_power_cut();
    play.shard = open(&play.disk).0;
    assert_tidy(&play.disk, &play.shard);
    play.diff_all();
    play.shard.compact().unwrap();
    play.check();
    assert_tidy(&play.disk, &play.shard);
}
