//! A commit log on a disk in memory: for tests of this crate, and for worlds that simulate a daemon.
//!
//! Touches nothing but memory. What happens follows from the disk's seed, so a failure replays.
//!
//! Not here: the daemon (feature `simulated` is never on there), SQLite (whoever simulates a daemon
//! keeps its timers as a table whose batches become durable in order).
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic in a simulation is a finding"
)]

mod disk;

pub use disk::{Dice, SimulatedDisk, Trouble};

use crate::compact::Compacted;
use crate::error::StoreError;
use crate::recovery::{Content, Fault};
use crate::shard::{Found, Shard};
use crate::store::{Commit, Contents, Tuning};
use std::fmt;
use zone::{Diff, Version, ZoneId};

/// One commit log with its images: the real one, on a simulated disk.
pub struct Log(Shard<Version>);

/// What opening a log found.
pub struct Recovered {
    /// What was wrong on the disk, benign or not.
    pub faults: Vec<Fault>,
    contents: Contents,
}

impl Log {
    /// Recovers what the disk holds, and opens it for commits.
    ///
    /// # Errors
    /// When the disk fails, or holds files of a newer format.
    pub fn open(disk: &SimulatedDisk, tuning: Tuning) -> Result<(Self, Recovered), StoreError> {
        let (shard, found) = Shard::open(Box::new(disk.clone()), tuning)?;
        let Found { zones, has_holes, faults, .. } = found;
        let mut contents = Contents::default();
        contents.add(zones, has_holes);
        Ok((Self(shard), Recovered { faults, contents }))
    }

    /// Makes a batch durable with one flush; see [`crate::Store::commit`].
    ///
    /// # Errors
    /// When the disk refuses, or the batch does not continue what was committed before.
    pub fn commit(&self, batch: &[Commit<'_>]) -> Result<(), StoreError> {
        self.0.commit(batch.iter().map(Commit::to_entry).collect())
    }

    /// Takes out what a failed commit may have left; see [`crate::Store::save_timers`].
    ///
    /// # Errors
    /// When the disk refuses; then no deadline may be written.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.0.settle()
    }

    /// Compacts the log if it is due.
    ///
    /// # Errors
    /// When the disk refuses; the log is as it was.
    pub fn compact_if_due(&self) -> Result<Option<Compacted>, StoreError> {
        if self.0.is_compaction_due()? { self.0.compact() } else { Ok(None) }
    }

    /// Compacts the log now.
    ///
    /// # Errors
    /// As [`Log::compact_if_due`].
    pub fn compact(&self) -> Result<Option<Compacted>, StoreError> {
        self.0.compact()
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

impl Recovered {
    /// What is held of a zone; each zone is given once.
    pub fn take(&mut self, id: ZoneId) -> Content {
        self.contents.take(id)
    }

    /// The last diffs that led to what is held of a zone; ask before it is taken. See
    /// [`crate::RecoveredZone::diffs`].
    #[must_use]
    pub fn diffs(&self, id: ZoneId, steps_max: usize) -> Vec<Diff> {
        self.contents.diffs(id, steps_max)
    }

    /// Zones that something is held of, or lost, and that were not taken.
    #[must_use]
    pub fn rest(self) -> Vec<ZoneId> {
        self.contents.rest()
    }
}

impl fmt::Debug for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovered").field("faults", &self.faults).finish_non_exhaustive()
    }
}
