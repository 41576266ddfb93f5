//! Power cuts, kills and failing calls, everywhere: what was acknowledged is there afterwards.

use super::*;

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
    for seed in 0..8 {
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
fn what_a_restart_has_found_survives_the_power_cut_that_follows_it() {
    for seed in 0..4 {
        let run = |crash_at: Option<u64>| {
            let disk = SimulatedDisk::new(seed);
            if let Some(call) = crash_at {
                disk.trouble_at(call, Trouble::Crash);
            }
            let (mut model, mut dice) = (Model::default(), Dice(seed));
            if let Ok((shard, _)) = try_open(&disk) {
                for _ in 0..30 {
                    if !disk.is_crashed() {
                        model.step(&shard, &mut dice);
                    }
                }
            }
            (disk, model, dice)
        };
        for call in 0..run(None).0.calls() {
            let (disk, mut model, mut dice) = run(Some(call));
            // Killed, not cut off: what was written can be read, but need not be durable.
            let disk = disk.after_kill();
            let (shard, found) = open(&disk);
            model.check(&found, seed);
            for _ in 0..4 {
                model.check(&open(&disk.after_power_cut()).1, seed);
                model.step(&shard, &mut dice);
            }
        }
    }
}

/// A life that ends, mostly, with a commit that failed.
fn life_until_a_call_fails(seed: u64) -> (SimulatedDisk, Shard<Tiny>, Model) {
    let disk = SimulatedDisk::new(seed);
    let (mut model, mut dice) = (Model::default(), Dice(seed));
    let (shard, _) = open(&disk);
    for _ in 0..dice.roll(12) {
        model.step(&shard, &mut dice);
    }
    disk.trouble_at(1 + dice.roll(3), Trouble::Error(io::ErrorKind::Other));
    while model.failures == 0 && model.commits < 60 {
        model.step(&shard, &mut dice);
    }
    (disk, shard, model)
}

fn held_by(model: &Model) -> Vec<Held> {
    (1..=ZONES as u32).map(|zone| model.held(zone)).collect()
}

/// Threat 46. The system takes pages of a failed flush for written: they are read, and no later flush
/// writes them. So a restart that has found them must write them again before it counts on them.
#[test]
fn what_a_failed_flush_left_in_memory_is_durable_once_a_restart_has_found_it() {
    let mut found_unacknowledged = 0;
    for seed in 0..400 {
        let (disk, _, mut model) = life_until_a_call_fails(seed);
        let (disk, acknowledged) = (disk.after_kill(), held_by(&model));
        model.check(&open(&disk).1, seed);
        found_unacknowledged += u64::from(acknowledged != held_by(&model));
        model.check(&open(&disk.after_power_cut()).1, seed);
    }
    assert!(found_unacknowledged > 50, "{found_unacknowledged}");
}

/// Threat 46. Or a deadline that is written after a failed commit would be taken for that of its version.
#[test]
fn what_a_failed_commit_left_is_found_no_more_once_the_log_is_settled() {
    let mut found_before = 0;
    for seed in 0..400 {
        let (disk, shard, model) = life_until_a_call_fails(seed);
        let acknowledged = held_by(&model);
        let found = |disk: &SimulatedDisk| {
            let mut model = model.clone();
            model.check(&open(disk).1, seed);
            held_by(&model)
        };
        found_before += u64::from(found(&disk.after_kill()) != acknowledged);
        shard.settle().unwrap();
        assert_eq!(found(&disk.after_kill()), acknowledged, "seed {seed}");
        assert_eq!(found(&disk.after_power_cut()), acknowledged, "seed {seed}");
    }
    assert!(found_before > 50, "{found_before}");
}

/// Threat 46: a machine that comes up on a full or read-only disk answers all the same.
#[test]
fn a_disk_that_takes_no_writes_is_served_from_and_takes_commits_when_it_does_again() {
    for seed in 0..200 {
        let disk = SimulatedDisk::new(seed);
        let (mut model, mut dice) = (Model::default(), Dice(seed));
        let (shard, _) = open(&disk);
        disk.trouble_at(20 + dice.roll(100), Trouble::Crash);
        while !disk.is_crashed() {
            model.step(&shard, &mut dice);
        }
        let disk = if seed % 2 == 0 { disk.after_kill() } else { disk.after_power_cut() };
        disk.break_down(io::ErrorKind::ReadOnlyFilesystem);
        let (shard, found) = open(&disk);
        assert_eq!(found.refused.as_ref().map(StoreError::code), Some("STORE_READ_ONLY"));
        model.check(&found, seed);
        for _ in 0..3 {
            model.step(&shard, &mut dice);
        }
        assert!(model.failures > 0, "seed {seed}: nothing can be committed there");
        // Nothing has touched the disk, so another start finds the same.
        model.clone().check(&open(&disk.after_kill()).1, seed);
        disk.repair();
        let before = model.commits;
        for _ in 0..4 {
            model.step(&shard, &mut dice);
        }
        assert!(model.commits >= before + 3, "seed {seed}: still refused");
        let disk = disk.after_power_cut();
        let (shard, found) = open(&disk);
        assert!(found.refused.is_none());
        model.check(&found, seed);
        assert_tidy(&disk, &shard);
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
fn two_failing_calls_close_together_lose_nothing() {
    let error = Trouble::Error(io::ErrorKind::Other);
    for seed in 0..3 {
        let run = |calls: &[u64]| {
            let disk = SimulatedDisk::new(seed);
            let (mut model, mut dice) = (Model::default(), Dice(seed));
            let (shard, _) = open(&disk);
            calls.iter().for_each(|call| disk.trouble_at(*call, error));
            for _ in 0..30 {
                let before = model.failures;
                model.step(&shard, &mut dice);
                if model.failures > before {
                    // The power goes right after it, if it goes.
                    model.clone().check(&open(&disk.after_power_cut()).1, seed);
                }
            }
            model.check(&open(&disk.after_power_cut()).1, seed);
            disk.calls()
        };
        for call in 0..run(&[]) {
            for gap in 1..4 {
                run(&[call, call + gap]);
            }
        }
    }
}

#[test]
fn frames_of_a_failed_batch_never_count_once_another_commit_follows() {
    let version = |by: u8| Tiny { serial: 1, octets: vec![by; 20] };
    let (error, kind) = (Trouble::Error, io::ErrorKind::Other);
    for seed in 0..400 {
        let disk = SimulatedDisk::new(seed);
        let (shard, _) = open(&disk);
        // The write is done in part or in full and fails, and so does the cut.
        disk.trouble_at(0, error(kind));
        disk.trouble_at(1, error(kind));
        shard.commit(vec![whole(1, &version(1)), whole(2, &version(2))]).unwrap_err();
        // Just as long as the first of them, so that the second would follow it.
        shard.commit(vec![whole(1, &version(3))]).unwrap();
        for disk in [disk.after_kill(), disk.after_power_cut()] {
            let found = open(&disk).1;
            assert_eq!(found.zones[&1].version.as_ref(), Some(&version(3)));
            assert!(!found.zones.contains_key(&2), "seed {seed}");
        }
    }
}

#[test]
fn frames_behind_a_torn_one_never_count_once_another_commit_follows() {
    let version = |by: u8| Tiny { serial: 1, octets: vec![by; 20] };
    let disk = SimulatedDisk::new(1);
    let (shard, _) = open(&disk);
    shard.commit(vec![whole(1, &version(1)), whole(2, &version(2))]).unwrap();
    let mut files = disk.files();
    files.get_mut("log-0000000001").unwrap()[128 + 60] ^= 1;
    let disk = SimulatedDisk::with(&files);
    let (shard, found) = open(&disk);
    assert!(found.zones.is_empty());
    shard.commit(vec![whole(1, &version(3))]).unwrap();
    let found = open(&disk.after_power_cut()).1;
    assert_eq!(found.zones.keys().collect::<Vec<_>>(), [&1]);
}

#[test]
fn an_image_outlives_every_frame_that_may_still_name_it() {
    let version = |by: u8, octets| Tiny { serial: 1, octets: vec![by; octets] };
    for seed in 0..400 {
        let disk = SimulatedDisk::new(seed);
        let (shard, _) = open(&disk);
        shard.commit(vec![whole(1, &version(1, 100))]).unwrap();
        // Six calls make the image; the seventh writes to the log, and fails after some of it.
        disk.trouble_at(6, Trouble::Error(io::ErrorKind::Other));
        let batch = vec![whole(1, &version(2, 100)), whole(2, &version(3, 50))];
        shard.commit(batch).unwrap_err();
        let found = open(&disk.after_power_cut()).1;
        let held = found.zones[&1].version.as_ref();
        let either = [version(1, 100), version(2, 100)];
        assert!(held.is_some_and(|held| either.contains(held)), "seed {seed}");
    }
}

#[test]
fn the_image_of_a_failed_commit_goes_as_soon_as_nothing_can_name_it() {
    let version = Tiny { serial: 1, octets: vec![1; 100] };
    for call in 0..8 {
        let disk = SimulatedDisk::new(call);
        let (shard, _) = open(&disk);
        disk.trouble_at(call, Trouble::Error(io::ErrorKind::StorageFull));
        shard.commit(vec![whole(1, &version)]).unwrap_err();
        shard.commit(vec![whole(2, &version)]).unwrap();
        assert_tidy(&disk, &shard);
    }
}
