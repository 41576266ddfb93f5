//! One shard's folder: its log behind a lock, and what is done outside of it.
//!
//! Touches the disk.
//!
//! Invariants: U1 images are written and removed without holding the lock, so a large zone delays
//! nobody's commit. U2 an image is removed only when no frame that counts refers to it. U3 whoever
//! panics while it holds the lock fails alone: the next one finds the log as the disk has it.
//!
//! Not here: what a batch or a compaction writes (`log`, `compact`), which shard a zone is in (`store`).

use crate::compact::{Compacted, Moved, Rewriting, SLICE};
use crate::content::Stored;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::image;
use crate::layout::FileName;
use crate::log::{Change, Entry, Log, Segment};
use crate::recover::{Past, Reopened, Restored, reload, reopen};
use crate::recovery::Fault;
use crate::store::Tuning;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One shard.
pub(crate) struct Shard<V> {
    disk: Box<dyn Disk>,
    tuning: Tuning,
    /// The last sequence number given to a file.
    seq: AtomicU64,
    log: Mutex<Log<V>>,
}

/// A compaction that has begun.
struct Begun {
    /// Sequence number of the base to be.
    base: u64,
    /// Where commits go meanwhile.
    since: Since,
    /// All segments before that.
    old: Vec<Segment>,
    /// Octets of those.
    before_octets: u64,
}

/// Where a compaction began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Since {
    /// Sequence number of the segment that commits go to from then on.
    segment: u64,
    /// The log in memory; another one is read from disk after a panic.
    epoch: u64,
}

/// Lets no other compaction begin while it lives, whatever becomes of this one.
struct Compacting<'s, V: Stored>(&'s Shard<V>);

impl<V: Stored> Drop for Compacting<'_, V> {
    fn drop(&mut self) {
        self.0.end_compaction();
    }
}

/// What opening a shard found.
pub(crate) struct Found<V> {
    /// Every zone with something committed.
    pub(crate) zones: BTreeMap<u32, Restored<V>>,
    /// Content of zones that are not among these may be lost as well.
    pub(crate) has_holes: bool,
    /// What was wrong.
    pub(crate) faults: Vec<Fault>,
    /// Why the disk takes no writes, if it does not; what it holds is served all the same.
    pub(crate) refused: Option<StoreError>,
    /// Octets read.
    pub(crate) octets: u64,
}

impl<V: Stored> Shard<V> {
    /// Recovers a folder and opens it for commits.
    pub(crate) fn open(
        disk: Box<dyn Disk>,
        tuning: Tuning,
    ) -> Result<(Self, Found<V>), StoreError> {
        let past = if tuning.history_steps_max > 0 { Past::Keep } else { Past::Forget };
        let Reopened { mut log, zones, has_holes, faults, seq, octets } = reopen(&*disk, past)?;
        let refused = log.refused.take();
        let shard = Self { disk, tuning, seq: AtomicU64::new(seq), log: Mutex::new(log) };
        Ok((shard, Found { zones, has_holes, faults, refused, octets }))
    }

    /// Makes a batch durable.
    pub(crate) fn commit(&self, mut entries: Vec<Entry<V>>) -> Result<(), StoreError> {
        self.check_reserve(&entries)?;
        if let Err(fault) = self.write_images(&mut entries) {
            for image in entries.iter().filter_map(Entry::image) {
                drop(self.disk.remove(&image.to_text()));
            }
            return Err(fault);
        }
        let mut log = self.lock()?;
        let committed = log.commit(&*self.disk, entries, || self.next_seq());
        let unused = std::mem::take(&mut log.unused);
        drop(log);
        self.remove(&unused);
        committed
    }

