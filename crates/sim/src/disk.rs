//! What a machine keeps: the commit log of `store` on a disk that fails, and a table of deadlines.
//!
//! Touches nothing but memory.
//!
//! Invariants: K1 what a call wrote into the table survives once it has returned, and then all
//! calls before it do: SQLite in its WAL with `synchronous=FULL` promises as much and no more.

use crate::boot::HISTORY_STEPS;
use proto::time::UnixSeconds;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use store::simulated::{Log, Recovered, SimulatedDisk, Trouble};
use store::{StoreError, Timers, Tuning};
use zone::ZoneId;

/// How a machine goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The daemon is told to stop, and saves what it must.
    Told,
    /// The daemon is killed; what it wrote is there.
    Killed,
    /// The power goes; what was not flushed is there in part or not at all.
    PowerCut,
}

/// Small, so that a few commits make a log that is due for compaction, and images.
const TUNING: Tuning = Tuning {
    shards: 1,
    image_min_bytes: 1_200,
    log_min_bytes: 6_000,
    history_steps_max: HISTORY_STEPS,
    reserve_bytes: 0,
};

/// The disk of one machine.
#[derive(Debug)]
pub struct Disk {
    folder: SimulatedDisk,
    deadlines: BTreeMap<ZoneId, Timers>,
    /// Calls that fail before the table takes a batch.
    refusals: u32,
}

impl Disk {
    /// An empty disk; what happens to it follows from its seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { folder: SimulatedDisk::new(seed), deadlines: BTreeMap::new(), refusals: 0 }
    }

    /// Opens the log for a daemon that starts.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn open(&self) -> Result<(Log, Recovered), StoreError> {
        Log::open(&self.folder, TUNING)
    }

    /// Lets a call of the log fail, counted from now.
    pub fn fail_at(&self, call: u64, kind: ErrorKind) {
        self.folder.trouble_at(call, Trouble::Error(kind));
    }

    /// Lets the power go at a call of the log, counted from now.
    pub fn cut_at(&self, call: u64) {
        self.folder.trouble_at(call, Trouble::Crash);
    }

    /// Lets the next batches of deadlines be refused.
    pub const fn refuse_deadlines(&mut self, times: u32) {
        self.refusals = times;
    }

    /// From now on nothing fails.
    pub fn repair(&mut self) {
        self.folder.repair();
        self.refusals = 0;
    }

    /// Whether the power went in the middle of a call.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.folder.is_crashed()
    }

    /// Calls of the log that changed something, since it was opened.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.folder.calls()
    }

    /// Whether a version would survive the power going now.
    #[must_use]
    pub fn keeps(&self, id: ZoneId, serial: u32) -> bool {
        let copy = self.folder.after_power_cut();
        let Ok((_, mut recovered)) = Log::open(&copy, TUNING) else { return false };
        match recovered.take(id) {
            store::Content::Held(version) => version.serial().0 == serial,
            store::Content::Empty | store::Content::Behind(..) | store::Content::Lost(_) => false,
        }
    }

    /// Writes deadlines, as [`store::Store::save_timers`] does; false when the disk refuses, and then none of them is
    /// written.
    #[must_use]
    pub fn save(&mut self, log: &Log, rows: &BTreeMap<ZoneId, Timers>) -> bool {
        if self.refusals > 0 {
            self.refusals -= 1;
            return false;
        }
        if self.is_cut() || log.settle().is_err() {
            return false;
        }
        self.deadlines.extend(rows.iter().map(|(id, row)| (*id, *row)));
        true
    }

    /// The deadlines of a zone.
    #[must_use]
    pub fn deadlines(&self, id: ZoneId) -> Option<Timers> {
        self.deadlines.get(&id).copied()
    }

    /// What the next start finds.
    pub fn restart(&mut self, stop: Stop) {
        let power_went = stop == Stop::PowerCut || self.folder.is_crashed();
        self.folder =
            if power_went { self.folder.after_power_cut() } else { self.folder.after_kill() };
        self.refusals = 0;
    }
}

/// A row for the table.
#[must_use]
pub const fn row(
    serial: wire::serial::Serial,
    confirmed_at: UnixSeconds,
    expires_at: UnixSeconds,
    refresh_at: UnixSeconds,
) -> Timers {
    Timers {
        serial,
        confirmed_at: confirmed_at.0,
        expires_at: expires_at.0,
        refresh_at: refresh_at.0,
    }
}
