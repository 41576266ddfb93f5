//! A defect that panics in the middle of a commit or a compaction fails that alone.

use super::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Commits as the daemon does: what does not continue what is held is written whole.
fn commit(
    shard: &Shard<Tiny>,
    zone: u32,
    to: &Tiny,
    by: u8,
    held: &Held,
) -> Result<(), StoreError> {
    let entry = match held {
        Some(held) => diffs(zone, held, &[by]).0,
        None => whole(zone, to),
    };
    match shard.commit(vec![entry]) {
        Err(StoreError::DiffsDoNotFit { .. }) => shard.commit(vec![whole(zone, to)]),
        committed => committed,
    }
}

/// Six zones take turns; the call panics. Returns what each zone holds, and whether it came to that.
fn live_through(disk: &SimulatedDisk, call: u64) -> (BTreeMap<u32, Held>, bool) {
    let (shard, _) = open(disk);
    disk.trouble_at(call, Trouble::Panic);
    let mut held: BTreeMap<u32, Held> = BTreeMap::new();
    let mut panicked = false;
    for turn in 0..36_u8 {
        let zone = u32::from(turn % 6) + 1;
        if turn % 12 == 11 {
            let compacted = catch_unwind(AssertUnwindSafe(|| shard.compact()));
            match compacted {
                Ok(compacted) => {
                    assert!(compacted.unwrap().is_some(), "call {call}: one still runs")
                }
                Err(_) => panicked = true,
            }
        }
        let before = held.get(&zone).cloned().flatten();
        let to = match &before {
            Some(version) => version.grown(turn),
            None => Tiny { serial: 1, octets: vec![turn; usize::from(turn) * 16] },
        };
        let try_once =
            || catch_unwind(AssertUnwindSafe(|| commit(&shard, zone, &to, turn, &before)));
        match try_once() {
            Ok(committed) => committed.unwrap(),
            Err(_) => {
                panicked = true;
                // Nobody waits for a restart: the very next commit works, of this zone or another.
                try_once().unwrap().unwrap();
            }
        }
        held.insert(zone, Some(to));
    }
    assert_eq!(shard.lock().unwrap().standings.from(0).count(), held.len());
    (held, panicked)
}

#[test]
fn a_panic_at_any_call_fails_one_commit_and_loses_nothing() {
    let calls = {
        let disk = SimulatedDisk::new(1);
        live_through(&disk, u64::MAX / 2);
        disk.calls()
    };
    let mut panics = 0;
    for call in 0..calls {
        let disk = SimulatedDisk::new(call);
        let (held, panicked) = live_through(&disk, call);
        panics += u32::from(panicked);
        for disk in [disk.after_kill(), disk.after_power_cut()] {
            let (shard, found) = open(&disk);
            assert_eq!(found.faults, [], "call {call}");
            for (zone, held) in &held {
                let version = found.zones[zone].version.as_ref();
                assert_eq!(
                    (version, &found.zones[zone].loss),
                    (held.as_ref(), &None),
                    "call {call}"
                );
            }
            assert_tidy(&disk, &shard);
        }
    }
    assert!(panics > 100, "{panics}");
}

#[test]
fn a_disk_that_fails_while_the_log_is_read_again_is_tried_again() {
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    let version = Tiny { serial: 1, octets: vec![1; 20] };
    shard.commit(vec![whole(1, &version)]).unwrap();
    disk.trouble_at(0, Trouble::Panic);
    let entry = || vec![whole(2, &version)];
    assert!(catch_unwind(AssertUnwindSafe(|| shard.commit(entry()))).is_err());
    disk.break_down(io::ErrorKind::Other);
    assert_eq!(shard.commit(entry()).unwrap_err().code(), "STORE_IO");
    disk.repair();
    shard.commit(entry()).unwrap();
    assert_eq!(open(&disk.after_power_cut()).1.zones.len(), 2);
}

/// Octets of the batch that panicked may lie behind those of the next one, each of its frames intact.
#[test]
fn after_a_panic_a_restart_finds_what_memory_has_whatever_is_committed_next() {
    let small = Tiny { serial: 1, octets: vec![1; 4] };
    let large = Tiny { serial: 1, octets: vec![2; 400] };
    let mut panics = 0;
    for call in 0.. {
        let disk = SimulatedDisk::new(call);
        let (shard, _) = open(&disk);
        shard.commit(vec![whole(1, &small)]).unwrap();
        disk.trouble_at(call, Trouble::Panic);
        let many = || shard.commit((2..6).map(|zone| whole(zone, &large)).collect());
        if catch_unwind(AssertUnwindSafe(many)).is_ok() {
            break;
        }
        panics += 1;
        shard.commit(vec![whole(6, &small)]).unwrap();
        let held =
            shard.lock().unwrap().standings.from(0).map(|(zone, _)| zone).collect::<Vec<_>>();
        for disk in [disk.after_kill(), disk.after_power_cut()] {
            let found = open(&disk).1;
            assert_eq!(found.faults, [], "call {call}");
            assert_eq!(found.zones.into_keys().collect::<Vec<_>>(), held, "call {call}");
        }
    }
    assert!(panics > 1, "{panics}");
}

/// A retransfer may bring the serial that is held with other content. If its commit panics behind the flush, the disk
/// has that content and the daemon serves the one before: a diff of what is served must not go behind what is not.
#[test]
fn diffs_do_not_follow_a_version_of_the_same_serial_that_a_panic_left_on_disk() {
    let (served, other) =
        (Tiny { serial: 1, octets: vec![1; 4] }, Tiny { serial: 1, octets: vec![2; 4] });
    let mut panics = 0;
    for call in 0.. {
        let disk = SimulatedDisk::new(call);
        let (shard, _) = open(&disk);
        shard.commit(vec![whole(1, &served)]).unwrap();
        disk.trouble_at(call, Trouble::Panic);
        let retransfer = || shard.commit(vec![whole(1, &other)]);
        if catch_unwind(AssertUnwindSafe(retransfer)).is_ok() {
            break;
        }
        panics += 1;
        let next = served.grown(7);
        commit(&shard, 1, &next, 7, &Some(served.clone())).unwrap();
        for disk in [disk.after_kill(), disk.after_power_cut()] {
            let found = open(&disk).1;
            assert_eq!(found.zones[&1].version.as_ref(), Some(&next), "call {call}");
        }
    }
    assert!(panics > 1, "{panics}");
}