    /// Takes what a failed commit may have left at the end of the log out of what a restart finds. Costs nothing
    /// when the last commit did not fail.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        let mut log = self.lock()?;
        if !log.must_rotate {
            return Ok(());
        }
        log.rotate(&*self.disk, self.next_seq())?;
        let unused = std::mem::take(&mut log.unused);
        drop(log);
        self.remove(&unused);
        Ok(())
    }

    /// True when a compaction would pay, or would write damage out of the log.
    pub(crate) fn is_compaction_due(&self) -> Result<bool, StoreError> {
        let log = self.lock()?;
        let live = log.standings.live_bytes();
        let limit = live.saturating_mul(2).max(self.tuning.log_min_bytes);
        let is_wanted = !log.is_compacting && (log.is_damaged || log.octets() > limit);
        drop(log);
        // It may use the reserve, for it gives back more than it takes; but it must not fill the disk.
        Ok(is_wanted && self.disk.free_bytes().is_ok_and(|free| free > live))
    }

    /// Compacts, beside commits. `None` if another thread is at it.
    pub(crate) fn compact(&self) -> Result<Option<Compacted>, StoreError> {
        let Some(begun) = self.begin_compaction()? else { return Ok(None) };
        let compacting = Compacting(self);
        let Begun { base, since, old, before_octets } = begun;
        let images_written = Rewriting::begin(&*self.disk, base, &old, self.tuning.image_min_bytes)
            .and_then(|rewriting| self.rewrite(rewriting, since))?;
        drop(compacting);
        let after_octets = self.lock()?.octets();
        Ok(Some(Compacted { before_octets, after_octets, images_written }))
    }

    /// Begins the segment that commits go to meanwhile.
    fn begin_compaction(&self) -> Result<Option<Begun>, StoreError> {
        let mut log = self.lock()?;
        if log.is_compacting {
            return Ok(None);
        }
        // The base comes before the new segment in order, so that commits follow it.
        let base = self.next_seq();
        let before_octets = log.octets();
        log.rotate(&*self.disk, self.next_seq())?;
        let unused = std::mem::take(&mut log.unused);
        let since = Since { segment: log.active.name.seq(), epoch: log.epoch };
        let old = log.segments.clone();
        // Before any commit goes to the new segment: a zone may get an image that all of them follow.
        log.is_compacting = true;
        drop(log);
        self.remove(&unused);
        Ok(Some(Begun { base, since, old, before_octets }))
    }

    /// Whatever became of the compaction. What a panic has left of the log is for the next one to look after.
    fn end_compaction(&self) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).is_compacting = false;
    }

    fn rewrite(&self, mut rewriting: Rewriting<'_>, since: Since) -> Result<u32, StoreError> {
        let published = self.write_zones(&mut rewriting, since).and_then(|()| rewriting.publish());
        let segment = match published {
            Ok(segment) => segment,
            Err(fault) => {
                rewriting.discard();
                return Err(fault);
            }
        };
        let images_written = rewriting.images_written();
        self.take_over(rewriting.into_moved(), segment, since)?;
        Ok(images_written)
    }

    /// Goes on from a base that counts.
    fn take_over(
        &self,
        mut moved: Vec<Moved>,
        base: Segment,
        since: Since,
    ) -> Result<(), StoreError> {
        let begun = since.segment;
        for slice in moved.chunks_mut(SLICE) {
            let mut log = self.lock()?;
            if log.epoch != since.epoch {
                return self.reload(&mut log);
            }
            let unused = log.adopt(slice, base.name.seq(), begun);
            drop(log);
            self.remove(&unused);
        }
        let mut log = self.lock()?;
        if log.epoch != since.epoch {
            return self.reload(&mut log);
        }
        let gone = log.replace_segments(base, begun);
        log.is_damaged = false;
        drop(log);
        self.remove(&gone);
        Ok(())
    }

    fn write_zones(&self, rewriting: &mut Rewriting<'_>, since: Since) -> Result<(), StoreError> {
        let mut from = 0;
        loop {
            let (planned, next) = self.lock()?.plan(from, since.segment);
            for zone in &planned {
                rewriting.write(zone, || self.next_seq())?;
            }
            match next {
                ControlFlow::Continue(zone) => from = zone,
                ControlFlow::Break(()) => return Ok(()),
            }
        }
    }

    /// Before anything is written: a disk that is full stops more than the zone that filled it. What forgets
    /// content is let through.
    fn check_reserve(&self, entries: &[Entry<V>]) -> Result<(), StoreError> {
        let reserve_bytes = self.tuning.reserve_bytes;
        let sizes = entries.iter().map(|entry| entry.change.size_bytes());
        let needed_bytes = sizes.fold(0, u64::saturating_add);
        if reserve_bytes == 0 || needed_bytes == 0 {
            return Ok(());
        }
        let folder = self.disk.path_of("");
        let free_bytes = self.disk.free_bytes().map_err(|source| {
            StoreError::from_io("ask for the free space of", &folder, 0, source)
        })?;
        if free_bytes >= reserve_bytes.saturating_add(needed_bytes) {
            return Ok(());
        }
        Err(StoreError::Reserve { folder, needed_bytes, free_bytes, reserve_bytes })
    }

    /// U1.
    fn write_images(&self, entries: &mut [Entry<V>]) -> Result<(), StoreError> {
        for Entry { zone, change } in entries {
            if let Change::Whole { version, image: image @ None } = change
                && version.size_bytes() >= self.tuning.image_min_bytes
            {
                *image = Some(image::write(&*self.disk, (*zone, self.next_seq()), version)?);
            }
        }
        Ok(())
    }

    /// Best effort: what can't be removed now is removed at the next start.
    fn remove(&self, names: &[FileName]) {
        for name in names {
            drop(self.disk.remove(&name.to_text()));
        }
    }

    fn next_seq(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// U3.
    fn lock(&self) -> Result<MutexGuard<'_, Log<V>>, StoreError> {
        match self.log.lock() {
            Ok(log) => Ok(log),
            Err(poisoned) => {
                let mut log = poisoned.into_inner();
                // If the disk refuses, the next one tries again.
                self.reload(&mut log)?;
                self.log.clear_poison();
                Ok(log)
            }
        }
    }

    /// Puts what the disk has in the place of a log that memory is not right about.
    fn reload(&self, log: &mut Log<V>) -> Result<(), StoreError> {
        *log = reload(&*self.disk, log, || self.next_seq())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
